"""Proof of work for an envelope, without a challenge: a puzzle over the envelope's own header (SPEC 7.6)."""

import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import count
from typing import Self

from crypto import age, base64url, padding, primitives
from crypto.errors import CryptoError, Malformed
from crypto.shape import binary, integer, record

MOST_COST = 1_000_000

_SEED_LABEL = b"fanal/1/work-seed"
_SALT_LABEL = b"fanal/1/work-salt"
_UPLOAD_LABEL = b"fanal/1/upload-id"
_KEY = 32
_CHANNEL = 32
_UPLOAD = 16
_COUNTERS = 2**32
# The largest envelope of each size class except the last, in bytes. The first class holds a text; the second
# holds a container of 1 MiB; each further class holds a container four times as large.
_LARGEST_OF = [
    age.sealed_size(each) for each in (padding.SMALLEST, *(mib << 20 for mib in (1, 4, 16, 64, 256)))
]
# The number of leading zero bits in a solution for a text. Each larger size class needs one more bit.
_BITS = 8
_PAYMENT = re.compile(r"([\w-]{43})\.([\w-]{43})\.(0|[1-9]\d{0,9})", re.ASCII)


class Unsolved(CryptoError):
    """The counter does not solve the puzzle. The header, channel, class, seed or cost may have changed."""


def size_class(size: int) -> int:
    """Return the class of an envelope of ``size`` bytes, from 0 to 6. Each class doubles the work."""
    return bisect_left(_LARGEST_OF, size)


@dataclass(frozen=True, slots=True)
class Offer:
    """The parameters of all puzzles in one hour: a 32-byte seed and the iterations per try."""

    seed: bytes
    cost: int


OFFER = record(Offer, {"seed": binary(_KEY), "cost": integer(1, MOST_COST)}, kind="work")


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Find a counter whose try begins with 8 zero bits, and with one more for each size class above 0.

    ``seed`` and ``header_hash`` are 32 bytes each. Class 0 takes 256 tries on average, and each further class
    takes twice as many as the class before it. Checking a solution takes the same work in all classes.
    """

    seed: bytes
    header_hash: bytes
    channel: str
    size_class: int
    cost: int

    def check(self, counter: int) -> None:
        """Raise Unsolved unless ``counter`` solves the puzzle."""
        if not self._is_solved_by(counter):
            raise Unsolved("the counter does not solve the puzzle")

    def solve(self) -> int:
        """Return the smallest counter that solves the puzzle."""
        return next(filter(self._is_solved_by, count()))

    def _is_solved_by(self, counter: int) -> bool:
        attempt = int.from_bytes(self._attempt(counter), "big")
        return attempt >> (8 * _KEY - _BITS - self.size_class) == 0

    def _attempt(self, counter: int) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", counter.to_bytes(4, "big"), self._salt, self.cost, _KEY)

    @property
    def _salt(self) -> bytes:
        channel = self.channel.encode("ascii").ljust(_CHANNEL, b"\0")
        parts = (_SALT_LABEL, b"\0", self.seed, channel, bytes([self.size_class]), self.header_hash)
        return hashlib.sha256(b"".join(parts)).digest()


@dataclass(frozen=True, slots=True)
class Payment:
    """The proof of work of an upload: a seed, the hash of the envelope's header, and a counter."""

    seed: bytes
    header_hash: bytes
    counter: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the proof of work that the value of an HTTP header contains.

        Raise Malformed for any other form.
        """
        found = _PAYMENT.fullmatch(text)
        if not found or (counter := int(found[3])) >= _COUNTERS:
            raise Malformed("proof of work has an unexpected form")
        return cls(base64url.decode(found[1]), base64url.decode(found[2]), counter)

    def encode(self) -> str:
        """Return the value of the HTTP header."""
        return f"{base64url.encode(self.seed)}.{base64url.encode(self.header_hash)}.{self.counter}"


def seed(secret: bytes, deployment: bytes, hour: int) -> bytes:
    """Return the 32-byte seed of ``hour``, counted from 1970; ``secret`` is the instance key's seed."""
    info = _SEED_LABEL + b"\0" + hour.to_bytes(4, "big")
    return primitives.derive(secret, salt=deployment, info=info)


def upload_id(secret: bytes, deployment: bytes, header_hash: bytes) -> bytes:
    """Return the 16-byte id of an upload, derived from the hash of its envelope's header."""
    return primitives.derive(secret, salt=deployment, info=_UPLOAD_LABEL + b"\0" + header_hash)[:_UPLOAD]


def header_hash(envelope: bytes) -> bytes:
    """Return the SHA-256 of an envelope's header; ``envelope`` must hold at least the complete header."""
    return hashlib.sha256(envelope[: age.ENVELOPE_HEADER]).digest()
