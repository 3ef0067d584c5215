"""Queries about the office: its officers, keys, keyrings and questionnaires."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.vault.tables import (
    Card,
    IntakeKey,
    KeyringFile,
    Office,
    Officer,
    QuestionnaireFile,
    RenewalNotice,
    ReplyKey,
)

# This query is built once, because a command uses the query six times, and building it takes as long as
# running it.
_PRESENT = select(Officer).where(Officer.member.is_not(None)).order_by(Officer.member)


def office(session: Session) -> Office:
    """Return the office that this inbox belongs to."""
    return session.get_one(Office, 1)


def deployment(session: Session) -> bytes:
    """Return the id (16 bytes) of the deployment, from a vault of any version."""
    return session.scalars(select(Office.deployment)).one()


def officers(session: Session) -> Sequence[Officer]:
    """Return the current officers (those with a share), ordered by the number of their share."""
    return session.scalars(_PRESENT).all()


def everybody(session: Session) -> Sequence[Officer]:
    """Return all current and former officers, by name."""
    return session.scalars(select(Officer).order_by(Officer.name)).all()


def officer(session: Session, name: str) -> Officer | None:
    """Return a current or former officer."""
    return session.get(Officer, name)


def renewal_notices(session: Session) -> Sequence[RenewalNotice]:
    """Return the notices of renewals with a sheet, sorted by renewal, then by share."""
    wanted = select(RenewalNotice).join(Officer, Officer.name == RenewalNotice.officer)
    return session.scalars(wanted.order_by(RenewalNotice.renewal, Officer.member)).all()


def questionnaire(session: Session, questionnaire_id: str, version: int) -> QuestionnaireFile | None:
    """Return a questionnaire that is or was in use."""
    return session.scalar(select(QuestionnaireFile).filter_by(id=questionnaire_id, version=version))


def last_questionnaire(session: Session, questionnaire_id: str) -> QuestionnaireFile | None:
    """Return the questionnaire with this id and the highest version."""
    of_id = select(QuestionnaireFile).filter_by(id=questionnaire_id)
    return session.scalar(of_id.order_by(QuestionnaireFile.version.desc()).limit(1))


def intake_keys(session: Session) -> Sequence[IntakeKey]:
    """Return the public halves of the intake keys, oldest first."""
    return session.scalars(select(IntakeKey).order_by(IntakeKey.not_before, IntakeKey.id)).all()


def reply_keys(session: Session) -> Sequence[ReplyKey]:
    """Return the reply keys, oldest first."""
    return session.scalars(select(ReplyKey).order_by(ReplyKey.not_before, ReplyKey.id)).all()


def cards(session: Session) -> Sequence[Card]:
    """Return the newest card of each external body, including removed cards, by channel."""
    return session.scalars(select(Card).order_by(Card.channel)).all()


def keyrings(session: Session) -> dict[int, KeyringFile]:
    """Return all keyrings that were issued, by serial."""
    return {row.serial: row for row in session.scalars(select(KeyringFile))}


def newest_keyring(session: Session) -> KeyringFile | None:
    """Return the keyring issued last."""
    return session.scalar(select(KeyringFile).order_by(KeyringFile.serial.desc()).limit(1))
