"""How people write days, in French and in English: short in tables, long in prose, full with the weekday.

And how they give one: as in France, day first, or as ISO 8601 writes it. Never month first.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from babel.dates import format_date, get_month_names

# As an officer types a day: 25/11/2026, with a point or a hyphen too; no year of two digits.
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(given: str) -> date:
    """Return the day that an officer gave, as 25/11/2026 or 2026-11-25.

    Raises ValueError for what is no day, or written otherwise.
    """
    text = given.strip()
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    if not _ISO.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def typed(value: date) -> str:
    """Return a day as officers type it, and as ``read`` takes it: 25/11/2026."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def short(language: str, value: date) -> str:
    """Return a day as “25 nov. 2026”."""
    return _written(language, value, "d MMM y")


def long(language: str, value: date) -> str:
    """Return a day as “25 novembre 2026”."""
    return _written(language, value, "d MMMM y")


def full(language: str, value: date) -> str:
    """Return a day as “mercredi 25 novembre 2026”, as the public pages write it."""
    return _written(language, value, "EEEE d MMMM y")


def _written(language: str, value: date, pattern: str) -> str:
    """Return a day by a pattern of CLDR, the first of a month in French as an ordinal number."""
    ordinal = language == "fr" and value.day == 1
    return format_date(value, pattern.replace("d ", "d'er' ") if ordinal else pattern, locale=language)


def months(languages: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield what each month is called in these languages, whole and short, with its number from 1 on."""
    for language in languages:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                yield name, number
