"""The words of the pages in each language, from the catalogues beside the templates."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
_CATALOGUES = Path(__file__).parent.parent / "templates" / "translations"


@dataclass(frozen=True, slots=True)
class Translation:
    """One catalogue, from the English that stands in the templates."""

    language: str
    texts: dict[str, str]

    def gettext(self, english: str) -> str:
        """Return the text in this language, or in English where there is none."""
        return self.texts.get(english) or english

    def ngettext(self, one: str, several: str, count: int) -> str:
        """Return the text for ``count`` things; pages name no numbers before they are rendered."""
        return self.gettext(one if count == 1 else several)


@cache
def load(language: str) -> Translation:
    """Return the catalogue of ``fr`` or ``en``; nothing compiled is needed."""
    with (_CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    return Translation(language, {str(message.id): str(message.string) for message in messages})
