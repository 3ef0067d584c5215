"""The two languages of the desk, and how it writes a day."""

from datetime import date

from babel.dates import format_date

from templates import catalogues

LANGUAGES = {language: catalogues.name(language) for language in catalogues.LANGUAGES}
_DAY = "d MMM y"


def day(language: str, value: str | date) -> str:
    """Return a day as people write it, as “25 nov. 2026”."""
    known = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(known, _DAY, locale=language)
