"""The key store: a small sealed file with the secrets that can be destroyed.

Each change rewrites the file under a fresh key. The vault records which generation is valid, and the key
that opens it. A change therefore takes effect when the vault commits: until then, the older file is valid;
from then on, the newer file.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from crypto import age, shape
from crypto.errors import CryptoError
from crypto.hybrid import KEY_ID, SEED
from crypto.recipients import HybridIdentity
from crypto.shape import binary, list_of, record
from inbox.language.errors import FileRefused, KeyStoreDamaged
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault.tables import KeyStoreKey

ATTACHMENT_ID = 16
FIRST = 1
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class IntakeSecret:
    """The seed of an intake key, with its first and last day."""

    id: bytes
    seed: bytes = field(repr=False)
    not_before: date
    not_after: date


@dataclass(frozen=True, slots=True)
class AttachmentSecret:
    """The seed of the key to which one attachment is sealed."""

    id: bytes
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The contents of the file."""

    intake: tuple[IntakeSecret, ...]
    attachments: tuple[AttachmentSecret, ...]

    @property
    def intake_digest(self) -> bytes:
        """SHA-256 over the ids of the intake keys; it changes when a key is added or removed."""
        return hashlib.sha256(b"".join(sorted(key.id for key in self.intake))).digest()

    def attachment_seed(self, attachment_id: bytes) -> bytes | None:
        """Return the seed of an attachment, or None if it was destroyed."""
        return next((each.seed for each in self.attachments if each.id == attachment_id), None)

    def with_intake(self, secret: IntakeSecret) -> "KeyStore":
        """Return this key store with one more intake key."""
        return replace(self, intake=(*self.intake, secret))

    def without_intake(self, ids: Collection[bytes]) -> "KeyStore":
        """Return this key store without the intake keys with these ids."""
        return replace(self, intake=tuple(secret for secret in self.intake if secret.id not in ids))

    def with_attachments(self, seeds: Mapping[bytes, bytes]) -> "KeyStore":
        """Return this key store with these attachment seeds added; ``seeds`` is keyed by attachment id."""
        more = tuple(AttachmentSecret(attachment_id, seed) for attachment_id, seed in seeds.items())
        return replace(self, attachments=self.attachments + more)

    def without_attachments(self, ids: Collection[bytes]) -> "KeyStore":
        """Return this key store without the seeds of the attachments with these ids."""
        return replace(self, attachments=tuple(each for each in self.attachments if each.id not in ids))


_INTAKE = record(
    IntakeSecret,
    {"id": binary(KEY_ID), "seed": binary(SEED), "not_before": shape.day, "not_after": shape.day},
)
_ATTACHMENT = record(AttachmentSecret, {"id": binary(ATTACHMENT_ID), "seed": binary(SEED)})
_FILE = record(
    KeyStore,
    {"intake": list_of(_INTAKE, _MOST), "attachments": list_of(_ATTACHMENT, _MOST)},
    kind="key-store",
)


def load(home: Home, session: Session) -> KeyStore:
    """Return the valid key store; raise KeyStoreDamaged if the vault's key does not open its file."""
    valid = session.get_one(KeyStoreKey, 1)
    path = home.keystore(valid.generation)
    try:
        with given_files.opened(path) as sealed:
            opened = age.unseal(atomic_files.pieces(sealed), [HybridIdentity.from_seed(valid.seed)])
            return _FILE.parse(b"".join(opened))
    except (CryptoError, FileRefused, FileNotFoundError):
        raise KeyStoreDamaged(path.name) from None


def save(home: Home, session: Session, contents: KeyStore) -> int:
    """Write the next generation and return its number; it becomes valid when ``session`` commits.

    Call ``sweep`` afterwards.
    """
    valid = session.get(KeyStoreKey, 1) or KeyStoreKey(generation=0, seed=b"")
    seed = secrets.token_bytes(SEED)
    sealed = age.seal([_FILE.encode(contents)], [HybridIdentity.from_seed(seed).recipient()])
    atomic_files.write(home.keystore(valid.generation + 1), sealed)
    valid.generation, valid.seed = valid.generation + 1, seed
    session.add(valid)
    return valid.generation


def sweep(home: Home, session: Session) -> None:
    """Delete the files of all generations except the valid one, even the files of interrupted changes."""
    valid = home.keystore(session.get_one(KeyStoreKey, 1).generation)
    if not valid.exists():
        return
    stale = [path for path in home.root.glob("keystore-*.age*") if path != valid]
    for path in stale:
        path.unlink()
    if stale:
        atomic_files.sync_folder(home.root)
