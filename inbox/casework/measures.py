"""What is done about a case, and what of it the reporter may read.

No inquiry begins before the risk to the source is assessed (ISO 37002). A measure that was recorded by
mistake can be retracted; that it was recorded stays in the journal.
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
    """A measure, by its code; ``degree`` is the group of a sanction, ``told`` if the reporter may read it.

    ``restrictions`` are what a prosecutor does not want done, or how. ``sent`` is the text that goes, where
    the law wants it kept; ``dossiers.recording`` looks at it. ``despite`` is why it is taken though the word
    of the prosecutor is awaited, or restricts what can be done; empty if that is no matter.
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
        """By what the journal and the ledger know the text that goes, None without one."""
        return hashlib.sha256(self.sent.encode()).hexdigest() if self.sent else None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A measure of a case, and what the law says of it.

    ``is_told`` if the reporter may read of it, given what is disclosed of the case. To retract it takes
    ``officers``.
    """

    row: Measure
    rule: rules.Measure
    is_told: bool
    officers: int


def assess(inbox: Inbox, who: Actor, number: int, risk: Risk, reason: str) -> None:
    """Assess how much the reporter of a case has to fear from an inquiry.

    Raises CaseRefused for an unknown case; Refused without a reason; otherwise as ``Inbox.acting`` does.
    """
    with inbox.acting(who, assessing(number, risk, reason)) as session:
        set_risk(session, number, risk, who.today)


def assessing(number: int, risk: Risk, reason: str) -> Action:
    """Return what the journal notes of an assessment of the risk; Refused without a reason."""
    return action(Code.ASSESS_SOURCE, number, reason, risk=risk)


def set_risk(session: Session, number: int, risk: Risk, today: date) -> None:
    """Set the risk to the source within an action; raises as ``workflow.of``."""
    workflow.of(session, number).source_risk = risk.value
    workflow.acted(session, number, today)


def noted(session: Session, number: int, taken: Taken) -> Action:
    """Return what the journal notes of a measure, by as many officers as the law says; Refused as ``add``.

    A final decision takes two, whatever the law says: without it no case that it ends is destroyed.
    Raises CaseRefused for what a decision takes, and notes itself, and as ``addressees.check``.
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
    """Return what has to be given with a measure, by its field, and what for; nothing for an unknown one."""
    with inbox.vault.transaction() as session:
        return needed_by(session, kind)


def needed_by(session: Session, kind: str) -> dict[str, Sentence]:
    """Return as ``needed`` does, within a session."""
    rule = in_use.of(session).measures.get(kind)
    return dict.fromkeys(rule.needed, labels.named("measure", kind)) if rule else {}


