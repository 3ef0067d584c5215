"""Measures: actions taken on a case, and which of them the reporter may read.

No inquiry begins before the risk to the source is assessed (ISO 37002). A measure that was recorded by
mistake can be retracted; the journal still shows that it was recorded.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.access import addressees, declarations
from inbox.casework import exits, prosecutor_word, withholding
from inbox.deadlines import legal_duties, proceedings, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.workflow import Disclosure
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, joined, sentence
from inbox.law import in_use
from inbox.session import chosen_action, unsaid
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.tables import Case
from templates.law import rules
from templates.law.rules import DutyRole, News, Told

_LONGEST = 200


class Risk(StrEnum):
    """How much the reporter has to fear from an inquiry."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A measure by its code. ``degree`` is the group of a sanction; ``told``: the reporter may read it.

    ``restrictions`` are actions that a prosecutor does not want, or the conditions for them. ``sent`` is the
    text that is sent, if the law requires that it be kept; ``dossiers.recording`` checks it. ``despite`` is
    the reason for taking the measure although the prosecutor's word is missing or has restrictions; it is
    empty if neither is true.
    """

    kind: str
    day: date
    addressee: str = ""
    reference: str = ""
    restrictions: str = ""
    sent: str = ""
    degree: int | None = None
    told: bool = False
    despite: str = ""

    @property
    def sha256(self) -> str | None:
        """The hash of the text that is sent, for the journal and the ledger; None without a text."""
        return hashlib.sha256(self.sent.encode()).hexdigest() if self.sent else None


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


def assess(inbox: Inbox, who: Actor, number: int, risk: Risk, reason: str) -> None:
    """Assess how much the reporter of a case has to fear from an inquiry.

    Raises CaseRefused for an unknown case, and Refused if no reason is given. Also raises the same errors as
    ``Inbox.acting``.
    """
    with inbox.acting(who, assessing(number, risk, reason)) as session:
        set_risk(session, number, risk, who.today)


def assessing(number: int, risk: Risk, reason: str) -> Action:
    """Return the journal entry of an assessment of the risk; raises Refused if no reason is given."""
    return action(Code.ASSESS_SOURCE, number, reason, risk=risk)


def set_risk(session: Session, number: int, risk: Risk, today: date) -> None:
    """Set the risk to the source within an action; raises the same errors as ``workflow.of``."""
    workflow.of(session, number).source_risk = risk.value
    workflow.acted(session, number, today)


def noted(session: Session, number: int, taken: Taken) -> Action:
    """Return the journal entry of a measure, with the required number of officers.

    Raises the same errors as ``add``.

    A final decision takes two officers, whatever the law says, because it allows the destruction of the cases
    whose proceedings it ends. Raises CaseRefused for a measure that only a decision may record. Also raises
    the same errors as ``addressees.check``.
    """
    rule = _rule(session, taken.kind)
    _check_by_hand(session, number, taken.kind)
    if rule.ends_proceedings:
        return action(Code.END_PROCEEDINGS, number, kind=taken.kind).by(rule.officers)
    is_warned = addressees.check(session, number, taken.addressee, taken.despite)
    is_warned = is_warned or bool(taken.sent) or lacks_word(session, number, taken.kind)
    despite = bool(taken.despite.strip()) and is_warned
    recording = action(
        Code.RECORD_MEASURE, number, taken.despite, kind=taken.kind, despite=despite, sha256=taken.sha256
    )
    return recording.by(rule.officers)


def needed(inbox: Inbox, kind: str) -> dict[str, Sentence]:
    """Return the fields that a measure requires, each with the reason; none for an unknown measure."""
    with inbox.vault.transaction() as session:
        return needed_by(session, kind)


def needed_by(session: Session, kind: str) -> dict[str, Sentence]:
    """Return the same as ``needed``, within a session."""
    rule = in_use.of(session).measures.get(kind)
    return dict.fromkeys(rule.needed, labels.named("measure", kind)) if rule else {}


def tell(inbox: Inbox, who: Actor, number: int, position: int, *, told: bool) -> Recorded:
    """Show a measure to the reporter of a case, or hide it again.

    Hiding the measure takes two officers if a message already sent counts as feedback only because of this
    measure. Raises CaseRefused for a measure that reporters are never shown, and Undeclared. Also raises the
    same errors as ``of`` and ``chosen_action.acting``.
    """

    def choose(session: Session) -> Action:
        noted = action(Code.TELL_MEASURE, number, measure=position, no_longer=not told)
        row = of(session, number, position)
        return noted.by(2) if not told and _alone_founds_feedback(session, row) else noted

    with chosen_action.acting(inbox, who, number, choose) as session:
        row = of(session, number, position)
        _check_told(session, number, row.kind, told=told)
        row.told = told
        session.get_one(Case, number).closed_in = None
        return recorded(session, row)


def retract(inbox: Inbox, who: Actor, number: int, position: int, reason: str) -> bool:
    """Retract a measure that was recorded by mistake; return whether the reporter may have read it.

    This requires as many officers as recording the measure did, but always two for:

    - a measure that opens or ends proceedings, because proceedings keep a case from being destroyed;
    - a measure with restrictions, because they keep a case from being disclosed;
    - a measure without which a message already sent no longer counts as feedback.

    Raises CaseRefused for an unknown case or measure, and if a decision or the outcome of a closed case
    depends on this measure alone. Raises Refused if no reason is given, and if another measure now has this
    number. Also raises the same errors as ``Inbox.acting``.
    """

    def choose(session: Session) -> Action:
        found = recorded(session, of(session, number, position))
        code = Code.REMOVE_PROCEEDINGS if _guards(found.rule) else Code.REMOVE_MEASURE
        return action(code, number, reason, measure=position).by(found.officers)

    with chosen_action.acting(inbox, who, number, choose) as session:
        return _remove(session, number, position, who.today)


def add(session: Session, number: int, taken: Taken, today: date) -> Measure:
    """Add a measure within a larger action, such as a decision.

    After a measure of the judiciary, or one that informs a prosecutor, officers have to decide whether to
    inform the prosecutor in writing, even if they decided earlier not to. Retracting the measure does not
    remove this duty.

    Raises Refused for a measure that the law does not have. Raises CaseRefused for an unknown case and in
    these situations:

    - an inquiry comes before the assessment of the risk to the source;
    - the day is in the future;
    - a final decision can end no pending proceedings, or is dated before all of them;
    - the prosecutor's word is required but missing, and no reason is given;
    - the group of a sanction is missing;
    - the addressee, the reference or the sent text is missing although the law requires it;
    - an addressee, a reference or restrictions are too long;
    - restrictions do not come from a prosecutor;
    - a text is given although the measure stores none;
    - the reporter would be told of a measure that reporters are never told of;
    - the reporter would be told, before the prosecutor's word, of a measure other than protection;
    - the measure contradicts the outcome with which the case is closed.

    Also raises the same errors as ``unsaid.check_line`` for the reference and the restrictions.
    """
    work, law = workflow.of(session, number), in_use.of(session)
    rule = _rule(session, taken.kind)
    _check_ended(session, work, taken.kind)
    _check(number, taken, rule, today)
    if taken.restrictions.strip() and taken.kind not in law.with_restrictions:
        raise CaseRefused(
            sentence("only the prosecutor can set restrictions"),
            sentence(
                "omit them; only these measures can have restrictions: {kinds}",
                kinds=", ".join(sorted(law.with_restrictions)),
            ),
        ).at("restrictions")
    _check_told(session, number, taken.kind, told=taken.told)
    if not taken.despite.strip() and lacks_word(session, number, taken.kind):
        # The refusal repeats what the prosecutor said about the case.
        declarations.check(session, number)
        raise _without_word(session, number, taken.kind)
    if rule.is_inquiry and not work.source_risk:
        raise CaseRefused(
            sentence("the risk to the source of case {number} has not been assessed", number=number),
            sentence(
                "assess it before any inquiry: inbox case set-source-risk {number} low|medium|high --reason"
                " TEXT",
                number=number,
            ),
        )
    if rule.ends_proceedings:
        _check_ends(session, number, taken)
    unsaid.check_line(session, number, f"{taken.reference}\n{taken.restrictions}")
    if taken.kind in law.of_justice or taken.restrictions.strip():
        withholding.ask_anew(session, number)
    last = session.scalar(select(func.max(Measure.position)).filter_by(case=number)) or 0
    row = Measure(
        case=number,
        position=last + 1,
        kind=taken.kind,
        day=taken.day,
        addressee=taken.addressee,
        reference=taken.reference,
        restrictions=taken.restrictions.strip(),
        sent=taken.sent,
        degree=taken.degree,
        told=taken.told,
    )
    _check_told(session, number, taken.kind, told=is_told(session, row, work.disclosure))
    session.add(row)
    _ask_anew(session, number, taken.kind, today)
    workflow.acted(session, number, today)
    prosecutor_word.freed(session, number)
    if is_told(session, row, work.disclosure):
        session.get_one(Case, number).closed_in = None
    return row


def _ask_anew(session: Session, number: int, kind: str, today: date) -> None:
    """Add the duty that a measure creates, and reopen decisions that did not consider the measure."""
    if kind in in_use.of(session).of_justice:
        _ask_for_prosecutor(session, number, kind, today)
    if _rule(session, kind).concerns_somebody:
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


def told(session: Session, number: int | None = None) -> defaultdict[int, list[str]]:
    """Return the kinds of measures that reporters may read, by case number, for all cases or for one."""
    asked = select(Measure, Workflow.disclosure).join(Workflow, Workflow.case == Measure.case)
    if number is not None:
        asked = asked.where(Measure.case == number)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row, disclosure in session.execute(asked.order_by(Measure.case, Measure.position)):
        if is_told(session, row, disclosure) and row.kind not in found[row.case]:
            found[row.case].append(row.kind)
    return found


def answering(session: Session, number: int) -> set[str]:
    """Return the kinds of measures that make an officer's own words count as feedback if a slot shows both.

    Protection is excluded, because it says nothing about the follow-up to a report. Measures dated before
    the day of receipt are also excluded.
    """
    return {row.kind for row in _answering(session, number)}


def _answering(session: Session, number: int) -> list[Measure]:
    """Return the measures that ``answering`` considers, in no particular order."""
    received, disclosure = session.get_one(Case, number).received, workflow.of(session, number).disclosure
    rows = session.scalars(select(Measure).where(Measure.case == number, Measure.day >= received)).all()
    told = [row for row in rows if is_told(session, row, disclosure)]
    return [row for row in told if not _rule(session, row.kind).protection]


def _alone_founds_feedback(session: Session, row: Measure) -> bool:
    """Return whether a message already sent counts as feedback only because of this measure."""
    return _answering(session, row.case) == [row] and queries_cases.answers_by_measure(session, row.case)


def is_told(session: Session, row: Measure, disclosure: str) -> bool:
    """Return whether the reporter may read a measure, given how much of the case is disclosed."""
    told = _rule(session, row.kind).told
    if disclosure == Disclosure.WITHHELD or told is Told.NEVER:
        return False
    return row.told or (disclosure == Disclosure.FULL and told is Told.ALWAYS)


def recorded(session: Session, row: Measure) -> Recorded:
    """Return a measure of a case with what the law says about it."""
    told, rule = is_told(session, row, workflow.of(session, row.case).disclosure), _rule(session, row.kind)
    return Recorded(row, rule, told, _retracted_by(session, row, rule))


def _retracted_by(session: Session, row: Measure, rule: rules.Measure) -> int:
    """Return how many officers it takes to retract a measure: at least as many as recorded it."""
    decisions = legal_duties.decisions(session)
    deciding = [decisions[code].officers for code in legal_duties.taking(session, row.kind)]
    is_for_two = row.restrictions or _guards(rule) or _alone_founds_feedback(session, row)
    return max(rule.officers, *deciding, 2 if is_for_two else 1)


def _guards(rule: rules.Measure) -> bool:
    """Return whether a measure opens or ends proceedings."""
    return rule.opens_proceedings or rule.ends_proceedings


def by_hand(session: Session) -> list[str]:
    """Return the measures that officers record themselves: all those that do not belong to a decision."""
    return [code for code in in_use.of(session).measures if not legal_duties.taking(session, code)]


def tellable(session: Session) -> tuple[str, ...]:
    """Return all measures that a reporter may ever read."""
    law = in_use.of(session)
    return tuple(code for code, rule in law.measures.items() if rule.told is not Told.NEVER)


def lacks_word(session: Session, number: int, kind: str) -> bool:
    """Return whether a measure requires the prosecutor's word, which is missing or has restrictions.

    Such a measure could surprise a prosecutor. If there are restrictions, an officer has to say whether the
    measure respects them.
    """
    if not _rule(session, kind).needs_word:
        return False
    return prosecutor_word.binds(session, number)


def _rule(session: Session, kind: str) -> rules.Measure:
    return in_use.rule(in_use.of(session).measures, kind)


def _check_by_hand(session: Session, number: int, kind: str) -> None:
    """Raise CaseRefused for a decision's measure: it would be recorded twice, or without the decision."""
    if choices := legal_duties.taking(session, kind):
        raise CaseRefused(
            sentence(
                "case {number}: this measure is recorded only with the decision that it belongs to: {kind}",
                number=number,
                kind=labels.named("measure", kind),
            ),
            sentence(
                "take the decision: inbox case decide {number} {choices} --reason TEXT",
                number=number,
                choices="|".join(choices),
            ),
        )


