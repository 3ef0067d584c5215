"""What the inspectorate answers: a message that waits for the next outbox, or a new status."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from crypto.messages import Reply, Status
from inbox import dialogues, handling, records, slots
from inbox.errors import CaseRefused
from inbox.schema import Case, Message
from inbox.slots import Mailbox


def reply(session: Session, number: int, text: str, today: date) -> Message:
    """Add a message to a case; CaseRefused if its author cannot be answered or the slot could not hold it."""
    case = records.case(session, number)
    mailbox = _mailbox(case)
    if not text.strip():
        raise CaseRefused("the reply is empty", "give it with --text or --text-file")
    channel = records.office(session).channel
    exchanged = dialogues.of(session, number)
    slot = slots.compose(mailbox, exchanged, channel=channel, issued=today, next_by=today)
    added = Reply(case.serial + 1, today, text)
    if not slots.holds(replace(slot, messages=(*slot.messages, added)), case.seen):
        raise CaseRefused(
            "the reply would not fit into the slot beside what the reporter has not opened yet",
            "shorten it, or wait until a follow-up shows that the earlier messages were read",
        )
    position = len(exchanged.sent[number]) + 1
    message = Message(case=number, position=position, serial=added.serial, day=today, text=text)
    session.add(message)
    case.closed_in = None
    handling.acted(session, number, today)
    return message


def set_status(session: Session, number: int, status: Status, today: date) -> Case:
    """Change the status that the author of an open case reads in the next slot.

    Raises CaseRefused for an unknown case, one that is closed, and the status of one: ``closing`` does both.
    """
    case = records.case(session, number)
    if status is Status.CLOSED:
        raise CaseRefused("a case is closed with its outcome", f"do that: inbox close {number} OUTCOME")
    if case.status == Status.CLOSED:
        raise CaseRefused(f"case {number} is closed", f"open it again first: inbox reopen {number}")
    case.status = status.value
    handling.acted(session, number, today)
    return case


def _mailbox(case: Case) -> Mailbox:
    """Return the mailbox of a case whose author can be answered; else raise CaseRefused."""
    mailbox = slots.mailbox_of(case)
    if mailbox is not None:
        return mailbox
    if case.unsigned:
        raise CaseRefused(f"case {case.number} is unsigned: it has no reply address", "it cannot be answered")
    if case.withdrawn:
        raise CaseRefused(
            f"case {case.number} was withdrawn by its author", "the portal keeps no slot for it"
        )
    raise CaseRefused(
        f"case {case.number} cannot be answered: nothing can be sealed to the key in its report",
        "only its author can help that, with a new report",
    )
