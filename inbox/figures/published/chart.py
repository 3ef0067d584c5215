"""Charts as SVG: bars, bars divided into shares, and a line over years.

A chart needs neither script nor style: it has presentation attributes only, so a page that forbids both can
contain it, and so can a PDF. Fills differ by hatching, not by colour, and every value is written beside its
mark. A missing value (None) has the caller's sign instead of a mark.

The libraries for charts in Python (pygal, matplotlib, Altair) write style elements or scripts into their SVG.
The hatching is made of lines, because the library for PDF does not know the patterns of SVG.
"""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias
from xml.etree import ElementTree as ET

# All lengths are in units of the drawing, which is as wide as a telephone's screen in points of type.
WIDTH = 340
_SIZE, _LINE, _BAR, _GAP = 14, 18, 16, 10
# The average width of a letter and of a bold digit. A label is broken into lines before it becomes too long
# for its line.
_LETTER, _BOLD = 0.56 * _SIZE, 0.7 * _SIZE
_INK, _PALE = "#222222", "#ffffff"
_STEP, _PAD = 5, 2
# A narrow edge in the colour of the ground keeps a number legible if a line passes through it.
_EDGE = {"stroke": _PALE, "stroke-width": "3", "stroke-linejoin": "round", "paint-order": "stroke"}
_RADIUS, _RISE = 3.5, 7
# The height of a line chart without its line of years. At each side, there is room for half a label.
_TALL, _SIDE = 80, 22
# The fills of shares, which differ even without colour: solid, or a white bar that these lines cross.
_SOLID = "solid"
_FILLS = (_SOLID, "", "/", "-", "/\\", "|")
MOST_SHARES = len(_FILLS)


_Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """A value with its label, and the text that is written beside it; ``value`` is None if it is missing."""

    label: str
    value: int | None
    text: str


@dataclass(frozen=True)
class Divided:
    """A bar that is divided into marks. If one of them is missing, the bar shows ``sign`` instead."""

    label: str
    marks: Sequence[Mark]
    sign: str


@dataclass(frozen=True)
class Chart:
    """A chart with its title and its text alternative. ``height`` is in the same units as ``WIDTH``."""

    name: str
    title: str
    told: str
    height: float
    parts: Sequence[ET.Element]

    def for_page(self) -> str:
        """Return SVG to put into HTML, with title and text alternative; it is as wide as its surroundings."""
        root = self._root("sans-serif")
        root.attrib |= {
            "width": "100%",
            "role": "img",
            "aria-labelledby": f"{self.name}-title {self.name}-told",
        }
        ET.SubElement(root, "title", id=f"{self.name}-title").text = self.title
        ET.SubElement(root, "desc", id=f"{self.name}-told").text = self.told
        root.extend(self.parts)
        return ET.tostring(root, "unicode")

    def for_paper(self, font: str) -> bytes:
        """Return SVG whose texts are in ``font``, without title and text alternative."""
        root = self._root(font)
        for part in self.parts:
            # The library for PDF would draw the edge of a text over the text.
            kept = {
                key: value for key, value in part.attrib.items() if part.tag != "text" or key not in _EDGE
            }
            ET.SubElement(root, part.tag, kept).text = part.text
        return ET.tostring(root)

    def _root(self, font: str) -> ET.Element:
        box = f"-1 0 {WIDTH + 2} {_n(self.height)}"
        named = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "fill": _INK}
        return ET.Element("svg", {**named, "font-family": font, "font-size": str(_SIZE)})


def bars(name: str, title: str, told: str, marks: Sequence[Mark]) -> Chart:
    """Return a chart with a bar for each mark.

    ``name`` is unique on its page, and ``told`` is the text alternative.
    """
    drawing = _Drawing(title)
    longest = max((mark.value or 0 for mark in marks), default=0) or 1
    room = WIDTH - max((len(mark.text) for mark in marks), default=0) * _BOLD - _GAP
    for mark in marks:
        drawing.text(mark.label)
        length = (mark.value or 0) / longest * room
        if length:
            drawing.filled(0, length, _SOLID)
        drawing.write(
            length + (_GAP / 2 if length else 0), drawing.height + _BAR - 3, mark.text, weight="bold"
        )
        drawing.height += _BAR + _GAP
    return drawing.chart(name, told)


