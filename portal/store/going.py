"""The bytes of envelopes that were let go, deleted and overwritten a portion at a time.

One transaction that deleted gigabytes would keep everybody from writing until it ends, and with SQLite it
would need as much free disk again: what is overwritten stands in the write-ahead log first. So whoever lets
an envelope go notes its id alone; the clock deletes its bytes, and so do `portal import` and `portal expire`.
"""

import math
import time
from collections.abc import Collection
from itertools import accumulate

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import DBAPIError

from portal.store.database import Database, StoreBusy
from portal.store.schema import chunks, going

# What is deleted in one transaction, if the disk has more than four times that left.
_ROWS = 256
_BYTES = 16 << 20
_PART = 4
# SQLite gives its lock to whoever asks next, and who waits for it asks every tenth of a second.
PAUSE_SECONDS = 0.2


def add(connection: Connection, envelope_ids: Collection[bytes]) -> None:
    """Note envelopes whose bytes nobody needs any more."""
    if envelope_ids:
        connection.execute(insert(going), [{"envelope_id": each} for each in envelope_ids])


def is_going(connection: Connection, envelope_id: bytes) -> bool:
    """Return whether bytes of an envelope that was let go are still there."""
    return connection.execute(select(going).where(going.c.envelope_id == envelope_id)).first() is not None


def count(connection: Connection) -> int:
    """Return of how many envelopes that were let go bytes are still there."""
    return connection.execute(select(func.count()).select_from(going)).scalar_one()


def overwrite_portion(database: Database) -> bool:
    """Overwrite what was deleted, and a portion of what goes, or nothing if others are at work.

    Returns whether to go on at once, as more may be left. Never to be called for a request, as
    ``Database.scrub``. Raises StoreBusy, and what the database raises on a full disk.
    """
    # The write-ahead log is emptied between portions, or it would grow as large as all of them.
    if not database.try_to_scrub():
        return False
    try:
        is_more = _delete_portion(database)
    finally:
        # On a full disk, what was written before it was full stands in the log.
        scrubbed = database.try_to_scrub()
    return scrubbed and is_more


def overwrite(database: Database, seconds: float = math.inf) -> None:
    """Overwrite what was deleted, and all that goes, or what of it goes within some seconds.

    Others write between portions. StoreBusy if it cannot be done now.
    """
    end, is_more = time.monotonic() + seconds, True
    while is_more and time.monotonic() < end:
        try:
            is_more = _delete_portion(database)
        except DBAPIError as error:
            raise StoreBusy from error
        finally:
            database.scrub()
        time.sleep(PAUSE_SECONDS * is_more)


def _delete_portion(database: Database) -> bool:
    free = database.free
    most = _BYTES if free is None else min(_BYTES, free // _PART)
    with database.write() as connection:
        return _delete_some(connection, most)


def _delete_some(connection: Connection, most: int) -> bool:
    """Delete rows of ``most`` bytes together, one at least; return whether more may be left."""
    # In one order: of two processes at once the second waits for the first, and never each for the other.
    first = select(going.c.envelope_id).order_by(going.c.envelope_id).limit(_ROWS).with_for_update()
    ids = list(connection.execute(first).scalars())
    if not ids:
        return False
    columns = (
        chunks.c.envelope_id.label("id"),
        chunks.c.position.label("at"),
        func.length(chunks.c.data).label("size"),
    )
    rows = connection.execute(select(*columns).where(chunks.c.envelope_id.in_(ids)).limit(_ROWS)).all()
    sums = accumulate(row.size for row in rows)
    fitting = (row for row, sum_ in zip(rows, sums, strict=True) if sum_ <= max(most, row.size))
    portion = [{"id": row.id, "at": row.at} for row in fitting]
    if portion:
        one = (chunks.c.envelope_id == bindparam("id"), chunks.c.position == bindparam("at"))
        connection.execute(delete(chunks).where(*one), portion)
    if len(portion) == _ROWS or len(portion) < len(rows):
        return True
    connection.execute(delete(going).where(going.c.envelope_id.in_(ids)))
    return len(ids) == _ROWS
