"""Sealed files in the age v1 format, streamed in constant memory (C2SP age.md, SPEC 3)."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from crypto import hybrid, stream
from crypto.errors import Malformed, NotForUs, Truncated
from crypto.header import Header, Stanza
from crypto.pieces import Pieces
from crypto.primitives import FILE_KEY, TAG
from crypto.stream import CHUNK, NONCE

__all__ = [
    "CHUNK",
    "ENVELOPE_HEADER",
    "Identity",
    "Recipient",
    "Stanza",
    "check_profile",
    "seal",
    "seal_bytes",
    "sealed_size",
    "unseal",
    "unseal_bytes",
    "unseal_envelope",
]

# The size in bytes of an envelope's header, which has exactly one hybrid stanza (SPEC 3).
ENVELOPE_HEADER = 1_627


class Recipient(Protocol):
    """A public key or passphrase that a file can be sealed to."""

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza from which the matching identity can recover the 16-byte file key."""
        ...


class Identity(Protocol):
    """A secret key or passphrase that opens files sealed to the matching recipient."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes:
        """Return the file key.

        Raise NotForUs if no stanza opens. Raise Malformed if a stanza of the identity's kind is invalid.
        """
        ...


def seal(plaintext: Iterable[bytes], recipients: Sequence[Recipient]) -> Iterator[bytes]:
    """Yield the age file of ``plaintext`` under a fresh file key. Input and output pieces can have any size.

    Raise Malformed if ``recipients`` is empty or if age forbids their combination. Adding an X25519 recipient
    to a hybrid recipient removes the protection against quantum computers.
    """
    file_key = secrets.token_bytes(FILE_KEY)
    yield Header.authenticate([recipient.wrap(file_key) for recipient in recipients], file_key).encode()
    yield from _payload(plaintext, file_key=file_key, nonce=secrets.token_bytes(NONCE))


def unseal(envelope: Iterable[bytes], identities: Sequence[Identity]) -> Iterator[bytes]:
    """Yield the authentic chunks of an age file that one of ``identities`` opens.

    Raise Malformed, NotForUs, Tampered or Truncated at the first chunk or at any later chunk. Unless the
    iterator reaches its end, the caller must discard every chunk.
    """
    source = Pieces(envelope)
    yield from _opened(Header.read(source), source, identities)


def unseal_envelope(envelope: Iterable[bytes], identities: Sequence[Identity]) -> Iterator[bytes]:
    """Do the same as ``unseal``, but refuse what ``check_profile`` refuses.

    A share of low order is recognised by trying a hybrid identity, every other deviation before any key.
    """
    source = Pieces(envelope)
    header, _ = _profiled(source.read(ENVELOPE_HEADER))
    yield from _opened(header, source, identities)


def seal_bytes(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return the age file of ``plaintext``; raise the same errors as ``seal``."""
    return b"".join(seal([plaintext], recipients))


def unseal_bytes(envelope: bytes, identities: Sequence[Identity]) -> bytes:
    """Return the plaintext of a complete age file; raise the same errors as ``unseal``."""
    return b"".join(unseal([envelope], identities))


def check_profile(start: bytes) -> None:
    """Raise Malformed unless ``start`` begins with a canonical 1,627-byte header that has one hybrid stanza.

    ``start`` holds at least the first 1,627 bytes of an envelope. The check uses no key, so it cannot prove
    that the rest is encrypted.
    """
    _, sealed = _profiled(start[:ENVELOPE_HEADER])
    hybrid.check_share(sealed)


def sealed_size(plaintext_size: int) -> int:
    """Return the size of an envelope, in bytes, for a plaintext of ``plaintext_size`` bytes (SPEC 3)."""
    chunks = max(1, -(-plaintext_size // CHUNK))
    return ENVELOPE_HEADER + NONCE + plaintext_size + TAG * chunks


def _payload(plaintext: Iterable[bytes], *, file_key: bytes, nonce: bytes) -> Iterator[bytes]:
    """Yield the payload. The payload depends only on the arguments, so test vectors can reproduce it."""
    yield nonce
    yield from stream.encrypt(Pieces(plaintext), stream.payload_key(file_key, nonce))


def _opened(header: Header, source: Pieces, identities: Sequence[Identity]) -> Iterator[bytes]:
    file_key = _unwrapped(header.stanzas, identities)
    header.verify(file_key)
    nonce = source.read(NONCE)
    if len(nonce) < NONCE:
        raise Truncated("the file ends too early; copy it again")
    yield from stream.decrypt(source, stream.payload_key(file_key, nonce))


def _unwrapped(stanzas: Sequence[Stanza], identities: Sequence[Identity]) -> bytes:
    for identity in identities:
        with suppress(NotForUs):
            return identity.unwrap(stanzas)
    raise NotForUs("none of these keys opens the file; try the key of another date or channel")


def _profiled(start: bytes) -> tuple[Header, bytes]:
    header = Header.parse(start)
    match header.stanzas:
        case (stanza,):
            return header, hybrid.parse_stanza(stanza)
        case _:
            raise Malformed("an envelope is sealed to exactly one recipient; seal it again")