def shares(name: str, title: str, told: str, rows: Sequence[Divided]) -> Chart:
    """Return a chart with a bar of full width for each row, divided by its marks.

    Raises ValueError if a row has more than MOST_SHARES marks, because there are no more different fills.
    """
    if any(len(row.marks) > MOST_SHARES for row in rows):
        raise ValueError("too many shares")
    drawing = _Drawing(title)
    for place, mark in enumerate(rows[0].marks):
        drawing.filled(0, _BAR, _FILLS[place])
        value = mark.text if len(rows) == 1 else ""
        drawing.write(WIDTH, drawing.height + _SIZE, value, anchor="end", weight="bold")
        drawing.text(mark.label, _BAR + _GAP / 2, len(value) * _BOLD)
        drawing.height += _PAD
    drawing.height += _GAP / 2
    for row in rows:
        if len(rows) > 1:
            drawing.text(row.label)
        _divide(drawing, row, is_labelled=len(rows) > 1)
        drawing.height += _BAR + _GAP
    return drawing.chart(name, told)


def line(name: str, title: str, told: str, marks: Sequence[Mark]) -> Chart:
    """Return a chart with a point for each year; a missing year interrupts the line."""
    drawing = _Drawing(title)
    highest = max((mark.value or 0 for mark in marks), default=0) or 1
    step = (WIDTH - 2 * _SIDE) / max(len(marks) - 1, 1)
    floor = drawing.height + _LINE + _TALL
    points = [
        (_SIDE + place * step, floor - (mark.value or 0) / highest * _TALL)
        for place, mark in enumerate(marks)
    ]
    drawing.add("path", d=f"M0 {floor}H{WIDTH}", stroke=_INK, fill="none")
    for (left, top), (right, bottom) in _joined(marks, points):
        d = f"M{_n(left)} {_n(top)}L{_n(right)} {_n(bottom)}"
        drawing.add("path", d=d, stroke=_INK, stroke_width=2, fill="none")
    written = _written(marks, step)
    for (place, mark), (x, y) in zip(enumerate(marks), points, strict=True):
        if mark.value is None and place in written:
            # Halfway up: just above the axis, the sign would look like a value near zero.
            drawing.write(x, floor - _TALL / 2, mark.text, anchor="middle")
        elif place in written:
            middle, bottom = _beside((x, y), len(mark.text) * _BOLD, _slopes(marks, place), floor, step)
            drawing.write(middle, bottom, mark.text, anchor="middle", weight="bold", **_EDGE)
    for mark, (x, y) in zip(marks, points, strict=True):
        if mark.value is not None:
            drawing.add("circle", cx=_n(x), cy=_n(y), r=_RADIUS, fill=_INK)
    for place in _apart(len(marks), max((len(mark.label) for mark in marks), default=0), step):
        drawing.write(points[place][0], floor + _LINE, marks[place].label, anchor="middle")
    drawing.height = floor + _LINE + _GAP
    return drawing.chart(name, told)


def _joined(marks: Sequence[Mark], points: Sequence[_Point]) -> Iterator[tuple[_Point, _Point]]:
    """Yield the points of two successive years, wherever both years have a value."""
    for (before, mark), ends in zip(pairwise(marks), pairwise(points), strict=True):
        if before.value is not None and mark.value is not None:
            yield ends


def _divide(drawing: "_Drawing", row: Divided, *, is_labelled: bool) -> None:
    whole = sum(mark.value or 0 for mark in row.marks)
    if not whole or any(mark.value is None for mark in row.marks):
        drawing.write(0, drawing.height + _BAR - 3, row.sign, weight="bold")
        return
    left = 0.0
    for place, mark in enumerate(row.marks):
        length = (mark.value or 0) / whole * WIDTH
        drawing.filled(left, length, _FILLS[place])
        if is_labelled and length > len(mark.text) * _BOLD + _PAD:
            drawing.over_fill(left + length / 2, drawing.height + _BAR - 3, mark.text)
        left += length


def _written(marks: Sequence[Mark], step: float) -> set[int]:
    """Return the places whose texts are written, so that no two touch.

    If there is no room for all values, only the last, the highest, the lowest and the first value are tried.
    Missing values are tried after them. A text that would touch a chosen text is not written.
    """
    known = [place for place, mark in enumerate(marks) if mark.value is not None]
    order = sorted(known, key=lambda place: marks[place].value or 0)
    missing = [place for place, mark in enumerate(marks) if mark.value is None]
    chosen: set[int] = set()
    for places, first in ((known, [*known[-1:], *order[-1:], *order[:1], *known[:1]]), (missing, missing)):
        room = max((len(marks[place].text) for place in places), default=0) * _BOLD + _PAD
        for place in places if step >= room else first:
            if all(abs(place - other) * step >= room for other in chosen):
                chosen.add(place)
    return chosen


