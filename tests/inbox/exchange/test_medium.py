"""Which files on the exchange medium the desk offers."""

from pathlib import Path

import pytest

from inbox.exchange import medium


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A medium with files of all sorts, of which two are bundles and two are loose files."""
    folder = tmp_path / "medium"
    folder.mkdir()
    for name in ("b-2.tar", "b-1.tar", "outbox-b-3.tar", "lettre.pdf", "note.", ".hidden"):
        (folder / name).touch()
    (folder / "folder.tar").mkdir()
    (folder / "folder").mkdir()
    for name, to in (("link.tar", "b-1.tar"), ("link.pdf", "lettre.pdf")):
        (folder / name).symlink_to(folder / to)
    return folder


def test_links_folders_and_our_own_outboxes_are_not_offered_as_bundles(folder: Path) -> None:
    assert ["b-1.tar", "b-2.tar"] == [path.name for path in medium.files(folder)]
    assert [] == medium.files(folder / "none")


def test_links_folders_archives_and_hidden_files_are_not_offered_as_files(folder: Path) -> None:
    assert ["lettre.pdf", "note."] == [path.name for path in medium.loose(folder)]
    assert [] == medium.loose(None)
