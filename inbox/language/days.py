"""How people write days, in French and in English: short in tables, long in prose, full with the weekday."""

from collections.abc import Iterable, Iterator
from datetime import date

from babel.dates import format_date, get_month_names


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