def tell(inbox: Inbox, who: Actor, number: int, position: int, *, told: bool) -> Recorded:
    """Let the reporter of a case read of a measure, or no longer.

    No longer takes two officers where the feedback that was given counts by it alone. Raises CaseRefused for
    one that no reporter is ever told, Undeclared, and as ``of`` and ``chosen_action.acting``.
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
    """Remove a measure that was recorded by mistake; tell whether the reporter may have read of it.

    It takes as many officers as to record it. A measure by which proceedings begin keeps its case from being
    destroyed, and restrictions keep it from being told: to retract these takes two, as it does for what ends
    proceedings, and for the only measure by which feedback that was given counts. Raises CaseRefused for an
    unknown case or measure, and for the only one on which a decision stands, or the outcome of a closed case;
    Refused without a reason, and if another measure has its number by now; otherwise as ``Inbox.acting``.
    """

    def choose(session: Session) -> Action:
        found = recorded(session, of(session, number, position))
        code = Code.REMOVE_PROCEEDINGS if _guards(found.rule) else Code.REMOVE_MEASURE
        return action(code, number, reason, measure=position).by(found.officers)

    with chosen_action.acting(inbox, who, number, choose) as session:
        return _remove(session, number, position, who.today)


def add(session: Session, number: int, taken: Taken, today: date) -> Measure:
    """Add a measure within a larger action, such as a decision.

    After one of justice, or by which a prosecutor is told, it is to be decided whether the prosecutor is told
    in writing, also if it was decided before that nobody is told: to retract the measure takes that question
    from nobody.

    Raises CaseRefused for an unknown case, for an inquiry before the risk to the source is assessed, a day
    to come, a final decision where no proceedings go on or before all that do, what needs the prosecutor's
    word without that and without a reason, a sanction without its group, nobody where the law wants to know
    to whom, no reference where it wants one, or not what went, an addressee, reference or restrictions that
    are too long, restrictions that no prosecutor made, a text where none is kept, or a reporter who is told
    what no reporter is, or of more than protection before the prosecutor's word, and as
    ``unsaid.check_line`` for reference and restrictions; for one that contradicts the outcome with which the
    case is closed. Refused for a measure that the law does not have.
    """
    work, law = workflow.of(session, number), in_use.of(session)
    rule = _rule(session, taken.kind)
    _check_ended(session, work, taken.kind)
    _check(number, taken, rule, today)
    if taken.restrictions.strip() and taken.kind not in law.with_restrictions:
        raise CaseRefused(
            sentence("only what a prosecutor said has restrictions"),
            sentence(
                "leave them out; these have some: {kinds}", kinds=", ".join(sorted(law.with_restrictions))
            ),
        ).at("restrictions")
    _check_told(session, number, taken.kind, told=taken.told)
    if not taken.despite.strip() and lacks_word(session, number, taken.kind):
        # It repeats what the prosecutor said of the case.
        declarations.check(session, number)
        raise _without_word(session, number, taken.kind)
    if rule.is_inquiry and not work.source_risk:
        raise CaseRefused(
            sentence("the risk to the source of case {number} was not assessed", number=number),
            sentence(
                "do that before any inquiry: inbox source-risk {number} low|medium|high --reason TEXT",
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
    """Ask for what a measure asks for, anew if it was decided without it."""
    if kind in in_use.of(session).of_justice:
        _ask_for_prosecutor(session, number, kind, today)
    if _rule(session, kind).concerns_somebody:
        legal_duties.reopen_decisions(session, number, News.CONCERNS_SOMEBODY, today)


def _ask_for_prosecutor(session: Session, number: int, kind: str, today: date) -> None:
    """Ask whether the prosecutor is told in writing, anew if it was decided otherwise."""
    legal_duties.asked_of(session, number, in_use.of(session).duty(DutyRole.PROSECUTOR), today)
    if not legal_duties.taking(session, kind):
        legal_duties.reopen_decisions(session, number, News.JUSTICE, today)


def of(session: Session, number: int, position: int) -> Measure:
    """Return a measure of a case; CaseRefused if there is no such case, or no such measure."""
    workflow.of(session, number)
    row = session.get(Measure, (number, position))
    if row is None:
        raise CaseRefused(
            sentence("case {number} has no measure {position}", number=number, position=position),
            sentence("see: inbox show {number}", number=number),
        )
    return row


def kinds(session: Session, number: int) -> set[str]:
    """Return which kinds of measures are recorded of a case."""
    return set(session.scalars(select(Measure.kind).filter_by(case=number)))


def told(session: Session, number: int | None = None) -> defaultdict[int, list[str]]:
    """Return by case number which kinds of measures its reporter may read of, in all cases or in one."""
    asked = select(Measure, Workflow.disclosure).join(Workflow, Workflow.case == Measure.case)
    if number is not None:
        asked = asked.where(Measure.case == number)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row, disclosure in session.execute(asked.order_by(Measure.case, Measure.position)):
        if is_told(session, row, disclosure) and row.kind not in found[row.case]:
            found[row.case].append(row.kind)
    return found


def answering(session: Session, number: int) -> set[str]:
    """Return which kinds of measures may make an officer's own words feedback, once a slot tells of them.

    Not protection, which says nothing of what came of a report, nor what was done before that can have come.
    """
    return {row.kind for row in _answering(session, number)}


def _answering(session: Session, number: int) -> list[Measure]:
    """Return the measures that ``answering`` looks for, in no order."""
    received, disclosure = session.get_one(Case, number).received, workflow.of(session, number).disclosure
    rows = session.scalars(select(Measure).where(Measure.case == number, Measure.day >= received)).all()
    told = [row for row in rows if is_told(session, row, disclosure)]
    return [row for row in told if not _rule(session, row.kind).protection]


def founds_feedback(session: Session, number: int) -> bool:
    """Tell whether feedback has left only in an officer's own words, which need a measure beside them."""
    return queries_cases.answers_by_measure(session, number)


