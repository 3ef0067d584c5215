"""Vectors of docs/draws.md: transcripts, and the rule that each breaks.

`python -m tests.vectors.drawings` writes draws/transcripts.json; with --check, it only compares.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date

from crypto import base64url
from crypto.strictjson import Json
from draws import protocol, verify
from tests.support.draw_transcripts import edited, resigned, transcript
from tests.support.paths import ROOT

FILE = ROOT / "tests" / "vectors" / "draws" / "transcripts.json"
_VALID = 12
_ZERO = base64url.encode(bytes(32))
# One fault for each rule, as a place in a transcript and another value.
_FAULTS: dict[str, tuple[tuple[str | int, ...], Json]] = {
    "transcript": (("v",), 2),
    "list": (("list", "total"), 999),
    "lines": (("list", "leaves"), _ZERO),
    "statement": (("statement", "list"), _ZERO),
    "signature": (("statement", "commitments", 0), _ZERO),
    "reveal": (("reveals", 0, "secret"), _ZERO),
    "later": (("later", "round"), "another"),
    "drawn": (("drawn", 0), ""),
    "end": (("end", "seed"), _ZERO),
}


def _signed_anew() -> Iterator[tuple[str, str, bytes]]:
    """Yield voids and dice whose signatures are valid, and the rule that each breaks."""
    number, raw, names = _found("later", "nist")
    yield "pulse-signed-by-all", "", resigned(number, raw, *names)
    yield "pulse-signed-by-all-but-one", "end", resigned(number, raw, *names[1:])
    yield "pulse-that-is-not-due", "end", resigned(number, raw, *names, day=date(2026, 12, 2))
    yield "pulse-and-a-party", "end", resigned(number, raw, *names, missing=names[:1])
    number, raw, names = _found("later", "dice")
    yield "dice-of-others", "end", resigned(number, raw, *names, missing=names[:1])
    yield "dice-that-are-not-due", "end", resigned(number, raw, *names[:1], day=date(2026, 12, 1))
    number, raw, names = _found("reveal")
    yield "nobody-revealed", "", resigned(number, raw, *names[:1], reveals=(), missing=names)
    yield "nobody-signed-the-void", "end", resigned(number, raw, reveals=(), missing=names)
    yield "void-before-the-last-day", "end", resigned(number, raw, *names, day=date(2026, 11, 30))
    yield "void-with-a-stranger", "end", resigned(number, raw, *names, missing=("stranger",))
    number, raw, names = _found("commitment")
    yield "void-in-another-order", "end", resigned(number, raw, *names, missing=("union", "tribunal"))
    number, raw, names = _found("drawn", "dice")
    later = protocol.TRANSCRIPT.parse(raw).later
    assert later
    yield "dice-signed-by-all", "", resigned(number, raw, *names)
    yield "dice-signed-by-half", "later", resigned(number, raw, *names[: len(names) // 2])
    for name, value in (("short", "1" * 49), ("long", "6" * 201), ("seven", "7" * 50), ("zero", "0" * 50)):
        given = protocol.Later(later.list, later.source, later.round, value)
        yield f"dice-{name}", "later", resigned(number, raw, *names, later=given)


def _found(stage: str, source: str = "") -> tuple[int, bytes, tuple[str, ...]]:
    """Return a transcript that is drawn, or void at a stage: its number, its bytes and its parties."""
    for number in range(999):
        raw = transcript(number)
        found = protocol.TRANSCRIPT.parse(raw)
        asked = found.list.later.source if found.list.later else ""
        if getattr(found.end, "stage", "drawn") == stage and source in ("", asked):
            return number, raw, found.list.names
    raise AssertionError(stage, source)


def vectors() -> Iterator[dict[str, str]]:
    """Yield valid transcripts, then one with each fault."""
    for number in range(_VALID):
        raw = transcript(number)
        end = verify.verify(raw).end.hex()
        yield {"id": f"valid-{number}", "rule": "", "end": end, "transcript": raw.decode()}
    for name, rule, raw in _signed_anew():
        end = {} if rule else {"end": verify.verify(raw).end.hex()}
        yield {"id": name, "rule": rule, **end, "transcript": raw.decode()}
    drawn = next(raw for raw in map(transcript, range(99)) if protocol.TRANSCRIPT.parse(raw).later)
    for rule, (path, value) in _FAULTS.items():
        yield {"id": f"wrong-{rule}", "rule": rule, "transcript": edited(drawn, *path, value=value).decode()}


def encode() -> str:
    """Return the file on disk."""
    head = {"topic": "draws", "spec": "docs/draws.md", "generator": "drawings.py", "tests": [*vectors()]}
    return json.dumps(head, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(FILE.read_text("utf-8") != encode())
    FILE.write_text(encode(), "utf-8")
