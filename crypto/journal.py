"""Entries of the inbox's journal: who did what on which day, signed, each naming the last (SPEC 9.3)."""

import hashlib
from dataclasses import dataclass
from datetime import date

from crypto import shape, signing
from crypto.errors import Malformed, Tampered
from crypto.shape import binary, integer, list_of, optional, record, text
from crypto.signing import Label

GENESIS = 32
# The one act whose day may lie before that of the entry before it.
CORRECT_CLOCK = "correct-clock"
OFFICER = r"[a-z][a-z0-9.-]*"
LONGEST_OFFICER = 32
LONGEST_ABOUT = 500
LONGEST_REASON = 2_000
_MOST_OFFICERS = 16
_ACT = r"[a-z][a-z-]*"


class JournalBroken(Tampered):
    """An entry is not the one that belongs there; ``n`` is its number."""

    def __init__(self, n: int, why: str) -> None:
        super().__init__(f"entry {n} of the journal {why}")
        self.n = n


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act: number, hash of the entry before, day, officers present, and what it was about.

    ``about`` names a thing of ours (a bundle, a key, an officer), ``reason`` is what an officer gave;
    neither may hold anything of a report.
    """

    n: int
    previous: bytes
    day: date
    officers: tuple[str, ...]
    act: str
    about: str
    reason: str
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """How far a journal goes: number and hash of its last entry; 0 and the genesis before the first."""

    n: int
    hash: bytes

    @property
    def fingerprint(self) -> str:
        """The first 160 bits of the hash as 8 groups of 4 letters, for people to write down and compare."""
        return signing.grouped(self.hash)


@dataclass(frozen=True, slots=True)
class Signed:
    """An entry as it is kept: strict JSON, and its signature by the journal key."""

    raw: bytes
    signature: bytes

    @property
    def hash(self) -> bytes:
        """Return H(entry), 32 bytes."""
        return hashlib.sha256(self.raw).digest()


ENTRY = record(
    Entry,
    {
        "n": integer(1),
        "previous": binary(GENESIS),
        "day": shape.day,
        "officers": list_of(text(LONGEST_OFFICER, OFFICER), _MOST_OFFICERS),
        "act": text(64, _ACT),
        "case": optional(integer(1)),
        "about": text(LONGEST_ABOUT),
        "reason": text(LONGEST_REASON),
    },
    kind="journal",
)
HEAD = record(Head, {"n": integer(), "hash": binary(GENESIS)})


def sign(entry: Entry, deployment: bytes, seed: bytes) -> Signed:
    """Return the entry signed by the journal key of ``seed`` (32 bytes)."""
    raw = ENTRY.encode(entry)
    ENTRY.parse(raw)  # what no reader would take must not be written
    return Signed(raw, signing.sign(Label.JOURNAL, deployment, raw, seed))


class Chain:
    """A journal read from its beginning; ``head`` is how far it holds."""

    def __init__(self, genesis: bytes, deployment: bytes, key: bytes) -> None:
        self.head = Head(0, genesis)
        self._deployment = deployment
        self._key = key
        self._day = shape.FIRST_DAY

    def take(self, signed: Signed) -> Entry:
        """Return the next entry; JournalBroken unless it belongs there."""
        n = self.head.n + 1
        try:
            signing.verify(Label.JOURNAL, self._deployment, signed.raw, signed.signature, self._key)
            entry = ENTRY.parse(signed.raw)
        except (Malformed, Tampered):
            raise JournalBroken(n, "was altered") from None
        if entry.n > n:
            raise JournalBroken(n, "is missing")
        is_back = entry.day < self._day and entry.act != CORRECT_CLOCK
        if entry.n < n or entry.previous != self.head.hash or is_back:
            raise JournalBroken(n, "does not follow the one before it")
        self.head, self._day = Head(n, signed.hash), entry.day
        return entry