def _alone_founds_feedback(session: Session, row: Measure) -> bool:
    """Tell whether feedback that was given counts by this measure, and by no other that is told."""
    return _answering(session, row.case) == [row] and founds_feedback(session, row.case)


def is_told(session: Session, row: Measure, disclosure: str) -> bool:
    """Tell whether the reporter may read of a measure, given what is disclosed of the case as a whole."""
    told = _rule(session, row.kind).told
    if disclosure == Disclosure.WITHHELD or told is Told.NEVER:
        return False
    return row.told or (disclosure == Disclosure.FULL and told is Told.ALWAYS)


def recorded(session: Session, row: Measure) -> Recorded:
    """Return a measure of a case with what the law says of it."""
    told, rule = is_told(session, row, workflow.of(session, row.case).disclosure), _rule(session, row.kind)
    return Recorded(row, rule, told, _retracted_by(session, row, rule))


def _retracted_by(session: Session, row: Measure, rule: rules.Measure) -> int:
    """Return how many officers it takes to retract a measure: at least as many as recorded it."""
    decisions = legal_duties.decisions(session)
    deciding = [decisions[code].officers for code in legal_duties.taking(session, row.kind)]
    is_for_two = row.restrictions or _guards(rule) or _alone_founds_feedback(session, row)
    return max(rule.officers, *deciding, 2 if is_for_two else 1)


def _guards(rule: rules.Measure) -> bool:
    """Tell whether proceedings begin or end by a measure."""
    return rule.opens_proceedings or rule.ends_proceedings


def by_hand(session: Session) -> list[str]:
    """Return the measures that officers record by themselves: all that no decision takes."""
    return [code for code in in_use.of(session).measures if not legal_duties.taking(session, code)]


def tellable(session: Session) -> tuple[str, ...]:
    """Return every measure of which a reporter may ever read."""
    law = in_use.of(session)
    return tuple(code for code, rule in law.measures.items() if rule.told is not Told.NEVER)


def lacks_word(session: Session, number: int, kind: str) -> bool:
    """Tell whether a measure could surprise a prosecutor who acts or may act.

    That one has not spoken, or not without restrictions: whether it keeps to these, an officer says.
    """
    if not _rule(session, kind).needs_word:
        return False
    return prosecutor_word.binds(session, number)


def _rule(session: Session, kind: str) -> rules.Measure:
    return in_use.rule(in_use.of(session).measures, kind)


def _check_by_hand(session: Session, number: int, kind: str) -> None:
    """Raise CaseRefused for what a decision takes: it would be noted twice, or nobody would have decided."""
    if choices := legal_duties.taking(session, kind):
        raise CaseRefused(
            sentence(
                "case {number}: this measure is taken by a decision, which notes it: {kind}",
                number=number,
                kind=labels.named("measure", kind),
            ),
            sentence(
                "decide it: inbox decide {number} {choices} --reason TEXT",
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
                "if this keeps to that, say how: inbox measure {number} {kind} --despite-warning REASON",
                number=number,
                kind=kind,
            ),
        )
    return prosecutor_word.refusing(
        session,
        number,
        sentence("case {number}: the prosecutor has not said that this can be done", number=number),
        sentence(
            "decide first whether the prosecutor is told: inbox decide {other} {choices} --reason TEXT; then"
            " ask, and record the answer: inbox measure {other} {word}; or say why it is done all the same:"
            " inbox measure {number} {kind} --despite-warning REASON",
            number=number,
            kind=labels.named("measure", kind),
            **prosecutor_word.lifting(session, number),
        ),
    )


