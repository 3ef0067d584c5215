"""The hybrid post-quantum recipient type MLKEM768-X25519 (C2SP age.md; RFC 9180; draft-ietf-hpke-pq)."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from crypto.errors import Malformed, NotForUs
from crypto.header import Stanza
from crypto.keytext import encode_key, parse_key
from crypto.primitives import WRAPPED_KEY, decode64, encode64
from crypto.x25519 import check_point

KIND = "mlkem768x25519"
SEED = 32
RECIPIENT = 1_216
ENCAPSULATED = 1_120
KEY_ID = 16

_MLKEM_SEED = 64
_MLKEM_KEY = 1_184
_X25519_KEY = 32
_INFO = b"age-encryption.org/mlkem768x25519"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_RECIPIENT = "age1pq"
_IDENTITY = "AGE-SECRET-KEY-PQ-"


@dataclass(frozen=True, slots=True)
class HybridRecipient:
    """A public key of 1,216 bytes: an ML-KEM-768 encapsulation key, then an X25519 point.

    An invalid key is refused on arrival: reading the key checks its length and, for ML-KEM, that it is
    canonical (FIPS 203, section 7.2); the point must not have low order. Sealing to an accepted key always
    works. Raises Malformed.
    """

    raw: bytes
    _public: MLKEM768X25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            public = MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_KEY]),
                X25519PublicKey.from_public_bytes(self.raw[_MLKEM_KEY:]),
            )
        except ValueError:
            raise Malformed("a public key is not valid; ask its owner for it again") from None
        check_point(self.raw[_MLKEM_KEY:])
        object.__setattr__(self, "_public", public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the recipient written as ``age1pq1…``; raise Malformed for other text or an invalid key."""
        return cls(parse_key(_RECIPIENT, text, RECIPIENT))

    @property
    def key_id(self) -> bytes:
        """The first 16 bytes of SHA-256 over ``raw``, which identify the key in a keyring (SPEC 6)."""
        return hashlib.sha256(self.raw).digest()[:KEY_ID]

    def encode(self) -> str:
        """Return the text that ``parse`` reads."""
        return encode_key(_RECIPIENT, self.raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza with a fresh encapsulated key."""
        sealed = _SUITE.encrypt(file_key, self._public, _INFO)
        return Stanza((KIND, encode64(sealed[:ENCAPSULATED])), sealed[ENCAPSULATED:])


@dataclass(frozen=True, slots=True)
class HybridIdentity:
    """A secret seed of 32 bytes.

    The seed is expanded only once, because expanding an ML-KEM key takes longer than using it.
    """

    _seed: bytes = field(repr=False)
    _private: MLKEM768X25519PrivateKey = field(repr=False, compare=False)
    _recipient: bytes = field(repr=False, compare=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Return the identity of a 32-byte seed; raise Malformed for another length."""
        if len(seed) != SEED:
            raise Malformed("a secret key has 32 bytes; check that it was copied completely")
        expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED + _X25519_KEY)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED])
        x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED:])
        recipient = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return cls(seed, MLKEM768X25519PrivateKey(mlkem, x25519), recipient)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identity written as ``AGE-SECRET-KEY-PQ-1…``; raise Malformed for any other text."""
        return cls.from_seed(parse_key(_IDENTITY, text, SEED))

    def encode(self) -> str:
        """Return the text that ``parse`` reads: the secret itself."""
        return encode_key(_IDENTITY, self._seed)

    def recipient(self) -> HybridRecipient:
        """Return the public half."""
        return HybridRecipient(self._recipient)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes:
        """Return the file key of the stanza made for this identity; raise NotForUs or Malformed."""
        file_key = b""
        for sealed in [parse_stanza(stanza) for stanza in stanzas if stanza.args[0] == KIND]:
            with suppress(InvalidTag):
                if not file_key:
                    file_key = _SUITE.decrypt(sealed, self._private, _INFO)
                    continue  # HPKE accepts no share of low order.
            check_share(sealed)
        if not file_key:
            raise NotForUs("this key does not open the file; try another one")
        return file_key


def parse_stanza(stanza: Stanza) -> bytes:
    """Return the encapsulated key followed by the ciphertext, 1,152 bytes in all.

    Raise Malformed unless the stanza has the form of a hybrid stanza.
    """
    match stanza:
        case Stanza((kind, text), body) if kind == KIND and len(body) == WRAPPED_KEY:
            encapsulated = decode64(text)
            if len(encapsulated) == ENCAPSULATED:
                return encapsulated + body
    raise Malformed("the header of the file is not valid; ask for the file again")


def check_share(sealed: bytes) -> None:
    """Raise Malformed if the X25519 share in what ``parse_stanza`` returned has low order.

    HPKE raises the same error for such a share as for a wrong key, but no key opens such a share.
    """
    check_point(sealed[ENCAPSULATED - _X25519_KEY : ENCAPSULATED])
