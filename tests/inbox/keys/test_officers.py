"""Only a quorum with its own shares and passphrases can open an inbox of several officers."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto import passphrase
from crypto.journal import Presence
from inbox.keys import officers, share_file, vault_header
from inbox.keys.officers import Credential
from inbox.language.errors import (
    HeaderDamaged,
    Locked,
    OtherSharing,
    Refused,
    ShareDamaged,
    VaultDamaged,
    WrongPassphrase,
)
from inbox.session.actions import Code, action
from inbox.session.inbox import Unlocked, unlocked
from inbox.vault import queries_office
from tests.support.inbox_builders import Office, passphrase_of, today

NAMES = ("alice", "bruno", "chloe")
Brought = list[Credential]


@pytest.fixture(scope="module")
def three(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return founded_three.copy(tmp_path_factory.mktemp("opened") / "three")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.found_by(tmp_path_factory.mktemp("other"), NAMES, 2)


def brought(office: Office, *names: str) -> Brought:
    return office.of(*names).bring()


def sheet(office: Office, name: str) -> str:
    """Return the words of a share as its printed sheet shows them."""
    return share_file.unseal(share_file.parse(office.share_of(name).read_bytes()), passphrase_of(name))


def one_word_wrong(office: Office, _: Office) -> Brought:
    words = sheet(office, "bruno").split()
    words[20] = "academic" if words[20] != "academic" else "acid"
    return [*brought(office, "alice"), Credential(" ".join(words).encode(), None)]


def with_passphrase(office: Office, given: str) -> Brought:
    return [*brought(office, "alice"), Credential(office.share_of("bruno").read_bytes(), given)]


def damaged(office: Office, _: Office) -> Brought:
    raw = office.share_of("bruno").read_bytes()
    return [*brought(office, "alice"), Credential(raw[:-40], passphrase_of("bruno"))]


WRONG: dict[str, tuple[Callable[[Office, Office], Brought], type[Refused], str]] = {
    "nobody": (lambda *_: [], Refused, "0 of the 2 required officers are here"),
    "one-alone": (
        lambda office, _: brought(office, "bruno"),
        Refused,
        "1 of the 2 required officers are here",
    ),
    "one-sheet-alone": (
        lambda office, _: [Credential(sheet(office, "alice").encode(), None)],
        Refused,
        "1 of the 2 required officers are here",
    ),
    "same-share-twice": (lambda office, _: brought(office, "alice", "alice"), Refused, "given twice"),
    "share-and-its-own-sheet": (
        lambda office, _: [*brought(office, "alice"), Credential(sheet(office, "alice").encode(), None)],
        Refused,
        "given twice",
    ),
    "another-ceremony": (
        lambda office, other: [*brought(office, "alice"), *brought(other, "bruno")],
        OtherSharing,
        "a share belongs to another inbox",
    ),
    "all-of-another-ceremony": (
        lambda _, other: brought(other, "alice", "bruno"),
        OtherSharing,
        "a share belongs to another inbox",
    ),
    "sheets-of-another-ceremony": (
        lambda _, other: [Credential(sheet(other, name).encode(), None) for name in NAMES[:2]],
        OtherSharing,
        "a share belongs to another inbox",
    ),
    "one-word-wrong": (one_word_wrong, ShareDamaged, "a share is damaged, or the file is not a share"),
    "damaged": (damaged, ShareDamaged, "a share is damaged, or the file is not a share"),
    "noise": (
        lambda office, _: [*brought(office, "alice"), Credential(os.urandom(600), None)],
        ShareDamaged,
        "a share is damaged, or the file is not a share",
    ),
    "wrong-passphrase": (
        lambda office, _: with_passphrase(office, passphrase_of("alice")),
        WrongPassphrase,
        "this is not the passphrase of bruno",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_reason_why_an_inbox_cannot_be_opened_has_its_own_error_message(
    three: Office, other: Office, name: str
) -> None:
    """The command changes nothing, and its message says nothing about the other officers' shares."""
    bring, error, words = WRONG[name]
    before = three.state()
    with (
        pytest.raises(Refused, match=words) as caught,
        unlocked(three.root, lambda: bring(three, other), lambda *_: None),
    ):
        pass
    assert error is type(caught.value)
    assert not any(name in str(caught.value) for name in ("alice", "chloe"))
    assert before == three.state()


@pytest.mark.parametrize(
    "names", [("alice", "bruno"), ("chloe", "alice"), ("bruno", "chloe"), NAMES], ids=str
)
def test_any_quorum_of_officers_can_open_the_inbox_which_then_knows_their_names(
    three: Office, names: tuple[str, ...]
) -> None:
    """The order of the shares does not matter, and there may be more of them than the quorum."""
    with three.of(*names).unlocked() as opened:
        assert sorted(names) == list(opened.officers)


def test_a_changed_name_in_a_share_file_does_not_change_the_officer(three: Office) -> None:
    """The share itself identifies its officer, because anybody can edit the name in the file."""
    raw = json.loads(three.share_of("alice").read_bytes()) | {"officer": "chloe"}
    forged = Credential(json.dumps(raw, separators=(",", ":")).encode(), passphrase_of("alice"))
    with unlocked(three.root, lambda: [forged, *brought(three, "bruno")], lambda *_: None) as opened:
        assert ("alice", "bruno") == opened.officers
        assert {"alice", "bruno"} == set(opened.sealed)


