"""The words of the pages in each language, from the catalogues beside the templates."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

_CATALOGUES = Path(__file__).parent.parent.parent / "templates" / "translations"
_FIRST = ("fr", "en")
# A space here may not become the end of a line.
_UNBROKEN = {"fr": re.compile(r"(?<=«) | (?=[;:?!»])")}
# A language is there once it has a catalogue.
LANGUAGES = (
    *_FIRST,
    *sorted({path.parts[-3] for path in _CATALOGUES.glob("*/LC_MESSAGES/messages.po")} - {*_FIRST}),
)


@dataclass(frozen=True, slots=True)
class Translation:
    """One catalogue, from the English that stands in the templates."""

    language: str
    texts: dict[str, str]

    @property
    def name(self) -> str:
        """What the language calls itself, as “Français”."""
        name = Locale.parse(self.language).get_display_name() or self.language
        return name[:1].upper() + name[1:]

    def gettext(self, english: str) -> str:
        """Return the text in this language, or in English where there is none."""
        return self.texts.get(english) or english

    def ngettext(self, one: str, several: str, count: int) -> str:
        """Return the text for ``count`` things; pages name no numbers before they are rendered."""
        return self.gettext(one if count == 1 else several)


@cache
def load(language: str) -> Translation:
    """Return the catalogue of a language; nothing compiled is needed."""
    with (_CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    return Translation(
        language, {str(message.id): spaced(language, str(message.string)) for message in messages}
    )


def spaced(language: str, text: str) -> str:
    """Return a text with the spaces unbroken that the typography of its language keeps together."""
    unbroken = _UNBROKEN.get(language)
    return unbroken.sub("\N{NO-BREAK SPACE}", text) if unbroken else text
