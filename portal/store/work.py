"""What pays for envelopes: headers that were used, days on which there was no room (SPEC 7.6)."""

from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, select

from portal import days
from portal.store.inserts import insert_new
from portal.store.schema import instance, refusals, spent

LEVELS = 3

_SECRET = select(instance.c.seed)
_HIGHEST = LEVELS - 1


def secret(connection: Connection) -> bytes:
    """Return the 32 bytes that all processes on this database share, from which seeds follow."""
    found: bytes = connection.execute(_SECRET).scalar_one()
    return found


def spend(connection: Connection, header_hash: bytes, today: date) -> bool:
    """Note that a header was paid for; return False if it was before.

    Of two transactions at once the second waits for the first.
    """
    return insert_new(connection, spent, id=header_hash, day=days.number(today))


def count(connection: Connection) -> int:
    """Return how many headers are remembered."""
    return connection.execute(select(func.count()).select_from(spent)).scalar_one()


def level(connection: Connection, day: date) -> int:
    """Return the level of the cost on a day, from 0: one more after a day with refusals, else one less."""
    columns = select(refusals.c.day, refusals.c.level).where(refusals.c.day <= days.number(day))
    last = connection.execute(columns.order_by(refusals.c.day.desc()).limit(1)).one_or_none()
    if last is None:
        return 0
    since = days.number(day) - last.day
    found: int = last.level if since == 0 else max(min(last.level + 1, _HIGHEST) - (since - 1), 0)
    return found


def had_refusal(connection: Connection, today: date) -> bool:
    """Return whether it is noted already that there was no room today."""
    found = select(refusals.c.day).where(refusals.c.day == days.number(today))
    return connection.execute(found).first() is not None


def note_refusal(connection: Connection, today: date) -> None:
    """Note that there was no room today; how often, and when, is not noted."""
    insert_new(connection, refusals, day=days.number(today), level=level(connection, today))


def forget(connection: Connection, today: date) -> None:
    """Delete headers used before yesterday, and refusals that no longer count."""
    connection.execute(delete(spent).where(spent.c.day < days.number(today - timedelta(days=1))))
    connection.execute(delete(refusals).where(refusals.c.day < days.number(today - timedelta(days=LEVELS))))
