"""How many envelopes wait for the inbox, and since when: for the administrator."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from portal import days
from portal.store.schema import envelopes, whole


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waiting envelopes of one channel: their number, and the day of the oldest."""

    channel: str
    count: int
    oldest: date


def unexported(connection: Connection) -> list[Waiting]:
    """Return the envelopes that are not yet in an intake bundle, for each channel that has some."""
    return _waiting(connection, envelopes.c.bundle.is_(None))


def unconfirmed(connection: Connection) -> list[Waiting]:
    """Return the envelopes that no outbox has confirmed, exported or not, for each channel that has some."""
    return _waiting(connection)


def _waiting(connection: Connection, *more: ColumnElement[bool]) -> list[Waiting]:
    columns = select(envelopes.c.channel, func.count(), func.min(envelopes.c.day)).where(whole, *more)
    rows = connection.execute(columns.group_by(envelopes.c.channel).order_by(envelopes.c.channel))
    return [Waiting(channel, count, days.day(oldest)) for channel, count, oldest in rows]
