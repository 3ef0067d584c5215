"""What the inbox tells officers, said in the language of a page."""

from datetime import date

from inbox.language import catalogue, days
from inbox.language.labels import Labelled
from inbox.language.messages import Sentence
from inbox.text.printable import visible


def told(language: str, text: str) -> str:
    """Return what the inbox tells in a language, with nothing in it that is not seen; other text as it is."""
    said = _said(language, text)
    # As a page begins its sentences; a value that stands first, as the name of a file, stays as it is.
    begins = isinstance(text, Sentence) and not catalogue.text(language, text.template).startswith("{")
    return visible(said[:1].upper() + said[1:] if begins else said)


def _said(language: str, value: object) -> str:
    match value:
        case Sentence():
            values = {name: _said(language, each) for name, each in value.values.items()}
            return _template(language, value).format(**values)
        case date():
            return days.short(language, value)
        case _:
            return str(value)


def _template(language: str, text: Sentence) -> str:
    if isinstance(text, Labelled):
        return text.texts.in_(language)
    return catalogue.text(language, text.template)
