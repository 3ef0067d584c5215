"""Printed pages as PDF: without active content, reproducible, and with every character visible.

Quotations are indented behind a vertical line, so that quoted text cannot pass for text of the program.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from fpdf import FPDF
from fpdf.enums import Align, VAlign, XPos, YPos
from fpdf.fonts import FontFace

from crypto import unseen
from inbox.language import marking
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.text.redaction import Pieces
from templates import fonts
from templates.fonts import FAMILY

_PRODUCER = "Fanal"
_SIZE, _SMALL, _LARGE, _TITLE = 10, 8, 12, 16
_LINE, _GAP = 5, 1
_MARGIN, _BOTTOM, _INDENT, _LABEL = 20, 22, 5, 45
_GREY, _BLACK, _RED, _PALE = (90, 90, 90), (0, 0, 0), (150, 0, 0), (235, 235, 235)
# If one letter had more combining marks than this limit, they would reach into the lines above and below.
_MOST_MARKS = 3


class Sheets:
    """A document, written from top to bottom."""

    _orientation = "portrait"

    def __init__(self, title: str, *, language: str, day: date, foot: str, removed: str) -> None:
        self._removed = removed
        self._pdf = _Pdf(foot, self._orientation)
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_creation_date(datetime.combine(day, time(), UTC))
        self._pdf.add_page()
        self._block(title, "B", _TITLE)

    def end_foot_with(self, text: str) -> None:
        """Write ``text`` after the number in the foot of each page from the current one on."""
        self._pdf.foot_end = text

    def subtitle(self, text: str) -> None:
        """Write a line below the title."""
        self._block(text, size=_LARGE)
        self._pdf.ln(_LINE)

    def gap(self) -> None:
        """Leave half a line blank."""
        self._pdf.ln(_LINE / 2)

    def heading(self, text: str, room: float = 0) -> None:
        """Begin a part. Begin a new page if less than ``room`` (in mm) would remain below the heading."""
        self._pdf.ln(_LINE)
        self._together(4 * _LINE + room)
        self._block(text, "B", _LARGE)
        self._pdf.ln(_LINE / 2)

    def fact(self, label: str, value: str) -> None:
        """Write a label and its value."""
        pdf = self._pdf
        pdf.set_font(FAMILY, "B", _SIZE)
        pdf.cell(_LABEL, _LINE, pdf.legible(label))
        pdf.set_font(FAMILY, "", _SIZE)
        pdf.multi_cell(0, _LINE, pdf.legible(value), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def label(self, text: str, room: float = 0) -> None:
        """Write the question that the next quotation answers, or the heading of a small part.

        Begin a new page if less than ``room`` (in mm) would remain below it.
        """
        self._pdf.ln(_LINE / 2)
        self._together(2 * _LINE + room)
        self._block(text, "B", _SIZE)

    def text(self, text: str) -> None:
        """Write the program's own text."""
        self._block(text)
        self._pdf.ln(_GAP)

    def small(self, text: str) -> None:
        """Write the program's own text in a small font, for minor details."""
        self._block(text, size=_SMALL, colour=_GREY)

    def quote(self, pieces: Pieces) -> None:
        """Write a quotation. Mark removed passages in a way that the text itself cannot imitate."""
        pdf = self._pdf
        pdf.set_font(FAMILY, "", _SIZE)
        pdf.begin_quote()
        for place, piece in enumerate(pieces):
            if place:
                pdf.set_font(FAMILY, "B", _SIZE)
                pdf.set_text_color(*_RED)
                pdf.write(_LINE, self._removed)
                pdf.set_font(FAMILY, "", _SIZE)
                pdf.set_text_color(*_BLACK)
            pdf.write(_LINE, pdf.legible(piece))
        pdf.ln(_LINE)
        pdf.end_quote()
        pdf.ln(_GAP)

    def drawing(self, svg: bytes, width: float, height: float, told: str) -> None:
        """Draw an SVG that this program made, with texts in the font ``FAMILY``; width and height are in mm.

        ``told`` is the text alternative, which the file contains as a tag.
        """
        pdf = self._pdf
        pdf.ln(_GAP)
        self._together(height)
        pdf.image(svg, w=width, h=height, alt_text=told)
        pdf.ln(_GAP)

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[int],
        *,
        numbers: bool = False,
        whole: Sequence[str] = (),
    ) -> None:
        """Write a table with columns of these relative widths. Each page repeats the column heads.

        With ``numbers``, all columns except the first are aligned on the right. ``whole`` is a last row in
        bold letters, with the totals of the rows.
        """
        pdf = self._pdf
        pdf.ln(_LINE / 2)
        pdf.set_font(FAMILY, "", _SMALL)
        bold = FontFace(emphasis="BOLD", fill_color=_PALE)
        with pdf.table(
            col_widths=tuple(widths),
            headings_style=bold,
            line_height=_LINE * _SMALL / _SIZE,
            padding=_GAP,
            text_align=(Align.L, *[Align.R if numbers else Align.L] * (len(heads) - 1)),
            v_align=VAlign.T,
        ) as table:
            for cells in (heads, *rows, *([whole] if whole else [])):
                row = table.row(style=FontFace(emphasis="BOLD") if cells is whole else None)
                for text in cells:
                    row.cell(pdf.legible(text))
        pdf.ln(_LINE)

    def discard(self) -> int:
        """Return the number of pages, without making the file."""
        fonts.close(self._pdf)
        return self._pdf.pages_count

    def output(self) -> bytes:
        """Return the file."""
        return bytes(self._pdf.output())

    def _block(
        self, text: str, style: str = "", size: int = _SIZE, colour: tuple[int, int, int] = _BLACK
    ) -> None:
        pdf = self._pdf
        pdf.set_font(FAMILY, style, size)
        pdf.set_text_color(*colour)
        height = _LINE * size / _SIZE
        pdf.multi_cell(0, height, pdf.legible(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.set_text_color(*_BLACK)

    def _together(self, height: float) -> None:
        """Begin a new page if less than this height remains on the current page."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()


class WideSheets(Sheets):
    """A document on landscape pages, for tables."""

    _orientation = "landscape"


def album(pictures: Sequence[bytes], day: date) -> bytes:
    """Return a PDF with one picture on each page. The pictures are PNG files that this program encoded."""
    pdf = FPDF()
    pdf.set_producer(_PRODUCER)
    pdf.set_creation_date(datetime.combine(day, time(), UTC))
    for picture in pictures:
        pdf.add_page()
        pdf.image(io.BytesIO(picture), x=0, y=0, w=pdf.w, h=pdf.h, keep_aspect_ratio=True)
    return bytes(pdf.output())


class _Pdf(FPDF):
    """The library's document, with our footer and a line beside quotations."""

    def __init__(self, foot: str, orientation: str) -> None:
        super().__init__(orientation)
        # Otherwise a report could make the library insert the number of pages.
        self.str_alias_nb_pages = None  # type: ignore[assignment]
        self._foot, self.foot_end = foot, ""
        self._quoted_from: float | None = None
        self.set_producer(_PRODUCER)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, _BOTTOM)  # noqa: FBT003
        if not fonts.are_installed():
            raise Refused(
                sentence("the font for printed pages is missing"),
                sentence("apt install fonts-dejavu-core"),
            )
        fonts.add(self)
        self.set_font(FAMILY, "", _SIZE)

    def legible(self, text: str) -> str:
        """Return a text in which characters that are invisible or missing from the font are spelled out."""
        return unseen.spelled_out(text.replace("\r\n", "\n"), self._is_legible, _MOST_MARKS)

    def begin_quote(self) -> None:
        """Begin a quotation: indent the text and begin the line beside it."""
        self.set_left_margin(_MARGIN + _INDENT)
        self.set_x(_MARGIN + _INDENT)
        self._quoted_from = self.y

    def end_quote(self) -> None:
        """End the quotation and its line."""
        self._rule(self.y)
        self._quoted_from = None
        self.set_left_margin(_MARGIN)
        self.set_x(_MARGIN)

    def header(self) -> None:
        """Write the mark of an exercise, and continue the line of a quotation on a new page."""
        if words := marking.words():
            self._mark(words)
        if self._quoted_from is not None:
            self._quoted_from = self.t_margin

    def footer(self) -> None:
        """End the line of a quotation on this page and write the footer."""
        self._rule(self.h - _BOTTOM)
        self.set_y(-_BOTTOM + _LINE)
        self.set_x(_MARGIN)
        self.set_font(FAMILY, "", _SMALL)
        self.set_text_color(*_GREY)
        self.cell(0, _LINE, self.legible(f"{self._foot} {self.page_no()}{self.foot_end}"), align="R")

    def _mark(self, words: str) -> None:
        """Write the mark in the margin above the page."""
        place = self.x, self.y
        self.set_xy(_MARGIN, _MARGIN / 3)
        self.set_font(FAMILY, "B", _TITLE)
        self.set_text_color(*_BLACK)
        self.cell(0, _LINE, words, align="C")
        self.set_xy(*place)

    def _rule(self, end: float) -> None:
        if self._quoted_from is not None:
            self.line(_MARGIN + _INDENT / 2, self._quoted_from, _MARGIN + _INDENT / 2, end)

    def _is_legible(self, char: str) -> bool:
        return char == "\n" or (unseen.is_plain(char) and fonts.has(self, char))
