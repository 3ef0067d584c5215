"""The content of intake bundles, and the data that is deleted after the inbox confirms a bundle."""

import secrets

import pytest
from sqlalchemy import Connection, insert

from crypto.bundle import NOTHING, Entry, Link, Manifest, Withdrawal
from portal import days
from portal.store import cases, deletion, expiry, intakes
from portal.store.expiry import Remains, Term
from portal.store.intakes import Waiting
from portal.store.schema import cases as case_rows
from portal.store.schema import envelopes, withdrawals
from portal.store.schema import intakes as bundles
from tests.support.builders import INSPECTORATE, OUTSIDE
from tests.support.portal_rows import DAY, HOUR, arrived, hashed, kept, report

BOTH = (INSPECTORATE, OUTSIDE)
TERM = Term(DAY, 30)


def withdrawn(connection: Connection, channel: str) -> Withdrawal:
    """Add a withdrawn report; return the withdrawal for the inbox."""
    made = Withdrawal(secrets.token_bytes(32), secrets.token_bytes(32))
    row = {"case_id": made.case_id, "withdraw_key": made.withdraw_key, "channel": channel}
    connection.execute(insert(withdrawals).values(row))
    return made


def issued(connection: Connection, channel: str, n: int) -> Link:
    """Fill bundle ``n`` of a channel and store its manifest; return the link to the bundle."""
    intakes.fill(connection, channel, n)
    made = Manifest(f"{channel} {n}".encode(), bytes(64))
    intakes.record(connection, channel, n, made)
    return Link(n, made.hash)


def test_a_bundle_contains_exactly_the_waiting_envelopes_of_its_channel(connection: Connection) -> None:
    """Envelopes that are unfinished, unhashed or in an earlier bundle are left out.

    Each channel has its own numbers.
    """
    hashed(connection)
    withdrawn(connection, INSPECTORATE)
    intakes.fill(connection, INSPECTORATE, 1)
    arrived(connection)
    arrived(connection, 10, 9)
    opening = report()
    case = hashed(connection, of=opening)
    bare = hashed(connection)
    own = withdrawn(connection, INSPECTORATE)
    other, others = hashed(connection, channel=OUTSIDE), withdrawn(connection, OUTSIDE)
    there = Entry(id=other, size=10, hash=bytes(32), day=DAY)
    assert intakes.fill(connection, OUTSIDE, 2) == ([there], [others])
    entries, keys = intakes.fill(connection, INSPECTORATE, 2)
    assert {each.id: each for each in entries} == {
        case: Entry(id=case, size=10, hash=bytes(32), day=DAY, case_id=opening.case_id),
        bare: Entry(id=bare, size=10, hash=bytes(32), day=DAY),
    }
    assert keys == [own]


def test_a_full_bundle_leaves_the_rest_to_the_next_bundle(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intakes, "MOST_ENVELOPES", 2)
    monkeypatch.setattr(intakes, "MOST_WITHDRAWALS", 3)
    sent = {hashed(connection) for _ in range(3)}
    keys = {withdrawn(connection, INSPECTORATE).withdraw_key for _ in range(4)}
    made = [intakes.fill(connection, INSPECTORATE, n) for n in (1, 2, 3)]
    assert [(len(entries), len(gone)) for entries, gone in made] == [(2, 3), (1, 1), (0, 0)]
    assert {entry.id for entries, _ in made for entry in entries} == sent
    assert {each.withdraw_key for _, gone in made for each in gone} == keys


def test_envelopes_and_withdrawals_wait_until_they_are_in_a_bundle(connection: Connection) -> None:
    assert intakes.channels_waiting(connection) == set()
    arrived(connection, 10, 9)
    assert intakes.channels_waiting(connection) == set()
    hashed(connection)
    withdrawn(connection, OUTSIDE)
    assert intakes.channels_waiting(connection) == set(BOTH)
    intakes.fill(connection, OUTSIDE, 1)
    assert intakes.channels_waiting(connection) == {INSPECTORATE}
    intakes.fill(connection, INSPECTORATE, 1)
    assert intakes.channels_waiting(connection) == set()


def test_an_envelope_gets_a_hash_only_if_all_its_bytes_are_stored(
    connection: Connection,
) -> None:
    arrived(connection, 10, 9)
    arrived(connection, channel=OUTSIDE)
    hashed(connection)
    waits, also = arrived(connection), arrived(connection)
    assert set(intakes.unhashed(connection, INSPECTORATE)) == {waits, also}
    for size in (9, 11):
        intakes.keep_hash(connection, waits, bytes(32), size)
    assert set(intakes.unhashed(connection, INSPECTORATE)) == {waits, also}
    intakes.keep_hash(connection, waits, bytes(32), 10)
    assert intakes.unhashed(connection, INSPECTORATE) == [also]


