"""Delete expired data. Data that the inbox has not confirmed never expires (SPEC 8.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from portal import days
from portal.config import Settings
from portal.exchange import keyrings
from portal.store import deletion, envelopes, expiry, work
from portal.store.database import Database
from portal.store.keyrings import lock

# The size in bytes of a database that can be rewritten in about two seconds.
SMALL = 256 << 20


@dataclass(frozen=True, slots=True)
class Expired:
    """How much was deleted.

    ``trusted`` is False if the keyring is not valid today, because the clock is wrong or the last outbox is
    old. If so, only unfinished uploads were deleted.
    """

    uploads: int
    remains: int = 0
    cases: int = 0
    trusted: bool = True


def expire(
    database: Database, settings: Settings, today: date, hour: Callable[[], int] = days.hour
) -> Expired:
    """Delete all expired data. Any number of processes may call this function, at any time.

    Call ``tidy`` afterwards: it makes the deleted data unreadable.
    """
    with database.write() as connection:
        begun = today - timedelta(days=settings.upload_days)
        uploads = envelopes.forget_unfinished(connection, hour(), begun)
    expired = Expired(uploads, trusted=False)
    if _plausible(database, today):
        with database.write() as connection:
            # An export reads the newest link and writes the next link, so no export may run while old links
            # are deleted.
            lock(connection)
            expiry.forget_links(connection)
            work.forget(connection, today)
        remains = _all(database, lambda connection: expiry.forget_remains(connection, today))
        cases = _all(database, lambda connection: expiry.forget_closed(connection, today))
        expired = Expired(uploads, remains, cases)
    return expired


def tidy(database: Database) -> None:
    """Remove deleted data from the database's files. Raises StoreBusy if the data cannot be removed now.

    A large database is not rewritten here, because new reports would have to wait. ``Database.rewrite``
    rewrites a database of any size.
    """
    deletion.overwrite(database)
    # Reclaim space before rewriting tables, because reclaiming needs no free disk space. If PostgreSQL's disk
    # is full, no table can be rewritten.
    database.reclaim()
    if database.size <= SMALL:
        database.rewrite()


def _plausible(database: Database, today: date) -> bool:
    """Return whether the keyring is valid today. A clock that jumped must not delete a reporter's answer."""
    with database.read() as connection:
        keyring = keyrings.current(connection)
    return keyring is not None and keyring.issued <= today <= keyring.valid_until


def _all(database: Database, forget_some: Callable[[Connection], int]) -> int:
    """Call ``forget_some``, each time in a new transaction, until it deletes nothing; return the total."""
    count = 0
    while True:
        with database.write() as connection:
            deleted = forget_some(connection)
        if not deleted:
            return count
        count += deleted
