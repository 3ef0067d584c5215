"""Check that a backup has exactly the files that are recorded in its vault."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import backup, base64url
from crypto.backup import Backup, File, Listed
from crypto.errors import CryptoError, Tampered
from inbox.keys import key_store
from inbox.language.errors import FileRefused, Refused
from inbox.language.messages import sentence
from inbox.law.folders import Folders
from inbox.session import journal
from inbox.system import given_files
from inbox.system.home import Home
from inbox.vault import queries_cases, queries_exchange
from inbox.vault.tables import IntakeKey, LawFolder, Office, OutboxBundle

LIST = "backup.json"
# The list has a line for each attachment.
_LARGEST = 256 << 20
# Canonical JSON: its keys are in the order of ``crypto.backup``.
_BEGINNING = re.compile(
    rb'\{"v":1,"kind":"backup","backup":\{"day":"(?P<day>[-0-9]{10})","journal":\{"n":(?P<n>[0-9]{1,16}),'
)
_LONGEST_BEGINNING = 256


def read(folder: Path) -> Listed:
    """Return the list of the backup in a folder, not yet checked; raise Refused if the folder has no list."""
    try:
        return backup.parse(given_files.content(folder / LIST, _LARGEST))
    except (CryptoError, FileRefused, OSError):
        raise Refused(
            sentence("{folder} is not a backup of an inbox", folder=folder),
            sentence("give the folder that contains backup.json"),
        ) from None


def check(listed: Listed, key: bytes) -> None:
    """Raise Refused unless the list was made with ``key``, the key of its inbox (32 bytes)."""
    try:
        listed.check(key)
    except Tampered:
        raise Refused(
            sentence("the list of this backup was changed, or belongs to another backup"),
            sentence("look for another copy of the backup; keep this one, and find out who had access to it"),
        ) from None


def newer_beside(folder: Path, found: Backup) -> date | None:
    """Return the day of the newest backup here that claims to be newer than this backup, or None.

    Only the beginning of each list is read, because the lists of other backups are not verified and the vault
    is open.
    """
    days = []
    for path in folder.absolute().parent.glob(f"*/{LIST}"):
        with suppress(FileRefused, OSError, ValueError), given_files.opened(path) as file:
            if says := _BEGINNING.match(file.read(_LONGEST_BEGINNING)):
                day, n = date.fromisoformat(says["day"].decode()), int(says["n"])
                days += [day] if (day, n) > (found.day, found.journal.n) else []
    return max(days, default=None)


def known(home: Home, session: Session) -> set[str]:
    """Return the names of the files that are recorded in the vault, except header and vault.

    Reads only columns that vaults of all versions have.
    """
    channel = session.scalars(select(Office.channel)).one()
    waiting = session.scalars(select(OutboxBundle.n).where(OutboxBundle.applied.is_(None)))
    paths = [home.outbox_bundle(channel, n) for n in waiting]
    paths += map(home.attachment, queries_cases.attachment_ids(session))
    paths += map(home.envelope, queries_exchange.envelope_hashes(session))
    laws = Folders(home.laws)
    paths += [path for each in session.scalars(select(LawFolder.hash)) for path in laws.paths(each)]
    return set(map(home.name_of, paths))


def altered(files: Iterable[File]) -> set[str]:
    """Return the names of the altered envelopes, whose hashes differ from their names."""
    envelopes = [file for file in files if file.name.startswith("unopened/")]
    return {file.name for file in envelopes if Path(file.name).stem != base64url.encode(file.hash)}


def check_complete(home: Home, session: Session, generation: int, found: Backup) -> None:
    """Raise Refused unless a backup holds exactly the files recorded in its vault of this ``generation``.

    Files that were already missing when the backup was made are accepted. Raises KeyStoreDamaged.
    """
    base = {home.name_of(home.header), home.name_of(home.vault(generation))}
    names, expected = {file.name for file in found.files}, known(home, session)
    lost = (expected - names) | altered(found.files)
    contents = key_store.load(home, session)
    intake = session.scalars(select(IntakeKey.id).where(IntakeKey.destroyed.is_(None)))
    holds = (
        base <= names <= base | expected,
        lost <= set(found.faults),
        set(intake) <= {each.id for each in contents.intake},
        queries_cases.attachment_ids(session) <= {each.id for each in contents.attachments},
        journal.head(session) == found.journal,
    )
    if not all(holds):
        raise Refused(
            sentence("the backup does not contain exactly the files that its own vault lists"),
            sentence("look for another copy of the backup and the key store"),
        )