def _restricted(session: Session, number: int) -> Sentence:
    """Return what the prosecutor said; of a case that is linked alone that something was said, not what."""
    if not (said := prosecutor_word.restrictions(session, number)):
        return sentence("case {number}: the prosecutor restricted what can be done", number=number)
    return sentence(
        "case {number}: the prosecutor restricted what can be done: {restrictions}",
        number=number,
        restrictions=said,
    )


def tells_too_early(session: Session, number: int, disclosure: str) -> bool:
    """Tell whether a reporter would now learn of a measure before the prosecutor's word, if so much is told.

    Not of protection: that is told at any time.
    What an officer let be told earlier stays: that it is no longer told would tell something, too.
    """
    rows = session.scalars(select(Measure).filter_by(case=number)).all()
    told = (_rule(session, row.kind) for row in rows if not row.told and is_told(session, row, disclosure))
    return any(not rule.protection for rule in told) and prosecutor_word.binds(session, number)


def _check_told(session: Session, number: int, kind: str, *, told: bool) -> None:
    """Raise CaseRefused for what no reporter may read of a case now; protection is told at any time.

    All else tells that the office acts, or to whom it turned: which may be the prosecutor.
    """
    rule = _rule(session, kind)
    if told and rule.told is Told.NEVER:
        raise CaseRefused(
            sentence("under the law in use, no reporter is told of this measure: {kind}", kind=kind),
            sentence("leave that out; these can be told: {kinds}", kinds=", ".join(tellable(session))),
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
                "case {number}: the prosecutor has not said that the reporter can be told of this",
                number=number,
            ),
            sentence(
                "record it without telling it, in a case that is open; once there is no objection, record"
                " that: inbox measure {other} {word}",
                **prosecutor_word.lifting(session, number),
            ),
        )


def _check_decided(session: Session, number: int) -> None:
    """Raise CaseRefused while it is not decided whether the prosecutor is told: until then all is open."""
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        raise CaseRefused(
            sentence(
                "case {number}: {why}", number=number, why=exits.why(session, number, Obstacle.PROSECUTOR)
            ),
            sentence(
                "record it without telling it, and decide that first: inbox decide {number} {choices}"
                " --reason TEXT",
                number=number,
                choices=legal_duties.settling(session, DutyRole.PROSECUTOR),
            ),
        )


