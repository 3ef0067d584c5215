"""The poster, in A4 and in A3: what an approach looks like, and where to report it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portal.kit.deployment import Deployment
from portal.kit.paper import Box, Paper, Type

# The layout is in mm and points on A4. A3 is the same layout, larger by the square root of 2.
_WIDTH, _HEIGHT, _MARGIN = 210, 297, 15
SCALES = {"a4": 1.0, "a3": 2**0.5}
_INSIDE = _WIDTH - 2 * _MARGIN
_FRAME = Box(_MARGIN, 172, _INSIDE, 98)
_PAD, _SIDE = 6, 52


def poster(texts: Mapping[str, Any], language: str, deployment: Deployment, scale: float) -> bytes:
    """Return the poster as PDF; raises Refused if a text does not fit."""
    sheet = _Sheet(texts["poster"]["headline"], language, scale)
    try:
        _say(sheet, texts["poster"])
        _tell_where(sheet, texts, deployment)
        sheet.write(deployment.name.in_(language), (_MARGIN, 273, _INSIDE, 10), Type(12, 7, centred=True))
        return sheet.paper.output()
    finally:
        sheet.paper.close()


class _Sheet:
    """A page whose boxes and sizes are multiplied by ``scale``."""

    def __init__(self, title: str, language: str, scale: float) -> None:
        self._scale = scale
        self.paper = Paper(title, language, round(_WIDTH * scale), round(_HEIGHT * scale))
        self.paper.page()

    def write(self, text: str, place: tuple[float, float, float, float], type_: Type) -> float:
        """Write a text in a box (x, y, width, height); return the y below it, in mm on A4."""
        scale = self._scale
        larger = replace(type_, largest=type_.largest * scale, smallest=type_.smallest * scale)
        return self.paper.write(text, self.box(*place), larger) / scale

    def box(self, x: float, y: float, width: float, height: float) -> Box:
        """Return a box in mm on this page."""
        return Box(*(each * self._scale for each in (x, y, width, height)))

    def frame(self, box: Box, width: float) -> None:
        """Draw a frame with lines of this width."""
        place = self.box(box.x, box.y, box.width, box.height)
        self.paper.frame(place, width * self._scale)

    def bar(self, *place: float) -> None:
        """Fill a box (x, y, width, height) with black."""
        self.paper.bar(self.box(*place))

    def qr_code(self, content: str, x: float, y: float, side: float) -> None:
        """Draw a QR code."""
        self.paper.qr_code(content, x * self._scale, y * self._scale, side * self._scale)


def _say(sheet: _Sheet, said: Mapping[str, Any]) -> None:
    """Write the upper part: what everybody should know."""
    below = sheet.write(said["headline"], (_MARGIN, _MARGIN, _INSIDE, 66), Type(38, 22, bold=True, tag="H1"))
    sheet.bar(_MARGIN, below + 4, 40, 2)
    below = sheet.write(said["lead"], (_MARGIN, below + 11, _INSIDE, 22), Type(24, 14))
    room = (_FRAME.y - 6 - below - 6) / len(said["points"])
    for n, point in enumerate(said["points"]):
        top = below + 6 + n * room
        sheet.bar(_MARGIN, top + 2.4, 3.2, 3.2)
        sheet.write(point, (_MARGIN + 8, top, _INSIDE - 8, room), Type(18, 10))


def _tell_where(sheet: _Sheet, texts: Mapping[str, Any], deployment: Deployment) -> None:
    """Write the frame: the addresses, the QR code of the onion address, and the fingerprint."""
    where, left = texts["where"], _FRAME.x + _PAD
    inside = _FRAME.width - 2 * _PAD
    sheet.frame(_FRAME, 1)
    top = sheet.write(
        texts["poster"]["report"], (left, _FRAME.y + 5, inside, 11), Type(22, 13, bold=True, tag="H2")
    )
    width = inside - _SIDE - 4 if deployment.onion else inside
    top = sheet.write(where["device"], (left, top + 1, width, 16), Type(12, 8)) + 2
    if deployment.address:
        top = sheet.write(where["address"], (left, top, width, 5), Type(9, 7))
        top = sheet.write(deployment.address, (left, top, width, 12), Type(18, 8, bold=True)) + 2
    if deployment.onion:
        top = sheet.write(where["onion"], (left, top, width, 5), Type(9, 7))
        sheet.write(deployment.onion, (left, top, width, 12), Type(10, 8, bold=True))
        code = (left + inside - _SIDE, _FRAME.y + 17)
        sheet.qr_code(deployment.onion, *code, _SIDE)
        sheet.write(where["code"], (code[0], code[1] + _SIDE, _SIDE, 5), Type(9, 7, centred=True))
    top = _FRAME.y + _FRAME.height - 22
    sheet.bar(left, top, inside, 0.3)
    top = sheet.write(where["fingerprint"], (left, top + 3, inside, 6), Type(10, 7))
    sheet.write(deployment.fingerprint, (left, top + 1, inside, 10), Type(18, 10, bold=True))
