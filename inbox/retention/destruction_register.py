"""The list of what was destroyed, for public archives: a day, a coarse category, nothing of a report."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.system import atomic_files
from inbox.text.printable import visible
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


def since(session: Session, first: date | None) -> Sequence[Elimination]:
    """Return what was destroyed, on a day or later; what was kept from somebody present is left out."""
    lines = select(Elimination).order_by(Elimination.day, Elimination.case)
    return session.scalars(lines.where(Elimination.day >= first) if first else lines).all()


def view(lines: Sequence[Elimination]) -> list[View]:
    """Return the lines as values for JSON."""
    return [
        {
            "case": each.case,
            "received": each.received.isoformat(),
            "closed": each.closed.isoformat() if each.closed else None,
            "destroyed": each.day.isoformat(),
            "by": each.by,
            "rule": each.rule,
            "category": each.category,
            "outcome": each.outcome,
        }
        for each in lines
    ]


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


def paper(views: Sequence[View], office: str, day: date) -> str:
    """Return the list as text to print, in French and English, with room for the visa of the archives."""
    head = _HEAD.format(office=visible(office), day=day, count=len(views))
    return "\n".join([head, *rows(views), _FOOT])


def write(out: Path, views: Sequence[View], office: str, day: date) -> list[Path]:
    """Write the list into a folder, to print and as JSON; return the files. Refused if one is there."""
    out.mkdir(exist_ok=True)
    raw = json.dumps({"office": office, "day": day.isoformat(), "eliminations": views}, indent=2) + "\n"
    contents = {
        out / f"eliminations-{day}.txt": paper(views, office, day),
        out / f"eliminations-{day}.json": raw,
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


def _row(*cells: str) -> str:
    widths = (13, 14, 11, 18, 20, 0)
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
