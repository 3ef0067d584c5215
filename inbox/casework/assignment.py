"""Assign cases to officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.access import handlers
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session import bulk
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_access, queries_office
from inbox.vault.casework_tables import Workflow


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The cases that now belong to a deputy, and the cases that stay because the deputy may not read them."""

    numbers: tuple[int, ...]
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases are assigned to an officer, and how many of them have something overdue."""

    officer: str
    count: int
    overdue: int


def assign(inbox: Inbox, who: Actor, numbers: Sequence[int], officer: str | None) -> None:
    """Assign cases to an officer or to nobody. If one case cannot be assigned, none is assigned.

    Raises CaseRefused if a case is unknown, or if the officer is unknown or may not read one of the cases.
    Raises Refused if the name is invalid. Also raises the same errors as ``Inbox.acting``.
    """
    bulk.do(
        inbox,
        who,
        action(Code.ASSIGN, officer=officer),
        numbers,
        lambda session, number: give(session, number, officer, who.today),
    )


def pass_on(inbox: Inbox, who: Actor, absent: str, deputy: str) -> PassedOn:
    """Assign the open cases of an absent officer to a deputy, all at once; return their numbers.

    Only cases that the acting officers may read are passed on. A case that the deputy may not read is not
    passed on, but the result names it. Raises Refused if no case can be passed on. Also raises the same
    errors as ``assign``.
    """
    with inbox.vault.transaction(who.officers) as session:
        open_ones = select(Workflow.case).filter_by(assigned=absent, waits=True).order_by(Workflow.case)
        mine = session.scalars(open_ones).all()
        kept = [number for number in mine if _why_not(session, number, deputy)]
    numbers = [number for number in mine if number not in kept]
    if not numbers:
        raise Refused(
            sentence("none of {absent}'s cases can be handed over to {deputy}", absent=absent, deputy=deputy),
            sentence(
                "see which cases are assigned to {absent}: inbox queue list --officer {absent}", absent=absent
            ),
        )
    assign(inbox, who, numbers, deputy)
    return PassedOn(tuple(numbers), tuple(kept))


def workload(session: Session, today: date) -> Sequence[Load]:
    """Return how many open cases each officer has, counting only those the signed-in officers may read."""
    late = func.count().filter(Workflow.deadline < today)
    rows = session.execute(
        select(Workflow.assigned, func.count(), late)
        .where(Workflow.waits.is_(True), Workflow.assigned.is_not(None))
        .group_by(Workflow.assigned)
        .order_by(Workflow.assigned)
    )
    return [Load(officer or "", count, overdue) for officer, count, overdue in rows]


def _why_not(session: Session, number: int, officer: str) -> CaseRefused | None:
    """Return why a case cannot be assigned to an officer, or None if it can."""
    if officer in queries_access.excluded_from(session, number):
        return CaseRefused(
            sentence("{officer} is excluded from case {number}", number=number, officer=officer),
            sentence("choose another officer: inbox officer list"),
        )
    if (among := handlers.of(session, number)) and officer not in among:
        return CaseRefused(
            sentence("only its handlers may read case {number}", number=number),
            sentence("choose one of: {among}", among=", ".join(among)),
        )
    return None


def give(session: Session, number: int, officer: str | None, today: date) -> None:
    """Assign a case within an action.

    Raises CaseRefused if the case is unknown, or if the officer cannot be assigned.
    """
    work = workflow.of(session, number)
    if officer is not None:
        known = queries_office.officer(session, officer)
        if known is None or known.member is None:
            raise CaseRefused(
                sentence("there is no officer {officer}", officer=officer),
                sentence("see the names: inbox officer list"),
            )
        if refused := _why_not(session, number, officer):
            raise refused
    work.assigned = officer
    workflow.acted(session, number, today)
