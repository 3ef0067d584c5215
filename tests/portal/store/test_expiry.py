"""Expired data is deleted on its day and not before. Expired data is the only data that is deleted."""

import secrets
from datetime import timedelta

from sqlalchemy import Connection, insert

from portal import days
from portal.store import envelopes, expiry
from portal.store.envelopes import Upload
from portal.store.expiry import Remains, Term
from portal.store.schema import cases, intakes, remains
from portal.store.schema import envelopes as rows
from tests.support.builders import INSPECTORATE, OUTSIDE
from tests.support.portal_rows import DAY, HOUR, arrived, kept

BEFORE, AFTER = DAY - timedelta(1), DAY + timedelta(1)


def case(connection: Connection, *, collected: bool, expires: int | None) -> bytes:
    row = {"case_id": secrets.token_bytes(32), "channel": INSPECTORATE, "collected": collected}
    connection.execute(insert(cases).values(expires=expires, **row))
    return row["case_id"]  # type: ignore[return-value]


def test_data_expires_on_a_random_day_in_the_week_after_its_period(connection: Connection) -> None:
    """The day is drawn separately for each envelope."""
    numbers = [secrets.token_bytes(16) for _ in range(500)]
    expiry.leave_remains(connection, [], Term(DAY, 30))
    expiry.leave_remains(connection, [(each, 5) for each in numbers], Term(DAY, 30))
    drawn = {day - days.number(DAY) for (day,) in kept(connection, remains, "expires")}
    # In 500 draws, all eight possible days occur, except once in 10^28 runs.
    assert drawn == set(range(30, 38))
    assert expiry.find_remains(connection, numbers[0]) == Remains(numbers[0], 5)
    assert expiry.find_remains(connection, bytes(16)) is None
    known = Upload(id=numbers[0], channel="", size=5, received=5, begun=days.day(0), scriptless=False)
    assert envelopes.find(connection, numbers[0]) == known


def test_the_remains_of_an_envelope_are_deleted_on_their_day(connection: Connection) -> None:
    first, second = bytes(16), b"\xff" * 16
    for id_, day in ((first, DAY), (second, AFTER)):
        connection.execute(insert(remains).values(id=id_, size=5, expires=days.number(day)))
    assert expiry.overdue(connection, BEFORE, 7) == expiry.forget_remains(connection, BEFORE) == 0
    assert expiry.overdue(connection, DAY, 7) == expiry.forget_remains(connection, DAY) == 1
    assert expiry.overdue(connection, DAY, 7) == expiry.forget_remains(connection, DAY) == 0
    assert kept(connection, remains, "id") == [(second,)]


def test_a_closed_case_is_deleted_on_its_day_if_the_inbox_has_its_report(connection: Connection) -> None:
    number = days.number(DAY)
    case(connection, collected=True, expires=number)
    left = [
        case(connection, collected=collected, expires=expires)
        for collected, expires in ((True, None), (False, number), (True, number + 1))
    ]
    assert expiry.overdue(connection, BEFORE, 7) == expiry.forget_closed(connection, BEFORE) == 0
    assert expiry.overdue(connection, DAY, 7) == expiry.forget_closed(connection, DAY) == 1
    assert {id_ for (id_,) in kept(connection, cases, "case_id")} == set(left)


def test_each_transaction_deletes_at_most_200_expired_rows(connection: Connection) -> None:
    """Uploads have to wait for each transaction."""
    for _ in range(201):
        case(connection, collected=True, expires=days.number(DAY))
    assert [expiry.forget_closed(connection, DAY) for _ in range(3)] == [200, 1, 0]


def test_an_unfinished_upload_is_deleted_after_its_period(connection: Connection) -> None:
    """Complete uploads are kept, and so is an upload that began on the day of the limit."""
    arrived(connection, 10, 9, day=BEFORE)
    left = [arrived(connection, 10, 9, day=DAY), arrived(connection, day=BEFORE)]
    later = DAY + timedelta(7)
    assert expiry.overdue(connection, later - timedelta(1), 7) == 0
    assert expiry.overdue(connection, later, 7) == 1
    assert envelopes.forget_unfinished(connection, HOUR, BEFORE) == 0
    assert envelopes.forget_unfinished(connection, HOUR, DAY) == 1
    assert {id_ for (id_,) in kept(connection, rows, "id")} == set(left)


def test_the_newest_confirmed_bundle_of_each_channel_is_remembered(
    connection: Connection,
) -> None:
    """The next bundle refers to the newest confirmed bundle. Unconfirmed bundles are also kept."""
    for channel, n, raw in (
        *((INSPECTORATE, n, None) for n in (1, 3)),
        *((OUTSIDE, 1, None), (OUTSIDE, 2, b"raw"), (OUTSIDE, 4, None), (INSPECTORATE, 2, b"raw")),
    ):
        connection.execute(insert(intakes).values(channel=channel, n=n, hash=bytes(32), raw=raw))
    assert expiry.forget_links(connection) == 2
    assert kept(connection, intakes, "channel", "n") == [
        *((INSPECTORATE, n) for n in (2, 3)),
        *((OUTSIDE, n) for n in (2, 4)),
    ]
    assert expiry.forget_links(connection) == 0
