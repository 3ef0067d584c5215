"""Containers beyond the vectors: streaming, large files, and input that the writer refuses."""

import hashlib
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import archive, container, padding
from crypto.errors import CryptoError, Malformed, Truncated

SIGNATURE = bytes(range(64))
PIECE = 1 << 20
# This number is neither a divisor nor a multiple of the size of a piece.
STEP = 700_001


def written(files: Iterable[bytes], message: bytes = b"{}") -> bytes:
    sources = [(len(data), [data]) for data in files]
    return b"".join(container.write(sources, lambda _: message, lambda _: SIGNATURE))


def read(pieces: Iterable[bytes]) -> tuple[container.Signed | container.Drop, list[bytes]]:
    kept: list[bytes] = []
    found = container.read(pieces, lambda _number, data: kept.append(b"".join(data)))
    return found, kept


def split(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
    yield data[at:]


@given(
    files=st.lists(st.binary(max_size=1_100), max_size=4),
    message=st.binary(max_size=600),
    sizes=st.lists(st.integers(0, 700), max_size=40),
)
def test_a_container_is_read_in_pieces_of_any_size(
    files: list[bytes], message: bytes, sizes: list[int]
) -> None:
    """The files and the message are unchanged."""
    found, kept = read(split(written(files, message), sizes))
    assert isinstance(found, container.Signed)
    assert (files, message, SIGNATURE) == (kept, found.message, found.signature)


@given(place=st.integers(0, 4 * 512 - 1), bit=st.integers(0, 7))
def test_a_changed_bit_is_refused_or_changes_the_signed_data(place: int, bit: int) -> None:
    """Every bit of the archive matters."""
    raw = bytearray(written([], b'{"v":1}'))
    raw[place] ^= 1 << bit
    try:
        found, _ = read([bytes(raw)])
    except CryptoError:
        return
    assert isinstance(found, container.Signed)
    assert (found.message, found.signature) != (b'{"v":1}', SIGNATURE)


def test_a_truncated_container_is_refused() -> None:
    """The container may be cut at any position."""
    raw = written([b"a" * 700])
    for size in [*range(0, 3_072, 100), len(raw) - 512, len(raw) - 1]:
        with pytest.raises(CryptoError):
            read([raw[:size]])


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE])
def test_the_digest_of_a_file_is_the_digest_of_its_pieces_of_1_mib(size: int) -> None:
    """SPEC 4.1 defines the digest as the SHA-256 of the SHA-256 values of all pieces.

    An empty file has no pieces.
    """
    digest = container.FileDigest()
    for start in range(0, size, STEP):
        digest.update(bytes(min(STEP, size - start)))
    pieces = [hashlib.sha256(bytes(min(PIECE, size - at))).digest() for at in range(0, size, PIECE)]
    assert hashlib.sha256(b"".join(pieces)).digest() == digest.digest()


def test_a_large_file_takes_constant_memory() -> None:
    """The test writes and reads 96 MiB as a stream."""
    size = 96 << 20
    pieces = (bytes(PIECE) for _ in range(size // PIECE))
    seen = 0

    def keep(_number: int, data: Iterator[bytes]) -> None:
        nonlocal seen
        seen += sum(map(len, data))

    tracemalloc.start()
    container.read(container.write([(size, pieces)], lambda _: b"{}", lambda _: SIGNATURE), keep)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == seen
    # The padding at the end of a container of this size is a single piece of at most 3 % of the size.
    assert peak < 16 << 20


@pytest.mark.parametrize("pieces", [[b"abc"], [b"ab", b"cde"], []])
def test_a_file_whose_size_changes_during_sealing_stops_the_writer(pieces: list[bytes]) -> None:
    """The announced size is four bytes. It is an error if the pieces have fewer or more bytes in total."""
    with pytest.raises(Malformed):
        list(container.write([(4, pieces)], lambda _: b"{}", lambda _: SIGNATURE))


def test_a_hundredth_file_is_refused() -> None:
    """The names of files have two digits."""
    assert len(read([written([b""] * 99)])[1]) == 99
    with pytest.raises(Malformed):
        written([b""] * 100)


def test_a_slot_that_is_too_large_is_refused() -> None:
    """The limit for a slot is 16 KiB."""
    with pytest.raises(Malformed):
        list(container.write([], lambda _: bytes(15_000), lambda _: SIGNATURE, padded=padding.slot))


def test_a_message_of_more_than_1_mib_is_refused_before_it_is_read() -> None:
    """Memory stays bounded, whatever size a header claims."""
    whole, _ = read([with_message_of(1 << 20)])
    assert isinstance(whole, container.Signed)
    with pytest.raises(Malformed):
        read([with_message_of((1 << 20) + 1)])


def with_message_of(size: int) -> bytes:
    """Return a container from a writer that has no limit for messages."""
    files = [("message.json", bytes(size)), ("message.sig", SIGNATURE)]
    members = (archive.Member(name, len(data), iter([data])) for name, data in files)
    raw = b"".join(archive.write(members)) + bytes(archive.END)
    return raw.ljust(padding.bucket(len(raw)), b"\0")


def test_a_message_that_a_reader_would_refuse_is_not_written() -> None:
    """The writer of the message gets the error, rather than its reader."""
    assert len(written([], bytes(1 << 20))) > 1 << 20
    with pytest.raises(Malformed):
        written([], bytes((1 << 20) + 1))


def test_a_file_that_the_caller_does_not_read_is_still_verified() -> None:
    raw = written([b"a" * 5_000])
    found = container.read([raw], lambda _number, _data: None)
    expected, _ = read([raw])
    assert expected == found


def test_an_empty_input_is_reported_as_truncated() -> None:
    """An empty input does not count as an empty container."""
    with pytest.raises(Truncated):
        read([])


def drop(*more: tuple[str, bytes], pad: int = 0) -> bytes:
    """Return a drop as standard tools make it. It has the smallest size of SPEC 4.2 plus ``pad`` zeros."""
    files = [("files/01", b"a"), ("note.txt", "é".encode()), *more]
    members = (archive.Member(name, len(data), iter([data])) for name, data in files)
    raw = b"".join(archive.write(members)) + bytes(archive.END)
    return raw.ljust(padding.SMALLEST + pad, b"\0")


def test_an_unsigned_drop_contains_files_and_then_a_note_and_has_the_size_of_a_report() -> None:
    """SPEC 4.3 allows only the sizes of reports, no file after the note, and only UTF-8."""
    found, kept = read([drop()])
    assert isinstance(found, container.Drop)
    assert ("é", [b"a"]) == (found.note, kept)
    read([drop(pad=2_048)])
    for raw in (drop(pad=512), drop(("files/02", b"b")), drop().replace("é".encode(), b"\xc3(")):
        with pytest.raises(Malformed):
            read([raw])


def test_padme_leaves_the_size_of_the_largest_container_unchanged() -> None:
    """A report can fill the largest container, and no larger size is accepted."""
    assert padding.bucket(padding.LARGEST) == padding.LARGEST == 1_107_296_256
    with pytest.raises(Malformed):
        padding.bucket(padding.LARGEST + 1)
