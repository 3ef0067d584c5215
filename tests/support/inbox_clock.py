"""A clock that tests can move, for the commands of the inbox."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

import pytest

from inbox.system import clock
from tests.support.inbox_builders import today


class Clock:
    """The current time of the inbox."""

    def __init__(self, day: date | None = None) -> None:
        self.day = day or today()

    def now(self, zone: tzinfo = UTC) -> datetime:
        """Return noon of the current day of this clock."""
        return datetime.combine(self.day, time(12), zone)

    def wait(self, days: int) -> date:
        """Move the clock by a number of days, which may be negative. Return the new day."""
        self.day += timedelta(days=days)
        return self.day


def moved(patch: pytest.MonkeyPatch, to: Clock | None = None) -> Clock:
    """Make the commands in this process use a clock, and return it."""
    made = to or Clock()
    patch.setattr(clock, "datetime", made)
    return made
