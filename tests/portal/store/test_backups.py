"""A backup reads only the rows that it needs, and a new portal stores only the cases that are still valid."""

import secrets
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, insert

from crypto.bundle import Manifest
from crypto.portal_backup import Case, Outbox, Withdrawal
from portal import days
from portal.store import backups, outboxes
from portal.store.expiry import SPREAD_DAYS, Term
from portal.store.schema import cases, withdrawals
from tests.support.builders import INSPECTORATE, OUTSIDE
from tests.support.portal_rows import DAY, arrived, kept, report

BEFORE, AFTER = DAY - timedelta(1), DAY + timedelta(1)
COLUMNS = ("case_id", "channel", "memo", "withdraw_id", "day", "collected", "expires", "slot")


def collected(
    connection: Connection, case_id: bytes, expires: date | None = None, slot: bytes | None = None
) -> None:
    """Store a case whose report the inbox has confirmed."""
    day = None if expires is None else days.number(expires)
    row = insert(cases).values(case_id=case_id, channel=INSPECTORATE, collected=True)
    connection.execute(row.values(expires=day, slot=slot))


def test_a_report_that_the_inbox_has_not_confirmed_is_not_in_a_backup(connection: Connection) -> None:
    """The control: a confirmed case is in the backup."""
    arrived(connection, of=report())
    assert list(backups.cases_and_slots(connection, DAY)) == []
    collected(connection, bytes(32))
    assert list(backups.cases_and_slots(connection, DAY)) == [
        (Case(case_id=bytes(32), channel=INSPECTORATE), None)
    ]


def test_a_case_is_not_in_a_backup_on_or_after_its_day_of_expiry(connection: Connection) -> None:
    """An open case has no such day."""
    for id_, expires in ((b"a", BEFORE), (b"b", DAY), (b"c", AFTER), (b"d", None)):
        collected(connection, id_ * 32, expires)
    found = [(case.case_id[:1], case.expires) for case, _ in backups.cases_and_slots(connection, DAY)]
    assert found == [(b"c", AFTER), (b"d", None)]


def test_a_backup_has_every_value_of_a_case_and_the_slot_of_the_case(connection: Connection) -> None:
    of = report()
    arrived(connection, of=of, channel=OUTSIDE)
    connection.execute(
        cases.update().values(collected=True, day=days.number(BEFORE), expires=days.number(AFTER), slot=b"s")
    )
    case = Case(
        case_id=of.case_id,
        channel=OUTSIDE,
        memo=of.memo,
        withdraw_id=of.withdraw_id,
        day=BEFORE,
        expires=AFTER,
    )
    assert list(backups.cases_and_slots(connection, DAY)) == [(case, b"s")]


def test_all_cases_of_a_backup_are_sorted_by_their_random_ids(connection: Connection) -> None:
    """There are more cases than the program reads into memory at once. Each case has its own slot."""
    ids = [secrets.token_bytes(32) for _ in range(250)]
    for each in ids:
        collected(connection, each, slot=each[:4])
    found = [(case.case_id, slot) for case, slot in backups.cases_and_slots(connection, DAY)]
    assert found == [(each, each[:4]) for each in sorted(ids)]


def test_the_withdrawals_of_a_backup_are_sorted_by_case_and_key(connection: Connection) -> None:
    waiting = [
        Withdrawal(case_id=case * 32, withdraw_key=key * 32, channel=channel)
        for case, key, channel in (
            (b"a", b"x", OUTSIDE),
            (b"a", b"y", INSPECTORATE),
            (b"b", b"a", INSPECTORATE),
        )
    ]
    assert list(backups.waiting_withdrawals(connection)) == []
    backups.put_withdrawals(connection, waiting[::-1])
    assert list(backups.waiting_withdrawals(connection)) == waiting


def test_the_outboxes_of_a_backup_are_sorted_by_channel_and_number(connection: Connection) -> None:
    """Bundle 2 comes before bundle 10."""
    assert list(backups.applied_outboxes(connection)) == []
    ordered = [(channel, n) for channel in sorted((INSPECTORATE, OUTSIDE)) for n in (1, 2, 10)]
    expected = []
    for channel, n in ordered:
        manifest = Manifest(f"{channel} {n}".encode(), bytes([n]) * 64)
        outbox = Outbox(
            channel=channel, n=n, hash=manifest.hash, signature=manifest.signature, day=DAY + timedelta(n)
        )
        expected.append((outbox, manifest.raw))
    for outbox, raw in reversed(expected):
        outboxes.record(connection, outbox.channel, outbox.n, Manifest(raw, outbox.signature), outbox.day)
    assert list(backups.applied_outboxes(connection)) == expected


@pytest.mark.parametrize(("expires", "is_stored"), [(BEFORE, False), (DAY, False), (AFTER, True)])
def test_a_restored_case_is_stored_until_its_day_of_expiry(
    connection: Connection, expires: date, *, is_stored: bool
) -> None:
    """A term does not change the day of expiry that a case already has."""
    case = Case(case_id=bytes(32), channel=INSPECTORATE, expires=expires)
    backups.put_case(connection, case, None, Term(DAY, 100))
    stored = [(days.number(expires),)] if is_stored else []
    assert kept(connection, cases, "expires") == stored


def test_a_restored_open_case_gets_a_random_day_of_expiry(connection: Connection) -> None:
    """The inbox may have destroyed the case since the backup. The day is drawn separately for each case."""
    for _ in range(500):
        case = Case(case_id=secrets.token_bytes(32), channel=INSPECTORATE)
        backups.put_case(connection, case, None, Term(DAY, 10))
    drawn = {day - days.number(DAY) for (day,) in kept(connection, cases, "expires")}
    # In 500 draws, all eight possible days occur, except once in 10^28 runs.
    assert drawn == set(range(10, 10 + SPREAD_DAYS + 1))


def test_a_restored_case_has_every_value_and_counts_as_collected(connection: Connection) -> None:
    """If only a slot was imported, the case has no memo, no withdraw id and no day."""
    of, expires = report(), days.number(AFTER)
    full = Case(
        case_id=b"\xff" * 32,
        channel=OUTSIDE,
        memo=of.memo,
        withdraw_id=of.withdraw_id,
        day=BEFORE,
        expires=AFTER,
        slot=bytes(32),
    )
    bare = Case(case_id=bytes(32), channel=INSPECTORATE, expires=AFTER)
    for case, slot in ((full, b"slot"), (bare, None)):
        backups.put_case(connection, case, slot, Term(DAY, 10))
    begun = days.number(BEFORE)
    rows = [
        (full.case_id, OUTSIDE, of.memo, of.withdraw_id, begun, True, expires, b"slot"),
        (bare.case_id, INSPECTORATE, None, None, None, True, expires, None),
    ]
    assert kept(connection, cases, *COLUMNS) == sorted(rows, key=repr)


def test_restored_withdrawals_wait_for_the_next_intake_bundle(connection: Connection) -> None:
    """If the backup has no withdrawals, none are stored."""
    backups.put_withdrawals(connection, [])
    assert kept(connection, withdrawals, "case_id") == []
    waiting = [
        Withdrawal(case_id=b"a" * 32, withdraw_key=key * 32, channel=channel)
        for key, channel in ((b"x", INSPECTORATE), (b"y", OUTSIDE))
    ]
    backups.put_withdrawals(connection, waiting)
    assert kept(connection, withdrawals, "case_id", "withdraw_key", "channel", "bundle") == [
        (each.case_id, each.withdraw_key, each.channel, None) for each in waiting
    ]
