"""The differences between two laws, rule by rule, for the officers who must confirm them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from templates.law import loosening
from templates.law.folder import NAMES
from templates.law.schemas import FILES


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the value at a dotted ``key`` of a file. A value is "" if the key is missing."""

    file: str
    key: str
    before: str
    after: str


def between(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Change]:
    """Return the differences between the files of two laws, in the order of files and keys."""
    return [change for name in NAMES for change in in_file(name, old[name], new[name])]


def looser(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Change]:
    """Return the changes that loosen the law; the value of an added or removed entry is its name."""
    found = []
    for name in NAMES:
        before, after = (FILES[name].read(files[name]).value for files in (old, new))
        found += [
            Change(name, key, _said(was), _said(will))
            for key, was, will in loosening.looser(name, before, after)
        ]
    return found


def in_file(name: str, old: bytes, new: bytes) -> Iterator[Change]:
    """Yield the differences between two versions of the named file of a law, in the order of keys."""
    before, after = (dict(_values(FILES[name].read(raw).value, ())) for raw in (old, new))
    for key in sorted({*before, *after}):
        was, will = before.get(key, ""), after.get(key, "")
        if was != will:
            yield Change(name, key, was, will)


def _said(value: Any) -> str:
    """Return a value as text.

    A text is returned in both languages; an entry is returned as its English name, or as its keys if it has
    no name.
    """
    if isinstance(value, dict) and value.keys() == {"fr", "en"}:
        return f"{value['fr']} / {value['en']}"
    if isinstance(value, dict):
        called = value.get("name", value)
        return str(called.get("en", ", ".join(called)))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _values(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _values(inner, (*keys, key))
    else:
        yield ".".join(keys), _said(value)
