"""Seeds, keys, days and functions that the vectors of several topics share."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from crypto import casetoken, signing
from crypto.recipients import HybridIdentity

HERE = Path(__file__).parent
# The id of an exercise (SPEC 1.5).
EXERCISE = b"EXERCICE" + bytes(range(8))
DEPLOYMENT = bytes(range(16))
DAY = date(2026, 11, 24)
Vector = dict[str, Any]


def fixed(name: str, size: int = 32) -> bytes:
    """Return bytes that are the same in every run and different for every name."""
    return hashlib.shake_256(b"fanal vectors " + name.encode()).digest(size)


def vector(
    name: str, given: Vector, output: Vector | None = None, *, expect: str = "ok", comment: str = ""
) -> Vector:
    """Return one vector."""
    made = {"id": name, "comment": comment or name.replace("-", " "), "input": given, "expect": expect}
    return made if output is None else made | {"output": output}


def flipped(raw: bytes, place: int = -1) -> bytes:
    """Return ``raw`` with one bit changed."""
    changed = bytearray(raw)
    changed[place] ^= 1
    return bytes(changed)


def flipped_letter(raw: bytes, place: int) -> bytes:
    """Return ``raw`` with another base-64 letter at ``place``."""
    other = b"B" if raw[place : place + 1] == b"A" else b"A"
    return raw[:place] + other + raw[place + 1 :]


def fingerprint(seed: bytes) -> str:
    """Return the fingerprint of the public key of a seed."""
    return signing.fingerprint(signing.public_key(seed))


TOKEN = casetoken.derive(fixed("entropy", 16), DEPLOYMENT)
INTAKE = HybridIdentity.from_seed(fixed("intake"))
REPLY_SEED = fixed("reply key")
ROOT_SEED = fixed("root")
SMALL_ORDER = {
    "identity": "0100000000000000000000000000000000000000000000000000000000000000",
    "order-2": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order-4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order-8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
}
NOT_CANONICAL = "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
NO_SIGNING_KEYS = SMALL_ORDER | {"not-canonical": NOT_CANONICAL, "no-point": "ff" * 32}
