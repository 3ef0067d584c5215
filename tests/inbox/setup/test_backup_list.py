"""Each backup has a list.

A removed file or a changed day is detected. An older backup is reported as older.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import age
from crypto.backup import File
from crypto.recipients import HybridIdentity
from inbox.keys import key_store, stored_secrets
from inbox.setup import backup_list
from inbox.vault.tables import KeyStoreKey
from tests.support import inbox_builders as build
from tests.support.backup_media import Copies, Edit, as_it_is, signed_anew
from tests.support.inbox_builders import Office, Scene, Sent, World, first
from tests.support.inbox_clock import Clock
from tests.support.laws import FRENCH
from tests.support.typist import typing_to_fork

pytestmark = pytest.mark.copy_of("founded_listed")


@pytest.fixture(scope="module")
def founded_listed(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """An inbox with one unfiled envelope, and with one report that has two files."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("listed"))
    scene.collect(first(scene.reporter, files=[b"one", b"two"]), Sent(b"noise" * 400))
    return scene


def refused(copies: Copies, office: Office, made: dict[str, Any], folder: Path, *options: str) -> str:
    """Return the reason why a backup is not restored, and check that there is no home."""
    restored, said = copies.restore(office, made, folder, *options)
    assert (1, False) == (said.code, restored.root.exists()), said
    return said.err


def without_attachments(listed: Any) -> None:
    listed["files"] = [each for each in listed["files"] if not each["name"].startswith("attachments/")]


def on_another_day(listed: Any) -> None:
    listed["day"] = "2098-01-01"


def with_another_fault(listed: Any) -> None:
    listed["faults"] = ["outbox/inspection-1.tar"]


