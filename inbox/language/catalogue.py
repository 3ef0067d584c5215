"""The words of the inbox and of the public pages in French and English, each by its English source."""

from datetime import date

from babel.dates import format_date

from templates import catalogues
from templates.catalogues import Domain

_DAY = "EEEE d MMMM y"


def text(language: str, english: str) -> str:
    """Return what officers read: a text of the desk's templates, or a sentence of the inbox."""
    return catalogues.text(catalogues.load(Domain.OFFICERS, language), english)


def public(language: str, english: str) -> str:
    """Return what reporters read: a text of the public pages."""
    return catalogues.text(catalogues.load(Domain.PUBLIC, language), english)


def day(language: str, value: date) -> str:
    """Return a day as the pages write it: “mercredi 25 novembre 2026”."""
    written = format_date(value, _DAY, locale=language)
    return written.replace(" 1 ", " 1er ") if language == "fr" else written
