"""From the exchange medium, the desk lists the bundles and files that officers can choose."""

from pathlib import Path

import pytest

from inbox.exchange import medium
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A medium with files of all sorts. Two of them are bundles, and two are loose files."""
    folder = tmp_path / "medium"
    folder.mkdir()
    for name in ("b-2.tar", "b-1.tar", "outbox-b-3.tar", "lettre.pdf", "note.", ".hidden"):
        (folder / name).touch()
    (folder / "folder.tar").mkdir()
    (folder / "folder").mkdir()
    for name, to in (("link.tar", "b-1.tar"), ("link.pdf", "lettre.pdf")):
        (folder / name).symlink_to(folder / to)
    return folder


def test_the_desk_offers_neither_links_nor_folders_nor_our_own_outboxes_as_bundles(folder: Path) -> None:
    assert ["b-1.tar", "b-2.tar"] == [path.name for path in medium.files(folder)]


def test_the_files_that_the_desk_offers_include_no_links_or_folders_or_archives_or_hidden_files(
    folder: Path,
) -> None:
    assert ["lettre.pdf", "note."] == [path.name for path in medium.loose(folder)]


def test_the_desk_offers_nothing_from_a_missing_folder(world: World, tmp_path: Path) -> None:
    (file := tmp_path / "lettre.pdf").touch()
    for gone in (tmp_path / "none", file):
        assert ([], []) == (medium.files(gone), medium.loose(gone))
    assert [] == medium.loose(None)
    with world.office.opened() as inbox:
        assert [0, 0] == [medium.waiting(inbox, each) for each in (tmp_path / "none", None)]


def test_the_bundles_of_the_confirmed_portal_come_first_and_are_ordered_by_their_numbers(
    world: World, portal: Portal, tmp_path: Path
) -> None:
    """The list names the portal of each bundle, and says whether the bundle was collected.

    An entry for a file that is not a bundle gives the reason. Only bundles that can still be
    collected count as waiting.
    """
    words = ("exchange", "collect", portal.bundle(), "--confirm-instance", portal.fingerprint)
    world.office.json(*words)
    for _ in range(10):
        portal.bundle()
    other = Portal(world, tmp_path / "other")
    other.bundle().rename(portal.folder / "0.tar")
    (portal.folder / "1.tar").write_bytes(b"x" * 600)
    with world.office.unlocked() as opened:
        found = medium.look(opened.inbox, opened.by_opening(build.today()), portal.folder).bundles
        assert 11 == medium.waiting(opened.inbox, portal.folder)
    own, (noise, stranger) = found[:11], found[11:]
    assert [(n, portal.fingerprint, True, n == 1, "") for n in range(1, 12)] == [
        (each.n, each.portal, each.is_known, each.is_collected, each.why) for each in own
    ]
    assert ("1.tar", 0, "", False, False) == (
        noise.name, noise.n, noise.portal, noise.is_known, noise.is_collected,
    )  # fmt: skip
    assert "not an intake bundle" in noise.why
    assert ("0.tar", 1, other.fingerprint, False, False, "") == (
        stranger.name, stranger.n, stranger.portal, stranger.is_known, stranger.is_collected, stranger.why,
    )  # fmt: skip


def test_no_bundle_counts_as_known_before_officers_have_confirmed_a_portal(
    world: World, portal: Portal
) -> None:
    portal.bundle()
    with world.office.unlocked() as opened:
        (found,) = medium.look(opened.inbox, opened.by_opening(build.today()), portal.folder).bundles
    assert (1, False, False) == (found.n, found.is_known, found.is_collected)
