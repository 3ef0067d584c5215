"""The recipient type that every age program supports, never used for envelopes (C2SP age.md, "X25519")."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from crypto.errors import Malformed, NotForUs
from crypto.header import Stanza
from crypto.keytext import encode_key, parse_key
from crypto.primitives import WRAPPED_KEY, decode64, derive, encode64, unwrap, wrap

KIND = "X25519"
_KEY = 32
_INFO = b"age-encryption.org/v1/X25519"
_RECIPIENT = "age"
_IDENTITY = "AGE-SECRET-KEY-"

# X25519 makes every scalar a multiple of 8, which maps points of low order to zero. Any secret key therefore
# detects such points.
_PROBE = X25519PrivateKey.from_private_bytes(bytes(_KEY))


@dataclass(frozen=True, slots=True)
class X25519Recipient:
    """A public key of 32 bytes, never of low order.

    Sealing to this key does not protect against quantum computers.
    """

    raw: bytes

    def __post_init__(self) -> None:
        check_point(self.raw)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the recipient written as ``age1…``; raise Malformed for any other text."""
        return cls(parse_key(_RECIPIENT, text, _KEY))

    def encode(self) -> str:
        """Return the text that ``parse`` reads."""
        return encode_key(_RECIPIENT, self.raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza with a fresh ephemeral share."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        wrap_key = derive(_agree(ephemeral, self.raw), salt=share + self.raw, info=_INFO)
        return Stanza((KIND, encode64(share)), wrap(wrap_key, file_key))


@dataclass(frozen=True, slots=True)
class X25519Identity:
    """A secret key of 32 bytes."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != _KEY:
            raise Malformed("a secret key has 32 bytes; check that it was copied completely")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identity written as ``AGE-SECRET-KEY-1…``; raise Malformed for any other text."""
        return cls(parse_key(_IDENTITY, text, _KEY))

    def encode(self) -> str:
        """Return the text that ``parse`` reads: the secret itself."""
        return encode_key(_IDENTITY, self.seed)

    def recipient(self) -> X25519Recipient:
        """Return the public half."""
        return X25519Recipient(self._private().public_key().public_bytes_raw())

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes:
        """Return the file key of the stanza made for this identity; raise NotForUs or Malformed."""
        own = self.recipient().raw
        for share, body in [_parse_stanza(stanza) for stanza in stanzas if stanza.args[0] == KIND]:
            wrap_key = derive(_agree(self._private(), share), salt=share + own, info=_INFO)
            with suppress(NotForUs):
                return unwrap(wrap_key, body)
        raise NotForUs("this key does not open the file; try another one")

    def _private(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.seed)


def check_point(raw: bytes) -> None:
    """Raise Malformed unless ``raw`` is a 32-byte point that gives a shared secret other than zero."""
    _agree(_PROBE, raw)


def _agree(secret: X25519PrivateKey, share: bytes) -> bytes:
    """Return the shared secret (RFC 7748, section 5); raise Malformed if it is all zeros."""
    try:
        return secret.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        raise Malformed("a public key is not valid; ask its owner for it again") from None


def _parse_stanza(stanza: Stanza) -> tuple[bytes, bytes]:
    match stanza:
        case Stanza((_, text), body) if len(body) == WRAPPED_KEY:
            share = decode64(text)
            check_point(share)
            return share, body
    raise Malformed("the header of the file is not valid; ask for the file again")
