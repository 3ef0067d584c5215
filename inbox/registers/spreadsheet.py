"""A register as CSV for spreadsheets."""

from collections.abc import Sequence
from datetime import date

from inbox.language import labels
from inbox.registers.rows import Cell, Coded, Column, Row
from inbox.text import spreadsheets


def written(columns: Sequence[Column], rows: Sequence[Row], language: str) -> bytes:
    """Return a register as CSV, with its headings in French ("fr") or English ("en")."""
    heads = labels.of("column")
    return spreadsheets.written(
        [
            [heads[each].in_(language) for each in columns],
            *([_cell(row.get(each), language) for each in columns] for row in rows),
        ]
    )


def _cell(cell: Cell, language: str) -> str:
    match cell:
        case None:
            return ""
        case date():
            return cell.isoformat()
        case tuple():
            return ", ".join(day.isoformat() for day in cell)
        case Coded():
            return cell.said(language)
        case _:
            return str(cell)
