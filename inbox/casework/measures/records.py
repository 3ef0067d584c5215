"""Measures: actions taken on a case. Officers record measures, show them to the reporter, and retract them.

A measure that was recorded by mistake can be retracted; the journal still shows that it was recorded.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.access import addressees
from inbox.casework import prosecutor_word, withholding
from inbox.casework.measures import by_law, details, fit, needed_word, source_risk, telling
from inbox.casework.measures.details import Taken
from inbox.deadlines import legal_duties, workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session import chosen_action, unsaid
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Measure
from inbox.vault.tables import Case
from templates.law import rules
from templates.law.rules import DutyRole, News


@dataclass(frozen=True, slots=True)
class Recorded:
    """A measure of a case, and what the law says about it.

    ``is_told`` is true if the reporter may read the measure, given how much of the case is disclosed.
    ``officers`` is the number of officers needed to retract the measure.
    """

    row: Measure
    rule: rules.Measure
    is_told: bool
    officers: int


def noted(session: Session, number: int, taken: Taken) -> Action:
    """Return the journal entry of a measure, with the required number of officers.

    Raises the same errors as ``add``.

    A final decision takes two officers, whatever the law says, because such a decision ends proceedings and
    thus allows officers to destroy cases. Raises CaseRefused for a measure that only a decision may record.
    Also raises the same errors as ``addressees.check``.
    """
    rule = by_law.rule(session, taken.kind)
    fit.check_by_hand(session, number, taken.kind)
    if rule.ends_proceedings:
        return action(Code.END_PROCEEDINGS, number, kind=taken.kind).by(rule.officers)
    is_warned = addressees.check(session, number, taken.addressee, taken.despite)
    is_warned = is_warned or bool(taken.sent) or needed_word.binds(session, number, taken.kind)
    despite = bool(taken.despite.strip()) and is_warned
    recording = action(
        Code.RECORD_MEASURE, number, taken.despite, kind=taken.kind, despite=despite, sha256=taken.sha256
    )
    return recording.by(rule.officers)


def tell(inbox: Inbox, who: Actor, number: int, position: int, *, told: bool) -> Recorded:
    """Show a measure to the reporter of a case, or hide it again.

    If a message that was sent counts as feedback only because of this measure, two officers are needed to
    hide the measure. Raises Undeclared. Raises CaseRefused for a measure that reporters are never shown. Also
    raises the same errors as ``of`` and ``chosen_action.acting``.
    """

    def choose(session: Session) -> Action:
        noted = action(Code.TELL_MEASURE, number, measure=position, no_longer=not told)
        row = of(session, number, position)
        return noted.by(2) if not told and telling.alone_founds_feedback(session, row) else noted

    with chosen_action.acting(inbox, who, number, choose) as session:
        row = of(session, number, position)
        telling.check(session, number, row.kind, told=told)
        row.told = told
        session.get_one(Case, number).closed_in = None
        return recorded(session, row)


def retract(inbox: Inbox, who: Actor, number: int, position: int, reason: str) -> bool:
    """Retract a measure that was recorded by mistake; return whether the reporter may have read it.

    Retracting takes as many officers as recording the measure did, but always two for:

    - a measure that opens or ends proceedings, because proceedings prevent officers from destroying a case;
    - a measure with restrictions, because restrictions prevent officers from disclosing a case;
    - a measure because of which a message counts as feedback, if the message was already sent.

    Raises CaseRefused for an unknown case or measure. Raises CaseRefused if a decision or the outcome of a
    closed case depends on this measure alone. Raises Refused if no reason is given, or if another measure now
    has this number. Also raises the same errors as ``Inbox.acting``.
    """

    def choose(session: Session) -> Action:
        found = recorded(session, of(session, number, position))
        code = Code.REMOVE_PROCEEDINGS if by_law.guards(found.rule) else Code.REMOVE_MEASURE
        # The journal must say which measure was retracted even after the case is destroyed.
        row = found.row
        taken_out = action(code, number, reason, measure=position, kind=row.kind, recorded=row.recorded)
        return taken_out.by(found.officers)

    with chosen_action.acting(inbox, who, number, choose) as session:
        return _remove(session, number, position, who.today)


def add(session: Session, number: int, taken: Taken, today: date) -> Measure:
    """Add a measure within a larger action, such as a decision.

    After a measure by the judiciary, or one that informs a prosecutor, officers have to decide whether to
    inform the prosecutor in writing. An earlier decision not to inform the prosecutor does not count.
    Retracting the measure does not remove this duty.

    Raises Refused for a measure that the law does not have. Raises CaseRefused for an unknown case and in
    these situations:

    - an inquiry comes before the assessment of the risk to the reporter;
    - the day is in the future;
    - a final decision ends no pending proceedings, or is dated before all of them;
    - the prosecutor's word is required but missing, and no reason is given;
    - the group of a sanction is missing;
    - the addressee, the reference or the sent text is missing although the law requires it;
    - an addressee, a reference or restrictions are too long;
    - restrictions do not come from a prosecutor;
    - a text is given although the measure stores none;
    - the reporter would be told of a measure that reporters are never told of;
    - the reporter would be told of a measure other than protection before the prosecutor's word;
    - the measure contradicts the outcome with which the case is closed.

    Also raises the same errors as ``unsaid.check_line`` for the reference and the restrictions.
    """
    work, law = workflow.of(session, number), in_use.of(session)
    rule = by_law.rule(session, taken.kind)
    fit.check_outcome(session, work, taken.kind)
    details.check(number, taken, rule, today)
    details.check_restrictions(taken, law)
    telling.check(session, number, taken.kind, told=taken.told)
    if not taken.despite.strip():
        needed_word.check(session, number, taken.kind)
    if rule.is_inquiry:
        source_risk.check(work)
    if rule.ends_proceedings:
        fit.check_ends(session, number, taken)
    unsaid.check_line(session, number, f"{taken.reference}\n{taken.restrictions}")
    if taken.kind in law.of_justice or taken.restrictions.strip():
        withholding.ask_anew(session, number)
    last = session.scalar(select(func.max(Measure.position)).filter_by(case=number)) or 0
    row = Measure(
        case=number,
        position=last + 1,
        kind=taken.kind,
        day=taken.day,
        recorded=today,
        addressee=taken.addressee,
        reference=taken.reference,
        restrictions=taken.restrictions.strip(),
        sent=taken.sent,
        degree=taken.degree,
        told=taken.told,
    )
    telling.check(session, number, taken.kind, told=telling.is_told(session, row, work.disclosure))
    session.add(row)
    _ask_anew(session, number, taken.kind, today)
    workflow.acted(session, number, today)
    prosecutor_word.freed(session, number)
    if telling.is_told(session, row, work.disclosure):
        session.get_one(Case, number).closed_in = None
    return row


def _ask_anew(session: Session, number: int, kind: str, today: date) -> None:
    """Add the duty that a measure creates, and reopen decisions that did not consider the measure."""
    if kind in in_use.of(session).of_justice:
        _ask_for_prosecutor(session, number, kind, today)
    if by_law.rule(session, kind).concerns_somebody:
        legal_duties.reopen_decisions(session, number, News.CONCERNS_SOMEBODY, today)


def _ask_for_prosecutor(session: Session, number: int, kind: str, today: date) -> None:
    """Add the duty to decide whether to inform the prosecutor in writing; ask again if the answer was no."""
    legal_duties.asked_of(session, number, in_use.of(session).duty(DutyRole.PROSECUTOR), today)
    if not legal_duties.taking(session, kind):
        legal_duties.reopen_decisions(session, number, News.JUSTICE, today)


def of(session: Session, number: int, position: int) -> Measure:
    """Return a measure of a case; raises CaseRefused if the case or the measure is unknown."""
    workflow.of(session, number)
    row = session.get(Measure, (number, position))
    if row is None:
        raise CaseRefused(
            sentence("case {number} has no measure {position}", number=number, position=position),
            sentence("see: inbox case show {number}", number=number),
        )
    return row


def kinds(session: Session, number: int) -> set[str]:
    """Return the kinds of measures that are recorded for a case."""
    return set(session.scalars(select(Measure.kind).filter_by(case=number)))


def recorded(session: Session, row: Measure) -> Recorded:
    """Return a measure of a case with what the law says about it."""
    rule = by_law.rule(session, row.kind)
    told = telling.is_told(session, row, workflow.of(session, row.case).disclosure)
    return Recorded(row, rule, told, _retracted_by(session, row, rule))


def _retracted_by(session: Session, row: Measure, rule: rules.Measure) -> int:
    """Return how many officers it takes to retract a measure: at least as many as recorded it."""
    decisions = legal_duties.decisions(session)
    deciding = [decisions[code].officers for code in legal_duties.taking(session, row.kind)]
    is_for_two = row.restrictions or by_law.guards(rule) or telling.alone_founds_feedback(session, row)
    return max(rule.officers, *deciding, 2 if is_for_two else 1)


def _remove(session: Session, number: int, position: int, today: date) -> bool:
    row = of(session, number, position)
    if _is_decided_by(session, row):
        raise CaseRefused(
            sentence(
                "measure {position} of case {number} is the only record of a decision",
                position=position,
                number=number,
            ),
            sentence(
                "if the decision was a mistake, decide again: inbox case decide {number} DECISION --reason"
                " TEXT",
                number=number,
            ),
        )
    work = workflow.of(session, number)
    ended = fit.outcome(session, work)
    if ended and ended.only_after == row.kind and _is_only_one(session, row):
        raise fit.contradicting(work, row.kind)
    was_told = telling.is_told(session, row, work.disclosure)
    if was_told:
        session.get_one(Case, number).closed_in = None
    session.delete(row)
    workflow.acted(session, number, today)
    prosecutor_word.freed(session, number)
    return was_told


def _is_decided_by(session: Session, row: Measure) -> bool:
    """Return whether a decision depends on this measure alone."""
    rules = legal_duties.decisions(session)
    decided = {each.decision for each in legal_duties.of(session, row.case)} & rules.keys()
    return any(rules[each].measure == row.kind for each in decided) and _is_only_one(session, row)


def _is_only_one(session: Session, row: Measure) -> bool:
    """Return whether a case has no other measure of the same kind."""
    same = select(func.count()).select_from(Measure).filter_by(case=row.case, kind=row.kind)
    return session.scalar(same) == 1
