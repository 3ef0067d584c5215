"""The list of what was destroyed, for public archives: a day, a coarse category, nothing of a report."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import atomic_files
from inbox.text.printable import visible
from inbox.vault import queries_office
from inbox.vault.destroyed_tables import Elimination

_COLUMNS = ("dossier/case", "reçu/received", "clos/closed", "détruit/destroyed", "règle/rule")
_HEAD = """BORDEREAU D'ÉLIMINATION
LIST OF RECORDS DESTROYED

Service / office: {office}
Arrêté au / as of: {day}
Dossiers / cases: {count}
"""
_FOOT = """
Pour le service, deux agents habilités / for the office, two officers:


Visa du service d'archives / visa of the archives:

"""


@dataclass(frozen=True, slots=True)
class Register:
    """What was destroyed, as values for JSON, by which office, as it is listed on a day."""

    lines: Sequence[View]
    office: str
    day: date


def listed(inbox: Inbox, who: Actor, since: date | None = None) -> Register:
    """Return what was destroyed, on a day or later; what was kept from somebody who acts is left out."""
    with inbox.acting(who, action(Code.LIST_ELIMINATIONS)) as session:
        lines = [_view(each) for each in _since(session, since)]
        return Register(lines, queries_office.office(session).name, who.today)


def _since(session: Session, first: date | None) -> Sequence[Elimination]:
    lines = select(Elimination).order_by(Elimination.day, Elimination.case)
    return session.scalars(lines.where(Elimination.day >= first) if first else lines).all()


def _view(each: Elimination) -> View:
    return {
        "case": each.case,
        "received": each.received.isoformat(),
        "closed": each.closed.isoformat() if each.closed else None,
        "destroyed": each.day.isoformat(),
        "by": each.by,
        "rule": each.rule,
        "category": each.category,
        "outcome": each.outcome,
    }


def rows(views: Sequence[View]) -> Iterator[str]:
    """Yield the lines as a table of plain text."""
    yield _row(*_COLUMNS, "catégorie/category, issue/outcome")
    for each in views:
        about = ", ".join(filter(None, (each["category"], each["outcome"]))) or "-"
        yield _row(
            str(each["case"]),
            each["received"],
            each["closed"] or "-",
            each["destroyed"],
            each["rule"],
            visible(about),
        )


def write(register: Register, out: Path) -> list[Path]:
    """Write the list into a folder, to print and as JSON; return the files. Refused if one is there."""
    out.mkdir(exist_ok=True)
    day = register.day.isoformat()
    said = {"office": register.office, "day": day, "eliminations": register.lines}
    contents = {
        out / f"eliminations-{day}.txt": _paper(register),
        out / f"eliminations-{day}.json": json.dumps(said, indent=2) + "\n",
    }
    for path in contents:
        if path.exists():
            raise Refused(
                sentence("{path} is already there", path=path),
                sentence("choose another --out, nothing is overwritten"),
            )
    for path, content in contents.items():
        atomic_files.write(path, [content.encode()])
    return list(contents)


def _paper(register: Register) -> str:
    """Return the list as text to print, in French and English, with room for the visa of the archives."""
    head = _HEAD.format(office=visible(register.office), day=register.day, count=len(register.lines))
    return "\n".join([head, *rows(register.lines), _FOOT])


def _row(*cells: str) -> str:
    widths = (13, 14, 11, 18, 20, 0)
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
