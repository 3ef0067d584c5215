"""A change of officers is either complete or undone, wherever it fails or is killed."""

import resource
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crypto import passphrase
from inbox.keys import key_store, officers
from inbox.keys.secret_sharing import Circle
from inbox.language.errors import KeyStoreDamaged, Locked, Refused, VaultDamaged
from inbox.setup import reshare
from inbox.setup.ceremony_papers import Handout
from inbox.system import atomic_files
from inbox.system.idle_timeout import Inactive
from inbox.vault import database, queries_office
from inbox.vault.tables import KeyStoreKey
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office
from tests.support.inbox_circles import CHANGED, NAMES, change, header_of, only
from tests.support.inbox_kills import killed_everywhere

pytestmark = [
    pytest.mark.usefixtures("quick"),
    pytest.mark.copy_of("founded_circle"),
    pytest.mark.long,
]


def test_old_shares_do_not_open_files_made_after_a_renewal(office: Office, tmp_path: Path) -> None:
    """Nor do they open the new files beside the old vault.json. The control is the complete old copy."""
    old = office.copy(tmp_path / "old")
    assert 0 == change(office, "renew", circle=NAMES).code
    mixed = old.copy(tmp_path / "mixed")
    new = (office.root / "vault-2.sqlite").read_bytes()
    (mixed.root / "vault-1.sqlite").write_bytes(new)
    with pytest.raises(VaultDamaged), mixed.opened():
        pass
    with old.opened() as inbox, inbox.transaction() as session:
        key_store.load(inbox.home, session)
        valid = session.get_one(KeyStoreKey, 1)
        shutil.copy(office.root / "keystore-3.age", inbox.home.keystore(valid.generation))
        with pytest.raises(KeyStoreDamaged):
            key_store.load(inbox.home, session)
    master = officers.open_master(header_of(old), old.bring()).master
    with pytest.raises(VaultDamaged):
        database.load(office.root / "vault-2.sqlite", passphrase.vault_key(master))


def test_after_a_change_of_officers_the_new_vault_has_no_page_of_deleted_rows(office: Office) -> None:
    """The rows are copied into a new file, which has the same settings."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(text("CREATE TABLE filler AS SELECT randomblob(100000) AS canary"))
        session.execute(text("DROP TABLE filler"))
        assert 0 < session.execute(text("PRAGMA freelist_count")).scalar_one()
        told = _told(session)
    assert 0 == change(office, "renew", circle=NAMES).code
    with office.opened() as inbox, inbox.transaction() as session:
        assert 0 == session.execute(text("PRAGMA freelist_count")).scalar_one()
        assert told == _told(session)


def _told(session: Any) -> list[Any]:
    pragmas = ("user_version", "page_size", "secure_delete", "journal_mode", "cipher_version")
    return [session.execute(text(f"PRAGMA {pragma}")).scalar_one() for pragma in pragmas]


@pytest.mark.parametrize("step", ["share-test", "header"])
def test_a_failed_change_of_officers_leaves_no_files(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """One change fails because the medium damages the shares.

    The other change fails because the home cannot be written at the last moment.
    """
    before, shares = office.state(), sorted(office.shares.iterdir())
    write = atomic_files.write

    def failing(path: Path, pieces: Any) -> None:
        if step == "header" and path.name == "vault.json":
            raise OSError(28, "No space left on device", str(path))
        write(path, [b"x"] if step == "share-test" and path.suffix == ".share" else pieces)

    monkeypatch.setattr(atomic_files, "write", failing)
    said = change(office, "renew", circle=NAMES)
    assert (1, "share test failed" if step == "share-test" else "No space left") == (
        said.code,
        next(words for words in ("share test failed", "No space left") if words in said.err),
    )
    monkeypatch.undo()
    assert before == office.state()
    assert shares == sorted(office.shares.iterdir())
    assert "vault-1.sqlite" == only(office, "vault-*")


@pytest.mark.parametrize("is_valid", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("stopped", [KeyboardInterrupt, Inactive])
def test_a_stopped_change_is_undone_only_if_vault_json_was_not_yet_replaced(
    office: Office, monkeypatch: pytest.MonkeyPatch, stopped: type[BaseException], *, is_valid: bool
) -> None:
    """Ctrl-C or the idle timeout stops the change. Only the shares of the valid sharing remain."""
    before, shares = office.state(), sorted(office.shares.iterdir())
    write = atomic_files.write

    def stopping(path: Path, pieces: Any) -> None:
        if path.name != "vault.json" or is_valid:
            write(path, pieces)
        if path.name == "vault.json":
            raise stopped

    with office.unlocked() as opened:
        planned = reshare.plan(opened.inbox)
        monkeypatch.setattr(atomic_files, "write", stopping)
        with pytest.raises(stopped):
            reshare.reshare(
                opened.inbox,
                opened.by_opening(build.today()),
                planned,
                lambda: build.circle(*planned.names, quorum=planned.quorum),
                Handout(office.shares, with_sheets=False),
            )
    monkeypatch.undo()
    # When the inbox is opened, it removes what a power cut left.
    assert f"vault-{1 + is_valid}.sqlite" in {each.name for each in office.root.glob("vault-*")}
    assert is_valid or "vault-1.sqlite" == only(office, "vault-*")
    with office.opened() as inbox:
        assert is_valid == (inbox.header.generation == 2)
    assert f"vault-{1 + is_valid}.sqlite" == only(office, "vault-*")
    if not is_valid:
        assert before == office.state()
        assert shares == sorted(office.shares.iterdir())


def test_a_change_that_was_planned_for_other_officers_is_refused(office: Office) -> None:
    """Before the change, the officers are read again from the new vault."""
    before = office.state()
    with office.unlocked() as opened:
        planned = reshare.plan(opened.inbox, added="dora")
        stale = replace(planned, before=planned.before[:-1])
        with pytest.raises(Refused, match="the officers have changed"):
            reshare.reshare(
                opened.inbox,
                opened.by_opening(build.today()),
                stale,
                lambda: build.circle(*planned.names, quorum=planned.quorum),
                Handout(office.shares, with_sheets=False),
            )
    assert before == office.state()
    assert "vault-1.sqlite" == only(office, "vault-*")


def test_nobody_is_asked_for_a_new_passphrase_before_two_officers_confirm(office: Office) -> None:
    def appoint() -> Circle:
        raise AssertionError

    with office.unlocked() as opened:
        alone = replace(opened.by_opening(build.today()), confirm=lambda *_: ("alice",))
        planned = reshare.plan(opened.inbox, added="dora")
        with pytest.raises(Locked):
            reshare.reshare(opened.inbox, alone, planned, appoint, None)


def test_a_disk_that_becomes_full_while_the_vault_is_copied_leaves_no_new_files(office: Office) -> None:
    """A limit on the size of files simulates the full disk."""
    before = office.state()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        said = change(office, "renew", circle=NAMES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (1, True) == (said.code, "the vault could not be used" in said.err)
    assert before == office.state()
    assert "vault-1.sqlite" == only(office, "vault-*")


def test_a_damaged_vault_is_not_copied_during_a_change_of_officers(office: Office) -> None:
    """The copy reads every page, even a damaged page that no query reads."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(text("CREATE TABLE unread AS SELECT randomblob(100000) AS canary"))
    path = office.root / "vault-1.sqlite"
    before, shares = (office.root / "vault.json").read_bytes(), sorted(office.shares.iterdir())
    raw = bytearray(path.read_bytes())
    raw[-2_000] ^= 1
    path.write_bytes(raw)
    assert 0 == office.run("case", "list").code
    said = change(office, "renew", circle=NAMES)
    assert (1, True) == (said.code, "the vault is damaged" in said.err)
    assert before == (office.root / "vault.json").read_bytes()
    assert "vault-1.sqlite" == only(office, "vault-*")
    assert shares == sorted(office.shares.iterdir())


