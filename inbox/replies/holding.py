"""Hold back content of an outbox.

The restrictions at the time of sending apply, not the restrictions at the time of writing. A text may still
be waiting when the prosecutor is informed, when a restriction arrives, or when a link ties the case to
another case. This content is held back: texts that state an outcome or give feedback, the status that the
report is being acted on, the closing, and measures other than protection. The slot continues to show its last
content instead. Messages about danger, protection measures, acknowledgements, and texts of the law without an
officer's words are always sent.

Notices of a decision that has been replaced are also held back, until they are retracted. Notices of an
extension are held back while the regime of the office does not allow an extension.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.casework import prosecutor_word
from inbox.deadlines import bonds, office
from inbox.deadlines.workflow import Disclosure
from inbox.language import labels
from inbox.language.messages import Sentence, listed, sentence
from inbox.law import in_use
from inbox.replies import slots
from inbox.replies.slots import Dialogues
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case, Message

# This mark stands for a text that is the same for everybody, so that the restrictions on a case do not apply
# to it.
_ANYTHING = "*"
# These statuses reveal more than the fact that somebody is reading the report.
_TELLING = frozenset({Status.IN_FOLLOW_UP, Status.CLOSED})


@dataclass(frozen=True, slots=True)
class Held:
    """The parts of a case that an outbox omits.

    All messages are given by their positions:

    - ``replies`` are the messages that the restrictions forbid;
    - ``reversed`` are notices of a decision that was replaced;
    - ``extending`` are notices of an extension that the regime of the office does not allow.

    ``later`` is the status that has to wait, or None. ``measures`` are the kinds of measures that are
    omitted.
    """

    case: int
    replies: tuple[int, ...] = ()
    reversed: tuple[int, ...] = ()
    extending: tuple[int, ...] = ()
    later: Status | None = None
    measures: tuple[str, ...] = ()

    @property
    def is_anything(self) -> bool:
        """Whether anything is omitted."""
        return bool(self.messages or self.later or self.measures)

    @property
    def messages(self) -> tuple[int, ...]:
        """The positions of all messages that are omitted."""
        return (*self.replies, *self.reversed, *self.extending)

    @property
    def closing(self) -> bool:
        """Whether the closing is held back for now."""
        return self.later is Status.CLOSED


def mark(session: Session, message: Message, own: str) -> None:
    """Record which restrictions a case has when a message with an outcome or feedback is written.

    ``own`` is the part of the message that officers wrote. If ``own`` is empty, the message has only the
    law's text, and is never restricted.
    """
    known = prosecutor_word.binding_now(session, message.case)
    message.written_under = " ".join(sorted(known)) if own.strip() else _ANYTHING


def hold_back(session: Session, case: Case, dialogues: Dialogues) -> Held:
    """Remove the held-back content of a case from ``dialogues``, and return it."""
    waiting = [each for each in dialogues.sent[case.number] if each.serial > case.serial]
    replies = tuple(each.position for each in waiting if _is_held(session, each))
    replaced = tuple(each.position for each in waiting if each.reversed)
    may_extend = office.of(session).may_extend
    extending = () if may_extend else tuple(each.position for each in waiting if each.extends)
    closing = _holds_closing(session, case, replies)
    later = _later(session, case, closing=closing)
    told = tuple(_measures(session, case, dialogues.told[case.number], closing=closing))
    held = Held(case.number, replies, replaced, extending, later, told)
    dialogues.sent[case.number] = [
        each
        for each in dialogues.sent[case.number]
        if each.serial <= case.serial or each.position not in held.messages
    ]
    dialogues.told[case.number] = [each for each in dialogues.told[case.number] if each not in told]
    if later:
        dialogues.status[case.number] = _earlier(session, case)
    return held


def keep(session: Session, held: Held, case: Case) -> None:
    """Make omitted messages wait for the next outbox, by giving them the next serial of the case."""
    for position in held.messages:
        message = session.get_one(Message, (case.number, position))
        message.serial, message.held = case.serial + 1, True


def set_days(leaving: Iterable[Message], case: Case, today: date) -> None:
    """Give held-back messages the day on which they are sent, so that reporters do not see the delay."""
    for each in leaving:
        if each.held and each.serial > case.serial:
            each.day, each.held = today, False


def forget_left(session: Session) -> None:
    """Delete the restrictions that ``mark`` recorded for messages, once the messages have been sent."""
    left = Message.serial <= select(Case.serial).where(Case.number == Message.case).scalar_subquery()
    session.flush()
    session.execute(update(Message).where(left, Message.written_under != "").values(written_under=""))


def candidates(session: Session, dialogues: Dialogues) -> Collection[int]:
    """Return the numbers of the few cases for which something might be held back."""
    unsent = select(Message.case).join(Case, Case.number == Message.case).where(Message.serial > Case.serial)
    notice = Message.reversed.is_(True) | Message.extends.is_(True)
    telling = Message.feedback.is_(True) | (Message.outcome != "") | notice
    status = select(Case.number).where(
        Case.status.in_([each.value for each in _TELLING]), Case.slot_status != Case.status
    )
    shown_of = select(Case.number, Case.slot_measures).where(Case.number.in_(list(dialogues.told)))
    return {
        *session.scalars(unsent.where(telling)),
        *session.scalars(status),
        *(
            number
            for number, shown in session.execute(shown_of)
            if set(dialogues.told[number]) - {*shown.split()}
        ),
    }


def of(session: Session, number: int) -> list[Sentence]:
    """Return a message about each text that the next outbox would hold back in a case.

    Raises CaseRefused for an unknown case.
    """
    case = queries_cases.case(session, number)
    if case.mailbox is None:
        return []
    return said(session, hold_back(session, case, slots.dialogues(session, number)))


def warnings(session: Session, numbers: Collection[int] | None = None) -> list[Sentence]:
    """Return a message about each text that the next outbox would hold back in these cases.

    ``numbers`` is None for all cases. Cases that the session may not read are left out.
    """
    dialogues = slots.dialogues(session)
    asked = candidates(session, dialogues) if numbers is None else numbers
    rows = session.scalars(select(Case).where(Case.number.in_(asked)).order_by(Case.number)).all()
    answerable = [case for case in rows if case.mailbox is not None]
    return [each for case in answerable for each in said(session, hold_back(session, case, dialogues))]


def said(session: Session, held: Held) -> list[Sentence]:
    """Return messages that say which parts of a case are held back, why, and what to do about that."""
    found = [
        sentence(
            "case {number}: reply {position} is held back, because the decision that it announces has"
            " changed; retract the reply: inbox message retract {number} {position}",
            number=held.case,
            position=each,
        )
        for each in held.reversed
    ]
    found += [
        sentence(
            "case {number}: reply {position} is held back, because the regime of the office does not allow"
            " an extension; retract the reply: inbox message retract {number} {position}",
            number=held.case,
            position=each,
        )
        for each in held.extending
    ]
    if parts := [*_parts(held)]:
        why = sentence("the prosecutor has not said that the reporter can be told this")
        found.append(
            sentence(
                "case {number}: this content is held back: {what}; {why}; {hint}",
                number=held.case,
                what=listed(parts),
                why=bonds.because_of(why, held.case, prosecutor_word.binding(session, held.case)),
                hint=_hint(session, held),
            )
        )
    return found


def _parts(held: Held) -> Iterator[Sentence]:
    yield from (sentence("reply {position}", position=each) for each in held.replies)
    if held.later:
        yield sentence("the status “{status}”", status=labels.said("status", held.later.value))
    yield from (sentence("the measure “{kind}”", kind=labels.said("measure", each)) for each in held.measures)


def _hint(session: Session, held: Held) -> Sentence:
    if held.closing:
        return sentence(
            "this content will be sent automatically once the prosecutor answers that there is no objection;"
            " until then, you can reopen the case: inbox case reopen {number} --reason TEXT; to get the"
            " prosecutor's answer: inbox case decide {other} {choices} --reason TEXT, then inbox case"
            " measure add {other} {word}",
            number=held.case,
            **prosecutor_word.lifting(session, held.case),
        )
    return sentence(
        "this content will be sent automatically once the prosecutor answers that there is no objection;"
        " until then, you can retract a reply and write what the reporter may be told now: inbox message"
        " retract {number} REPLY; to get the prosecutor's answer: inbox case decide {other} {choices}"
        " --reason TEXT, then inbox case measure add {other} {word}",
        number=held.case,
        **prosecutor_word.lifting(session, held.case),
    )


def _is_held(session: Session, message: Message) -> bool:
    """Return whether the current restrictions on a case forbid sending a waiting text."""
    if message.reversed or message.acknowledges or not (message.feedback or message.outcome):
        return False
    if message.outcome and _forbids(session, message.case, message.outcome):
        return True
    under = message.written_under.split()
    return under != [_ANYTHING] and not prosecutor_word.binding_now(session, message.case) <= {*under}


def _forbids(session: Session, number: int, outcome: str) -> bool:
    """Return whether an outcome must be withheld.

    If the law no longer has the outcome, any restriction is a reason to withhold it.
    """
    if outcome in in_use.of(session).outcomes:
        return prosecutor_word.forbids(session, number, outcome)
    return prosecutor_word.binds_outcome(session, number)


def _holds_closing(session: Session, case: Case, replies: Collection[int]) -> bool:
    """Return whether the closing would reveal a withheld outcome, or the fact that a text is held back."""
    if case.status != Status.CLOSED or case.slot_status == Status.CLOSED:
        return False
    work = session.get_one(Workflow, case.number)
    is_told = work.disclosure != Disclosure.WITHHELD
    return bool(replies) or (is_told and _forbids(session, case.number, work.outcome))


def _later(session: Session, case: Case, *, closing: bool) -> Status | None:
    if closing:
        return Status.CLOSED
    is_new = case.status == Status.IN_FOLLOW_UP and case.slot_status != Status.IN_FOLLOW_UP
    return Status.IN_FOLLOW_UP if is_new and prosecutor_word.binds(session, case.number) else None


def _earlier(session: Session, case: Case) -> Status:
    """Return the status that the slot last showed, or "acknowledged" if the report is acknowledged."""
    last = Status(case.slot_status or Status.RECEIVED)
    if last is Status.CLOSED:
        return Status.ASSESSING  # The case was reopened after the last slot.
    if last is Status.RECEIVED and queries_cases.is_acknowledged(session, case.number):
        return Status.ACKNOWLEDGED
    return last


def _measures(session: Session, case: Case, told: Collection[str], *, closing: bool) -> Iterator[str]:
    """Yield the measures that may not be shown now.

    Measures of protection, and measures that a slot has already shown, may always be shown.
    """
    law, known = in_use.of(session).measures, case.slot_measures.split()
    fresh = [each for each in told if each not in known and not law[each].protection]
    if fresh and (closing or prosecutor_word.binds(session, case.number)):
        yield from fresh
