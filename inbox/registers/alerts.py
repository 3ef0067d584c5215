"""The register of reports: the number, channel, days, decisions and end of each case.

Like the journal, this register holds only codes and days, and no words of reporters or officers. Destroyed
cases remain in the register. Lines are in the order of the case numbers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import visas
from inbox.deadlines.retention_schedule import Rule
from inbox.law import in_use
from inbox.registers.rows import Coded, Column, Row, Rows
from inbox.vault.casework_tables import PORTAL, Duty, Measure, Workflow
from inbox.vault.destroyed_tables import DestroyedCase
from inbox.vault.tables import Case
from templates.law.rules import Asked, DutyRole, Law, MeasureRole

_COLUMNS = (
    Column.CASE,
    Column.ROUTE,
    Column.RECEIVED,
    Column.ACKNOWLEDGED,
    Column.ANSWER,
    Column.EXAMINED,
    Column.GROUND,
    Column.REFERRAL,
    Column.SENT_ON,
    Column.OUTCOME,
    Column.CLOSED,
    Column.DESTROYED,
    Column.VISA,
)


def rows(session: Session) -> Rows:
    """Return the lines of destroyed cases and of cases that the signed-in officers may see, by number."""
    lines = dict(sorted((*_kept(session), *_destroyed(session)), key=itemgetter(0)))
    found = lines.values()
    return Rows(_COLUMNS, [row for row, _ in found], [[day] for _, day in found])


def _kept(session: Session) -> Iterator[tuple[int, tuple[Row, date]]]:
    law = in_use.of(session)
    examined = law.duty(DutyRole.ADMISSIBILITY)
    referred = _taken(session, {law.measure(MeasureRole.REFERRAL)})
    forwarded = _taken(session, _forwarding(law))
    agreed = visas.given(session)
    asked = (
        select(Case.number, Case.received, Workflow, Duty)
        .join(Workflow, Workflow.case == Case.number)
        .outerjoin(Duty, (Duty.case == Case.number) & (Duty.kind == examined))
    )
    for number, received, work, duty in session.execute(asked):
        visa = agreed.get(number)
        row: Row = {
            Column.CASE: number,
            Column.ROUTE: Coded("own_route" if work.route == PORTAL else "route", work.route),
            Column.RECEIVED: received,
            Column.ACKNOWLEDGED: work.acknowledged,
            Column.ANSWER: work.answered,
            **_examined(duty),
            Column.REFERRAL: referred[number],
            Column.SENT_ON: forwarded[number],
            Column.OUTCOME: _outcome(work.outcome, is_junk=work.junked is not None),
            Column.CLOSED: work.closed or work.junked,
            Column.VISA: visas.reference(visa) if visa else None,
        }
        yield number, (row, received)


def _destroyed(session: Session) -> Iterator[tuple[int, tuple[Row, date]]]:
    for each in session.scalars(select(DestroyedCase)):
        row: Row = {
            Column.CASE: each.case,
            Column.RECEIVED: each.received,
            Column.OUTCOME: _outcome(each.outcome, is_junk=each.rule == Rule.JUNK),
            Column.CLOSED: each.closed,
            Column.DESTROYED: each.day,
            Column.VISA: each.visa or None,
        }
        yield each.case, (row, each.received)


def _examined(duty: Duty | None) -> Row:
    if duty is None or not duty.decision:
        return {}
    return {
        Column.EXAMINED: Coded("decision", duty.decision),
        Column.GROUND: Coded("decision_ground", duty.ground) if duty.ground else None,
    }


def _outcome(code: str, *, is_junk: bool) -> Coded | None:
    if code:
        return Coded("outcome", code)
    return Coded("rule", Rule.JUNK.value) if is_junk else None


def _forwarding(law: Law) -> Collection[str]:
    """Return the measures that refer a case to another competent authority."""
    duties = (each for each in law.duties.values() if each.asked is Asked.NOT_OURS)
    return {each.measure for duty in duties for each in duty.decisions.values() if each.measure}


def _taken(session: Session, kinds: Collection[str]) -> Mapping[int, tuple[date, ...]]:
    found: defaultdict[int, tuple[date, ...]] = defaultdict(tuple)
    asked = select(Measure.case, Measure.day).where(Measure.kind.in_(kinds))
    for number, day in session.execute(asked.order_by(Measure.case, Measure.position)):
        found[number] += (day,)
    return found