def _without_word(session: Session, number: int, kind: str) -> CaseRefused:
    if not prosecutor_word.is_missing(session, number):
        return prosecutor_word.refusing(
            session,
            number,
            _restricted(session, number),
            sentence(
                "if the measure complies with these restrictions, say how: inbox case measure add {number}"
                " {kind} --despite-warning REASON",
                number=number,
                kind=kind,
            ),
        )
    return prosecutor_word.refusing(
        session,
        number,
        sentence("case {number}: the prosecutor has not said that this measure can be taken", number=number),
        sentence(
            "decide first whether to inform the prosecutor: inbox case decide {other} {choices}"
            " --reason TEXT; then ask the prosecutor, and record the answer: inbox case measure add"
            " {other} {word}; or say why you take the measure anyway: inbox case measure add {number}"
            " {kind} --despite-warning REASON",
            number=number,
            kind=labels.named("measure", kind),
            **prosecutor_word.lifting(session, number),
        ),
    )


def _restricted(session: Session, number: int) -> Sentence:
    """Return the prosecutor's restrictions or, if they are on a linked case, only that they exist."""
    if not (said := prosecutor_word.restrictions(session, number)):
        return sentence("case {number}: the prosecutor restricted what can be done", number=number)
    return sentence(
        "case {number}: the prosecutor restricted what can be done: {restrictions}",
        number=number,
        restrictions=said,
    )


