"""Armored age files: one text for the same bytes, but for line ends and whitespace around."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.armor import armor, dearmor
from crypto.errors import Malformed

TEXT = armor(bytes(range(100)))


@given(st.binary(max_size=300))
@example(b"")
@example(bytes(48))
@example(bytes(49))
def test_armor_holds_any_bytes(data):
    """A round trip holds for any length, and no line is longer than 64 columns."""
    text = armor(data)
    assert data == dearmor(text.encode())
    assert all(len(line) <= 64 for line in text.splitlines())


def test_line_ends_and_surroundings_are_free():
    """Mail programs change these, and the bytes are the same."""
    assert bytes(range(100)) == dearmor(b"\r\n\t " + TEXT.replace("\n", "\r\n").encode() + b"\n \n")
    assert bytes(range(100)) == dearmor(TEXT.strip().encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("\n", id="blank"),
        pytest.param(TEXT.splitlines()[0], id="only-begin"),
        pytest.param("\n".join(TEXT.splitlines()[:-1]), id="no-end"),
        pytest.param("\n".join(TEXT.splitlines()[1:]), id="no-begin"),
        pytest.param(TEXT + TEXT, id="twice"),
        pytest.param("x" + TEXT, id="before"),
        pytest.param(TEXT + "x", id="after"),
        pytest.param(TEXT.replace("\n", "\r"), id="only-cr"),
        pytest.param(TEXT.replace("AGE", "PGP"), id="other-label"),
        pytest.param(TEXT.replace("\n", "\n\n", 1), id="empty-line"),
        pytest.param(TEXT.replace("\n", " \n", 2), id="trailing-space"),
        pytest.param(TEXT.replace("=", ""), id="no-padding"),
        pytest.param(TEXT.replace("AAEC", "AA-_"), id="url-alphabet"),
        pytest.param(TEXT.replace("AAEC", "AAÉC"), id="not-ascii"),
        pytest.param(TEXT.replace("Yw==", "Yx=="), id="not-canonical"),
    ],
)
def test_another_text_is_refused(text):
    """What is not written as armor writes it is refused."""
    with pytest.raises(Malformed):
        dearmor(text.encode())
