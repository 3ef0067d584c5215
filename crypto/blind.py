"""Keyed marks that find equal values in different cases; without the key they reveal nothing (SPEC 9.6)."""

import hashlib
import hmac
import secrets

KEY = 32
MARK = 8
LABEL = b"fanal/1/mark"


def generate() -> bytes:
    """Return a new key."""
    return secrets.token_bytes(KEY)


def mark(key: bytes, kind: str, value: str) -> bytes:
    """Return the first 8 bytes of HMAC-SHA-256 over label, kind and value, separated by zero bytes."""
    return hmac.digest(key, b"\0".join([LABEL, kind.encode(), value.encode()]), hashlib.sha256)[:MARK]