def tells_too_early(session: Session, number: int, disclosure: str) -> bool:
    """Return whether this degree of disclosure would reveal a measure before the prosecutor's word.

    Protection is excluded, because reporters may be told of it at any time. A measure that an officer
    disclosed earlier is excluded too, because hiding it now would also reveal something.
    """
    rows = session.scalars(select(Measure).filter_by(case=number)).all()
    told = (_rule(session, row.kind) for row in rows if not row.told and is_told(session, row, disclosure))
    return any(not rule.protection for rule in told) and prosecutor_word.binds(session, number)


def _check_told(session: Session, number: int, kind: str, *, told: bool) -> None:
    """Raise CaseRefused for a measure that the reporter may not read now; protection is always allowed.

    Any other measure reveals that the office is acting, or whom it contacted, possibly the prosecutor.
    """
    rule = _rule(session, kind)
    if told and rule.told is Told.NEVER:
        raise CaseRefused(
            sentence("under the law in use, no reporter is told of this measure: {kind}", kind=kind),
            sentence(
                "record it without telling the reporter; reporters can be told only of these measures:"
                " {kinds}",
                kinds=", ".join(tellable(session)),
            ),
        ).at("told")
    if not told or rule.protection:
        return
    if not rule.is_inquiry:
        _check_decided(session, number)
    if prosecutor_word.binds(session, number):
        raise prosecutor_word.refusing(
            session,
            number,
            sentence(
                "case {number}: the prosecutor has not said that the reporter can be told of this measure",
                number=number,
            ),
            sentence(
                "reopen the case if it is closed, and record the measure without telling the reporter;"
                " once the prosecutor has no objection, record that: inbox case measure add {other}"
                " {word}",
                **prosecutor_word.lifting(session, number),
            ),
        )


