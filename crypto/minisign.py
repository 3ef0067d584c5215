"""Signatures that the tool minisign verifies, for files that people without this program check.

Source of both formats: the manual of minisign, https://jedisct1.github.io/minisign/. The number of a key (8
bytes) is the beginning of the key's SHA-256.
"""

import base64
import hashlib

from nacl.signing import SigningKey

_KEY, _HASHED = b"Ed", b"ED"
_NUMBER = 8


def public_file(key: bytes) -> bytes:
    """Return the file with a public key (32 bytes), as ``minisign -p`` reads it."""
    number = _number(key)
    return _lines(f"untrusted comment: minisign public key {number.hex().upper()}", _KEY + number + key)


def sign(file: bytes, seed: bytes, comment: str) -> bytes:
    """Return the signature file of ``file`` by the key of ``seed`` (32 bytes).

    The signature also covers ``comment``, which is one line. A signed message is a BLAKE2b hash or begins
    with a signature, so no signature of this kind is valid for a file that begins with a label of SPEC 1.4.
    """
    signer = SigningKey(seed)
    number = _number(bytes(signer.verify_key))
    signature = signer.sign(hashlib.blake2b(file).digest()).signature
    both = signer.sign(signature + comment.encode()).signature
    return (
        _lines("untrusted comment: verify with minisign", _HASHED + number + signature)
        + f"trusted comment: {comment}\n".encode()
        + base64.b64encode(both)
        + b"\n"
    )


def _number(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_NUMBER]


def _lines(comment: str, raw: bytes) -> bytes:
    return f"{comment}\n".encode() + base64.b64encode(raw) + b"\n"
