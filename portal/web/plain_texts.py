"""TOML files that the inspectorate edits: their texts are plain, and are shown as they are."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from crypto import unseen
from crypto.toml_schema import BadDocument, Document, Schema
from portal.errors import BadConfiguration, why

Place: TypeAlias = tuple[str | int, ...]

# HTML, Markdown and entities would be shown as they are.
_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|\*\*|__|`|\]\(|&#?\w+;")
_HINT = "correct the file; the shipped one shows the format"
_TO_FILL_IN = re.compile(r"\[[^\]]*\]")


def read(schema: Schema, path: Path, check: Callable[[Document], None]) -> Document:
    """Return a file that has no mistake.

    ``check`` raises BadDocument for mistakes that only this file can have. Raises BadConfiguration for the
    first mistake, such as markup or a character that is not visible.
    """
    try:
        document = schema.read(path.read_bytes())
        _check_plain(document)
        check(document)
    except OSError as error:
        raise BadConfiguration(f"{path} was not read: {why(error)}", _HINT) from error
    except BadDocument as error:
        raise BadConfiguration(f"{path}: {error}", _HINT) from error
    return document


def texts(document: Document) -> Iterator[tuple[Place, str]]:
    """Yield each text of a file with its place."""
    yield from _texts((), document.value)


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