@pytest.mark.parametrize("change", [without_attachments, on_another_day, with_another_fault])
def test_a_change_to_the_list_by_somebody_who_found_the_medium_is_detected(
    office: Office, copies: Copies, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    """The test changes only the list. The control is the original list."""
    made = copies.of(office)
    path = Path(made["folder"]) / "backup.json"
    whole = path.read_bytes()
    listed = json.loads(whole)
    change(listed["backup"])
    path.write_text(json.dumps(listed, separators=(",", ":")))
    assert "the list of this backup was changed" in refused(copies, office, made, tmp_path / "no")
    path.write_bytes(whole)
    assert 0 == copies.restore(office, made, tmp_path / "yes")[1].code


def test_the_authentication_code_of_another_inbox_is_refused(
    office: Office, copies: Copies, tmp_path: Path
) -> None:
    made = copies.of(office)
    foreign = Copies(tmp_path / "other").of(Office.found(tmp_path / "foreign"))
    mac = json.loads((Path(foreign["folder"]) / "backup.json").read_bytes())["mac"]
    path = Path(made["folder"]) / "backup.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"mac": mac}, separators=(",", ":")))
    assert "or belongs to another" in refused(copies, office, made, tmp_path / "no")


def fewer(_: Path, begin: str) -> Edit:
    return lambda listed: replace(
        listed, files=tuple(each for each in listed.files if not each.name.startswith(begin))
    )


def strange(folder: Path, name: str) -> Edit:
    (folder / name).write_bytes(b"strange")
    added = File(name, hashlib.sha256(b"strange").digest())
    return lambda listed: replace(listed, files=(*listed.files, added))


def exchanged(folder: Path, _: str) -> Edit:
    (envelope,) = (folder / "unopened").iterdir()
    envelope.write_bytes(b"another")
    return as_it_is(envelope)


def of_another_head(_: Path, __: str) -> Edit:
    return lambda listed: replace(listed, journal=replace(listed.journal, n=listed.journal.n + 1))


@pytest.mark.parametrize(
    ("forge", "what"),
    [
        (fewer, "attachments/"),
        (fewer, "unopened/"),
        (strange, f"attachments/{'A' * 22}.age"),
        (strange, f"unopened/{'A' * 43}.age"),
        (strange, "outbox/inspection-9.tar"),
        (exchanged, ""),
        (of_another_head, ""),
    ],
)
def test_a_list_that_officers_forged_is_checked_against_the_vault_in_the_backup(
    office: Office, copies: Copies, tmp_path: Path, forge: Callable[[Path, str], Edit], what: str
) -> None:
    """The backup must have exactly the files that its vault lists, and they must be unchanged.

    It is not enough that the files match the list.
    """
    made = copies.of(office)
    folder = Path(made["folder"])
    signed_anew(office, folder, forge(folder, what))
    assert "does not contain exactly the files that its own vault lists" in refused(
        copies, office, made, tmp_path / "no"
    )


@pytest.mark.parametrize("left", ["intake", "attachments"])
def test_a_key_store_that_officers_emptied_is_checked_against_the_vault(
    office: Office, copies: Copies, tmp_path: Path, left: str
) -> None:
    """Without the keys in the key store, nobody could read the backup.

    The control is the original key store.
    """
    made = copies.of(office)
    folder, store = Path(made["folder"]), Path(made["keystore"])
    whole = store.read_bytes()
    with office.opened() as inbox, inbox.transaction() as session:
        emptied = replace(key_store.load(inbox.home, session), **{left: ()})
        key = HybridIdentity.from_seed(session.get_one(KeyStoreKey, 1).seed)
    store.write_bytes(age.seal_bytes(stored_secrets.FILE.encode(emptied), [key.recipient()]))
    signed_anew(office, folder, as_it_is(store))
    assert "does not contain exactly the files that its own vault lists" in refused(
        copies, office, made, tmp_path / "no"
    )
    store.write_bytes(whole)
    signed_anew(office, folder, as_it_is(store))
    assert 0 == copies.restore(office, made, tmp_path / "yes")[1].code


def test_a_backup_names_missing_files_and_omits_files_that_the_vault_does_not_know(
    office: Office, copies: Copies, tmp_path: Path
) -> None:
    """A backup of the other files is better than none. The restore names the missing files again."""
    lost, _ = sorted((office.root / "attachments").iterdir())
    lost.unlink()
    (envelope,) = (office.root / "unopened").iterdir()
    envelope.write_bytes(b"damaged")
    (office.root / "attachments" / "stray.age").write_bytes(b"of another vault")
    faults = [f"attachments/{lost.name}", f"unopened/{envelope.name}"]
    made = copies.of(office)
    assert faults == made["faults"]
    assert not (Path(made["folder"]) / "attachments" / "stray.age").exists()
    restored, said = copies.restore(office, made, tmp_path / "new")
    assert faults == said.json["faults"]
    assert b"damaged" == (restored.root / "unopened" / envelope.name).read_bytes()


def test_a_backup_that_does_not_match_a_head_on_paper_is_not_restored(
    office: Office, copies: Copies, tmp_path: Path
) -> None:
    """The control is the head that was printed when the backup was made."""
    made = copies.of(office)
    then, now = made["journal"], office.json("journal", "verify")["head"]
    for folder, head in {"older": now, "other": then | {"n": then["n"] - 1}}.items():
        written = f"{head['n']} {head['fingerprint']}"
        assert "on paper" in refused(copies, office, made, tmp_path / folder, "--head", written)
    # A script with an empty variable passes an empty text to this option. The comparison must not be skipped
    # silently.
    assert "not a journal head" in refused(copies, office, made, tmp_path / "empty", "--head", "")
    written = f"{then['n']} {then['fingerprint']}"
    assert 0 == copies.restore(office, made, tmp_path / "yes", "--head", written)[1].code


def test_the_restore_of_an_older_backup_first_shows_a_warning(
    office: Office, copies: Copies, clock: Clock, tmp_path: Path
) -> None:
    """The warning shows the day, the journal head, and the law in the backup.

    The warning says that a newer backup is beside this one.
    """
    made = copies.of(office)
    clock.day += timedelta(days=3)
    newer = copies.of(office)
    told = copies.restore(office, newer, tmp_path / "newer")[1].json
    assert (None, newer["journal"]) == (told["newer"], told["journal"])
    assert FRENCH.sha256.hex() == told["law"]
    said = copies.restore(office, made, tmp_path / "older", "--last-case", "9")[1].err
    head = made["journal"]
    assert "3 days ago" in said
    assert f"the law in the backup: {FRENCH.sha256.hex()}; " in said
    assert f"journal: entry {head['n']}, {head['fingerprint']}" in said
    assert f"A NEWER BACKUP IS BESIDE THIS ONE, of {clock.day}" in said


def test_only_the_beginning_of_the_other_backup_lists_in_the_folder_is_read(
    office: Office, copies: Copies, clock: Clock
) -> None:
    """Anybody who had the medium may have written these lists.

    The vault is open while the lists are read.
    """
    made = copies.of(office)
    clock.day += timedelta(days=3)
    newer = Path(copies.of(office)["folder"]) / backup_list.LIST
    os.truncate(newer, 64 << 20)
    for name, raw in {"none": b"{}", "day": newer.read_bytes()[:200].replace(b"-", b"9")}.items():
        (copies.out / name).mkdir()
        (copies.out / name / backup_list.LIST).write_bytes(raw)
    (copies.out / "pipe").mkdir()
    os.mkfifo(copies.out / "pipe" / backup_list.LIST)
    folder = Path(made["folder"])
    found = backup_list.read(folder).backup
    before = read_so_far()
    assert clock.day == backup_list.newer_beside(folder, found)
    assert read_so_far() - before < 1 << 20


def read_so_far() -> int:
    """Return how many bytes this process has read."""
    (count,) = re.findall(r"rchar: ([0-9]+)", Path("/proc/self/io").read_text())
    return int(count)


def test_at_a_terminal_a_backup_is_restored_only_if_the_answer_is_yes(
    office: Office, copies: Copies, tmp_path: Path
) -> None:
    made = copies.of(office)
    restored, words = copies.restoring(office, made, tmp_path / "new")
    command = ["--home", restored.root, *restored.opening(), *words]
    for answer, there in (("no", False), ("", False), ("yes", True)):
        with typing_to_fork(command, tmp_path, build.QUICKLY) as at:
            at.answers("(yes/no) ", answer)
            assert (0 if there else 1) == at.waits()
        assert there == restored.root.exists()
