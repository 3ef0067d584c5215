"""Shuffles that anybody can repeat from a seed, in any language that has SHAKE-256."""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from itertools import count

_LABEL = b"fanal/draws/v1/shuffle"
_BITS = 32


class Shuffles:
    """Shuffles of rows within their cells, derived from ``seed``; rows of one cell are neighbours.

    Shuffle number k sorts the rows of each cell by 32-bit numbers: the output of SHAKE-256 of the label, a
    zero byte, the seed, a zero byte and k (8 bytes, big endian), read as little endian. Rows with equal
    numbers, which are too rare to matter, keep their order.
    """

    def __init__(self, cells: Sequence[int], seed: str) -> None:
        self._base = [cell << _BITS for cell in cells]
        self._numbers = struct.Struct(f"<{len(cells)}I")
        self._prefix = b"\0".join((_LABEL, seed.encode(), b""))

    def order(self, k: int) -> list[int]:
        """Return which row takes the place of each row in shuffle ``k``."""
        drawn = hashlib.shake_256(self._prefix + k.to_bytes(8, "big")).digest(self._numbers.size)
        keys = list(map(int.__add__, self._base, self._numbers.unpack(drawn)))
        return sorted(range(len(keys)), key=keys.__getitem__)

    def pairs(self) -> Iterator[tuple[list[int], list[int]]]:
        """Yield the shuffles 0 and 1, then 2 and 3, and so on."""
        for k in count(0, 2):
            yield self.order(k), self.order(k + 1)
