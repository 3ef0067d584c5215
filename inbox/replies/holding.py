"""What waits for an outbox and may not leave with it: what has not left obeys what binds when it leaves.

A text that was free to go may wait while the prosecutor is told, a restriction comes, or a link binds the
case to another. Held back are texts that tell of an outcome or give feedback, the status that the report is
acted on, the closing, and measures but those of protection. The slot keeps what it said last of these. Calls
in danger, protection, acknowledgements and texts of the law without an officer's words leave at any time.

A notice of a decision that was taken otherwise since does not leave either, until it is taken back; nor one
of more time while the regime of the office gives none.
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

# What binds a case does not matter to a text that is the same for everybody.
_ANYTHING = "*"
# Of these a slot tells more than that somebody reads the report.
_TELLING = frozenset({Status.IN_FOLLOW_UP, Status.CLOSED})


@dataclass(frozen=True, slots=True)
class Held:
    """What of a case an outbox leaves out.

    ``replies`` and ``reversed`` are positions: of those that what binds forbids, and of notices of what holds
    no more. ``later`` is the status that waits, None if none does, ``measures`` are kinds.
    """

    case: int
    replies: tuple[int, ...] = ()
    reversed: tuple[int, ...] = ()
    later: Status | None = None
    measures: tuple[str, ...] = ()

    @property
    def is_anything(self) -> bool:
        """Whether anything is left out."""
        return bool(self.replies or self.reversed or self.later or self.measures)

    @property
    def closing(self) -> bool:
        """Whether the reporter is not to read yet that the case is closed."""
        return self.later is Status.CLOSED


def mark(session: Session, message: Message, own: str) -> None:
    """Note what bound a case when a message was written that tells an outcome or gives feedback.

    ``own`` is what officers wrote of it; a text of the law alone is free whatever binds the case.
    """
    known = prosecutor_word.binding_now(session, message.case)
    message.written_under = " ".join(sorted(known)) if own.strip() else _ANYTHING


def hold_back(session: Session, case: Case, dialogues: Dialogues) -> Held:
    """Take out of ``dialogues`` what may not leave of a case now, and return what that was."""
    waiting = [each for each in dialogues.sent[case.number] if each.serial > case.serial]
    replies = tuple(each.position for each in waiting if _is_held(session, each))
    may_extend = office.of(session).may_extend
    notices = tuple(each.position for each in waiting if each.reversed or (each.extends and not may_extend))
    closing = _holds_closing(session, case, replies)
    later = _later(session, case, closing=closing)
    told = tuple(_measures(session, case, dialogues.told[case.number], closing=closing))
    out = {*replies, *notices}
    dialogues.sent[case.number] = [
        each for each in dialogues.sent[case.number] if each.serial <= case.serial or each.position not in out
    ]
    dialogues.told[case.number] = [each for each in dialogues.told[case.number] if each not in told]
    if later:
        dialogues.status[case.number] = _earlier(session, case)
    return Held(case.number, replies, notices, later, told)


def keep(session: Session, held: Held, case: Case) -> None:
    """Let what an outbox left out wait for the next one, whose slot of the case has a higher serial."""
    for position in (*held.replies, *held.reversed):
        message = session.get_one(Message, (case.number, position))
        message.serial, message.held = case.serial + 1, True


def set_days(leaving: Iterable[Message], case: Case, today: date) -> None:
    """Date what was held back on the day on which it leaves: its reporter is not to read that it waited."""
    for each in leaving:
        if each.held and each.serial > case.serial:
            each.day, each.held = today, False


def forget_left(session: Session) -> None:
    """Forget of messages that have left what bound their case: nothing asks for that any more."""
    left = Message.serial <= select(Case.serial).where(Case.number == Message.case).scalar_subquery()
    session.flush()
    session.execute(update(Message).where(left, Message.written_under != "").values(written_under=""))


def candidates(session: Session, dialogues: Dialogues) -> Collection[int]:
    """Return the numbers of the cases of which anything might be held back: few, of all that are there."""
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
    """Return what of a case the next outbox would leave out, as ``said``; CaseRefused if there is none."""
    case = queries_cases.case(session, number)
    if case.mailbox is None:
        return []
    return said(session, hold_back(session, case, slots.dialogues(session, number)))


def warnings(session: Session, numbers: Collection[int] | None = None) -> list[Sentence]:
    """Return as ``said`` what the next outbox would leave out, of these cases or of all.

    Those that those present may not read are not there.
    """
    dialogues = slots.dialogues(session)
    asked = candidates(session, dialogues) if numbers is None else numbers
    rows = session.scalars(select(Case).where(Case.number.in_(asked)).order_by(Case.number)).all()
    answerable = [case for case in rows if case.mailbox is not None]
    return [each for case in answerable for each in said(session, hold_back(session, case, dialogues))]


def said(session: Session, held: Held) -> list[Sentence]:
    """Return what is held back of a case, why, and what to do about it; empty if nothing is."""
    found = [
        sentence(
            "held back in case {number}: reply {position}, for it was decided otherwise since; take it back:"
            " inbox unsend {number} {position}",
            number=held.case,
            position=each,
        )
        for each in held.reversed
    ]
    if parts := [*_parts(held)]:
        why = sentence("the prosecutor has not said that this can be told")
        found.append(
            sentence(
                "held back in case {number}: {what}; {why}; {hint}",
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
            "it leaves by itself once there is no objection; until then, you can open the case again: inbox"
            " reopen {number} --reason TEXT; to have the word: inbox decide {other} {choices} --reason TEXT,"
            " then inbox measure {other} {word}",
            number=held.case,
            **prosecutor_word.lifting(session, held.case),
        )
    return sentence(
        "it leaves by itself once there is no objection; until then, you can take a reply back, and write"
        " what may be told now: inbox unsend {number} REPLY; to have the word: inbox decide {other} {choices}"
        " --reason TEXT, then inbox measure {other} {word}",
        number=held.case,
        **prosecutor_word.lifting(session, held.case),
    )


def _is_held(session: Session, message: Message) -> bool:
    """Tell whether what binds a case now forbids a text that waits."""
    if message.reversed or message.acknowledges or not (message.feedback or message.outcome):
        return False
    if message.outcome and _forbids(session, message.case, message.outcome):
        return True
    under = message.written_under.split()
    return under != [_ANYTHING] and not prosecutor_word.binding_now(session, message.case) <= {*under}


def _forbids(session: Session, number: int, outcome: str) -> bool:
    """Tell whether an outcome may not be told; of one that the law no longer has, whether anything binds."""
    if outcome in in_use.of(session).outcomes:
        return prosecutor_word.forbids(session, number, outcome)
    return prosecutor_word.binds_outcome(session, number)


def _holds_closing(session: Session, case: Case, replies: Collection[int]) -> bool:
    """Tell whether a reporter would read by the closing what may not be told, or that a text is missing."""
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
    """Return what the slot said last, or that the report is acknowledged if that leaves, or left."""
    last = Status(case.slot_status or Status.RECEIVED)
    if last is Status.CLOSED:
        return Status.ASSESSING  # it was opened again: nothing of that was told
    if last is Status.RECEIVED and queries_cases.is_acknowledged(session, case.number):
        return Status.ACKNOWLEDGED
    return last


def _measures(session: Session, case: Case, told: Collection[str], *, closing: bool) -> Iterator[str]:
    """Yield the measures that no slot has told yet and none may tell now; protection is told at any time."""
    law, known = in_use.of(session).measures, case.slot_measures.split()
    fresh = [each for each in told if each not in known and not law[each].protection]
    if fresh and (closing or prosecutor_word.binds(session, case.number)):
        yield from fresh
