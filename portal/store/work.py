"""Proof of work: headers that were used, and days on which there was no room (SPEC 7.6)."""

from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from portal import days
from portal.store.inserts import insert_new
from portal.store.schema import instance, refusals, spent

LEVELS = 3

_SECRET = select(instance.c.seed)
_HIGHEST = LEVELS - 1
_LAST = (
    select(refusals.c.day, refusals.c.level)
    .where(refusals.c.day <= bindparam("day"))
    .order_by(refusals.c.day.desc())
    .limit(1)
)


def secret(connection: Connection) -> bytes:
    """Return the secret (32 bytes) that all processes on this database share; seeds are derived from it."""
    found: bytes = connection.execute(_SECRET).scalar_one()
    return found


def spend(connection: Connection, header_hash: bytes, today: date) -> bool:
    """Record that a header has a valid proof of work; return False if it was recorded before.

    If two transactions record the same header, the second transaction waits for the first.
    """
    return insert_new(connection, spent, id=header_hash, day=days.number(today))


def count(connection: Connection) -> int:
    """Return how many used headers are stored."""
    return connection.execute(select(func.count()).select_from(spent)).scalar_one()


def level(connection: Connection, day: date) -> int:
    """Return the cost level of a day; the lowest level is 0.

    A day with refusals raises the level by one, and every other day lowers the level by one.
    """
    last = connection.execute(_LAST, {"day": days.number(day)}).one_or_none()
    if last is None:
        return 0
    since = days.number(day) - last.day
    found: int = last.level if since == 0 else max(min(last.level + 1, _HIGHEST) - (since - 1), 0)
    return found


def had_refusal(connection: Connection, today: date) -> bool:
    """Return whether a refusal is already recorded for today."""
    found = select(refusals.c.day).where(refusals.c.day == days.number(today))
    return connection.execute(found).first() is not None


def note_refusal(connection: Connection, today: date) -> None:
    """Record that there was no room today, but not how often or at what time."""
    insert_new(connection, refusals, day=days.number(today), level=level(connection, today))


def forget(connection: Connection, today: date) -> None:
    """Delete headers used before yesterday, and refusals that no longer count."""
    connection.execute(delete(spent).where(spent.c.day < days.number(today - timedelta(days=1))))
    connection.execute(delete(refusals).where(refusals.c.day < days.number(today - timedelta(days=LEVELS))))
