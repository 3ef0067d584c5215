"""The STREAM payload of an age v1 file (C2SP age.md, "Payload")."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.errors import Tampered, Truncated
from crypto.pieces import Pieces
from crypto.primitives import TAG, derive

CHUNK = 65_536
NONCE = 16

_MORE = b"\x00"
_LAST = b"\x01"


def payload_key(file_key: bytes, nonce: bytes) -> bytes:
    """Return the 32-byte key of the payload that begins with this 16-byte nonce."""
    return derive(file_key, salt=nonce, info=b"payload")


def encrypt(plaintext: Pieces, key: bytes) -> Iterator[bytes]:
    """Yield encrypted chunks. Never use a key for two plaintexts."""
    cipher = ChaCha20Poly1305(key)
    chunk = plaintext.read(CHUNK)
    for counter in count():
        following = plaintext.read(CHUNK)
        yield cipher.encrypt(_chunk_nonce(counter, _MORE if following else _LAST), chunk, None)
        if not following:
            return
        chunk = following


def decrypt(payload: Pieces, key: bytes) -> Iterator[bytes]:
    """Yield each chunk once it is authentic. Discard all chunks unless the iterator ends without an error.

    Raise Truncated if the payload stops between chunks or less than 16 bytes into a chunk. Raise Tampered for
    every other deviation, because a cut inside a chunk looks the same as a change.
    """
    cipher = ChaCha20Poly1305(key)
    for counter in count():
        chunk, mark = _open(cipher, counter, payload.read(CHUNK + TAG))
        if counter and not chunk:
            raise Tampered("the file was not made by a correct program; ask for it again")
        yield chunk
        if mark == _LAST:
            break
    if any(payload.rest()):
        raise Tampered("something was added after the end of the file; ask for it again")


def _open(cipher: ChaCha20Poly1305, counter: int, sealed: bytes) -> tuple[bytes, bytes]:
    if len(sealed) < TAG:
        raise Truncated("the file ends too early; copy it again")
    if len(sealed) == CHUNK + TAG:
        # Only decryption shows whether a full chunk is the last one.
        with suppress(InvalidTag):
            return cipher.decrypt(_chunk_nonce(counter, _MORE), sealed, None), _MORE
    try:
        return cipher.decrypt(_chunk_nonce(counter, _LAST), sealed, None), _LAST
    except InvalidTag:
        raise Tampered("the file was changed after it was sealed; ask for it again") from None


def _chunk_nonce(counter: int, mark: bytes) -> bytes:
    return counter.to_bytes(11, "big") + mark
