"""Proof files: a receipt with the public keys that are needed to check it (SPEC 5.6)."""

from dataclasses import dataclass

from crypto import keyring, receipt, receipt_key, signing
from crypto.errors import Malformed, NotForUs, Tampered
from crypto.receipt import Receipt, SignedReceipt
from crypto.receipt_key import ReceiptKey, SignedReceiptKey
from crypto.shape import binary, record

# The largest proof, challenge or answer, in bytes.
LARGEST = 4_096


class DayOutside(Malformed):
    """The receipt names a day on which the key that signed it was not valid."""

    code = "day-outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof file: the root key (32 bytes) that it claims, a receipt, and the receipt's signing key."""

    root_key: bytes
    receipt: SignedReceipt
    receipt_key: SignedReceiptKey


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof file proves: the statement of the receipt, and the statement about the signing key."""

    receipt: Receipt
    key: ReceiptKey


PROOF = record(
    Proof,
    {
        "root_key": binary(signing.PUBLIC),
        "receipt": receipt.SIGNED,
        "receipt_key": receipt_key.SIGNED,
    },
    kind="proof",
)


def open_proof(raw: bytes, *, root_key: bytes, deployment: bytes) -> Proven:
    """Return what the proof file in ``raw`` proves under this root key (32 bytes), for this deployment.

    Raise Malformed, Tampered or DayOutside. Raise NotForUs if the file is about another site.
    """
    if len(raw) > LARGEST:
        raise Malformed("file is too large for a proof")
    found = PROOF.parse(raw)
    statement, key = found.receipt.statement, found.receipt_key.statement
    if (found.root_key, statement.deployment, key.deployment) != (root_key, deployment, deployment):
        raise NotForUs("proof is about another site")
    receipt_key.verify(found.receipt_key, root_key, deployment)
    if statement.key_id != keyring.reply_key_id(key.key):
        raise Tampered("proof holds another key than the one that its receipt names")
    receipt.verify(found.receipt, key.key, deployment)
    if not key.not_before <= statement.day <= key.not_after:
        raise DayOutside("receipt names a day on which its key was not valid")
    return Proven(statement, key)
