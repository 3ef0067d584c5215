"""Parts of a file that are overwritten while the file is read. The size and all other bytes stay."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from crypto.errors import Malformed

_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Patch:
    """The ``size`` bytes from ``at`` on become ``head``, then ``fill`` repeatedly, and finally ``last``."""

    at: int
    size: int
    head: bytes = b""
    fill: int = 0
    last: int = 0

    @property
    def end(self) -> int:
        """The offset after the part."""
        return self.at + self.size


class Patches:
    """Collects patches in any order."""

    def __init__(self) -> None:
        self._all: list[Patch] = []

    def fill(self, at: int, size: int, fill: int = 0) -> None:
        """Overwrite a part with one value."""
        self.add(Patch(at, size, fill=fill, last=fill))

    def write(self, at: int, head: bytes) -> None:
        """Overwrite a part with bytes."""
        self.add(Patch(at, len(head), head, last=head[-1]))

    def add(self, patch: Patch) -> None:
        """Raises Malformed if there are too many, to keep memory bounded."""
        if patch.size > 0:
            self._all.append(patch)
        if len(self._all) > _MOST:
            raise Malformed("file needs too many changes")

    def sorted(self) -> list[Patch]:
        """Return the patches in the order of the file. Raises Malformed if two overlap."""
        patches = sorted(self._all, key=lambda each: each.at)
        if any(one.end > other.at for one, other in pairwise(patches)):
            raise Malformed("parts of the file overlap")
        return patches


def patched(pieces: Iterable[bytes], patches: Iterable[Patch]) -> Iterator[bytes]:
    """Yield the pieces of a file, with patches in the order of the file."""
    waiting = iter(patches)
    patch = next(waiting, None)
    at = 0
    for piece in pieces:
        changed = bytearray(piece)
        end = at + len(piece)
        while patch and patch.at < end:
            _overwrite(changed, at, patch)
            if patch.end > end:
                break  # The next piece has the rest.
            patch = next(waiting, None)
        yield bytes(changed)
        at = end


def _overwrite(piece: bytearray, start: int, patch: Patch) -> None:
    begin, end = max(patch.at, start), min(patch.end, start + len(piece))
    head = patch.head[begin - patch.at : end - patch.at]
    piece[begin - start : end - start] = head + bytes([patch.fill]) * (end - begin - len(head))
    if end == patch.end and end > begin:
        piece[end - 1 - start] = patch.last
