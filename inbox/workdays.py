"""French working days: Monday to Friday without public holidays and the days that an office adds."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import islice

import holidays

_DAY = timedelta(days=1)
_SATURDAY = 5
# Filled year by year as it is asked.
_PUBLIC = holidays.country_holidays("FR")


class Calendar:
    """Working days in metropolitan France; ``added`` are days on which this office does not work either."""

    def __init__(self, added: Collection[date] = ()) -> None:
        self._off = frozenset(added)

    def works(self, day: date) -> bool:
        """Tell whether the office works on that day."""
        return day.weekday() < _SATURDAY and day not in _PUBLIC and day not in self._off

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
