"""What the disk had for the database, one look for each hour, which all processes share.

Which hour a look is for is not written down, but for whether that is odd: no hour reaches the disk. Those who
look must do so by the clock alone, not for a request, and then a row tells nothing of who came.
"""

from sqlalchemy import Connection, delete, select

from portal.store.inserts import insert_new
from portal.store.schema import disk


def seen(connection: Connection, hour: int) -> int | None:
    """Return the bytes that were noted for an hour, counted since 1970, or None if nobody looked."""
    found: int | None = connection.execute(
        select(disk.c.size).where(disk.c.is_odd == bool(hour % 2))
    ).scalar_one_or_none()
    return found


def note(connection: Connection, hour: int, size: int) -> None:
    """Note ``size`` bytes for an hour, unless that was done: the first of several processes counts."""
    insert_new(connection, disk, is_odd=bool(hour % 2), size=size)


def forget(connection: Connection, hour: int) -> None:
    """Delete the look of an hour that is over, which would else be taken for that of the next but one."""
    connection.execute(delete(disk).where(disk.c.is_odd == bool(hour % 2)))
