"""Decoy slots, for cases without a slot: a decoy looks like a real slot (SPEC 7.2)."""

import secrets
from functools import cache

from crypto import age, padding
from crypto.memo import SIZE as MEMO
from crypto.recipients import HybridIdentity, HybridRecipient


def slot() -> bytes:
    """Return the 18,043 bytes of a slot that no key can open."""
    return age.seal_bytes(bytes(padding.SLOT), [_nobody()])


def memo() -> bytes:
    """Return 60 bytes that no memo key can open."""
    return secrets.token_bytes(MEMO)


@cache
def _nobody() -> HybridRecipient:
    # Random bytes would not have the distribution of real points and ciphertexts. So a decoy is really
    # sealed, but to a key whose secret half is discarded at once.
    return HybridIdentity.from_seed(secrets.token_bytes(32)).recipient()
