"""Hostile archives, and forged or misdirected messages, become unfiled entries that officers can see."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from crypto import archive, bundle, messages
from crypto.archive import Member
from crypto.recipients import X25519Identity
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first, kinds


def hidden_tail(raw: bytes) -> bytes:
    return raw[:-1] + b"\1"


def tar(*members: tuple[str, bytes]) -> bytes:
    raw = b"".join(archive.write(Member(name, len(data), iter([data])) for name, data in members))
    return raw.ljust(65_536, b"\0")


def linked() -> bytes:
    raw = bytearray(tar(("note.txt", b"x")))
    raw[156:157] = b"2"
    raw[157:162] = b"/etc/"
    return bytes(raw)


ARCHIVES = {
    "path": tar(("../note.txt", b"x")),
    "absolute-path": tar(("/etc/passwd", b"x"), ("note.txt", b"x")),
    "link": linked(),
    "duplicate": tar(("files/01", b"x"), ("files/01", b"y"), ("note.txt", b"x")),
    "two-notes": tar(("note.txt", b"x"), ("note.txt", b"y")),
    "hidden-tail": hidden_tail(tar(("note.txt", b"x"))),
    "hidden-padding": tar(("note.txt", b"x")).replace(b"x\0", b"xy", 1),
    "oversize-name": b"n" * 100 + tar(("note.txt", b"x"))[100:],
    "nothing": bytes(65_536),
    "odd-size": tar(("note.txt", b"x"))[:-512],
}


@pytest.mark.parametrize("archive_name", ARCHIVES)
def test_a_hostile_archive_becomes_a_visible_unfiled_entry(
    world: World, portal: Portal, collect: Callable[..., Any], archive_name: str
) -> None:
    """The envelope is kept unchanged, and the report beside it is filed."""
    envelope = build.age.seal_bytes(ARCHIVES[archive_name], [world.recipient])
    outcome = collect(portal.bundle(Sent(envelope), first(Reporter(world))))
    assert ([1], [1]) == (outcome["cases"], outcome["unopened"])
    (row,) = world.office.json("exchange", "unopened", "list")["unopened"]
    assert "malformed" == row["kind"]
    assert envelope == (world.office.root / row["file"]).read_bytes()
    assert [] == [*(world.office.root / "attachments").iterdir(), *(world.office.root / "arriving").iterdir()]


def bad_entries(world: World) -> dict[str, tuple[Sent, str]]:
    """For each possible defect, return an entry and the kind of unfiled entry that it becomes."""
    victim, other = Reporter(world), Reporter(world)
    good = victim.report()
    foreign = Reporter(world)
    foreign.world = World(world.office)
    foreign.world.deployment = bytes(16)
    zero = bytes(32)
    small_order = bytes([1]) + bytes(31)
    x25519 = X25519Identity(bytes(range(32))).recipient()
    return {
        "not-for-us": (
            Sent(build.age.seal_bytes(bytes(65_536), [build.stranger().recipient()])),
            "not-for-us",
        ),
        "plaintext": (Sent(b"plain text, not sealed at all" * 100), "malformed"),
        "x25519-only": (Sent(build.age.seal_bytes(bytes(65_536), [x25519])), "malformed"),
        "two-recipients": (
            Sent(build.age.seal_bytes(bytes(65_536), [world.recipient, build.stranger().recipient()])),
            "malformed",
        ),
        "flipped": (Sent(good[:-1] + bytes([good[-1] ^ 1])), "tampered"),
        "cut": (Sent(good[:1_650]), "truncated"),
        "other-deployment": (Sent(foreign.report()), "tampered"),
        "other-channel": (
            Sent(victim.report(edit=lambda r: replace(r, channel="ombudsman"))),
            "wrong-address",
        ),
        "other-key": (Sent(victim.report(edit=lambda r: replace(r, key_id=bytes(16)))), "wrong-address"),
        "commitment": (Sent(victim.report(edit=lambda r: replace(r, salt=zero))), "tampered"),
        "stolen-case-id": (
            Sent(other.report(edit=lambda r: replace(r, case_id=victim.keys.case_id)), victim.keys.case_id),
            "tampered",
        ),
        "portal-says-other-case": (Sent(other.report(), victim.keys.case_id), "wrong-case"),
        "small-order-key": (
            Sent(victim.report(edit=lambda r: replace(r, author_key=small_order))),
            "tampered",
        ),
        "unknown-case": (Sent(Reporter(world).follow_up()), "unknown-case"),
        "follow-up-says-other-case": (Sent(victim.follow_up(), other.keys.case_id), "wrong-case"),
        "not-json": (Sent(build.seal(world, [], b"{}", bytes(64))), "malformed"),
        "loose-json": (Sent(build.seal(world, [], b'{"v": 1}', bytes(64))), "malformed"),
    }


NAMES = [
    "not-for-us", "plaintext", "x25519-only", "two-recipients", "flipped", "cut", "other-deployment",
    "other-channel", "other-key", "commitment", "stolen-case-id", "portal-says-other-case", "small-order-key",
    "unknown-case", "follow-up-says-other-case", "not-json", "loose-json",
]  # fmt: skip


def test_every_bad_entry_becomes_an_unfiled_entry_and_changes_no_case(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """All bad entries are in one bundle with a valid report.

    Each bad entry is kept as an unfiled entry of its own kind.
    """
    bad = bad_entries(world)
    assert NAMES == list(bad)
    outcome = collect(portal.bundle(first(Reporter(world)), *(sent for sent, _ in bad.values())))
    assert [1] == outcome["cases"]
    assert sorted(kind for _, kind in bad.values()) == sorted(kinds(world.office))
    kept = {path.read_bytes() for path in (world.office.root / "unopened").iterdir()}
    assert {sent.envelope for sent, _ in bad.values()} == kept


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_report_with_a_stolen_case_id_does_not_affect_the_true_report(
    world: World, portal: Portal, collect: Callable[..., Any], order: str
) -> None:
    """The false report may come before or after the true report, which is filed and answered as usual."""
    victim, thief = Reporter(world), Reporter(world)
    forged = [
        Sent(thief.report(edit=lambda r: replace(r, case_id=victim.keys.case_id)), victim.keys.case_id),
        Sent(thief.report(), victim.keys.case_id),
    ]
    batches = [forged, [first(victim)]]
    for sent in batches if order == "before" else reversed(batches):
        collect(portal.bundle(*sent))
    assert ["tampered", "wrong-case"] == sorted(kinds(world.office))
    (case,) = world.office.json("case", "list")["cases"]
    assert 0 == world.office.run("message", "reply", str(case["case"]), "--text", "merci").code
    world.office.run("exchange", "outbox", "--out", world.office.out)
    outbox, _, files = build.read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    (slot,) = outbox.slots
    assert "merci" == build.read_slot(files[bundle.slot_name(slot.case_id)], victim).messages[0].text


def test_a_follow_up_with_a_false_signature_is_shown_but_not_filed(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    victim, thief = Reporter(world), Reporter(world)
    collect(portal.bundle(first(victim)))
    collect(portal.bundle(Sent(victim.follow_up("faux", seed=thief.keys.author_seed))))
    assert ["false-signature"] == kinds(world.office)
    assert [] == world.office.json("case", "show", "1")["follow_ups"]


def poisoned(report: messages.Report) -> messages.Report:
    """Return a report with an invalid ML-KEM key as its reply recipient, and with a matching case id."""
    raw = b"\xff" * 1_184 + report.reply_recipient[1_184:]
    locator = build.casetoken.locate(report.author_key, raw, report.salt)
    return replace(report, reply_recipient=raw, case_id=build.casetoken.case_id(locator))


def test_a_report_with_an_invalid_reply_key_is_kept_and_does_not_block_outboxes(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Officers can read the report but not answer it. Other reporters are answered as usual."""
    hostile, honest = Reporter(world), Reporter(world)
    collect(portal.bundle(Sent(hostile.report("piège", edit=poisoned)), first(honest)))
    listed = {case["summary"]: case for case in world.office.json("case", "list")["cases"]}
    assert ["cannot-be-answered"] == listed["piège"]["flags"]
    said = world.office.run("message", "reply", str(listed["piège"]["case"]), "--text", "bonjour")
    assert (1, True) == (said.code, "cannot be answered" in said.err)
    assert 0 == world.office.run("exchange", "outbox", "--out", world.office.out).code
    outbox, _, _ = build.read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    assert [honest.keys.case_id] == [slot.case_id for slot in outbox.slots]
