"""French working days: Monday to Friday without public holidays and the days that an office adds."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import islice

import holidays

_DAY = timedelta(days=1)
_SATURDAY = 5


class Calendar:
    """Working days in metropolitan France; ``added`` are days on which this office does not work either."""

    def __init__(self, added: Collection[date] = ()) -> None:
        self._off = frozenset(added)

    @property
    def legal(self) -> "Calendar":
        """The working days of the law alone: no office moves what is due by it."""
        return Calendar()

    @property
    def added(self) -> list[date]:
        """The days that the office adds, in their order."""
        return sorted(self._off)

    def works(self, day: date) -> bool:
        """Tell whether the office works on that day."""
        return day.weekday() < _SATURDAY and day not in _public() and day not in self._off

    def after(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``, which itself never counts (0: see ``at``)."""
        return next(islice(self._following(day), count - 1, None)) if count else self.at(day)

    def at(self, day: date) -> date:
        """Return ``day`` if the office works then, else the next day on which it does."""
        return day if self.works(day) else self.after(day, 1)

    def _following(self, day: date) -> Iterator[date]:
        while True:
            day += _DAY
            if self.works(day):
                yield day


@cache
def _public() -> holidays.HolidayBase:
    """Return the public holidays, filled year by year as they are asked for."""
    return holidays.country_holidays("FR")
