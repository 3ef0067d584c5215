"""Catalogues of translations: one for what everybody may read, one for officers; English is the source.

The English catalogue holds only what is said otherwise than it stands in the source. Nothing is compiled
beforehand: a catalogue is the file that translators edit.
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

# Every text that ships is written in these; others are translated from the second.
LANGUAGES = ("fr", "en")


class Domain(StrEnum):
    """For whom a catalogue is."""

    PUBLIC = "public"
    OFFICERS = "officers"


def languages(domain: Domain) -> tuple[str, ...]:
    """Return LANGUAGES, then every other language that has a catalogue."""
    found = {path.parts[-3] for path in TRANSLATIONS.glob(f"*/LC_MESSAGES/{domain}.po")}
    return (*LANGUAGES, *sorted(found - {*LANGUAGES}))


def path(domain: Domain, language: str) -> Path:
    """Return where a catalogue stands, if there is one."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"


def name(language: str) -> str:
    """Return what a language calls itself, as “Français”."""
    called = Locale.parse(language).get_display_name() or language
    return called[:1].upper() + called[1:]


def text(translations: NullTranslations, english: str) -> str:
    """Return the translation of a text, none for an empty one: that is where a catalogue has its header."""
    return translations.gettext(english) if english else ""


@cache
def load(domain: Domain, language: str) -> NullTranslations:
    """Return the translations into a language; a text without one, or without a catalogue, stays as it is."""
    try:
        with path(domain, language).open("rb") as file:
            messages = read_po(file, locale=language)
    except FileNotFoundError:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled, domain)
