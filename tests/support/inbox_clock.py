"""A clock that tests move, as the commands of the inbox read it."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

import pytest

from inbox.system import clock
from tests.support.inbox_builders import today


class Clock:
    """What the inbox takes for now."""

    def __init__(self, day: date | None = None) -> None:
        self.day = day or today()

    def now(self, zone: tzinfo = UTC) -> datetime:
        """Return noon."""
        return datetime.combine(self.day, time(12), zone)

    def wait(self, days: int) -> date:
        """Let days pass, or come back, and return the new day."""
        self.day += timedelta(days=days)
        return self.day


def moved(patch: pytest.MonkeyPatch, to: Clock | None = None) -> Clock:
    """Put a clock into this process's commands and return it."""
    made = to or Clock()
    patch.setattr(clock, "datetime", made)
    return made
