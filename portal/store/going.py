"""The bytes of envelopes that were let go, deleted and overwritten a portion at a time.

One transaction that deleted gigabytes would keep everybody from writing until it ends, and with SQLite it
would need as much free disk again: what is overwritten stands in the write-ahead log first. So whoever lets
an envelope go notes its id alone; the clock deletes its bytes, and so do `portal import` and `portal expire`.
"""

import time
from collections.abc import Collection
from itertools import accumulate

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from portal.store.database import Database
from portal.store.schema import chunks, going

# What is deleted in one transaction. A row has 256 KiB at most.
_ROWS = 256
_BYTES = 16 << 20
# SQLite gives its lock to whoever asks next, and who waits for it asks every tenth of a second.
PAUSE_SECONDS = 0.2


def add(connection: Connection, envelope_ids: Collection[bytes]) -> None:
    """Note envelopes whose bytes nobody needs any more."""
    if envelope_ids:
        connection.execute(insert(going), [{"envelope_id": each} for each in envelope_ids])


def overwrite_portion(database: Database) -> bool:
    """Overwrite what was deleted, and a portion of what goes, or nothing if others are at work.

    Returns whether to go on at once, as more may be left. Never to be called for a request, as
    ``Database.scrub``. Raises StoreBusy.
    """
    # The write-ahead log is emptied between portions, or it would grow as large as all of them.
    if not database.try_to_scrub():
        return False
    with database.write() as connection:
        is_more = _delete_portion(connection)
    return database.try_to_scrub() and is_more


def overwrite(database: Database) -> None:
    """Overwrite what was deleted, and all that goes; others write between portions. Raises StoreBusy."""
    is_more = True
    while is_more:
        with database.write() as connection:
            is_more = _delete_portion(connection)
        database.scrub()
        time.sleep(PAUSE_SECONDS * is_more)


def _delete_portion(connection: Connection) -> bool:
    """Delete a portion of what goes; return whether more may be left."""
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
    portion = [{"id": row.id, "at": row.at} for row, sum_ in zip(rows, sums, strict=True) if sum_ <= _BYTES]
    if portion:
        one = (chunks.c.envelope_id == bindparam("id"), chunks.c.position == bindparam("at"))
        connection.execute(delete(chunks).where(*one), portion)
    if len(portion) == _ROWS or len(portion) < len(rows):
        return True
    connection.execute(delete(going).where(going.c.envelope_id.in_(ids)))
    return len(ids) == _ROWS
