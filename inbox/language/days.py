"""How people write days, in French and in English: short in tables, long in prose, full with the weekday."""

from datetime import date

from babel.dates import format_date


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
