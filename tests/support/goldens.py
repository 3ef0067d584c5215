"""Golden texts: texts for people, stored as they were when somebody last checked them."""

import re

from tests.support.paths import ROOT

_FOLDER = ROOT / "tests" / "golden"
# The parts that differ in every run, and the placeholders for them.
_RANDOM = {
    r"\b[A-Z2-7]{4}( [A-Z2-7]{4}){7}\b": "FINGERPRINT",
    r"(?<=[: (])[A-Za-z0-9_-]{43}\b": "KEY",
    r"(?<=[ (])[A-Za-z0-9_-]{22}(?=[\s)])": "ID",
    r"\b\d{4}-\d\d-\d\d\b": "DAY",
    r"(?<=sharing )( *)[A-Z2-7]{4}\b": r"\1ABCD",
    r"(?<=[a-z]-)[A-Z2-7]{4}(?=\.)": "ABCD",
    "\x1b": "<ESC>",
}


def check(name: str, text: str) -> None:
    """Compare a text with its golden file.

    A missing golden file is written, and a person must read it before the commit.
    """
    for pattern, stand_in in _RANDOM.items():
        text = re.sub(pattern, stand_in, text)
    path = _FOLDER / f"{name}.txt"
    if not path.exists():
        path.write_text(text, "utf-8")
        raise AssertionError(f"{path} is new: read it")
    assert path.read_text("utf-8") == text
