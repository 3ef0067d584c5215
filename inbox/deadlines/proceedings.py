"""Which cases are in proceedings or on hold, and when proceedings ended.

A measure opens proceedings, and only a final decision ends them. Before the final decision, the case is kept,
because a court may ask for it. All cases bound to the case (``bonds``) are also kept, because they are
evidence in the same matter.
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
    """Return the numbers of the cases in proceedings, and of all cases bound to them."""
    rows = select(Measure.case).where(_goes_on(session))
    return bonds.spread(session, session.scalars(rows.execution_options(**AS_A_LINE)))


def held(session: Session) -> Collection[int]:
    """Return the numbers of the cases on legal hold, and of all cases bound to them."""
    rows = select(Workflow.case).where(Workflow.held.is_not(None))
    return bonds.spread(session, session.scalars(rows.execution_options(**AS_A_LINE)))


def pursuing(session: Session, number: int) -> int | None:
    """Return the case whose proceedings are pending: this case, otherwise a bound case, otherwise None."""
    return _first(_pursued_of(session, bonds.of(session, number)), number)


def holding(session: Session, number: int) -> int | None:
    """Return the case that is on hold: this case, otherwise a bound case, otherwise None."""
    return _first(_held_of(session, bonds.of(session, number)), number)


def keep(session: Session, number: int) -> bool:
    """Return whether proceedings or a hold, on a case or a bound case, require keeping the case."""
    bound = bonds.of(session, number)
    return bool(_pursued_of(session, bound) or _held_of(session, bound))


def going_on(session: Session, number: int) -> Collection[str]:
    """Return the kinds of the measures that opened pending proceedings in a case or in a case bound to it."""
    rows = select(Measure.kind).where(Measure.case.in_(bonds.of(session, number)), _goes_on(session))
    return set(session.scalars(rows.execution_options(**AS_A_LINE)))


def opened(session: Session, number: int) -> Sequence[Measure]:
    """Return the measures on this case itself that opened pending proceedings, in order."""
    rows = select(Measure).where(Measure.case == number, _goes_on(session)).order_by(Measure.position)
    return session.scalars(rows).all()


def has_justice(session: Session, number: int) -> bool:
    """Return whether a prosecutor was informed of a case, or whether the judiciary has or had the case."""
    rows = select(Measure).filter(Measure.case == number, Measure.kind.in_(in_use.of(session).of_justice))
    return bool(session.scalar(select(rows.exists())))


def decided(session: Session, number: int | None = None) -> Mapping[int, date]:
    """Map case numbers to the day of the last final decision, for all cases or for one."""
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
    """Return the SQL condition for a measure that has opened proceedings which are still pending.

    Only a final decision of the same kind ends proceedings. The decision must be recorded after the measure,
    and must not be dated before the measure. Judicial proceedings continue after a decision by the office,
    and the office's own proceedings continue after a judicial decision.
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
    """Return pairs of measures: the first ends the proceedings that the second opens."""
    measures = in_use.of(session).measures
    begins = in_use.proceedings(session)
    return [(end, each) for end, by in measures.items() for each in begins if by.ends(measures[each])]


def _first(numbers: Iterable[int], own: int) -> int | None:
    return min(numbers, key=lambda each: (each != own, each), default=None)


def _ending(session: Session) -> frozenset[str]:
    measures = in_use.of(session).measures
    return frozenset(code for code, each in measures.items() if each.ends_proceedings)
