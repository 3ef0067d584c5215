"""Each package contains all documents.

The inbox's machine has no network, so the documents that units and hints name must be on the machine.
"""

import re
import shutil
from pathlib import Path

import pytest

from deploy.release.building import SIDES
from tests.support import module_texts
from tests.support.document_links import links
from tests.support.paths import ROOT

DOCUMENTS = Path("usr/share/doc")
# If a page for officers names a test, a program or a specification, the page links to the source.
FOLDERS = r"(?:benchmarks|crypto|deploy|inbox|portal|templates|tests|\.[a-z]+)(?:/|$)"
IN_SOURCE = re.compile(r"(?<![\w/-])(?:docs/[\w/-]+\.md|deploy/[\w/@-]+\.[a-z]+)")
SOURCE = re.compile(rf"(?:\.\./)*(?:{FOLDERS}|CONTRIBUTING\.md$|config\.example\.toml$)")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents of all packages, where the packages install them."""
    folder = tmp_path_factory.mktemp("machine")
    lists = [(ROOT / "deploy/debian" / side / "install").read_text() for side in SIDES]
    for line in "".join(lists).splitlines():
        *names, target = line.split()
        if not Path(target).is_relative_to(DOCUMENTS):
            continue
        (folder / target).mkdir(parents=True, exist_ok=True)
        for source in (found for name in names for found in ROOT.glob(name)):
            if source.is_dir():
                shutil.copytree(source, folder / target / source.name)
            else:
                shutil.copy(source, folder / target)
    return folder


def broken(page: Path) -> list[str]:
    """Return the links of a page to documents that are not beside it on the machine."""
    paths = [path for path, _ in links(page.read_text("utf-8"))]
    return [path for path in paths if not SOURCE.match(path) and not (page.parent / path).exists()]


def test_a_link_to_a_missing_document_is_found(tmp_path: Path) -> None:
    """As a control, links to the network, to the source and to an existing document are not reported."""
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#x) [b](missing.md#x) [c](https://a.example/b.md) [d](../tests/test_x.py)")
    assert broken(page) == ["missing.md"]


def test_the_links_between_the_shipped_documents_work(machine: Path) -> None:
    pages = sorted(machine.rglob("*.md"))
    assert {str(page.relative_to(machine)): broken(page) for page in pages if broken(page)} == {}


@pytest.mark.parametrize("side", SIDES)
def test_a_package_contains_every_document(machine: Path, side: str) -> None:
    shipped = machine / DOCUMENTS / f"fanal-{side}" / "docs"
    wanted = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    assert Path("fr/guide-agent.md") in wanted
    assert wanted == {path.relative_to(shipped) for path in shipped.rglob("*.md")}


def test_the_documents_that_programs_and_guides_name_exist_after_the_installation(machine: Path) -> None:
    sources = [
        path
        for folder in ("inbox", "portal", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".service", ".txt"}
    ]
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sources}
    named = {name: re.findall(r"/(usr/share/doc/fanal-\w+/\S+?\.md)\b", text) for name, text in texts.items()}
    assert {"inbox/setup/doctor.py", "portal/ops/checks/machine.py", "deploy/portal@.service"} <= {
        name for name, found in named.items() if found
    }
    lost = {name: [each for each in found if not (machine / each).is_file()] for name, found in named.items()}
    assert {name: each for name, each in lost.items() if each} == {}


def named_as_in_the_source(source: str) -> list[str]:
    """Return the documents and shipped files that a module's texts name by their paths in the source.

    Docstrings are left out.
    """
    return [name for text in module_texts.texts(source) for name in IN_SOURCE.findall(text)]


@pytest.mark.parametrize(
    "planted",
    [
        'x = "see docs/a.md"',
        "x = f'{y}: docs/fr/a.md'",
        "f('a docs/' 'b.md')",
        'x = "as deploy/a@b.timer does"',
    ],
)
def test_a_text_that_names_a_file_by_its_place_in_the_source_is_found(planted: str) -> None:
    """The control: a docstring may name such a file, because docstrings are read in the source."""
    assert named_as_in_the_source(planted)
    assert named_as_in_the_source(f'"""docs/a.md"""\nx = "/{DOCUMENTS}/fanal-inbox/docs/a.md"') == []


def test_programs_name_each_file_by_its_path_on_an_installed_machine() -> None:
    """An installed machine has no folder `docs` or `deploy`."""
    paths = [path for room in ("inbox", "portal", "templates") for path in (ROOT / room).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): named_as_in_the_source(path.read_text("utf-8")) for path in paths}
    assert {path: names for path, names in found.items() if names} == {}
