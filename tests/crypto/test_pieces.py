"""Exact amounts of bytes are read from pieces of any size."""

import pytest

from crypto.pieces import Pieces


@pytest.mark.parametrize("size", range(1, 9))
def test_a_line_ends_with_its_line_feed_however_the_input_is_cut(size: int) -> None:
    """A piece may begin with a line feed."""
    raw = b"ab\n\nc\nd"
    source = Pieces(raw[at : at + size] for at in range(0, len(raw), size))
    assert [source.line(9) for _ in range(5)] == [b"ab\n", b"\n", b"c\n", b"d", b""]


def test_a_line_longer_than_the_limit_is_cut() -> None:
    """The next read continues after the cut. A limit of 0 reads nothing."""
    source = Pieces([b"abc", b"de\nf"])
    assert [source.line(limit) for limit in (2, 3, 0, 1, 9)] == [b"ab", b"cde", b"", b"\n", b"f"]
