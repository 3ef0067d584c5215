"""The words of the public pages in French and English, from the catalogues beside the templates."""

from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po

_CATALOGUES = Path(__file__).parent.parent.parent / "templates" / "translations"
LANGUAGES = ("fr", "en")
_DAY = "EEEE d MMMM y"


def text(language: str, english: str) -> str:
    """Return a text of the pages by the English that stands in their templates."""
    return _texts(language).get(english) or english


def day(language: str, value: date) -> str:
    """Return a day as the pages write it: “mercredi 25 novembre 2026”."""
    written = format_date(value, _DAY, locale=language)
    return written.replace(" 1 ", " 1er ") if language == "fr" else written


@cache
def _texts(language: str) -> dict[str, str]:
    with (_CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, locale=language) if each.id}
