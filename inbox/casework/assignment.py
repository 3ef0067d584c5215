"""Who sees to a case."""

from datetime import date

from sqlalchemy.orm import Session

from inbox.access import handlers
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.vault import queries_access, queries_office


def assign(session: Session, number: int, officer: str | None, today: date) -> None:
    """Let an officer see to a case, or nobody.

    Raises CaseRefused for an unknown case, and for one who is no officer or may not read the case.
    """
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
    workflow.acted(session, number, today)
