"""Slots of closed cases after their signing key expired, and outboxes whose signing key was withdrawn."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto import bundle
from inbox.exchange import outbox as exchange_outbox
from inbox.language.errors import Refused
from inbox.vault.tables import IntakeBundle, ReplyKey
from tests.support import inbox_builders as build
from tests.support.bodies import accept, export, joined
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World
from tests.support.inbox_clock import Clock
from tests.support.installation import Failed, PortalHere, free_port


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def close(office: Office, portal: Portal, reporter: Reporter) -> None:
    """Collect a report, close its case, and let the portal confirm the outbox."""
    office.json(
        "exchange",
        "collect",
        portal.bundle(Sent(reporter.report(), reporter.keys.case_id)),
        "--confirm-instance",
        portal.fingerprint,
    )
    office.json("case", "declare", "1")
    office.close("1")
    applied = bundle.Link(1, outbox(office, portal.world)[1].hash)
    office.json("exchange", "collect", portal.bundle(applied=applied))


def outbox(office: Office, world: World) -> tuple[bundle.Outbox, bundle.Manifest, dict[str, bytes]]:
    """Make an outbox, and read it with the reply key that signed it."""
    made = Path(office.json("exchange", "outbox", "--out", office.out)["file"])
    for key in office.keyring()[0].channels[0].reply_keys:
        world.reply_key = key.key
        try:
            return build.read_outbox(made, world)
        except bundle.Tampered:
            continue
    raise AssertionError("no key of the keyring signed it")


def test_the_slot_of_a_closed_case_is_signed_again_only_when_its_key_expires(
    tmp_path: Path, clock: Clock
) -> None:
    """Otherwise the reporter's page would call the last reply a forgery.

    Every outbox that contains a new slot also lists the case as closed.
    """
    office = Office.found(folder(tmp_path / "office"))
    world = World(office)
    reporter, portal = Reporter(world), Portal(world, tmp_path / "medium")
    clock.wait(70)
    office.json("key", "rotate")
    close(office, portal, reporter)
    told = {}
    for day in (71, 85, 91, 92):
        clock.day = build.today() + timedelta(day)
        made, _, files = outbox(office, world)
        told[day] = len(made.slots)
        assert made.closed == tuple(slot.case_id for slot in made.slots)
        if made.slots:
            slot = build.read_slot(files[bundle.slot_name(reporter.keys.case_id)], reporter)
            assert "closed" == slot.status
    assert {71: 0, 85: 1, 91: 1, 92: 0} == told
    clock.day = build.today() + timedelta(170)
    office.json("key", "rotate")
    clock.day = build.today() + timedelta(70 + 187)
    assert 1 == len(outbox(office, world)[0].slots)
    office.json("key", "rotate", "--now")
    clock.wait(1)
    assert () == outbox(office, world)[0].slots  # The portal has deleted the slot by now.


@pytest.mark.parametrize("present", [("alice", "bruno"), ("bruno", "chloe")], ids=["excluded", "others"])
def test_closed_cases_get_new_slots_even_if_an_excluded_officer_replaced_the_keys(
    tmp_path: Path, present: tuple[str, str]
) -> None:
    office = Office.found_by(folder(tmp_path / "office"), ["alice", "bruno", "chloe"], 2).of("bruno", "chloe")
    world = World(office)
    office.json("case", "list")
    reporter, portal = Reporter(world), Portal(world, tmp_path / "medium")
    close(office, portal, reporter)
    assert 0 == office.run("access", "conflict", "add", "1", "alice", "--reason", "named").code
    assert () == outbox(office, world)[0].slots
    assert 0 == office.of(*present).run("key", "rotate", "--now").code
    assert 1 == len(outbox(office, world)[0].slots)


def served(tmp_path: Path) -> tuple[Office, Office, PortalHere]:
    """Return a root, an external body on its keyring, and a portal that has the keyring."""
    root = Office.found(folder(tmp_path / "root"))
    body = joined(tmp_path / "body", root)
    accept(root, body)
    made = root.json("exchange", "keyring", "--out", root.out / "keyring")
    site = PortalHere(folder(tmp_path / "portal"), port=free_port())
    site.init(made["deployment"], made["root_key"])
    site.run("keyring", root.out / "keyring")
    return root, body, site


@pytest.mark.parametrize("whose", ["root", "body"])
def test_an_outbox_whose_key_is_withdrawn_before_the_import_does_not_block_later_outboxes(
    tmp_path: Path, whose: str
) -> None:
    """The inbox signs the same manifest again with the current key.

    The portal can then apply the rest of the chain.
    """
    root, body, site = served(tmp_path)
    sender = root if whose == "root" else body
    site.run("import", sender.json("exchange", "outbox", "--out", sender.out)["file"])
    second = Path(sender.json("exchange", "outbox", "--out", sender.out)["file"])
    unchanged = second.read_bytes()
    assert [] == sender.json("exchange", "outbox", "--again", "2", "--out", sender.out)["warnings"]
    assert unchanged == second.read_bytes()  # The key of the first outbox is still valid.
    sender.json("key", "rotate", "--now")
    if whose == "body":
        root.json("exchange", "channel", "add", export(body, "newer")[0])
    root.json("exchange", "keyring", "--out", root.out / "newer")
    site.run("keyring", root.out / "newer")
    third = sender.json("exchange", "outbox", "--out", sender.out)["file"]
    for blocked in (second, third):
        with pytest.raises(Failed):
            site.run("import", blocked)
    again = sender.json("exchange", "outbox", "--again", "2", "--out", sender.out)
    assert "the current key signed the outbox" in again["warnings"][0]
    old, new = (bundle.read([raw])[0] for raw in (unchanged, second.read_bytes()))
    assert (old.raw, True) == (new.raw, old.signature != new.signature)
    site.run("import", second)
    site.run("import", third)


def test_a_changed_copy_of_an_outbox_is_never_signed_again(tmp_path: Path) -> None:
    """Otherwise anybody who can write to the home folder could make the inbox sign anything."""
    office = Office.found(folder(tmp_path / "office"))
    office.json("exchange", "outbox", "--out", office.out)
    office.json("key", "rotate", "--now")
    (copy,) = office.root.rglob("inspection-1.tar")
    copy.write_bytes(copy.read_bytes().replace(b'"kind":"outbox"', b'"kind":"outboy"'))
    said = office.run("exchange", "outbox", "--again", "1", "--out", office.out)
    assert (1, True) == (said.code, "was changed" in said.err)


def test_a_closed_case_stays_closed_after_the_outbox_with_its_last_reply(
    world: World, correspondent: Reporter
) -> None:
    """Later outboxes also name the case as closed, because an outbox may be lost.

    A reply in the slot does not reopen the case at the portal.
    """
    world.office.json("message", "reply", "1", "--text", "Merci")
    world.office.close("1")
    for _ in range(3):
        made, _, files = outbox(world.office, world)
        assert (correspondent.keys.case_id,) == made.closed
        slot = build.read_slot(files[bundle.slot_name(correspondent.keys.case_id)], correspondent)
        assert 1 == len(slot.messages)


@pytest.mark.usefixtures("correspondent")
def test_the_inbox_remembers_only_the_first_outbox_that_acknowledged_a_bundle(world: World) -> None:
    """The portal may have applied the first outbox, even if the later outboxes were lost."""
    for _ in range(2):
        outbox(world.office, world)
    with world.office.opened() as inbox, inbox.transaction() as session:
        assert [1] == [row.outbox for row in session.scalars(select(IntakeBundle))]


def test_a_reply_key_signs_from_its_first_day_to_its_last(world: World) -> None:
    """The newest valid key signs. A key does not sign if it was withdrawn or if its seed is missing."""
    with world.office.opened() as inbox, inbox.transaction() as session:
        (key,) = session.scalars(select(ReplyKey))

        def signer(day: date) -> bytes | None:
            try:
                return exchange_outbox._reply_key(session, day)[0]
            except Refused:
                return None

        one = timedelta(1)
        days = (key.not_before - one, key.not_before, key.not_after, key.not_after + one)
        assert [None, key.id, key.id, None] == [signer(day) for day in days]
        for place in (1, 2):
            session.add(
                ReplyKey(
                    id=bytes([place]) * 16, seed=bytes(32), key=bytes([place]) * 32,
                    not_before=key.not_before + place * one, not_after=key.not_after,
                )
            )  # fmt: skip
        session.flush()
        signing = [signer(key.not_before + place * one) for place in range(3)]
        assert [key.id, bytes([1]) * 16, bytes([2]) * 16] == signing
        newest = session.get_one(ReplyKey, bytes([2]) * 16)
        newest.withdrawn = key.not_before
        session.flush()
        assert bytes([1]) * 16 == signer(key.not_after)
        session.rollback()


@pytest.mark.usefixtures("correspondent")
def test_no_outbox_is_written_to_the_internal_disk_of_the_machine_unless_officers_allow_it(
    world: World,
) -> None:
    """The rule covers repeated outboxes, too.

    If the medium is not mounted, its folder is an ordinary folder on that disk.
    """
    words = ("exchange", "outbox", "--out", world.office.out)
    assert 1 == world.office.typed(*words).code
    assert [] == [*world.office.out.iterdir()]
    outbox(world.office, world)
    (copy,) = world.office.out.iterdir()
    copy.unlink()
    assert 1 == world.office.typed(*words, "--again", "1").code
    assert [] == [*world.office.out.iterdir()]
