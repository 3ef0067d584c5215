"""What officers say of a case at once: how pressing it is, what its author has to fear, what the law asks.

Each of these is an action of its own, with an entry of its own; the rules stand where the single actions are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework import assignment, decisions, measures
from inbox.casework.decisions import Decision
from inbox.casework.measures import Risk
from inbox.deadlines import legal_duties, workflow
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.law import in_use
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What is said of a case; what is None or empty, and what is as it was, is left alone.

    ``parts`` are those of the score, by name; ``confirmed`` if the score that the rules propose holds.
    ``choices`` are the codes of decisions that the law asks for; ``extras`` is what goes with them, each
    field with those of them that have it. ``officer`` is who sees to the case, an empty text for nobody.
    """

    risk: Risk | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    confirmed: bool = False
    choices: Sequence[str] = ()
    extras: Decision = field(default_factory=lambda: Decision(choice="", reason=""))
    officer: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What was recorded, and the decision that two officers have yet to confirm, by ``decisions.decide``."""

    recorded: Sequence[Code]
    left: Decision | None


def assess(inbox: Inbox, who: Actor, number: int, wanted: Assessment) -> Assessed:
    """Record what is new of an assessment: all of it at once, or nothing.

    A decision that takes two officers is not taken, but tried: if it could not be, nothing is recorded. Two
    confirm it by itself.

    Raises Refused if nothing is new, for more than one decision that takes two, and for what belongs to a
    decision that was not chosen; otherwise as the single actions do (``workflow.judge``, ``measures.assess``,
    ``decisions.decide``, ``assignment.assign``).
    """

    def choose(session: Session) -> list[Action]:
        return [each for each, _ in _alone(session, number, wanted)]

    with inbox.choosing(who) as (session, _):
        declarations.check(session, number)
        recorded, left = choose(session), _for_two(session, number, wanted)
        if not recorded and left is None:
            raise Refused(sentence("nothing of this is new"), sentence("change something first"))
        if not recorded:
            _try(session, number, left, who.today)
    if recorded:
        with chosen_action.together(inbox, who, number, choose) as session:
            _record(session, number, wanted, who.today)
            _try(session, number, left, who.today)
    return Assessed([each.code for each in recorded], left)


def needed(inbox: Inbox, who: Actor, number: int, wanted: Assessment) -> dict[str, Sentence]:
    """Return what has to be given with an assessment, by its field, and what for.

    Nothing is told of a case that those who act may not read, or have not declared.
    """
    with inbox.vault.transaction(who.officers) as session:
        if number not in declarations.may_be_tried(session, [number]):
            return {}
        found: dict[str, Sentence] = {}
        work = workflow.of(session, number)
        if _is_scored(work, wanted):
            found["reason"] = labels.said("action", Code.JUDGE)
        if _is_assessed(work, wanted):
            found["reason"] = labels.said("action", Code.ASSESS_SOURCE)
        for choice in wanted.choices:
            found = decisions.needed_by(session, choice) | found
        return found


def _try(session: Session, number: int, left: Decision | None, today: date) -> None:
    if left is not None:
        decisions.check(session, number, left, today)


def _record(session: Session, number: int, wanted: Assessment, today: date) -> None:
    for each, decision in _alone(session, number, wanted):
        if decision is not None:
            decisions.take(session, number, decision, today)
        elif each.code is Code.JUDGE:
            workflow.set_score(session, number, wanted.parts, today)
        elif wanted.risk and each.code is Code.ASSESS_SOURCE:
            measures.set_risk(session, number, wanted.risk, today)
        else:
            assignment.give(session, number, wanted.officer or None, today)


def _alone(session: Session, number: int, wanted: Assessment) -> list[tuple[Action, Decision | None]]:
    """Return the actions that one officer takes, those with a reason first, each with its decision."""
    work, found = workflow.of(session, number), list[tuple[Action, Decision | None]]()
    if _is_scored(work, wanted):
        found.append((workflow.judging(session, number, wanted.parts, wanted.reason), None))
    if wanted.risk and _is_assessed(work, wanted):
        found.append((measures.assessing(number, wanted.risk, wanted.reason), None))
    found += [each for each in _decided(session, number, wanted) if each[0].officers == 1]
    if wanted.officer is not None and wanted.officer != (work.assigned or ""):
        found.append((action(Code.ASSIGN, number, officer=wanted.officer or None), None))
    return found


def _is_scored(work: Workflow, wanted: Assessment) -> bool:
    before = asdict(work.parts)
    is_changed = any(before[name] != value for name, value in wanted.parts.items())
    return is_changed or (wanted.confirmed and not work.judged)


def _is_assessed(work: Workflow, wanted: Assessment) -> bool:
    return bool(wanted.risk) and wanted.risk != work.source_risk


def _for_two(session: Session, number: int, wanted: Assessment) -> Decision | None:
    found = [decision for each, decision in _decided(session, number, wanted) if each.officers > 1]
    if len(found) > 1:
        raise Refused(
            sentence("more than one of these decisions takes two officers"),
            sentence("take them one by one: each is confirmed by itself"),
        )
    return found[0] if found else None


def _decided(session: Session, number: int, wanted: Assessment) -> Iterator[tuple[Action, Decision]]:
    """Yield each decision that does not stand already, with its action."""
    for decision in _decisions(session, wanted):
        if not decisions.is_taken(session, number, decision):
            yield decisions.deciding(session, number, decision), decision


def _decisions(session: Session, wanted: Assessment) -> list[Decision]:
    """Return each decision with those ``extras`` that belong to it; Refused if one belongs to none."""
    rules, extras, found, left = legal_duties.decisions(session), wanted.extras, list[Decision](), set[str]()
    given = {name for name, value in asdict(extras).items() if value}
    for choice in wanted.choices:
        rule = in_use.rule(rules, choice)
        has = {
            **{name: name in rule.needed for name in ("ground", "until")},
            **dict.fromkeys(("addressee", "reference", "restrictions"), rule.measure is not None),
            "despite": rule.by_reply or rule.measure is not None,
        }
        kept = {name: getattr(extras, name) for name, is_had in has.items() if is_had}
        found.append(replace(Decision(choice=choice, reason=wanted.reason), **kept))
        left |= kept.keys()
    if given - left:
        raise Refused(
            sentence("something was given that belongs to no decision that was chosen"),
            sentence("choose the decision, or leave the ground, the day, the addressee and the like out"),
        )
    return found