def test_the_words_of_a_sheet_open_the_inbox_but_confirm_only_a_renewal_of_the_shares(three: Office) -> None:
    """A sheet is not encrypted. A sheet is kept in case an officer forgets a passphrase."""
    typed = [f"{n} {word}" for n, word in enumerate(sheet(three, "bruno").upper().split(), 1)]
    words = Credential("\r\n".join(typed).encode(), None)
    with unlocked(three.root, lambda: [*brought(three, "alice"), words], lambda *_: None) as opened:
        assert ("alice", "bruno") == opened.officers
        with pytest.raises(Locked):
            confirmed(opened, Code.ROTATE_KEYS)
        with pytest.raises(Locked):
            confirmed(opened, Code.CHANGE_OFFICERS)
        assert {"alice": Presence.OWN, "bruno": Presence.SHEET} == confirmed(opened, Code.RENEW_SHARES)
    with three.unlocked() as opened:
        assert dict.fromkeys(NAMES[:2], Presence.OWN) == confirmed(opened, Code.ROTATE_KEYS)


def confirmed(opened: Unlocked, code: Code) -> Mapping[str, Presence]:
    return opened.inbox.confirmed(opened.by_opening(today()), action(code))


def test_share_options_are_accepted_before_and_after_the_command(three: Office) -> None:
    """Each passphrase file belongs to the share file in the same position. An extra file is a usage error."""
    alice, bruno = (
        ["--share", three.share_of(name), "--passphrase-file", three.secret_of(name)] for name in NAMES[:2]
    )
    plain = three.of()
    plain.opening = list  # type: ignore[method-assign]
    assert 0 == plain.run("case", "list", *alice, *bruno).code
    assert 0 == plain.run(*alice, "case", "list", *bruno).code
    crossed = [*alice[:2], *bruno[:2], *bruno[2:], *alice[2:]]
    assert "this is not the passphrase of alice" in plain.run("case", "list", *crossed).err
    said = plain.run("case", "list", *alice, *bruno, *alice[2:])
    assert (2, True) == (said.code, "more passphrase files than shares" in said.err)
    typed = three.shares / "typed"
    typed.write_text(sheet(three, "chloe"))
    assert 0 == plain.run("case", "list", "--share", typed, *alice).code


def test_the_vault_of_another_inbox_is_reported_as_damaged(
    three: Office, other: Office, tmp_path: Path
) -> None:
    """The shares are valid, but they do not belong to this vault."""
    copy = three.copy(tmp_path / "copy")
    (copy.root / "vault-1.sqlite").write_bytes((other.root / "vault-1.sqlite").read_bytes())
    with pytest.raises(VaultDamaged), copy.opened():
        pass


def test_every_quorum_recovers_the_same_master_secret(three: Office) -> None:
    """The vault's key is derived from that secret alone."""
    found: Any = {
        officers.open_master(_header(three), brought(three, *names)).master
        for names in (NAMES[:2], NAMES[1:], NAMES[::2])
    }
    (master,) = found
    assert 32 == len(passphrase.vault_key(master))
    assert master not in (three.root / "vault.json").read_bytes()
    with three.opened() as inbox, inbox.transaction() as session:
        assert [(1, "alice"), (2, "bruno"), (3, "chloe")] == [
            (each.member, each.name) for each in queries_office.officers(session)
        ]


@pytest.mark.parametrize("field", ["quorum", "identifier"])
def test_a_vault_header_that_contradicts_the_shares_is_refused(
    three: Office, tmp_path: Path, field: str
) -> None:
    """Anybody can write a header with a valid checksum.

    If one officer could lower the quorum in the header, the inbox would make the next shares with this
    quorum.
    """
    copy = three.copy(tmp_path / "copy").of(*NAMES)
    found = _header(copy)
    (copy.root / "vault.json").write_bytes(
        vault_header.encode(replace(found, **{field: getattr(found, field) ^ 1}))
    )
    for present in (NAMES, NAMES[:2]):
        with pytest.raises(HeaderDamaged):
            officers.open_master(_header(copy), brought(copy, *present))
    assert "vault.json is damaged" in copy.run("officer", "renew", "--shares", tmp_path / "new").err
    (copy.root / "vault.json").write_bytes(vault_header.encode(found))
    with copy.opened() as inbox:
        assert 2 == inbox.quorum


def test_a_truncated_share_is_reported_as_damaged_even_with_passphrase_files(
    three: Office, tmp_path: Path
) -> None:
    """The message blames neither the number of passphrase files nor the passphrase of another officer."""
    (cut := tmp_path / "cut.share").write_bytes(three.share_of("alice").read_bytes()[:-40])
    alice, bruno = (
        ["--share", share, "--passphrase-file", three.secret_of(name)]
        for share, name in ((cut, "alice"), (three.share_of("bruno"), "bruno"))
    )
    plain = three.of()
    plain.opening = list  # type: ignore[method-assign]
    for given in (alice + bruno, bruno + alice):
        said = plain.run("case", "list", *given)
        assert (1, True) == (said.code, "a share is damaged" in said.err)


def _header(office: Office) -> Any:
    return vault_header.parse((office.root / "vault.json").read_bytes())
