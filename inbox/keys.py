"""The dated keys of a channel: intake keys that open reports, reply keys that sign answers (SPEC 6)."""

import secrets
from datetime import date, timedelta

from crypto import keyring, signing
from crypto.hybrid import SEED
from crypto.recipients import HybridIdentity
from inbox.keystore import IntakeSecret
from inbox.schema import IntakeKey, ReplyKey

EPOCH = timedelta(days=90)


def new_intake(not_before: date) -> IntakeSecret:
    """Return a new intake key that is valid for 90 days from ``not_before``."""
    seed = secrets.token_bytes(SEED)
    key_id = HybridIdentity.from_seed(seed).recipient().key_id
    return IntakeSecret(key_id, seed, not_before, not_before + EPOCH)


def public_half(secret: IntakeSecret, generation: int) -> IntakeKey:
    """Return the row of an intake key that is in the key store from ``generation`` on."""
    return IntakeKey(
        id=secret.id,
        recipient=HybridIdentity.from_seed(secret.seed).recipient().encode(),
        not_before=secret.not_before,
        not_after=secret.not_after,
        generation=generation,
    )


def new_reply(not_before: date) -> ReplyKey:
    """Return a new reply key that is valid for 90 days from ``not_before``."""
    seed = secrets.token_bytes(signing.SEED)
    key = signing.public_key(seed)
    return ReplyKey(
        id=keyring.reply_key_id(key),
        key=key,
        seed=seed,
        not_before=not_before,
        not_after=not_before + EPOCH,
    )
