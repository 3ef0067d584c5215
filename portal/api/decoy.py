"""A slot addressed to nobody, for cases that have none: it looks like a real one (SPEC 7.2)."""

import secrets
from functools import cache

from crypto import age, padding
from crypto.memo import SIZE as MEMO
from crypto.recipients import HybridIdentity, HybridRecipient


def slot() -> bytes:
    """Return the 18,043 bytes of a slot that no key opens."""
    return age.seal_bytes(bytes(padding.SLOT), [_nobody()])


def memo() -> bytes:
    """Return 60 bytes that no memo key opens."""
    return secrets.token_bytes(MEMO)


@cache
def _nobody() -> HybridRecipient:
    # Really sealing, to a key whose secret half is gone at once, also gives points and ciphertexts the
    # distribution of real ones, which random bytes would not have.
    return HybridIdentity.from_seed(secrets.token_bytes(32)).recipient()
