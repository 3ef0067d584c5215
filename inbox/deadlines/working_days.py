"""Working days: all but the weekends and public holidays of the law, and the office's own days off."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import islice

import holidays

from templates.law import rules

_DAY = timedelta(days=1)


class Calendar:
    """Working days by the ``law``; ``added`` are days on which this office does not work either."""

    def __init__(self, law: rules.Calendar, added: Collection[date] = ()) -> None:
        self._law = law
        self._public = _public(law.holidays)
        self._off = frozenset(added)

    @property
    def legal(self) -> "Calendar":
        """The working days of the law alone: no office can move what is due by them."""
        return Calendar(self._law)

    @property
    def added(self) -> list[date]:
        """The days that the office adds, in their order."""
        return sorted(self._off)

    def works(self, day: date) -> bool:
        """Tell whether the office works on that day."""
        is_weekend = day.weekday() in self._law.weekend
        return not is_weekend and day not in self._public and day not in self._off

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
def _public(country: str) -> holidays.HolidayBase:
    """Return the public holidays of a country, filled year by year as they are asked for."""
    return holidays.country_holidays(country)
