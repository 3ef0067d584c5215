"""The newest keyring, and the key pair of this portal."""

import secrets
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, delete, insert, select

from crypto import signing
from portal.errors import Refused
from portal.store.schema import instance, keyring

_CURRENT = select(keyring)


@dataclass(frozen=True, slots=True)
class Files:
    """keyring.json and keyring.sig as published."""

    serial: int
    raw: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Instance:
    """The key pair that signs intake bundles. ``repr`` does not show the secret half."""

    public: bytes
    seed: bytes

    @classmethod
    def fresh(cls) -> Self:
        """Return a new random key pair."""
        seed = secrets.token_bytes(signing.SEED)
        return cls(signing.public_key(seed), seed)

    def __repr__(self) -> str:
        return "Instance(…)"


def current(connection: Connection) -> Files | None:
    """Return the newest keyring, or None before the portal has accepted its first keyring."""
    row = connection.execute(_CURRENT).one_or_none()
    return None if row is None else Files(row.serial, row.raw, row.signature)


def replace(connection: Connection, files: Files) -> None:
    """Store this keyring in place of the previous keyring."""
    connection.execute(delete(keyring))
    connection.execute(insert(keyring).values(serial=files.serial, raw=files.raw, signature=files.signature))


def key_pair(connection: Connection) -> Instance | None:
    """Return the portal's own key pair, or None before `portal init`."""
    row = connection.execute(select(instance.c.public, instance.c.seed)).one_or_none()
    return None if row is None else Instance(row.public, row.seed)


def keep_key_pair(connection: Connection, keys: Instance) -> None:
    """Store the portal's own key pair. Raises Refused if the portal already has a key pair."""
    if found := key_pair(connection):
        raise Refused(
            f"this portal already exists; its fingerprint is {signing.fingerprint(found.public)}",
            "nothing was changed; for a new portal, set another `database`",
        )
    connection.execute(insert(instance).values(public=keys.public, seed=keys.seed))


def lock(connection: Connection) -> Instance:
    """Lock out other exports and imports until the transaction ends, and return the key pair.

    Waits until a running export or import has ended.
    """
    row = connection.execute(select(instance.c.public, instance.c.seed).with_for_update()).one()
    return Instance(row.public, row.seed)
