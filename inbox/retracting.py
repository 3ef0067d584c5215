"""A measure that was noted by mistake is taken out again; that it was noted stays in the journal."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox import duties, handling, measures, records
from inbox.acts import Act, Deed
from inbox.casework import PROCEEDINGS, Measure
from inbox.deciding import Choice
from inbox.errors import CaseRefused
from inbox.measures import Kind
from inbox.sentences import sentence


def deed(session: Session, number: int, position: int, reason: str) -> Deed:
    """Return what it is to remove a measure; raises as ``measures.of``.

    One by which proceedings begin keeps its case from being destroyed: to take it out takes two officers.
    """
    begins = measures.of(session, number, position).kind in PROCEEDINGS
    act = Act.REMOVE_PROCEEDINGS if begins else Act.REMOVE_MEASURE
    return Deed(act, case=number, about=f"measure {position}", reason=reason)


def retract(session: Session, number: int, position: int, today: date) -> bool:
    """Remove a measure of a case; tell whether its author may have read of it.

    Raises as ``measures.of``, and CaseRefused for the transmission on which a decision of article 40 stands.
    """
    row = measures.of(session, number, position)
    if row.kind == Kind.ART40_TRANSMISSION and _is_decided_by_it(session, number):
        raise CaseRefused(
            sentence(
                "that the prosecutor is told of case {number} was decided, and is noted by this alone",
                number=number,
            ),
            sentence(
                "if that was the mistake, decide anew: inbox decide {number} no_transmission --reason TEXT",
                number=number,
            ),
        )
    was_told = measures.is_told(row, handling.of(session, number).disclosure)
    if was_told:
        records.case(session, number).closed_in = None
    session.delete(row)
    handling.acted(session, number, today)
    return was_told


def _is_decided_by_it(session: Session, number: int) -> bool:
    decided = [each.kind for each in duties.of(session, number) if each.decision == Choice.TRANSMIT]
    sent = (
        select(func.count()).select_from(Measure).filter_by(case=number, kind=Kind.ART40_TRANSMISSION.value)
    )
    return bool(decided) and session.scalar(sent) == 1
