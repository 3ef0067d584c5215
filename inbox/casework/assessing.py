"""Record several statements on a case at once: its score, the risk to its reporter, and legal decisions.

Each statement is an action of its own, with its own journal entry. The rules are in the modules of the
individual actions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework import assignment, decisions
from inbox.casework.decisions import Decision
from inbox.casework.measures import source_risk
from inbox.casework.measures.source_risk import Risk
from inbox.deadlines import workflow
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The statements on a case; fields that are None, empty or unchanged have no effect.

    ``parts`` are parts of the score, by name; ``confirmed`` confirms the score that the rules propose.
    ``choices`` are the codes of legal decisions. ``extras`` has the other fields of these decisions; each
    decision takes the fields that belong to it. ``officer`` is the officer to assign the case to, or empty
    for nobody.
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
    """What was recorded, and the decisions that two officers must confirm with ``decisions.decide_all``."""

    recorded: Sequence[Code]
    left: Sequence[Decision]


def assess(inbox: Inbox, who: Actor, number: int, wanted: Assessment) -> Assessed:
    """Record the new parts of an assessment: all of them at once, or nothing.

    Decisions that require two officers are only checked, not taken. If one of them is impossible, nothing is
    recorded. Two officers confirm these decisions in a separate step, all at once.

    Raises Refused if the assessment contains nothing new. Also raises the same errors as ``decisions.apart``
    and the individual actions: ``workflow.judge``, ``source_risk.assess``, ``decisions.decide`` and
    ``assignment.assign``.
    """

    def choose(session: Session) -> list[Action]:
        return [each for each, _ in _alone(session, number, wanted)]

    with inbox.choosing(who) as (session, _):
        declarations.check(session, number)
        recorded, left = choose(session), _for_two(session, number, wanted)
        if not recorded and not left:
            raise Refused(sentence("this assessment changes nothing"), sentence("change something first"))
        if not recorded:
            decisions.check(session, number, left, who.today)
    if recorded:
        with chosen_action.together(inbox, who, number, choose) as session:
            _record(session, number, wanted, who.today)
            decisions.check(session, number, left, who.today)
    return Assessed([each.code for each in recorded], left)


def needed(inbox: Inbox, who: Actor, number: int, wanted: Assessment) -> dict[str, Sentence]:
    """Return the fields that an assessment requires, each with the reason.

    Nothing is revealed about a case that the acting officers may not read, or have not declared.
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
        return decisions.needed_by_all(session, wanted.choices) | found


def _record(session: Session, number: int, wanted: Assessment, today: date) -> None:
    for each, decision in _alone(session, number, wanted):
        if decision is not None:
            decisions.take(session, number, decision, today)
        elif each.code is Code.JUDGE:
            workflow.set_score(session, number, wanted.parts, today)
        elif wanted.risk and each.code is Code.ASSESS_SOURCE:
            source_risk.set_risk(session, number, wanted.risk, today)
        else:
            assignment.give(session, number, wanted.officer or None, today)


def _alone(session: Session, number: int, wanted: Assessment) -> list[tuple[Action, Decision | None]]:
    """Return the actions that one officer may take, each with its decision.

    Actions with a reason come first.
    """
    work, found = workflow.of(session, number), list[tuple[Action, Decision | None]]()
    if _is_scored(work, wanted):
        found.append((workflow.judging(session, number, wanted.parts, wanted.reason), None))
    if wanted.risk and _is_assessed(work, wanted):
        found.append((source_risk.assessing(number, wanted.risk, wanted.reason), None))
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


def _for_two(session: Session, number: int, wanted: Assessment) -> list[Decision]:
    return [decision for each, decision in _decided(session, number, wanted) if each.officers > 1]


def _decided(session: Session, number: int, wanted: Assessment) -> Iterator[tuple[Action, Decision]]:
    """Yield each decision that is not already in force, with its action."""
    for decision in decisions.apart_by(session, wanted.choices, replace(wanted.extras, reason=wanted.reason)):
        if not decisions.is_taken(session, number, decision):
            yield decisions.deciding(session, number, decision), decision
