"""The list of destroyed cases for public archives: dates and coarse categories, but nothing from reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.printable import visible
from inbox.language.printed_text import Wording
from inbox.language.views import View
from inbox.retention import list_files
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system import apart
from inbox.system.home import Home
from inbox.vault import queries_office
from inbox.vault.destroyed_tables import DestroyedCase
from templates.catalogues import LANGUAGES

_WORDING = Wording(__package__, "destroyed_list.toml")
_COLUMNS = ("case", "received", "closed", "destroyed", "rule")
_WIDTHS = (13, 14, 11, 18, 20)


@dataclass(frozen=True, slots=True)
class DestroyedList:
    """The list of one office's destroyed cases, as of a day, as values for JSON."""

    lines: Sequence[View]
    office: str
    day: date


def listed(inbox: Inbox, who: Actor, since: date | None = None) -> DestroyedList:
    """Return what was destroyed on or after a day, except cases withheld from a signed-in officer."""
    with inbox.acting(who, action(Code.LIST_DESTROYED)) as session:
        lines = [_view(each) for each in _since(session, since)]
        return DestroyedList(lines, queries_office.office(session).name, who.today)


def _since(session: Session, first: date | None) -> Sequence[DestroyedCase]:
    lines = select(DestroyedCase).order_by(DestroyedCase.day, DestroyedCase.case)
    return session.scalars(lines.where(DestroyedCase.day >= first) if first else lines).all()


def _view(each: DestroyedCase) -> View:
    return {
        "case": each.case,
        "received": each.received.isoformat(),
        "closed": each.closed.isoformat() if each.closed else None,
        "destroyed": each.day.isoformat(),
        "by": each.by,
        "rule": each.rule,
        "category": each.category,
        "outcome": each.outcome,
        "visa": each.visa,
    }


def rows(views: Sequence[View]) -> Iterator[str]:
    """Yield the list as lines of a plain-text table."""
    yield list_files.row(
        _WIDTHS, *map(_both, _COLUMNS), ", ".join(map(_both, ("category", "outcome", "visa")))
    )
    for each in views:
        about = ", ".join(filter(None, (each["category"], each["outcome"], each["visa"]))) or "-"
        yield list_files.row(
            _WIDTHS,
            str(each["case"]),
            each["received"],
            each["closed"] or "-",
            each["destroyed"],
            each["rule"],
            visible(about),
        )


def write(home: Home, destroyed: DestroyedList, out: Path) -> list[Path]:
    """Write the list into a folder; return the files. Raises the same errors as ``list_files.write``."""
    day = destroyed.day.isoformat()
    said = {"office": destroyed.office, "day": day, "destroyed": destroyed.lines}
    return list_files.write(home, out, f"{apart.DESTROYED}-{day}", _paper(destroyed), said)


def _paper(destroyed: DestroyedList) -> str:
    """Return the list as text to print, in French and English."""
    head = {"office": visible(destroyed.office), "as_of": destroyed.day, "cases": len(destroyed.lines)}
    return "\n".join(
        [
            _both("title", "\n"),
            "",
            *(f"{_both(name, ' / ')}: {value}" for name, value in head.items()),
            "",
            *rows(destroyed.lines),
            "",
            f"{_both('officers', ' / ')}:\n\n",
        ]
    )


def _both(name: str, between: str = "/") -> str:
    """Return a text of the list in French and English."""
    return between.join(_WORDING.say(name, language) for language in LANGUAGES)
