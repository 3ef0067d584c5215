"""The list of the files in a backup, authenticated by a key derived from the master secret (SPEC 9.8)."""

import hmac
from dataclasses import dataclass
from datetime import date

from crypto import shape
from crypto.errors import Malformed, Tampered
from crypto.journal import Head
from crypto.shape import binary, integer, list_of, record, text

_NAME = "|".join(
    (
        r"vault\.json",
        r"vault-[1-9][0-9]{0,9}\.sqlite",
        r"(attachments|unopened)/[A-Za-z0-9_-]{1,64}\.age",
        r"outbox/[a-z0-9-]{1,64}\.tar",
        r"law/[0-9a-f]{64}/[a-z]{1,32}\.toml",
    )
)
_LONGEST = 106
_MOST = 10_000_000
_HASH = 32


@dataclass(frozen=True, slots=True)
class File:
    """A file of a backup: its path in the inbox's home, and its SHA-256."""

    name: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The contents of a backup: its day, the head of its journal, its files, and its key store.

    ``keystore`` is the generation of the key store, and ``keystore_hash`` is its SHA-256. ``faults`` names
    each file in the vault's list that had changed in the home or was missing there.
    """

    day: date
    journal: Head
    keystore: int
    keystore_hash: bytes
    faults: tuple[str, ...]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as read from a backup. Do not trust the list before ``check`` returns."""

    backup: Backup
    mac: bytes

    def check(self, key: bytes) -> None:
        """Raise Tampered unless the list was made under this key (``passphrase.backup_key``)."""
        if not hmac.compare_digest(_mac(key, self.backup), self.mac):
            raise Tampered("the list of the backup was changed, or was made under another key")


_FILE = record(File, {"name": text(_LONGEST, _NAME), "hash": binary(_HASH)})
_HEAD = record(Head, {"n": integer(0), "hash": binary(_HASH)})
_BACKUP = record(
    Backup,
    {
        "day": shape.day,
        "journal": _HEAD,
        "keystore": integer(1),
        "keystore_hash": binary(_HASH),
        "faults": list_of(text(_LONGEST, _NAME), _MOST),
        "files": list_of(_FILE, _MOST),
    },
)
LISTED = record(Listed, {"backup": _BACKUP, "mac": binary(_HASH)}, kind="backup")


def encode(backup: Backup, key: bytes) -> bytes:
    """Return the bytes of backup.json, authenticated with ``key`` (32 bytes, ``passphrase.backup_key``)."""
    return LISTED.encode(Listed(backup, _mac(key, backup)))


def parse(raw: bytes) -> Listed:
    """Return the list of a backup, not yet checked.

    Raise Malformed if the list is not in the form of SPEC 9.8 or names a file twice.
    """
    listed = LISTED.parse(raw)
    files = listed.backup.files
    if len({file.name for file in files}) < len(files):
        raise Malformed("the list of the backup names a file twice")
    return listed


def _mac(key: bytes, backup: Backup) -> bytes:
    return hmac.digest(key, _BACKUP.encode(backup), "sha256")
