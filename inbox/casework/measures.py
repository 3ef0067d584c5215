"""What is done about a case, and what of it the author may read.

No inquiry begins before the risk to the source is assessed (ISO 37002). A measure that was recorded by
mistake can be retracted; that it was recorded stays in the journal.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.deadlines import legal_duties, workflow
from inbox.deadlines.legal_duties import Choice
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import PROCEEDINGS, Measure, Workflow
from inbox.vault.tables import Case

_LONGEST = 200
GROUPS = (1, 2, 3, 4)


class Kind(StrEnum):
    """What can be done; labels stand in labels.toml."""

    ART40_TRANSMISSION = "art40_transmission"
    ADMIN_INQUIRY = "admin_inquiry"
    INTERNAL_CONTROL = "internal_control"
    JUDICIAL_INVESTIGATION = "judicial_investigation"
    DISCIPLINARY_OPENED = "disciplinary_opened"
    DISCIPLINARY_SANCTION = "disciplinary_sanction"
    SUSPENSION = "suspension"
    PROTECTION_OFFERED = "protection_offered"
    PROTECTION_GRANTED = "protection_granted"
    MOBILITY = "mobility"
    PROCESS_FIX = "process_fix"
    REFERRED_EXTERNAL = "referred_external"
    NONE = "none"


class Risk(StrEnum):
    """How much the author has to fear from an inquiry."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Disclosure(StrEnum):
    """How much of what was done about a case its author reads, once it is closed."""

    FULL = "full"
    PARTIAL = "partial"
    WITHHELD = "withheld"


# What the prosecutor does may be at risk if it is known: these are told only if an officer says so of each.
_GUARDED = {Kind.ART40_TRANSMISSION, Kind.JUDICIAL_INVESTIGATION}
# Nobody can guess the author from these.
_HARMLESS = {Kind.PROTECTION_OFFERED, Kind.PROTECTION_GRANTED, Kind.REFERRED_EXTERNAL, Kind.NONE}
INQUIRIES = frozenset(Kind) - _HARMLESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A measure; ``degree`` is the group of a sanction, ``told`` whether the author may read of it."""

    kind: Kind
    day: date
    addressee: str = ""
    reference: str = ""
    degree: int | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A measure of a case; ``is_told`` if the author may read of it, given what is disclosed of the case."""

    row: Measure
    is_told: bool


def assess(inbox: Inbox, who: Actor, number: int, risk: Risk, reason: str) -> None:
    """Assess how much the author of a case has to fear from an inquiry.

    Raises CaseRefused for an unknown case; Refused without a reason; otherwise as ``Inbox.acting`` does.
    """
    with inbox.acting(who, action(Code.ASSESS_SOURCE, number, reason, risk=risk)) as session:
        workflow.of(session, number).source_risk = risk.value
        workflow.acted(session, number, who.today)


def record(inbox: Inbox, who: Actor, number: int, taken: Taken) -> Recorded:
    """Record what was done about a case; raises as ``add`` and ``Inbox.acting`` do."""
    with inbox.acting(who, action(Code.RECORD_MEASURE, number, kind=taken.kind)) as session:
        return _recorded(session, add(session, number, taken, who.today))


def tell(inbox: Inbox, who: Actor, number: int, position: int, *, told: bool) -> Recorded:
    """Let the author of a case read of a measure, or no longer; raises as ``of`` and ``Inbox.acting`` do."""
    noted = action(Code.TELL_MEASURE, number, measure=position, no_longer=not told)
    with inbox.acting(who, noted) as session:
        row = of(session, number, position)
        row.told = told
        session.get_one(Case, number).closed_in = None
        return _recorded(session, row)


