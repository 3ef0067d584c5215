"""Signatures in the format of the tool minisign, for files that people without this program check.

Source of both formats: the manual of minisign, https://jedisct1.github.io/minisign/. The number of a key (8
bytes) is the beginning of the key's SHA-256.
"""

import base64
import hashlib
import re

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

_KEY, _HASHED = b"Ed", b"ED"
_NUMBER, _SIGNATURE = 8, 64
_PUBLIC = re.compile(rb"untrusted comment: [^\n]*\n([A-Za-z0-9+/]{56})\n")
_SIGNED = re.compile(
    rb"untrusted comment: [^\n]*\n([A-Za-z0-9+/]{99}=)\n"
    rb"trusted comment: ([^\n]*)\n([A-Za-z0-9+/]{86}==)\n"
)


class BadSignature(Exception):
    """A signature is not valid for its file, or a file is not a public key or a signature."""


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


def verify(file: bytes, signature: bytes, public: bytes) -> str:
    """Return the trusted comment of a signature file that is valid for ``file``; raises BadSignature.

    ``public`` is the file with the public key.
    """
    key, signed = _PUBLIC.fullmatch(public), _SIGNED.fullmatch(signature)
    if not key or not signed:
        raise BadSignature
    raw, made = base64.b64decode(key[1]), base64.b64decode(signed[1])
    number = raw[len(_KEY) : len(_KEY) + _NUMBER]
    if raw[: len(_KEY)] != _KEY or made[:-_SIGNATURE] != _HASHED + number:
        raise BadSignature
    checker = VerifyKey(raw[len(_KEY) + _NUMBER :])
    try:
        checker.verify(hashlib.blake2b(file).digest(), made[-_SIGNATURE:])
        checker.verify(made[-_SIGNATURE:] + signed[2], base64.b64decode(signed[3]))
        return signed[2].decode()
    except (BadSignatureError, UnicodeDecodeError) as error:
        raise BadSignature from error


def _number(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_NUMBER]


def _lines(comment: str, raw: bytes) -> bytes:
    return f"{comment}\n".encode() + base64.b64encode(raw) + b"\n"
