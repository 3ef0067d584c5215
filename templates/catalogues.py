"""Catalogues of translations from English: for public texts, for officers, and for draws.

The English catalogue contains only the texts that differ from the source. Catalogues are not compiled in
advance, because the program reads the files that translators edit.
"""

from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from templates.shipped import TRANSLATIONS

# Every shipped text is in both languages. Other languages are translated from English.
LANGUAGES = ("fr", "en")


class Domain(StrEnum):
    """The people for whom a catalogue translates texts."""

    PUBLIC = "public"
    OFFICERS = "officers"
    DRAWS = "draws"


def languages(domain: Domain) -> tuple[str, ...]:
    """Return LANGUAGES, then every other language that has a catalogue."""
    found = {path.parts[-3] for path in TRANSLATIONS.glob(f"*/LC_MESSAGES/{domain}.po")}
    return (*LANGUAGES, *sorted(found - {*LANGUAGES}))


def path(domain: Domain, language: str) -> Path:
    """Return the path of a catalogue, whether it exists or not."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"


def name(language: str) -> str:
    """Return the name of a language in that language, such as “Français”."""
    called = Locale.parse(language).get_display_name() or language
    return called[:1].upper() + called[1:]


def text(translations: NullTranslations, english: str) -> str:
    """Return the translation of a text; the translation of an empty text is empty.

    Catalogues store their header as the translation of the empty text.
    """
    return translations.gettext(english) if english else ""


@cache
def load(domain: Domain, language: str) -> NullTranslations:
    """Return the translations into a language. Texts without a translation stay in English."""
    try:
        with path(domain, language).open("rb") as file:
            messages = read_po(file, locale=language)
    except FileNotFoundError:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled, domain)
