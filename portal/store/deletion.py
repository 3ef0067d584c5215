"""Delete the bytes of deleted envelopes in portions.

One transaction that deleted gigabytes would block all writers until it ended. With SQLite, the transaction
would also need the same amount of free disk space, because overwritten pages go to the write-ahead log first.
Therefore a deletion at first records only the id of the envelope. The clock, `portal import` and
`portal expire` delete its bytes later.
"""

import math
import time
from collections.abc import Collection
from itertools import accumulate

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import DBAPIError

from portal.store.database import Database, StoreBusy
from portal.store.schema import chunks, deleted

# The maximum numbers of rows and bytes that one transaction deletes. One transaction may use a quarter of the
# free disk space.
_ROWS = 256
_BYTES = 16 << 20
_PART = 4
# SQLite gives its lock to the next process that asks. A waiting writer asks for the lock every tenth of a
# second.
PAUSE_SECONDS = 0.2


def schedule(connection: Connection, envelope_ids: Collection[bytes]) -> None:
    """Record the ids of deleted envelopes, so that their bytes are deleted too."""
    if envelope_ids:
        connection.execute(insert(deleted), [{"envelope_id": each} for each in envelope_ids])


def count(connection: Connection) -> int:
    """Return how many deleted envelopes still have bytes in the store."""
    return connection.execute(select(func.count()).select_from(deleted)).scalar_one()


def overwrite_portion(database: Database) -> bool:
    """Delete and overwrite one portion, or do nothing while other processes use the database.

    Returns whether more may be left, and so whether to continue at once. Never call this function for a
    request (see ``Database.scrub``). Raises StoreBusy, or any database error if the disk is full.
    """
    # Empty the write-ahead log between portions, because otherwise it would grow to the size of all portions
    # together.
    if not database.try_to_scrub():
        return False
    try:
        is_more = _delete_portion(database)
    finally:
        # On a full disk, the log contains data written before the disk filled up.
        scrubbed = database.try_to_scrub()
    return scrubbed and is_more


def overwrite(database: Database, seconds: float = math.inf) -> None:
    """Delete and overwrite all portions, or as many as ``seconds`` allow.

    Other processes may write between two portions. Raises StoreBusy if the database is in use or the disk is
    full. Raises Damaged for a damaged database.
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
    """Delete rows of at most ``most`` bytes in total, or one larger row; return whether more may be left."""
    # The order is always the same, so that two processes cannot block each other.
    first = select(deleted.c.envelope_id).order_by(deleted.c.envelope_id).limit(_ROWS).with_for_update()
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
    connection.execute(delete(deleted).where(deleted.c.envelope_id.in_(ids)))
    return len(ids) == _ROWS
