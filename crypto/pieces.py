"""A reader of exact amounts over bytes that arrive in pieces of any size."""

from collections.abc import Iterable, Iterator


class Pieces:
    """Read an iterable of pieces as one run of bytes; holds one piece at a time."""

    __slots__ = ("_at", "_piece", "_pieces")

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._piece = b""
        self._at = 0

    def stream(self, size: int) -> Iterator[bytes]:
        """Yield the next ``size`` bytes as they lie; fewer only where the pieces end."""
        while size and self._waiting():
            piece = self._take(size)
            size -= len(piece)
            yield piece

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes; fewer only where the pieces end."""
        return b"".join(self.stream(size))

    def rest(self) -> Iterator[bytes]:
        """Yield all that is left."""
        while self._waiting():
            yield self._take(len(self._piece))

    def line(self, limit: int) -> bytes:
        """Return the bytes through the next LF, or up to ``limit`` or the end where that comes first."""
        found = bytearray()
        while len(found) < limit and not found.endswith(b"\n") and self._waiting():
            room = limit - len(found)
            newline = self._piece.find(b"\n", self._at, self._at + room)
            found += self._take(room if newline < 0 else newline + 1 - self._at)
        return bytes(found)

    def _waiting(self) -> bool:
        while self._at == len(self._piece):
            following = next(self._pieces, None)
            if following is None:
                return False
            self._piece, self._at = following, 0
        return True

    def _take(self, size: int) -> bytes:
        taken = self._piece[self._at : self._at + size]
        self._at += len(taken)
        return taken
