"""The words of the desk in its two languages, from the catalogues beside the templates."""

from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
LANGUAGES = {"fr": "Français", "en": "English"}
_DAY = "d MMM y"


@cache
def texts(language: str) -> dict[str, str]:
    """Return the texts of a language by the English that stands in the templates."""
    file = TEMPLATES / "translations" / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        return {str(each.id): str(each.string) for each in read_po(opened, locale=language) if each.id}


def day(language: str, value: str | date) -> str:
    """Return a day as people write it, as “25 nov. 2026”."""
    known = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(known, _DAY, locale=language)
