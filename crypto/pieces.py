"""Read exact amounts of bytes that arrive in pieces of any size."""

from collections.abc import Iterable, Iterator


class Pieces:
    """Reads an iterable of pieces as one sequence of bytes; holds one piece in memory at a time."""

    __slots__ = ("_at", "_piece", "_pieces")

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._piece = b""
        self._at = 0

    def stream(self, size: int) -> Iterator[bytes]:
        """Yield the next ``size`` bytes in the pieces in which they arrive; fewer only if the input ends."""
        while size and self._waiting():
            piece = self._take(size)
            size -= len(piece)
            yield piece

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes; fewer only if the input ends."""
        return b"".join(self.stream(size))

    def rest(self) -> Iterator[bytes]:
        """Yield all remaining bytes."""
        while self._waiting():
            yield self._take(len(self._piece))

    def line(self, limit: int) -> bytes:
        """Return the bytes up to and including the next LF: at most ``limit``, fewer if the input ends."""
        found = bytearray()
        while (room := limit - len(found)) and not found.endswith(b"\n") and self._waiting():
            end = self._piece.find(b"\n", self._at, self._at + room) + 1
            found += self._take(end - self._at if end else room)
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
