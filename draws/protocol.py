"""Records, hashes and tickets of a draw (docs/draws.md): pure functions, which use only crypto.

Each function names the section of the specification that it implements.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest
from typing import Any

from crypto.shape import Shape, binary, day, integer, list_of, one_of, optional, record, text

HASH = 32
FIRST = bytes(HASH)
DICE = "dice"
# What can be missing, in the order of a draw (8).
STAGES = ("commitment", "signature", "reveal", "later")
FEWEST_PARTIES, MOST_PARTIES = 3, 9
MOST_LINES = 4_000_000
MOST_STRATA = 2_000
HEAVIEST = 100
_NAME = r"[a-z][a-z0-9-]*"
# A value of dice has the form of a pulse, too; `is_of_dice` is stricter.
_PULSE = r"[0-9a-f]{32,1024}"
_FEWEST_THROWS, _MOST_THROWS = 50, 200
_WEIGHT = 2
# These labels are used for every line of a long list.
_SALT, _LINE, _TICKET = b"fanal/draw/1/salt\0", b"fanal/draw/1/line\0", b"fanal/draw/1/ticket\0"


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many lines a stratum has, and how many of them are drawn (3.2)."""

    name: str
    size: int
    drawn: int
    weighted: int | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A party of a draw, and its public key (32 bytes)."""

    name: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """A value that becomes known after the reveals (6)."""

    source: str
    round: str
    day: date


@dataclass(frozen=True, slots=True)
class DrawList:
    """The record of a frozen list (3.4)."""

    series: str
    number: int
    previous: bytes
    id: bytes
    day: date
    until: date
    publish: date
    columns: tuple[str, ...]
    total: int
    leaves: bytes
    strata: tuple[Stratum, ...]
    parties: tuple[Party, ...]
    later: Source | None = None
    rule: bytes | None = None
    exceptions: bytes | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parties, in order."""
        return tuple(party.name for party in self.parties)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a party publishes before the statement (4)."""

    list: bytes
    party: str
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Reveal:
    """What a party keeps until all parties have signed (4)."""

    id: bytes
    list: bytes
    party: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """The commitments of all parties, in the order of the list (5)."""

    list: bytes
    commitments: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """The value of a later source (6)."""

    list: bytes
    source: str
    round: str
    value: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature (64 bytes) of a party."""

    party: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Drawn:
    """The end of a draw that took place (8)."""

    list: bytes
    seed: bytes
    outcome: str = "drawn"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Void:
    """The end of a draw that is void (8). ``missing`` is empty if a pulse did not come."""

    list: bytes
    stage: str
    missing: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class _Seed:
    list: bytes
    secrets: tuple[bytes, ...]
    later: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that a verifier needs (9)."""

    list: DrawList
    leaves: tuple[str, ...]
    weights: tuple[str, ...]
    statement: Statement | None = None
    signatures: tuple[Signed, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    later: Later | None = None
    later_signatures: tuple[Signed, ...] = ()
    drawn: tuple[str, ...] = ()
    end: Drawn | Void | None = None
    end_signatures: tuple[Signed, ...] = ()


_name = text(40, _NAME)
_word = text(80, r"[ -~]+")
_hash = binary(HASH)
_parties = list_of(_name, MOST_PARTIES)

LIST = record(
    DrawList,
    {
        "series": _name,
        "number": integer(1),
        "previous": _hash,
        "id": binary(16),
        "day": day,
        "until": day,
        "publish": day,
        "columns": list_of(text(40, r"[a-z][a-z0-9_]*"), 99),
        "total": integer(1, MOST_LINES),
        "leaves": _hash,
        "strata": list_of(
            record(
                Stratum,
                {
                    "name": _name,
                    "size": integer(1, MOST_LINES),
                    "drawn": integer(0, MOST_LINES),
                    "weighted": optional(one_of(1)),
                },
            ),
            MOST_STRATA,
        ),
        "parties": list_of(record(Party, {"name": _name, "key": binary(32)}), MOST_PARTIES),
        "later": optional(record(Source, {"source": _name, "round": _word, "day": day})),
        "rule": optional(_hash),
        "exceptions": optional(_hash),
    },
    "draw-list",
)
COMMITMENT = record(Commitment, {"list": _hash, "party": _name, "commitment": _hash}, "draw-commitment")
REVEAL = record(
    Reveal, {"id": binary(16), "list": _hash, "party": _name, "secret": binary(32)}, "draw-reveal"
)
STATEMENT = record(Statement, {"list": _hash, "commitments": list_of(_hash, MOST_PARTIES)}, "draw-statement")
LATER = record(
    Later,
    {"list": _hash, "source": _name, "round": _word, "value": text(1024, _PULSE)},
    "draw-later",
)
DRAWN = record(
    Drawn,
    {"list": _hash, "outcome": one_of("drawn"), "missing": list_of(_name, 0), "seed": _hash},
    "draw-end",
)
VOID = record(
    Void,
    {"list": _hash, "stage": one_of(*STAGES), "missing": _parties, "day": day},
    "draw-void",
)
_SEED = record(
    _Seed,
    {"list": _hash, "secrets": list_of(_hash, MOST_PARTIES), "later": optional(text(1024))},
    "draw-seed",
)


def _is_void(value: Any) -> bool:
    return isinstance(value, Void) or (isinstance(value, dict) and value.get("kind") == "draw-void")


END: Shape[Drawn | Void] = Shape(
    lambda value: (VOID if _is_void(value) else DRAWN).read(value),
    lambda value: VOID.write(value) if isinstance(value, Void) else DRAWN.write(value),
)
SIGNED = list_of(record(Signed, {"party": _name, "signature": binary(64)}), MOST_PARTIES)
_texts = list_of(text(1 << 28, r"[A-Za-z0-9_-]*"), MOST_STRATA)
TRANSCRIPT = record(
    Transcript,
    {
        "list": LIST,
        "leaves": _texts,
        "weights": _texts,
        "statement": optional(STATEMENT),
        "signatures": SIGNED,
        "reveals": list_of(REVEAL, MOST_PARTIES),
        "later": optional(LATER),
        "later_signatures": SIGNED,
        "drawn": _texts,
        "end": END,
        "end_signatures": SIGNED,
    },
    "draw-transcript",
)


def is_of_dice(value: str) -> bool:
    """Return whether a value can be thrown with dice, and is not too short (6)."""
    return _FEWEST_THROWS <= len(value) <= _MOST_THROWS and not value.strip("123456")


def has_value(of: DrawList, later: Later | None, signed: Sequence[Signed]) -> bool:
    """Return whether the later value is there: a pulse, or dice that most of the parties signed (6)."""
    if of.later is None:
        return True
    return later is not None and (of.later.source != DICE or 2 * len(signed) > len(of.parties))


def witnesses(of: DrawList, end: Void) -> tuple[str, ...]:
    """Return who may sign a void: the parties that it does not name or, if it names all, all (8)."""
    return tuple(name for name in of.names if name not in end.missing) or of.names


def is_signed(of: DrawList, end: Void, signers: Sequence[str]) -> bool:
    """Return whether enough parties signed the record of a void: one, or all if a pulse did not come (8)."""
    needed = witnesses(of, end)
    found = [name for name in needed if name in signers]
    return bool(found) if end.missing else len(found) == len(needed)


def due(of: DrawList, stage: str) -> date:
    """Return the first day on which a void at a stage can be written (8)."""
    if stage != "later" or of.later is None:
        return of.until
    return max(of.until, of.later.day if of.later.source == DICE else of.later.day + timedelta(days=1))


def _begun(label: str, data: bytes = b"") -> "hashlib._Hash":
    return hashlib.sha256(f"fanal/draw/1/{label}".encode() + b"\0" + data)


def hashed(label: str, file: bytes) -> bytes:
    """Return ``hash(label, file)`` (2)."""
    return _begun(label, file).digest()


def salt(secret: bytes, position: int) -> bytes:
    """Return the salt of the line at a position (3.1)."""
    return hashlib.sha256(_SALT + secret + position.to_bytes(4, "big")).digest()


def salted(secret: bytes, lines: Sequence[str]) -> list[bytes]:
    """Return the leaf of each line (3.1)."""
    # A long list has no time for calls of `salt` and `leaf`.
    begun, sha256 = _SALT + secret, hashlib.sha256
    salts = (sha256(begun + at.to_bytes(4, "big")).digest() for at in range(len(lines)))
    return [sha256(_LINE + own + line.encode()).digest() for own, line in zip(salts, lines, strict=True)]


def leaf(own_salt: bytes, line: str) -> bytes:
    """Return the leaf of a line with this salt (3.1)."""
    return hashlib.sha256(_LINE + own_salt + line.encode()).digest()


def leaves_hash(strata: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the hash of the leaves and weights of all strata, as bytes (3.3)."""
    state = _begun("leaves")
    for leaves, weights in strata:
        state.update(leaves)
        state.update(weights)
    return state.digest()


