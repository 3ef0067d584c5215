"""Memos: the channel and day of a case, sealed by the reporter's page for the next visit (SPEC 5.4)."""

import re
import secrets
import struct
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.errors import Malformed, Tampered
from crypto.messages import CHANNEL
from crypto.shape import FIRST_DAY, LAST_DAY

SIZE = 60
_NONCE = 12
_PLAIN = struct.Struct(">I28s")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Note:
    """The contents of a memo: the channel of the case, and the day of the report by the reporter's clock."""

    channel: str
    day: date


def seal(note: Note, memo_key: bytes, *, deployment: bytes, case_id: bytes) -> bytes:
    """Return the 60-byte memo of ``note`` under a memo key (32 bytes).

    Raise Malformed if the channel id or the day is invalid.
    """
    return _seal(note, memo_key, deployment + case_id, secrets.token_bytes(_NONCE))


def _seal(note: Note, memo_key: bytes, bound_to: bytes, nonce: bytes) -> bytes:
    _check(note)
    plain = _PLAIN.pack((note.day - _EPOCH).days, note.channel.encode("ascii"))
    return nonce + ChaCha20Poly1305(memo_key).encrypt(nonce, plain, bound_to)


def unseal(memo: bytes, memo_key: bytes, *, deployment: bytes, case_id: bytes) -> Note:
    """Return the note. Raise Malformed if the form is wrong. Raise Tampered if the tag is wrong."""
    if len(memo) != SIZE:
        raise Malformed("memo has the wrong length")
    try:
        plain = ChaCha20Poly1305(memo_key).decrypt(memo[:_NONCE], memo[_NONCE:], deployment + case_id)
    except InvalidTag as error:
        raise Tampered("memo does not open") from error
    count, channel = _PLAIN.unpack(plain)
    if count > (LAST_DAY - _EPOCH).days:
        raise Malformed("day is outside 2000 to 2199")
    note = Note(channel.rstrip(b"\0").decode("ascii", errors="replace"), _EPOCH + timedelta(days=count))
    _check(note)
    return note


def _check(note: Note) -> None:
    if not re.fullmatch(CHANNEL, note.channel, re.ASCII):
        raise Malformed("channel id has an unexpected form")
    if not FIRST_DAY <= note.day <= LAST_DAY:
        raise Malformed("day is outside 2000 to 2199")
