"""Durations as people write them. Durations are in days, because no hours are stored."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, Self

from dateutil.relativedelta import relativedelta


class Unit(StrEnum):
    """The unit of a span."""

    DAYS = "day"
    WORKING_DAYS = "working day"
    MONTHS = "month"
    YEARS = "year"


SAME_DAY = "same day"
_DAYS = {Unit.DAYS: 1, Unit.WORKING_DAYS: 1.4, Unit.MONTHS: 30.4, Unit.YEARS: 365}
# The count is at most 999, so that no span that starts today can end after the year 9999.
_FORM = re.compile(
    rf"{SAME_DAY}|(?P<count>[1-9][0-9]{{0,2}}) (?P<unit>{'|'.join(Unit)})(?P<many>s?)", re.ASCII
)


class WorkingDays(Protocol):
    """A calendar that knows on which days people work."""

    def after(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``; ``count`` is at least 1."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """A number of units. 0 days means the same day."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, written: str) -> Self:
        """Return the span written as “7 days”, “1 working day”, “3 months”, “2 years” or “same day”.

        Raises ValueError for any other text.
        """
        found = _FORM.fullmatch(written)
        if found is None:
            raise ValueError(f"this is not a span: {written!r}")
        if found["count"] is None:
            return cls(0, Unit.DAYS)
        if ((count := int(found["count"])) > 1) != bool(found["many"]):
            raise ValueError(f"this is not a span: {written!r}")
        return cls(count, Unit(found["unit"]))

    @property
    def roughly(self) -> float:
        """The approximate number of days, to compare spans in different units."""
        return self.count * _DAYS[self.unit]

    def after(self, day: date, calendar: WorkingDays) -> date:
        """Return the last day of this span, which begins with the day after ``day``.

        If the last month does not have that day, the span ends on the last day of that month. Raises
        OverflowError beyond the year 9999.
        """
        match self.unit:
            case Unit.DAYS:
                return day + timedelta(days=self.count)
            case Unit.WORKING_DAYS:
                return calendar.after(day, self.count)
            case Unit.MONTHS:
                return _later(day, relativedelta(months=self.count))
            case Unit.YEARS:
                return _later(day, relativedelta(years=self.count))

    def __str__(self) -> str:
        if not self.count:
            return SAME_DAY
        return f"{self.count} {self.unit}{'s' * (self.count > 1)}"


def _later(day: date, by: relativedelta) -> date:
    try:
        return day + by
    except ValueError as error:
        raise OverflowError("the last day would be after the year 9999") from error


def is_span(written: str) -> bool:
    """Return whether a text is a span."""
    try:
        Span.parse(written)
    except ValueError:
        return False
    return True
