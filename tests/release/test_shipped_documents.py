"""The package of the inbox contains the officers' guides, because its machine has no network."""

import re
import shutil
from pathlib import Path

import pytest

from tests.support.paths import ROOT

INSTALL = ROOT / "deploy" / "debian" / "inbox" / "install"
SHIPPED = Path("usr/share/doc/fanal-inbox")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Pages for officers link to the source where they name a test, a program or a specification.
FOLDERS = r"(?:benchmarks|crypto|deploy|inbox|portal|templates|tests|\.[a-z]+)(?:/|$)"
SOURCE = re.compile(rf"(?:\.\./)*(?:{FOLDERS}|CONTRIBUTING\.md$|config\.example\.toml$)")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents of the package, where the package installs them."""
    folder = tmp_path_factory.mktemp("machine")
    for line in INSTALL.read_text().splitlines():
        *names, target = line.split()
        if not Path(target).is_relative_to(SHIPPED):
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
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    return [link for link in links if not SOURCE.match(link) and not (page.parent / link).exists()]


def test_a_link_to_a_missing_document_is_found(tmp_path: Path) -> None:
    """The control: links to the network, to the source and to a document that exists are left out."""
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#x) [b](missing.md#x) [c](https://a.example/b.md) [d](../tests/test_x.py)")
    assert broken(page) == ["missing.md"]


def test_the_links_between_the_shipped_documents_work(machine: Path) -> None:
    pages = sorted(machine.rglob("*.md"))
    assert {str(page.relative_to(machine)): broken(page) for page in pages if broken(page)} == {}


@pytest.mark.parametrize(
    "name",
    [
        "officer-guide.md",
        "fr/guide-agent.md",
        "fr/modeles/roles-ceremonie.md",
        "key-ceremony.md",
        "commands.md",
        "medium.md",
        "when-something-goes-wrong.md",
    ],
)
def test_the_package_contains_the_pages_that_officers_need(machine: Path, name: str) -> None:
    assert (machine / SHIPPED / "docs" / name).is_file()


@pytest.mark.parametrize(
    "page", [*(ROOT / "deploy/medium").glob("GUIDE.*.txt"), ROOT / "inbox/setup/doctor.py"]
)
def test_the_paths_of_documents_that_officers_read_exist_after_the_installation(
    machine: Path, page: Path
) -> None:
    named = re.findall(r"/(usr/share/doc/fanal-inbox/\S+?\.md)\b", page.read_text("utf-8"))
    assert named
    assert [each for each in named if not (machine / each).is_file()] == []
