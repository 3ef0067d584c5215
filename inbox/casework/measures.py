"""What is done about a case, and what of it the author may read.

No inquiry begins before the risk to the source is assessed (L-22, ISO 37002).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Handling, Measure
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


def assess(session: Session, number: int, risk: Risk, today: date) -> None:
    """Note how much the author of a case has to fear from an inquiry; CaseRefused for an unknown case."""
    workflow.of(session, number).source_risk = risk.value
    workflow.acted(session, number, today)


def record(session: Session, number: int, taken: Taken, today: date) -> Measure:
    """Note what was done about a case.

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


def tell(session: Session, number: int, position: int, *, told: bool) -> Measure:
    """Let the author of a case read of a measure, or no longer; raises as ``of``."""
    row = of(session, number, position)
    row.told = told
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


def told(session: Session, number: int | None = None) -> defaultdict[int, list[str]]:
    """Return by case number which kinds of measures its author may read of, in all cases or in one."""
    asked = select(Measure, Handling.disclosure).join(Handling, Handling.case == Measure.case)
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
