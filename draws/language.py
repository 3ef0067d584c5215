"""Sentences of this program in French or English. Draws have a catalogue of their own."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar

from draws import headings
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
    return in_language(CHOSEN.get(), text)


def in_language(language: str, text: str) -> str:
    """Return a sentence in a language; other text stays as it is."""
    if not isinstance(text, Sentence):
        return text
    values = {name: _value(language, name, each) for name, each in text.values.items()}
    return _template(language, text.template).format_map(values)


def headings_of(columns: Iterable[str]) -> list[str]:
    """Return the headings of columns in the chosen language, for a file."""
    return [said(headings.COLUMNS[each]) for each in columns]


def understood(column: str) -> list[str]:
    """Return the headings of a column in all languages, in lower case."""
    return [in_language(each, headings.COLUMNS[column]).lower() for each in LANGUAGES]


def all_said(values: Mapping[str, object]) -> dict[str, object]:
    """Return a view with every sentence in the chosen language."""
    return {name: said(each) if isinstance(each, str) else each for name, each in values.items()}


def _value(language: str, name: str, value: object) -> object:
    """Return a value of a sentence in a language. A value called ``column`` is the name of a column."""
    if not isinstance(value, str):
        return value
    return in_language(language, headings.COLUMNS.get(value, value) if name == "column" else value)


def _template(language: str, english: str) -> str:
    for domain in (Domain.DRAWS, Domain.OFFICERS):
        if (found := catalogues.text(catalogues.load(domain, language), english)) != english:
            return found
    return english
