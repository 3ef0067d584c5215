"""The layout of all printed letters; the same words always give the same bytes.

A letter names the office, never an officer. The file of a letter contains the day, but no time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from inbox.files.pdf import Sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The text printed above a letter, with the labelled ``facts``, and at the foot of each page.

    ``law`` is the line below the title, or empty.
    """

    title: str
    law: str = ""
    facts: Iterable[tuple[str, str]]
    foot: str
    language: str
    made: date


def begun(paper: Paper) -> Sheets:
    """Return a letter's pages up to the start of its text; raises Refused if the font is missing."""
    sheets = Sheets(paper.title, language=paper.language, day=paper.made, foot=paper.foot, removed="")
    if paper.law:
        sheets.subtitle(paper.law)
    else:
        sheets.gap()
    for label, value in paper.facts:
        sheets.fact(label, value)
    return sheets


def sign(sheets: Sheets, label: str) -> None:
    """Leave space for a handwritten signature below ``label``, which says what to write there."""
    for _ in range(2):
        sheets.gap()
    sheets.label(label)
    for _ in range(8):
        sheets.gap()
