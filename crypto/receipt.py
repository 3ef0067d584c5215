"""Receipts: the inspectorate's signed statement that it had a report on a certain day (SPEC 5.6).

A receipt names the reporter only by the hash of the author key. The receipt says nothing about the report.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from crypto import exercise, shape, signing
from crypto.shape import binary, record
from crypto.signing import Label

_HASH = 32
_KEY_ID = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The statement: on ``day`` there was a report whose author key hashes to ``author`` (32 bytes).

    ``key_id`` (16 bytes) is the id of the reply key that signed the statement on that day.
    """

    deployment: bytes
    author: bytes
    day: date
    key_id: bytes


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt with its signature (64 bytes), which is not verified yet."""

    statement: Receipt
    signature: bytes


RECEIPT = record(
    Receipt,
    {
        "deployment": binary(signing.DEPLOYMENT),
        "author": binary(_HASH),
        "day": shape.day,
        "key_id": binary(_KEY_ID),
    },
    kind="receipt",
)
SIGNED = record(SignedReceipt, {"statement": RECEIPT, "signature": binary(signing.SIGNATURE)})


def author_hash(author_key: bytes) -> bytes:
    """Return the 32-byte hash by which a receipt names the holder of a 32-byte author key."""
    return hashlib.sha256(b"fanal/1/receipt-author" + b"\0" + author_key).digest()


def sign(receipt: Receipt, reply_seed: bytes) -> SignedReceipt:
    """Return the receipt, signed with the reply key of ``reply_seed`` (32 bytes)."""
    raw = RECEIPT.encode(receipt)
    return SignedReceipt(receipt, signing.sign(Label.RECEIPT, receipt.deployment, raw, reply_seed))


def verify(signed: SignedReceipt, reply_key: bytes, deployment: bytes) -> None:
    """Raise Tampered unless ``reply_key`` signed the receipt. Raise Malformed for another deployment."""
    raw = RECEIPT.encode(signed.statement)
    signing.verify(Label.RECEIPT, deployment, raw, signed.signature, reply_key)
    exercise.check_deployment(signed.statement.deployment, deployment, "receipt")
