"""The inbox of an external body uses a channel card to get its channel onto the root's keyring."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import base64url, card, keyring, keytext, signing
from crypto.card import Card
from crypto.keyring import IntakeKey
from crypto.messages import SeenKeyring
from inbox.exchange.shown_keyrings import Shown
from tests.support import inbox_builders as build
from tests.support.bodies import BODY, accept, export, forge, joined
from tests.support.inbox_builders import Office
from tests.support.inbox_clock import Clock

NAMES = ("--deployment", "Fanal", "--name-fr", "Défenseur", "--name-en", "Ombudsman")


@pytest.fixture(scope="module")
def founded_pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Office]:
    folder = tmp_path_factory.mktemp("founded")
    (folder / "root").mkdir()
    root = Office.found(folder / "root")
    return root, joined(folder / "body", root)


@pytest.fixture
def root(founded_pair: tuple[Office, Office], tmp_path: Path) -> Office:
    return founded_pair[0].copy(tmp_path / "root")


@pytest.fixture
def body(founded_pair: tuple[Office, Office], tmp_path: Path) -> Office:
    return founded_pair[1].copy(tmp_path / "body")


def refused(root: Office, words: str, *command: str | Path) -> None:
    """Check that a command fails with this error message and a hint, and that it changes nothing."""
    before = root.state()
    said = root.run(*command)
    assert (1, True) == (said.code, words in said.err), said.err
    assert "hint: " in said.err
    assert before == root.state()


@pytest.mark.usefixtures("quick")
def test_creating_the_inbox_of_an_external_body_prints_the_fingerprint_of_the_root(
    root: Office, tmp_path: Path
) -> None:
    """The officers compare this fingerprint with the poster. The command also prints the next step."""
    body = Office(tmp_path / "new")
    body.root.parent.mkdir()
    body.secret.write_text(build.PASSPHRASE)
    opened, root_key = root.keyring()
    named = ("--deployment-id", base64url.encode(opened.deployment), "--root-key", base64url.encode(root_key))
    said = body.run("init", "--channel", BODY, *NAMES, *named)
    assert (0, "") == (said.code, said.err)
    assert "inbox exchange card --out FOLDER" in said.out
    assert signing.fingerprint(root_key) in said.out
    refused(body, "this inbox has no root key", "exchange", "keyring", "--out", "x")


def test_an_external_body_issues_no_keyring_and_accepts_no_channel(body: Office) -> None:
    """An external body has no root seed."""
    folder, fingerprint = export(body)
    for command in (
        ("exchange", "keyring", "--out", "x"),
        ("exchange", "channel", "add", folder, "--fingerprint", fingerprint),
        ("exchange", "channel", "remove", BODY),
    ):
        refused(body, "this inbox has no root key", *command)


@pytest.mark.parametrize("given", [["--deployment-id", "AAAA"], ["--root-key", "AAAA"]])
def test_the_inbox_of_an_external_body_needs_both_the_deployment_and_the_root_key(
    tmp_path: Path, given: list[str]
) -> None:
    office = Office(tmp_path)
    office.secret.write_text(build.PASSPHRASE)
    command = ["init", "--channel", BODY, *NAMES]
    assert 2 == office.run(*command, *given).code
    said = office.run(*command, "--deployment-id", "AAAA", "--root-key", "AAAA")
    assert (1, True) == (said.code, "unexpected form" in said.err)
    assert not office.root.exists()


def test_the_next_keyring_lists_an_accepted_channel_after_the_channel_of_the_root(
    root: Office, body: Office
) -> None:
    accepted = accept(root, body)
    renewed = root.json("exchange", "keyring", "--out", root.out / "keyring")
    own, other = root.keyring()[0].channels
    assert ((2, True), (build.CHANNEL, BODY)) == (
        (renewed["serial"], renewed["renewed"]),
        (own.id, other.id),
    )
    assert ("Défenseur", "Tél. 1") == (other.name.fr, other.note.fr)
    (listed,) = root.json("exchange", "channel", "list")["channels"]
    assert accepted.items() <= listed.items()
    assert other == card.parse((body.out / "card" / card.CARD).read_bytes()).channel


def test_the_root_refuses_a_card_until_its_fingerprint_has_been_compared(root: Office, body: Office) -> None:
    """The refusal shows the fingerprint.

    Officers may type the fingerprint in lower case and without spaces.
    """
    folder, fingerprint = export(body)
    refused(root, fingerprint, "exchange", "channel", "add", folder)
    refused(root, "not the given key", "exchange", "channel", "add", folder, "--fingerprint", "AAAA BBBB")
    typed = fingerprint.lower().replace(" ", "")
    assert 0 == root.run("exchange", "channel", "add", folder, "--fingerprint", typed).code


def test_a_newer_card_replaces_the_older_card_without_another_comparison(
    root: Office, body: Office, clock: Clock
) -> None:
    accept(root, body)
    clock.wait(70)
    said = body.run("key", "rotate")
    assert (0, True) == (said.code, "inbox exchange card --out FOLDER" in said.out)
    folder, _ = export(body, "newer")
    assert 0 == root.run("exchange", "channel", "add", folder).code
    root.json("exchange", "keyring", "--out", root.out / "keyring")
    assert 2 == len(root.keyring()[0].channels[1].intake_keys)
    refused(root, "is not newer than card", "exchange", "channel", "add", folder)
    refused(root, "is not newer than card", "exchange", "channel", "add", body.out / "card")


def test_the_root_refuses_a_later_card_that_another_key_signed(root: Office, body: Office) -> None:
    """Even an officer who types the fingerprint of the card cannot make the root accept it."""
    accept(root, body)
    folder, _ = export(body)
    fingerprint = forge(folder, lambda found: found)
    refused(
        root, "is not signed by the key", "exchange", "channel", "add", folder, "--fingerprint", fingerprint
    )
    refused(root, "is not signed by the key", "exchange", "channel", "add", folder)


def poisoned(found: Card) -> Card:
    raw = b"\xff" * 1_184 + bytes(31) + b"\x09"
    key = replace(found.channel.intake_keys[0], recipient=keytext.encode_key("age1pq", raw))
    return replace(found, channel=replace(found.channel, intake_keys=(key,)))


def past(found: Card) -> Card:
    def ended(key: Any) -> Any:
        return replace(key, not_after=build.today() - timedelta(1))

    reply = tuple(map(ended, found.channel.reply_keys))
    return replace(found, channel=replace(found.channel, reply_keys=reply))


def answering_by(key: bytes) -> Callable[[Card], Card]:
    def changed(found: Card) -> Card:
        reply = replace(found.channel.reply_keys[0], id=keyring.reply_key_id(key), key=key)
        return replace(found, channel=replace(found.channel, reply_keys=(reply,)))

    return changed


def doubled(kind: str) -> Callable[[Card], Card]:
    """Return a function that lists all keys of one kind twice on a card."""
    return lambda found: replace(
        found, channel=replace(found.channel, **{kind: getattr(found.channel, kind) * 2})
    )


WRONG: dict[str, tuple[Callable[[Card], Card], str]] = {
    "poisoned-key": (poisoned, "card refused: a public key is not valid"),
    **{
        f"reply-key-{name}": (answering_by(key), "card refused: a public key is not valid")
        for name, key in {"zeros": bytes(32), "ff": b"\xff" * 32, "identity": b"\1" + bytes(31)}.items()
    },
    **{
        f"doubled-{kind}": (doubled(kind), "card refused: keyring lists a channel or key twice")
        for kind in ("intake_keys", "reply_keys")
    },
    "other-deployment": (lambda found: replace(found, deployment=bytes(16)), "another deployment"),
    "our-own-channel": (
        lambda found: replace(found, channel=replace(found.channel, id=build.CHANNEL)),
        "the id or a key of this card already belongs",
    ),
    "no-intake-key": (
        lambda found: replace(found, channel=replace(found.channel, intake_keys=())),
        "keys on the card have expired",
    ),
    "reply-key-past": (past, "keys on the card have expired"),
    "still-to-come": (lambda found: replace(found, issued=build.today() + timedelta(2)), "in the future"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_root_refuses_a_card_that_must_not_appear_on_a_keyring(
    root: Office, body: Office, name: str
) -> None:
    change, words = WRONG[name]
    folder, _ = export(body)
    fingerprint = forge(folder, change)
    refused(root, words, "exchange", "channel", "add", folder, "--fingerprint", fingerprint)


def test_a_new_channel_cannot_use_a_key_of_another_channel(root: Office, body: Office) -> None:
    """The other channel may be the channel of the root, or the channel of a body already on the keyring."""
    accept(root, body)
    own = root.keyring()[0].channels[0]
    for intake, reply in ((own.intake_keys, ()), ((), own.reply_keys), ((), ())):

        def change(found: Card, intake: Any = intake, reply: Any = reply) -> Card:
            channel = replace(
                found.channel,
                id="another",
                intake_keys=intake or found.channel.intake_keys,
                reply_keys=reply or found.channel.reply_keys,
            )
            return replace(found, channel=channel)

        folder, _ = export(body)
        fingerprint = forge(folder, change)
        refused(
            root,
            "the id or a key of this card already belongs",
            "exchange",
            "channel",
            "add",
            folder,
            "--fingerprint",
            fingerprint,
        )


@pytest.mark.parametrize("name", [card.CARD, card.SIGNATURE])
def test_the_root_refuses_a_damaged_or_incomplete_card(root: Office, body: Office, name: str) -> None:
    folder, fingerprint = export(body)
    whole = (folder / name).read_bytes()
    for wrong in (b"", whole[:-1], whole + b"\n", bytes([whole[0] ^ 1]) + whole[1:]):
        (folder / name).write_bytes(wrong)
        refused(root, "card refused", "exchange", "channel", "add", folder, "--fingerprint", fingerprint)
    (folder / name).unlink()
    refused(root, "No such file", "exchange", "channel", "add", folder, "--fingerprint", fingerprint)


def test_a_removed_channel_returns_only_after_a_new_comparison_of_fingerprints(
    root: Office, body: Office
) -> None:
    accept(root, body)
    refused(root, "no external body", "exchange", "channel", "remove", build.CHANNEL)
    assert 0 == root.run("exchange", "channel", "remove", BODY).code
    noted = root.json("journal", "list")["entries"][-2]
    assert ("remove-channel", {"channel": BODY}) == (noted["action"], noted["values"])
    refused(root, "no external body", "exchange", "channel", "remove", BODY)
    root.json("exchange", "keyring", "--out", root.out / "keyring")
    assert [build.CHANNEL] == [each.id for each in root.keyring()[0].channels]
    assert [] == root.json("exchange", "channel", "list")["channels"]
    older = body.out / "older"
    shutil.copytree(body.out / "card", older)
    folder, fingerprint = export(body)
    refused(root, "nobody has compared", "exchange", "channel", "add", folder)
    refused(root, "is not newer than card", "exchange", "channel", "add", older, "--fingerprint", fingerprint)
    assert 0 == root.run("exchange", "channel", "add", folder, "--fingerprint", fingerprint).code


def test_a_rebuilt_external_body_needs_a_new_channel_id(root: Office, body: Office, tmp_path: Path) -> None:
    """The rebuilt body does not have the old chains.

    On the old channel, the rebuilt body could neither collect nor answer.
    """
    accept(root, body)
    rebuilt = joined(tmp_path / "rebuilt", root)
    folder, fingerprint = export(rebuilt)
    for step in ((), ("exchange", "channel", "remove", BODY)):
        assert step == () or 0 == root.run(*step).code
        said = root.run("exchange", "channel", "add", folder, "--fingerprint", fingerprint)
        assert (1, True) == (said.code, "is not signed by the key" in said.err)
        assert "ask it to choose a new channel id" in said.err


def test_the_journal_names_the_fingerprint_of_an_accepted_card(root: Office, body: Office) -> None:
    accepted = accept(root, body)
    noted = root.json("journal", "list")
    (entry,) = [each for each in noted["entries"] if each.get("action") == "accept-card"]
    named = {"channel": BODY, "card": accepted["serial"], "key": accepted["fingerprint"]}
    assert named == entry["values"]


def test_the_keyring_omits_the_expired_keys_of_an_external_body(
    root: Office, body: Office, clock: Clock
) -> None:
    """The keyring still lists the most recently expired intake key.

    The page needs this key to say when the channel was closed.
    """
    accept(root, body)
    clock.wait(130)
    root.json("key", "rotate")
    root.json("exchange", "keyring", "--out", root.out / "keyring")
    channel = root.keyring()[0].channels[1]
    assert [IntakeKey] == [type(key) for key in channel.intake_keys]
    assert () == channel.reply_keys


def test_an_external_body_is_reminded_that_its_card_lacks_its_next_keys(body: Office, clock: Clock) -> None:
    """Without a new card, the body's channel would close although the body has valid keys."""
    export(body)
    clock.wait(70)
    assert 2 == len(body.json("case", "list")["warnings"])
    body.json("key", "rotate")
    (told,) = body.json("case", "list")["warnings"]
    assert "the last key on this channel's card expires in 20 days" in told
    assert "inbox exchange card --out FOLDER" in told
    export(body, "newer")
    assert [] == body.json("case", "list")["warnings"]


