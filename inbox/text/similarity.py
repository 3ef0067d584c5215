"""How much two texts have in common, by their pieces of eight letters.

A text is told by few of its pieces, those with the lowest CRC-32: of two texts that share most of their
pieces these few are mostly the same, so that an index of them finds the one by the other. What it finds is
then compared whole.
"""

import heapq
import zlib
from collections.abc import Iterable

from inbox.text import names

_PIECE = 8
# The beginning of a text, as long as the longest answer, tells enough of it.
_LONGEST = 8_000
# Below it, an answer such as "I do not know" would be like all others.
_SHORTEST = 60
TOLD_BY = 8
# Of which so many are common to two texts that are worth a comparison: of alike ones 97 in 100 have them.
LEAST_COMMON = 2
ALIKE = 0.5


def pieces(texts: Iterable[str]) -> frozenset[str]:
    """Return the pieces of these texts, accents, case and signs aside; none if together they are short."""
    text = " ".join(names.words("\n".join(each for each in texts if " " in each)[:_LONGEST]))
    if len(text) < _SHORTEST:
        return frozenset()
    return frozenset(text[place : place + _PIECE] for place in range(len(text) - _PIECE + 1))


def telling(all_pieces: Iterable[str]) -> list[str]:
    """Return the few pieces by which a text is found."""
    return heapq.nsmallest(TOLD_BY, all_pieces, key=lambda piece: zlib.crc32(piece.encode()))


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which part of the pieces of two texts is common to both, from 0 to 1."""
    return len(one & other) / (len(one | other) or 1)
