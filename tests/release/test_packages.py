"""Two builders get the same package.

The tests use a small library; `make soak packages` uses all libraries.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from benchmarks.packages import differing
from deploy.release import bills, building, licences, python_environment
from deploy.release.building import begun
from deploy.release.errors import Failed, Refused
from deploy.release.python_environment import Libraries
from deploy.release.source import Source
from portal.setup import conditions
from portal.setup.system import System
from portal.typed import PACKAGE
from tests.support.bare_program import run
from tests.support.commits import commit_of_tomorrow, git
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose commit contains every file of this checkout in its current state.

    The clone has no tags, because the tag of this version may name another commit. Such a release is refused.
    The commit is from tomorrow, so the builders' clocks, and the times of their files, are behind the commit:
    no library can give a false clock to the file system.
    """
    clone = tmp_path_factory.mktemp("source") / "clone"
    git(ROOT, "clone", "--quiet", "--no-tags", "--shared", str(ROOT), str(clone))
    listing = ["ls-files", "-z", "--modified", "--others", "--exclude-standard"]
    for name in filter(None, git(ROOT, *listing).split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
        else:
            (clone / name).unlink(missing_ok=True)
    git(clone, "add", "--all")
    commit_of_tomorrow(clone, "as it is now")
    return clone


@contextmanager
def as_builder(umask: int, **variables: str) -> Iterator[None]:
    """Give new files these access rights, and set these variables, while the block runs."""
    before = os.umask(umask)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            yield
    finally:
        os.umask(before)


METADATA = "Metadata-Version: 2.4\nName: small\nVersion: 1.0\nLicense-Expression: MIT\n"
SMALL = {
    "small/__init__.py": "ONE = 1\n",
    "small/words.txt": "one\n",
    "small-1.0.dist-info/METADATA": METADATA,
    "small-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "small-1.0.dist-info/RECORD": "",
    "small-1.0.dist-info/licenses/LICENSE": "Do as you like with small.\n",
    "small-1.0.data/data/share/man/man1/small.1": "manual page\n",
}


def a_small_library(folder: Path) -> Libraries:
    """Make the wheel of a small library, and a lock file with its hash."""
    wheel = folder / "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        for name, content in SMALL.items():
            opened.writestr(name, content)
    lock = folder / "requirements/portal.txt"
    lock.parent.mkdir()
    lock.write_text(f"small==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return Libraries(lock, folder)


def built(commit: Path, folder: Path, side: str) -> Path:
    """Build the wheel and the package of a side from a clone in ``folder``; return the folder with both."""
    libraries = a_small_library(folder)
    git(folder, "clone", "--quiet", str(commit), "clone")
    with begun(Source.of(folder / "clone")) as build:
        build.package(side, build.wheel(), libraries)
        return Path(shutil.copytree(build.made, folder / "made"))


@pytest.fixture(scope="module")
def both(commit: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The files that two builders of the portal made.

    The first builder's programs see a clock that is 400 days slow, so their day is long before the commit.
    """
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("an other one")
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    # The times of files stay true: uv fails if a file seems older than 1970, and the files of some systems
    # are nearly that old.
    clock = {"LD_PRELOAD": str(library), "FAKETIME": "-400d", "NO_FAKE_STAT": "1"}
    with as_builder(0o022, TZ="UTC", LC_ALL="C.UTF-8", HOME=str(one), TMPDIR=str(one), **clock):
        first = built(commit, one, "portal")
    with as_builder(0o077, TZ="Pacific/Auckland", LC_ALL="C", HOME=str(other), PYTHONHASHSEED="7"):
        return first, built(commit, other, "portal")


@pytest.mark.slow
def test_two_builders_get_the_same_bytes(both: tuple[Path, Path]) -> None:
    assert len([*both[0].iterdir()]) == 2
    assert differing(*both) == []


@pytest.mark.slow
def test_the_comparison_finds_a_planted_difference(both: tuple[Path, Path], tmp_path: Path) -> None:
    """The control: a changed byte in a file of the package, and an additional file."""
    copy = Path(shutil.copytree(both[0], tmp_path / "copy"))
    (package,) = copy.glob("*.deb")
    content = bytearray(package.read_bytes())
    content[-9] ^= 1
    package.write_bytes(content)
    (copy / "more").touch()
    assert differing(both[0], copy) == sorted([package.name, "more"])


@pytest.fixture(scope="module")
def unpacked(both: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the package of the portal installs."""
    tree = tmp_path_factory.mktemp("tree")
    (package,) = both[0].glob("*.deb")
    subprocess.run(["dpkg-deb", "--extract", package, tree], check=True)
    return tree


@pytest.mark.slow
def test_the_package_of_the_portal_has_no_code_of_the_inbox(unpacked: Path) -> None:
    (site,) = unpacked.glob("usr/lib/fanal-portal/lib/python3*/site-packages")
    assert {each.name for each in site.iterdir() if each.suffix != ".dist-info"} == {
        "portal",
        "crypto",
        "templates",
        "small",
    }


@pytest.fixture(scope="module")
def draws(commit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the package of draws installs."""
    tree = tmp_path_factory.mktemp("draws-tree")
    (package,) = built(commit, tmp_path_factory.mktemp("draws"), "draws").glob("*.deb")
    subprocess.run(["dpkg-deb", "--extract", package, tree], check=True)
    return tree


@pytest.mark.slow
def test_the_package_of_draws_has_only_the_code_of_the_inbox_that_it_needs(draws: Path) -> None:
    """`make soak packages` installs this package with its libraries in a bare Debian."""
    (site,) = draws.glob("usr/lib/fanal-draws/lib/python3*/site-packages")
    ours = {each.name for each in site.iterdir() if each.suffix != ".dist-info"}
    assert ours == {"draws", "crypto", "inbox", "templates", "small"}
    assert {each.name for each in (site / "inbox").iterdir()} == {
        *("__init__.py", "__pycache__", "language", "system")
    }
    assert {each.name for each in (site / "templates").iterdir() if each.suffix != ".py"} == {
        *("__pycache__", "commit.txt", "translations")
    }
    assert (draws / "usr/bin/draws").readlink() == Path("../lib/fanal-draws/bin/draws")
    assert (draws / "usr/share/man/man1/draws.1.gz").is_file()


@pytest.mark.slow
def test_the_package_of_draws_has_the_licences_that_its_page_names(draws: Path) -> None:
    first = (ROOT / "draws/page.js").read_text().partition("\n")[0]
    (named,) = re.findall(r"libraries: /(\S+)$", first)
    assert (draws / named).read_bytes() == (ROOT / "portal/static/licenses.txt").read_bytes()


@pytest.mark.slow
def test_the_installed_program_for_draws_runs_with_only_the_files_of_its_package(draws: Path) -> None:
    """The libraries are those of the tests, because this package contains a small one instead."""
    (site,) = draws.glob("usr/lib/fanal-draws/lib/python3*/site-packages")
    command = (draws / "usr/lib/fanal-draws/bin/draws").read_text().partition("\n")[2]
    out = draws / "verify.html"
    arguments = f"import sys; sys.argv[1:] = ['page', '--out', {str(out)!r}]\n"
    found = run(site, arguments + command)
    assert (found.returncode, found.stderr) == (0, "")
    assert (site / "draws/page.html").is_file()
    assert b"<script" in out.read_bytes()


@pytest.mark.slow
def test_the_hints_of_the_installed_portal_contain_the_commands_of_the_package(unpacked: Path) -> None:
    """`portal.typed` recognises the package by the folder of its Python environment."""
    python = unpacked / PACKAGE.removeprefix("/") / "bin/python3"
    # The package links to the Python of Debian, which is not part of the package.
    debian = unpacked / "usr/bin/python3"
    debian.symlink_to("/usr/bin/python3")
    said = subprocess.run(
        [python, "-P", "-c", "import sys; print(sys.prefix)"], check=False, capture_output=True, text=True
    ).stdout
    debian.unlink()
    assert said == f"{unpacked}{PACKAGE}\n"


@pytest.mark.slow
def test_every_module_is_installed_with_the_bytecode_of_its_source(unpacked: Path) -> None:
    """If root wrote bytecode later, no signature would cover it, and a purge would not remove it."""
    modules = [*unpacked.rglob("*.py")]
    assert len(modules) > 100
    for module in modules:
        compiled = (
            Path(importlib.util.cache_from_source(module)).with_suffix("").with_suffix(".cpython-313.pyc")
        )
        header = compiled.read_bytes()[4:16]
        # With these flags (PEP 552), bytecode contains its source's hash, but is not checked at each start.
        assert (header[:4], header[4:]) == (
            (1).to_bytes(4, "little"),
            importlib.util.source_hash(module.read_bytes()),
        )


@pytest.mark.slow
def test_every_file_of_a_wheel_is_in_the_package_unchanged(unpacked: Path, both: tuple[Path, Path]) -> None:
    """The package omits the records of the wheel's installation, the rooms of the other side, and draws."""
    (site,) = unpacked.glob("usr/lib/fanal-portal/lib/python3*/site-packages")
    (wheel,) = both[0].glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = [name for name in opened.namelist() if not name.startswith(("inbox/", "draws/"))]
        ours = {name: opened.read(name) for name in names}
    wheels = ours | {name: content.encode() for name, content in SMALL.items() if ".data/" not in name}
    expected = {name: content for name, content in wheels.items() if not name.endswith("/RECORD")}
    found = {
        str(file.relative_to(site)): file.read_bytes()
        for file in site.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert found == expected
    assert {each.name for each in site.parent.parent.parent.iterdir()} == {"bin", "lib", "pyvenv.cfg"}


@pytest.mark.slow
def test_the_package_contains_the_licences_of_its_libraries(unpacked: Path) -> None:
    text = (unpacked / "usr/share/doc/fanal-portal/libraries.txt").read_text()
    assert "small 1.0: MIT\n" in text
    assert "Do as you like with small.\n" in text


PYTHON_AND_C = {"python3 (>= 3.13)", "python3 (<< 3.14)", "libc6 (>= 2.34)", "libgcc-s1", "zlib1g"}


@pytest.mark.slow
def test_the_package_of_the_portal_depends_on_python_and_on_the_packages_that_its_libraries_need(
    both: tuple[Path, Path],
) -> None:
    (package,) = both[0].glob("*.deb")
    asked = ["dpkg-deb", "--field", str(package), "Depends"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    assert PYTHON_AND_C <= set(said.strip().split(", "))


def test_the_package_of_draws_depends_on_python_and_on_no_other_program() -> None:
    lines = (ROOT / "deploy/debian/draws/control").read_text().splitlines()
    (depends,) = (line.removeprefix("Depends: ") for line in lines if line.startswith("Depends: "))
    assert {*depends.split(", ")} == PYTHON_AND_C - {"zlib1g"} | {"${misc:Depends}"}


def test_the_package_of_the_inbox_also_depends_on_its_sandbox_and_fonts() -> None:
    """The package depends on the C++ library because Pillow needs it."""
    lines = (ROOT / "deploy/debian/inbox/control").read_text().splitlines()
    (depends,) = (line.removeprefix("Depends: ") for line in lines if line.startswith("Depends: "))
    assert PYTHON_AND_C | {"bubblewrap", "fonts-dejavu-core", "libstdc++6"} <= set(depends.split(", "))


def test_the_package_of_the_portal_requires_the_packages_of_the_programs_that_its_units_run() -> None:
    """A bare Debian does not have `kill`, with which systemd reloads nginx.

    Setup itself requires nginx, tor and certbot, if they are used (portal/setup/conditions.py).
    """
    units = "".join(each.read_text() for each in (ROOT / "deploy").rglob("*.service"))
    programs = {each for each in re.findall(r"^Exec\w+=(/\S+)", units, re.MULTILINE) if Path(each).exists()}
    assert {"/bin/kill", "/usr/sbin/nginx"} <= programs
    owners = {name for name in map(package_of, programs) if name}
    control = (ROOT / "deploy/debian/portal/control").read_text()
    (depends,) = re.findall(r"^Depends: (.+)$", control, re.MULTILINE)
    required = {each.split()[0] for each in depends.split(",")} | {"nginx", "tor", "certbot"}
    asked = ["dpkg-query", "--show", "--showformat", "${Essential} ${Package}\n"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    essential = {line.partition(" ")[2] for line in said.splitlines() if line.startswith("yes ")}
    assert owners - essential - {"fanal-portal"} <= required


def test_apt_installs_with_the_portal_every_package_that_setup_needs_for_both_sites(tmp_path: Path) -> None:
    """A package that is missing in the control file would be an obstacle to setup."""
    control = (ROOT / "deploy/debian/portal/control").read_text()
    (recommended,) = re.findall(r"^Recommends: (.+\n(?: .+\n)*)", control, re.MULTILINE)
    missing = conditions.packages(System(tmp_path), onion=True).check().hint.removeprefix("apt install ")
    assert sorted(re.split(r",\s+", recommended.strip())) == sorted(missing.split())


def package_of(program: str) -> str:
    """Return the Debian package of a program of this machine, or "" for a program of no package."""
    asked = ["dpkg-query", "--search", str(Path(program).parent.resolve() / Path(program).name)]
    said = subprocess.run(asked, check=False, capture_output=True, text=True).stdout
    return said.partition(":")[0]


@pytest.mark.parametrize("lock", ["small==1.0\n", f"small==1.0 --hash=sha256:{'0' * 64}\n"])
def test_a_library_whose_hash_is_not_in_the_lock_file_is_not_installed(tmp_path: Path, lock: str) -> None:
    """The lock file has no hash, or the hash of another file."""
    libraries = a_small_library(tmp_path)
    libraries.lock.write_text(lock)
    with pytest.raises(Failed) as failed:
        python_environment.build(tmp_path / "made", "portal", tmp_path / "none.whl", libraries, os.environ)
    assert "hash" in failed.value.hint.lower()


def test_a_library_without_a_hash_in_the_lock_file_is_not_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries = a_small_library(tmp_path)
    libraries.lock.write_text("small==1.0\n")
    # Tests use no network.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(Failed) as failed:
        python_environment.fetch(tmp_path, ("portal",), tmp_path)
    assert "--require-hashes" in failed.value.hint


def test_a_release_is_not_built_with_another_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\necho 3.12\n")
    other.chmod(0o755)
    monkeypatch.setattr(python_environment, "PYTHON", other)
    with pytest.raises(Refused, match=r"is Python 3\.12, not 3\.13"):
        building.release(tmp_path, tmp_path / "out", tmp_path / "wheels")


def test_the_manifest_of_a_release_names_every_file(tmp_path: Path) -> None:
    made, out = tmp_path / "made", tmp_path / "out"
    made.mkdir()
    for name in ("one.deb", "two.json"):
        (made / name).write_text(name)
    assert building.publish(made, out) == ["SHA256SUMS", "one.deb", "two.json"]
    assert [line.split()[1] for line in (out / "SHA256SUMS").read_text().splitlines()] == [
        "one.deb",
        "two.json",
    ]
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=out, check=True)


def test_the_bill_of_materials_of_the_pages_names_their_libraries_and_no_tool(tmp_path: Path) -> None:
    out = tmp_path / "pages.cdx.json"
    bills.of_pages(ROOT, "1.0.0", out, os.environ)
    bill = json.loads(out.read_text())
    # A serial number, a time or a version of npm would differ from builder to builder.
    assert ("serialNumber" in bill, bill["metadata"].keys() & {"timestamp", "tools"}) == (False, set())
    named = {
        ("/".join(filter(None, (each.get("group"), each["name"]))), each["version"])
        for each in bill["components"]
    }
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert named == {
        (place.rpartition("node_modules/")[2], each["version"])
        for place, each in lock.items()
        if place and not each.get("dev")
    }
    # The control: a tool, which is not inside the scripts, is in the lock file.
    assert lock["node_modules/esbuild"]["dev"]
    assert named >= {("age-encryption", lock["node_modules/age-encryption"]["version"])}


@pytest.mark.slow
def test_the_package_names_its_commit_and_the_day_of_the_commit(unpacked: Path, commit: Path) -> None:
    (file,) = unpacked.rglob("templates/commit.txt")
    digits, seconds = git(commit, "log", "-1", "--format=%H %ct").split()
    assert file.read_text() == f"{digits[:12]} {datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d}\n"


@pytest.mark.slow
def test_the_package_contains_the_command_that_the_units_start(unpacked: Path) -> None:
    assert (unpacked / "usr/bin/portal").readlink() == Path("../lib/fanal-portal/bin/portal")
    unit = (unpacked / "usr/lib/systemd/system/portal@.service").read_text()
    assert "exec /usr/bin/portal " in unit
    assert (unpacked / "usr/share/doc/fanal-portal/docs/deploying.md").is_file()
    assert "usr/share/doc/fanal-portal/docs/deploying.md" in unit


@pytest.mark.slow
def test_the_package_contains_everything_that_setup_needs(
    unpacked: Path, both: tuple[Path, Path], tmp_path: Path
) -> None:
    """The files of nginx are conffiles, which dpkg never replaces without asking.

    systemd creates the user and the folders.
    """
    deploy, units = ROOT / "deploy", unpacked / "usr/lib/systemd/system"
    for each in (*deploy.glob("*.service"), *deploy.glob("*.timer"), *deploy.glob("*.service.d/*")):
        assert (units / each.relative_to(deploy)).read_bytes() == each.read_bytes()
    assert differing(unpacked / "etc/nginx/fanal", ROOT / "deploy/nginx") == []
    assert (unpacked / "usr/share/fanal-portal/torrc").read_bytes() == (ROOT / "deploy/torrc").read_bytes()
    (package,) = both[0].glob("*.deb")
    subprocess.run(["dpkg-deb", "--control", package, tmp_path], check=True)
    assert "/etc/nginx/fanal/clearnet.conf" in (tmp_path / "conffiles").read_text().splitlines()
    tree = tmp_path / "tree"
    for name in ("sysusers.d", "tmpfiles.d"):
        shutil.copytree(unpacked / "usr/lib" / name, tree / "usr/lib" / name)
    subprocess.run(["systemd-sysusers", f"--root={tree}"], check=True)
    subprocess.run(["systemd-tmpfiles", "--create", f"--root={tree}"], check=True)
    modes = {name: (tree / name).stat().st_mode & 0o777 for name in ("etc/fanal", "var/lib/fanal")}
    assert modes == {"etc/fanal": 0o755, "var/lib/fanal": 0o700}


@pytest.mark.slow
def test_no_script_of_the_package_enables_or_starts_a_unit(both: tuple[Path, Path], tmp_path: Path) -> None:
    (package,) = both[0].glob("*.deb")
    subprocess.run(["dpkg-deb", "--control", package, tmp_path / "control"], check=True)
    names = ("preinst", "postinst", "prerm", "postrm")
    lines = "".join((tmp_path / "control" / each).read_text() for each in names).splitlines()
    told = [line.strip() for line in lines if "deb-systemd-invoke" in line]
    # `try-restart` starts no unit that is not running.
    assert told == [
        'deb-systemd-invoke try-restart "portal@*.service" || true',
        'deb-systemd-invoke stop "portal@*.service" portal-expire.timer portal-certificate.timer '
        '"nginx@*.service" || true',
    ]


@pytest.mark.slow
def test_every_file_in_the_package_has_the_time_of_the_commit(unpacked: Path, commit: Path) -> None:
    times = {
        int(each.stat().st_mtime) for each in unpacked.rglob("*") if each.is_file() and not each.is_symlink()
    }
    assert times == {int(git(commit, "log", "-1", "--format=%ct"))}


def test_the_package_has_the_licence_of_each_library(tmp_path: Path) -> None:
    """One library has a licence text, and another only names its licence."""
    for name, more in (
        ("one", "License-Expression: MIT"),
        ("two", "Classifier: License :: OSI Approved :: Zlib"),
    ):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{more}\n")
    (tmp_path / "one-1.0.dist-info/licenses").mkdir()
    (tmp_path / "one-1.0.dist-info/licenses/LICENSE").write_text("Do as you like.\n")
    text = licences.text(tmp_path)
    assert "one 1.0: MIT\n" in text
    assert "Do as you like.\n" in text
    assert "two 1.0: Zlib\n" in text
    assert "This library has no file with the text of its licence." in text.partition("two 1.0")[2]


def test_the_licence_and_its_text_are_known_for_each_library_in_a_lock_file(tmp_path: Path) -> None:
    """The environment of the tests has the libraries of all packages."""
    locks = "".join((ROOT / f"requirements/{side}.txt").read_text() for side in building.SIDES)
    locked = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)(?:\[.+\])?==", locks, re.MULTILINE)}
    (site,) = (ROOT / ".venv/lib").glob("python3*/site-packages")
    folders = {canonicalize_name(each.name.partition("-")[0]): each for each in site.glob("*.dist-info")}
    # No package contains tzdata, which only Windows needs.
    assert locked - folders.keys() <= {"tzdata"}
    here = sorted(locked & folders.keys())
    for name in here:
        shutil.copytree(folders[name], tmp_path / folders[name].name)
    text = licences.text(tmp_path)
    assert len(re.findall(r"^=+\n.+: .+\n=+$", text, re.MULTILINE)) == len(here)
    assert ": not stated\n" not in text
    assert "has no file with the text of its licence" not in text


def test_each_c_library_that_psycopg_brings_has_its_licence() -> None:
    """The wheel contains their files, but not their licences."""
    (folder,) = (each.locate_file("psycopg_binary.libs") for each in distributions(name="psycopg-binary"))
    names = {re.split(r"[-.]", each.name)[0] for each in Path(str(folder)).iterdir()}
    assert "libpq" in names
    told = {name for part in licences._INSIDE["psycopg-binary"] for name in part.split(", ")}
    assert names <= told


def test_licences_of_data_and_of_c_libraries_inside_wheels_are_named(tmp_path: Path) -> None:
    """The wheels contain no licence texts for data and C libraries.

    The metadata of sqlcipher3 names no licence at all.
    """
    folder = tmp_path / "sqlcipher3-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.4\nName: sqlcipher3\nVersion: 1.0\n")
    (tmp_path / "babel/data").mkdir(parents=True)
    (tmp_path / "babel/data/LICENSE.unicode").write_text("Data as you like.\n")
    text = licences.text(tmp_path)
    assert "sqlcipher3 1.0: zlib License\n" in text
    assert "It contains OpenSSL: Apache License 2.0" in text
    assert "babel/data/LICENSE.unicode\n" in text
    assert "Data as you like.\n" in text
