"""The working days of a law: all days except its weekends and public holidays."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import islice

import holidays

from templates.law import rules

_DAY = timedelta(days=1)


class LegalCalendar:
    """The working days of a law. An office's own days off do not change these working days."""

    def __init__(self, law: rules.Calendar) -> None:
        self._law = law

    def works(self, day: date) -> bool:
        """Return whether people work on that day."""
        return day.weekday() not in self._law.weekend and not _is_public(self._law.country, day)

    def after(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``; ``count`` is at least 1."""
        return next(islice(self._following(day), count - 1, None))

    def _following(self, day: date) -> Iterator[date]:
        while True:
            day += _DAY
            if self.works(day):
                yield day


@lru_cache(maxsize=10_000)  # The library takes fifty times as long, and deadlines ask for the same days.
def _is_public(country: str, day: date) -> bool:
    return day in _public(country)


@cache
def _public(country: str) -> holidays.HolidayBase:
    """Return the public holidays of a country. The library adds each year when it is first looked up."""
    return holidays.country_holidays(country)
