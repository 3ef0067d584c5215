"""Files that are not for the portal are never written to the medium that is taken to the portal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox.language.errors import Refused
from inbox.system import apart, media
from inbox.system.home import Home
from tests.support.paths import ROOT
from tests.support.sticks import stick


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Path]:
    """Yield the mount point of a medium that has an empty folder for papers."""
    with stick(tmp_path / "stick") as made:
        (made / "papers" / "2026").mkdir(parents=True)
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "home").mkdir()
    return Home(tmp_path / "home")


@pytest.mark.parametrize("bundle", ["channel-3.tar", "outbox-channel-12.tar", "from/portal/channel-1.tar"])
def test_files_that_are_not_for_the_portal_are_refused_on_a_medium_that_contains_a_bundle(
    home: Home, medium: Path, bundle: str
) -> None:
    """The control is the same medium without a bundle, but with a file of another name."""
    (medium / "holidays.tar").touch()
    apart.check(home, medium / "papers" / "2026")
    (medium / bundle).parent.mkdir(parents=True, exist_ok=True)
    (medium / bundle).touch()
    with pytest.raises(Refused, match="medium for the portal"):
        apart.check(home, medium / "papers" / "2026")


def test_only_the_folder_itself_is_searched_for_bundles_if_it_is_on_the_disk_of_this_machine(
    home: Home, tmp_path: Path
) -> None:
    """The search does not cover the whole disk, because the inbox keeps copies of bundles there."""
    (tmp_path / "drawer" / "old").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "drawer" / "old"):
        (folder / "channel-3.tar").touch()
    apart.check(home, tmp_path / "drawer")
    with pytest.raises(Refused, match="medium for the portal"):
        apart.check(home, tmp_path / "drawer" / "old")


def test_a_file_or_a_missing_folder_is_refused_as_the_place_for_files(home: Home, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    for path in (tmp_path / "x", tmp_path / "none"):
        with pytest.raises(Refused, match="is not a folder"):
            apart.check(home, path)


def test_the_medium_for_the_portal_is_recognised_by_its_disk_even_while_it_is_empty(
    tmp_path: Path, medium: Path
) -> None:
    """In a trial, the medium is a folder on this machine's disk, and only that folder is refused."""
    drawer, other = tmp_path / "drawer", tmp_path / "other"
    drawer.mkdir()
    other.mkdir()
    with pytest.raises(Refused, match="medium for the portal"):
        apart.check_beside(other, drawer, same_disk=False)
    apart.check_beside(other, drawer, same_disk=True)
    outgoing = medium / "for-the-portal"
    outgoing.mkdir()
    apart.check_beside(other, outgoing, same_disk=False)
    for folder in (medium / "papers" / "2026", medium / "later" / "2027"):
        with pytest.raises(Refused, match="medium for the portal"):
            apart.check_beside(folder, outgoing, same_disk=False)
    apart.check_beside(tmp_path / "later", outgoing, same_disk=False)
    (tmp_path / "link").symlink_to(drawer)
    with pytest.raises(Refused, match="medium for the portal"):
        apart.check_beside(tmp_path / "link", drawer, same_disk=True)


@pytest.mark.parametrize("name", ["letter-1-2026-11-24.pdf", "exact-2027.csv", "exact-2027.json"])
def test_a_medium_with_a_letter_or_exact_figures_is_refused_as_the_medium_for_the_portal(
    home: Home, medium: Path, tmp_path: Path, name: str
) -> None:
    """The whole medium is searched, even if the given folder does not exist yet.

    The control is a medium without such a file.

    In a trial, the medium is a folder on this machine's disk, and only that folder is searched.
    """
    outgoing, trial = medium / "keyring", tmp_path / "trial"
    apart.check_to_portal(home, outgoing, same_disk=False)
    with pytest.raises(Refused, match="not on a medium"):
        apart.check_to_portal(home, trial, same_disk=False)
    trial.mkdir()
    for folder in (medium / "papers", tmp_path):
        (folder / name).touch()
    with pytest.raises(Refused, match="not meant for the portal"):
        apart.check_to_portal(home, outgoing, same_disk=False)
    apart.check_to_portal(home, trial, same_disk=True)
    (trial / name).touch()
    with pytest.raises(Refused, match="not meant for the portal"):
        apart.check_to_portal(home, trial, same_disk=True)


def test_the_top_of_a_file_system_is_its_mount_point() -> None:
    assert media.top(Path("/proc/self")) == Path("/proc")
    assert media.top(ROOT).is_mount()
