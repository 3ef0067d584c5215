"""Queries about cases and their messages, files and replies."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import Session

from crypto.messages import Status
from crypto.strictjson import LARGEST
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.vault import queries_access
from inbox.vault.casework_tables import Strike, Workflow
from inbox.vault.queries_exchange import CONFIRMED
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.tables import (
    AnswersBy,
    Attachment,
    Case,
    FollowUp,
    Message,
    ReplyKey,
)

# A portal keeps the slot of a closed case for this long, plus up to one week (SPEC 8.4).
CLOSED_KEPT = timedelta(days=187)
# Every case with a recipient also has a case id.
_HAS_MAILBOX = Case.recipient.is_not(None) & Case.withdrawn.is_(False)


class Counts(NamedTuple):
    """The numbers of items of each case, by case number. A case without items is not listed."""

    follow_ups: dict[int, int]
    unread_follow_ups: dict[int, int]
    attachments: dict[int, int]
    messages: dict[int, int]


def case(session: Session, number: int) -> Case:
    """Return the case of this number.

    Raises CaseRefused if the case does not exist, is in quarantine or in the archive, or is restricted to
    other officers.
    """
    found = session.get(Case, number)
    if found is not None:
        return found
    line = session.execute(
        select(Workflow.quarantined, Workflow.archive_from)
        .filter_by(case=number)
        .execution_options(**AS_A_LINE)
    ).one_or_none()
    if line is None:
        raise CaseRefused(
            sentence("there is no case {number}", number=number), sentence("see the numbers: inbox case list")
        )
    if line.quarantined is not None:
        raise CaseRefused(
            sentence(
                "case {number} has been in quarantine since {day}: nobody can read it",
                number=number,
                day=line.quarantined,
            ),
            sentence(
                "you can answer, close or destroy the case; two officers can lift the quarantine: inbox"
                " access unquarantine {number} --reason TEXT",
                number=number,
            ),
        )
    if not queries_access.for_others(session, [number]):
        raise CaseRefused(
            sentence(
                "case {number} has been in the archive since {day}: two officers can open it",
                number=number,
                day=line.archive_from,
            ),
            sentence(
                "open the case for today: inbox access open-archive {number} --reason TEXT", number=number
            ),
        )
    raise CaseRefused(
        sentence("only its handlers may read case {number}", number=number),
        sentence(
            "see the handlers: inbox access handlers {number}; in an emergency, two officers can open the"
            " case, and the referent is told: inbox access break-glass {number} --reason TEXT",
            number=number,
        ),
    )


def numbers_by_case_id(session: Session) -> dict[bytes, int]:
    """Return the number of each case that has a case id."""
    rows = session.execute(select(Case.case_id, Case.number).where(Case.case_id.is_not(None)))
    return {case_id: number for case_id, number in rows if case_id is not None}


def arrivals(session: Session, numbers: Sequence[int]) -> Sequence[Row[int, date, bool]]:
    """Return each of these consecutive cases: number, day of receipt, and whether it has a mailbox."""
    if not numbers:
        return ()
    columns = select(Case.number, Case.received, _HAS_MAILBOX).order_by(Case.number)
    return session.execute(columns.where(Case.number.between(numbers[0], numbers[-1]))).all()


def case_from(session: Session, envelope_hash: bytes) -> Case | None:
    """Return the case that arrived in this envelope."""
    return session.scalar(select(Case).filter_by(envelope=envelope_hash).limit(1))


def cases(session: Session) -> Sequence[Case]:
    """Return all cases, by number."""
    return session.scalars(select(Case).order_by(Case.number)).all()


def cases_to_refresh(
    session: Session, today: date, next_by: date, junk_over: Collection[int]
) -> Sequence[Case]:
    """Return the cases whose slots an outbox refreshes: open cases with a mailbox, and some closed cases.

    A closed case, or a case in ``junk_over``, is included until the portal has applied an outbox that closes
    it. While the portal keeps the case's slot, the case is also included if the slot needs a new signature. A
    slot needs one if the key that signed it was withdrawn, or expires before the day of the next outbox
    (``next_by``).
    """
    over = (Case.status == Status.CLOSED) | Case.number.in_(junk_over)
    open_still = ~over | Case.closed_in.is_(None) | Case.closed_in.not_in(CONFIRMED)
    lasting = select(ReplyKey.id).where(ReplyKey.withdrawn.is_(None), ReplyKey.not_after >= next_by)
    fading = (Case.closed_on >= today - CLOSED_KEPT) & Case.slot_key.not_in(lasting)
    return session.scalars(
        select(Case).where(_HAS_MAILBOX & (open_still | fading)).order_by(Case.number)
    ).all()


def junked_by_day(session: Session) -> Mapping[date, Sequence[int]]:
    """Return the junk cases, by the day on which they were marked."""
    found: defaultdict[date, list[int]] = defaultdict(list)
    rows = select(Workflow.junked, Workflow.case).where(Workflow.junked.is_not(None)).order_by(Workflow.case)
    for day, number in session.execute(rows):
        if day is not None:
            found[day].append(number)
    return found


def tell_closings_again(session: Session) -> None:
    """Make every closed case with a mailbox wait for a slot again, because a new portal has no slots."""
    session.execute(update(Case).values(closed_in=None, closed_on=None))


def follow_up(session: Session, number: int, follow_up_id: bytes) -> FollowUp | None:
    """Return the follow-up with this id to a case, or None."""
    return session.get(FollowUp, (number, follow_up_id))


def follow_ups(session: Session, number: int) -> Sequence[FollowUp]:
    """Return the follow-ups to a case, in the order of collection."""
    return session.scalars(select(FollowUp).filter_by(case=number).order_by(FollowUp.position)).all()


def unread_follow_ups(
    session: Session, number: int, first: int = 1, last: int = LARGEST
) -> Sequence[FollowUp]:
    """Return the unread follow-ups to a case at positions ``first`` to ``last``, in order of collection."""
    unread = select(FollowUp).where(FollowUp.case == number, FollowUp.unread.is_(True))
    among = FollowUp.position.between(first, last)
    return session.scalars(unread.where(among).order_by(FollowUp.position)).all()


def unread_counts(session: Session, numbers: Collection[int]) -> dict[int, int]:
    """Return the number of unread follow-ups of each of these cases; omit cases without unread follow-ups."""
    return _count(session, FollowUp, FollowUp.case.in_(numbers), FollowUp.unread.is_(True))


def is_unread(session: Session, number: int) -> bool:
    """Return whether any follow-up to a case is unread."""
    letters = select(func.count()).select_from(FollowUp).filter_by(case=number, unread=True)
    return bool(session.scalar(letters))


def last_follow_up_position(session: Session, number: int) -> int:
    """Return the position of a case's newest follow-up, or 0 if the case has none."""
    return session.scalar(select(func.max(FollowUp.position)).filter_by(case=number)) or 0


