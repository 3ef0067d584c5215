"""Vectors of docs/draws.md: transcripts, and the rule that each breaks.

`python -m tests.vectors.drawings` writes draws/transcripts.json; with --check, it only compares.
"""

import json
import sys
from collections.abc import Iterator

from crypto import base64url
from crypto.strictjson import Json
from draws import protocol, verify
from tests.support.draw_transcripts import edited, transcript
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


def vectors() -> Iterator[dict[str, str]]:
    """Yield valid transcripts, then one with each fault."""
    for number in range(_VALID):
        raw = transcript(number)
        end = verify.verify(raw).end.hex()
        yield {"id": f"valid-{number}", "rule": "", "end": end, "transcript": raw.decode()}
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
