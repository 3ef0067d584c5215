"""Bound cases: officers have linked them as one matter, so what binds one of them binds all.

For the judiciary, two reports about the same facts or the same person are one matter. If a person must not be
warned about one of two bound cases, the person must not be warned about the other case. If the data of one
case has to be kept, the data of the other case has to be kept too.

An officer who is excluded from a case is excluded from all cases bound to it (``conflicts``). Every officer
who acts on a case is therefore subject to everything that binds the case. Cases that the signed-in officers
may not read also count: cases in quarantine, archived cases, and cases restricted to their handlers. Officers
see only the numbers of these cases.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.language.messages import Sentence, sentence
from inbox.vault.casework_tables import Link, Workflow
from inbox.vault.row_security import AS_A_LINE


class Relation(StrEnum):
    """How two cases are related."""

    DUPLICATE = "duplicate"
    SAME_FACTS = "same_facts"
    SAME_PERSON = "same_person"
    SAME_PLACE = "same_place"
    FOLLOW_UP = "follow_up"
    CONTRADICTS = "contradicts"

    @property
    def binds(self) -> bool:
        """Whether the cases are one matter for the judiciary.

        Reports about the same place may be two matters.
        """
        return self in _BINDING


_BINDING = frozenset({Relation.DUPLICATE, Relation.SAME_FACTS, Relation.SAME_PERSON, Relation.FOLLOW_UP})


def of(session: Session, number: int) -> frozenset[int]:
    """Return the number of a case and of all cases bound to it, directly or through others."""
    return frozenset(spread(session, [number]))


def others(session: Session, number: int) -> list[int]:
    """Return the numbers of all cases bound to a case, except its own, in ascending order."""
    return sorted(of(session, number) - {number})


def ended_by(session: Session, number: int, outcomes: Iterable[str]) -> int | None:
    """Return the first duplicate of this case that was closed with one of these outcomes, or None."""
    rows = select(func.min(Link.other)).join(Workflow, Workflow.case == Link.other)
    rows = rows.where(Link.case == number, Link.kind == Relation.DUPLICATE, Workflow.outcome.in_(outcomes))
    return session.scalar(rows.execution_options(**AS_A_LINE))


def because_of(said: Sentence, number: int, other: int) -> Sentence:
    """Return a statement about a case.

    If the statement is true because of another case, it names that case.
    """
    if number == other:
        return said
    return sentence("{said}, because of the linked case {other}", said=said, other=other)


def spread(session: Session, numbers: Iterable[int]) -> Collection[int]:
    """Return these numbers and the numbers of all cases bound to any of these cases."""
    found = set(numbers)
    beyond = found
    while beyond:
        rows = select(Link.other).where(Link.case.in_(beyond), Link.kind.in_(_BINDING))
        beyond = set(session.scalars(rows.execution_options(**AS_A_LINE))) - found
        found |= beyond
    return found
