"""vault.json: which sharing opens which vault, in strict JSON with a checksum."""

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from crypto import exercise, shares
from crypto.errors import CryptoError
from crypto.shape import binary, integer, one_of, optional, record
from inbox.language.errors import HeaderDamaged

SHARING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The id of the sharing (16 random bytes), its quorum, and the generation of the vault that it opens.

    ``identifier`` (15 bits) is part of each share's words, so it is known even if words are typed from a
    sheet. The header names nobody, because the names of the officers are in the vault. ``exercise`` is
    ``exercise.WORDS`` in the home of an exercise, and otherwise None.
    """

    sharing: bytes
    identifier: int
    quorum: int
    generation: int
    exercise: str | None = None

    @property
    def is_exercise(self) -> bool:
        """Whether this is the home of an exercise. Only a vault that agrees proves it."""
        return self.exercise is not None


@dataclass(frozen=True, slots=True)
class _Checked:
    vault: Header
    check: bytes


_HEADER = record(
    Header,
    {
        "sharing": binary(SHARING),
        "identifier": integer(0, shares.IDENTIFIERS - 1),
        "quorum": integer(1, shares.LARGEST_COUNT),
        "generation": integer(1),
        "exercise": optional(one_of(exercise.WORDS)),
    },
)
_FILE = record(_Checked, {"vault": _HEADER, "check": binary(32)}, kind="vault")


def encode(header: Header) -> bytes:
    """Return the bytes of vault.json."""
    return _FILE.encode(_Checked(header, _check(header)))


@lru_cache(maxsize=1)  # Cached, because the same bytes are read before each action.
def parse(raw: bytes) -> Header:
    """Return the header; raises HeaderDamaged if any byte has changed since it was written."""
    try:
        file = _FILE.parse(raw)
    except CryptoError:
        raise HeaderDamaged from None
    if file.check != _check(file.vault):
        raise HeaderDamaged
    return file.vault


def name(sharing: bytes) -> str:
    """Return the four letters by which people tell sharings apart."""
    return base64.b32encode(sharing)[:4].decode("ascii")


def _check(header: Header) -> bytes:
    """Return the checksum, which distinguishes damage from a wrong passphrase but stops no attacker."""
    return hashlib.sha256(_HEADER.encode(header)).digest()
