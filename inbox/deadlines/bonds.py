"""Which cases are bound together by what officers said of them: what binds one of them binds all.

Two reports of the same facts, or of the same person, are one matter for justice: whoever may not be warned of
the one is not warned of the other, and what must be kept of the one is kept of the other.

A case is kept from an officer together with all that is bound to it (``conflicts``): so whoever acts on a
case is bound by all that binds it. Cases count that those present may not read: in quarantine, for their
handlers alone, or in the archive. Only the numbers of these are told.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.language.messages import Sentence, sentence
from inbox.vault.casework_tables import Link, Workflow
from inbox.vault.row_security import AS_A_LINE


class Relation(StrEnum):
    """What two cases have to do with one another."""

    DUPLICATE = "duplicate"
    SAME_FACTS = "same_facts"
    SAME_PERSON = "same_person"
    SAME_PLACE = "same_place"
    FOLLOW_UP = "follow_up"
    CONTRADICTS = "contradicts"

    @property
    def binds(self) -> bool:
        """Whether they are one matter for justice; two reports of one place may be of two matters."""
        return self in _BINDING


_BINDING = frozenset({Relation.DUPLICATE, Relation.SAME_FACTS, Relation.SAME_PERSON, Relation.FOLLOW_UP})


def of(session: Session, number: int) -> frozenset[int]:
    """Return the numbers of the cases that are bound to one, over others, too, and its own."""
    return frozenset(spread(session, [number]))


def others(session: Session, number: int) -> list[int]:
    """Return the numbers of the cases that are bound to one, in their order, without its own."""
    return sorted(of(session, number) - {number})


def ended_by(session: Session, number: int, outcomes: Iterable[str]) -> int | None:
    """Return the first case that ended with one of these outcomes as a duplicate of this one, if any did."""
    rows = select(Link.other).join(Workflow, Workflow.case == Link.other).order_by(Link.other)
    rows = rows.where(Link.case == number, Link.kind == Relation.DUPLICATE, Workflow.outcome.in_(outcomes))
    return session.scalar(rows.limit(1).execution_options(**AS_A_LINE))


def because_of(said: Sentence, number: int, other: int) -> Sentence:
    """Return what is said of a case, with the other one because of which it is so, if it is another."""
    if number == other:
        return said
    return sentence("{said}, because of case {other}, to which it is linked", said=said, other=other)


def spread(session: Session, numbers: Iterable[int]) -> Collection[int]:
    """Return these numbers with those of all cases that are bound to any of them."""
    found = set(numbers)
    beyond = found
    while beyond:
        rows = select(Link.other).where(Link.case.in_(beyond), Link.kind.in_(_BINDING))
        beyond = set(session.scalars(rows.execution_options(**AS_A_LINE))) - found
        found |= beyond
    return found
