"""The portal stores each outbox that it applies. An outbox changes cases of its channel."""

import secrets
from datetime import timedelta

from sqlalchemy import Connection, insert

from crypto.bundle import IMPORTS, NOTHING, Applied, Import, Link, Manifest, Opened
from portal import days
from portal.store import cases, outboxes
from portal.store.cases import Case
from portal.store.expiry import SPREAD_DAYS, Term
from portal.store.schema import cases as rows
from portal.store.schema import withdrawals
from tests.support.builders import INSPECTORATE, OUTSIDE
from tests.support.portal_rows import DAY, arrived, kept, report


def manifest(channel: str, n: int) -> Manifest:
    return Manifest(f"{channel} {n}".encode(), bytes(64))


def applied(connection: Connection, channel: str, n: int, later: int = 0) -> None:
    outboxes.record(connection, channel, n, manifest(channel, n), DAY + timedelta(later))


def withdrawn(connection: Connection, case_id: bytes, channel: str) -> None:
    row = {"case_id": case_id, "withdraw_key": secrets.token_bytes(32), "channel": channel}
    connection.execute(insert(withdrawals).values(row))


def test_each_outbox_is_stored_under_its_channel_and_number(connection: Connection) -> None:
    assert outboxes.last(connection, INSPECTORATE) == NOTHING
    assert outboxes.channels(connection) == []
    for channel, n in ((OUTSIDE, 3), (INSPECTORATE, 2), (INSPECTORATE, 1)):
        applied(connection, channel, n)
    assert outboxes.last(connection, INSPECTORATE) == Link(2, manifest(INSPECTORATE, 2).hash)
    assert outboxes.channels(connection) == [INSPECTORATE, OUTSIDE]
    assert outboxes.numbers(connection, INSPECTORATE) == [1, 2]
    assert outboxes.applied(connection, INSPECTORATE, 1) == manifest(INSPECTORATE, 1).hash
    assert outboxes.applied(connection, INSPECTORATE, 3) is None
    assert outboxes.applied(connection, OUTSIDE, 1) is None
    assert outboxes.manifest(connection, INSPECTORATE, 1) == manifest(INSPECTORATE, 1)


def test_a_gap_is_allowed_before_the_first_outbox_and_after_a_restored_outbox(
    connection: Connection,
) -> None:
    """Only the last outbox of the same channel counts."""

    def may_skip(channel: str) -> bool:
        return outboxes.may_skip(connection, channel, outboxes.last(connection, channel))

    assert may_skip(INSPECTORATE)
    applied(connection, INSPECTORATE, 1)
    assert [may_skip(each) for each in (INSPECTORATE, OUTSIDE)] == [False, True]
    for channel, n in ((INSPECTORATE, 2), (OUTSIDE, 1)):
        outboxes.record(connection, channel, n, manifest(channel, n), DAY, restored=True)
    assert may_skip(INSPECTORATE)
    applied(connection, INSPECTORATE, 3)
    assert [may_skip(each) for each in (INSPECTORATE, OUTSIDE)] == [False, True]


def test_the_inbox_learns_on_which_days_its_last_outboxes_were_applied(connection: Connection) -> None:
    """The list has only outboxes of the same channel, the newest last, and is limited in length."""
    assert outboxes.imports(connection, INSPECTORATE) == Applied(NOTHING.n, NOTHING.hash)
    applied(connection, OUTSIDE, 99)
    for n in range(1, IMPORTS + 3):
        applied(connection, INSPECTORATE, n, later=n)
    listed = tuple(Import(n, DAY + timedelta(n)) for n in range(3, IMPORTS + 3))
    last = outboxes.last(connection, INSPECTORATE)
    assert outboxes.imports(connection, INSPECTORATE) == Applied(last.n, last.hash, listed)


def test_a_case_belongs_to_the_channel_of_its_report_or_of_its_withdrawal(
    connection: Connection,
) -> None:
    """A withdrawal counts only if no channel has the case itself.

    The reason is that anybody can send and withdraw a report under a known case id.
    """
    filed, gone = report(), secrets.token_bytes(32)

    def elsewhere(case_id: bytes) -> list[bool]:
        return [outboxes.belongs_elsewhere(connection, each, case_id) for each in (INSPECTORATE, OUTSIDE)]

    assert elsewhere(filed.case_id) == [False, False]
    arrived(connection, of=filed)
    withdrawn(connection, filed.case_id, OUTSIDE)
    assert elsewhere(filed.case_id) == [False, True]
    withdrawn(connection, gone, INSPECTORATE)
    assert elsewhere(gone) == [False, True]
    withdrawn(connection, gone, OUTSIDE)
    assert elsewhere(gone) == [False, False]


def test_a_case_counts_as_withdrawn_if_a_withdrawal_waits_and_the_case_no_longer_exists(
    connection: Connection,
) -> None:
    filed, gone = report(), secrets.token_bytes(32)
    arrived(connection, of=filed)
    withdrawn(connection, filed.case_id, INSPECTORATE)
    assert not outboxes.withdrawn(connection, filed.case_id)
    assert not outboxes.withdrawn(connection, gone)
    withdrawn(connection, gone, INSPECTORATE)
    assert outboxes.withdrawn(connection, gone)


def test_a_case_opened_by_the_inbox_counts_as_collected_but_an_existing_case_is_not_changed(
    connection: Connection,
) -> None:
    known, new = report(), report()
    arrived(connection, of=known)
    for each in (known, new):
        opened = Opened(each.case_id, bytes(60), each.withdraw_id)
        cases.begin(connection, INSPECTORATE, opened, DAY + timedelta(1), collected=True)
    assert cases.find(connection, known.case_id) == Case(known.memo, DAY, None, collected=False)
    assert cases.find(connection, new.case_id) == Case(bytes(60), DAY + timedelta(1), None, collected=True)


def test_a_slot_is_stored_in_its_own_case_and_a_slot_of_an_unknown_case_creates_a_collected_case(
    connection: Connection,
) -> None:
    known, other, unknown = report(), report(), secrets.token_bytes(32)
    for each in (known, other):
        arrived(connection, of=each)
    for slot in (b"old", b"new"):
        outboxes.put_slot(connection, INSPECTORATE, known.case_id, slot)
    outboxes.put_slot(connection, INSPECTORATE, unknown, b"slot")
    assert cases.find(connection, known.case_id) == Case(known.memo, DAY, b"new", collected=False)
    assert cases.find(connection, other.case_id) == Case(other.memo, DAY, None, collected=False)
    assert cases.find(connection, unknown) == Case(None, None, b"slot", collected=True)


def test_a_closed_case_keeps_its_day_of_deletion_until_it_is_reopened(
    connection: Connection,
) -> None:
    """The day is set once. Closing a reopened case sets a new day. An open case has no day of deletion."""
    for case_id in (b"a" * 32, b"b" * 32):
        outboxes.put_slot(connection, INSPECTORATE, case_id, b"slot")

    def close(later: int) -> list[tuple[int | None]]:
        outboxes.close(connection, b"a" * 32, Term(DAY + timedelta(later), 0))
        return [tuple(row) for row in kept(connection, rows, "expires")]

    first = close(0)
    assert close(100) == first
    (drawn,), (none,) = first
    assert none is None
    assert drawn is not None
    assert 0 <= drawn - days.number(DAY) <= SPREAD_DAYS
    outboxes.reopen(connection, b"b" * 32)
    assert close(100) == first
    outboxes.reopen(connection, b"a" * 32)
    assert kept(connection, rows, "expires") == [(None,), (None,)]
    assert close(100) > first
