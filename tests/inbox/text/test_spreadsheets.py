"""Tables for spreadsheets contain no formulas."""

import csv

import pytest

from inbox.text import spreadsheets
from tests.support import hostile


def cells(raw: bytes) -> list[list[str]]:
    return list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))


@pytest.mark.parametrize(
    "begin", [*"=+-@", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)), " =", "\u00a0=", '"="', "\t=", "\n="]
)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe_or_a_harmless_character(begin: str) -> None:
    """The other cells of the row stay as they are, and numbers stay numbers."""
    ((first, second, third),) = cells(spreadsheets.written([(f"{begin}1+1", "a-b", -3)]))
    assert first[0] in "'<\""
    assert ("a-b", "-3") == (second, third)


def test_a_text_remains_in_its_cell() -> None:
    (row,) = cells(spreadsheets.written([(hostile.FORMULAS, 'a;b\r\n=1;"', "c")]))
    assert 3 == len(row)
    assert not [each for each in row if each.startswith(tuple("=+-@"))]
