"""Every question that the inbox asks its vault, named for what it finds."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Handling
from inbox.vault.reject_reasons import Kind
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.tables import (
    Attachment,
    Card,
    Case,
    FollowUp,
    Instance,
    IntakeBundle,
    IntakeKey,
    KeyringFile,
    Message,
    Office,
    Officer,
    OutboxBundle,
    QuestionnaireFile,
    ReplyKey,
    ShownKeyring,
    Unopened,
)

# Of what it closed, a portal keeps the slot for so long, and up to a week more (SPEC 8.4).
CLOSED_KEPT = timedelta(days=187)
# Junk can be brought back for so long; then it is over.
JUNK_KEPT = timedelta(days=30)


class Counts(NamedTuple):
    """How much belongs to each case, by number; a case without any is not listed."""

    follow_ups: dict[int, int]
    unread_follow_ups: dict[int, int]
    attachments: dict[int, int]
    messages: dict[int, int]


def office(session: Session) -> Office:
    """Return whose inbox this is."""
    return session.get_one(Office, 1)


def officers(session: Session) -> Sequence[Officer]:
    """Return the officers who have a share, by its number."""
    present = select(Officer).where(Officer.member.is_not(None)).order_by(Officer.member)
    return session.scalars(present).all()


def everybody(session: Session) -> Sequence[Officer]:
    """Return all who are or ever were officers, by name."""
    return session.scalars(select(Officer).order_by(Officer.name)).all()


def intake_keys(session: Session) -> Sequence[IntakeKey]:
    """Return the public halves of the intake keys, oldest first."""
    return session.scalars(select(IntakeKey).order_by(IntakeKey.not_before, IntakeKey.id)).all()


def reply_keys(session: Session) -> Sequence[ReplyKey]:
    """Return the reply keys, oldest first."""
    return session.scalars(select(ReplyKey).order_by(ReplyKey.not_before, ReplyKey.id)).all()


def cards(session: Session) -> Sequence[Card]:
    """Return the newest card of each body outside, removed ones too, by channel."""
    return session.scalars(select(Card).order_by(Card.channel)).all()


def questionnaire(session: Session, questionnaire_id: str, version: int) -> QuestionnaireFile | None:
    """Return a questionnaire that was ever in use."""
    return session.scalar(select(QuestionnaireFile).filter_by(id=questionnaire_id, version=version))


def last_questionnaire(session: Session, questionnaire_id: str) -> QuestionnaireFile | None:
    """Return the one with the highest version of those with this id."""
    of_id = select(QuestionnaireFile).filter_by(id=questionnaire_id)
    return session.scalar(of_id.order_by(QuestionnaireFile.version.desc()).limit(1))


def keyrings(session: Session) -> dict[int, KeyringFile]:
    """Return all keyrings that were issued, by serial."""
    return {row.serial: row for row in session.scalars(select(KeyringFile))}


def shown_keyrings(session: Session) -> Sequence[ShownKeyring]:
    """Return the keyrings that reports of this inbox named, as the first of them said."""
    return session.scalars(select(ShownKeyring)).all()


def newest_keyring(session: Session) -> KeyringFile | None:
    """Return the keyring issued last."""
    return session.scalar(select(KeyringFile).order_by(KeyringFile.serial.desc()).limit(1))


def pinned_instance(session: Session) -> Instance | None:
    """Return the portal's instance key, as an officer accepted it last."""
    return session.scalar(select(Instance).order_by(Instance.position.desc()).limit(1))


def intake(session: Session, instance_key: bytes, n: int) -> IntakeBundle | None:
    """Return a collected intake bundle."""
    return session.get(IntakeBundle, (instance_key, n))


def last_intake(session: Session, instance_key: bytes) -> IntakeBundle | None:
    """Return the intake bundle of an instance that was collected last."""
    newest = select(IntakeBundle).filter_by(instance=instance_key).order_by(IntakeBundle.n.desc()).limit(1)
    return session.scalar(newest)


