"""Share files: one officer's share, sealed under a passphrase, in strict JSON (SPEC 9.1)."""

import secrets
from dataclasses import dataclass, field

from crypto import passphrase, shares
from crypto.errors import CryptoError, NotForUs
from crypto.journal import LONGEST_OFFICER, OFFICER
from crypto.shape import binary, integer, one_of, record, text
from inbox.keys.vault_header import SHARING
from inbox.language.errors import ShareDamaged, TooLittleMemory, WrongPassphrase

# A damaged or planted file with larger limits would only exhaust the machine.
_MOST_OPSLIMIT = 64
_MOST_MEMLIMIT = 4 << 30
# The longest words of SLIP-39 have 8 letters. Padding makes all files the same size, whatever the words.
_PADDED = shares.WORDS * 9

Limits = tuple[int, int]
LIMITS: Limits = (passphrase.OPSLIMIT, passphrase.MEMLIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFile:
    """A share sealed under its officer's passphrase.

    ``limits`` are the limits of Argon2id: the number of operations, and the memory in bytes.
    """

    sharing: bytes
    officer: str
    kdf: str
    salt: bytes
    opslimit: int
    memlimit: int
    sealed: bytes = field(repr=False)


_SHARE = record(
    ShareFile,
    {
        "sharing": binary(SHARING),
        "officer": text(LONGEST_OFFICER, OFFICER),
        "kdf": one_of("argon2id"),
        "salt": binary(passphrase.SALT),
        "opslimit": integer(passphrase.LEAST_OPSLIMIT, _MOST_OPSLIMIT),
        "memlimit": integer(passphrase.LEAST_MEMLIMIT, _MOST_MEMLIMIT),
        "sealed": binary(_PADDED + passphrase.OVERHEAD),
    },
    kind="share",
)


def seal(words: str, officer: str, sharing: bytes, chosen: str, limits: Limits = LIMITS) -> bytes:
    """Return an officer's share file, sealed under the passphrase ``chosen``; raises TooLittleMemory."""
    salt = secrets.token_bytes(passphrase.SALT)
    key = _stretched(chosen, salt, limits)
    file = ShareFile(
        sharing=sharing,
        officer=officer,
        kdf="argon2id",
        salt=salt,
        opslimit=limits[0],
        memlimit=limits[1],
        sealed=passphrase.wrap(words.ljust(_PADDED).encode("ascii"), key),
    )
    return _SHARE.encode(file)


def parse(raw: bytes) -> ShareFile:
    """Return the share file; raises ShareDamaged if the bytes are not a share file."""
    try:
        return _SHARE.parse(raw)
    except CryptoError:
        raise ShareDamaged from None


def sharing_of(raw: bytes) -> bytes | None:
    """Return the id of the sharing that a share file belongs to; None if the bytes are not a share file."""
    try:
        return parse(raw).sharing
    except ShareDamaged:
        return None


def unseal(file: ShareFile, given: str) -> str:
    """Return the words of a share; raises WrongPassphrase, ShareDamaged or TooLittleMemory."""
    key = _stretched(given, file.salt, (file.opslimit, file.memlimit))
    try:
        return shares.normal(passphrase.unwrap(file.sealed, key).decode("ascii"))
    except NotForUs:
        raise WrongPassphrase(file.officer) from None
    except CryptoError:
        raise ShareDamaged from None


def _stretched(given: str, salt: bytes, limits: Limits) -> bytes:
    opslimit, memlimit = limits
    try:
        return passphrase.stretch(given, salt, opslimit=opslimit, memlimit=memlimit)
    except MemoryError:
        raise TooLittleMemory(memlimit) from None
