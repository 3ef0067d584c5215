"""The keyring, which the root's inbox signs again each day and whenever a key changes (SPEC 6)."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from crypto import card, keyring, receipt_key
from crypto.keyring import Channel, IntakeKey, Keyring, Questionnaire, ReplyKey, Texts
from crypto.receipt_key import ReceiptKey, SignedReceiptKey
from inbox.keys import rotation
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.vault import queries_office, tables
from inbox.vault.tables import KeyringFile, QuestionnaireFile


def issue(session: Session, today: date, *, skip: int = 0) -> KeyringFile:
    """Return a new keyring, valid for 35 days from ``today``; raise Refused if this is not the root's inbox.

    ``skip`` is the number of serials to skip.
    """
    newest = queries_office.newest_keyring(session)
    issued = _build(session, (newest.serial if newest else 0) + 1 + skip, today)
    raw, signature = keyring.sign(issued, root_seed(session))
    row = KeyringFile(
        serial=issued.serial,
        valid_until=issued.valid_until,
        hash=hashlib.sha256(raw).digest(),
        raw=raw,
        signature=signature,
    )
    session.add(row)
    session.flush()
    return row


def current(session: Session, today: date) -> tuple[KeyringFile, bool]:
    """Return today's keyring, and whether it had to be renewed."""
    newest = queries_office.newest_keyring(session)
    if newest is not None and newest.raw == keyring.KEYRING.encode(_build(session, newest.serial, today)):
        return newest, False
    return issue(session, today), True


def own_channel(session: Session, today: date) -> Channel:
    """Return the channel of this inbox, with the keys that are not withdrawn and may still be needed."""
    intake = rotation.standing(queries_office.intake_keys(session))
    return _channel(session, intake, rotation.standing(queries_office.reply_keys(session))).at(today)


def carded_channel(session: Session, today: date) -> Channel:
    """Return the same as ``own_channel``, but with every reply key whose receipts can still be saved."""
    reply = rotation.standing(queries_office.reply_keys(session))
    listed = [key for key in reply if receipt_key.is_listed(key.not_after, today)]
    return replace(own_channel(session, today), reply_keys=_channel(session, (), listed).reply_keys)


def all_keys(session: Session) -> Channel:
    """Return the channel of this inbox with all its keys, including withdrawn and destroyed keys."""
    return _channel(session, queries_office.intake_keys(session), queries_office.reply_keys(session))


def _channel(
    session: Session, intake: Sequence[tables.IntakeKey], reply: Sequence[tables.ReplyKey]
) -> Channel:
    office = queries_office.office(session)
    return Channel(
        id=office.channel,
        name=Texts(office.name_fr, office.name_en),
        note=Texts(office.note_fr, office.note_en),
        intake_keys=tuple(IntakeKey(key.id, key.recipient, key.not_before, key.not_after) for key in intake),
        reply_keys=tuple(ReplyKey(key.id, key.key, key.not_before, key.not_after) for key in reply),
    )


def vouched_for(session: Session) -> list[Channel]:
    """Return the channels of outside bodies, as their cards describe them."""
    return [card.parse(row.raw).channel for row in queries_office.cards(session) if row.removed is None]


def root_seed(session: Session) -> bytes:
    """Return the seed of the root key (32 bytes); raise Refused if this is not the root's inbox."""
    seed = queries_office.office(session).root_seed
    if seed is None:
        raise Refused(sentence("this inbox has no root key"), sentence("only the root's inbox can do this"))
    return seed


def _build(session: Session, serial: int, today: date) -> Keyring:
    office = queries_office.office(session)
    asked = session.get_one(QuestionnaireFile, office.questionnaire)
    vouched = vouched_for(session)
    return Keyring(
        deployment=office.deployment,
        serial=serial,
        issued=today,
        valid_until=today + keyring.LONGEST,
        name=Texts(office.name, office.name),
        channels=(own_channel(session, today), *(each.at(today) for each in vouched)),
        questionnaire=Questionnaire(asked.id, asked.version, asked.hash),
        receipt_keys=tuple(
            _vouch(session, channel, key)
            for channel in (carded_channel(session, today), *vouched)
            for key in channel.reply_keys
            if receipt_key.is_listed(key.not_after, today)
        ),
    )


def _vouch(session: Session, channel: Channel, key: ReplyKey) -> SignedReceiptKey:
    statement = ReceiptKey(
        deployment=queries_office.office(session).deployment,
        channel=channel.id,
        key=key.key,
        not_before=key.not_before,
        not_after=key.not_after,
    )
    return receipt_key.sign(statement, root_seed(session))
