"""Vectors of docs/draws.md, 11: openings of draws of transfers, and the rule that each breaks.

`python -m tests.vectors.transferring` writes draws/openings.json; with --check, it only compares.
"""

import json
import sys
from collections.abc import Iterator
from itertools import count

from crypto import base64url
from crypto.strictjson import Json
from draws.transfers import records, verify
from draws.transfers.records import Opened
from draws.transfers.rule import State
from tests.support.draw_transcripts import Chance, edited
from tests.support.draw_transfers import draw, drawn, rule_of
from tests.support.paths import ROOT

FILE = ROOT / "tests" / "vectors" / "draws" / "openings.json"
_VALID = 12
_ZERO = base64url.encode(bytes(32))
# One fault for each rule, as a place in an opening and another value.
_FAULTS: dict[str, tuple[tuple[str | int, ...], Json]] = {
    "opening": (("lines", 0, "salt"), _ZERO),
    "rule": (("rule", "day"), "2026-11-02"),
    "exceptions": (("exceptions", "signers", 0, "signed_by"), "hr-9"),
    "order": (("transfers", 0, "agent"), "0" * 64),
}


def vectors() -> Iterator[dict[str, object]]:
    """Yield valid openings, among them one with people who are tied, then one with each fault."""
    numbers = [*range(_VALID), _first(State.TIED), _first(State.EXCEPTED, State.CERTAIN)]
    for number in numbers:
        yield _vector(f"valid-{number}", "", draw(number))
    transcript, opening = draw(numbers[-1])
    for rule, (path, value) in _FAULTS.items():
        yield _vector(f"wrong-{rule}", rule, (transcript, edited(opening, *path, value=value)))
    chance = Chance(0)
    twice = ("a" * 64, "P1", "", "high", "2019-01-01", "", "")
    both = drawn(chance, rule_of(chance), [Opened(chance.bytes(), twice), Opened(chance.bytes(), twice)])
    yield _vector("wrong-due", "due", both)


def encode() -> str:
    """Return the file on disk."""
    head = {
        "topic": "transfers",
        "spec": "docs/draws.md",
        "generator": "transferring.py",
        "tests": [*vectors()],
    }
    return json.dumps(head, indent=1, ensure_ascii=False) + "\n"


def _first(*needed: State) -> int:
    """Return the number of the first further draw whose list has these states."""
    return next(n for n in count(_VALID) if {*needed} <= {*verify.verify_opening(*draw(n)).sorted.states})


def _vector(name: str, rule: str, both: tuple[bytes, bytes]) -> dict[str, object]:
    transcript, opening = both
    transfers = [] if rule else [*map(_words, records.OPENING.parse(opening).transfers)]
    return {
        "id": name,
        "rule": rule,
        "transfers": transfers,
        "transcript": transcript.decode(),
        "opening": opening.decode(),
    }


def _words(transfer: records.Transfer) -> str:
    return f"{transfer.agent} {transfer.post}"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(FILE.read_text("utf-8") != encode())
    FILE.write_text(encode(), "utf-8")
