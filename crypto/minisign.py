"""Signatures in the format of the tool minisign, for files that people without this program check.

Source of both formats: the manual of minisign, https://jedisct1.github.io/minisign/. The number of a key (8
bytes) is the beginning of the key's SHA-256.
"""

import base64
import hashlib
import re
from collections.abc import Mapping

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

# The end of the name of a signature: that of FILE is FILE.minisig.
SUFFIX = ".minisig"
_KEY, _HASHED = b"Ed", b"ED"
_NUMBER, _SIGNATURE = 8, 64
_PUBLIC = re.compile(rb"untrusted comment: [^\n]*\n([A-Za-z0-9+/]{56})\n")
_SIGNED = re.compile(
    rb"untrusted comment: [^\n]*\n([A-Za-z0-9+/]{99}=)\n"
    rb"trusted comment: ([^\n]*)\n([A-Za-z0-9+/]{86}==)\n"
)


class BadSignature(Exception):
    """A signature is not valid for its file, or a file is not a public key or a signature."""


class Unsigned(Exception):
    """The file ``name`` has no valid signature that names it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def public_file(key: bytes) -> bytes:
    """Return the file with a public key (32 bytes), as ``minisign -p`` reads it."""
    number = _number(key)
    return _lines(f"untrusted comment: minisign public key {number.hex().upper()}", _KEY + number + key)


def public_key(public: bytes) -> bytes:
    """Return the key (32 bytes) in a file with a public key; raises BadSignature if it has none."""
    match = _PUBLIC.fullmatch(public)
    raw = base64.b64decode(match[1]) if match else b""
    if raw[: len(_KEY)] != _KEY:
        raise BadSignature
    return raw[len(_KEY) + _NUMBER :]


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


def first_signature(signature: bytes) -> bytes:
    """Return the signature (64 bytes) of the file alone, without the trusted comment; raises BadSignature."""
    signed = _SIGNED.fullmatch(signature)
    raw = base64.b64decode(signed[1]) if signed else b""
    if raw[: len(_HASHED)] != _HASHED:
        raise BadSignature
    return raw[-_SIGNATURE:]


def is_signed(file: bytes, signature: bytes, key: bytes) -> bool:
    """Return whether a signature (64 bytes) of ``first_signature`` is valid for a key (32 bytes).

    The check is strict, as in SPEC 1.4: the key and the first half of the signature must be canonical points
    of the prime-order group. Without this rule, libraries disagree.
    """
    if not all(map(crypto_core_ed25519_is_valid_point, (key, signature[: len(key)]))):
        return False
    try:
        VerifyKey(key).verify(hashlib.blake2b(file).digest(), signature)
    except BadSignatureError:
        return False
    return True


def verify_files(files: Mapping[str, bytes], key_file: str) -> None:
    """Raise ``Unsigned`` unless each file, by name, has a valid signature whose trusted comment names it.

    The signature of ``NAME`` is ``NAME.minisig``. Without its name in the comment, a signed file could take
    the place of another. The file ``key_file`` has the public key, and no signature.
    """
    for name, raw in files.items():
        if name == key_file or name.endswith(SUFFIX):
            continue
        try:
            comment = verify(raw, files[name + SUFFIX], files[key_file])
        except (KeyError, BadSignature):
            comment = ""
        if not comment.endswith(f": {name}"):
            raise Unsigned(name)


def _number(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_NUMBER]


def _lines(comment: str, raw: bytes) -> bytes:
    return f"{comment}\n".encode() + base64.b64encode(raw) + b"\n"
