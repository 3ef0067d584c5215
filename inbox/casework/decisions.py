"""The decisions that the law asks for. Officers give a reason for each decision."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.access import addressees, declarations, named
from inbox.casework import exits, prosecutor_word
from inbox.casework.exits import Asked, Exit
from inbox.casework.measures import by_law, records
from inbox.casework.measures.details import Taken
from inbox.deadlines import legal_duties, office, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.language import labels
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import Sentence, sentence
from inbox.law import in_use
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Duty
from inbox.vault.tables import Case, Message
from templates.law import rules
from templates.law.rules import DutyRole, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision: its code and its reason. ``ground`` is one of the grounds that the law gives, if any.

    ``until`` is the day of a deferral; ``addressee`` and ``reference`` belong to a transmission.
    ``restrictions`` are actions that the prosecutor does not want, or conditions for such actions.
    ``despite`` is the reason for sending something to a person whom the case names. It is also the reason for
    stating that the reporter was told, if no reply says so. It is empty if no such reason is needed.
    """

    choice: str
    reason: str
    ground: str = ""
    until: date | None = None
    addressee: str = ""
    reference: str = ""
    restrictions: str = ""
    despite: str = ""


def decide(inbox: Inbox, who: Actor, number: int, decision: Decision) -> Duty:
    """Take a decision about a case, or replace an earlier one, with as many officers as the law requires.

    Raises Refused if no reason is given. Also raises the same errors as ``take``, ``addressees.check`` and
    ``chosen_action.together``.
    """
    (row,) = decide_all(inbox, who, number, [decision])
    return row


def decide_all(inbox: Inbox, who: Actor, number: int, wanted: Sequence[Decision]) -> list[Duty]:
    """Take decisions about a case with one confirmation: all of them, or none if one fails.

    All the decisions together require as many officers as the most demanding one. Raises the same errors as
    ``decide``.
    """

    def choose(session: Session) -> list[Action]:
        return [deciding(session, number, each) for each in wanted]

    with chosen_action.together(inbox, who, number, choose, quarantine=True) as session:
        return [take(session, number, each, who.today) for each in wanted]


def apart(inbox: Inbox, choices: Sequence[str], given: Decision) -> list[Decision]:
    """Return the decisions that a form contains: one for each code, with the fields that belong to it.

    Raises the same errors as ``apart_by``.
    """
    with inbox.vault.transaction() as session:
        return apart_by(session, choices, given)


def apart_by(session: Session, choices: Sequence[str], given: Decision) -> list[Decision]:
    """Return one decision for each of these codes, with the reason in ``given``.

    Each decision gets the other fields of ``given`` that belong to it. If there is only one decision, it
    gets all fields. If a field does not belong to the decision, an error names the field when the decision
    is taken.

    Raises Refused for a code that the law does not have, for two codes of the same duty, and for a field that
    belongs to none of the decisions.
    """
    law = in_use.of(session)
    ruled = {choice: _rule(session, choice) for choice in choices}
    if len({legal_duties.decided_by(law, choice) for choice in ruled}) < len(choices):
        raise Refused(
            sentence("two of these decisions answer the same question"),
            sentence("choose one of these decisions"),
        )
    if len(choices) == 1:
        return [replace(given, choice=choices[0])]
    names = {name for name, value in asdict(given).items() if value}
    found, left = list[Decision](), names - {"choice", "reason"}
    for choice, rule in ruled.items():
        kept = {name: getattr(given, name) for name in names if _has(rule, name)}
        found.append(replace(Decision(choice=choice, reason=given.reason), **kept))
        left -= kept.keys()
    if left:
        raise Refused(
            sentence("some of these details do not belong to any of the chosen decisions"),
            sentence(
                "choose the decision to which these details belong, or omit the ground, the day, the"
                " addressee and similar details"
            ),
        )
    return found


def _has(rule: rules.Decision, name: str) -> bool:
    """Return whether a decision has a field."""
    if name in ("ground", "until"):
        return name in rule.needed
    if name == "despite":
        return rule.by_reply or rule.measure is not None
    return rule.measure is not None and name in ("addressee", "reference", "restrictions")


