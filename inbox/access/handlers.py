"""Which officers handle a case: where there are any, they alone read it.

All others know that it is there, how pressing it is and when something is due (``inbox.vault.row_security``,
``inbox.overview.queue``).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import archive, quarantine
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.session.journal import Line
from inbox.vault import queries_access, queries_cases, queries_office
from inbox.vault.casework_tables import Handler
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.tables import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who may read a case: its ``handlers`` alone, all if it has none; nobody while it is ``quarantined``.

    It is ``archived`` since a day if two have to open it. ``kept_from`` are the officers whom it concerns,
    ``officers`` all there are; ``is_read`` tells whether
    those who ask are among the handlers.
    """

    handlers: list[str]
    kept_from: list[str]
    officers: list[str]
    is_read: bool
    quarantined: date | None
    archived: date | None


def of(session: Session, number: int) -> list[str]:
    """Return who handles a case, by name, nobody where all may read it; CaseRefused if there is no case."""
    _check_is_there(session, number)
    return _names(session, number)


def look(inbox: Inbox, who: Actor, number: int) -> Readers:
    """Return who may read a case; CaseRefused for an unknown case, and as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_HANDLERS, number)) as session:
        handlers = of(session, number)
        return Readers(
            handlers=handlers,
            kept_from=sorted(queries_access.excluded_from(session, number)),
            officers=[each.name for each in queries_office.officers(session)],
            is_read=not handlers or set(who.officers) <= set(handlers),
            quarantined=quarantine.since(session, number),
            archived=archive.since(session, number, who.today),
        )


def entrust(inbox: Inbox, who: Actor, number: int, names: Iterable[str]) -> list[str]:
    """Make these the handlers of a case, instead of those it had, and return them.

    Raises CaseRefused if those who act may not read the case, Refused for who is no officer, or one from whom
    it is kept, and for fewer than a quorum, who could never open it; and as ``Inbox.acting``.
    """
    chosen = sorted(set(names))
    with inbox.acting(who, action(Code.ENTRUST, number, officers=tuple(chosen))) as session:
        _entrust(session, number, chosen, inbox.quorum, who.today)
    return chosen


def open_to_all(inbox: Inbox, who: Actor, number: int) -> None:
    """Let all officers read a case again.

    Raises CaseRefused if those who act may not, or all may already; and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.OPEN_TO_ALL, number)) as session:
        _open_to_all(session, number)


def break_glass(inbox: Inbox, who: Actor, number: int, reason: str) -> list[str]:
    """Make the two who confirm it handlers, too, of a case for its handlers alone; return who handles it.

    Raises CaseRefused if there is no such case, they may read it, or it is in quarantine; and as
    ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.BREAK_GLASS, number, reason)) as session:
        return _break_glass(session, number, journal.actor(session).officers, who.today)


def broken_since(session: Session, since: date) -> Iterator[Line]:
    """Yield the journal's lines about cases that were opened in an emergency since a day, for the oversight.

    One about a case that is kept from somebody present is not among them.
    """
    for line in journal.lines(session, 1):
        if line.entry and line.entry.action == Code.BREAK_GLASS and line.entry.day >= since:
            yield line


def _entrust(session: Session, number: int, chosen: Sequence[str], quorum: int, today: date) -> None:
    _check_chosen(session, number, chosen, quorum)
    _replace(session, number, chosen, today)


def _open_to_all(session: Session, number: int) -> None:
    queries_cases.case(session, number)
    if not _names(session, number):
        raise CaseRefused(
            sentence("case {number} has no handlers", number=number),
            sentence("all may read it from whom it is not kept"),
        )
    _replace(session, number, (), date.min)


def _break_glass(session: Session, number: int, opened_to: Sequence[str], today: date) -> list[str]:
    handlers = of(session, number)
    if quarantine.since(session, number):
        queries_cases.case(session, number)  # says so
    if not handlers or set(opened_to) <= set(handlers):
        raise CaseRefused(
            sentence("case {number} is open to those present", number=number),
            sentence("see it: inbox show {number}", number=number),
        )
    for name in set(opened_to) - set(handlers):
        session.add(Handler(case=number, officer=name, since=today))
    session.flush()
    return of(session, number)


def _check_chosen(session: Session, number: int, chosen: Sequence[str], quorum: int) -> None:
    queries_cases.case(session, number)
    left = {each.name for each in queries_office.officers(session)} - queries_access.excluded_from(
        session, number
    )
    for name in chosen:
        if name not in left:
            raise Refused(
                sentence("{name} cannot be a handler of case {number}", name=name, number=number),
                sentence("see: inbox officers list"),
            )
    if len(chosen) < quorum:
        raise Refused(
            sentence(
                "it takes {quorum} officers to open the inbox: fewer handlers could not read case {number}",
                quorum=quorum,
                number=number,
            ),
            sentence("name at least {quorum}", quorum=quorum),
        )


def _check_is_there(session: Session, number: int) -> None:
    as_a_line = select(Case.number).filter_by(number=number).execution_options(**AS_A_LINE)
    if session.scalar(as_a_line) is None:
        queries_cases.case(session, number)


def _names(session: Session, number: int) -> list[str]:
    return list(session.scalars(select(Handler.officer).filter_by(case=number).order_by(Handler.officer)))


def _replace(session: Session, number: int, names: Sequence[str], today: date) -> None:
    for row in session.scalars(select(Handler).filter_by(case=number)).all():
        session.delete(row)
    session.flush()
    session.add_all(Handler(case=number, officer=name, since=today) for name in names)
    session.flush()
    session.expunge_all()  # what it holds is not narrowed again, and the case may be gone for those present
