"""Entries of the register: one line of strict JSON each, with the hash of the line before it.

The chain shows every change to an earlier line to those who noted the register's head: the number and the
fingerprint of its last entry. It cannot stop whoever keeps the file from writing all of it anew, so witnesses
note the head after each draw (docs/draws-method.md).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crypto import shape, signing
from crypto.errors import Malformed
from crypto.shape import binary, integer, map_of, one_of, record, text
from inbox.language.errors import Refused
from inbox.language.messages import sentence

_HASH = 32
_GENESIS = hashlib.sha256(b"fanal/draws/v1/register").digest()
# Two codes of a stratum, or the names of eight parties, have fewer characters.
LONGEST = 500
# Between the values of a stratum.
STRATUM = " | "


class What(StrEnum):
    """What an entry records."""

    CEREMONY = "ceremony"
    VOID = "void"
    DRAWN = "drawn"
    DONE = "done"
    NOT_DONE = "not-done"
    LOOK = "look"


class Reason(StrEnum):
    """Why a draw was not carried out."""

    GONE = "gone"
    NOT_FOUND = "not-found"
    NO_STAFF = "no-staff"
    NO_EQUIPMENT = "no-equipment"
    UNSAFE = "unsafe"
    ORDERED = "ordered"
    OTHER = "other"


class Sample(StrEnum):
    """How a ceremony draws from its list."""

    SIMPLE = "simple"
    STRATIFIED = "stratified"
    WEIGHTED = "weighted"


class RegisterRefused(Refused):
    """The register refuses an entry, and stays as it is."""


class RegisterBroken(Refused):
    """A line of the register was altered, removed or added."""

    def __init__(self, n: int) -> None:
        super().__init__(
            sentence("entry {n} of the register was altered, or an entry before it is missing", n=n),
            sentence("compare with the heads that witnesses noted, and use the copy that agrees with them"),
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``previous`` is the hash of the line before it."""

    n: int
    previous: bytes
    day: date
    what: What
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


_ENTRY = record(
    Entry,
    {
        "n": integer(1),
        "previous": binary(_HASH),
        "day": shape.day,
        "what": shape.Shape(lambda value: What(one_of(*What).read(value)), str),
        "values": map_of(text(LONGEST), 16, r"[a-z_]{1,32}"),
    },
    "draws-register",
)


@dataclass(frozen=True, slots=True)
class Register:
    """A verified register: its entries, and the hash of its last line."""

    entries: Sequence[Entry] = ()
    hash: bytes = _GENESIS

    @property
    def head(self) -> str:
        """What witnesses note: the number of the last entry, and 160 bits of its hash as letters."""
        return f"{len(self.entries)} {signing.grouped(self.hash)}"

    def before(self, entry: Entry) -> "Register":
        """Return the register as it was before ``entry``."""
        return Register(self.entries[: entry.n - 1], entry.previous)

    def has_had(self, head: str) -> bool:
        """Return whether this head, noted earlier, was the head of this register."""
        hashes = [*(entry.previous for entry in self.entries), self.hash]
        return any(f"{n} {signing.grouped(each)}" == " ".join(head.split()) for n, each in enumerate(hashes))


def parse(raw: bytes) -> Register:
    """Return the register in a file. Raises RegisterBroken."""
    lines = raw.split(b"\n")
    if lines.pop():
        raise RegisterBroken(len(lines) + 1)
    entries: list[Entry] = []
    last = _GENESIS
    for n, line in enumerate(lines, 1):
        try:
            entry = _ENTRY.parse(line)
        except Malformed:
            raise RegisterBroken(n) from None
        if entry.n != n or entry.previous != last or (entries and entry.day < entries[-1].day):
            raise RegisterBroken(n)
        entries.append(entry)
        last = hashlib.sha256(line).digest()
    return Register(tuple(entries), last)


def added(register: Register, day: date, what: What, values: Mapping[str, str]) -> tuple[bytes, Register]:
    """Return the line of a new entry, and the register with it. Refuses a clock that was set back."""
    if register.entries and day < register.entries[-1].day:
        raise RegisterRefused(
            sentence(
                "today would be {today}, before the last entry of {last}",
                today=day,
                last=register.entries[-1].day,
            ),
            sentence("set the clock, then try again"),
        )
    kept = {name: value for name, value in values.items() if value}
    entry = Entry(len(register.entries) + 1, register.hash, day, what, kept)
    line = _ENTRY.encode(entry)
    try:
        _ENTRY.parse(line)
    except Malformed:
        raise RegisterRefused(
            sentence("a value is longer than {most} characters", most=LONGEST), sentence("shorten it")
        ) from None
    return line + b"\n", Register((*register.entries, entry), hashlib.sha256(line).digest())
