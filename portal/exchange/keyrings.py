"""The keyring that the portal publishes, and when a newer keyring replaces it (SPEC 6)."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection

from crypto import keyring
from crypto.errors import CryptoError
from crypto.keyring import KEYRING, Keyring, KeyringExpired
from crypto.signing import LARGEST_FILE
from portal import files
from portal.config import Settings
from portal.errors import Refused, why
from portal.store import keyrings
from portal.store.database import Database
from portal.store.keyrings import Files


class Outcome(Enum):
    """How the portal treated the offered keyring, if a keyring was offered."""

    TAKEN = "taken"
    KNOWN = "known"
    OLDER = "older"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Offered:
    """A keyring with a valid root signature, and its files."""

    keyring: Keyring
    raw: bytes
    signature: bytes


def current(connection: Connection) -> Keyring | None:
    """Return the keyring in use, or None if there is no keyring.

    The keyring was verified when the portal accepted it.
    """
    kept = keyrings.current(connection)
    return None if kept is None else _parsed(kept.raw)


def check(raw: bytes, signature: bytes, settings: Settings) -> Offered:
    """Return the keyring of these files; raises Malformed or Tampered unless the root key signed it."""
    opened = keyring.open_keyring(
        raw, signature, root_key=settings.root_public, deployment=settings.deployment_id
    )
    return Offered(opened, raw, signature)


def offer(connection: Connection, offered: Offered) -> Outcome:
    """Replace the keyring in use if the serial of ``offered`` is higher."""
    present = keyrings.current(connection)
    serial = offered.keyring.serial
    if present and present.serial >= serial:
        return Outcome.KNOWN if present.raw == offered.raw else Outcome.OLDER
    keyrings.replace(connection, Files(serial, offered.raw, offered.signature))
    return Outcome.TAKEN


def load(database: Database, folder: Path, settings: Settings, today: date) -> tuple[Keyring, Outcome]:
    """Publish the keyring of a folder with keyring.json and keyring.sig; raises Refused if it is invalid."""
    raw, signature = (_read(folder / name) for name in ("keyring.json", "keyring.sig"))
    try:
        offered = check(raw, signature, settings)
        if today > offered.keyring.valid_until:
            raise KeyringExpired(f"it expired on {offered.keyring.valid_until}")
    except CryptoError as error:
        raise Refused(
            f"the keyring was refused: {error}",
            "export the keyring again: `inbox exchange keyring --out FOLDER`",
        ) from error
    with database.write() as connection:
        keyrings.lock(connection)
        outcome = offer(connection, offered)
    if outcome is Outcome.OLDER:
        raise Refused(
            f"the keyring was refused: serial {offered.keyring.serial} is not higher than the serial in use",
            "export the newest keyring: `inbox exchange keyring --out FOLDER`",
        )
    return offered.keyring, outcome


def _read(path: Path) -> bytes:
    try:
        return files.read(path, LARGEST_FILE)
    except OSError as error:
        raise Refused(
            f"{path} was not read: {why(error)}", "name a folder with keyring.json and keyring.sig"
        ) from error


@lru_cache(maxsize=2)
def _parsed(raw: bytes) -> Keyring:
    return KEYRING.parse(raw)
