"""The slide for a screen in the canteen: few words, large letters, no QR code.

Nobody should have to point a phone at a screen that everybody watches.
"""

from collections.abc import Mapping
from typing import Any

from portal.kit.deployment import Deployment
from portal.kit.paper import Box, Paper, Type

# 16 to 9, the size of a slide in common programs.
_WIDTH, _HEIGHT, _MARGIN = 338.7, 190.5, 22
_INSIDE = _WIDTH - 2 * _MARGIN


def slide(texts: Mapping[str, Any], language: str, deployment: Deployment) -> bytes:
    """Return the slide as PDF; raises Refused if a text does not fit."""
    said = texts["slide"]
    paper = Paper(said["headline"], language, _WIDTH, _HEIGHT)
    try:
        paper.page()
        below = paper.write(
            said["headline"], Box(_MARGIN, 20, _INSIDE, 56), Type(52, 28, bold=True, tag="H1")
        )
        paper.bar(Box(_MARGIN, below + 5, 50, 2.5))
        paper.write(said["lead"], Box(_MARGIN, below + 14, _INSIDE, 34), Type(30, 18))
        paper.write(said["report"], Box(_MARGIN, 115, _INSIDE, 14), Type(30, 18, bold=True))
        shown = deployment.address or deployment.onion
        paper.write(shown, Box(_MARGIN, 131, _INSIDE, 14), Type(28, 12))
        paper.write(texts["where"]["device"], Box(_MARGIN, 147, _INSIDE, 9), Type(18, 10))
        name = deployment.name.in_(language)
        paper.write(name, Box(_MARGIN, 164, _INSIDE, 8), Type(16, 10))
        return paper.output()
    finally:
        paper.close()
