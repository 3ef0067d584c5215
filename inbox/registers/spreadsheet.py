"""A register as CSV for spreadsheets, in UTF-8 with a byte order mark, with semicolons and without formulas.

LibreOffice and Excel recognise a formula by the first character of a cell. If a text begins with such a
character, the register puts an apostrophe in front of the text.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date

from crypto.printable import visible
from inbox.language import labels
from inbox.registers.rows import Cell, Coded, Column, Row

# Fullwidth forms of these characters are included, because some programs treat both forms alike.
_WIDE = (
    "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
_COMPUTES = tuple(f"=+-@{_WIDE}")


def written(columns: Sequence[Column], rows: Sequence[Row], language: str) -> bytes:
    """Return a register as CSV, with its headings in French ("fr") or English ("en")."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    heads = labels.of("column")
    writer.writerow(_safe(heads[each].in_(language)) for each in columns)
    writer.writerows([_cell(row.get(each), language) for each in columns] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def _cell(cell: Cell, language: str) -> str:
    match cell:
        case None:
            return ""
        case date():
            return cell.isoformat()
        case tuple():
            return ", ".join(day.isoformat() for day in cell)
        case Coded():
            return _safe(cell.said(language))
        case _:
            return _safe(str(cell))


def _safe(text: str) -> str:
    """Return the text as one line, without hidden characters; no program takes the result for a formula."""
    said = visible(text)
    return f"'{said}" if said.lstrip().startswith(_COMPUTES) else said
