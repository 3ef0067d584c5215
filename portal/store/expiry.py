"""Delete data automatically when it expires.

The day of expiry is drawn at random once and stored. Repeated draws would together reveal the day on which
the term began.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, func, insert, select

from portal import days
from portal.store.schema import cases, envelopes, intakes, remains, whole

SPREAD_DAYS = 7
# A larger transaction would make uploads wait.
_ROWS = 200


@dataclass(frozen=True, slots=True)
class Term:
    """A retention time that starts today: ``days``, plus a random time of up to a week."""

    today: date
    days: int

    def draw(self) -> int:
        """Return a random day of expiry, as a number of days since 1970."""
        return days.number(self.today) + self.days + secrets.randbelow(SPREAD_DAYS + 1)


@dataclass(frozen=True, slots=True)
class Remains:
    """The data that stays after the inbox has confirmed an envelope: its id and its size in bytes."""

    id: bytes
    size: int


def leave_remains(connection: Connection, ids_and_sizes: list[tuple[bytes, int]], term: Term) -> None:
    """Record ids and sizes of deleted envelopes, so that a client can still learn that its upload arrived."""
    rows = [{"id": id_, "size": size, "expires": term.draw()} for id_, size in ids_and_sizes]
    if rows:
        connection.execute(insert(remains), rows)


def find_remains(connection: Connection, envelope_id: bytes) -> Remains | None:
    """Return the remains of an envelope that the inbox has confirmed, or None."""
    found = select(remains.c.id, remains.c.size).where(remains.c.id == envelope_id)
    row = connection.execute(found).one_or_none()
    return None if row is None else Remains(row.id, row.size)


def forget_remains(connection: Connection, today: date) -> int:
    """Delete some expired remains; return how many, or 0 if no remains were left."""
    return _delete_some(connection, remains, remains.c.expires <= days.number(today))


def forget_closed(connection: Connection, today: date) -> int:
    """Delete some expired closed cases; return how many, or 0 if no such cases were left.

    A case whose report the inbox has not confirmed is kept.
    """
    return _delete_some(connection, cases, _over(today))


def forget_links(connection: Connection) -> int:
    """Delete the links of confirmed intake bundles, except the newest of each channel; return how many."""
    newer = intakes.alias()
    later = exists().where(newer.c.channel == intakes.c.channel, newer.c.n > intakes.c.n)
    return connection.execute(delete(intakes).where(intakes.c.raw.is_(None), later)).rowcount


def overdue(connection: Connection, today: date, upload_days: int) -> int:
    """Return how many rows should have been deleted by ``today``."""
    unfinished = and_(~whole, envelopes.c.day < days.number(today - timedelta(upload_days)))
    found = {envelopes: unfinished, remains: remains.c.expires <= days.number(today), cases: _over(today)}
    return sum(
        connection.execute(select(func.count()).select_from(table).where(which)).scalar_one()
        for table, which in found.items()
    )


def _over(today: date) -> ColumnElement[bool]:
    return and_(cases.c.collected, cases.c.expires <= days.number(today))


def _delete_some(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    (key,) = table.primary_key.columns
    some = select(key).where(which).limit(_ROWS)
    return connection.execute(delete(table).where(key.in_(some), which)).rowcount
