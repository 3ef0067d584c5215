"""Show the registers to officers, and export them as a spreadsheet or as pages to print."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from crypto.journal import Value
from inbox.language.views import View
from inbox.registers import alerts, consultations, protection, requests, spreadsheet
from inbox.registers.rows import Cell, Coded, Found, Register, Rows, Wanted
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import apart
from inbox.vault import queries_access, queries_office


class Form(StrEnum):
    """The format of an exported register: the ending of its file name."""

    CSV = "csv"
    PDF = "pdf"


_ROWS: Mapping[Register, Callable[[Session], Rows]] = {
    Register.ALERTS: alerts.rows,
    Register.REQUESTS: requests.rows,
    Register.PROTECTION: protection.rows,
    Register.CONSULTATIONS: consultations.rows,
}
_OF_CASES = {Register.ALERTS, Register.PROTECTION}


def read(inbox: Inbox, who: Actor, wanted: Wanted) -> Found:
    """Return a register for one year or all years, limited to what the signed-in officers may see."""
    with inbox.acting(who, action(Code.READ_REGISTER, **_values(wanted))) as session:
        return _found(session, wanted, who.today)


def export(inbox: Inbox, who: Actor, wanted: Wanted, to: Path, language: str) -> Found:
    """Write a register into a new file, as CSV if its name ends in ``.csv``, otherwise as PDF.

    Oversight counts the export. Raises the same errors as ``apart.new`` and ``Inbox.acting``.
    """
    # The file gets its name after the journal has the entry, so that no file exists without an entry.
    with (
        apart.new(inbox.home, to) as file,
        inbox.acting(who, action(Code.EXPORT_REGISTER, **_values(wanted))) as session,
    ):
        found = _found(session, wanted, who.today)
        if to.suffix == f".{Form.CSV}":
            file.write(spreadsheet.written(found.columns, found.rows, language))
        else:
            file.write(_pages(found, queries_office.office(session).called(language), language))
        return found


def view(found: Found) -> View:
    """Return a register as values for JSON."""
    return {
        "register": found.wanted.register.value,
        "year": found.wanted.year,
        "day": found.day.isoformat(),
        "rows": [{each.value: _plain(row.get(each)) for each in found.columns} for row in found.rows],
        "for_handlers": found.for_handlers,
    }


def _values(wanted: Wanted) -> Mapping[str, Value]:
    return {"register": wanted.register} | ({} if wanted.year is None else {"year": wanted.year})


def _found(session: Session, wanted: Wanted, today: date) -> Found:
    rows = _ROWS[wanted.register](session)
    hidden = queries_access.not_shown(session) if wanted.register in _OF_CASES else 0
    return Found(wanted, today, rows.columns, rows.of(wanted.year), rows.years, hidden)


def _pages(found: Found, office: str, language: str) -> bytes:
    # Loading the PDF code would take a quarter of the desk's startup time, and only a PDF needs it.
    from inbox.registers import printed  # noqa: PLC0415

    return printed.pages(found, office, language)


def _plain(cell: Cell) -> int | str | list[str] | None:
    match cell:
        case date():
            return cell.isoformat()
        case Coded():
            return cell.code
        case tuple():
            return [day.isoformat() for day in cell]
        case _:
            return cell
