"""Which cases are in proceedings, and until when those must be kept that no longer are.

A measure opens proceedings, and only a final decision ends them: what a court may still ask for is kept.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from inbox.law import in_use
from inbox.vault.casework_tables import Measure


def pursued(session: Session) -> Select[int]:
    """Return the query for the numbers of the cases in proceedings."""
    return select(Measure.case).where(_goes_on(session))


def opened(session: Session, number: int) -> Sequence[Measure]:
    """Return the measures by which proceedings about a case were opened that go on, in their order."""
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


def _ending(session: Session) -> frozenset[str]:
    measures = in_use.of(session).measures
    return frozenset(code for code, each in measures.items() if each.ends_proceedings)
