"""A reply taken back before it leaves: what it set is undone with it, and the journal keeps that it was.

To take one back takes one officer: nothing more is told to anybody.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Duty
from inbox.vault.tables import Case, Message


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The text of a reply; ``is_free`` if the text did nothing but say something, and may be used again."""

    text: str
    is_free: bool


def take_back(inbox: Inbox, who: Actor, number: int, position: int) -> TakenBack:
    """Delete reply ``position`` of a case, counted as ``show`` does, from 1 on, and return it.

    The status of a report that nothing acknowledges any more is "received" again, feedback and more time that
    it told of are not given.

    Raises CaseRefused for an unknown case or reply, for one that an outbox has taken, in a case that is
    closed, for one on which a decision still stands, and for the acknowledgement while feedback waits behind
    it; otherwise as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.UNSEND, number, reply=position)) as session:
        case = queries_cases.case(session, number)
        reply = _checked(session, case, position)
        does = reply.acknowledges or reply.extends or reply.decision
        taken = TakenBack(reply.text, not does)
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
            sentence("see: inbox show {number}", number=case.number),
        )
    if reply.serial <= case.serial:
        raise CaseRefused(
            sentence("reply {position} stands in an outbox already", position=position),
            sentence("write another one that sets it right"),
        )
    if case.status == Status.CLOSED:
        raise CaseRefused(
            sentence("case {number} is closed", number=case.number),
            sentence("open it again first: inbox reopen {number} --reason TEXT", number=case.number),
        )
    if _is_decided_by(session, case.number, reply):
        raise CaseRefused(
            sentence("a decision says that reply {position} told the reporter of it", position=position),
            sentence("decide otherwise first; or write another reply that sets it right"),
        )
    if feedback := _behind(session, reply):
        raise CaseRefused(
            sentence(
                "reply {position} acknowledges the report, and feedback waits behind it", position=position
            ),
            sentence(
                "take back the feedback first: inbox unsend {number} {position}",
                number=case.number,
                position=feedback,
            ),
        )
    return reply


def _behind(session: Session, reply: Message) -> int | None:
    """Return the position of feedback that would be left without any acknowledgement; None if none would."""
    said = queries_cases.messages(session, reply.case)
    if not reply.acknowledges or any(each.acknowledges for each in said if each is not reply):
        return None
    return next((each.position for each in said if each.feedback), None)


def _is_decided_by(session: Session, number: int, reply: Message) -> bool:
    """Tell whether a decision stands on this reply; one that was taken otherwise since holds nothing."""
    asked = select(func.count()).select_from(Duty).filter_by(case=number, reply=reply.position)
    return not reply.reversed and bool(session.scalar(asked))


def _undo(session: Session, case: Case, reply: Message) -> None:
    """Undo what the reply set, as far as no other one says the same."""
    if case.status == Status.ACKNOWLEDGED and not queries_cases.is_acknowledged(session, case.number):
        case.status = Status.RECEIVED.value
    if reply.feedback:
        workflow.take_back_feedback(session, case.number)
    if reply.extends:
        workflow.of(session, case.number).extended = None
    # The next reply may have its place; those before it were what an earlier decision was founded on.
    founded = update(Duty).where(Duty.case == case.number, Duty.reply == reply.position)
    session.execute(founded.values(reply=reply.position - 1))
