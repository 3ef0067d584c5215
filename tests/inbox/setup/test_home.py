"""The home of the inbox: how it is founded and opened, and what happens if a part of it is damaged."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crypto import passphrase
from crypto.errors import Malformed, NotForUs
from inbox.keys import key_store, officers, vault_header
from inbox.keys.secret_sharing import Appointee, Circle
from inbox.keys.stored_secrets import KeyStore
from inbox.language.errors import (
    HeaderDamaged,
    HomeRefused,
    KeyStoreDamaged,
    OtherSharing,
    Refused,
    VaultDamaged,
    VaultMissing,
    WrongPassphrase,
)
from inbox.session.inbox import unlocked
from inbox.setup import init
from inbox.system import atomic_files
from inbox.system.home import Home
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World


class Killed(BaseException):
    """A power failure, which no code may catch."""


def test_a_wrapped_secret_opens_only_with_its_own_passphrase() -> None:
    """An accent typed as one character or as two gives the same passphrase."""
    salt, secret = bytes(16), os.urandom(32)
    quick = {"opslimit": build.QUICK[0], "memlimit": build.QUICK[1]}
    wrapped = passphrase.wrap(secret, passphrase.stretch("phare \u00e9teint", salt, **quick))
    assert len(secret) + passphrase.OVERHEAD == len(wrapped)
    assert secret == passphrase.unwrap(wrapped, passphrase.stretch("phare e\u0301teint", salt, **quick))
    with pytest.raises(NotForUs):
        passphrase.unwrap(wrapped, passphrase.stretch("phare eteint", salt, **quick))
    with pytest.raises(NotForUs):
        passphrase.unwrap(wrapped[:-1], passphrase.stretch("phare \u00e9teint", salt, **quick))


@pytest.mark.parametrize("changed", [{"salt": b"short"}, {"opslimit": 0}, {"memlimit": 1}], ids=str)
def test_argon2id_refuses_parameters_out_of_range(changed: dict[str, Any]) -> None:
    given = {"salt": bytes(16), "opslimit": 1, "memlimit": 8192} | changed
    with pytest.raises(Malformed):
        passphrase.stretch("x", given["salt"], opslimit=given["opslimit"], memlimit=given["memlimit"])


def test_the_derivation_of_the_vault_key_does_not_change() -> None:
    """With another value, no existing vault would open."""
    expected = "e6d6852a0437403a2ff4d4c1750b6f9920377a186c4ea6403e05e723af20dbb9"
    assert expected == passphrase.vault_key(bytes(range(32))).hex()


def test_the_derivation_of_the_backup_key_does_not_change() -> None:
    """If the key had another value, every existing backup would be refused."""
    expected = "4a9351307879bfcf1f2a4eef47ad49c62073239bb2fd7fa50d0aaff96d2b3cdd"
    assert expected == passphrase.backup_key(bytes(range(32))).hex()


@pytest.mark.slow
def test_the_init_command_uses_strong_parameters_and_prints_what_the_portal_needs(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.secret.write_text(build.PASSPHRASE)
    said = office.run(
        "init", "--deployment", "Fanal", "--channel", "a-1", "--name-fr", "É", "--name-en", "E", "--json"
    )
    assert (0, {"deployment", "root_key", "root_fingerprint"}) == (said.code, set(said.json))
    (share,) = (json.loads(path.read_bytes()) for path in office.root.glob("officer-*.share"))
    assert ("argon2id", 3, 256 << 20) == (share["kdf"], share["opslimit"], share["memlimit"])
    assert office.json("case", "list") == {"cases": [], "unopened": 0, "warnings": []}


def test_only_the_owner_can_read_the_home(office: Office) -> None:
    """Files have the mode 0600, and folders have 0700."""
    assert 0o700 == stat.S_IMODE(office.root.stat().st_mode)
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in office.root.rglob("*")}
    assert {True: 0o700, False: 0o600} == modes


def test_the_init_command_leaves_an_existing_home_unchanged(office: Office) -> None:
    before = office.state()
    said = office.run("init", "--deployment", "x", "--channel", "x", "--name-fr", "x", "--name-en", "x")
    assert (1, True) == (said.code, "already exists; nothing was changed" in said.err)
    assert before == office.state()


@pytest.mark.parametrize(
    ("changes", "secret", "words"),
    [
        ({}, "elevenchars", "shorter than 12"),
        ({"channel": "Bad Channel"}, build.PASSPHRASE, "channel id"),
        ({"name_fr": "x" * 2_001}, build.PASSPHRASE, "too long"),
        ({"questionnaire": b"no = [toml"}, build.PASSPHRASE, "not TOML"),
    ],
    ids=["short-passphrase", "channel", "name", "questionnaire"],
)
def test_if_the_founding_is_refused_no_file_is_left(
    tmp_path: Path, changes: dict[str, Any], secret: str, words: str
) -> None:
    with pytest.raises((Refused, Malformed), match=words):
        init.found(
            tmp_path / "inbox",
            replace(build.charter(), **changes),
            Circle((Appointee("officer", secret),), 1, build.QUICK),
            today=build.today(),
        )
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["write", "sync_folder", "make_folder"])
def test_an_interrupted_ceremony_leaves_no_partial_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The ceremony can be started again from the beginning."""
    home = tmp_path / "inbox"
    original = getattr(atomic_files, step)
    places = range(2)
    for place in places:
        count = iter(range(100))

        def stepping(*arguments: Any, place: int = place, count: Any = count) -> None:
            if next(count) == place:
                raise Killed
            original(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(atomic_files, step, stepping)
            with pytest.raises(Killed):
                init.found(home, build.charter(), build.alone(), today=build.today())
        assert [] == list(tmp_path.iterdir())
    init.found(home, build.charter(), build.alone(), today=build.today())
    with Office(tmp_path).opened():
        pass


def opening(office: Office, given: str = build.PASSPHRASE) -> None:
    with (
        unlocked(office.root, lambda: office.bring(given), lambda *_: None) as opened,
        opened.inbox.transaction() as session,
    ):
        key_store.load(opened.inbox.home, session)


def flip(path: Path, place: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)


BROKEN: dict[str, tuple[Callable[[Office], Any], type[Refused]]] = {
    "no-home": (lambda office: shutil.rmtree(office.root), HomeRefused),
    "header-flipped": (lambda office: flip(office.root / "vault.json", 60), HeaderDamaged),
    "header-empty": (lambda office: (office.root / "vault.json").write_bytes(b""), HeaderDamaged),
    "vault-missing": (lambda office: (office.root / "vault-1.sqlite").unlink(), VaultMissing),
    "vault-flipped": (lambda office: flip(office.root / "vault-1.sqlite", 2_000), VaultDamaged),
    "vault-empty": (lambda office: (office.root / "vault-1.sqlite").write_bytes(b""), VaultDamaged),
    "vault-noise": (
        lambda office: (office.root / "vault-1.sqlite").write_bytes(os.urandom(8192)),
        VaultDamaged,
    ),
    "vault-cut": (
        lambda office: os.truncate(office.root / "vault-1.sqlite", 12 * 4096),
        VaultDamaged,
    ),
    "vault-lacks-its-last-page": (
        lambda office: os.truncate(
            office.root / "vault-1.sqlite", (office.root / "vault-1.sqlite").stat().st_size - 4096
        ),
        VaultDamaged,
    ),
    "key-store-missing": (lambda office: (office.root / "keystore-1.age").unlink(), KeyStoreDamaged),
    "key-store-flipped": (lambda office: flip(office.root / "keystore-1.age", 1_700), KeyStoreDamaged),
    "key-store-empty": (lambda office: (office.root / "keystore-1.age").write_bytes(b""), KeyStoreDamaged),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_kind_of_damage_has_its_own_error(
    office: Office, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A correct passphrase is never reported as wrong. SQLCipher itself prints nothing."""
    damage, error = BROKEN[name]
    opening(office)
    damage(office)
    with pytest.raises(Refused) as caught:
        opening(office)
    assert error is type(caught.value)
    assert ("", "") == capfd.readouterr()
    said = office.run("exchange", "collect", "x.tar") if "key-store" in name else office.run("case", "list")
    assert 1 == said.code
    assert "Traceback" not in said.err


@pytest.mark.parametrize("place", range(0, 320, 7))
def test_a_flipped_byte_in_the_header_is_not_reported_as_a_wrong_passphrase(
    office: Office, place: int
) -> None:
    raw = bytearray((office.root / "vault.json").read_bytes())
    raw[place % len(raw)] ^= 1
    with pytest.raises(HeaderDamaged):
        vault_header.parse(bytes(raw))


def test_a_wrong_passphrase_is_reported_as_wrong(office: Office) -> None:
    """The error is the same for every mistake in the passphrase. Nothing changes."""
    before = office.state()
    for wrong in ("", build.PASSPHRASE.upper(), build.PASSPHRASE + " "):
        with pytest.raises(WrongPassphrase):
            opening(office, wrong)
    office.secret.write_text("wrong wrong wrong\n")
    said = office.run("case", "list")
    assert (1, "error: this is not the passphrase of officer") == (said.code, said.err.splitlines()[0])
    assert before == office.state()


def test_a_vault_with_another_header_is_not_reported_as_a_wrong_passphrase(
    office: Office, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Office.found(tmp_path / "other")
    shutil.copy(other.root / "vault.json", office.root / "vault.json")
    with pytest.raises(OtherSharing):
        opening(office)
    next(office.root.glob("*.share")).unlink()
    shutil.copy(next(other.root.glob("*.share")), office.root)
    with pytest.raises(VaultDamaged):
        opening(office)


def test_damage_after_the_first_page_is_reported_when_the_damaged_page_is_read(office: Office) -> None:
    """The command reports a damaged vault, without a stack trace."""
    size = (office.root / "vault-1.sqlite").stat().st_size
    for page in range(1, size // 4096):
        flip(office.root / "vault-1.sqlite", page * 4096 + 100)
    said = office.run("case", "list")
    assert (1, True) == (said.code, "the vault is damaged" in said.err)


def test_sqlite_leaves_neither_plaintext_nor_deleted_rows_on_the_disk(office: Office) -> None:
    """The settings of SQLite keep temporary data in memory, overwrite deleted rows, and keep no journal."""
    with office.opened() as inbox, inbox.transaction() as session:
        told = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("temp_store", "secure_delete", "foreign_keys", "journal_mode", "synchronous")
        }
    assert {
        "temp_store": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "journal_mode": "delete",
        "synchronous": 3,
    } == told


def test_a_newer_vault_is_not_reported_as_damaged(office: Office) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "made by a newer version" in office.run("case", "list").err


def test_a_full_disk_is_reported_and_changes_nothing(office: Office) -> None:
    """A limit on the number of pages in SQLite simulates the full disk."""
    before = office.state()

    def fill() -> None:
        with office.opened() as inbox, inbox.transaction() as session:
            session.execute(text("PRAGMA max_page_count = 1"))
            session.execute(text("CREATE TABLE filler AS SELECT randomblob(100000)"))

    with pytest.raises(Refused, match="full"):
        fill()
    assert before == office.state()


def test_a_fault_of_the_program_is_not_reported_as_damage(office: Office) -> None:
    with office.opened() as inbox, pytest.raises(IntegrityError), inbox.transaction() as session:
        session.execute(text("INSERT INTO key_store (row, generation, seed) VALUES (1, 1, x'00')"))


def test_a_blocking_call_is_not_reported_as_another_running_command(office: Office) -> None:
    """For example, a terminal that accepts no more output blocks a call. The control is the next test."""
    with pytest.raises(BlockingIOError), Home(office.root).locked():
        raise BlockingIOError


def test_two_commands_cannot_use_one_home_at_the_same_time(office: Office) -> None:
    """The second command is refused, in the same process or in another one."""
    with office.opened():
        said = office.run("case", "list")
        assert (1, True) == (said.code, "another inbox command is running" in said.err)
        command = [
            Path(sys.executable).with_name("inbox"),
            "--home",
            office.root,
            "--passphrase-file",
            office.secret,
        ]
        done = subprocess.run([*command, "case", "list"], capture_output=True, text=True, check=False)
        assert (1, "") == (done.returncode, done.stdout)
        assert "another inbox command is running" in done.stderr
    assert 0 == office.run("case", "list").code


def test_a_home_without_its_empty_folders_is_accepted_as_complete(office: Office) -> None:
    """Some ways to copy a folder leave out its empty subfolders."""
    for name in ("attachments", "unopened", "outbox", "arriving"):
        (office.root / name).rmdir()
    assert 0 == office.run("exchange", "outbox", "--out", office.out).code
    assert 0o700 == stat.S_IMODE((office.root / "arriving").stat().st_mode)


STEPS = ["before", "after-write", "before-commit", "after-commit"]


@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_while_the_key_store_changes_leaves_the_old_or_the_new_key_store(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The process is killed at each step.

    After each kill, one generation of the key store opens, and the file of the other one is removed.
    """
    seeds = {bytes(16): bytes(range(32))}

    def stop(*_: Any) -> None:
        raise Killed

    def change() -> None:
        with office.opened() as inbox:
            if step == "after-commit":
                monkeypatch.setattr(key_store, "sweep", stop)
            with inbox.transaction() as session:
                contents = key_store.load(inbox.home, session)
                if step == "before":
                    monkeypatch.setattr(atomic_files, "write", stop)
                if step == "after-write":
                    monkeypatch.setattr(atomic_files, "sync_folder", stop)
                key_store.save(inbox.home, session, contents.with_attachments(seeds))
                if step == "before-commit":
                    raise Killed

    with pytest.raises(Killed):
        change()
    monkeypatch.undo()
    with office.opened() as inbox, inbox.transaction() as session:
        contents = key_store.load(inbox.home, session)
    assert len(contents.attachments) == (1 if step == "after-commit" else 0)
    name = "keystore-2.age" if step == "after-commit" else "keystore-1.age"
    assert [name] == [path.name for path in office.root.glob("keystore*")]


def test_an_older_key_store_does_not_open_with_the_current_vault(office: Office) -> None:
    """The old file is refused even under the new name, because the vault no longer has its key."""
    old = (office.root / "keystore-1.age").read_bytes()
    with office.opened() as inbox, inbox.transaction() as session:
        key_store.save(inbox.home, session, KeyStore((), ()))
    assert not (office.root / "keystore-1.age").exists()
    (office.root / "keystore-2.age").write_bytes(old)
    with pytest.raises(KeyStoreDamaged):
        opening(office)


@pytest.mark.slow
def test_collecting_is_complete_or_has_no_effect_if_the_command_is_killed(
    office: Office, tmp_path: Path
) -> None:
    """A real command gets SIGKILL at several moments. In the end, the inbox has every report once."""
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    reporters = [Reporter(world) for _ in range(80)]
    path = portal.bundle(*(Sent(r.report(files=[b"x"]), r.keys.case_id) for r in reporters))
    before = office.state()
    command = [
        Path(sys.executable).with_name("inbox"),
        "--home",
        office.root,
        "--passphrase-file",
        office.secret,
    ]
    command += ["exchange", "collect", path, "--confirm-instance", portal.fingerprint]
    for seconds in (0.4, 0.8, 1.2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        after = office.state()
        files = after.pop("files")
        if after["cases"]:
            break
        assert {k: v for k, v in before.items() if k != "files"} == after
        assert set(before["files"]) <= set(files)
    assert 0 == office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint).code
    listed = office.json("case", "list")
    assert (80, 0) == (len(listed["cases"]), listed["unopened"])
    assert 80 == len(list((office.root / "attachments").iterdir()))


def test_the_home_contains_exactly_the_expected_paths(office: Office) -> None:
    home = Home(office.root)
    assert {
        "vault.json",
        "vault-1.sqlite",
        "keystore-1.age",
        "attachments",
        "unopened",
        "outbox",
        "arriving",
        "law",
        next(home.root.glob("officer-????.share")).name,
    } == {path.name for path in home.root.iterdir()}


def test_the_error_about_a_short_passphrase_gives_the_minimum_length() -> None:
    with pytest.raises(Refused, match="shorter than 12 characters"):
        officers.check_passphrase("x" * 11)
    officers.check_passphrase("x" * 12)
