"""The times promised to reporters, in words for pages and in codes for their scripts.

Pages have the same bytes for everybody. Pages promise only what is true under every regime. Therefore an
office can change its regime without breaking a promise to a reporter.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from templates.law import rules
from templates.law.rules import Clock, Event, Law
from templates.law.spans import Span, Unit
from templates.law.working_days import LegalCalendar

# Pages contain the public holidays of these years, so that a page does not change from year to year.
_FIRST, _LAST = date(2020, 1, 1), date(2060, 12, 31)

# Spans that follow one another, starting on the day of the report.
_Steps = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of how soon the reporter can read something.

    Pages show ``span`` in words. ``span`` starts at the acknowledgement if ``then`` is true, otherwise at the
    report. ``counted`` is for scripts (portal/scripts/days.js). Regimes are separated by “;”, and the regime
    with the latest deadline counts. Within a regime, deadlines are separated by “,”, and the earliest
    deadline counts. A deadline is a sequence of days (“7d”), working days (“7w”) and months (“3m”).
    """

    span: Span
    then: bool
    counted: str


def of(law: Law, event: Event) -> Promise:
    """Return the promised time for an event that reporters learn about."""
    regimes = list(dict.fromkeys(_regime(law, event, each) for each in law.regimes))
    said = max((min(each, key=_roughly) for each in regimes), key=_roughly)
    counted = ";".join(",".join("".join(map(_counted, steps)) for steps in each) for each in regimes)
    return Promise(said[-1], len(said) > 1, counted)


def days_off(law: Law, promised: Iterable[Promise]) -> str:
    """Return the days off for scripts, or an empty text if no promise counts working days.

    The days of the weekend precede “:” (Monday is 0). The public holidays follow “:”. The first holiday is a
    number of days since 1 January 1970, and each later holiday is a number of days since the previous
    holiday.
    """
    if not any("w" in each.counted for each in promised):
        return ""
    counts = [(day - date(1970, 1, 1)).days for day in _public_holidays(law.calendar)]
    steps = [after - before for before, after in pairwise([0, *counts])]
    return "".join(map(str, sorted(law.calendar.weekend))) + ":" + " ".join(map(str, steps))


def _regime(law: Law, event: Event, regime: str) -> Sequence[_Steps]:
    """Return the deadlines of a regime that end with an event; omit deadlines that are never the earliest."""
    clocks = [each for each in law.clocks.values() if each.ends is event and regime in each.regimes]
    found = [tuple(_steps(law, each)) for each in clocks]
    return tuple(each for each in found if not any(_is_never_later(other, each) for other in found))


def _steps(law: Law, clock: Clock) -> Iterator[Span]:
    if clock.or_after:
        yield from _steps(law, law.clocks[clock.or_after])
    yield clock.of(1)


def _is_never_later(one: _Steps, other: _Steps) -> bool:
    """Return whether ``one`` is a number of days, and ``other`` is at least as many working days.

    In that case, ``one`` never ends later than ``other``. Other pairs of deadlines are not compared.
    """
    if len(one) > 1 or len(other) > 1:
        return False
    units = (one[0].unit, other[0].unit)
    return units == (Unit.DAYS, Unit.WORKING_DAYS) and one[0].count <= other[0].count


def _roughly(steps: _Steps) -> float:
    return sum(each.roughly for each in steps)


def _counted(span: Span) -> str:
    match span.unit:
        case Unit.DAYS:
            return f"{span.count}d"
        case Unit.WORKING_DAYS:
            return f"{span.count}w"
        case Unit.MONTHS:
            return f"{span.count}m"
        case Unit.YEARS:
            return f"{span.count * 12}m"


def _public_holidays(law: rules.Calendar) -> Iterator[date]:
    """Yield the public holidays that do not fall on a weekend."""
    calendar = LegalCalendar(law)
    for n in range((_LAST - _FIRST).days):
        day = _FIRST + timedelta(n)
        if day.weekday() not in law.weekend and not calendar.works(day):
            yield day
