"""Archives contain files of any size that a header can express, and nothing else (SPEC 4.1)."""

import io
import tarfile

import pytest

from crypto import archive
from crypto.archive import BLOCK, END, Member, Reader
from crypto.errors import Malformed, Truncated

LARGEST = 8**11 - 1


def file(name: str, data: bytes, size: int | None = None) -> Member:
    return Member(name, len(data) if size is None else size, iter([data]))


def written(*members: Member) -> bytes:
    return b"".join(archive.write(members)) + bytes(END)


def read(raw: bytes, most_padding: int | None = None) -> tuple[dict[str, bytes], Reader]:
    reader = Reader([raw], most_padding)
    return {member.name: b"".join(member.data) for member in reader}, reader


@pytest.mark.parametrize(
    ("name", "size"),
    [("", 0), ("a" * 101, 0), ("é", 0), ("a\0b", 0), ("a", -1), ("a", LARGEST + 1)],
)
def test_a_name_or_size_that_does_not_fit_into_a_header_is_refused(name: str, size: int) -> None:
    with pytest.raises(Malformed):
        archive.header(name, size)


@pytest.mark.parametrize(("name", "size"), [("a", 0), ("a" * 100, LARGEST), ("a/b", 8**10)])
def test_other_implementations_can_read_a_header(name: str, size: int) -> None:
    raw = archive.header(name, size)
    found = tarfile.TarInfo.frombuf(raw, "ascii", "strict")
    assert (len(raw), found.name, found.size, found.mode, found.mtime) == (BLOCK, name, size, 0o600, 0)
    assert (found.uid, found.gid, found.type, found.linkname) == (0, 0, tarfile.REGTYPE, "")


def test_a_header_that_our_writer_would_not_write_is_refused() -> None:
    raw = written(file("a", b"abc"))
    for place in range(BLOCK):
        with pytest.raises(Malformed):
            read(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1_024])
def test_we_and_others_can_read_an_archive_that_we_wrote(size: int) -> None:
    raw = written(file("a", bytes(size)), file("b", b"b"))
    found, reader = read(raw)
    assert found == {"a": bytes(size), "b": b"b"}
    assert archive.span(size) + archive.span(1) + END == reader.archive_size == reader.total == len(raw)
    with tarfile.open(fileobj=io.BytesIO(raw)) as other:
        assert [(each.name, each.size) for each in other.getmembers()] == [("a", size), ("b", 1)]


def test_a_reader_of_an_archive_may_skip_the_data_of_a_file() -> None:
    raw = written(file("a", bytes(1_025)), file("b", b"b"))
    assert [(member.name, member.size) for member in Reader([raw])] == [("a", 1_025), ("b", 1)]
    halfway = ((member.name, next(member.data)) for member in Reader([raw[:600], raw[600:]]))
    assert [name for name, _ in halfway] == ["a", "b"]


@pytest.mark.parametrize("size", [2, 4])
def test_the_writer_refuses_a_file_that_is_longer_or_shorter_than_announced(size: int) -> None:
    with pytest.raises(Malformed):
        written(file("a", b"abc", size))


def test_bytes_after_a_file_or_after_the_end_of_an_archive_are_refused() -> None:
    raw = written(file("a", b"abc"))
    for place in (BLOCK + 3, 2 * BLOCK - 1, 2 * BLOCK + BLOCK, len(raw) - 1):
        with pytest.raises(Malformed):
            read(raw[:place] + b"x" + raw[place + 1 :])
    with pytest.raises(Malformed):
        read(raw + b"x")


def test_an_archive_that_ends_early_or_within_a_block_is_refused() -> None:
    raw = written(file("a", b"abc"))
    for cut in (raw[:-BLOCK], raw[:-1], raw[: BLOCK + 2], raw[: 2 * BLOCK - 1], b"", raw + bytes(1)):
        with pytest.raises(Truncated):
            read(cut)


def test_an_archive_with_more_padding_than_allowed_is_refused() -> None:
    raw = written(file("a", b"abc"))
    for most in (0, 2 * BLOCK):
        _, reader = read(raw + bytes(most), most)
        assert (reader.archive_size, reader.total) == (len(raw), len(raw) + most)
        with pytest.raises(Malformed):
            read(raw + bytes(most + 1), most)


@pytest.mark.parametrize("size", [0, 7, 8**10, LARGEST])
def test_the_reader_finds_every_size_that_a_header_can_hold(size: int) -> None:
    assert next(iter(Reader([archive.header("a", size)]))).size == size