def _check_decided(session: Session, number: int) -> None:
    """Raise CaseRefused while it is still undecided whether to inform the prosecutor."""
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        raise CaseRefused(
            sentence(
                "case {number}: {why}", number=number, why=exits.why(session, number, Obstacle.PROSECUTOR)
            ),
            sentence(
                "record it without telling the reporter, and decide first whether to inform the"
                " prosecutor: inbox case decide {number} {choices} --reason TEXT",
                number=number,
                choices=legal_duties.settling(session, DutyRole.PROSECUTOR),
            ),
        )


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
                "if the decision was the mistake, decide again: inbox case decide {number} DECISION --reason"
                " TEXT",
                number=number,
            ),
        )
    work = workflow.of(session, number)
    ended = _ended(session, work)
    if ended and ended.only_after == row.kind and _is_only_one(session, row):
        raise _contradicting(work, row.kind)
    was_told = is_told(session, row, work.disclosure)
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


def _ended(session: Session, work: Workflow) -> rules.Outcome | None:
    """Return the outcome of a closed case; None for an open case, or if the law has no such outcome."""
    return in_use.of(session).outcomes.get(work.outcome) if work.closed else None


def _check_ended(session: Session, work: Workflow, kind: str) -> None:
    ended = _ended(session, work)
    if ended and ended.never_after == kind:
        raise _contradicting(work, kind)


