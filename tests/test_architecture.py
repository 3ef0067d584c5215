"""docs/architecture.md names only files that exist, and explains every room."""

import re

import pytest

from tests.support.paths import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
NAMED = sorted(
    set(re.findall(r"`((?:portal|inbox|crypto|templates|tests|deploy|docs)/[\w./-]+\.\w+)`", TEXT))
)


def test_the_architecture_document_names_many_files() -> None:
    assert len(NAMED) > 120


@pytest.mark.parametrize("path", NAMED)
def test_every_file_that_the_architecture_document_names_exists(path: str) -> None:
    assert (ROOT / path).is_file()


def test_no_room_has_more_than_fifteen_modules() -> None:
    """A larger room would contain more than one idea."""
    tops = [ROOT / top for top in ("inbox", "portal", "draws")]
    folders = [ROOT / "draws", *(each for top in tops for each in top.rglob("*") if each.is_dir())]
    sizes = {str(each.relative_to(ROOT)): len([*each.glob("[!_]*.py")]) for each in folders}
    assert max(sizes.values()) > 9
    assert {} == {name: size for name, size in sizes.items() if size > 15}


def test_every_room_has_a_row_in_the_architecture_document() -> None:
    """Otherwise a reader would not find a new room."""
    rows = set(re.findall(r"^\| `(\w+)/` \|", TEXT, re.MULTILINE))
    rooms = {path.parent.name for top in ("inbox", "portal") for path in (ROOT / top).glob("*/__init__.py")}
    assert rooms <= rows
