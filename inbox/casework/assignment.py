"""Which officer a case is assigned to."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from inbox.access import handlers
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session import bulk
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_access, queries_office


def assign(inbox: Inbox, who: Actor, numbers: Sequence[int], officer: str | None) -> None:
    """Assign cases, of which there is one at least, to an officer or to nobody: all of them or none.

    Raises CaseRefused for an unknown case, and for an officer who is unknown or may not read one of them;
    Refused for a name that no officer can have; otherwise as ``Inbox.acting`` does.
    """

    def give(session: Session, number: int) -> None:
        _assign(session, who, number, officer)

    bulk.do(inbox, who, action(Code.ASSIGN, officer=officer), numbers, give)


def _assign(session: Session, who: Actor, number: int, officer: str | None) -> None:
    work = workflow.of(session, number)
    if officer is not None:
        known = queries_office.officer(session, officer)
        if known is None or known.member is None:
            raise CaseRefused(
                sentence("there is no officer {officer}", officer=officer),
                sentence("see the names: inbox officers list"),
            )
        if officer in queries_access.excluded_from(session, number):
            raise CaseRefused(
                sentence("case {number} is kept from {officer}", number=number, officer=officer),
                sentence("name another: inbox officers list"),
            )
        if (among := handlers.of(session, number)) and officer not in among:
            raise CaseRefused(
                sentence("case {number} is for its handlers", number=number),
                sentence("name one of: {among}", among=", ".join(among)),
            )
    work.assigned = officer
    workflow.acted(session, number, who.today)