def _slopes(marks: Sequence[Mark], place: int) -> tuple[bool | None, bool | None]:
    """Return, for the line to the left and to the right, whether it leads upwards; None without a line."""
    value = marks[place].value or 0
    beside = (marks[at].value if 0 <= at < len(marks) else None for at in (place - 1, place + 1))
    left, right = (None if other is None else other > value for other in beside)
    return left, right


def _beside(
    point: _Point, length: float, upwards: tuple[bool | None, bool | None], floor: float, step: float
) -> _Point:
    """Return where to write a number of this length. If there is room, no line passes through the number.

    ``upwards`` says whether the line to the left and the line to the right of the point lead upwards; None
    means that there is no line. The number is below the point if all lines lead upwards, and otherwise above
    the point. If only one of two lines leads upwards, the number moves to the side of the other line.
    """
    x, y = point
    below = y + _RISE + _SIZE * 0.6
    is_below = True in upwards and False not in upwards and below < floor
    if {*upwards} == {True, False} and step >= length:
        x += length / 2 if upwards[0] else -length / 2
    return min(max(x, length / 2), WIDTH - length / 2), below if is_below else y - _RISE


def _apart(number: int, letters: int, step: float) -> set[int]:
    """Return the places whose labels do not touch each other; the last place always has its label."""
    every = math.ceil((letters + 1) * _LETTER / step)
    return set(range(number - 1, -1, -every))


class _Drawing:
    """An SVG drawing that grows downwards from its title; ``height`` is where the next part begins."""

    def __init__(self, title: str) -> None:
        self.height = 0.0
        self._title = title
        self._parts: list[ET.Element] = []
        self.text(title)

    def add(self, tag: str, text: str = "", **attributes: object) -> None:
        """Add an element; underscores in names of attributes become hyphens."""
        named = {name.replace("_", "-"): str(value) for name, value in attributes.items()}
        part = ET.Element(tag, named)
        part.text = text or None
        self._parts.append(part)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        weight: str = "normal",
        **look: str,
    ) -> None:
        """Write a line of text with its baseline at ``y``; ``look`` has further attributes."""
        # Otherwise the library for PDF would replace no-break spaces.
        more = {"white-space": "pre", **look}
        self.add("text", text, x=_n(x), y=_n(y), text_anchor=anchor, font_weight=weight, **more)

    def text(self, text: str, left: float = 0, right: float = 0) -> None:
        """Write a text below the earlier parts, on as many lines as it needs between these margins."""
        for each in textwrap.wrap(text, int((WIDTH - left - right) / _LETTER)) or [""]:
            self.write(left, self.height + _SIZE, each)
            self.height += _LINE
        self.height += _PAD

    def filled(self, left: float, length: float, fill: str) -> None:
        """Draw a bar at the current height with one of the fills."""
        self._box(left, self.height, length, _BAR, fill=_INK if fill == _SOLID else _PALE, stroke=_INK)
        if fill not in {_SOLID, ""}:
            lines = "".join(each for way in fill for each in _hatch(left, self.height, length, way))
            self.add("path", d=lines, stroke=_INK, fill="none")

    def over_fill(self, middle: float, y: float, text: str) -> None:
        """Write a bold number over a fill, on a clear ground."""
        room = len(text) * _BOLD + _PAD
        self._box(middle - room / 2, y + 2 - _SIZE, room, _SIZE, fill=_PALE, stroke="none")
        self.write(middle, y, text, anchor="middle", weight="bold")

    def _box(self, left: float, top: float, length: float, height: float, **look: str) -> None:
        self.add("rect", x=_n(left), y=_n(top), width=_n(length), height=height, **look)

    def chart(self, name: str, said: str) -> Chart:
        """Return the drawing as a chart."""
        return Chart(name, self._title, said, self.height, tuple(self._parts))


def _hatch(left: float, top: float, length: float, way: str) -> Iterator[str]:
    """Yield the lines of a hatching within a bar, as parts of an SVG path."""
    right, bottom = left + length, top + _BAR
    match way:
        case "-":
            for y in range(_STEP, _BAR, _STEP):
                yield f"M{_n(left)} {_n(top + y)}H{_n(right)}"
        case "|":
            for place in range(1, int(length / _STEP) + 1):
                yield f"M{_n(left + place * _STEP)} {_n(top)}V{_n(bottom)}"
        case _:
            for place in range(1, int((length + _BAR) / (2 * _STEP)) + 1):
                x = place * 2 * _STEP - _BAR
                low, high = max(0.0, -x), min(float(_BAR), length - x)
                ends = [(left + x + at, bottom - at if way == "/" else top + at) for at in (low, high)]
                (x1, y1), (x2, y2) = ends
                yield f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"


def _n(value: float) -> str:
    """Return a coordinate with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