def _remove(session: Session, number: int, position: int, today: date) -> bool:
    row = of(session, number, position)
    if _is_decided_by(session, row):
        raise CaseRefused(
            sentence(
                "measure {position} of case {number} was decided, and is noted by this alone",
                position=position,
                number=number,
            ),
            sentence(
                "if that was the mistake, decide anew: inbox decide {number} DECISION --reason TEXT",
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
    """Tell whether a measure is the only one on which a decision stands."""
    rules = legal_duties.decisions(session)
    decided = {each.decision for each in legal_duties.of(session, row.case)} & rules.keys()
    return any(rules[each].measure == row.kind for each in decided) and _is_only_one(session, row)


def _is_only_one(session: Session, row: Measure) -> bool:
    """Tell whether a case has no other measure of the same kind."""
    same = select(func.count()).select_from(Measure).filter_by(case=row.case, kind=row.kind)
    return session.scalar(same) == 1


def _ended(session: Session, work: Workflow) -> rules.Outcome | None:
    """Return the outcome with which a case is closed, if the law in use has it; None while it is open."""
    return in_use.of(session).outcomes.get(work.outcome) if work.closed else None


def _check_ended(session: Session, work: Workflow, kind: str) -> None:
    ended = _ended(session, work)
    if ended and ended.never_after == kind:
        raise _contradicting(work, kind)


def _contradicting(work: Workflow, kind: str) -> CaseRefused:
    """Return the refusal of what would let a closed case say something else than what is on record of it."""
    return CaseRefused(
        sentence(
            "case {number} is closed as {outcome}, which this would contradict: {kind}",
            number=work.case,
            outcome=labels.said("outcome", work.outcome),
            kind=labels.named("measure", kind),
        ),
        sentence("open it again first: inbox reopen {number} --reason TEXT", number=work.case),
    )


def _without_addressee(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: nobody is named to whom it went, or who gave this word: {kind}",
            number=number,
            kind=kind,
        ),
        sentence("name them: --addressee TEXT"),
    )


def _without_reference(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: the reference is missing under which it goes: {kind}",
            number=number,
            kind=labels.named("measure", kind),
        ),
        sentence("give it: --reference TEXT"),
    )


def _without_group(number: int, kind: str, rule: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: {kind} has a group, from 1 to {most}", number=number, kind=kind, most=rule.groups
        ),
        sentence("give the group"),
    )


def _without_text(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: what is sent is recorded with this measure: {kind}", number=number, kind=kind
        ),
        sentence("give it, in your own words, as it goes: --text TEXT or --text-file FILE"),
    )


_LACKING = {
    "addressee": _without_addressee,
    "reference": _without_reference,
    "sent": _without_text,
    "degree": _without_group,
}


def _check_ends(session: Session, number: int, taken: Taken) -> None:
    """Raise CaseRefused for a decision that ends none of its kind: none go on, or all began later."""
    rule = _rule(session, taken.kind)
    opened = [each for each in proceedings.opened(session, number) if rule.ends(_rule(session, each.kind))]
    if not opened:
        raise CaseRefused(
            sentence("no proceedings about case {number} go on that this could end", number=number),
            sentence("record first the measure by which they began, with its day"),
        )
    received = session.get_one(Case, number).received
    if taken.day < received:
        raise CaseRefused(
            sentence(
                "case {number}: the report came on {received} at the earliest, after {day}",
                number=number,
                received=received,
                day=taken.day,
            ),
            sentence("a final decision about it is of a later day: give that"),
        ).at("day")
    first = min(each.day for each in opened)
    if taken.day < first:
        raise CaseRefused(
            sentence(
                "the proceedings about case {number} that go on began on {first}, after {day}",
                number=number,
                first=first,
                day=taken.day,
            ),
            sentence("give the day of the decision that ends them, or record their measures with their days"),
        ).at("day")


def _check(number: int, taken: Taken, rule: rules.Measure, today: date) -> None:
    if taken.day > today:
        raise CaseRefused(
            sentence("{day} is still to come", day=taken.day), sentence("record a measure once it is taken")
        ).at("day")
    if max(map(len, (taken.addressee, taken.reference, taken.restrictions))) > _LONGEST:
        raise CaseRefused(
            sentence("addressee, reference and restrictions have at most {most} characters", most=_LONGEST),
            sentence("shorten them"),
        )
    _check_needed(number, taken, rule)
    _check_sent(number, taken, rule)
    _check_group(number, taken, rule)


def _check_needed(number: int, taken: Taken, rule: rules.Measure) -> None:
    """Raise CaseRefused for what the law wants with a measure and was not given: all of it at once."""
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
    """Raise CaseRefused for a text where none is kept."""
    if taken.sent.strip() and not rule.sanitised:
        raise CaseRefused(
            sentence(
                "case {number}: no text is kept with this measure: {kind}", number=number, kind=taken.kind
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
            sentence("leave the group out, or give one that it has"),
        ).at("degree")
