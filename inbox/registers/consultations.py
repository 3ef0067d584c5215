"""Consultations of staff bodies and the data protection officer about the reporting channel.

Consultations belong to the office, not to a case. A consultation recorded by mistake is retracted: its line
and number stay, but its text is deleted.
"""

from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.registers.rows import Column, Row, Rows
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.text.lines import one_line
from inbox.vault.casework_tables import Consultation

LONGEST = 500
_COLUMNS = (
    Column.CONSULTATION,
    Column.DAY,
    Column.BODY,
    Column.SUBJECT,
    Column.OPINION,
    Column.REFERENCE,
    Column.RETRACTED,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What officers record about a consultation: the body that was consulted, the subject and the opinion.

    Each text is one line of at most LONGEST characters.

    ``reference`` is where the opinion can be found; it may be empty.
    """

    body: str
    subject: str
    opinion: str
    reference: str = ""


def record(inbox: Inbox, who: Actor, day: date, said: Said) -> Consultation:
    """Record a consultation with its date, under the next number.

    Raises Refused for a day in the future, and for a text that is missing or too long. Also raises the
    same errors as ``Inbox.acting``.
    """
    if day > who.today:
        raise Refused(
            sentence("{day} is in the future", day=day),
            sentence("record the opinion after it has been given"),
        ).at("day")
    given = _checked(said)
    with inbox.vault.transaction() as session:
        number = _last(session) + 1
    with inbox.acting(who, action(Code.RECORD_CONSULTATION, consultation=number)) as session:
        if number != _last(session) + 1:
            raise Refused(
                sentence("somebody else recorded a consultation at the same time"), sentence("try again")
            )
        row = Consultation(
            n=number,
            day=day,
            body=given.body,
            subject=given.subject,
            opinion=given.opinion,
            reference=given.reference,
        )
        session.add(row)
        return row


def retract(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Retract a consultation that was recorded by mistake, and delete its texts.

    Raises Refused if no reason is given, if the number is unknown, or if the consultation is already
    retracted. Also raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.RETRACT_CONSULTATION, None, reason, consultation=number)) as session:
        row = session.get(Consultation, number)
        if row is None or row.retracted is not None:
            raise Refused(
                sentence("there is no consultation {number}, or it was retracted", number=number),
                sentence("see: inbox office register consultations"),
            )
        row.body = row.subject = row.opinion = row.reference = ""
        row.retracted = who.today


def rows(session: Session) -> Rows:
    """Return a line for each consultation, in the order in which they were recorded."""
    found = session.scalars(select(Consultation).order_by(Consultation.n)).all()
    return Rows(_COLUMNS, [_row(each) for each in found], [[each.day] for each in found])


def given(session: Session) -> list[Consultation]:
    """Return the consultations that are not retracted, oldest first."""
    stands = select(Consultation).where(Consultation.retracted.is_(None))
    return list(session.scalars(stands.order_by(Consultation.day, Consultation.n)))


def _row(each: Consultation) -> Row:
    return {
        Column.CONSULTATION: each.n,
        Column.DAY: each.day,
        Column.BODY: each.body,
        Column.SUBJECT: each.subject,
        Column.OPINION: each.opinion,
        Column.REFERENCE: each.reference,
        Column.RETRACTED: each.retracted,
    }


def _checked(said: Said) -> Said:
    given = Said(*map(one_line, astuple(said)))
    if not (given.body and given.subject and given.opinion):
        raise Refused(
            sentence("a consultation needs a body, a subject and an opinion"),
            sentence(
                "give the body, the subject and the opinion in a few words, without anything from a report"
            ),
        )
    if max(map(len, astuple(given))) > LONGEST:
        raise Refused(
            sentence("a line may have at most {most} characters", most=LONGEST),
            sentence("use fewer words"),
        )
    return given


def _last(session: Session) -> int:
    return session.scalar(select(func.max(Consultation.n))) or 0
