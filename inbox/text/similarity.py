"""Measure how similar two texts are, by the pieces of eight characters that they share.

Only the few pieces of a text with the lowest CRC-32 are indexed (``telling``). If two texts share most of
their pieces, they also share most of the indexed pieces, so a search for one text finds the other. The
complete sets of pieces are then compared (``share``).
"""

import heapq
import zlib
from collections.abc import Iterable

from inbox.text import names

_PIECE = 8
# How many characters of a text are compared: the length of the longest possible answer.
_LONGEST = 8_000
# Short answers such as "I do not know" would resemble the answers in many other cases.
_SHORTEST = 60
TOLD_BY = 8
# Two texts are compared if they share at least this many of the TOLD_BY pieces. Of the pairs of similar
# texts, 97 % share at least this number of pieces.
LEAST_COMMON = 2
ALIKE = 0.5


def pieces(texts: Iterable[str]) -> frozenset[str]:
    """Return the pieces of these texts, without accents, case and punctuation.

    The result is empty if the texts together are too short.
    """
    text = " ".join(names.words("\n".join(each for each in texts if " " in each)[:_LONGEST]))
    if len(text) < _SHORTEST:
        return frozenset()
    return frozenset({text[place : place + _PIECE] for place in range(len(text) - _PIECE + 1)})


def telling(all_pieces: Iterable[str]) -> list[str]:
    """Return the few pieces that represent a text in the index."""
    return heapq.nsmallest(TOLD_BY, all_pieces, key=lambda piece: zlib.crc32(piece.encode()))


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of pieces that two texts have in common, from 0 to 1 (Jaccard index)."""
    return len(one & other) / (len(one | other) or 1)
