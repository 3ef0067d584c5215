"""TOML files that the inspectorate edits: their texts are plain, and are shown as they are."""

import re
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any, TypeAlias

from crypto import unseen
from crypto.toml_schema import BadDocument, Document, Schema
from portal.errors import BadConfiguration, why
from templates import languages

Place: TypeAlias = tuple[str | int, ...]

# HTML, Markdown and entities would be shown as they are. A tag need not be closed, and an asterisk
# need not be paired. In Markdown, a text that begins with “# ” is a heading, and with “- ” a list.
_MARKUP = re.compile(
    r"<[A-Za-z/!?][^>]*>?|\*+(?=\S)|(?<=\S)\*+|__|~~|\b_\w[^_]*_\b|`|!\[|\][(\[:]|&#?\w+;|^\s*(?:#{1,6}|[-*+>])\s"
)
# Equal texts of more words are no name that both languages share.
_MOST_EQUAL = 3
_LANGUAGES = {"fr": "French", "en": "English"}
_HINT = "correct the file; the shipped one shows the format"
_TO_FILL_IN = re.compile(r"\[[^\]]*\]")


def read(schema: Schema, path: Path, check: Callable[[Document], None]) -> Document:
    """Return a file that has no mistake.

    ``check`` raises BadDocument for mistakes that only this file can have. Raises BadConfiguration for the
    first mistake, such as markup, a character that is not visible, or a text in the wrong language.
    """
    try:
        document = schema.read(path.read_bytes())
        _check_plain(document)
        _check_languages(document)
        check(document)
    except OSError as error:
        raise BadConfiguration(f"{path} was not read: {why(error)}", _HINT) from error
    except BadDocument as error:
        raise BadConfiguration(f"{path}: {error}", _HINT) from error
    return document


def texts(document: Document) -> Iterator[tuple[Place, str]]:
    """Yield each text of a file with its place."""
    yield from _texts((), document.value)


def untranslated(document: Document) -> list[str]:
    """Return the short texts that are equal in both languages, because they are names or not translated."""
    return [text["fr"] for _, text in _pairs((), document.value) if _bare(text["fr"]) == _bare(text["en"])]


def named(document: Document, place: Place) -> str:
    """Return how a message names a place; the entries of a list are counted from 1."""
    keys = (str(each + 1) if isinstance(each, int) else each for each in place)
    return f"{document.kind}, {'.'.join(keys)}"


def to_fill_in(text: str) -> list[str]:
    """Return the passages in square brackets, which the inspectorate must still replace."""
    return _TO_FILL_IN.findall(text)


def first_unseen(text: str) -> str:
    """Return the first character that is invisible or breaks the line, spelled out, or ""."""
    return next((unseen.spelled(each) for each in text if not unseen.is_plain(each)), "")


def _check_plain(document: Document) -> None:
    for place, text in texts(document):
        where = named(document, place)
        if markup := _MARKUP.search(text):
            raise document.refused(place, f"{where}: “{markup[0]}” is markup, but the texts are plain")
        if char := first_unseen(text):
            raise document.refused(place, f"{where}: the character {char} is invisible or breaks the line")


def _check_languages(document: Document) -> None:
    for place, text in _pairs((), document.value):
        where = named(document, place)
        if _bare(text["fr"]) == _bare(text["en"]) and len(text["fr"].split()) > _MOST_EQUAL:
            raise document.refused(place, f"{where}: the French and the English text are equal")
        for language, other in permutations(_LANGUAGES):
            if languages.surely(text[language]) == other:
                said = f"{where}.{language}: this text is {_LANGUAGES[other]}, not {_LANGUAGES[language]}"
                raise document.refused((*place, language), said)


def _bare(text: str) -> str:
    """Return a text without the differences that typography makes, such as no-break spaces."""
    return " ".join(text.split()).casefold()


def _pairs(place: Place, value: Any) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield each text in both languages with its place."""
    match value:
        case {"fr": str(), "en": str()}:
            yield place, value
        case dict():
            for key, each in value.items():
                yield from _pairs((*place, key), each)
        case list():
            for n, each in enumerate(value):
                yield from _pairs((*place, n), each)
        case _:
            pass


def _texts(place: Place, value: Any) -> Iterator[tuple[Place, str]]:
    match value:
        case str():
            yield place, value
        case dict():
            for key, each in value.items():
                yield from _texts((*place, key), each)
        case list():
            for n, each in enumerate(value):
                yield from _texts((*place, n), each)
        case _:
            pass  # a number, or true or false