# All three commands use the same code. `make soak stops` tries every step of each command.
KILLED = {
    "add": (["add", "dora"], (*NAMES, "dora")),
    "remove": (["remove", "chloe"], NAMES[:2]),
    "renew": (["renew"], NAMES),
}
STRIDES = [
    ("add", 5),
    ("remove", 9),
    ("renew", 9),
    pytest.param("add", 1, marks=pytest.mark.soak),
    pytest.param("remove", 1, marks=pytest.mark.soak),
    pytest.param("renew", 1, marks=pytest.mark.soak),
]


@pytest.mark.parametrize(("way", "stride"), STRIDES)
def test_a_change_of_officers_that_is_killed_at_any_step_is_complete_or_has_no_effect(
    founded_circle: Office, tmp_path: Path, way: str, stride: int
) -> None:
    """Either the old or the new circle of officers can open the inbox.

    The files of the other circle are removed.
    """
    command, circle = KILLED[way]
    files = [word for name in circle for word in ("--new-passphrase-file", f"{{}}/shares/{name}.passphrase")]
    words = ["officer", *command, "--shares", "{}/shares", *files]
    changed = CHANGED if circle != NAMES else CHANGED - {"officers"}
    before = founded_circle.state()
    source = founded_circle.copy(tmp_path / "source")
    killed = killed_everywhere(source, tmp_path / "killed", build.today(), *words, stride=stride)
    after = []
    for n, office in enumerate(killed):
        found = header_of(office)
        after.append(found.generation == 2)
        # The officers who open the inbox use their shares of the valid sharing.
        with office.opened() as inbox, inbox.transaction() as session:
            assert (len(circle) if after[-1] else 3) == len(queries_office.officers(session))
            key_store.load(inbox.home, session)
        only(office, "keystore-*")
        assert f"vault-{found.generation}.sqlite" == only(office, "vault-*")
        assert not list(office.root.glob("*.part"))
        if after[-1]:
            with pytest.raises(Refused):
                officers.open_master(found, founded_circle.bring())
        if n % 5 == 0 or after[-1]:
            state = office.state()
            assert (changed if after[-1] else set()) == {
                name for name in before if before[name] != state[name]
            }
    assert sorted(after) == after
    assert {False, True} == set(after)
    assert 20 < len(killed) * stride
