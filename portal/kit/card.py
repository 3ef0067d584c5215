"""Pocket cards to cut out and fold, four on a sheet of A4.

A card names neither the site nor the inspectorate, so that it does not betray who carries it. Therefore this
module gets the texts only, and nothing of the deployment.
"""

from collections.abc import Mapping
from typing import Any

from portal.kit.paper import Box, Paper, Type

_WIDTH, _HEIGHT = 210, 297
# Folded, a card has the size of a bank card (ISO/IEC 7810, ID-1).
_CARD_WIDTH, _HALF = 85.6, 54
_CARD_HEIGHT = 2 * _HALF
_PAD, _MARK, _GAP = 5, 5, 2
_LEFT, _TOP = (_WIDTH - 2 * _CARD_WIDTH) / 2, 30
# The title and this many steps are above the fold.
_ABOVE = 3


def card(texts: Mapping[str, Any], language: str) -> bytes:
    """Return a sheet with four cards as PDF; raises Refused if a text does not fit."""
    said = texts["card"]
    paper = Paper(said["title"], language, _WIDTH, _HEIGHT)
    try:
        paper.page()
        for x in (_LEFT, _LEFT + _CARD_WIDTH):
            for y in (_TOP, _TOP + _CARD_HEIGHT):
                _write(paper, said, x, y)
        below = Box(_LEFT, _TOP + 2 * _CARD_HEIGHT + 12, 2 * _CARD_WIDTH, 18)
        paper.write(said["making"], below, Type(10, 8))
        return paper.output()
    finally:
        paper.close()


def _write(paper: Paper, said: Mapping[str, Any], x: float, y: float) -> None:
    """Write one card, whose upper left corner is at (x, y)."""
    paper.frame(Box(x, y, _CARD_WIDTH, _CARD_HEIGHT), 0.2)
    paper.dashes((x, y + _HALF), (x + _CARD_WIDTH, y + _HALF))
    steps = [f"{n}. {step}" for n, step in enumerate(said["steps"], 1)]
    width = _CARD_WIDTH - 2 * _PAD
    title = Box(x + _PAD, y + _PAD, width, 10)
    below = paper.write(said["title"], title, Type(13, 9, bold=True, tag="H1")) + _GAP
    end = y + _HALF - _PAD
    paper.write("\n".join(steps[:_ABOVE]), Box(x + _PAD, below, width, end - below), _STEPS)
    lower = Box(x + _PAD, y + _HALF + _PAD, width, _HALF - 2 * _PAD - 12)
    below = paper.write("\n".join(steps[_ABOVE:]), lower, _STEPS) + _GAP
    end = y + _CARD_HEIGHT - _PAD
    paper.write(said["always"], Box(x + _PAD, below, width, end - below), Type(12, 8, bold=True))


_STEPS = Type(12, 8)
