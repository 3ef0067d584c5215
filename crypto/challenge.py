"""Work asked of a sender: challenges in the form of altcha, signed so that none has to be kept (SPEC 7.6)."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from crypto import primitives
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered

ALGORITHM = "PBKDF2/SHA-256"
PREFIX = "00"
LABEL = b"fanal/1/challenge"

_HOUR_SECONDS = 3_600
_KEY = 32
_RANDOM = 16
_COUNTERS = 2**32
_NUMBERS = 2**53
_HEX = re.compile(r"(?:[\da-f]{2})+", re.ASCII)


class ChallengeExpired(CryptoError):
    """The challenge is past its hour: ask for another."""


class Unsolved(CryptoError):
    """What was sent does not solve the challenge."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What one solution pays for: an envelope to a channel, of a size class."""

    channel: str
    size_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A task: find a counter whose key, of ``cost`` iterations, begins with ``prefix`` (hexadecimal).

    ``expires`` is an hour, counted since 1970; from then on no solution is taken.
    """

    purpose: Purpose
    cost: int
    expires: int
    prefix: str
    nonce: bytes
    salt: bytes

    @property
    def id(self) -> bytes:
        """The 32 bytes by which a solved challenge is remembered."""
        return hashlib.sha256(self._signed()).digest()

    def encode(self, key: bytes) -> bytes:
        """Return the challenge as its solver takes it: JSON, signed under ``key`` (32 bytes)."""
        return _compact({"parameters": self.parameters(), "signature": self._signature(key)})

    def parameters(self) -> dict[str, Any]:
        """Return the task as altcha writes it; members sorted, as altcha signs them."""
        return {
            "algorithm": ALGORITHM,
            "cost": self.cost,
            "data": {"channel": self.purpose.channel, "size": self.purpose.size_class},
            "expiresAt": self.expires * _HOUR_SECONDS,
            "keyLength": _KEY,
            "keyPrefix": self.prefix,
            "nonce": self.nonce.hex(),
            "salt": self.salt.hex(),
        }

    def check_signature(self, signature: str, key: bytes) -> None:
        """Raise Tampered unless whoever has ``key`` made this challenge."""
        if not hmac.compare_digest(self._signature(key).encode(), signature.encode()):
            raise Tampered("challenge was not made here")

    def check_solution(self, counter: int, key: str) -> None:
        """Raise Unsolved unless ``counter`` leads to ``key`` (hexadecimal) and that has the prefix."""
        found = self.derive(counter).hex()
        if not (found.startswith(self.prefix) and hmac.compare_digest(found.encode(), key.encode())):
            raise Unsolved("challenge is not solved")

    def derive(self, counter: int) -> bytes:
        """Return the 32 bytes that a counter leads to: the work."""
        password = self.nonce + counter.to_bytes(4, "big")
        return hashlib.pbkdf2_hmac("sha256", password, self.salt, self.cost, _KEY)

    def _signature(self, key: bytes) -> str:
        return hmac.digest(key, self._signed(), "sha256").hex()

    def _signed(self) -> bytes:
        return _compact(self.parameters())


def key(seed: bytes, deployment: bytes) -> bytes:
    """Return the 32 bytes with which a portal signs challenges, from the seed of its instance key."""
    return primitives.derive(seed, salt=deployment, info=LABEL)


def issue(purpose: Purpose, *, cost: int, expires: int, prefix: str = PREFIX) -> Challenge:
    """Return a new challenge that nobody has seen."""
    nonce, salt = secrets.token_bytes(_RANDOM), secrets.token_bytes(_RANDOM)
    return Challenge(purpose=purpose, cost=cost, expires=expires, prefix=prefix, nonce=nonce, salt=salt)


def check(payload: str, key: bytes, purpose: Purpose, hour: int) -> Challenge:
    """Return the challenge that ``payload`` solves, if it was made under ``key`` for this purpose.

    ``payload`` is altcha's: base 64 of JSON with challenge and solution; ``hour`` counts since 1970.
    Raises Malformed, Tampered, NotForUs (another purpose), ChallengeExpired, Unsolved; the dearest test
    comes last. That a challenge is used once is the caller's to see to.
    """
    challenge, signature, counter, derived = _parse(payload)
    challenge.check_signature(signature, key)
    if challenge.purpose != purpose:
        raise NotForUs("challenge is for another channel or size")
    if hour >= challenge.expires:
        raise ChallengeExpired("challenge is past its hour")
    challenge.check_solution(counter, derived)
    return challenge


def _parse(payload: str) -> tuple[Challenge, str, int, str]:
    try:
        sent = json.loads(base64.b64decode(payload, validate=True), object_pairs_hook=_object)
        challenge, solution = sent["challenge"], sent["solution"]
        parameters, signature = challenge["parameters"], _text(challenge["signature"])
        # Solvers add how long they took, which is nobody's business.
        counter = _number(solution["counter"], _COUNTERS)
        return _challenge(parameters), signature, counter, _text(solution["derivedKey"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Malformed("proof of work has an unexpected form") from error


def _challenge(parameters: dict[str, Any]) -> Challenge:
    expires, rest = divmod(_number(parameters["expiresAt"]), _HOUR_SECONDS)
    challenge = Challenge(
        purpose=Purpose(_text(parameters["data"]["channel"]), _text(parameters["data"]["size"])),
        cost=_number(parameters["cost"]),
        expires=expires,
        prefix=_text(parameters["keyPrefix"]),
        nonce=_bytes(parameters["nonce"]),
        salt=_bytes(parameters["salt"]),
    )
    # Whatever was not read would be signed by nobody: all of it must come out again.
    if rest or parameters != challenge.parameters():
        raise ValueError
    return challenge


def _compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError
    return record


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii():
        raise TypeError
    return value


def _bytes(value: Any) -> bytes:
    if not _HEX.fullmatch(value):
        raise ValueError
    return bytes.fromhex(value)


def _number(value: Any, numbers: int = _NUMBERS) -> int:
    if type(value) is not int or not 0 <= value < numbers:
        raise ValueError
    return value