def last_attachment_number(session: Session, number: int) -> int:
    """Return the number of the last file of a case, or 0 if the case has no files."""
    return session.scalar(select(func.max(Attachment.number)).filter_by(case=number)) or 0


def attachments(session: Session, number: int) -> Sequence[Attachment]:
    """Return the files of a case, by number."""
    return session.scalars(select(Attachment).filter_by(case=number).order_by(Attachment.number)).all()


def attachment_ids(session: Session) -> set[bytes]:
    """Return the ids of all files of all cases."""
    return set(session.scalars(select(Attachment.id)))


def last_reply(session: Session, number: int) -> int:
    """Return the highest position that a reply in a case ever had, or 0 if there was no reply.

    A reply counts if a follow-up came after it, even if the reply was retracted later, because the follow-up
    stores the reply's position.
    """
    kept = session.scalar(select(func.max(Message.position)).filter_by(case=number))
    known = session.scalar(select(func.max(FollowUp.after)).filter_by(case=number))
    return max(kept or 0, known or 0)


def messages(session: Session, number: int) -> Sequence[Message]:
    """Return the messages of the inspectorate to the reporter of a case, oldest first."""
    return session.scalars(select(Message).filter_by(case=number).order_by(Message.position)).all()


def is_acknowledged(session: Session, number: int) -> bool:
    """Return whether a reply, sent or waiting for the next outbox, acknowledges the report.

    Only a text of the law or of the office acknowledges a report. A reply in an officer's own words never
    acknowledges a report. The status, the deadlines and actions on many cases all follow this rule.
    """
    return _is_there(session, Message.case == number, Message.acknowledges.is_(True))


def gives_feedback(session: Session, number: int) -> bool:
    """Return whether a reply, sent or waiting for the next outbox, says what was done or is planned."""
    return _is_there(session, Message.case == number, Message.feedback.is_(True))


def answers_by_measure(session: Session, number: int) -> bool:
    """Return whether each text that was sent as feedback needed a measure beside it to count as feedback."""
    left = select(Message.answers_by).join(Case, Case.number == Message.case)
    left = left.where(Message.case == number, Message.feedback.is_(True), Message.serial <= Case.serial)
    return {*session.scalars(left)} == {AnswersBy.MEASURE}


def is_feedback_held(session: Session, number: int) -> bool:
    """Return whether a reply with feedback is still waiting because an outbox held it back."""
    return _is_there(session, Message.case == number, Message.feedback.is_(True), Message.held.is_(True))


def has_word(case: Any) -> ColumnElement[bool]:
    """Return an SQL condition: a text that can close ``case`` was sent, or waits to be sent."""
    words = select(Message.position).where(Message.case == case)
    return words.where((Message.outcome != "") | (Message.answers_by != "")).exists()


def counts(session: Session) -> Counts:
    """Return how many items of each kind belong to each case."""
    return Counts(
        follow_ups=_count(session, FollowUp),
        unread_follow_ups=_count(session, FollowUp, FollowUp.unread.is_(True)),
        attachments=_count(session, Attachment),
        messages=_count(session, Message),
    )


def first_messages(session: Session) -> Iterable[Row[int, bool, bytes]]:
    """Return the number of each case, whether it is unsigned, and its message."""
    return session.execute(select(Case.number, Case.unsigned, Case.message))


def follow_up_texts(session: Session) -> Iterable[Row[int, str]]:
    """Return the case number and the text of each follow-up."""
    return session.execute(select(FollowUp.case, FollowUp.text))


def file_names(session: Session) -> Iterable[Row[int, str, str]]:
    """Return the case number, the name and the type of each file."""
    return session.execute(select(Attachment.case, Attachment.name, Attachment.type))


def strikes(session: Session, number: int) -> Sequence[Strike]:
    """Return the redactions of a case, oldest first."""
    return session.scalars(select(Strike).filter_by(case=number).order_by(Strike.position)).all()


def _is_there(session: Session, *holds: ColumnElement[bool]) -> bool:
    return session.scalar(select(Message.case).where(*holds).limit(1)) is not None


def _count(
    session: Session, kind: type[FollowUp] | type[Attachment] | type[Message], *holds: ColumnElement[bool]
) -> dict[int, int]:
    rows = session.execute(select(kind.case, func.count()).where(*holds).group_by(kind.case)).all()
    return {number: count for number, count in rows}  # noqa: C416 dict() would lose the types of the columns
