"""The inbox's journal: signed entries, each with the hash of the entry before it (SPEC 9.3)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from crypto import shape, signing
from crypto.errors import Malformed, Tampered
from crypto.shape import Shape, binary, integer, list_of, map_of, one_of, optional, record, text
from crypto.signing import Label, Verifier
from crypto.strictjson import Json

GENESIS = 32
# The only action whose day may be earlier than the day of the preceding entry.
CORRECT_CLOCK = "correct-clock"
OFFICER = r"[a-z][a-z0-9.-]*"
LONGEST_OFFICER = 32
LONGEST_TEXT = 500
LONGEST_REASON = 2_000
_NAME_OF_OFFICER = rf"(?=.{{1,{LONGEST_OFFICER}}}$){OFFICER}"
_MOST_OFFICERS = 16
_MOST_VALUES = 16
_LONGEST_LIST = 32
_ACTION = r"[a-z][a-z-]*"
_NAME = r"[a-z][a-z0-9_]{0,31}"

Value: TypeAlias = str | int | tuple[str, ...]
"""The value of a field in an entry: a text, a number, True, or a list of texts."""


class Presence(StrEnum):
    """How an officer took part in an action.

    ``OWN``: the officer gave the passphrase when the inbox was opened. ``CONFIRMED``: the officer typed the
    passphrase again for this action. ``SHEET``: only the words of the officer's share were given; anybody
    could have typed those words.
    """

    OWN = "passphrase"
    CONFIRMED = "confirmed"
    SHEET = "sheet"


class JournalBroken(Tampered):
    """Entry ``n`` was altered, is missing, or does not follow the entry before it."""

    def __init__(self, n: int, why: str) -> None:
        super().__init__(f"entry {n} of the journal {why}")
        self.n = n


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One action. ``previous`` is the hash of the preceding entry.

    ``officers`` lists the officers who acted, in the order of their shares, and how each took part.
    ``values`` describes the object of the action (a bundle, a key, an officer). ``reason`` is the reason that
    an officer gave. Neither values nor reason may contain anything from a report.
    """

    n: int
    previous: bytes
    day: date
    officers: Mapping[str, Presence]
    action: str
    values: Mapping[str, Value]
    reason: str
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a journal: the number and hash of its last entry, or 0 and the genesis if it has none."""

    n: int
    hash: bytes

    @property
    def fingerprint(self) -> str:
        """The first 160 bits of the hash as 8 groups of 4 letters, for people to write down and compare."""
        return signing.grouped(self.hash)


@dataclass(frozen=True, slots=True)
class Signed:
    """An entry as it is stored: strict JSON, and its signature by the journal key."""

    raw: bytes
    signature: bytes

    @property
    def hash(self) -> bytes:
        """Return H(entry), 32 bytes."""
        return hashlib.sha256(self.raw).digest()


_TEXT = text(LONGEST_TEXT)
_TEXTS = list_of(_TEXT, _LONGEST_LIST)
_NUMBER = integer()
_PRESENCE = one_of(*Presence)


def _read_presence(value: Json) -> Presence:
    return Presence(_PRESENCE.read(value))


def _read_value(value: Json) -> Value:
    if value is True:
        return value
    if isinstance(value, list):
        return _TEXTS.read(value)
    return _TEXT.read(value) if isinstance(value, str) else _NUMBER.read(value)


def _write_value(value: Value) -> Json:
    return list(value) if isinstance(value, tuple) else value


ENTRY = record(
    Entry,
    {
        "n": integer(1),
        "previous": binary(GENESIS),
        "day": shape.day,
        "officers": map_of(Shape(_read_presence, str), _MOST_OFFICERS, _NAME_OF_OFFICER),
        "action": text(64, _ACTION),
        "case": optional(integer(1)),
        "values": map_of(Shape(_read_value, _write_value), _MOST_VALUES, _NAME),
        "reason": text(LONGEST_REASON),
    },
    kind="journal",
)
HEAD = record(Head, {"n": integer(), "hash": binary(GENESIS)})


def sign(entry: Entry, deployment: bytes, seed: bytes) -> Signed:
    """Return the entry signed by the journal key of ``seed`` (32 bytes)."""
    raw = ENTRY.encode(entry)
    ENTRY.parse(raw)  # Never write an entry that readers would refuse.
    return Signed(raw, signing.sign(Label.JOURNAL, deployment, raw, seed))


class Chain:
    """Verifies a journal from its beginning; ``head`` is the last entry verified so far.

    ``take`` does the work of ``is_signed`` and ``follow``. Threads may call ``is_signed`` for later entries.
    """

    def __init__(self, genesis: bytes, deployment: bytes, key: bytes) -> None:
        self.head = Head(0, genesis)
        self._verifier = Verifier(Label.JOURNAL, deployment, key)
        self._day = shape.FIRST_DAY

    def take(self, signed: Signed) -> Entry:
        """Verify and return the next entry; raise JournalBroken if it does not belong there."""
        return self.follow(signed, is_signed=self.is_signed(signed))

    def is_signed(self, signed: Signed) -> bool:
        """Return whether the journal key signed an entry."""
        try:
            self._verifier.verify(signed.raw, signed.signature)
        except (Malformed, Tampered):
            return False
        return True

    def follow(self, signed: Signed, *, is_signed: bool) -> Entry:
        """Return the next entry, of which ``is_signed`` is known; raise JournalBroken like ``take``."""
        n = self.head.n + 1
        if not is_signed:
            raise JournalBroken(n, "was altered")
        try:
            entry = ENTRY.parse(signed.raw)
        except Malformed:
            raise JournalBroken(n, "was altered") from None
        if entry.n > n:
            raise JournalBroken(n, "is missing")
        is_back = entry.day < self._day and entry.action != CORRECT_CLOCK
        if entry.n < n or entry.previous != self.head.hash or is_back:
            raise JournalBroken(n, "does not follow the one before it")
        self.head, self._day = Head(n, signed.hash), entry.day
        return entry
