"""The keyring: what the inbox vouches for, signed anew whenever a day or a key has changed (SPEC 6)."""

import hashlib
from datetime import date

from sqlalchemy.orm import Session

from crypto import keyring
from crypto.keyring import Channel, IntakeKey, Keyring, ReplyKey, Texts
from crypto.questionnaire import parse as parse_questionnaire
from inbox import records
from inbox.errors import Refused
from inbox.schema import KeyringFile, QuestionnaireFile


def issue(session: Session, today: date) -> KeyringFile:
    """Return a new keyring, valid for 35 days from ``today``; Refused if the clock was set back."""
    newest = records.newest_keyring(session)
    if newest is not None and today < newest.issued:
        raise Refused(
            f"the clock says {today}, but a keyring was issued on {newest.issued}", "set the clock, try again"
        )
    office = records.office(session)
    issued = _build(session, newest.serial + 1 if newest else 1, today)
    raw, signature = keyring.sign(issued, office.root_seed)
    row = KeyringFile(
        serial=issued.serial,
        issued=today,
        valid_until=issued.valid_until,
        hash=hashlib.sha256(raw).digest(),
        raw=raw,
        signature=signature,
    )
    session.add(row)
    session.flush()
    return row


def current(session: Session, today: date) -> tuple[KeyringFile, bool]:
    """Return the keyring of today, and whether it had to be renewed."""
    newest = records.newest_keyring(session)
    if newest is not None and newest.raw == keyring.KEYRING.encode(_build(session, newest.serial, today)):
        return newest, False
    return issue(session, today), True


def _build(session: Session, serial: int, today: date) -> Keyring:
    office = records.office(session)
    questionnaire = session.get_one(QuestionnaireFile, office.questionnaire)
    return Keyring(
        deployment=office.deployment,
        serial=serial,
        issued=today,
        valid_until=today + keyring.LONGEST,
        name=Texts(office.name, office.name),
        channels=(
            Channel(
                id=office.channel,
                name=Texts(office.name_fr, office.name_en),
                note=Texts(office.note_fr, office.note_en),
                intake_keys=tuple(
                    IntakeKey(key.id, key.recipient, key.not_before, key.not_after)
                    for key in records.intake_keys(session)
                ),
                reply_keys=tuple(
                    ReplyKey(key.id, key.key, key.not_before, key.not_after)
                    for key in records.reply_keys(session)
                ),
            ),
        ),
        questionnaire=parse_questionnaire(questionnaire.raw).reference,
    )
