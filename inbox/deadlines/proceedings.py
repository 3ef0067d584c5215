"""Which cases are in proceedings, or held for them, and on which day those ended that are over.

A measure opens proceedings, and only a final decision ends them: what a court may still ask for is kept. So
is every case that is bound to such a one (``bonds``): it is evidence of the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from inbox.deadlines import bonds
from inbox.law import in_use
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.row_security import AS_A_LINE


def pursued(session: Session) -> Collection[int]:
    """Return the numbers of the cases in proceedings, or bound to one that is."""
    rows = select(Measure.case).where(_goes_on(session))
    return bonds.spread(session, session.scalars(rows.execution_options(**AS_A_LINE)))


def held(session: Session) -> Collection[int]:
    """Return the numbers of the cases that are held for a procedure, or bound to one that is."""
    rows = select(Workflow.case).where(Workflow.held.is_not(None))
    return bonds.spread(session, session.scalars(rows.execution_options(**AS_A_LINE)))


def pursuing(session: Session, number: int) -> int | None:
    """Return the case whose proceedings go on for this case: this one, else one bound to it, else None."""
    return _first(_pursued_of(session, bonds.of(session, number)), number)


def holding(session: Session, number: int) -> int | None:
    """Return the case whose hold applies to this case: this one, else one bound to it, else None."""
    return _first(_held_of(session, bonds.of(session, number)), number)


def keep(session: Session, number: int) -> bool:
    """Tell whether proceedings or a hold keep a case, its own or those of one bound to it."""
    bound = bonds.of(session, number)
    return bool(_pursued_of(session, bound) or _held_of(session, bound))


def going_on(session: Session, number: int) -> Collection[str]:
    """Return the kinds of measures by which proceedings go on about a case, or about one bound to it."""
    rows = select(Measure.kind).where(Measure.case.in_(bonds.of(session, number)), _goes_on(session))
    return set(session.scalars(rows.execution_options(**AS_A_LINE)))


def opened(session: Session, number: int) -> Sequence[Measure]:
    """Return the measures by which proceedings about this very case were opened that go on, in order."""
    rows = select(Measure).where(Measure.case == number, _goes_on(session)).order_by(Measure.position)
    return session.scalars(rows).all()


def has_justice(session: Session, number: int) -> bool:
    """Tell whether a prosecutor was told of a case, or justice has it, ended or not."""
    rows = select(Measure).filter(Measure.case == number, Measure.kind.in_(in_use.of(session).of_justice))
    return bool(session.scalar(select(rows.exists())))


def decided(session: Session, number: int | None = None) -> Mapping[int, date]:
    """Return the day of the last final decision by the number of its case, of all cases or of one."""
    rows = select(Measure.case, func.max(Measure.day)).where(Measure.kind.in_(_ending(session)))
    if number is not None:
        rows = rows.where(Measure.case == number)
    return {case: day for case, day in session.execute(rows.group_by(Measure.case))}  # noqa: C416  for the types


def _pursued_of(session: Session, numbers: Collection[int]) -> Sequence[int]:
    rows = select(Measure.case).where(Measure.case.in_(numbers), _goes_on(session))
    return session.scalars(rows.execution_options(**AS_A_LINE)).all()


def _held_of(session: Session, numbers: Collection[int]) -> Sequence[int]:
    rows = select(Workflow.case).where(Workflow.case.in_(numbers), Workflow.held.is_not(None))
    return session.scalars(rows.execution_options(**AS_A_LINE)).all()


def _goes_on(session: Session) -> ColumnElement[bool]:
    """Return whether a measure opened proceedings that no final decision of their kind ended.

    What was recorded after a decision, or taken on a later day, is not what was decided by it. Justice goes
    on when the office has decided, and the other way round.
    """
    later = aliased(Measure)
    ended = select(later.case).where(
        later.case == Measure.case,
        tuple_(later.kind, Measure.kind).in_(_endings(session)),
        later.position > Measure.position,
        later.day >= Measure.day,
    )
    return Measure.kind.in_(in_use.proceedings(session)) & ~ended.exists()


def _endings(session: Session) -> Collection[tuple[str, str]]:
    """Return which measure ends the proceedings that which other opened."""
    measures = in_use.of(session).measures
    begins = in_use.proceedings(session)
    return [(end, each) for end, by in measures.items() for each in begins if by.ends(measures[each])]


def _first(numbers: Iterable[int], own: int) -> int | None:
    return min(numbers, key=lambda each: (each != own, each), default=None)


def _ending(session: Session) -> frozenset[str]:
    measures = in_use.of(session).measures
    return frozenset(code for code, each in measures.items() if each.ends_proceedings)