def deciding(session: Session, number: int, decision: Decision) -> Action:
    """Return the journal entry of a decision, which requires as many officers as the decision itself.

    Raises Refused if no reason is given, or if the law does not have the decision. Also raises the same
    errors as ``addressees.check``.
    """
    code = _code(session, number, decision)
    is_warned = addressees.check(session, number, decision.addressee, decision.despite)
    is_warned = is_warned or _lacks_reply(session, number, decision.choice)
    return action(
        code,
        number,
        decision.reason and "; ".join(filter(None, (decision.reason, decision.despite))),
        despite=bool(decision.despite.strip()) and is_warned,
        duty=legal_duties.decided_by(in_use.of(session), decision.choice),
        decision=decision.choice,
        decision_ground=decision.ground or None,
    )


def needed(inbox: Inbox, choices: Sequence[str]) -> dict[str, Sentence]:
    """Return the fields that decisions require, each with the reason; empty for an unknown decision."""
    with inbox.vault.transaction() as session:
        return needed_by_all(session, choices)


def needed_by_all(session: Session, choices: Sequence[str]) -> dict[str, Sentence]:
    """Do the same as ``needed`` within a session.

    If several decisions require the same field, the result has the reason of the first of them.
    """
    found: dict[str, Sentence] = {}
    for choice in choices:
        found = _needed_by(session, choice) | found
    return found


def _needed_by(session: Session, choice: str) -> dict[str, Sentence]:
    rule = legal_duties.decisions(session).get(choice)
    if rule is None:
        return {}
    names = (
        "reason",
        *rule.needed,
        *(by_law.needed_by(session, rule.measure) if rule.measure else ()),
    )
    return dict.fromkeys(names, labels.named("decision", choice))


def is_taken(session: Session, number: int, decision: Decision) -> bool:
    """Return whether this decision is already in force, with the same ground and the same day."""
    row = session.get(Duty, (number, legal_duties.decided_by(in_use.of(session), decision.choice)))
    if row is None or (row.decided is None) != (decision.until is not None):
        return False
    same = (row.decision, row.ground) == (decision.choice, decision.ground)
    return same and (decision.until is None or row.due == decision.until)


def check(session: Session, number: int, wanted: Sequence[Decision], today: date) -> None:
    """Check that all these decisions could be taken now, in this order, but take none of them.

    Raises the same errors as ``take``.
    """
    with session.begin_nested() as undone:
        for each in wanted:
            take(session, number, each, today)
        undone.rollback()


def take(session: Session, number: int, decision: Decision, today: date) -> Duty:
    """Take a decision within a larger action, such as sending a dossier, and record the decision's measure.

    Raises Refused if the law has no such decision. Raises CaseRefused for an unknown case and in these
    situations:

    - the day of a deferral is missing, past, or later than the law allows;
    - the ground is missing, or is not one that the law gives;
    - a day, addressee, reference or restrictions are given, but belong to another decision;
    - the decision says that the reporter was told, but there is neither a new reply nor a reason.

    Also raises the same errors as ``exits.check`` and ``records.add``.
    """
    rule = _rule(session, decision.choice)
    kind = legal_duties.decided_by(in_use.of(session), decision.choice)
    check_way(session, number, decision, today)
    workflow.of(session, number)
    _check(session, decision, rule, today)
    if not decision.despite.strip() and _lacks_reply(session, number, decision.choice):
        raise _untold(session, number, decision.choice)
    row = legal_duties.asked_of(session, number, kind, today)
    if legal_duties.is_of_earlier_time(row):
        row.spent = False
    if rule.by_reply:
        row.reply = _last_reply(session, number, decision.choice)
    _reverse_waiting(session, number, decision.choice)
    if rule.measure:
        taken = Taken(
            kind=rule.measure,
            day=today,
            addressee=decision.addressee,
            reference=decision.reference,
            restrictions=decision.restrictions,
        )
        records.add(session, number, taken, today)
    if decision.until:
        legal_duties.keep_lateness(row, today)
    row.decision, row.ground, row.reason = decision.choice, decision.ground, decision.reason
    row.due, row.decided = decision.until or row.due, None if decision.until else today
    workflow.acted(session, number, today)
    prosecutor_word.freed(session, number)
    return row


