"""The decisions that the law asks for, as officers take them, each with its reason."""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from inbox.casework import exits, measures
from inbox.casework.exits import Asked, Exit
from inbox.casework.measures import Taken
from inbox.deadlines import legal_duties, workflow
from inbox.deadlines.legal_duties import CHOICES, Choice, Kind
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Duty
from templates.law.rules import MeasureRole

_LONGEST_DEFERRAL = relativedelta(years=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is decided and why; ``until`` when it is put off, to whom and under which reference it is sent."""

    choice: Choice
    reason: str
    until: date | None = None
    addressee: str = ""
    reference: str = ""

    @property
    def kind(self) -> Kind:
        """What it decides."""
        return next(kind for kind, choices in CHOICES.items() if self.choice in choices)

    @property
    def code(self) -> Code:
        """What the journal calls it: that the prosecutor is not told takes two officers."""
        return Code.DECIDE_NO_TRANSMISSION if self.choice is Choice.NO_TRANSMISSION else Code.DECIDE


def decide(inbox: Inbox, who: Actor, number: int, decision: Decision) -> Duty:
    """Take a decision about a case, also another than before; a transmission is noted as a measure.

    Raises as ``take`` and ``Inbox.acting`` do, and Refused without a reason.
    """
    noted = action(decision.code, number, decision.reason, duty=decision.kind, decision=decision.choice)
    with inbox.acting(who, noted) as session:
        return take(session, number, decision, who.today)


def take(session: Session, number: int, decision: Decision, today: date) -> Duty:
    """Take a decision within a larger action, such as sending a dossier.

    Raises CaseRefused for an unknown case, a deferral without a day to come within a year, a day, addressee
    or reference that belongs to another decision, and as ``measures.add``.
    """
    if decision.kind is Kind.ART14:
        exits.check(session, number, Asked(way=Exit.ART14, today=today, reason=decision.reason))
    workflow.of(session, number)
    _check(decision, today)
    row = session.get(Duty, (number, decision.kind.value)) or _asked(session, number, decision.kind, today)
    if decision.choice is Choice.TRANSMIT:
        sent = Taken(
            kind=in_use.of(session).measure(MeasureRole.TRANSMISSION),
            day=today,
            addressee=decision.addressee,
            reference=decision.reference,
        )
        measures.add(session, number, sent, today)
    row.decision, row.reason = decision.choice.value, decision.reason
    row.due, row.decided = decision.until or row.due, None if decision.until else today
    workflow.acted(session, number, today)
    return row


def _asked(session: Session, number: int, kind: Kind, today: date) -> Duty:
    """Return the duty of a case of which no rule asked for it."""
    asked = legal_duties.art40 if kind is Kind.ART40 else legal_duties.art14
    row = asked(session, number, today)
    session.add(row)
    return row


def _check(decision: Decision, today: date) -> None:
    if decision.choice is Choice.DEFER:
        if decision.until is None or not today < decision.until <= today + _LONGEST_DEFERRAL:
            raise CaseRefused(
                sentence("it is put off until a day to come, within a year"), sentence("give it: --until DAY")
            )
    elif decision.until is not None:
        raise CaseRefused(sentence("only what is put off has a day"), sentence("leave --until out"))
    if decision.choice is not Choice.TRANSMIT and (decision.addressee or decision.reference):
        raise CaseRefused(
            sentence("only what is transmitted has an addressee and a reference"), sentence("leave them out")
        )
