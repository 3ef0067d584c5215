"""A register as CSV for spreadsheets: UTF-8 with a byte order mark, semicolons, no formulas."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from inbox.language import labels
from inbox.registers.rows import Cell, Coded, Column, Row
from inbox.text import spreadsheets


def written(columns: Sequence[Column], rows: Sequence[Row], language: str) -> bytes:
    """Return a register as CSV, with its headings in French ("fr") or English ("en")."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    heads = labels.of("column")
    writer.writerow(spreadsheets.safe(heads[each].in_(language)) for each in columns)
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
            return spreadsheets.safe(cell.said(language))
        case _:
            return spreadsheets.safe(str(cell))
