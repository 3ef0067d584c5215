"""Filing messages in cases: the search index, the numbers, and the officers whom the messages name."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crypto.bundle import Withdrawal
from inbox.exchange import unopened_numbers
from inbox.exchange.shown_keyrings import Shown
from inbox.exchange.unopened import _LARGEST, kept
from inbox.exchange.unseal import Trust, Unsealer
from inbox.keys.stored_secrets import IntakeSecret
from inbox.vault import queries_office, tombstones
from inbox.vault.destroyed_tables import Tombstone
from inbox.vault.tables import Case, FollowUp, Unopened
from inbox.vault.unopened_reasons import Kind
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first, kinds, today
from tests.support.inbox_trio import Trio


def test_a_search_finds_a_case_by_the_words_in_any_kind_of_message(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """One bundle contains messages of several cases, and several follow-ups of one case."""
    one, other = Reporter(world), Reporter(world)
    collect_all(
        first(one, text="abricot"),
        first(other, text="cerise"),
        *(Sent(one.follow_up(text)) for text in ("datte", "figue")),
        Sent(other.follow_up("grenade")),
        Sent(build.drop(world, "mangue")),
    )
    collect_all(Sent(one.follow_up("pomelo")))

    def found(word: str) -> set[int]:
        return {case["case"] for case in world.office.json("queue", "list", "--search", word)["cases"]}

    (first_case,), (second,), (third,) = (found(word) for word in ("abricot", "cerise", "mangue"))
    assert {1, 2, 3} == {first_case, second, third}
    expected = {"datte": first_case, "figue": first_case, "pomelo": first_case, "grenade": second}
    assert {word: {number} for word, number in expected.items()} == {word: found(word) for word in expected}


def test_the_follow_ups_of_a_case_are_numbered_from_1(world: World, collect_all: Callable[..., Any]) -> None:
    reporter = Reporter(world)
    collect_all(first(reporter), Sent(reporter.follow_up("a")), Sent(reporter.follow_up("b")))
    collect_all(Sent(reporter.follow_up("c")))
    with world.office.opened() as inbox, inbox.transaction() as session:
        rows = [*session.scalars(select(FollowUp).order_by(FollowUp.position))]
    assert ([1, 2, 3], "c") == ([row.position for row in rows], rows[-1].text)


def test_waiting_follow_ups_are_filed_in_the_order_of_their_arrival(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """Each waiting follow-up arrived in its own bundle.

    All waiting follow-ups precede a follow-up that arrives with the report.
    """
    reporter = Reporter(world)
    for text in ("a", "b", "c"):
        collect_all(Sent(reporter.follow_up(text)))
    outcome = collect_all(Sent(reporter.follow_up("d")), first(reporter))
    assert ([1], [1, 2, 3]) == (outcome["cases"], outcome["resolved"])
    shown = world.office.json("case", "show", "1")["follow_ups"]
    assert ["a", "b", "c", "d"] == [each["text"] for each in shown]


def test_a_follow_up_that_names_an_older_slot_does_not_change_which_slot_was_seen_last(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """A reporter may use two browsers. Of the slots that were really sent, the highest counts."""
    reporter = Reporter(world)
    collect_all(first(reporter))
    for _ in range(2):
        world.office.json("exchange", "outbox", "--out", world.office.out)
    for seen, counts in ((1, 1), (2, 2), (0, 2), (3, 2)):
        letter = reporter.follow_up(edit=lambda message, seen=seen: replace(message, seen=seen))
        collect_all(Sent(letter))
        assert counts == world.office.json("case", "show", "1")["seen_slot"]


def test_a_repeated_withdrawal_is_not_reported_again(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The portal lists the same withdrawal in two bundles."""
    reporter = Reporter(world)
    withdrawn = [Withdrawal(reporter.keys.case_id, reporter.keys.withdraw_key)]
    assert [1] == collect(portal.bundle(first(reporter), withdrawn=withdrawn))["withdrawn"]
    assert [] == collect(portal.bundle(withdrawn=withdrawn))["withdrawn"]
    assert [] == kinds(world.office)