def unconfirmed_intakes(session: Session, instance_key: bytes) -> Sequence[IntakeBundle]:
    """Return the intake bundles of which the portal is not known to have heard that we hold them."""
    heard = select(OutboxBundle.n).where(OutboxBundle.confirmed)
    return session.scalars(
        select(IntakeBundle)
        .filter_by(instance=instance_key)
        .where(IntakeBundle.outbox.is_(None) | IntakeBundle.outbox.not_in(heard))
        .order_by(IntakeBundle.n)
    ).all()


def outbox(session: Session, n: int) -> OutboxBundle | None:
    """Return an outbox bundle that was made."""
    return session.get(OutboxBundle, n)


def last_outbox(session: Session) -> OutboxBundle | None:
    """Return the outbox bundle that was made last."""
    return session.scalar(select(OutboxBundle).order_by(OutboxBundle.n.desc()).limit(1))


def outboxes_from(session: Session, n: int) -> Sequence[OutboxBundle]:
    """Return the outbox bundles from number ``n`` on."""
    return session.scalars(select(OutboxBundle).where(OutboxBundle.n >= n)).all()


def confirmed_outboxes(session: Session) -> Sequence[int]:
    """Return the numbers of the outboxes that the portal has applied."""
    return session.scalars(select(OutboxBundle.n).where(OutboxBundle.confirmed)).all()


def confirm_outboxes(session: Session, n: int) -> None:
    """Note that the portal has applied all outboxes up to ``n``."""
    session.execute(update(OutboxBundle).where(OutboxBundle.n <= n).values(confirmed=True))


def case(session: Session, number: int) -> Case:
    """Return the case of this number.

    Raises CaseRefused if there is none, it is in quarantine, or for its handlers alone.
    """
    found = session.get(Case, number)
    if found is not None:
        return found
    as_a_line = select(Handling.quarantined).filter_by(case=number).execution_options(**AS_A_LINE)
    line = session.execute(as_a_line).one_or_none()
    if line is None:
        raise CaseRefused(
            sentence("there is no case {number}", number=number), sentence("see the numbers: inbox list")
        )
    if line.quarantined is not None:
        raise CaseRefused(
            sentence(
                "case {number} is in quarantine since {day}: nobody reads it",
                number=number,
                day=line.quarantined,
            ),
            sentence(
                "answer, close or destroy it; two officers lift that:"
                " inbox quarantine {number} --lift --reason TEXT",
                number=number,
            ),
        )
    raise CaseRefused(
        sentence("case {number} is for its handlers alone", number=number),
        sentence(
            "see who they are: inbox handlers {number}; in an emergency two officers open it, which"
            " is told to the referent: inbox break-glass {number} --reason TEXT",
            number=number,
        ),
    )


def numbers_by_case_id(session: Session) -> dict[bytes, int]:
    """Return the number of each case that has a case id."""
    rows = session.execute(select(Case.case_id, Case.number).where(Case.case_id.is_not(None)))
    return {case_id: number for case_id, number in rows if case_id is not None}


def case_from(session: Session, envelope_hash: bytes) -> Case | None:
    """Return a case that came in this very envelope."""
    return session.scalar(select(Case).filter_by(envelope=envelope_hash).limit(1))


def cases(session: Session) -> Sequence[Case]:
    """Return all cases, by number."""
    return session.scalars(select(Case).order_by(Case.number)).all()


def cases_to_refresh(session: Session, today: date, next_by: date) -> Sequence[Case]:
    """Return the cases whose slot an outbox fills: all that can be answered and are not closed for good.

    A closed case, and junk that is over, stay until the portal has applied an outbox that said so. One comes
    back while the portal keeps it, if the key that signed its slot was withdrawn or ends before ``next_by``,
    the day of the next outbox: nobody believes that slot for much longer.
    """
    heard = select(OutboxBundle.n).where(OutboxBundle.confirmed)
    over = (Case.status == Status.CLOSED) | Case.number.in_(_junk_over(today))
    open_still = ~over | Case.closed_in.is_(None) | Case.closed_in.not_in(heard)
    lasting = select(ReplyKey.id).where(ReplyKey.withdrawn.is_(None), ReplyKey.not_after >= next_by)
    fading = (Case.closed_on >= today - CLOSED_KEPT) & Case.slot_key.not_in(lasting)
    answerable = Case.recipient.is_not(None) & Case.withdrawn.is_(False)
    return session.scalars(select(Case).where(answerable & (open_still | fading)).order_by(Case.number)).all()


