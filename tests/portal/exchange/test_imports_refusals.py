"""Refused outbox bundles: the error says why, and nothing changes."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto import age, bundle, exercise
from crypto.bundle import FIRST
from portal.errors import Refused
from portal.exchange import imports
from tests.support.builders import (
    Body,
    OutboxBundle,
    Site,
    make_envelope,
    make_keyring,
    make_outbox,
    make_report_envelope,
)
from tests.support.portal_room import Room, filed, refused, slots


def test_an_outbox_that_does_not_continue_the_chain_is_refused(room: Room) -> None:
    """An outbox skips a number, names a wrong predecessor, differs from the applied one, or is too old."""
    first = make_outbox(room.site, n=5)
    room.bring(first)
    follows = first.manifest.hash
    refused(room, make_outbox(room.site, n=7, previous=follows), "cannot be applied before bundle 6")
    refused(room, make_outbox(room.site, n=6, previous=FIRST), "does not follow bundle 5")
    refused(room, make_outbox(room.site, n=5, previous=follows), "applied before with different content")
    refused(room, make_outbox(room.site, n=4), "older than the first")
    assert room.bring(make_outbox(room.site, n=6, previous=follows)).applied


def test_an_outbox_signed_by_a_revoked_key_is_refused(room: Room) -> None:
    """Even an old keyring in the outbox does not make the key valid again."""
    old = room.site.inspectorate.reply_seed
    renewed = replace(room.site.inspectorate, reply_seed=secrets.token_bytes(32))
    room.publish(make_keyring(room.site, 2, bodies=[renewed, room.site.outside]))
    refused(room, make_outbox(room.site, signed=make_keyring(room.site, 1), reply_seed=old), "not signed by")


def foreign_channel(site: Site) -> OutboxBundle:
    """Return the outbox of a body that is not in the keyring."""
    stranger = Body("stranger")
    known = make_outbox(site)
    value = bundle.OUTBOX.parse(known.manifest.raw)
    manifest = bundle.sign_outbox(replace(value, channel="stranger"), stranger.reply_seed)
    _, members = bundle.read([known.content])
    return OutboxBundle(manifest, b"".join(bundle.write(manifest, members)))


def intake_bundle(room: Room) -> OutboxBundle:
    """Return an intake bundle of the portal itself in place of an outbox."""
    room.send(make_report_envelope(room.site))
    return OutboxBundle(make_outbox(room.site).manifest, room.export().path.read_bytes())


FOREIGN: dict[str, tuple[Callable[[Room], OutboxBundle], str]] = {
    "another signer": (
        lambda room: make_outbox(room.site, reply_seed=bytes(range(32))),
        "not signed by a reply key of its channel",
    ),
    "the reply key of another channel": (
        lambda room: make_outbox(room.site, reply_seed=room.site.outside.reply_seed),
        "not signed by a reply key of its channel",
    ),
    "another deployment": (lambda _: make_outbox(Site()), "bundle belongs to another deployment"),
    "an exercise": (
        lambda _: make_outbox(Site(deployment=exercise.draw(exercise=True))),
        "bundle belongs to an exercise",
    ),
    "another root": (
        lambda room: make_outbox(room.site, signed=make_keyring(room.site, 2, root_seed=bytes(32))),
        "signature does not hold",
    ),
    "a channel that is not in the keyring": (
        lambda room: foreign_channel(room.site),
        "not signed by a reply key of its channel",
    ),
    "a slot of another size": (
        lambda room: make_outbox(room.site, slots={bytes(32): make_envelope(room.site)}),
        "slot in the bundle has a wrong size",
    ),
    "a slot in the clear": (
        lambda room: make_outbox(room.site, slots={bytes(32): bytes(18_043)}),
        "refused: ",
    ),
    "an intake bundle": (intake_bundle, "it is not an outbox bundle"),
    "no bundle": (lambda room: OutboxBundle(make_outbox(room.site).manifest, b"hello"), "ends early"),
    "nothing": (lambda room: OutboxBundle(make_outbox(room.site).manifest, b""), "ends early"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_or_malformed_outbox_is_refused(sqlite_room: Room, kind: str) -> None:
    """The error says why, and nothing changes."""
    make, words = FOREIGN[kind]
    refused(sqlite_room, make(sqlite_room), words)


@pytest.mark.slow
def test_an_outbox_with_a_changed_bit_is_refused(sqlite_room: Room) -> None:
    """The bit may be in a header, manifest, signature, slot, keyring or padding. Nothing is applied."""
    room = sqlite_room
    outbox = make_outbox(room.site, slots=slots(filed(room)))
    content = outbox.content
    before = room.state()
    edges = {0, 511, len(content) - 1, len(content) - 1_025}
    sampled = set(range(0, len(content), 97)) | edges
    for place in sorted(sampled):
        altered = bytearray(content)
        altered[place] ^= 1
        with pytest.raises(Refused):
            room.bring(OutboxBundle(outbox.manifest, bytes(altered)))
    assert room.state() == before
    assert room.bring(outbox).applied


def test_a_truncated_outbox_is_refused(sqlite_room: Room) -> None:
    """Nothing is applied."""
    room = sqlite_room
    outbox = make_outbox(room.site, slots=slots(filed(room)))
    before = room.state()
    for size in range(0, len(outbox.content), 509):
        with pytest.raises(Refused):
            room.bring(OutboxBundle(outbox.manifest, outbox.content[:size]))
    assert room.state() == before


def test_an_outbox_that_changes_while_it_is_read_is_refused(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reading must equal the first, which was verified. Otherwise, everything is rolled back."""
    room = sqlite_room
    case, other = filed(room), filed(room)
    outbox = make_outbox(room.site, slots=slots(case, other))
    path = outbox.save(room.folder / "outbox.tar")
    apply = imports._apply

    def swap(*arguments: object) -> object:
        altered = outbox.content.replace(make_tail(outbox), bytes(64))
        path.write_bytes(altered)
        return apply(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "_apply", swap)
    before = room.state()
    with pytest.raises(Refused):
        imports.import_outbox(room.database, room.settings, path, room.day)
    assert room.state() == before


def make_tail(outbox: OutboxBundle) -> bytes:
    """Return the last 64 bytes of the last slot."""
    _, members = bundle.read([outbox.content])
    found = [b"".join(member.data) for member in members if member.name.startswith("slots/")]
    assert len(found[-1]) == age.sealed_size(16_384)
    return found[-1][-64:]


def test_an_unreadable_file_is_named(sqlite_room: Room) -> None:
    """The path does not exist, or is a folder."""
    for path in (sqlite_room.folder / "none.tar", sqlite_room.folder):
        with pytest.raises(Refused, match="was not read"):
            imports.import_outbox(sqlite_room.database, sqlite_room.settings, path, sqlite_room.day)