def test_the_root_refuses_a_card_with_a_key_that_the_root_has_withdrawn(root: Office, body: Office) -> None:
    own = root.keyring()[0].channels[0]
    root.json("key", "rotate", "--now")
    folder, _ = export(body)
    fingerprint = forge(
        folder, lambda found: replace(found, channel=replace(found.channel, reply_keys=own.reply_keys))
    )
    refused(root, "or once belonged", "exchange", "channel", "add", folder, "--fingerprint", fingerprint)


def test_an_external_body_is_warned_immediately_if_all_keys_on_its_card_are_withdrawn(
    body: Office, clock: Clock
) -> None:
    """The warning remains until a new card is written."""
    export(body)
    assert [] == body.json("case", "list")["warnings"]
    body.json("key", "rotate", "--now")
    (told,) = body.json("case", "list")["warnings"]
    assert f"the last key on this channel's card expired on {clock.day - timedelta(1)}" in told
    said = body.run("exchange", "card", "--out", body.out / "no" / "such")
    assert (1, [told]) == (said.code, body.json("case", "list")["warnings"])
    assert 2 == body.json("exchange", "card", "--out", body.out / "next")["serial"]
    assert [] == body.json("case", "list")["warnings"]


def test_the_inbox_with_the_root_key_is_not_reminded_to_renew_a_card(root: Office, clock: Clock) -> None:
    root.json("exchange", "card", "--out", root.out / "card")
    clock.wait(70)
    root.json("key", "rotate")
    assert [] == root.json("case", "list")["warnings"]


def test_an_external_body_flags_a_keyring_only_if_an_earlier_one_had_the_same_serial(body: Office) -> None:
    """An external body issues no keyrings. An external body knows the keyrings of the root only from reports.

    For each serial number, the first reported keyring is the one that counts.
    """
    seen, other = SeenKeyring(7, bytes(32)), SeenKeyring(7, b"\1" * 32)
    for _ in range(2):
        with body.opened() as inbox, inbox.transaction() as session:
            shown = Shown(session)
            told = [shown.warning(each, build.today()) for each in (seen, seen, other)]
        assert ["", "", "unknown"] == told
    with body.opened() as inbox, inbox.transaction() as session:
        assert "" == Shown(session).warning(SeenKeyring(8, b"\1" * 32), build.today())


def test_the_root_flags_a_keyring_that_it_did_not_issue(root: Office) -> None:
    with root.opened() as inbox, inbox.transaction() as session:
        assert "unknown" == Shown(session).warning(SeenKeyring(7, bytes(32)), build.today())
