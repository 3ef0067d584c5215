"""The disk space available to the database, measured once per hour and shared by all processes.

A row stores only whether its hour is odd or even, because the database must not contain the hour itself.
Each measurement is started by the clock and never by a request, so that a row reveals nothing about requests.
"""

from sqlalchemy import Connection, bindparam, delete, select

from portal.store.inserts import insert_new
from portal.store.schema import disk

_SEEN = select(disk.c.size).where(disk.c.is_odd == bindparam("is_odd"))


def seen(connection: Connection, hour: int) -> int | None:
    """Return the bytes measured for ``hour`` (hours since 1970), or None if there is no measurement."""
    found: int | None = connection.execute(_SEEN, {"is_odd": bool(hour % 2)}).scalar_one_or_none()
    return found


def note(connection: Connection, hour: int, size: int) -> None:
    """Record ``size`` bytes for an hour, unless another process has already done so."""
    insert_new(connection, disk, is_odd=bool(hour % 2), size=size)


def forget(connection: Connection, hour: int) -> None:
    """Delete the measurement of a past hour.

    Two hours later, this measurement would be mistaken for the current measurement.
    """
    connection.execute(delete(disk).where(disk.c.is_odd == bool(hour % 2)))
