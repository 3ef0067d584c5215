"""Keys written as text: Bech32 without a length limit (C2SP age.md, "Conventions"; BIP 173)."""

from bech32 import bech32_decode, bech32_encode, convertbits

from crypto.errors import Malformed

_CHECKSUM = 6


def encode_key(prefix: str, raw: bytes) -> str:
    """Return ``raw`` as Bech32, in upper or lower case like ``prefix``."""
    text = bech32_encode(prefix.lower(), convertbits(raw, 8, 5) or [])
    return text.upper() if prefix.isupper() else text


def parse_key(prefix: str, text: str, size: int) -> bytes:
    """Return the ``size`` bytes that ``encode_key`` wrote with ``prefix``; raise Malformed for other text."""
    if len(text) == len(prefix) + 1 + -(-size * 8 // 5) + _CHECKSUM:
        raw = convertbits(bech32_decode(text)[1] or [], 5, 8, pad=False)
        if raw and encode_key(prefix, bytes(raw)) == text:
            return bytes(raw)
    raise Malformed(f"this is not a key that begins with {prefix}1; check that it was copied completely")
