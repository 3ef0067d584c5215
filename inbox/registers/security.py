"""What holds and what does not, by risk, each with the part of THREAT_MODEL.md that says it in full."""

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
    """Whether an entry says what is done about a risk, or what is left of it."""

    DONE = "done"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Entry:
    """What holds, or does not, against which threats; ``section`` is a part of THREAT_MODEL.md."""

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
    """Return what is done against a threat, or what is left of it."""
    return [each for each in entries(kind) if threat in each.threats]