def test_an_officer_named_in_a_message_is_excluded_from_the_case(trio: Trio, tmp_path: Path) -> None:
    """The message that names the officer may be a report, an unsigned report or a follow-up.

    The other officers learn of the exclusion.
    """
    office = trio.others
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    plain, naming, later = Reporter(world), Reporter(world), Reporter(world)

    def collected(*sent: Sent) -> Any:
        path = portal.bundle(*sent)
        return office.json("exchange", "collect", path, "--new-instance", portal.fingerprint)[0]

    assert [] == collected(first(plain), first(later))["kept_from"]
    told = collected(first(naming, text="Bruno était là"), Sent(build.drop(world, "C'est Bruno")))
    assert 2 == len(told["kept_from"])
    assert sorted(told["cases"]) == sorted(each["case"] for each in told["kept_from"])
    (said,) = collected(Sent(later.follow_up("Encore Bruno")), Sent(plain.follow_up("Rien")))["kept_from"]
    assert "bruno" == said["officer"]
    with office.opened() as inbox, inbox.transaction() as session:
        case_id = session.get_one(Case, said["case"]).case_id
    assert later.keys.case_id == case_id


def test_a_repeated_message_to_a_destroyed_case_is_not_kept_but_its_arrival_is_recorded(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """An unsigned report is recognised by its envelope, and a follow-up is recognised by its id.

    Other follow-ups to the case are kept unread.
    """
    reporter, note = Reporter(world), build.drop(world, "à la main")
    known, new = bytes(16), bytes([1]) * 16
    own, other = (
        reporter.follow_up(edit=lambda letter, id_=id_: replace(letter, id=id_)) for id_ in (known, new)
    )
    with world.office.opened() as inbox, inbox.transaction() as session:
        for each in (reporter.keys.case_id, known, hashlib.sha256(note).digest()):
            session.add(Tombstone(value=tombstones._hash(each), key=world.recipient.key_id))
    outcome = collect_all(Sent(own), Sent(other), Sent(note))
    assert ([], [], 3) == (outcome["cases"], outcome["follow_ups"], len(outcome["unopened"]))
    rows = world.office.json("exchange", "unopened", "list")["unopened"]
    assert [("destroyed", True), ("destroyed-again", False), ("destroyed-again", False)] == sorted(
        (row["kind"], row["file"] is not None) for row in rows
    )
    assert 1 == len(list((world.office.root / "unopened").iterdir()))


def test_an_unfiled_envelope_is_tried_again_unless_it_exceeds_the_size_limit(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """No larger envelope can have been collected. An entry whose envelope was deleted is not tried."""
    collect_all(Sent(b"noise" * 400))
    (path,) = (world.office.root / "unopened").iterdir()
    with world.office.opened() as inbox, inbox.transaction() as session:
        row = session.scalars(select(Unopened)).one()
        for size, tried in ((_LARGEST, 1), (_LARGEST + 1, 0)):
            with path.open("r+b") as file:
                file.truncate(size)
            assert [size] * tried == [item.place.size for item in kept(inbox.home, [row])]
        row.envelope = None
        assert [] == kept(inbox.home, [row])
        session.rollback()


def test_the_number_of_a_deleted_unfiled_entry_is_never_used_again(world: World) -> None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        assert 0 == unopened_numbers.last(session)
        unopened_numbers.remember(session)
        assert 0 == unopened_numbers.last(session)
        rows = [
            Unopened(
                number=number, kind=Kind.NOT_FOR_US, received=today(), collected=today(),
                intake=1, tried=bytes(32),
            )
            for number in (1, 2)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        assert 2 == unopened_numbers.last(session)
        unopened_numbers.remember(session)
        for row in rows:
            session.delete(row)
        session.flush()
        assert 2 == unopened_numbers.last(session)
        session.rollback()


def test_a_keyring_counts_as_expired_only_after_its_last_day(world: World) -> None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        newest = queries_office.newest_keyring(session)
        assert newest is not None
        shown, last = Shown(session), newest.valid_until
        assert ["", "old"] == [shown.warning(world.seen, last + timedelta(days)) for days in (0, 1)]


def test_the_newest_intake_key_is_tried_first(world: World) -> None:
    """Most envelopes are sealed to the newest key, and each try takes time."""
    keys = [
        IntakeSecret(bytes([n]) * 16, bytes([n]) * 32, today() + timedelta(n), today()) for n in (1, 3, 2)
    ]
    with world.office.opened() as inbox:
        tried = Unsealer(Trust(inbox.home, world.deployment, build.CHANNEL, tuple(keys)))._identities
    assert [bytes([n]) * 16 for n in (3, 2, 1)] == [*tried]