def check_way(session: Session, number: int, decision: Decision, today: date) -> None:
    """Check that no obstacle prevents a decision or its letter.

    A decision that comes with a measure sends the case to somebody else. Such a decision has to wait until
    officers have decided whether to inform the prosecutor.

    Raises CaseRefused if the decision has to wait, or if neither the regime nor a fact of the case asks for
    it. Raises Refused if the law has no such decision. Also raises the same errors as ``exits.check``.
    """
    rule, law = _rule(session, decision.choice), in_use.of(session)
    duty = legal_duties.decided_by(law, decision.choice)
    if duty not in legal_duties.choices(session, number):
        raise CaseRefused(
            sentence(
                "case {number}: the regime of this office does not ask for this decision", number=number
            ),
            sentence("see the pending decisions: inbox case show {number}", number=number),
        )
    role = law.duties[duty].role
    is_given_away = rule.measure is not None and role is not DutyRole.PROSECUTOR
    if is_given_away:
        check_prosecutor(session, number)
    if role is DutyRole.PERSONS:
        warns = rule.informs and prosecutor_word.binds(session, number)
        also = {Obstacle.NO_WORD: ""} if warns else {}
        code = _code(session, number, decision)
        asked = Asked(way=Exit.PERSONS, today=today, reason=decision.reason, code=code, also=also)
        exits.check(session, number, asked)
        _check_nobody(session, number, rule)


def check_prosecutor(session: Session, number: int) -> None:
    """Raise CaseRefused until officers decide whether to inform the prosecutor.

    The decision is required even if no rule asks for it, because a case that nobody has scored may still be
    about an offence.
    """
    if legal_duties.is_undecided(session, number, DutyRole.PROSECUTOR):
        raise CaseRefused(
            sentence(
                "case {number}: {why}", number=number, why=exits.why(session, number, Obstacle.PROSECUTOR)
            ),
            exits.what_to_do(session, number, Obstacle.PROSECUTOR, Exit.CLOSE),
        )


def _check_nobody(session: Session, number: int, rule: rules.Decision) -> None:
    """Raise CaseRefused for a decision to inform nobody if a person named in the case has requested access.

    If nobody may read the case, nobody may test names against it. While an access request is open, a case
    that nobody may read cannot be destroyed.
    """
    if not _says_nobody(rule) or declarations.is_shut(session, number):
        return
    if named.waiting_for(session, number):
        raise CaseRefused(
            sentence(
                "case {number} names, or may name, somebody who has made an access request",
                number=number,
            ),
            sentence("make another decision, or answer the access request first: inbox request list"),
        )


def _says_nobody(rule: rules.Decision) -> bool:
    """Return whether a decision about the persons concerned says to inform nobody."""
    return rule.effect is Effect.SETTLES and not rule.informs


def officers(session: Session, choice: str) -> int:
    """Return how many officers a decision and its measure require.

    Raises Refused if the law has no such decision.
    """
    rule = _rule(session, choice)
    measure = in_use.of(session).measures[rule.measure].officers if rule.measure else 1
    return max(rule.officers, measure)


def _rule(session: Session, choice: str) -> rules.Decision:
    return in_use.rule(legal_duties.decisions(session), choice)


def _code(session: Session, number: int, decision: Decision) -> Code:
    """Return the journal's code for a decision; it says whether the decision takes two officers.

    Some decisions take two officers. A decision also takes two officers if its measure takes two, or if it
    replaces a decision of two officers. Otherwise, one officer could reverse the earlier decision.
    Two officers are always needed to defer a decision again. Two officers are also needed to state, without
    such a reply, that the reporter was told. Nobody else could check this statement.
    """
    _rule(session, decision.choice)
    standing = legal_duties.standing(session, number, decision.choice)
    choices = filter(None, (decision.choice, standing))
    is_untold = bool(decision.despite.strip()) and _lacks_reply(session, number, decision.choice)
    by_two = is_untold or _is_put_off_again(session, number, decision)
    is_by_two = by_two or any(officers(session, each) > 1 for each in choices)
    return Code.DECIDE_BY_TWO if is_by_two else Code.DECIDE


