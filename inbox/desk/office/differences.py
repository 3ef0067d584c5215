"""Where two versions of a text differ, word by word, for whoever has to see what changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# Words, and what stands between them.
_PIECES = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both versions have, or that one has in the place of the other's."""

    same: str = ""
    gone: str = ""
    new: str = ""


def words(before: str, after: str) -> Iterator[Piece]:
    """Yield the pieces of two versions of a text, in their order."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece(same="".join(old[i:j]))
        else:
            yield Piece(gone="".join(old[i:j]), new="".join(new[k:m]))
