"""The primitives that all parts of age v1 share (C2SP age.md, "Conventions")."""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.errors import Malformed, NotForUs

FILE_KEY = 16
TAG = 16
WRAPPED_KEY = FILE_KEY + TAG

# A fresh wrap key is derived for each stanza and used once, so its nonce can be fixed.
_WRAP_NONCE = bytes(12)


def derive(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def wrap(wrap_key: bytes, file_key: bytes) -> bytes:
    """Return the 32-byte stanza body that holds a 16-byte file key."""
    return ChaCha20Poly1305(wrap_key).encrypt(_WRAP_NONCE, file_key, None)


def unwrap(wrap_key: bytes, body: bytes) -> bytes:
    """Return the 16-byte file key in a 32-byte stanza body; raise NotForUs if ``wrap_key`` is wrong."""
    try:
        return ChaCha20Poly1305(wrap_key).decrypt(_WRAP_NONCE, body, None)
    except InvalidTag:
        raise NotForUs("this key does not open the file; try another one") from None


def encode64(raw: bytes) -> str:
    """Return base64 without padding (RFC 4648, section 4)."""
    return base64.b64encode(raw).rstrip(b"=").decode()


def decode64(text: str) -> bytes:
    """Return the bytes of canonical base64 without padding; raise Malformed for any other form."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        raw = b""
    if encode64(raw) != text:
        raise Malformed("a value is not canonical base64; ask for the file again")
    return raw
