"""How a letter to print looks, whatever it says: one layout, the same bytes for the same words.

It names the office, never an officer, and its file holds no time but the day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from inbox.files.pdf import Sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands on the first page above the text, with the ``facts`` by their labels, and on each foot.

    ``law`` is the line below the title, if there is one.
    """

    title: str
    law: str = ""
    facts: Iterable[tuple[str, str]]
    foot: str
    language: str
    made: date


def begun(paper: Paper) -> Sheets:
    """Return the pages of a letter down to where its text begins; Refused if the font is missing."""
    sheets = Sheets(paper.title, language=paper.language, day=paper.made, foot=paper.foot, removed="")
    if paper.law:
        sheets.subtitle(paper.law)
    else:
        sheets.gap()
    for label, value in paper.facts:
        sheets.fact(label, value)
    return sheets


def sign(sheets: Sheets, label: str) -> None:
    """Leave room to sign by hand, below what is to be written there."""
    for _ in range(2):
        sheets.gap()
    sheets.label(label)
    for _ in range(8):
        sheets.gap()
