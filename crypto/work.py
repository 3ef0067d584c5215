"""Work that pays for an envelope, without asking: a puzzle over its own header (SPEC 7.6)."""

import hashlib
import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from typing import Self

from crypto import age, base64url, primitives
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
_PAYMENT = re.compile(r"([\w-]{43})\.([\w-]{43})\.(0|[1-9]\d{0,9})", re.ASCII)


class Unsolved(CryptoError):
    """The counter does not solve the puzzle: its header, channel, class, seed or cost may be another."""


class SizeClass(IntEnum):
    """What a puzzle is for: an envelope of the size of a text, or a larger one."""

    TEXT = 0
    FILES = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """Iterations in each try, of which a solution takes 256 on average, by size class."""

    text: int
    files: int

    def of(self, size_class: SizeClass) -> int:
        """Return the cost for a size class."""
        return self.files if size_class is SizeClass.FILES else self.text


@dataclass(frozen=True, slots=True)
class Offer:
    """What everybody is asked for within an hour: ``seed`` is 32 bytes."""

    seed: bytes
    cost: Cost


_ITERATIONS = integer(1, MOST_COST)
OFFER = record(
    Offer, {"seed": binary(_KEY), "cost": record(Cost, {"text": _ITERATIONS, "files": _ITERATIONS})}, "work"
)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Find a counter whose try begins with a zero byte; ``seed`` and ``header_hash`` are 32 bytes each."""

    seed: bytes
    header_hash: bytes
    channel: str
    size_class: SizeClass
    cost: int

    def check(self, counter: int) -> None:
        """Raise Unsolved unless ``counter`` solves it."""
        if self._attempt(counter)[0]:
            raise Unsolved("work is not done")

    def solve(self) -> int:
        """Return the least counter that solves it."""
        return next(counter for counter in count() if not self._attempt(counter)[0])

    def _attempt(self, counter: int) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", counter.to_bytes(4, "big"), self._salt, self.cost, _KEY)

    @property
    def _salt(self) -> bytes:
        channel = self.channel.encode("ascii").ljust(_CHANNEL, b"\0")
        parts = (_SALT_LABEL, b"\0", self.seed, channel, bytes([self.size_class]), self.header_hash)
        return hashlib.sha256(b"".join(parts)).digest()


@dataclass(frozen=True, slots=True)
class Payment:
    """What a creation carries: the seed (32 bytes), the hash of the envelope's header (32), the counter."""

    seed: bytes
    header_hash: bytes
    counter: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the payment that a header's value stands for; Malformed for any other form."""
        found = _PAYMENT.fullmatch(text)
        if not found or (counter := int(found[3])) >= _COUNTERS:
            raise Malformed("proof of work has an unexpected form")
        return cls(base64url.decode(found[1]), base64url.decode(found[2]), counter)

    def encode(self) -> str:
        """Return the header's value."""
        return f"{base64url.encode(self.seed)}.{base64url.encode(self.header_hash)}.{self.counter}"


def seed(secret: bytes, deployment: bytes, hour: int) -> bytes:
    """Return the 32 bytes of an hour, counted since 1970; ``secret`` is the seed of the instance key."""
    info = _SEED_LABEL + b"\0" + hour.to_bytes(4, "big")
    return primitives.derive(secret, salt=deployment, info=info)


def upload_id(secret: bytes, deployment: bytes, header_hash: bytes) -> bytes:
    """Return the 16 bytes by which a portal finds the upload under a header again."""
    return primitives.derive(secret, salt=deployment, info=_UPLOAD_LABEL + b"\0" + header_hash)[:_UPLOAD]


def header_hash(envelope: bytes) -> bytes:
    """Return the SHA-256 of the header of an envelope, of which at least that is given."""
    return hashlib.sha256(envelope[: age.ENVELOPE_HEADER]).digest()
