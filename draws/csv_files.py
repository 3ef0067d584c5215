"""CSV files from customs systems and office programs: read strictly, written without formulas.

Office programs write ``;`` or ``,``, and UTF-8 (with or without a byte order mark) or CP1252. They run a cell
as a formula if it begins with ``=``, ``+``, ``-`` or ``@``. Such a cell is refused on the way in, so no file
that this program writes can contain it.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crypto.printable import visible
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence

# A list of a year has a million lines.
LARGEST_FILE = 1 << 30
LONGEST_CELL = 200
_FORMULA = frozenset("=+-@")
_MARKS = (";", ",", "\t")


class CsvRefused(Refused):
    """A CSV file has the wrong form."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a kind of file may have.

    ``names`` has the names that people may write for each column, in lower case; the column's own name is
    always accepted. ``required`` columns must be there.
    """

    names: Mapping[str, Sequence[str]]
    required: frozenset[str]

    def of(self, heading: str) -> str | None:
        """Return the column with this heading, or None."""
        written = " ".join(heading.lower().replace("_", " ").split())
        return next(
            (name for name, other in self.names.items() if written in (name.replace("_", " "), *other)), None
        )


def read(raw: bytes, columns: Columns) -> list[dict[str, str]]:
    """Return the rows of a file, each with all columns of the file, in the order of ``columns``.

    Cells are in Unicode's form NFC, without blanks at either end. Raises CsvRefused, with the number of the
    line, for anything else than a plain table.
    """
    # `strict` refuses quotation marks that are never closed.
    text = _text(raw)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_mark(text), strict=True)
    try:
        header = _header(next(rows, []), columns)
        found = [_row(cells, header, rows.line_num) for cells in _filled(rows)]
    except csv.Error:
        raise _refused(
            rows.line_num, sentence("a quotation mark is not closed, or a line is broken")
        ) from None
    order = [name for name in columns.names if name in header]
    return [{name: row[name] for name in order} for row in found]


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a file that office programs open: UTF-8 with a byte order mark, and ``;`` between the cells.

    An apostrophe in front keeps a cell from being a formula. The cells of ``read`` never need it.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=_MARKS[0], lineterminator="\r\n")
    writer.writerows([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _text(raw: bytes) -> str:
    """Return the text of a file in UTF-8 or, if it is not valid UTF-8, in CP1252."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CsvRefused(
        sentence("the file is neither UTF-8 nor CP1252 text"),
        sentence("save it as CSV in UTF-8, then try again"),
    )


def _mark(text: str) -> str:
    """Return the character that separates the cells of the first line."""
    first = text.partition("\n")[0]
    return max(_MARKS, key=first.count)


def _filled(rows: Any) -> Iterator[list[str]]:
    """Yield the rows of a csv.reader without the empty lines at the end.

    An empty line before them is refused, because all messages about a list count its lines.
    """
    empty = 0
    for cells in rows:
        if cells and empty:
            raise _refused(empty, sentence("the line is empty"))
        if cells:
            yield cells
        else:
            empty = empty or rows.line_num


def _header(cells: Sequence[str], columns: Columns) -> list[str]:
    if not cells:
        raise CsvRefused(sentence("the file is empty"), sentence("choose the file with the list"))
    found: list[str] = []
    for cell in cells:
        name = columns.of(unicodedata.normalize("NFC", cell.strip()))
        if name is None:
            raise _refused(1, sentence("no column is called “{column}”", column=cell.strip()[:40]))
        if name in found:
            raise _refused(1, sentence("the column “{column}” is there twice", column=name))
        found.append(name)
    if missing := sorted(columns.required - {*found}):
        raise _refused(1, sentence("the column “{column}” is missing", column=missing[0]))
    return found


def _row(cells: Sequence[str], header: Sequence[str], line: int) -> dict[str, str]:
    if len(cells) != len(header):
        raise _refused(
            line,
            sentence("the line has {found} cells in place of {needed}", found=len(cells), needed=len(header)),
        )
    return {name: _cell(cell, name, line) for name, cell in zip(header, cells, strict=True)}


def _cell(cell: str, name: str, line: int) -> str:
    # Almost all cells of a long list are short ASCII text.
    value = cell.strip() if cell.isascii() else unicodedata.normalize("NFC", cell.strip())
    if value[:1] in _FORMULA and value:
        raise _refused(line, sentence("the cell “{column}” begins like a formula", column=name))
    if len(value) > LONGEST_CELL:
        raise _refused(line, sentence("the cell “{column}” is too long", column=name))
    if visible(value) != value:
        raise _refused(line, sentence("the cell “{column}” has an invisible character", column=name))
    return value


def _refused(line: int, what: Sentence) -> CsvRefused:
    return CsvRefused(
        sentence("line {line}: {what}", line=line, what=what),
        sentence("correct the file where it comes from, and export it again"),
    )
