"""Letting go of what nobody will ask for any more; what the inbox has not confirmed never goes (SPEC 8.4)."""

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

# Written anew within two seconds or so.
SMALL = 256 << 20


@dataclass(frozen=True, slots=True)
class Expired:
    """How much was let go of.

    ``trusted`` is False if the day cannot be right, or no outbox came for long: then only uploads that were
    given up have gone.
    """

    uploads: int
    remains: int = 0
    cases: int = 0
    trusted: bool = True


def expire(
    database: Database, settings: Settings, today: date, hour: Callable[[], int] = days.hour
) -> Expired:
    """Let go of all whose day has come; at any time, any number of times, by any number of processes.

    ``tidy`` then makes what was deleted unreadable.
    """
    with database.write() as connection:
        begun = today - timedelta(days=settings.upload_days)
        uploads = envelopes.forget_unfinished(connection, hour(), begun)
    expired = Expired(uploads, trusted=False)
    if _plausible(database, today):
        with database.write() as connection:
            # An export reads the newest link and writes the next.
            lock(connection)
            expiry.forget_links(connection)
            work.forget(connection, today)
        remains = _all(database, lambda connection: expiry.forget_remains(connection, today))
        cases = _all(database, lambda connection: expiry.forget_closed(connection, today))
        expired = Expired(uploads, remains, cases)
    return expired


def tidy(database: Database) -> None:
    """Leave nothing that was deleted in the database's files; StoreBusy if that cannot be done now.

    A large database is not written anew for this, as reports would wait: ``Database.rewrite`` does it.
    """
    deletion.overwrite(database)
    # First, because it needs no room: on a full PostgreSQL disk no table can be rewritten.
    database.reclaim()
    if database.size <= SMALL:
        database.rewrite()


def _plausible(database: Database, today: date) -> bool:
    """Whether the keyring is valid today: a clock that jumped must not take an answer from its reporter."""
    with database.read() as connection:
        keyring = keyrings.current(connection)
    return keyring is not None and keyring.issued <= today <= keyring.valid_until


def _all(database: Database, forget_some: Callable[[Connection], int]) -> int:
    """Repeat, each time in a transaction of its own, until nothing is left; return how much there was."""
    count = 0
    while True:
        with database.write() as connection:
            gone = forget_some(connection)
        if not gone:
            return count
        count += gone