def retract(inbox: Inbox, who: Actor, number: int, position: int, reason: str) -> bool:
    """Remove a measure that was recorded by mistake; tell whether the author may have read of it.

    A measure by which proceedings begin keeps its case from being destroyed: to retract it takes two
    officers. Raises CaseRefused for an unknown case or measure, and for the transmission on which a decision
    of article 40 stands; Refused without a reason, and if another measure has its number by now; otherwise
    as ``Inbox.acting`` does.
    """

    def choose(session: Session) -> Action:
        begins = of(session, number, position).kind in PROCEEDINGS
        code = Code.REMOVE_PROCEEDINGS if begins else Code.REMOVE_MEASURE
        return action(code, number, reason, measure=position)

    with chosen_action.acting(inbox, who, choose) as session:
        return _remove(session, number, position, who.today)


def add(session: Session, number: int, taken: Taken, today: date) -> Measure:
    """Add a measure within a larger action, such as a decision.

    Raises CaseRefused for an unknown case, for an inquiry before the risk to the source is assessed, a day
    to come, a sanction without its group, an addressee or reference that is too long.
    """
    work = workflow.of(session, number)
    _check(number, taken, today)
    if taken.kind in INQUIRIES and not work.source_risk:
        raise CaseRefused(
            sentence("the risk to the source of case {number} was not assessed", number=number),
            sentence(
                "do that before any inquiry: inbox source-risk {number} low|medium|high --reason TEXT",
                number=number,
            ),
        )
    last = session.scalar(select(func.max(Measure.position)).filter_by(case=number)) or 0
    row = Measure(
        case=number,
        position=last + 1,
        kind=taken.kind.value,
        day=taken.day,
        addressee=taken.addressee,
        reference=taken.reference,
        degree=taken.degree,
        told=taken.told,
    )
    session.add(row)
    workflow.acted(session, number, today)
    if is_told(row, work.disclosure):
        session.get_one(Case, number).closed_in = None
    return row


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
    """Return by case number which kinds of measures its author may read of, in all cases or in one."""
    asked = select(Measure, Workflow.disclosure).join(Workflow, Workflow.case == Measure.case)
    if number is not None:
        asked = asked.where(Measure.case == number)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row, disclosure in session.execute(asked.order_by(Measure.case, Measure.position)):
        if is_told(row, disclosure) and row.kind not in found[row.case]:
            found[row.case].append(row.kind)
    return found


def is_told(row: Measure, disclosure: str) -> bool:
    """Tell whether the author may read of a measure, given what is disclosed of the case as a whole."""
    if disclosure == Disclosure.WITHHELD:
        return False
    return row.told or (disclosure == Disclosure.FULL and row.kind not in _GUARDED)


def _recorded(session: Session, row: Measure) -> Recorded:
    return Recorded(row, is_told(row, workflow.of(session, row.case).disclosure))


def _remove(session: Session, number: int, position: int, today: date) -> bool:
    row = of(session, number, position)
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
    was_told = is_told(row, workflow.of(session, number).disclosure)
    if was_told:
        session.get_one(Case, number).closed_in = None
    session.delete(row)
    workflow.acted(session, number, today)
    return was_told


def _is_decided_by_it(session: Session, number: int) -> bool:
    decided = [each.kind for each in legal_duties.of(session, number) if each.decision == Choice.TRANSMIT]
    sent = (
        select(func.count()).select_from(Measure).filter_by(case=number, kind=Kind.ART40_TRANSMISSION.value)
    )
    return bool(decided) and session.scalar(sent) == 1


def _check(number: int, taken: Taken, today: date) -> None:
    if taken.day > today:
        raise CaseRefused(
            sentence("{day} is still to come", day=taken.day), sentence("note a measure once it is taken")
        )
    if max(len(taken.addressee), len(taken.reference)) > _LONGEST:
        raise CaseRefused(
            sentence("addressee and reference have at most {most} characters", most=_LONGEST),
            sentence("shorten them"),
        )
    is_sanction = taken.kind is Kind.DISCIPLINARY_SANCTION
    if is_sanction != (taken.degree in GROUPS):
        raise CaseRefused(
            sentence(
                "case {number}: a sanction has a group from 1 to 4, and nothing else has one", number=number
            ),
            sentence("give --degree with disciplinary_sanction alone"),
        )
