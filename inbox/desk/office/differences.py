"""Compare two versions of a text word by word, for an officer who checks a change."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# Words, and the white space between them.
_PIECES = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both versions share, or removed words and the new words in their place."""

    same: str = ""
    removed: str = ""
    new: str = ""


def words(before: str, after: str) -> Iterator[Piece]:
    """Yield the pieces of two versions of a text, in order."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece(same="".join(old[i:j]))
        else:
            yield Piece(removed="".join(old[i:j]), new="".join(new[k:m]))
