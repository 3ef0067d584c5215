"""Handlers of a case: if a case has handlers, only they can read it.

All other officers see that the case exists, how urgent it is, and when its next deadline ends
(``inbox.vault.row_security``, ``inbox.overview.queue``).
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
    """Who may read a case.

    Only the ``handlers`` may read the case; if it has no handlers, all officers may. Nobody may read a case
    in quarantine. ``quarantined`` and ``archived`` are the days since which the case has been in quarantine
    or archived. Two officers must open an archived case. ``kept_from`` are the excluded officers;
    ``officers`` are all officers. ``is_read`` is true if all acting officers are handlers, or if the case has
    no handlers.
    """

    handlers: list[str]
    kept_from: list[str]
    officers: list[str]
    is_read: bool
    quarantined: date | None
    archived: date | None


def of(session: Session, number: int) -> list[str]:
    """Return the names of the handlers; the list can be empty. Raises CaseRefused for an unknown case."""
    _check_is_there(session, number)
    return _names(session, number)


def look(inbox: Inbox, who: Actor, number: int) -> Readers:
    """Return who may read a case.

    Raises CaseRefused for an unknown case. Also raises the same errors as ``Inbox.acting``.
    """
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
    """Make these officers the only handlers of a case, and return them.

    Raises CaseRefused if the acting officers may not read the case. Raises Refused if an officer is unknown
    or excluded. Also raises Refused for fewer officers than a quorum, because so few officers could not open
    the inbox. Also raises the same errors as ``Inbox.acting``.
    """
    chosen = sorted(set(names))
    with inbox.acting(who, action(Code.ENTRUST, number, officers=tuple(chosen))) as session:
        _entrust(session, number, chosen, inbox.quorum, who.today)
    return chosen


def open_to_all(inbox: Inbox, who: Actor, number: int) -> None:
    """Let all officers read a case again.

    Raises CaseRefused if the acting officers may not read the case, or if it has no handlers. Also raises the
    same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.OPEN_TO_ALL, number)) as session:
        _open_to_all(session, number)


def break_glass(inbox: Inbox, who: Actor, number: int, reason: str) -> list[str]:
    """In an emergency, add the two confirming officers to the handlers of a case. Return its handlers.

    Raises CaseRefused if the case is unknown or in quarantine, or if these officers may already read it. Also
    raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.BREAK_GLASS, number, reason)) as session:
        return _break_glass(session, number, journal.actor(session).officers, who.today)


def broken_since(session: Session, since: date) -> Iterator[Line]:
    """Yield the journal's lines about emergency openings since a given day, for oversight.

    Lines about cases from which a signed-in officer is excluded are left out.
    """
    for line in journal.lines(session):
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
            sentence("all officers who are not excluded may read the case"),
        )
    _replace(session, number, (), date.min)


def _break_glass(session: Session, number: int, opened_to: Sequence[str], today: date) -> list[str]:
    handlers = of(session, number)
    if quarantine.since(session, number):
        queries_cases.case(session, number)  # This call raises CaseRefused for a case in quarantine.
    if not handlers or set(opened_to) <= set(handlers):
        raise CaseRefused(
            sentence("the signed-in officers may already read case {number}", number=number),
            sentence("see the case: inbox case show {number}", number=number),
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
                sentence("see: inbox officer list"),
            )
    if len(chosen) < quorum:
        raise Refused(
            sentence(
                "the inbox opens only with {quorum} officers: with fewer handlers, nobody could read"
                " case {number}",
                quorum=quorum,
                number=number,
            ),
            sentence("name at least {quorum} officers", quorum=quorum),
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
    session.expunge_all()  # Cached rows would stay readable, but the case may now be hidden.
