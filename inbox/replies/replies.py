"""Replies of the inspectorate: messages that wait for the next outbox."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from crypto import unseen
from crypto.messages import Slot
from inbox.casework.measures import by_law
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.replies import holding, slots
from inbox.vault import queries_cases, queries_office
from inbox.vault.tables import Case, Mailbox, Message


def add(session: Session, number: int, text: str, today: date) -> Message:
    """Add a message to a case, after ``leak_check`` has checked it.

    Raises CaseRefused if the message has no visible letter or digit, if the reporter cannot be answered, or
    if the slot could not hold the message.
    """
    if not unseen.says_anything(text):
        raise CaseRefused(
            sentence("the reply is empty"), sentence("give the reply with --text or --text-file")
        )
    next_slot(session, number, text, today)
    case = queries_cases.case(session, number)
    message = _message(session, case, text, today)
    session.add(message)
    case.closed_in = None
    workflow.acted(session, number, today)
    return message


def next_slot(session: Session, number: int, text: str, today: date) -> Slot:
    """Return the next slot of a case, with ``text`` as an additional message unless it is empty.

    The slot omits content that the next outbox would hold back. Raises CaseRefused if the reporter cannot be
    answered, or if the slot has no room for the text beside all waiting messages.
    """
    case = queries_cases.case(session, number)
    mailbox = _mailbox(case)
    office = queries_office.office(session)
    exchanged = slots.dialogues(session, number)
    if text.strip():
        exchanged.sent[number].append(_message(session, case, text, today))
    next_by = today + timedelta(days=office.answer_days)
    slot = slots.compose(mailbox, exchanged, channel=office.channel, issued=today, next_by=next_by)
    if text.strip() and not slots.holds(slot, case.seen, by_law.tellable(session)):
        raise CaseRefused(
            sentence(
                "the reply does not fit into the slot together with the messages that the reporter has"
                " not opened yet"
            ),
            sentence(
                "shorten the reply, or wait until a follow-up shows that the earlier messages were read"
            ),
        )
    holding.hold_back(session, case, exchanged)
    return slots.compose(mailbox, exchanged, channel=office.channel, issued=today, next_by=next_by)


def _message(session: Session, case: Case, text: str, today: date) -> Message:
    position = queries_cases.last_reply(session, case.number) + 1
    return Message(case=case.number, position=position, serial=case.serial + 1, day=today, text=text)


def _mailbox(case: Case) -> Mailbox:
    """Return the mailbox of a case, or raise CaseRefused if its reporter cannot be answered."""
    if case.mailbox is None:
        raise unanswerable(case)
    return case.mailbox


def unanswerable(case: Case) -> CaseRefused:
    """Return the reason why the reporter of a case without a mailbox cannot be answered."""
    if case.unsigned:
        return CaseRefused(
            sentence("case {number} is unsigned: it has no reply address", number=case.number),
            sentence("a case without a reply address cannot be answered"),
        )
    if case.withdrawn:
        return CaseRefused(
            sentence("case {number} was withdrawn by its reporter", number=case.number),
            sentence("nobody can answer: the portal no longer keeps a slot for this case"),
        )
    return CaseRefused(
        sentence(
            "case {number} cannot be answered: no reply can be sealed to the key in its report",
            number=case.number,
        ),
        sentence("to get an answer, the reporter must send a new report"),
    )
