"""The padded archive inside an envelope or a slot: files, then one message and its signature (SPEC 4)."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from crypto import archive, padding
from crypto.archive import Member
from crypto.errors import Malformed

MESSAGE = "message.json"
SIGNATURE = "message.sig"
NOTE = "note.txt"
MOST_FILES = 99
LARGEST_MESSAGE = 1 << 20
PIECE = 1 << 20
_SIGNATURE_SIZE = 64


@dataclass(frozen=True, slots=True)
class File:
    """One file of a container: its number (counted from 1), its size in bytes, and its 32-byte digest."""

    number: int
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A message with its files. The form of the message is verified, but not its signature."""

    files: tuple[File, ...]
    message: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Drop:
    """An unsigned note with its files, made by hand with standard tools (SPEC 4.3)."""

    files: tuple[File, ...]
    note: str


Keep = Callable[[int, Iterator[bytes]], None]
Source = tuple[int, Iterable[bytes]]


class FileDigest:
    """SHA-256 over the SHA-256 of each 1 MiB piece.

    The digest function of browsers accepts only a complete buffer, so large files are hashed in pieces.
    """

    def __init__(self) -> None:
        self._outer = hashlib.sha256()
        self._piece = hashlib.sha256()
        self._filled = 0

    def update(self, data: bytes) -> None:
        """Add the next bytes of the file."""
        view = memoryview(data)
        while view:
            part = view[: PIECE - self._filled]
            self._piece.update(part)
            self._filled += len(part)
            view = view[len(part) :]
            if self._filled == PIECE:
                self._close_piece()

    def digest(self) -> bytes:
        """Return the 32-byte digest. Call this function once, at the end."""
        if self._filled:
            self._close_piece()
        return self._outer.digest()

    def _close_piece(self) -> None:
        self._outer.update(self._piece.digest())
        self._piece = hashlib.sha256()
        self._filled = 0


def write(
    files: Sequence[Source],
    message: Callable[[Sequence[bytes]], bytes],
    sign: Callable[[bytes], bytes],
    padded: Callable[[int], int] = padding.bucket,
) -> Iterator[bytes]:
    """Yield a container in one pass.

    ``files`` has the size and the bytes of each file. ``message`` makes message.json from the files' digests,
    and ``sign`` makes its signature. ``padded`` is the size rule of SPEC 4.2. Raise Malformed if a file is
    shorter or longer than declared, if the message exceeds 1 MiB, or if the archive is too large for the size
    rule.
    """
    if len(files) > MOST_FILES:
        raise Malformed("container holds too many files")
    digests: list[bytes] = []
    size = archive.END
    for number, (length, pieces) in enumerate(files, 1):
        digest = FileDigest()
        yield from archive.write([Member(_file_name(number), length, _digested(pieces, digest))])
        digests.append(digest.digest())
        size += archive.span(length)
    text = message(digests)
    if len(text) > LARGEST_MESSAGE:
        raise Malformed("message is larger than a container may hold")
    signature = sign(text)
    for name, content in ((MESSAGE, text), (SIGNATURE, signature)):
        yield from archive.write([Member(name, len(content), iter([content]))])
        size += archive.span(len(content))
    yield bytes(padded(size) - size + archive.END)


def read(pieces: Iterable[bytes], keep: Keep, padded: Callable[[int], int] = padding.bucket) -> Signed | Drop:
    """Return the contents of a container; pass each file's bytes to ``keep(number, bytes)`` as they arrive.

    Do not trust what ``keep`` received until this function has returned and the signature has been verified.
    Raise Malformed or Truncated.
    """
    reader = archive.Reader(pieces)
    members = iter(reader)
    files: list[File] = []
    for member in members:
        if len(files) == MOST_FILES or member.name != _file_name(len(files) + 1):
            break
        files.append(_take_file(member, len(files) + 1, keep))
    else:
        raise Malformed("container holds no message")
    if member.name == NOTE:
        drop = Drop(tuple(files), _note(member))
        _finish(members)
        if padding.bucket(reader.total) != reader.total:
            raise Malformed("container has a size that SPEC 4.2 does not allow")
        return drop
    message = _whole(member, MESSAGE)
    signature = _whole(next(members, None), SIGNATURE)
    _finish(members)
    if len(signature) != _SIGNATURE_SIZE or reader.total != padded(reader.archive_size):
        raise Malformed("container has an unexpected signature or size")
    return Signed(tuple(files), message, signature)


def _file_name(number: int) -> str:
    return f"files/{number:02}"


def _digested(pieces: Iterable[bytes], digest: FileDigest) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _take_file(member: Member, number: int, keep: Keep) -> File:
    digest = FileDigest()
    data = _digested(member.data, digest)
    keep(number, data)
    for _ in data:  # The digest also covers the bytes that ``keep`` did not read.
        pass
    return File(number, member.size, digest.digest())


def _whole(member: Member | None, name: str) -> bytes:
    if member is None or member.name != name or member.size > LARGEST_MESSAGE:
        raise Malformed("container holds an unexpected file")
    return b"".join(member.data)


def _note(member: Member) -> str:
    try:
        return _whole(member, NOTE).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("note is not UTF-8 text") from error


def _finish(members: Iterator[Member]) -> None:
    if next(members, None) is not None:
        raise Malformed("container holds one file too many")
