"""A measure that was noted by mistake is taken out again; that it was noted stays in the journal."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.casework import measures
from inbox.casework.decisions import Choice
from inbox.casework.measures import Kind
from inbox.deadlines import legal_duties, workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import PROCEEDINGS, Measure


def retract(inbox: Inbox, who: Actor, number: int, position: int, reason: str) -> bool:
    """Remove a measure of a case; tell whether its author may have read of it.

    One by which proceedings begin keeps its case from being destroyed: to take it out takes two officers.
    Raises as ``measures.of`` and ``acting``, and CaseRefused for the transmission on which a decision of
    article 40 stands.
    """
    with inbox.vault.transaction(who.officers) as session:
        begins = measures.of(session, number, position).kind in PROCEEDINGS
    code = Code.REMOVE_PROCEEDINGS if begins else Code.REMOVE_MEASURE
    with inbox.acting(who, action(code, number, reason, measure=position)) as session:
        return _remove(session, number, position, who.today)


def _remove(session: Session, number: int, position: int, today: date) -> bool:
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
    was_told = measures.is_told(row, workflow.of(session, number).disclosure)
    if was_told:
        queries_cases.case(session, number).closed_in = None
    session.delete(row)
    workflow.acted(session, number, today)
    return was_told


def _is_decided_by_it(session: Session, number: int) -> bool:
    decided = [each.kind for each in legal_duties.of(session, number) if each.decision == Choice.TRANSMIT]
    sent = (
        select(func.count()).select_from(Measure).filter_by(case=number, kind=Kind.ART40_TRANSMISSION.value)
    )
    return bool(decided) and session.scalar(sent) == 1
