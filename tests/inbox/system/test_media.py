"""Backups, key stores and outboxes are written to separate media. The tests mount real file systems."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from inbox.desk.state import Desk
from inbox.language.errors import Refused
from inbox.system import media
from templates import disks
from tests.support.desk_room import Client
from tests.support.inbox_builders import Office, manifest
from tests.support.small_disk import small_disk
from tests.support.sticks import mounted, stick

OWN = "is on this machine's own disk or in its memory, not on a medium"
TOGETHER = "are on the same disk"


@pytest.fixture
def sticks(tmp_path: Path) -> Iterator[list[Path]]:
    """Two media, each with its own file system."""
    with ExitStack() as stack:
        folders = [tmp_path / name for name in ("one", "two")]
        for each in folders:
            stack.enter_context(stick(each))
        yield folders


def outbox(office: Office, out: Path, *more: str) -> tuple[int, str]:
    said = office.typed("exchange", "outbox", "--out", out, *more)
    return said.code, said.err


def backup(office: Office, out: Path, keys: Path, *more: str) -> tuple[int, str]:
    said = office.typed("backup", "make", "--out", out, "--keystore-out", keys, *more)
    return said.code, said.err


def image(path: Path) -> Path:
    """Return a file that contains an empty file system."""
    with path.open("wb") as file:
        file.truncate(1 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", path], check=True)
    return path


def test_no_outbox_is_written_to_a_folder_while_its_medium_is_not_mounted(
    office: Office, tmp_path: Path
) -> None:
    """With the medium, the same folder is accepted.

    Neither the vault nor the journal records a refused outbox.
    """
    place = tmp_path / "stick"
    with stick(place):
        assert 0 == outbox(office, place)[0]
        assert ["outbox-inspection-1.tar"] == [path.name for path in place.iterdir()]
    before = office.state()
    for again in ((), ("--again", "1")):
        code, err = outbox(office, place, *again)
        assert (1, True, []) == (code, OWN in err, list(place.iterdir()))
    assert before == office.state()
    assert 0 == outbox(office, place, "--same-disk")[0]


@pytest.mark.parametrize("what", ["keyring", "sign-pages"])
def test_nothing_for_the_portal_is_written_to_the_disk_of_this_machine(
    office: Office, tmp_path: Path, sticks: list[Path], what: str
) -> None:
    """A folder that does not exist yet is refused, too. Nothing is recorded. The controls are accepted."""
    listed = [manifest(office, tmp_path / "pages.json")] if what == "sign-pages" else []
    before = office.state()
    for out in (tmp_path, tmp_path / "new"):
        said = office.typed("exchange", what, *listed, "--out", out)
        assert (1, True) == (said.code, OWN in said.err)
        assert "to use the disk anyway: --same-disk" in said.err
    assert not (tmp_path / "new").exists()
    assert before == office.state()
    for out, more in ((sticks[0] / "new", []), (tmp_path / "new", ["--same-disk"])):
        assert 0 == office.typed("exchange", what, *listed, "--out", out, *more).code
        assert [*out.iterdir()]


def test_shares_are_not_written_to_the_disk_of_this_machine(office: Office, sticks: list[Path]) -> None:
    """On this disk, deleted shares could be found again beside the vault. The control is accepted."""
    passphrase = ("--new-passphrase-file", office.secret)
    before = office.state()
    for folder in (office.root.parent / "shares", office.root.parent):
        said = office.typed("officer", "renew", "--shares", folder, *passphrase)
        assert (1, True) == (said.code, OWN in said.err)
    assert (before, False) == (office.state(), (office.root.parent / "shares").exists())
    assert 0 == office.typed("officer", "renew", "--shares", sticks[0] / "shares", *passphrase).code
    assert [*sticks[0].rglob("*.share")]


def test_a_ceremony_writes_no_shares_to_the_disk_of_this_machine(tmp_path: Path) -> None:
    """The home does not exist yet. Nobody has typed a passphrase, and no file is written."""
    words = ["init", "--deployment", "Fanal", "--channel", "customs", "--name-fr", "D", "--name-en", "C"]
    founders = ["--officers", "alice,bruno", "--shares", tmp_path / "shares"]
    said = Office(tmp_path / "new").typed(*words, *founders)
    assert (1, True) == (said.code, OWN in said.err)
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".passphrase"]


def test_a_file_system_in_memory_is_not_a_medium(office: Office, tmp_path: Path, sticks: list[Path]) -> None:
    """A file system in memory does not survive a power cut.

    Desktops mount media in folders of such a file system.

    An image in such a file system is refused, too.
    """
    folders = [tmp_path / name for name in ("memory", "more")]
    with small_disk(folders[0], "8m"), small_disk(folders[1], "8m"):
        before = office.state()
        with mounted(image(folders[0] / "image"), tmp_path / "loop", "-o", "loop") as loop:
            for folder in (*folders, loop):
                code, err = outbox(office, folder)
                assert (1, True) == (code, OWN in err)
        for out, keys in ((folders[0], sticks[0]), (sticks[0], folders[0])):
            code, err = backup(office, out, keys)
            assert (1, True) == (code, OWN in err)
        assert before == office.state()
        with pytest.raises(Refused, match=TOGETHER):
            media.check_apart(*folders)
        assert 0 == backup(office, folders[0], sticks[0], "--same-disk")[0]


def test_the_system_disk_is_not_a_medium_even_if_the_home_is_on_another_disk(
    office: Office, sticks: list[Path]
) -> None:
    """A mount point without its medium is a folder on the system disk."""
    moved = office.copy(sticks[0] / "office")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        code, err = outbox(moved, Path(folder))
    assert (1, True) == (code, OWN in err)
    assert 0 == outbox(moved, sticks[1])[0]


@pytest.mark.parametrize("places", [("one", "one/keys"), ("own", "two"), ("one", "own")])
def test_a_backup_needs_two_media_that_are_not_the_disk_of_the_home(
    office: Office, sticks: list[Path], tmp_path: Path, places: tuple[str, str]
) -> None:
    """A refused backup writes nothing. As a control, the backup succeeds with ``--same-disk``."""
    (tmp_path / "own").mkdir()
    for name in ("keys", "backups"):
        (sticks[0] / name).mkdir()
    out, keys = (tmp_path / each for each in places)
    out = out / "backups" if out == sticks[0] else out
    keys = keys / "keys" if keys == sticks[0] else keys
    code, err = backup(office, out, keys)
    assert (1, True) == (code, (TOGETHER if "own" not in places else OWN) in err)
    assert [] == [*out.iterdir(), *keys.iterdir()]
    assert 0 == backup(office, out, keys, "--same-disk")[0]


def test_a_backup_to_two_media_succeeds(office: Office, sticks: list[Path]) -> None:
    assert 0 == backup(office, *sticks)[0]


def test_a_folder_that_is_mounted_a_second_time_counts_as_the_same_disk(
    office: Office, sticks: list[Path], tmp_path: Path
) -> None:
    (sticks[0] / "inner").mkdir()
    with mounted(sticks[0] / "inner", tmp_path / "again", "--bind") as again:
        code, err = backup(office, sticks[0], again)
        assert (1, True) == (code, TOGETHER in err)
        assert disks.of(sticks[0]) == disks.of(again) != disks.of(sticks[1])


def test_a_mounted_image_counts_as_part_of_the_disk_that_holds_its_file(
    office: Office, sticks: list[Path], tmp_path: Path
) -> None:
    """An image beside the home is refused. An image on a medium counts as part of that medium."""
    for file, refuses in ((tmp_path / "image", True), (sticks[0] / "image", False)):
        with mounted(image(file), tmp_path / f"loop-{file.parent.name}", "-o", "loop") as folder:
            assert disks.of(folder) == disks.of(file.parent)
            code, err = outbox(office, folder)
            assert (int(refuses), refuses) == (code, OWN in err)


def test_the_error_names_two_folders_on_the_same_medium(sticks: list[Path]) -> None:
    folders = [sticks[0], *(each / "x" for each in sticks)]
    for each in folders[1:]:
        each.mkdir()
    media.check_apart(sticks[0], folders[2])
    with pytest.raises(Refused, match=f"{folders[0]} and {folders[1]} {TOGETHER}"):
        media.check_apart(folders[0], folders[2], folders[1])


def test_the_desk_refuses_the_disk_of_this_machine_unless_it_was_started_with_the_option_same_disk(
    office: Office, sticks: list[Path], tmp_path: Path
) -> None:
    """The desk refuses an outbox, a repeated outbox and a backup. On a medium, the three actions succeed."""
    own = tmp_path / "own"
    own.mkdir()
    with office.unlocked() as opened:
        client = Client(Desk(opened, 8090, own))
        for path in ("/en/medium/outbox", "/en/medium/outbox/1"):
            answer = client.send(path)
            assert (409, True) == (answer.status_code, "start the desk with --same-disk" in answer.text)
        places = {"backup-folder": str(tmp_path), "keystore": str(sticks[0])}
        assert client.send("/en/office/backup", **places).status_code == 409
        assert [] == list(own.iterdir())
        assert Client(Desk(opened, 8090, own, same_disk=True)).send("/en/medium/outbox").status_code == 200
        client = Client(Desk(opened, 8090, sticks[1]))
        assert client.send("/en/medium/outbox/1").status_code == 200
        (sticks[1] / "outbox-inspection-1.tar").unlink()
        client, places = Client(Desk(opened, 8090, None)), places | {"backup-folder": str(sticks[1])}
        assert client.send("/en/office/backup", **places).status_code == 200