def _contradicting(work: Workflow, kind: str) -> CaseRefused:
    """Return the error for a change that would contradict the recorded outcome of a closed case."""
    return CaseRefused(
        sentence(
            "case {number} is closed as {outcome}, which this measure would contradict: {kind}",
            number=work.case,
            outcome=labels.said("outcome", work.outcome),
            kind=labels.named("measure", kind),
        ),
        sentence("reopen it first: inbox case reopen {number} --reason TEXT", number=work.case),
    )


def _without_addressee(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: this measure must name its addressee, or the person or authority that"
            " decided or answered: {kind}",
            number=number,
            kind=kind,
        ),
        sentence("give the name: --addressee TEXT"),
    )


def _without_reference(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: the reference is missing: {kind}",
            number=number,
            kind=labels.named("measure", kind),
        ),
        sentence("give the reference: --reference TEXT"),
    )


def _without_group(number: int, kind: str, rule: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: {kind} needs a group, from 1 to {most}",
            number=number,
            kind=kind,
            most=rule.groups,
        ),
        sentence("give the group"),
    )


def _without_text(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: this measure must contain the text that is sent: {kind}", number=number, kind=kind
        ),
        sentence("give that text, in your own words: --text TEXT or --text-file FILE"),
    )


_LACKING = {
    "addressee": _without_addressee,
    "reference": _without_reference,
    "sent": _without_text,
    "degree": _without_group,
}


def _check_ends(session: Session, number: int, taken: Taken) -> None:
    """Raise CaseRefused if this final decision ends no pending proceedings or is dated before them all."""
    rule = _rule(session, taken.kind)
    opened = [each for each in proceedings.opened(session, number) if rule.ends(_rule(session, each.kind))]
    if not opened:
        raise CaseRefused(
            sentence("case {number} has no pending proceedings that this decision could end", number=number),
            sentence("first record the measure that opened the proceedings, with its day"),
        )
    received = session.get_one(Case, number).received
    if taken.day < received:
        raise CaseRefused(
            sentence(
                "case {number}: {day} is too early, because the report arrived on {received} or later",
                number=number,
                received=received,
                day=taken.day,
            ),
            sentence("give the day of the final decision; it cannot be before the report arrived"),
        ).at("day")
    first = min(each.day for each in opened)
    if taken.day < first:
        raise CaseRefused(
            sentence(
                "the pending proceedings about case {number} began on {first}, after {day}",
                number=number,
                first=first,
                day=taken.day,
            ),
            sentence(
                "give the day of the decision that ends these proceedings, or record the measures of these"
                " proceedings with their days"
            ),
        ).at("day")


def _check(number: int, taken: Taken, rule: rules.Measure, today: date) -> None:
    if taken.day > today:
        raise CaseRefused(
            sentence("{day} is in the future", day=taken.day), sentence("record a measure once it is taken")
        ).at("day")
    if max(map(len, (taken.addressee, taken.reference, taken.restrictions))) > _LONGEST:
        raise CaseRefused(
            sentence(
                "addressee, reference and restrictions can each have at most {most} characters", most=_LONGEST
            ),
            sentence("shorten them"),
        )
    _check_needed(number, taken, rule)
    _check_sent(number, taken, rule)
    _check_group(number, taken, rule)


def _check_needed(number: int, taken: Taken, rule: rules.Measure) -> None:
    """Raise a single CaseRefused for all missing fields that the law requires with a measure."""
    given = {
        "addressee": taken.addressee.strip(),
        "reference": taken.reference.strip(),
        "sent": taken.sent.strip(),
        "degree": taken.degree,
    }
    lacking = [_LACKING[name](number, taken.kind, rule) for name in rule.needed if not given[name]]
    if lacking:
        raise CaseRefused(joined([each.what for each in lacking]), joined([each.hint for each in lacking]))


def _check_sent(number: int, taken: Taken, rule: rules.Measure) -> None:
    """Raise CaseRefused if a text comes with a measure that stores no text."""
    if taken.sent.strip() and not rule.sanitised:
        raise CaseRefused(
            sentence(
                "case {number}: this measure cannot contain a text: {kind}", number=number, kind=taken.kind
            ),
            sentence("omit the text"),
        ).at("sent")


def _check_group(number: int, taken: Taken, rule: rules.Measure) -> None:
    groups = range(1, rule.groups + 1)
    if taken.degree is not None and taken.degree not in groups:
        raise CaseRefused(
            sentence(
                "case {number}: {kind} has no group {degree}",
                number=number,
                kind=taken.kind,
                degree=taken.degree,
            ),
            sentence("omit the group, or give one that exists"),
        ).at("degree")
