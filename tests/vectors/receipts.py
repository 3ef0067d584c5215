"""A receipt and its key, for the vectors of slots, keyrings and proofs (SPEC 5.6)."""

from datetime import date
from typing import Any

from crypto import keyring, receipt, receipt_key, signing
from tests.vectors.fixtures import DAY, DEPLOYMENT, REPLY_SEED, ROOT_SEED, TOKEN


def receipt_with(**changes: Any) -> receipt.Receipt:
    """Return the statement of a receipt for the reporter of the vectors."""
    values: dict[str, Any] = {
        "deployment": DEPLOYMENT,
        "author": receipt.author_hash(signing.public_key(TOKEN.author_seed)),
        "day": DAY,
        "key_id": keyring.reply_key_id(signing.public_key(REPLY_SEED)),
    }
    return receipt.Receipt(**values | changes)


def receipt_key_with(seed: bytes = ROOT_SEED, **changes: Any) -> receipt_key.SignedReceiptKey:
    """Return the key that signs receipts, itself signed by a root key."""
    values: dict[str, Any] = {
        "deployment": DEPLOYMENT,
        "channel": "inspection",
        "key": signing.public_key(REPLY_SEED),
        "not_before": DAY,
        "not_after": date(2027, 2, 22),
    }
    return receipt_key.sign(receipt_key.ReceiptKey(**values | changes), seed)
