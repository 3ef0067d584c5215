"""The texts of the pages in each language, from the public catalogues next to the templates."""

from dataclasses import dataclass
from functools import cache

from babel.support import NullTranslations

from templates import catalogues
from templates.catalogues import Domain

# Pages exist in every language that has a catalogue.
LANGUAGES = catalogues.languages(Domain.PUBLIC)


@dataclass(frozen=True, slots=True)
class Translation:
    """The catalogue of one language, which translates the English texts of the templates."""

    language: str
    catalogue: NullTranslations

    @property
    def name(self) -> str:
        """The language's own name, such as “Français”."""
        return catalogues.name(self.language)

    def gettext(self, english: str) -> str:
        """Return the text in this language, or in English if there is no translation."""
        return catalogues.text(self.catalogue, english)


@cache
def load(language: str) -> Translation:
    """Return the catalogue of a language."""
    return Translation(language, catalogues.load(Domain.PUBLIC, language))
