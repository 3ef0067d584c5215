"""Files of anchors: our own files are read, and all other files are refused."""

from itertools import chain

import pytest

from crypto import anchors, archive
from crypto.archive import Member
from crypto.bundle import Manifest
from crypto.errors import CryptoError, Malformed, Truncated

KEPT = [
    (1, Manifest(b"[]", b"o" * 64)),
    (2, Manifest(b"{}", bytes(64))),
    (3, Manifest(b"three" * 300, b"s" * 64)),
    (12, Manifest(b"", b"t" * 64)),
]


def file(*members: tuple[str, bytes], end: bytes = bytes(archive.END)) -> bytes:
    return b"".join(archive.write(Member(name, len(data), iter([data])) for name, data in members)) + end


WRONG = {
    "no archive": b"holiday" * 500,
    "nothing at all": b"",
    "another name": file(("2.txt", b"{}"), ("2.sig", bytes(64))),
    "number zero": file(("0.json", b"{}"), ("0.sig", bytes(64))),
    "number with a zero before it": file(("02.json", b"{}"), ("02.sig", bytes(64))),
    "signature of another": file(("2.json", b"{}"), ("3.sig", bytes(64))),
    "signature missing": file(("2.json", b"{}")),
    "signature too short": file(("2.json", b"{}"), ("2.sig", bytes(63))),
    "signature first": file(("2.sig", bytes(64)), ("2.json", b"{}")),
    "numbers go back": file(("3.json", b""), ("3.sig", bytes(64)), ("2.json", b""), ("2.sig", bytes(64))),
    "number twice": file(("2.json", b""), ("2.sig", bytes(64)), ("2.json", b""), ("2.sig", bytes(64))),
    "bytes behind the end": file(("2.json", b"{}"), ("2.sig", bytes(64)), end=bytes(archive.END + 512)),
    "cut": file(("2.json", b"{}"), ("2.sig", bytes(64)))[:-700],
}


@pytest.mark.parametrize("name", WRONG)
def test_an_invalid_file_of_anchors_is_refused(name: str) -> None:
    with pytest.raises(CryptoError):
        list(anchors.read([WRONG[name]]))


def test_a_written_file_of_anchors_is_read() -> None:
    """The file may be read in pieces of any size. An empty file has no anchors."""
    raw = b"".join(anchors.write(KEPT))
    assert KEPT == list(anchors.read([raw]))
    assert KEPT == list(anchors.read(bytes([byte]) for byte in raw))
    assert [] == list(anchors.read(anchors.write([])))


def test_an_oversized_manifest_is_refused_before_it_is_read() -> None:
    """The header states the size, so nobody can fill the memory of the air-gapped machine."""
    pieces = chain([archive.header("2.json", anchors.LARGEST_MANIFEST + 1)], [b"x"] * 5)
    with pytest.raises(Malformed):
        next(anchors.read(pieces))


def test_a_manifest_of_the_largest_size_is_read() -> None:
    """SPEC 8 gives the limit of 32 MiB. Here the file ends after the header."""
    with pytest.raises(Truncated):
        next(anchors.read([archive.header("2.json", 32 << 20)]))


def test_a_single_byte_after_the_end_of_a_file_of_anchors_is_refused_as_malformed() -> None:
    with pytest.raises(Malformed):
        list(anchors.read([*anchors.write(KEPT), bytes(1)]))
