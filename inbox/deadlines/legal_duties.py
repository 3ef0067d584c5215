"""Decisions that the law asks for, and when: they count as deadlines until they are taken.

``art40`` (article 40 of the code of criminal procedure): whether the prosecutor is told, without delay.
It is asked of every case of an offence: its severity is 2 or 3, as the rules propose or an officer judges, or
one of OFFENCE_TAGS says so. It is due 10 working days after that is known.

``art14`` (article 14 of the GDPR): whether the persons concerned are informed that data on them are
kept. It is asked where an answer names somebody, within a month of receipt, and can be put off with a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.deadlines import office
from inbox.questionnaire import scoring
from inbox.questionnaire.answers import Answers
from inbox.vault.casework_tables import Duty, Tag, Workflow
from inbox.vault.tables import Case

OFFENCE_TAGS = frozenset({"offence", "infraction", "délit", "delit", "crime"})
_OFFENCE = 2
_ART40_WORKING_DAYS = 10
_ART14 = relativedelta(months=1)


class Kind(StrEnum):
    """What is to be decided."""

    ART40 = "art40"
    ART14 = "art14"


class Choice(StrEnum):
    """How it can be decided; labels stand in labels.toml."""

    TRANSMIT = "transmit"
    NO_TRANSMISSION = "no_transmission"
    INFORMED = "informed"
    NOT_NEEDED = "not_needed"
    DEFER = "defer"


CHOICES: Mapping[Kind, frozenset[Choice]] = {
    Kind.ART40: frozenset({Choice.TRANSMIT, Choice.NO_TRANSMISSION}),
    Kind.ART14: frozenset({Choice.INFORMED, Choice.NOT_NEEDED, Choice.DEFER}),
}


def begin(session: Session, case: Case, work: Workflow, answers: Answers) -> Iterable[Duty]:
    """Return what is to be decided about a new case."""
    if _is_offence(work, ()):
        yield art40(session, case.number, case.collected)
    if answers.get(scoring.questions().persons):
        yield art14(session, case.number, case.received)


def art40(session: Session, number: int, known: date) -> Duty:
    """Return the duty of a case of which it became known on a day that it is of an offence."""
    return _new(session, number, Kind.ART40, known)


def art14(session: Session, number: int, known: date) -> Duty:
    """Return the duty of a case of which it became known on a day that it names somebody."""
    return _new(session, number, Kind.ART14, known)


def ask(session: Session, works: Iterable[tuple[Case, Workflow, Answers]], today: date) -> None:
    """Ask of these cases every decision that the law asks for and that nobody was asked for yet.

    The law does not wait for a release of this program: what its rules did not see was owed all the same.
    That a case is of an offence is known from today on, the month of article 14 began with its receipt.
    Nothing is taken back: an officer decides, with a reason, that there is nothing to tell.
    """
    asked = {(number, Kind(kind)) for number, kind in session.execute(select(Duty.case, Duty.kind))}
    tagged = set(session.scalars(select(Tag.case).where(Tag.name.in_(OFFENCE_TAGS))))
    for case, work, answers in works:
        is_offence = _is_offence(work, ()) or case.number in tagged
        if is_offence and (case.number, Kind.ART40) not in asked:
            session.add(art40(session, case.number, today))
        if answers.get(scoring.questions().persons) and (case.number, Kind.ART14) not in asked:
            session.add(art14(session, case.number, case.received))


def renew(session: Session) -> None:
    """Set the day of each decision anew that is still to be taken; what was put off keeps the day it has."""
    for row in session.scalars(select(Duty).where(Duty.decision == "")):
        row.due = _due(session, Kind(row.kind), row.known)


def keep_in_step(session: Session, work: Workflow, today: date) -> None:
    """Ask for the decision of article 40 if severity or tags now say that a case is of an offence.

    Nothing is taken back: else one officer would end by a lower score what two have to decide.
    """
    session.flush()
    tags = session.scalars(select(Tag.name).filter_by(case=work.case)).all()
    is_asked = session.get(Duty, (work.case, Kind.ART40.value)) is not None
    if _is_offence(work, tags) and not is_asked:
        session.add(art40(session, work.case, today))


def of(session: Session, number: int) -> Sequence[Duty]:
    """Return what was to be decided about a case, and was or was not."""
    return session.scalars(select(Duty).filter_by(case=number).order_by(Duty.kind)).all()


def next_due(session: Session) -> Mapping[int, date]:
    """Return by case number the first day on which a decision is due, where one is."""
    rows = session.execute(
        select(Duty.case, func.min(Duty.due)).where(Duty.decided.is_(None)).group_by(Duty.case)
    )
    return {number: day for number, day in rows}  # noqa: C416  dict() loses the types


def is_open(session: Session, number: int, kind: Kind) -> bool:
    """Tell whether a decision is to be taken."""
    row = session.get(Duty, (number, kind.value))
    return row is not None and row.decided is None


def undecided(session: Session, kind: Kind) -> Sequence[int]:
    """Return the numbers of the cases about which a decision of this kind is to be taken."""
    return session.scalars(select(Duty.case).filter_by(kind=kind.value, decided=None)).all()


def put_off_until(session: Session, number: int) -> date | None:
    """Return the day until which informing the persons concerned is put off, None if it is not."""
    row = session.get(Duty, (number, Kind.ART14.value))
    is_put_off = row is not None and row.decision != "" and row.decided is None
    return row.due if row is not None and is_put_off else None


def _new(session: Session, number: int, kind: Kind, known: date) -> Duty:
    return Duty(case=number, kind=kind.value, known=known, due=_due(session, kind, known))


def _due(session: Session, kind: Kind, known: date) -> date:
    match kind:
        case Kind.ART40:
            return office.of(session).calendar.after(known, _ART40_WORKING_DAYS)
        case Kind.ART14:
            return known + _ART14


def _is_offence(work: Workflow, tags: Iterable[str]) -> bool:
    return work.severity >= _OFFENCE or not OFFENCE_TAGS.isdisjoint(tags)
