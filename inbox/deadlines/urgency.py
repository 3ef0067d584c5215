"""How far away a deadline is, in words and as a sort key, for the command line and the desk."""

from datetime import date

from dateutil.relativedelta import relativedelta

from inbox.language.messages import Sentence, sentence

# From this many years on, a deadline is given in years instead of days.
_YEARS = 2


def said(day: date, today: date) -> Sentence:
    """Return how far away the day of an unmet deadline is, in words."""
    left = (day - today).days
    if left < 0:
        return _overdue(-left)
    match left:
        case 0:
            return sentence("today")
        case 1:
            return sentence("tomorrow")
        case _:
            return _far(day, today)


def _overdue(days: int) -> Sentence:
    return sentence("overdue by 1 day") if days == 1 else sentence("overdue by {days} days", days=days)


def _far(day: date, today: date) -> Sentence:
    years = relativedelta(day, today).years
    if years < _YEARS:
        return sentence("in {days} days", days=(day - today).days)
    if day == today + relativedelta(years=years):
        return sentence("in {years} years", years=years)
    return sentence("in more than {years} years", years=years)


def place(day: date, *, waits: bool) -> tuple[bool, date]:
    """Return a sort key for deadlines: waiting deadlines come first, then the others, each group by day."""
    return not waits, day
