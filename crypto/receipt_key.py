"""Statements by which the root key vouches for one reply key, without the whole keyring (SPEC 5.6)."""

from dataclasses import dataclass
from datetime import date, timedelta

from crypto import exercise, shape, signing
from crypto.messages import CHANNEL, LONGEST_CHANNEL
from crypto.shape import binary, record, text
from crypto.signing import Label

# How long a reply key stays listed in the keyring (as a receipt key) and on cards after its last day.
LISTED = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptKey:
    """The statement that ``key`` (32 bytes) is a reply key of the channel, with its first and last day."""

    deployment: bytes
    channel: str
    key: bytes
    not_before: date
    not_after: date


@dataclass(frozen=True, slots=True)
class SignedReceiptKey:
    """A statement about a reply key, with the root's signature (64 bytes), which is not verified yet."""

    statement: ReceiptKey
    signature: bytes


RECEIPT_KEY = record(
    ReceiptKey,
    {
        "deployment": binary(signing.DEPLOYMENT),
        "channel": text(LONGEST_CHANNEL, CHANNEL),
        "key": binary(signing.PUBLIC),
        "not_before": shape.day,
        "not_after": shape.day,
    },
    kind="receipt-key",
)
SIGNED = record(SignedReceiptKey, {"statement": RECEIPT_KEY, "signature": binary(signing.SIGNATURE)})


def is_listed(not_after: date, today: date) -> bool:
    """Return whether a reply key with this last day is still listed on ``today``."""
    return not_after + LISTED >= today


def sign(statement: ReceiptKey, root_seed: bytes) -> SignedReceiptKey:
    """Return the statement, signed with the root key of ``root_seed`` (32 bytes)."""
    raw = RECEIPT_KEY.encode(statement)
    return SignedReceiptKey(statement, signing.sign(Label.RECEIPT_KEY, statement.deployment, raw, root_seed))


def verify(signed: SignedReceiptKey, root_key: bytes, deployment: bytes) -> None:
    """Raise Tampered unless ``root_key`` signed the statement.

    Raise Malformed if the statement belongs to another deployment.
    """
    raw = RECEIPT_KEY.encode(signed.statement)
    signing.verify(Label.RECEIPT_KEY, deployment, raw, signed.signature, root_key)
    exercise.check_deployment(signed.statement.deployment, deployment, "receipt key")
