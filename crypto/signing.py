"""Ed25519 signatures, each bound to a label and a deployment (SPEC 1.4, RFC 8032)."""

import base64
import hashlib
from enum import Enum

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from crypto.errors import Malformed, Tampered

DEPLOYMENT = 16
SEED = 32
PUBLIC = 32
SIGNATURE = 64
# The largest keyring, card or list of pages, in bytes. These files are limited because the complete file must
# be read before its signature can be verified. A questionnaire has the same limit as a keyring.
LARGEST_FILE = 4 << 20


class Label(Enum):
    """The kind of file that a signature covers: the closed table of SPEC 1.4."""

    REPORT = b"fanal/1/report"
    FOLLOW_UP = b"fanal/1/follow-up"
    SLOT = b"fanal/1/slot"
    KEYRING = b"fanal/1/keyring"
    INTAKE = b"fanal/1/intake"
    OUTBOX = b"fanal/1/outbox"
    PAGES = b"fanal/1/pages"
    CARD = b"fanal/1/card"
    JOURNAL = b"fanal/1/journal"
    DOSSIER = b"fanal/1/dossier"
    RECEIPT = b"fanal/1/receipt"
    RECEIPT_KEY = b"fanal/1/receipt-key"
    ANSWER = b"fanal/1/answer"
    PORTAL_BACKUP = b"fanal/1/portal-backup"


def public_key(seed: bytes) -> bytes:
    """Return the 32-byte public key of a 32-byte seed."""
    return bytes(SigningKey(seed).verify_key)


def sign(label: Label, deployment: bytes, file: bytes, seed: bytes) -> bytes:
    """Return the 64-byte signature of ``file`` by the key of ``seed`` (32 bytes)."""
    return SigningKey(seed).sign(_covered(label, deployment, file)).signature


class Verifier:
    """Verifies signatures by one key (32 bytes), which is checked only once. Threads may share a verifier.

    Raise Malformed if the key has another length. The check is strict: the key must be a canonical point of
    the prime-order group (SPEC 1.4). With such a key, no R outside the prime-order group satisfies the
    equation. Without this rule, libraries disagree on keys of mixed order.
    """

    def __init__(self, label: Label, deployment: bytes, key: bytes) -> None:
        if len(key) != PUBLIC:
            raise Malformed("signature or key has the wrong length")
        self._covered = _covered(label, deployment, b"")
        self._key = VerifyKey(key) if crypto_core_ed25519_is_valid_point(key) else None

    def verify(self, file: bytes, signature: bytes) -> None:
        """Raise Tampered unless ``signature`` (64 bytes) is valid; raise Malformed for another length."""
        if len(signature) != SIGNATURE:
            raise Malformed("signature or key has the wrong length")
        if self._key is None:
            raise Tampered("signature does not hold")
        try:
            self._key.verify(self._covered + file, signature)
        except BadSignatureError as error:
            raise Tampered("signature does not hold") from error


def verify(label: Label, deployment: bytes, file: bytes, signature: bytes, key: bytes) -> None:
    """Raise Tampered unless ``signature`` (64 bytes) is valid for ``key`` (32 bytes), as ``Verifier`` does.

    Raise Malformed if the signature or the key has another length.
    """
    Verifier(label, deployment, key).verify(file, signature)


def check_key(key: bytes) -> None:
    """Raise Malformed unless ``key`` is 32 bytes that SPEC 1.4 allows as a public key.

    The key must be a canonical point of the prime-order group, but not the identity element.
    """
    if len(key) != PUBLIC or not crypto_core_ed25519_is_valid_point(key):
        raise Malformed("a public key is not valid")


def fingerprint(key: bytes) -> str:
    """Return the first 160 bits of H(key) as 8 groups of 4 letters, for people to compare (SPEC 6)."""
    return grouped(hashlib.sha256(key).digest())


def grouped(digest: bytes) -> str:
    """Return the first 160 bits of a digest as 8 groups of 4 letters."""
    letters = base64.b32encode(digest[:20]).decode("ascii")
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def is_same_fingerprint(one: str, other: str) -> bool:
    """Return whether two fingerprints are the same, ignoring spaces and case."""
    return "".join(one.split()).upper() == "".join(other.split()).upper()


def _covered(label: Label, deployment: bytes, file: bytes) -> bytes:
    if len(deployment) != DEPLOYMENT:
        raise Malformed("deployment id has the wrong length")
    return label.value + b"\0" + deployment + file
