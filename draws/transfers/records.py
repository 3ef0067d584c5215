"""Records of a draw of transfers (docs/draws.md, 11): the rule, the lines and the opening."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crypto.shape import binary, day, integer, list_of, optional, record, text
from draws import protocol

# The cells of a line, in the order in which they are committed to (11.2).
COLUMNS = ("agent", "post", "profile", "exposure", "since", "exception", "held")
LONGEST_CELL = 4_000
LONGEST_MAXIMUM = 600
MOST_TRANSFERS = 300
NAME = r"[a-z][a-z0-9-]*"
# A post, a profile, a number of an agent or a signer: a code, never a text.
CODE = r"[A-Za-z0-9][A-Za-z0-9._/-]*"
LONGEST_CODE = 40
COMMITTED = r"[0-9a-f]{64}"


@dataclass(frozen=True, slots=True)
class Exposure:
    """A class of exposed posts, and the maximum time in months at one of its posts."""

    name: str
    months: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A scheduled day of transfers, and the largest number of people who are transferred on it."""

    day: date
    capacity: int


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of transfers (11.1), fixed on ``day``.

    ``closed`` says for how many months a post stays closed to a person who left it. ``reasons`` are the
    codes of the reasons for an exception.
    """

    day: date
    exposures: tuple[Exposure, ...]
    batches: tuple[Batch, ...]
    reasons: tuple[str, ...]
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A line of the list with its salt (32 bytes)."""

    salt: bytes
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many exceptions somebody signed."""

    signed_by: str
    count: int


@dataclass(frozen=True, slots=True)
class Exceptions:
    """All exceptions by their signers (11.2); with ``salt`` (32 bytes), their hash does not tell them."""

    salt: bytes
    signers: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A person who is transferred, by the commitment to the number, and the new post or an empty text."""

    agent: str
    post: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is published on the day of the batch (11.5). ``transfers`` are in their order."""

    list: bytes
    rule: Rule
    lines: tuple[Opened, ...]
    exceptions: Exceptions
    transfers: tuple[Transfer, ...]


_name = text(40, NAME)
_code = text(LONGEST_CODE, CODE)
RULE = record(
    Rule,
    {
        "day": day,
        "exposures": list_of(record(Exposure, {"name": _name, "months": integer(1, LONGEST_MAXIMUM)}), 99),
        "batches": list_of(record(Batch, {"day": day, "capacity": integer(1, MOST_TRANSFERS)}), 99),
        "reasons": list_of(_name, 99),
        "closed": optional(integer(1, LONGEST_MAXIMUM)),
    },
    "draw-rule",
)
EXCEPTIONS = record(
    Exceptions,
    {
        "salt": binary(protocol.HASH),
        "signers": list_of(
            record(Counted, {"signed_by": _code, "count": integer(1, protocol.MOST_LINES)}), 1_000
        ),
    },
    "draw-exceptions",
)
OPENING = record(
    Opening,
    {
        "list": binary(protocol.HASH),
        "rule": RULE,
        "lines": list_of(
            record(
                Opened,
                {
                    "salt": binary(protocol.HASH),
                    "cells": list_of(text(LONGEST_CELL, r"[ -~]*"), len(COLUMNS)),
                },
            ),
            protocol.MOST_LINES,
        ),
        "exceptions": EXCEPTIONS,
        "transfers": list_of(
            record(Transfer, {"agent": text(64, COMMITTED), "post": text(LONGEST_CODE, f"(?:{CODE})?")}),
            MOST_TRANSFERS,
        ),
    },
    "draw-opening",
)


def rule_hash(rule: Rule) -> bytes:
    """Return the hash of a rule, which the list names (11.1)."""
    return protocol.hashed("rule", RULE.encode(rule))


def exceptions_hash(exceptions: Exceptions) -> bytes:
    """Return the hash of the exceptions, which the list names (11.2)."""
    return protocol.hashed("exceptions", EXCEPTIONS.encode(exceptions))


def agent(salt: bytes, number: str) -> str:
    """Return the commitment to the number of an agent, for the cell ``agent`` (11.2)."""
    return protocol.hashed("agent", salt + number.encode()).hex()


def exception(salt: bytes, reason: str, signer: str) -> str:
    """Return the commitment to an exception, for the cell ``exception`` (11.2)."""
    return protocol.hashed("exception", salt + f"{reason}\n{signer}".encode()).hex()


def line(cells: Sequence[str]) -> str:
    """Return the line of these cells (3.1)."""
    return "\n".join(cells)
