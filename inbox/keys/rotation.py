"""The dated keys of a channel: intake keys that open reports, reply keys that sign answers (SPEC 6)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from crypto import base64url, keyring, signing
from crypto.hybrid import SEED
from crypto.recipients import HybridIdentity
from inbox.keys import key_store
from inbox.keys.stored_secrets import IntakeSecret
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system.home import Home
from inbox.vault import queries_office
from inbox.vault.tables import IntakeKey, ReplyKey

EPOCH = timedelta(days=90)
# The shortest and the longest validity of keys, in days.
SHORTEST, LONGEST = 31, 366
AHEAD = timedelta(days=30)
_Key = TypeVar("_Key", IntakeKey, ReplyKey)
_DAY = timedelta(days=1)
_NAME = 8


@dataclass(frozen=True, slots=True)
class Rotated:
    """The new keys."""

    intake: IntakeKey
    reply: ReplyKey


def name(key_id: bytes) -> str:
    """Return the first 8 letters of a key's id, by which people tell keys apart."""
    return base64url.encode(key_id)[:_NAME]


def new_intake(not_before: date, epoch: timedelta = EPOCH) -> IntakeSecret:
    """Return a new intake key that is valid from ``not_before`` for ``epoch`` (90 days by default)."""
    seed = secrets.token_bytes(SEED)
    key_id = HybridIdentity.from_seed(seed).recipient().key_id
    return IntakeSecret(key_id, seed, not_before, not_before + epoch)


def public_half(secret: IntakeSecret, generation: int) -> IntakeKey:
    """Return the row of an intake key that the key store holds from ``generation`` on."""
    return IntakeKey(
        id=secret.id,
        recipient=HybridIdentity.from_seed(secret.seed).recipient().encode(),
        not_before=secret.not_before,
        not_after=secret.not_after,
        generation=generation,
    )


def new_reply(not_before: date, epoch: timedelta = EPOCH) -> ReplyKey:
    """Return a new reply key that is valid from ``not_before`` for ``epoch`` (90 days by default)."""
    seed = secrets.token_bytes(signing.SEED)
    key = signing.public_key(seed)
    return ReplyKey(
        id=keyring.reply_key_id(key),
        key=key,
        seed=seed,
        not_before=not_before,
        not_after=not_before + epoch,
    )


def standing(keys: Sequence[_Key]) -> list[_Key]:
    """Return the keys that are not withdrawn."""
    return [key for key in keys if key.withdrawn is None]


def rotate(home: Home, session: Session, today: date, epoch: timedelta) -> Rotated:
    """Make the next keys, valid for ``epoch`` after the current keys end, or from today if these have ended.

    Raises Refused until 30 days before the current keys end.
    """
    intake, reply = ends(session)
    if today < due(session):
        raise Refused(
            sentence(
                "the keys are valid until {end}; the next keys can be made from {due} on",
                end=min(intake, reply),
                due=due(session),
            ),
            sentence("if somebody may know the current keys, replace them at once: inbox key rotate --now"),
        )
    return _make(home, session, (max(today, intake + _DAY), max(today, reply + _DAY)), epoch)


def replace(home: Home, session: Session, today: date, epoch: timedelta) -> Rotated:
    """Make keys that are valid from today, and withdraw all other keys, because somebody may know them.

    Reports sealed to a withdrawn intake key can still be opened. A slot signed by a withdrawn key must not be
    trusted. The next outbox therefore refills the slot of every case that the portal still keeps, including
    closed cases.
    """
    for intake in queries_office.intake_keys(session):
        intake.withdrawn = intake.withdrawn or today
    for reply in queries_office.reply_keys(session):
        reply.withdrawn = reply.withdrawn or today
    office = queries_office.office(session)
    if office.card_until is not None:
        office.card_until = today - _DAY  # All keys on the card are withdrawn.
    return _make(home, session, (today, today), epoch)


def due(session: Session) -> date:
    """Return the day from which the next keys can be made, 30 days before the current keys end."""
    return min(ends(session)) - AHEAD


def ends(session: Session) -> tuple[date, date]:
    """Return the last day of the intake keys and the last day of the reply keys."""
    intake = max(key.not_after for key in standing(queries_office.intake_keys(session)))
    reply = max(key.not_after for key in standing(queries_office.reply_keys(session)))
    return intake, reply


def _make(home: Home, session: Session, begin: tuple[date, date], epoch: timedelta) -> Rotated:
    intake_from, reply_from = begin
    secret = new_intake(intake_from, epoch)
    generation = key_store.save(home, session, key_store.load(home, session).with_intake(secret))
    rotated = Rotated(public_half(secret, generation), new_reply(reply_from, epoch))
    session.add_all([rotated.intake, rotated.reply])
    session.flush()
    return rotated
