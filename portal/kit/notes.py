"""The trainer's notes: what to say in each part of a session, and how long each part takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.kit.deployment import Deployment
from portal.kit.paper import Box, Paper, Type

_WIDTH, _HEIGHT, _MARGIN = 210, 297, 20
_INSIDE, _BOTTOM = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
_INDENT, _GAP = 6, 2
_TITLE, _HEADING, _TEXT, _FOOT = (
    Type(18, 12, bold=True, tag="H1"),
    Type(12, 10, bold=True, tag="H2"),
    Type(10.5, 10.5),
    Type(9, 6, tag=""),
)
# More than the longest text needs, so that a text is never refused for the room that is left on its page.
_TALLEST = 120


def notes(texts: Mapping[str, Any], language: str, deployment: Deployment) -> bytes:
    """Return the notes as PDF, on as many pages of A4 as needed; raises Refused if a title does not fit."""
    said = texts["notes"]
    paper = Paper(said["title"], language, _WIDTH, _HEIGHT)
    try:
        pages = _Pages(paper, deployment.name.in_(language))
        pages.write(said["title"], _TITLE)
        pages.items(said["rules"], said["before"])
        minute = 0
        for part in said["part"]:
            end = minute + part["minutes"]
            pages.items(f"{minute}\N{EN DASH}{end} min  {part['heading']}", part["items"])
            minute = end
        return paper.output()
    finally:
        paper.close()


class _Pages:
    """Text from top to bottom, with the name of the inspectorate and a number at the foot of each page."""

    def __init__(self, paper: Paper, foot: str) -> None:
        self._paper, self._foot, self._y, self._page = paper, foot, float(_MARGIN), 0
        self._begin()

    def write(self, text: str, type_: Type) -> None:
        """Write a text over the whole width."""
        self._y = self._paper.write(text, Box(_MARGIN, self._y, _INSIDE, 30), type_)

    def items(self, heading: str, items: Sequence[str]) -> None:
        """Write a heading and a list, on a new page if the list would not fit on this one."""
        heights = [self._paper.height(item, _INSIDE - _INDENT, _TEXT.largest) + _GAP for item in items]
        if self._y + 20 + sum(heights) > _BOTTOM:
            self._begin()
        self._y += 6
        self.write(heading, _HEADING)
        self._y += _GAP
        for item, height in zip(items, heights, strict=True):
            if self._y + height > _BOTTOM:
                self._begin()
            self._paper.bar(Box(_MARGIN + 1, self._y + 1.6, 1.6, 1.6))
            box = Box(_MARGIN + _INDENT, self._y, _INSIDE - _INDENT, _TALLEST)
            self._y = self._paper.write(item, box, _TEXT) + _GAP

    def _begin(self) -> None:
        self._paper.page()
        self._y = float(_MARGIN)
        self._page += 1
        foot = f"{self._foot} \N{MIDDLE DOT} {self._page}"
        self._paper.write(foot, Box(_MARGIN, _HEIGHT - _MARGIN - 6, _INSIDE, 6), _FOOT)
