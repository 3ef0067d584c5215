"""Built scripts are made from portal/scripts and locked packages; every build gives the same bytes."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.long

SOURCES = [
    "Makefile",
    "package.json",
    *(f"portal/{each}" for each in ("scripts", "static", "offline.js", "proof.js", "style.css", "paper.css")),
    *(f"draws/{each}" for each in ("scripts", "page.js")),
]
# A copy of an earlier result replaces the build if no source changed. This saves time.
COPIED = f"BUILD=cp -r {ROOT}/portal/static {ROOT}/portal/offline.js {ROOT}/portal/proof.js $(1)"
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Another folder with everything that a build needs."""
    for name in SOURCES:
        source, copy = ROOT / name, tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy)
        else:
            shutil.copy2(source, copy)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def make(folder: Path, verb: str, *more: str) -> tuple[int, str]:
    # The link makes the copy use the packages installed here.
    command = ["make", "--silent", "--old-file=node_modules/.package-lock.json", verb, *more]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def inside(entry: str, *options: str, sources: str = "portal/scripts") -> set[str]:
    """Return the modules in a built script, as paths relative to the root."""
    with TemporaryDirectory() as folder:
        told = [f"--metafile={folder}/told.json", f"--outfile={folder}/built.js", "--log-level=error"]
        command = [ESBUILD, f"{sources}/{entry}.js", "--bundle", "--format=esm", *told, *options]
        subprocess.run(command, cwd=ROOT, check=True)
        (output,) = json.loads(Path(folder, "told.json").read_text())["outputs"].values()
    return {name for name, part in output["inputs"].items() if part["bytesInOutput"]}


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write("//")


CHANGES: dict[str, Callable[[Path], None]] = {
    "script": lambda root: append(root / "portal/static/js/report.js"),
    "offline form": lambda root: append(root / "portal/offline.js"),
    "page for proofs": lambda root: append(root / "portal/proof.js"),
    "page for draws": lambda root: append(root / "draws/page.js"),
    "style": lambda root: append(root / "portal/static/style.css"),
    "style of the paper form": lambda root: append(root / "portal/static/paper.css"),
    "licences": lambda root: append(root / "portal/static/licenses.txt"),
    "one more": lambda root: append(root / "portal/static/js/other.js"),
    "one less": lambda root: (root / "portal/static/js/leave.js").unlink(),
    "source": lambda root: shutil.copy(root / "portal/scripts/steps.js", root / "portal/scripts/leave.js"),
}


def test_a_build_in_another_folder_gives_the_same_bytes(checkout: Path) -> None:
    """The copied result, which the tests below use, has the same bytes too."""
    assert make(checkout, "built-check") == (0, "")
    assert make(checkout, "built-check", COPIED) == (0, "")


@pytest.mark.parametrize("change", CHANGES)
def test_any_difference_between_sources_and_built_files_is_reported(checkout: Path, change: str) -> None:
    """The cases: a built file was edited, is extra or is missing, or a source was changed without a build."""
    CHANGES[change](checkout)
    status, said = make(checkout, "built-check", *([] if change == "source" else [COPIED]))
    assert (status, "the built scripts differ from a fresh build\nhint: make built\n" in said) == (2, True)


def test_a_new_build_corrects_every_difference(checkout: Path) -> None:
    for change in CHANGES.values():
        change(checkout)
    assert make(checkout, "built")[0] == 0
    assert make(checkout, "built-check") == (0, "")


def test_the_offline_form_contains_all_modules_of_the_pages_except_those_that_contact_a_portal() -> None:
    offline = inside("offline", "--conditions=offline")
    report = inside("report") | inside("status") | inside("leave")
    stand_ins = {f"portal/scripts/offline_{name}.js" for name in ("http", "delivery")}
    stood_in_for = {f"portal/scripts/{name}.js" for name in ("http", "delivery", "upload", "work")}
    assert (stand_ins & report, stood_in_for & offline) == (set(), set())
    assert (stand_ins - offline, stood_in_for - report) == (set(), set())
    own = {name for name in offline if re.match(r"portal/scripts/(?!offline)", name)}
    assert own - report == {"portal/scripts/base32.js", "portal/scripts/sealedfile.js"}


def test_the_report_page_contains_the_word_lists_of_both_languages() -> None:
    """The language can be switched without loading the page again, before the words are shown."""
    lists = {f"node_modules/@scure/bip39/wordlists/{each}.js" for each in ("french", "english")}
    assert lists <= inside("report")
    assert not lists & inside("verify"), "the control"


def test_each_package_in_the_built_scripts_has_its_licence() -> None:
    entries = ("report", "status", "verify", "leave", "offline", "checkproof")
    files = {name for entry in entries for name in inside(entry)}
    packages = {
        match.group(1) for name in files if (match := re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", name))
    }
    text = (ROOT / "portal/static/licenses.txt").read_text("utf-8")
    assert set(re.findall(r"^=== (.+)$", text, re.MULTILINE)) == packages
    assert text.count("Copyright") + text.count("copyright") >= len(packages)


def test_the_page_for_draws_contains_the_notice_of_each_of_its_libraries() -> None:
    """The page is given to people who do not have the package with the licences."""
    script = (ROOT / "draws/page.js").read_text("utf-8")
    noticed = set(
        re.findall(r"^(@[\w-]+/[\w-]+)/", script.partition("Bundled license information")[2], re.MULTILINE)
    )
    files = inside("page", sources="draws/scripts")
    packages = {match[1] for name in files if (match := re.match(r"node_modules/(@[^/]+/[^/]+)/", name))}
    assert noticed == packages
    assert len(packages) > 1