def test_a_bundle_is_found_by_its_number_and_channel(connection: Connection) -> None:
    assert intakes.last(connection, INSPECTORATE) == NOTHING
    assert intakes.manifest(connection, INSPECTORATE, 1) is None
    for channel, n in ((INSPECTORATE, 1), (INSPECTORATE, 2), (OUTSIDE, 3)):
        issued(connection, channel, n)
    assert intakes.last(connection, INSPECTORATE).n == 2
    assert intakes.last(connection, OUTSIDE).n == 3
    assert intakes.manifest(connection, INSPECTORATE, 1) == Manifest(b"inspectorate 1", bytes(64))
    assert intakes.manifest(connection, INSPECTORATE, 3) is None
    assert intakes.manifest(connection, OUTSIDE, 2) is None


def test_confirming_an_unknown_or_already_confirmed_bundle_changes_nothing(connection: Connection) -> None:
    hashed(connection)
    link = issued(connection, INSPECTORATE, 1)
    for channel, wrong in (
        (OUTSIDE, link),
        (INSPECTORATE, Link(2, link.hash)),
        (INSPECTORATE, Link(1, bytes(32))),
    ):
        assert not intakes.confirm(connection, HOUR, channel, wrong, TERM)
        assert len(kept(connection, envelopes, "id")) == 1
        assert intakes.manifest(connection, INSPECTORATE, 1)
    assert intakes.confirm(connection, HOUR, INSPECTORATE, link, TERM)
    assert not intakes.confirm(connection, HOUR, INSPECTORATE, link, TERM)
    assert (intakes.manifest(connection, INSPECTORATE, 1), intakes.last(connection, INSPECTORATE)) == (
        None,
        link,
    )


def test_a_confirmed_envelope_is_deleted_and_only_its_size_is_kept_for_a_period(
    connection: Connection,
) -> None:
    """The case counts as collected. Later bundles and bundles of other channels are kept."""
    opened = [report() for _ in range(3)]
    gone = hashed(connection, of=opened[0])
    hashed(connection)
    withdrawn(connection, INSPECTORATE)
    link = issued(connection, INSPECTORATE, 1)
    left = [hashed(connection, of=opened[1]), hashed(connection, of=opened[2], channel=OUTSIDE)]
    keys = [withdrawn(connection, channel).withdraw_key for channel in BOTH]
    issued(connection, INSPECTORATE, 2)
    issued(connection, OUTSIDE, 1)
    assert intakes.confirm(connection, HOUR, INSPECTORATE, link, TERM)
    assert {id_ for (id_,) in kept(connection, envelopes, "id")} == set(left)
    assert {key for (key,) in kept(connection, withdrawals, "withdraw_key")} == set(keys)
    assert kept(connection, bundles, "channel", "n", "raw") == [
        (INSPECTORATE, 1, None),
        (INSPECTORATE, 2, b"inspectorate 2"),
        (OUTSIDE, 1, b"ombudsman 1"),
    ]
    found = [cases.find(connection, each.case_id) for each in opened]
    assert [each and each.collected for each in found] == [True, False, False]
    assert expiry.find_remains(connection, gone) == Remains(gone, 10)
    assert expiry.find_remains(connection, left[0]) is None
    assert deletion.count(connection) == 2


def test_confirming_a_report_with_a_foreign_case_id_does_not_mark_that_case_as_collected(
    connection: Connection,
) -> None:
    """Anybody can send a report under a case id that they know."""
    known = report()
    hashed(connection, of=known, channel=OUTSIDE)
    hashed(connection, of=known)
    assert intakes.confirm(connection, HOUR, INSPECTORATE, issued(connection, INSPECTORATE, 1), TERM)
    assert kept(connection, case_rows, "channel", "collected") == [(OUTSIDE, False)]


def test_administrators_see_how_many_envelopes_wait_and_since_which_day(connection: Connection) -> None:
    """Each channel has its own number for export and its own number for confirmation.

    Unfinished envelopes do not count.
    """
    arrived(connection, 10, 9, day=days.day(1))
    hashed(connection, day=days.day(2))
    intakes.fill(connection, INSPECTORATE, 1)
    for number in (5, 4):
        hashed(connection, day=days.day(number))
    hashed(connection, channel=OUTSIDE, day=days.day(3))
    outside = Waiting(OUTSIDE, 1, days.day(3))
    assert intakes.unexported(connection) == [Waiting(INSPECTORATE, 2, days.day(4)), outside]
