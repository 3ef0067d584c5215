"""Sealed files in the format age v1, streamed in constant memory (C2SP age.md, SPEC 3)."""

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

# A header with one hybrid stanza, the only one that an envelope may have (SPEC 3).
ENVELOPE_HEADER = 1_627


class Recipient(Protocol):
    """Whoever a file can be sealed to."""

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza from which the recipient's identity can take the 16-byte file key."""
        ...


class Identity(Protocol):
    """Whoever can open files sealed to the matching recipient."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes:
        """Return the file key; raise NotForUs if no stanza opens, Malformed for a bad one of its kind."""
        ...


def seal(plaintext: Iterable[bytes], recipients: Sequence[Recipient]) -> Iterator[bytes]:
    """Yield an age file of ``plaintext`` under a fresh file key; takes and gives pieces of any size.

    Raise Malformed if ``recipients`` is empty or age forbids the mix. A hybrid recipient no longer protects
    from quantum computers once an X25519 recipient stands beside it.
    """
    file_key = secrets.token_bytes(FILE_KEY)
    yield Header.authenticate([recipient.wrap(file_key) for recipient in recipients], file_key).encode()
    yield from _payload(plaintext, file_key=file_key, nonce=secrets.token_bytes(NONCE))


def unseal(envelope: Iterable[bytes], identities: Sequence[Identity]) -> Iterator[bytes]:
    """Yield the authentic chunks of an age file that one of ``identities`` opens.

    Raise Malformed, NotForUs, Tampered or Truncated, at the first chunk or after any later one: the caller
    must discard all that was yielded if the iterator does not come to its end.
    """
    source = Pieces(envelope)
    yield from _opened(Header.read(source), source, identities)


def unseal_envelope(envelope: Iterable[bytes], identities: Sequence[Identity]) -> Iterator[bytes]:
    """Do as ``unseal`` does, but refuse as ``check_profile`` does before any key is tried."""
    source = Pieces(envelope)
    yield from _opened(_profiled(source.read(ENVELOPE_HEADER)), source, identities)


def seal_bytes(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return the age file of ``plaintext``; raises as ``seal`` does."""
    return b"".join(seal([plaintext], recipients))


def unseal_bytes(envelope: bytes, identities: Sequence[Identity]) -> bytes:
    """Return the plaintext of a whole age file; raises as ``unseal`` does."""
    return b"".join(unseal([envelope], identities))


def check_profile(start: bytes) -> None:
    """Raise Malformed unless ``start`` begins with 1,627 bytes of canonical header, one hybrid stanza in it.

    ``start`` is at least the first 1,627 bytes of an envelope. No key is needed, so this cannot show that
    the rest is encrypted.
    """
    _profiled(start[:ENVELOPE_HEADER])


def sealed_size(plaintext_size: int) -> int:
    """Return the bytes of an envelope that holds ``plaintext_size`` bytes (SPEC 3)."""
    chunks = max(1, -(-plaintext_size // CHUNK))
    return ENVELOPE_HEADER + NONCE + plaintext_size + TAG * chunks


def _payload(plaintext: Iterable[bytes], *, file_key: bytes, nonce: bytes) -> Iterator[bytes]:
    """Yield the payload that follows from its inputs alone, which is what test vectors need."""
    yield nonce
    yield from stream.encrypt(Pieces(plaintext), stream.payload_key(file_key, nonce))


def _opened(header: Header, source: Pieces, identities: Sequence[Identity]) -> Iterator[bytes]:
    file_key = _unwrapped(header.stanzas, identities)
    header.verify(file_key)
    nonce = source.read(NONCE)
    if len(nonce) < NONCE:
        raise Truncated("the file ends too early, copy it again")
    yield from stream.decrypt(source, stream.payload_key(file_key, nonce))


def _unwrapped(stanzas: Sequence[Stanza], identities: Sequence[Identity]) -> bytes:
    for identity in identities:
        with suppress(NotForUs):
            return identity.unwrap(stanzas)
    raise NotForUs("none of these keys opens the file, try the key of another date or channel")


def _profiled(start: bytes) -> Header:
    header = Header.parse(start)
    if len(header.stanzas) != 1:
        raise Malformed("an envelope is sealed to exactly one recipient, seal it again")
    hybrid.parse_stanza(header.stanzas[0])
    return header
