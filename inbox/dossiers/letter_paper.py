"""The layout of all letters to print: the same words give the same bytes.

A letter names the office, never an officer. Its file contains no time except the day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from inbox.files.pdf import Sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is printed above the text on the first page, with the ``facts`` by their labels, and on each foot.

    ``law`` is the line below the title, or empty.
    """

    title: str
    law: str = ""
    facts: Iterable[tuple[str, str]]
    foot: str
    language: str
    made: date


def begun(paper: Paper) -> Sheets:
    """Return the pages of a letter up to the start of its text; raises Refused if the font is missing."""
    sheets = Sheets(paper.title, language=paper.language, day=paper.made, foot=paper.foot, removed="")
    if paper.law:
        sheets.subtitle(paper.law)
    else:
        sheets.gap()
    for label, value in paper.facts:
        sheets.fact(label, value)
    return sheets


def sign(sheets: Sheets, label: str) -> None:
    """Leave room for a signature by hand below ``label``, which says what to write there."""
    for _ in range(2):
        sheets.gap()
    sheets.label(label)
    for _ in range(8):
        sheets.gap()
