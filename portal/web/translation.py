"""The words of the pages in each language, from the public catalogues beside the templates."""

from dataclasses import dataclass
from functools import cache

from babel.support import NullTranslations

from templates import catalogues
from templates.catalogues import Domain

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
