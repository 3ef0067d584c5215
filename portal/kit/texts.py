"""The texts of the kit, in one TOML file with both languages, which the inspectorate edits."""

import re
from pathlib import Path
from typing import Any

from crypto.toml_schema import Document, Node, Schema, list_of, number, table, texts
from portal.config import Settings
from portal.web import plain_texts
from templates import typography
from templates.catalogues import LANGUAGES

FILE = "kit.toml"
SHIPPED = Settings().guide_folder / FILE
_LONGEST_LINE, _LONGEST = 120, 400
# The length of the session in minutes, which the trainer's notes must not exceed.
SESSION = 45
# A card must not betray who carries it: no web address, no name of a site, and no part of an onion address.
_ADDRESS = re.compile(
    r"\w+://\S*|\bwww\.\S*|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b|\b[a-z2-7]{40,}\b", re.IGNORECASE
)
_LINE, _TEXT = texts(_LONGEST_LINE), texts(_LONGEST)
_PART = table({"minutes": number(1, 240), "heading": _LINE, "items": list_of(_TEXT)})
_FILE = Schema(
    "kit",
    table(
        {
            "where": table(dict.fromkeys(("address", "onion", "code", "fingerprint", "device"), _LINE)),
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
    document = _read(path)
    return {each: _in(each, document.value) for each in LANGUAGES}


def untranslated(path: Path) -> list[str]:
    """Return the short texts of a file that are equal in both languages. Raises like ``load``."""
    return plain_texts.untranslated(_read(path))


def _read(path: Path) -> Document:
    return plain_texts.read(_FILE, path, _check)


def _check(document: Document) -> None:
    parts = document.value["notes"]["part"]
    if (minutes := sum(part["minutes"] for part in parts)) > SESSION:
        said = f"kit, notes.part: the parts take {minutes} minutes, but the session lasts {SESSION}"
        raise document.refused(("notes", "part", len(parts) - 1), said)
    for place, text in plain_texts.texts(document):
        where = plain_texts.named(document, place)
        if left := plain_texts.to_fill_in(text):
            raise document.refused(place, f"{where}: “{left[0]}” is still to be filled in")
        if place[0] == "card" and (found := _ADDRESS.search(text)):
            raise document.refused(place, f"{where}: “{found[0]}” on a card would betray who carries it")


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
