"""What the inspectorate can change: the guide to recognising an approach, the accessibility statement."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.errors import BadConfiguration
from portal.web import translation

GUIDE = "guide"
STATEMENT = "accessibility"
# More of them would not fit on one printed sheet.
MOST = 4_000


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the guide: a text, a list, or both; a text that is not there is empty."""

    heading: str
    text: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide or statement in one language."""

    title: str
    lead: str
    sections: tuple[Section, ...]


class _Mistake(Exception):
    """What is wrong in the file, with its place."""


def load(folder: Path, language: str, name: str = GUIDE) -> Guide:
    """Return what ``<name>.<language>.toml`` holds; BadConfiguration names the first mistake."""
    path = folder / f"{name}.{language}.toml"
    try:
        return _parse(name, tomllib.loads(translation.spaced(language, path.read_text("utf-8"))))
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise BadConfiguration(
            f"{name} {path} was not read: {reason}", "every language needs its own in the folder `guide`"
        ) from error
    except ValueError as error:
        raise BadConfiguration(f"{name} {path} is not TOML: {error}", "mend the file") from error
    except _Mistake as error:
        raise BadConfiguration(
            f"{name} {path}: {error}", "mend the file; the shipped one shows the form"
        ) from error


def _parse(name: str, document: Mapping[str, Any]) -> Guide:
    _check_names(name, document, {"title", "lead", "section"}, set())
    sections = document["section"]
    if not isinstance(sections, list) or not sections or not all(isinstance(each, dict) for each in sections):
        raise _Mistake("it needs at least one [[section]]")
    guide = Guide(
        _text(name, "title", document),
        _text(name, "lead", document),
        tuple(_section(f"section {number}", table) for number, table in enumerate(sections, 1)),
    )
    if (length := _length(guide)) > MOST:
        raise _Mistake(f"{length} characters are more than fit on one sheet: at most {MOST}")
    return guide


def _section(place: str, table: Mapping[str, Any]) -> Section:
    _check_names(place, table, {"heading"}, {"text", "items"})
    if table.keys() == {"heading"}:
        raise _Mistake(f"{place}: it needs 'text' or 'items'")
    text = _text(place, "text", table) if "text" in table else ""
    return Section(_text(place, "heading", table), text, _items(place, table.get("items", [])))


def _items(place: str, items: Any) -> tuple[str, ...]:
    if not isinstance(items, list) or not all(isinstance(each, str) and each.strip() for each in items):
        raise _Mistake(f"{place}: 'items' is a list of texts")
    return tuple(items)


def _text(place: str, name: str, table: Mapping[str, Any]) -> str:
    value = table[name]
    if not isinstance(value, str) or not value.strip():
        raise _Mistake(f"{place}: {name!r} is a text that is not empty")
    return value


def _check_names(place: str, table: Mapping[str, Any], needed: set[str], possible: set[str]) -> None:
    for stray in sorted(table.keys() - needed - possible):
        raise _Mistake(f"{place}: {stray!r} is not known")
    for lacking in sorted(needed - table.keys()):
        raise _Mistake(f"{place}: {lacking!r} is missing")


def _length(guide: Guide) -> int:
    sections = (len(each.heading) + len(each.text) + sum(map(len, each.items)) for each in guide.sections)
    return len(guide.title) + len(guide.lead) + sum(sections)
