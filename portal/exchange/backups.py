"""Sealed backups of the portal, and the new portal that is made from a backup (SPEC 8.6).

A backup contains no reports, so a withdrawn or expired report cannot come back from a backup. Nor do waiting
reports change the content or the size of a backup. To save reports, export them. THREAT_MODEL gives the
reasons.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from crypto import age, bundle, hybrid, padding, portal_backup, signing
from crypto.archive import Member
from crypto.bundle import KEYRING, KEYRING_SIGNATURE, Manifest
from crypto.errors import CryptoError, Malformed
from crypto.portal_backup import Backup
from crypto.recipients import HybridIdentity, HybridRecipient
from portal import files
from portal.config import Settings
from portal.errors import Refused, why
from portal.exchange import keyrings
from portal.exchange.keyrings import Offered
from portal.store import backups, database
from portal.store import keyrings as kept
from portal.store import outboxes as applied
from portal.store.database import Database
from portal.store.expiry import Term
from portal.store.keyrings import Files, Instance, keep_key_pair, key_pair
from portal.typed import typed

# The number of days for which a backup can be restored. An older backup has a keyring that has expired.
DAYS = 35
_BLOCK = 256 << 10
_LARGEST_KEY = 8 << 10
_SLOT = age.sealed_size(padding.SLOT)
_ANOTHER = "nothing was changed; copy the backup again, or restore another one"


@dataclass(frozen=True, slots=True)
class Source:
    """A backup to be restored: its file, the key that opens it, and the fingerprint of the lost portal."""

    path: Path
    identity: HybridIdentity
    fingerprint: str


def make_key(private: Path, public: Path) -> None:
    """Write a new key pair for backups. Raises Refused if a file exists or cannot be written."""
    identity = HybridIdentity.from_seed(secrets.token_bytes(hybrid.SEED))
    for path in (private, public):
        _refuse_to_replace(path)
    _save(private, [f"{identity.encode()}\n".encode("ascii")])
    _save(public, [f"{identity.recipient().encode()}\n".encode("ascii")])


def public_key(path: Path) -> HybridRecipient:
    """Return the public key in a file. Raises Refused."""
    with _explained(path, "name the file with the public key that `portal backup key` made"):
        return HybridRecipient.parse(_line(path))


def private_key(path: Path) -> HybridIdentity:
    """Return the private key in a file. Raises Refused."""
    with _explained(path, "name the file with the private key that `portal backup key` made"):
        return HybridIdentity.parse(_line(path))


def make(store: Database, settings: Settings, recipient: HybridRecipient, out: Path, today: date) -> None:
    """Write a backup, sealed to ``recipient``, to the new file ``out``. Raises Refused."""
    _refuse_to_replace(out)
    # One transaction reads all rows, so that all rows belong to the same moment. Until this transaction
    # ends, deleted bytes cannot be overwritten. The delay is short, because no envelopes are read.
    with store.read() as connection:
        keys, keyring = key_pair(connection), kept.current(connection)
        if keys is None or keyring is None:
            raise Refused("the portal has no keyring yet", f"first run {typed('keyring FOLDER')}")
        outboxes = [(outbox, len(raw)) for outbox, raw in backups.applied_outboxes(connection)]
        backup = Backup(
            deployment=settings.deployment_id,
            instance_key=keys.public,
            made=today,
            keyring=hashlib.sha256(keyring.raw).digest(),
            outboxes=tuple(outbox for outbox, _ in outboxes),
            cases=tuple(
                replace(case, slot=None if slot is None else hashlib.sha256(slot).digest())
                for case, slot in backups.cases_and_slots(connection, today)
            ),
            withdrawn=tuple(backups.waiting_withdrawals(connection)),
        )
        manifest = portal_backup.sign(backup, keys.seed)
        slots = sum(case.slot is not None for case in backup.cases)
        sizes = [len(keyring.raw), len(keyring.signature), *(size for _, size in outboxes), *[_SLOT] * slots]
        content = portal_backup.write(
            manifest, _members(connection, keyring, today), bundle.size(manifest, sizes)
        )
        _save(out, age.seal(content, [recipient]))


def restore(settings: Settings, source: Source, today: date) -> Instance:
    """Make the database of a new portal from a backup; return the key that signs its bundles from now on.

    Raises Refused, and changes nothing, unless the whole backup is valid and there is no portal yet.
    """
    with _explained(source.path, _ANOTHER):
        backup, offered = _verify(settings, source, today)
        # The new portal has a new key and new numbers, because the lost portal may have made bundles after
        # the backup.
        keys = Instance.fresh()

        def fill(connection: Connection) -> None:
            keep_key_pair(connection, keys)
            kept.replace(connection, Files(offered.keyring.serial, offered.raw, offered.signature))
            _fill(connection, source, backup, Term(today, settings.closed_days))

        database.create(settings.database_url, fill).close()
    return keys


def _verify(settings: Settings, source: Source, today: date) -> tuple[Backup, Offered]:
    """Read the whole backup and check each signature and digest."""
    with _reading(source) as (manifest, members):
        backup = portal_backup.open_backup(manifest, settings.deployment_id)
        found = signing.fingerprint(backup.instance_key)
        if not signing.is_same_fingerprint(found, source.fingerprint):
            raise Refused(
                f"{source.path.name} is from a portal with the fingerprint {found}",
                "compare this fingerprint with the one that was noted when the portal was made",
            )
        _check_age(backup.made, today)
        checked = bundle.checked(members, backup.files())
        raw, signature = (_content(next(checked)) for _ in (KEYRING, KEYRING_SIGNATURE))
        offered = keyrings.check(raw, signature, settings)
        for member in checked:
            _content(member)
    return backup, offered


def _check_age(made: date, today: date) -> None:
    if made > today:
        raise Refused(f"the backup was made in the future, on {made}", "set this machine's clock")
    if today > made + timedelta(DAYS):
        raise Refused(
            f"the backup of {made} is older than {DAYS} days",
            f"destroy this backup, and make a new portal with {typed('init')}: the inbox sends the open cases"
            " to it",
        )


def _fill(connection: Connection, source: Source, backup: Backup, term: Term) -> None:
    """Store the rows. The file is read a second time for this, and is checked against the manifest again."""
    with _reading(source) as (_, members):
        checked = bundle.checked(members, backup.files())
        for _ in (KEYRING, KEYRING_SIGNATURE):
            _content(next(checked))
        for outbox in backup.outboxes:
            manifest = Manifest(_content(next(checked)), outbox.signature)
            applied.record(connection, outbox.channel, outbox.n, manifest, outbox.day, restored=True)
        for case in backup.cases:
            slot = None if case.slot is None else _content(next(checked))
            backups.put_case(connection, case, slot, term)
        backups.put_withdrawals(connection, backup.withdrawn)


@contextmanager
def _reading(source: Source) -> Iterator[tuple[Manifest, Iterator[Member]]]:
    with files.opened(source.path) as file:
        sealed = iter(lambda: file.read(_BLOCK), b"")
        yield portal_backup.read(age.unseal(sealed, [source.identity]))


def _members(connection: Connection, keyring: Files, today: date) -> Iterator[Member]:
    """Yield the files of a backup in the order of its manifest."""
    yield _member(KEYRING, keyring.raw)
    yield _member(KEYRING_SIGNATURE, keyring.signature)
    for outbox, raw in backups.applied_outboxes(connection):
        yield _member(portal_backup.outbox_name(outbox.channel, outbox.n), raw)
    for case, slot in backups.cases_and_slots(connection, today):
        if slot is not None:
            yield _member(bundle.slot_name(case.case_id), slot)


def _member(name: str, content: bytes) -> Member:
    return Member(name, len(content), iter([content]))


def _content(member: Member) -> bytes:
    if member.size > bundle.LARGEST_MANIFEST:
        raise Malformed("backup holds a file that is too large")
    return b"".join(member.data)


def _line(path: Path) -> str:
    return files.read(path, _LARGEST_KEY).decode("ascii", errors="replace").strip()


def _refuse_to_replace(path: Path) -> None:
    if path.exists():
        raise Refused(f"{path} already exists", "name another file: nothing is overwritten")


def _save(path: Path, pieces: Iterable[bytes]) -> None:
    try:
        files.write(path, pieces)
        files.set_fixed_time(path)
    except OSError as error:
        raise Refused(f"{path} was not written: {why(error)}", "check the path and the free space") from error


@contextmanager
def _explained(path: Path, hint: str) -> Iterator[None]:
    try:
        yield
    except CryptoError as error:
        raise Refused(f"{path.name} refused: {error}", hint) from error
    except OSError as error:
        raise Refused(f"{path} was not read: {why(error)}", hint) from error
