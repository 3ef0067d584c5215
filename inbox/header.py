"""vault.json: how an officer's passphrase becomes the key of the vault, strict JSON with a checksum."""

import hashlib
from dataclasses import dataclass

from crypto import passphrase
from crypto.errors import CryptoError
from crypto.shape import binary, integer, list_of, one_of, record, text
from inbox.errors import HeaderDamaged

# Beyond these a damaged or planted header would only exhaust the machine.
_MOST_OPSLIMIT = 64
_MOST_MEMLIMIT = 4 << 30
_MOST_OFFICERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """One who can help to open the vault: a name, and a secret wrapped under that person's passphrase."""

    name: str
    kdf: str
    salt: bytes
    opslimit: int
    memlimit: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """All officers, and how many of them it takes."""

    quorum: int
    officers: tuple[Officer, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    vault: Header
    check: bytes


_OFFICER = record(
    Officer,
    {
        "name": text(64),
        "kdf": one_of("argon2id"),
        "salt": binary(passphrase.SALT),
        "opslimit": integer(passphrase.LEAST_OPSLIMIT, _MOST_OPSLIMIT),
        "memlimit": integer(passphrase.LEAST_MEMLIMIT, _MOST_MEMLIMIT),
        "sealed": binary(passphrase.WRAPPED),
    },
)
_HEADER = record(
    Header,
    {"quorum": integer(1, _MOST_OFFICERS), "officers": list_of(_OFFICER, _MOST_OFFICERS)},
)
_FILE = record(_Checked, {"vault": _HEADER, "check": binary(32)}, kind="vault")


def encode(header: Header) -> bytes:
    """Return the bytes of vault.json."""
    return _FILE.encode(_Checked(header, _check(header)))


def parse(raw: bytes) -> Header:
    """Return the header; HeaderDamaged if any byte is not as it was written."""
    try:
        file = _FILE.parse(raw)
    except CryptoError:
        raise HeaderDamaged from None
    if file.check != _check(file.vault):
        raise HeaderDamaged
    return file.vault


def _check(header: Header) -> bytes:
    """The checksum tells damage from a wrong passphrase; it is no defence, nor need it be."""
    return hashlib.sha256(_HEADER.encode(header)).digest()