def junk_over(session: Session, today: date) -> set[int]:
    """Return the cases that have been junk for so long that they are to be destroyed."""
    return set(session.scalars(_junk_over(today)))


def tell_closings_again(session: Session) -> None:
    """Make every closed case that can be answered wait for a slot again: a new portal has none of it."""
    session.execute(update(Case).values(closed_in=None, closed_on=None))


def follow_up(session: Session, number: int, follow_up_id: bytes) -> FollowUp | None:
    """Return the follow-up of this id to a case."""
    return session.get(FollowUp, (number, follow_up_id))


def follow_ups(session: Session, number: int) -> Sequence[FollowUp]:
    """Return the follow-ups to a case in the order collected."""
    return session.scalars(select(FollowUp).filter_by(case=number).order_by(FollowUp.position)).all()


def last_follow_up_position(session: Session, number: int) -> int:
    """Return the position of the newest follow-up to a case, 0 for none."""
    return session.scalar(select(func.max(FollowUp.position)).filter_by(case=number)) or 0


def last_attachment_number(session: Session, number: int) -> int:
    """Return the number of the last file of a case, 0 for none."""
    return session.scalar(select(func.max(Attachment.number)).filter_by(case=number)) or 0


def attachments(session: Session, number: int) -> Sequence[Attachment]:
    """Return the files of a case, by number."""
    return session.scalars(select(Attachment).filter_by(case=number).order_by(Attachment.number)).all()


def attachment_ids(session: Session) -> set[bytes]:
    """Return the ids of all files of all cases."""
    return set(session.scalars(select(Attachment.id)))


def messages(session: Session, number: int) -> Sequence[Message]:
    """Return what the inspectorate wrote to the author of a case, oldest first."""
    return session.scalars(select(Message).filter_by(case=number).order_by(Message.position)).all()


def counts(session: Session) -> Counts:
    """Return how much belongs to each case."""
    return Counts(
        follow_ups=_count(session, FollowUp),
        unread_follow_ups=_count(session, FollowUp, FollowUp.unread.is_(True)),
        attachments=_count(session, Attachment),
        messages=_count(session, Message),
    )


def unopened(session: Session) -> Sequence[Unopened]:
    """Return what came in and became no case, oldest first."""
    return session.scalars(select(Unopened).where(Unopened.case.is_(None)).order_by(Unopened.number)).all()


def set_aside(session: Session, kind: Kind) -> Sequence[Unopened]:
    """Return what became no case for this reason, oldest first."""
    return [row for row in unopened(session) if row.kind == kind]


def envelope_hashes(session: Session) -> set[bytes]:
    """Return the hashes of all envelopes that became no case."""
    return {row.envelope for row in unopened(session) if row.envelope is not None}


def done_hashes(session: Session) -> set[bytes]:
    """Return the hashes of the envelopes that were set aside and became part of a case at a later try."""
    hashes = session.scalars(select(Unopened.envelope).where(Unopened.case.is_not(None)))
    done = {each for each in hashes if each is not None}
    return done and done - envelope_hashes(session)


def last_unopened_number(session: Session) -> int:
    """Return the highest number given to what became no case, 0 for none."""
    return session.scalar(select(func.max(Unopened.number))) or 0


def _count(
    session: Session, kind: type[FollowUp] | type[Attachment] | type[Message], *holds: ColumnElement[bool]
) -> dict[int, int]:
    rows = session.execute(select(kind.case, func.count()).where(*holds).group_by(kind.case)).all()
    return {number: count for number, count in rows}  # noqa: C416  dict() loses the types


def _junk_over(today: date) -> Select[int]:
    return select(Handling.case).where(Handling.rejected <= today - JUNK_KEPT)
