"""Retract a reply before it is sent: undo its effects, and keep a record in the journal.

One officer is enough, because a retraction reveals nothing to anybody.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Duty
from inbox.vault.tables import Case, Message


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The text of a retracted reply; ``is_free`` is true if it had no effects and may be used again.

    ``still_asks`` is true if the reporter still reads that the office has a question. The vault does not
    record which reply set this status, so officers have to change it.
    """

    text: str
    is_free: bool
    still_asks: bool


def take_back(inbox: Inbox, who: Actor, number: int, position: int) -> TakenBack:
    """Delete reply ``position`` of a case, counted from 1 as in ``show``, and return its text.

    If no other reply acknowledges the report, the status goes back to "received". If the reply contained
    feedback or an extension, this feedback or extension no longer counts.

    Raises CaseRefused:

    - if the case or the reply is unknown, or the case is closed;
    - if the reply is already in an outbox;
    - if a decision depends on the reply;
    - if the reply is the acknowledgement, while feedback that must come after it is waiting to be sent.

    Also raises the same errors as ``chosen_action.acting``.
    """

    def choose(session: Session) -> Action:
        found = session.get(Message, (number, position))
        return action(
            Code.UNSEND,
            number,
            reply=position,
            acknowledges=bool(found and found.acknowledges),
            feedback=bool(found and found.feedback),
        )

    with chosen_action.acting(inbox, who, number, choose) as session:
        case = queries_cases.case(session, number)
        reply = _checked(session, case, position)
        does = reply.acknowledges or reply.extends or reply.decision
        taken = TakenBack(reply.text, not does, case.status == Status.INFO_REQUESTED)
        session.delete(reply)
        session.flush()
        _undo(session, case, reply)
        workflow.keep_in_step(session, number)
        return taken


def _checked(session: Session, case: Case, position: int) -> Message:
    reply = session.get(Message, (case.number, position))
    if reply is None:
        raise CaseRefused(
            sentence("case {number} has no reply {position}", number=case.number, position=position),
            sentence("see: inbox case show {number}", number=case.number),
        )
    if reply.serial <= case.serial:
        raise CaseRefused(
            sentence("reply {position} is already in an outbox", position=position),
            sentence("write another reply to correct the first one"),
        )
    if case.status == Status.CLOSED:
        raise CaseRefused(
            sentence("case {number} is closed", number=case.number),
            sentence("reopen the case first: inbox case reopen {number} --reason TEXT", number=case.number),
        )
    if _is_decided_by(session, case.number, reply):
        raise CaseRefused(
            sentence(
                "a decision depends on reply {position}, which tells the reporter of the decision",
                position=position,
            ),
            sentence("change the decision first; or write another reply that corrects this reply"),
        )
    if feedback := _behind(session, reply):
        raise CaseRefused(
            sentence(
                "reply {position} acknowledges the report: the waiting feedback cannot be sent without this"
                " acknowledgement",
                position=position,
            ),
            sentence(
                "retract the feedback first: inbox message retract {number} {position}",
                number=case.number,
                position=feedback,
            ),
        )
    return reply


def _behind(session: Session, reply: Message) -> int | None:
    """Return the position of feedback that would have no acknowledgement before it, or None."""
    said = queries_cases.messages(session, reply.case)
    if not reply.acknowledges or any(each.acknowledges for each in said if each is not reply):
        return None
    return next((each.position for each in said if each.feedback), None)


def _is_decided_by(session: Session, number: int, reply: Message) -> bool:
    """Return whether a decision that was not replaced depends on this reply."""
    asked = select(func.count()).select_from(Duty).filter_by(case=number, reply=reply.position)
    return not reply.reversed and bool(session.scalar(asked))


def _undo(session: Session, case: Case, reply: Message) -> None:
    """Undo the effects of a reply, except effects that another reply also has."""
    if case.status == Status.ACKNOWLEDGED and not queries_cases.is_acknowledged(session, case.number):
        case.status = Status.RECEIVED.value
    if reply.feedback:
        workflow.take_back_feedback(session, case.number)
    if reply.extends:
        workflow.of(session, case.number).extended = None
    # The next reply may get this position. Replies at lower positions belong to an earlier decision.
    founded = update(Duty).where(Duty.case == case.number, Duty.reply == reply.position)
    session.execute(founded.values(reply=reply.position - 1))
