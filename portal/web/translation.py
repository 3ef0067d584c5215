"""The words of the pages in each language, from the public catalogues beside the templates."""

import re
from dataclasses import dataclass
from functools import cache

from babel.support import NullTranslations

from templates import catalogues
from templates.catalogues import Domain

# A space here may not become the end of a line.
_UNBROKEN = {"fr": re.compile(r"(?<=«) | (?=[;:?!»])")}
# A language is offered once it has a catalogue.
LANGUAGES = catalogues.languages(Domain.PUBLIC)


@dataclass(frozen=True, slots=True)
class Translation:
    """One catalogue, from the English that stands in the templates."""

    language: str
    catalogue: NullTranslations

    @property
    def name(self) -> str:
        """What the language calls itself, as “Français”."""
        return catalogues.name(self.language)

    def gettext(self, english: str) -> str:
        """Return the text in this language, or in English where there is none."""
        return catalogues.text(self.catalogue, english)


@cache
def load(language: str) -> Translation:
    """Return the catalogue of a language."""
    return Translation(language, catalogues.load(Domain.PUBLIC, language))


def spaced(language: str, text: str) -> str:
    """Return a text with the spaces unbroken that the typography of its language keeps together."""
    unbroken = _UNBROKEN.get(language)
    return unbroken.sub("\N{NO-BREAK SPACE}", text) if unbroken else text
