"""The sealed note that the reporter's page leaves itself beside the case: its channel (SPEC 5.4)."""

import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.errors import Malformed, Tampered
from crypto.messages import CHANNEL

SIZE = 60
_NONCE = 12
_CHANNEL_SIZE = 32


def seal(channel: str, memo_key: bytes, *, deployment: bytes, case_id: bytes) -> bytes:
    """Return the 60-byte memo of ``channel`` under a memo key (32 bytes)."""
    return _seal(channel, memo_key, deployment + case_id, secrets.token_bytes(_NONCE))


def _seal(channel: str, memo_key: bytes, bound_to: bytes, nonce: bytes) -> bytes:
    if not re.fullmatch(CHANNEL, channel):
        raise Malformed("channel id has an unexpected form")
    plain = channel.encode("ascii").ljust(_CHANNEL_SIZE, b"\0")
    return nonce + ChaCha20Poly1305(memo_key).encrypt(nonce, plain, bound_to)


def unseal(memo: bytes, memo_key: bytes, *, deployment: bytes, case_id: bytes) -> str:
    """Return the channel id; Malformed if the form is wrong, Tampered if the tag does not hold."""
    if len(memo) != SIZE:
        raise Malformed("memo has the wrong length")
    try:
        plain = ChaCha20Poly1305(memo_key).decrypt(memo[:_NONCE], memo[_NONCE:], deployment + case_id)
    except InvalidTag as error:
        raise Tampered("memo does not open") from error
    channel = plain.rstrip(b"\0").decode("ascii", errors="replace")
    if not re.fullmatch(CHANNEL, channel, re.ASCII):
        raise Malformed("channel id has an unexpected form")
    return channel
