"""Challenges that were solved, kept by their hash until they would no longer be taken (SPEC 7.6)."""

from datetime import date

from sqlalchemy import Connection, delete, func, select

from portal.store import days
from portal.store.inserts import insert_new
from portal.store.schema import instance, spent

_SEED = select(instance.c.seed)


def seed(connection: Connection) -> bytes:
    """Return the 32 bytes that all processes on this database share, from which challenges are signed."""
    found: bytes = connection.execute(_SEED).scalar_one()
    return found


def spend(connection: Connection, challenge_id: bytes, until: date) -> bool:
    """Note that a challenge was used, until the day on which it expires; return False if it was before.

    Of two transactions at once the second waits for the first.
    """
    return insert_new(connection, spent, id=challenge_id, day=days.number(until))


def count(connection: Connection, today: date, most: int) -> int:
    """Return how many were used about today, counted up to ``most``."""
    recent = select(spent.c.id).where(spent.c.day >= days.number(today)).limit(most)
    return connection.execute(select(func.count()).select_from(recent.subquery())).scalar_one()


def forget(connection: Connection, today: date) -> int:
    """Delete those that expired before ``today``; return how many."""
    return connection.execute(delete(spent).where(spent.c.day < days.number(today))).rowcount
