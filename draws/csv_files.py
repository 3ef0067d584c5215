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
from itertools import chain, islice
from typing import Any

from crypto.printable import visible
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence

# A list of a year has a million lines.
LARGEST_FILE = 1 << 30
LONGEST_CELL = 200
# Some office programs take the wide forms of East Asian fonts for the same marks.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_MARKS = (";", ",", "\t")
# ASCII and the letters of Latin-1: no combination of these needs NFC, or is invisible.
_CLEAN = bytes([*range(0x20, 0x7F), *range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x100)])
# The cells of so many lines fit into the fast memory of a processor.
_AT_ONCE = 4_096


class CsvRefused(Refused):
    """A CSV file has the wrong form."""


class _NotPlain(Exception):
    """A line is empty or has something else than plain cells; ``what`` says what."""

    def __init__(self, what: Sentence) -> None:
        super().__init__(what)
        self.what = what


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


@dataclass(frozen=True, slots=True)
class Table:
    """Some lines of a file, by columns: dictionaries for a million lines would take most of the time."""

    columns: Mapping[str, Sequence[str]]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the cells of each line, in the order of the columns."""
        return zip(*self.columns.values(), strict=True)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def read(raw: bytes, columns: Columns) -> list[dict[str, str]]:
    """Return the rows of a file, each with all columns, as ``tables`` reads them."""
    return [
        dict(zip(table.columns, row, strict=True)) for table in tables(raw, columns) for row in table.rows()
    ]


def tables(raw: bytes, columns: Columns) -> Iterator[Table]:
    """Yield the lines of a file, many at a time, with all columns of the file in the order of ``columns``.

    Cells are in Unicode's form NFC, without blanks at either end. Raises CsvRefused, with the number of the
    line, for anything else than a plain table; some of the lines before may have been yielded.
    """
    text = _text(raw)
    try:
        header = _header(next(_reader(text if '"' in text else text.partition("\n")[0]), []), columns)
        order = [(name, header.index(name)) for name in columns.names if name in header]
        for cells in _pieces(text.replace("\r\n", "\n").rstrip("\n"), header):
            yield Table({name: cells[at :: len(header)] for name, at in order})
    except (csv.Error, _NotPlain):
        raise _first_wrong(text, columns) from None


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a file that office programs open: UTF-8 with a byte order mark, and ``;`` between the cells.

    An apostrophe in front keeps a cell from being a formula. The cells of ``read`` never need it.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=_MARKS[0], lineterminator="\r\n")
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
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


def _reader(text: str) -> Any:
    # `strict` refuses quotation marks that are never closed.
    return csv.reader(io.StringIO(text, newline=""), delimiter=_mark(text), strict=True)


def _pieces(text: str, header: Sequence[str]) -> Iterator[list[str]]:
    """Yield the cells of many lines at a time, one after another. Raises csv.Error or _NotPlain."""
    cleaned, mark = _Cleaned(), _mark(text)
    if '"' in text or "\r" in text:
        rows = islice(_reader(text), 1, None)
        while some := [*islice(rows, _AT_ONCE)]:
            _check_sizes(map(len, some), header)
            yield [*map(cleaned.__getitem__, chain.from_iterable(some))]
        return
    # Without quotation marks, only the ends of cells and of lines have a meaning.
    lines = islice(text.split("\n"), 1, None)
    while few := [*islice(lines, _AT_ONCE)]:
        _check_sizes((line.count(mark) + bool(line) for line in few), header)
        joined = mark.join(few)
        cells = joined.split(mark)
        is_short = max(map(len, few)) <= LONGEST_CELL or max(map(len, cells)) <= LONGEST_CELL
        yield cells if is_short and _is_clean(joined, mark) else [*map(cleaned.__getitem__, cells)]


def _is_clean(cells: str, mark: str) -> bool:
    """Return whether it is certain, at a glance, that ``_cell`` would return all cells as they are."""
    try:
        others = cells.encode("latin-1").translate(None, _CLEAN + mark.encode())
    except UnicodeEncodeError:
        return False
    framed = f"{mark}{cells}{mark}"
    return (
        not others
        and not any(f"{mark}{first}" in framed for first in (*_FORMULA, " "))
        and f" {mark}" not in framed
    )


class _Cleaned(dict[str, str]):
    """Each different cell as ``_cell`` returns it: long lists repeat most of theirs. Raises _NotPlain."""

    def __missing__(self, cell: str) -> str:
        is_plain = cell.isascii() and cell.isalnum() and len(cell) <= LONGEST_CELL
        found = self[cell] = cell if is_plain else _cell(cell, "")
        return found


def _first_wrong(text: str, columns: Columns) -> CsvRefused:
    """Return the refusal of the first wrong line. This second pass counts lines, so the first need not.

    An empty line before others is wrong, too, because all messages about a list count its lines.
    """
    reader, empty = _reader(text), 0
    try:
        header = _header(next(reader, []), columns)
        for cells in reader:
            if cells and empty:
                return _refused(empty, sentence("the line is empty"))
            if not cells:
                empty = empty or reader.line_num
                continue
            _check_sizes([len(cells)], header)
            for cell, name in zip(cells, header, strict=True):
                _cell(cell, name)
    except _NotPlain as wrong:
        return _refused(reader.line_num, wrong.what)
    except csv.Error:
        pass
    return _refused(reader.line_num, sentence("a quotation mark is not closed, or a line is broken"))


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


def _check_sizes(sizes: Iterable[int], header: Sequence[str]) -> None:
    for size in {*sizes} - {len(header)}:
        raise _NotPlain(
            sentence("the line has {found} cells in place of {needed}", found=size, needed=len(header))
        )


def _cell(cell: str, name: str) -> str:
    """Return a cell as it is compared and frozen. Raises _NotPlain."""
    value = unicodedata.normalize("NFC", cell.strip())
    if value.startswith(_FORMULA):
        raise _NotPlain(sentence("the cell “{column}” begins like a formula", column=name))
    if len(value) > LONGEST_CELL:
        raise _NotPlain(sentence("the cell “{column}” is too long", column=name))
    if visible(value) != value:
        raise _NotPlain(sentence("the cell “{column}” has an invisible character", column=name))
    return value


def _refused(line: int, what: Sentence) -> CsvRefused:
    return CsvRefused(
        sentence("line {line}: {what}", line=line, what=what),
        sentence("correct the file where it comes from, and export it again"),
    )
