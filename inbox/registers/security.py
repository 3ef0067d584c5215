"""Safeguards and remaining risks, each with the part of THREAT_MODEL.md that describes it in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from crypto.keyring import Texts
from crypto.toml_schema import Schema, list_of, map_of, one_of, table, text, texts
from templates.law.rules import Threat

_ENTRIES = map_of(
    table({"threats": list_of(one_of(tuple(Threat))), "section": text(), "text": texts()}),
)
FILE = Schema("security", table({"done": _ENTRIES, "left": _ENTRIES}))


class Kind(StrEnum):
    """Whether an entry is a safeguard or a remaining risk."""

    DONE = "done"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Entry:
    """A safeguard or a remaining risk, and its threats; ``section`` is a part of THREAT_MODEL.md."""

    threats: frozenset[Threat]
    section: str
    text: Texts


@cache
def entries(kind: Kind) -> Sequence[Entry]:
    """Return all entries of a kind, in the order of the file."""
    read = FILE.parse(files(__package__).joinpath("security.toml").read_bytes())
    return [
        Entry(frozenset(map(Threat, each["threats"])), each["section"], Texts(**each["text"]))
        for each in read[kind].values()
    ]


def against(threat: Threat, kind: Kind) -> Sequence[Entry]:
    """Return the safeguards against a threat, or the risks that remain."""
    return [each for each in entries(kind) if threat in each.threats]
