"""Format dates in French and English: short for tables, long for prose, full with the weekday.

Parse the dates that officers type: day first, as in France, or ISO 8601. The month never comes first.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from babel.dates import format_date, get_month_names

# A date as officers type it: 25/11/2026, or with dots or hyphens. The year has four digits.
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(given: str) -> date:
    """Return the date that an officer typed as 25/11/2026 or 2026-11-25.

    Raises ValueError for an invalid date or a date in another form.
    """
    text = given.strip()
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    if not _ISO.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def typed(value: date) -> str:
    """Return a date as officers type it, which ``read`` accepts: 25/11/2026."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def short(language: str, value: date) -> str:
    """Return a date as “25 nov. 2026”."""
    return _written(language, value, "d MMM y")


def long(language: str, value: date) -> str:
    """Return a date as “25 novembre 2026”."""
    return _written(language, value, "d MMMM y")


def full(language: str, value: date) -> str:
    """Return a date as “mercredi 25 novembre 2026”, the form of the public pages."""
    return _written(language, value, "EEEE d MMMM y")


def _written(language: str, value: date, pattern: str) -> str:
    """Format a date with a CLDR pattern. In French, the first of a month is an ordinal number."""
    ordinal = language == "fr" and value.day == 1
    return format_date(value, pattern.replace("d ", "d'er' ") if ordinal else pattern, locale=language)


def months(languages: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the full and the short name of each month in these languages, with its number from 1 to 12."""
    for language in languages:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                yield name, number
