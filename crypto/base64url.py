"""Canonical base64url without padding (SPEC 1.1, RFC 4648 section 5)."""

import base64
import binascii
import re

from crypto.errors import Malformed

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def encode(raw: bytes) -> str:
    """Return ``raw`` as base64url text without ``=``."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes of ``text``. Raise Malformed for any form except canonical base64url."""
    if not _ALPHABET.fullmatch(text):
        raise Malformed("text is not base64url")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Malformed("text is not base64url") from error
    if encode(raw) != text:
        raise Malformed("base64url text is not canonical")
    return raw
