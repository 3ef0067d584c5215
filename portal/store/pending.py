"""How many envelopes wait for the inbox, and since when: for the administrator."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

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
    columns = select(envelopes.c.channel, func.count(), func.min(envelopes.c.day))
    waiting = columns.where(whole, envelopes.c.bundle.is_(None))
    rows = connection.execute(waiting.group_by(envelopes.c.channel).order_by(envelopes.c.channel))
    return [Waiting(channel, count, days.day(oldest)) for channel, count, oldest in rows]
