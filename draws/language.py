"""Sentences of this program in French or English. Draws have a catalogue of their own."""

from collections.abc import Mapping
from contextvars import ContextVar

from inbox.language.messages import Sentence
from templates import catalogues
from templates.catalogues import Domain

LANGUAGES = catalogues.LANGUAGES
# The language of everything that this process says. Parties and witnesses of a draw read French.
CHOSEN: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def said(text: str) -> str:
    """Return a sentence in the chosen language; other text stays as it is.

    Sentences of the shared rooms are in the catalogue of the officers.
    """
    if not isinstance(text, Sentence):
        return text
    values = {name: said(each) if isinstance(each, str) else each for name, each in text.values.items()}
    return _template(CHOSEN.get(), text.template).format_map(values)


def all_said(values: Mapping[str, object]) -> dict[str, object]:
    """Return a view with every sentence in the chosen language."""
    return {name: said(each) if isinstance(each, str) else each for name, each in values.items()}


def _template(language: str, english: str) -> str:
    for domain in (Domain.DRAWS, Domain.OFFICERS):
        if (found := catalogues.text(catalogues.load(domain, language), english)) != english:
            return found
    return english
