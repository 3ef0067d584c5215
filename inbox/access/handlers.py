"""Which officers handle a case: where there are any, they alone read it.

All others know that it is there, how pressing it is and when something is due (``narrowing``, ``queueing``).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import quarantine
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Code
from inbox.session.journal import Line
from inbox.vault import queries_access, queries_cases, queries_office
from inbox.vault.casework_tables import Handler
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.tables import Case


def of(session: Session, number: int) -> list[str]:
    """Return who handles a case, by name, nobody where all may read it; CaseRefused if there is no case."""
    _check_is_there(session, number)
    return _names(session, number)


def entrust(session: Session, number: int, names: Sequence[str], *, quorum: int, today: date) -> None:
    """Make these the handlers of a case, instead of those it had.

    Raises CaseRefused if those present may not read the case, Refused for who is no officer, or one from whom
    it is kept, and for fewer than a quorum, who could never open it.
    """
    chosen = sorted(set(names))
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
    _replace(session, number, chosen, today)


def open_to_all(session: Session, number: int) -> None:
    """Let all officers read a case again; CaseRefused if those present may not, or all may already."""
    queries_cases.case(session, number)
    if not _names(session, number):
        raise CaseRefused(
            sentence("case {number} has no handlers", number=number),
            sentence("all may read it from whom it is not kept"),
        )
    _replace(session, number, (), date.min)


def break_glass(session: Session, number: int, present: Sequence[str], today: date) -> None:
    """Make those who are present handlers, too, of a case that is for its handlers alone.

    Raises CaseRefused if there is no such case, they may read it, or it is in quarantine.
    """
    handlers = of(session, number)
    if quarantine.since(session, number):
        queries_cases.case(session, number)  # says so
    if not handlers or set(present) <= set(handlers):
        raise CaseRefused(
            sentence("case {number} is open to those present", number=number),
            sentence("see it: inbox show {number}", number=number),
        )
    for name in set(present) - set(handlers):
        session.add(Handler(case=number, officer=name, since=today))
    session.flush()


def broken_since(session: Session, since: date) -> Iterator[Line]:
    """Yield the journal's lines about cases that were opened in an emergency since a day, for the oversight.

    One about a case that is kept from somebody present is not among them.
    """
    for line in journal.lines(session, 1):
        if line.entry and line.entry.action == Code.BREAK_GLASS and line.entry.day >= since:
            yield line


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
