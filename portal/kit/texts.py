"""The texts of the kit, in one TOML file with both languages, which the inspectorate edits."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crypto import unseen
from crypto.toml_schema import BadDocument, Document, Node, Schema, list_of, number, table, texts
from portal.config import Settings
from portal.errors import BadConfiguration, why
from templates import typography
from templates.catalogues import LANGUAGES

FILE = "kit.toml"
SHIPPED = Settings().guide_folder / FILE
_LONGEST_LINE, _LONGEST = 120, 400
# HTML, Markdown and entities would be printed as they are.
_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|\*\*|__|`|\]\(|&#?\w+;")
_TO_FILL_IN = re.compile(r"\[[^\]]*\]")
_HINT = "correct the file; the shipped one shows the format"
_LINE, _TEXT = texts(_LONGEST_LINE), texts(_LONGEST)
_PART = table({"minutes": number(1, 240), "heading": _LINE, "items": list_of(_TEXT)})
_FILE = Schema(
    "kit",
    table(
        {
            "where": table(dict.fromkeys(("address", "onion", "fingerprint", "device"), _LINE)),
            "poster": table({"headline": _LINE, "lead": _LINE, "points": list_of(_LINE), "report": _LINE}),
            "card": table({"title": _LINE, "steps": list_of(_LINE), "always": _LINE, "making": _TEXT}),
            "slide": table(dict.fromkeys(("headline", "lead", "report"), _LINE)),
            "notes": table(
                {"title": _LINE, "rules": _LINE, "before": list_of(_TEXT), "part": list_of(_PART)}
            ),
            "intranet": table({"title": _LINE, "paragraphs": list_of(_TEXT)}),
        }
    ),
)


def file_of(settings: Settings) -> Path:
    """Return the inspectorate's file in the folder ``guide``, or else the shipped file."""
    own = settings.guide_folder / FILE
    return own if own.exists() else SHIPPED


def load(path: Path) -> dict[str, Node]:
    """Return the texts of a file by language; each table of the file then has texts instead of pairs.

    Raises BadConfiguration for the first mistake, such as a missing translation or markup.
    """
    try:
        document = _FILE.read(path.read_bytes())
        for place, text in _texts((), document.value):
            _check(document, place, text)
    except OSError as error:
        raise BadConfiguration(f"{path} was not read: {why(error)}", _HINT) from error
    except BadDocument as error:
        raise BadConfiguration(f"{path}: {error}", _HINT) from error
    return {each: _in(each, document.value) for each in LANGUAGES}


def to_fill_in(text: str) -> str:
    """Return the first passage in square brackets, which the inspectorate must still replace, or ""."""
    found = _TO_FILL_IN.search(text)
    return found[0] if found else ""


def first_unseen(text: str) -> str:
    """Return the first character that is invisible or breaks the line, spelled out, or ""."""
    return next((unseen.spelled(each) for each in text if not unseen.is_plain(each)), "")


def _check(document: Document, place: tuple[str | int, ...], text: str) -> None:
    where = f"{document.kind}, {'.'.join(str(each) for each in place)}"
    if markup := _MARKUP.search(text):
        raise document.refused(place, f"{where}: “{markup[0]}” is markup, but the texts are plain")
    if left := to_fill_in(text):
        raise document.refused(place, f"{where}: “{left}” is still to be filled in")
    if char := first_unseen(text):
        raise document.refused(place, f"{where}: the character {char} is invisible or breaks the line")


def _texts(place: tuple[str | int, ...], value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield each text with its place in the file."""
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
            pass  # the minutes of a part


def _in(language: str, value: Any) -> Any:
    match value:
        case {"fr": str(), "en": str()}:
            return typography.spaced(language, value[language])
        case dict():
            return {key: _in(language, each) for key, each in value.items()}
        case list():
            return [_in(language, each) for each in value]
        case _:
            return value
