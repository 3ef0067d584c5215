"""What a party knows of draws, in its folder: what it signed and revealed, and how draws ended."""

from dataclasses import dataclass
from pathlib import Path

from crypto.errors import Malformed
from crypto.shape import binary, integer, list_of, one_of, optional, record, text
from draws import protocol
from draws.parties.series import Known
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

_FILE = "party.json"


class PartyRefused(Refused):
    """A party's program refuses to commit, to sign or to reveal."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A draw in which the party takes part: what it signed and revealed, and the end hash once it knows it.

    ``later`` is the hash of the dice that it signed.
    """

    series: str
    number: int
    list: bytes
    secret: bytes
    statement: bytes | None = None
    revealed: int | None = None
    later: bytes | None = None
    end: bytes | None = None

    def has_made(self, stage: str) -> bool:
        """Return whether the party has made what a draw needs at a stage (8)."""
        made = {
            "commitment": True,
            "signature": self.statement is not None,
            "reveal": self.revealed is not None,
            "later": self.later is not None,
        }
        return made[stage]


@dataclass(frozen=True, slots=True)
class Other:
    """A draw in which the party had no part: its place in the series, its list hash, and its end hash."""

    series: str
    number: int
    list: bytes
    end: bytes


@dataclass(frozen=True, slots=True)
class Holder:
    """A party: its name, its public key (32 bytes), its draws, and others that it knows."""

    name: str
    key: bytes
    draws: tuple[Taken, ...] = ()
    others: tuple[Other, ...] = ()

    def known(self, of: str) -> list[Known]:
        """Return what the party knows of a series of draws."""
        draws: tuple[Taken | Other, ...] = (*self.draws, *self.others)
        return [Known(each.number, each.end) for each in draws if each.series == of]


_MOST = 10_000
_hash = binary(protocol.HASH)
HOLDER = record(
    Holder,
    {
        "name": text(40, r"[a-z][a-z0-9-]*"),
        "key": _hash,
        "draws": list_of(
            record(
                Taken,
                {
                    "series": text(40),
                    "number": integer(1),
                    "list": _hash,
                    "secret": binary(32),
                    "statement": optional(_hash),
                    "revealed": optional(one_of(1)),
                    "later": optional(_hash),
                    "end": optional(_hash),
                },
            ),
            _MOST,
        ),
        "others": list_of(
            record(Other, {"series": text(40), "number": integer(1), "list": _hash, "end": _hash}), _MOST
        ),
    },
    "draw-party",
)


def opened(folder: Path) -> Holder:
    """Return the party in a folder. Raises PartyRefused."""
    try:
        return HOLDER.parse(given_files.content(folder / _FILE))
    except Malformed:
        raise PartyRefused(
            sentence("{path} is damaged", path=folder / _FILE), sentence("use a copy of the folder")
        ) from None


def save(folder: Path, holder: Holder) -> None:
    """Write what a party knows."""
    atomic_files.write(folder / _FILE, [HOLDER.encode(holder)])
