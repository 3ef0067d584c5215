"""One printed document: black on white, its fonts inside, the same bytes for the same texts.

Every text has a box. A text that is too long for its box becomes smaller; if even the smallest size is too
large, the document is refused, so that no text is cut off or covers another.

Programs that read a document aloud find its title, its language, and a tag on each heading, text and code.
Lines and bars have a tag that says that they mean nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import segno
from fpdf import FPDF, ViewerPreferences
from fpdf.enums import Align, MethodReturnValue
from fpdf.output import OutputProducer, PDFInfo

from portal.errors import Refused
from templates import fonts

_STEP = 0.5
_LEADING = 1.25
_MM_PER_POINT = 25.4 / 72
# White modules around a QR code, which readers need (ISO/IEC 18004).
_QUIET = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, in mm from the upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of a text in points: ``largest``, or whatever smaller size fits, but not below ``smallest``.

    ``tag`` says what the text is in the document: H1, H2 or P (ISO 32000-1, 14.8.4), or "" for a text that is
    repeated at the foot of each page, and not read aloud.
    """

    largest: float
    smallest: float
    bold: bool = False
    centred: bool = False
    tag: str = "P"


class _Tagging(FPDF):
    """The library's document, with tags on texts and decoration. The library itself tags only pictures.

    Its two methods for this are for subclasses only: it has no public ones (fpdf2 2.8).
    """

    @contextmanager
    def tagged(self, tag: str, told: str | None = None) -> Iterator[None]:
        """Tag what is drawn in this block; ``told`` is its text alternative."""
        with self._marked_sequence(alt_text=told) as element:
            element.s = f"/{tag}"
            yield

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Tell programs that read aloud that what is drawn in this block means nothing."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")


class Paper:
    """A document whose pages have this size in mm."""

    def __init__(self, title: str, language: str, width: float, height: float) -> None:
        self._pdf = _Tagging(unit="mm", format=(width, height))
        self._pdf.str_alias_nb_pages = None  # type: ignore[assignment]  # no text means “number of pages”
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        if not fonts.are_installed():
            raise Refused("the font for printed pages is missing", "apt install fonts-dejavu-core")
        fonts.add(self._pdf)

    def page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def write(self, text: str, box: Box, type_: Type) -> float:
        """Write a text from the top of its box, and return the y below its last line.

        Raises Refused if the text does not fit, or if the font lacks a character.
        """
        size, lines = self._fitting(text, box, type_)
        pdf, leading = self._pdf, _leading(size)
        align = Align.C if type_.centred else Align.L
        with pdf.tagged(type_.tag) if type_.tag else pdf.decoration():
            for n, line in enumerate(_spaced(text, lines)):
                pdf.set_xy(box.x, box.y + n * leading)
                pdf.cell(box.width, leading, line, align=align)
        return box.y + len(lines) * leading

    def height(self, text: str, width: float, size: float) -> float:
        """Return the height in mm of a text of this size, in letters that are not bold."""
        self._pdf.set_font(fonts.FAMILY, "", size)
        return len(self._lines(text, width)) * _leading(size)

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float = 0.3) -> None:
        """Draw a line; points and width are in mm."""
        self._pdf.set_line_width(width)
        with self._pdf.decoration():
            self._pdf.line(*start, *end)

    def dashes(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a dashed line, for a fold."""
        self._pdf.set_dash_pattern(dash=2, gap=2)
        self.line(start, end, 0.2)
        self._pdf.set_dash_pattern()

    def frame(self, box: Box, width: float) -> None:
        """Draw the outline of a box, with lines of this width inside the box."""
        self._pdf.set_line_width(width)
        half = width / 2
        with self._pdf.decoration():
            self._pdf.rect(box.x + half, box.y + half, box.width - width, box.height - width)

    def bar(self, box: Box) -> None:
        """Fill a box with black."""
        with self._pdf.decoration():
            self._fill(box)

    def qr_code(self, content: str, x: float, y: float, side: float) -> None:
        """Draw a QR code with its white border; ``side`` is in mm and includes the border.

        Programs that read aloud say the content of the code.
        """
        rows = [bytes(row) for row in segno.make_qr(content, error="m").matrix]
        module = side / (len(rows) + 2 * _QUIET)
        with self._pdf.tagged("Figure", f"QR: {content}"):
            for n, row in enumerate(rows):
                for start, length in _runs(row):
                    left, top = x + (start + _QUIET) * module, y + (n + _QUIET) * module
                    self._fill(Box(left, top, length * module, module))

    def output(self) -> bytes:
        """Return the file, which tells neither when it was made nor by what program."""
        self._pdf.set_creation_date(datetime.fromtimestamp(0, UTC))
        self._pdf.set_producer("")
        return bytes(self._pdf.output(output_producer_class=_Untraced))

    def close(self) -> None:
        """Close the files of the fonts."""
        fonts.close(self._pdf)

    def _fill(self, box: Box) -> None:
        self._pdf.set_fill_color(0)
        self._pdf.rect(box.x, box.y, box.width, box.height, style="F")

    def _fitting(self, text: str, box: Box, type_: Type) -> tuple[float, Sequence[str]]:
        """Return the largest size at which the text fits, and the text's lines at this size."""
        pdf, size = self._pdf, type_.largest
        pdf.set_font(fonts.FAMILY, "B" if type_.bold else "", size)
        self._check_characters(text)
        while True:
            pdf.set_font_size(size)
            lines = self._lines(text, box.width)
            is_low_enough = len(lines) * _leading(size) <= box.height
            # A word is divided only at the smallest size.
            is_whole = max(map(pdf.get_string_width, text.split()), default=0) <= box.width
            is_smallest = size - _STEP < type_.smallest
            if is_low_enough and (is_whole or is_smallest):
                return size, lines
            if is_smallest:
                raise Refused(f"a text is too long for its place: “{text}”", "shorten the text")
            size -= _STEP

    def _lines(self, text: str, width: float) -> Sequence[str]:
        found = self._pdf.multi_cell(
            width, text=text, align="L", dry_run=True, output=MethodReturnValue.LINES
        )
        return cast("list[str]", found)  # because of `output`

    def _check_characters(self, text: str) -> None:
        for char in text:
            if char != "\n" and not fonts.has(self._pdf, char):
                raise Refused(
                    f"the font of the kit has no character “{char}”, which is in “{text}”",
                    "replace the character",
                )


def _leading(size: float) -> float:
    """Return the height of a line in mm for a size in points."""
    return size * _LEADING * _MM_PER_POINT


def _spaced(text: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a text, with a space at the end if the text has one there.

    Otherwise, programs that read aloud would join the last word of a line to the first word of the next line.
    A word that is divided, such as a long address, gets no space.
    """
    for line in lines:
        rest = text[len(line) :]
        text = rest.lstrip()
        yield line if rest == text else f"{line} "


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Return the first place and the length of each run of dark modules.

    A run is one rectangle, because some printers leave white lines between adjacent rectangles.
    """
    found: list[tuple[int, int]] = []
    for n, dark in enumerate(row):
        if dark and n and row[n - 1]:
            start, length = found.pop()
            found.append((start, length + 1))
        elif dark:
            found.append((n, 1))
    return found


class _Untraced(OutputProducer):
    """The library's writer, without the day on which the file was made."""

    def _add_info(self) -> PDFInfo:
        info = super()._add_info()
        info.creation_date = None  # type: ignore[assignment]  # the library then leaves the entry out
        return info