def packed(weights: Sequence[int]) -> bytes:
    """Return weights as bytes, two for each."""
    return b"".join(weight.to_bytes(_WEIGHT, "big") for weight in weights)


def unpacked(raw: bytes) -> list[int]:
    """Return the weights in bytes, the inverse of ``packed``."""
    return [int.from_bytes(raw[at : at + _WEIGHT], "big") for at in range(0, len(raw), _WEIGHT)]


def split(raw: bytes) -> list[bytes]:
    """Return the leaves in the bytes of a stratum."""
    return [raw[at : at + HASH] for at in range(0, len(raw), HASH)]


def list_hash(drawn_from: DrawList) -> bytes:
    """Return the list hash (3.4)."""
    return hashed("list", LIST.encode(drawn_from))


def commitment(reveal: Reveal) -> bytes:
    """Return the commitment to a reveal (4)."""
    return hashed("commitment", REVEAL.encode(reveal))


def end_hash(end: Drawn | Void) -> bytes:
    """Return the end hash (8)."""
    return hashed("end", END.encode(end))


def seed(of_list: bytes, reveals: Sequence[Reveal], later: Later | None) -> bytes:
    """Return the seed (7). ``reveals`` are in the order of the parties."""
    secrets = tuple(reveal.secret for reveal in reveals)
    return hashed("seed", _SEED.encode(_Seed(of_list, secrets, later.value if later else None)))


def ticket(seed_of_draw: bytes, of_leaf: bytes) -> bytes:
    """Return the ticket of a line without a weight (7)."""
    return hashlib.sha256(_TICKET + seed_of_draw + of_leaf + bytes(_WEIGHT)).digest()


def drawn(seed_of_draw: bytes, leaves: Sequence[bytes], weights: Sequence[int], count: int) -> list[bytes]:
    """Return the leaves of a stratum that are drawn, in ascending order (7).

    ``weights`` is empty if the stratum is not weighted.
    """
    begun, sha256 = _TICKET + seed_of_draw, hashlib.sha256
    numbers = [j.to_bytes(2, "big") for j in range(HEAVIEST)]
    if weights:
        tickets = [
            min(sha256(begun + each + number).digest() for number in numbers[:weight])
            for each, weight in zip(leaves, weights, strict=True)
        ]
    else:
        first = numbers[0]
        tickets = [sha256(begun + each + first).digest() for each in leaves]
    return sorted(each for _, each in nsmallest(count, zip(tickets, leaves, strict=True)))
