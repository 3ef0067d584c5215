"""How an inbox begins: every key made, the home built aside, then put in place in one move."""

import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import keyring, messages, passphrase, questionnaire, signing
from crypto.hybrid import SEED
from crypto.recipients import HybridIdentity
from inbox import disk, header, keyrings, keystore, officers, vault
from inbox.errors import HomeRefused, Refused
from inbox.home import Home
from inbox.keystore import IntakeSecret, KeyStore
from inbox.schema import IntakeKey, Office, QuestionnaireFile, ReplyKey

EPOCH = timedelta(days=90)
ANSWER_DAYS = 14
_OFFICER = "officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """What people decide before an inbox begins; ``questionnaire`` is the TOML file."""

    name: str
    channel: str
    name_fr: str
    name_en: str
    note_fr: str
    note_en: str
    questionnaire: bytes


@dataclass(frozen=True, slots=True)
class Founded:
    """What the portal needs to know: deployment id (16 bytes), root key (32 bytes)."""

    deployment: bytes
    root_key: bytes


def check_free(root: Path) -> None:
    """Raise HomeRefused if something is at ``root`` already."""
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise HomeRefused(f"{root} is already there, nothing was changed", "choose another --home")


def found(
    root: Path,
    charter: Charter,
    chosen: str,
    *,
    today: date,
    limits: tuple[int, int] = (passphrase.OPSLIMIT, passphrase.MEMLIMIT),
) -> Founded:
    """Make the inbox in the folder ``root`` for one officer, whose passphrase is ``chosen``.

    ``limits`` are the operations and bytes of Argon2id. Until the last step nothing is at ``root``: an
    interrupted ceremony is begun again. Raises HomeRefused, Refused or Malformed.
    """
    check_free(root)
    officers.check_length(chosen)
    if not re.fullmatch(messages.CHANNEL, charter.channel):
        raise Refused(
            "the channel id has an unexpected form", "use a-z, 0-9 and -, from a letter, at most 32"
        )
    aside = Home(root.absolute().with_name(f".{root.absolute().name}.{secrets.token_hex(8)}{disk.PART}"))
    root.absolute().parent.mkdir(parents=True, exist_ok=True)
    try:
        founded = _build(aside, charter, chosen, today=today, limits=limits)
        for folder in (*aside.folders, aside.root):
            disk.sync_folder(folder)
        aside.root.rename(root)
    finally:
        shutil.rmtree(aside.root, ignore_errors=True)
    disk.sync_folder(root.absolute().parent)
    return founded


def _build(aside: Home, charter: Charter, chosen: str, *, today: date, limits: tuple[int, int]) -> Founded:
    for folder in (aside.root, *aside.folders):
        disk.make_folder(folder)
    master = secrets.token_bytes(officers.MASTER)
    opened = vault.create(aside.vault, passphrase.vault_key(master))
    try:
        with opened.transaction() as session:
            founded = _fill(aside, session, charter, today)
    finally:
        opened.close()
    appointed = officers.appoint(_OFFICER, master, chosen, opslimit=limits[0], memlimit=limits[1])
    disk.write(aside.header, [header.encode(appointed)])
    return founded


def _fill(aside: Home, session: Session, charter: Charter, today: date) -> Founded:
    root_seed = secrets.token_bytes(signing.SEED)
    deployment = secrets.token_bytes(signing.DEPLOYMENT)
    asked = questionnaire.parse(charter.questionnaire)
    session.add(
        QuestionnaireFile(hash=asked.hash, id=asked.id, version=asked.version, raw=charter.questionnaire)
    )
    session.flush()
    session.add(
        Office(
            deployment=deployment,
            name=charter.name,
            root_seed=root_seed,
            channel=charter.channel,
            name_fr=charter.name_fr,
            name_en=charter.name_en,
            note_fr=charter.note_fr,
            note_en=charter.note_en,
            questionnaire=asked.hash,
            answer_days=ANSWER_DAYS,
        )
    )
    session.add(_reply_key(today))
    secret = _intake_secret(today)
    session.add(_intake_key(secret))
    session.flush()
    keystore.save(aside, session, KeyStore((secret,), ()))
    first = keyrings.issue(session, today)
    root_key = signing.public_key(root_seed)
    # Writing does not check the lengths of names; what no page would read must not be founded.
    keyring.open_keyring(first.raw, first.signature, root_key=root_key, deployment=deployment)
    return Founded(deployment, root_key)


def _intake_secret(today: date) -> IntakeSecret:
    seed = secrets.token_bytes(SEED)
    key_id = HybridIdentity.from_seed(seed).recipient().key_id
    return IntakeSecret(key_id, seed, today, today + EPOCH)


def _intake_key(secret: IntakeSecret) -> IntakeKey:
    recipient = HybridIdentity.from_seed(secret.seed).recipient()
    return IntakeKey(
        id=secret.id,
        recipient=recipient.encode(),
        not_before=secret.not_before,
        not_after=secret.not_after,
    )


def _reply_key(today: date) -> ReplyKey:
    seed = secrets.token_bytes(signing.SEED)
    key = signing.public_key(seed)
    return ReplyKey(
        id=keyring.reply_key_id(key), key=key, seed=seed, not_before=today, not_after=today + EPOCH
    )