def _is_put_off_again(session: Session, number: int, decision: Decision) -> bool:
    """Return whether a decision extends a deferral, which takes two officers.

    Otherwise, one officer alone could extend a deferral for ever. The ``longest`` deferral of the law counts
    from the day of each decision, so it sets no final limit.
    """
    standing = legal_duties.standing(session, number, decision.choice)
    both = (decision.choice, standing)
    if not standing or any(_rule(session, each).effect is not Effect.DEFERS for each in both):
        return False
    row = session.get_one(Duty, (number, legal_duties.decided_by(in_use.of(session), standing)))
    return decision.until is not None and decision.until > row.due


def _lacks_reply(session: Session, number: int, choice: str) -> bool:
    """Return whether a decision says that the reporter was told something, although no reply contains it.

    A reply on which an earlier decision was based does not count, because that reply said something else. A
    reply that waits for the next outbox counts, because it cannot be retracted once a decision depends on it.
    """
    if not _rule(session, choice).by_reply:
        return False
    row = session.get(Duty, (number, legal_duties.decided_by(in_use.of(session), choice)))
    if row is not None and row.decision == choice and not legal_duties.is_of_earlier_time(row):
        return False
    return _last_reply(session, number, choice) <= ((row.reply if row else None) or 0)


def _reverse_waiting(session: Session, number: int, choice: str) -> None:
    """Hold back waiting notices about a decision that the new decision replaces.

    Otherwise the reporter would read the opposite of the decision. If the earlier decision is taken again, a
    new notice is written.
    """
    law = in_use.of(session)
    others = [each for each in law.duties[legal_duties.decided_by(law, choice)].decisions if each != choice]
    case = select(Case.serial).where(Case.number == number).scalar_subquery()
    waiting = select(Message).where(Message.case == number, Message.serial > case)
    for notice in session.scalars(waiting.where(Message.decision.in_(others))):
        notice.reversed = True


def _last_reply(session: Session, number: int, choice: str) -> int:
    """Return the position of the last message that told the reporter of a decision; 0 if no message did.

    A message does not count if it was held back because the decision had changed.
    """
    told = select(func.max(Message.position)).filter_by(case=number, decision=choice, reversed=False)
    return session.scalar(told) or 0


def _untold(session: Session, number: int, choice: str) -> CaseRefused:
    known = [code for code, each in in_use.of(session).replies.items() if each.decision == choice]
    return CaseRefused(
        sentence("case {number}: no reply has told the reporter of this decision", number=number),
        sentence(
            "tell the reporter in a reply: inbox message reply {number} --template {known}; or give"
            " a reason that says how the reporter was told in another way, or why the reporter was"
            " not told: inbox case decide {number} {choice} --reason TEXT --despite-warning REASON",
            number=number,
            known="|".join(known),
            choice=choice,
        ),
    )


def _check(session: Session, decision: Decision, rule: rules.Decision, today: date) -> None:
    if "until" in rule.needed:
        _check_until(session, decision.until, rule, today)
    elif decision.until is not None:
        raise CaseRefused(sentence("only a deferral can have a day"), sentence("omit --until")).at("until")
    if rule.measure is None and (decision.addressee or decision.reference or decision.restrictions):
        raise CaseRefused(
            sentence("only a transmission can have an addressee, a reference and restrictions"),
            sentence("omit them"),
        ).at("addressee", "reference", "restrictions")
    if decision.despite and not (rule.by_reply or decision.addressee):
        raise CaseRefused(
            sentence("for this decision, there is no warning to override"),
            sentence("omit --despite-warning"),
        ).at("despite")
    _check_ground(decision, rule)


def _check_until(session: Session, until: date | None, rule: rules.Decision, today: date) -> None:
    last = rule.longest.after(today, office.of(session).calendar.legal) if rule.longest else today
    if until is None or not today < until <= last:
        raise CaseRefused(
            sentence("the day of a deferral must be in the future, and {last} at the latest", last=last),
            sentence("give the day: --until DAY"),
        ).at("until")


def _check_ground(decision: Decision, rule: rules.Decision) -> None:
    if "ground" in rule.needed and decision.ground not in rule.grounds:
        raise CaseRefused(
            sentence("this decision needs a ground of the law"),
            sentence("give the ground: --ground, one of: {known}", known=", ".join(rule.grounds)),
        )
    if decision.ground and not rule.grounds:
        raise CaseRefused(
            sentence("the law names no grounds for this decision"), sentence("omit --ground")
        ).at("decision-ground")
