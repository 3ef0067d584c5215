"""Messages between the machines of a draw: files, or lines that a QR code or a person can carry.

A line begins with ``FANAL1``, then a checksum, then the message, all in Base32, which no keyboard layout for
scanners changes except by swapping letters; the checksum finds this, and any mistake in typing.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

from crypto import strictjson
from crypto.errors import Malformed
from crypto.shape import Shape, binary, one_of, record, text
from draws import protocol
from draws.protocol import Commitment, Later, Reveal
from inbox.language.errors import Refused
from inbox.language.messages import sentence

_BEGIN = "FANAL1"
_CHECK = 5


class MessageRefused(Refused):
    """A message is damaged, or is not one that is expected."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature of a party under a file of the draw: ``statement``, ``later`` or ``void``."""

    list: bytes
    file: str
    party: str
    signature: bytes


SIGNATURE = record(
    Signature,
    {
        "list": binary(protocol.HASH),
        "file": one_of("statement", "later", "void"),
        "party": text(40, r"[a-z][a-z0-9-]*"),
        "signature": binary(64),
    },
    "draw-signature",
)
_KINDS: dict[str, Shape[Any]] = {
    "draw-commitment": protocol.COMMITMENT,
    "draw-signature": SIGNATURE,
    "draw-reveal": protocol.REVEAL,
    "draw-later": protocol.LATER,
}
Message = Commitment | Signature | Reveal | Later


def read(raw: bytes) -> Message:
    """Return the message in a file or a line. Raises MessageRefused."""
    if raw.startswith(_BEGIN.encode()):
        raw = from_line(raw.decode("ascii", "replace"))
    try:
        value = strictjson.decode(raw)
        kind = value.get("kind") if isinstance(value, dict) else None
        message: Message = _KINDS[str(kind)].read(value)
    except (Malformed, KeyError):
        raise MessageRefused(
            sentence("this is not a commitment, a signature, a reveal or a later value"),
            sentence("ask the party for the file again"),
        ) from None
    return message


def to_line(raw: bytes) -> str:
    """Return a message as one line for a QR code."""
    return f"{_BEGIN}{_base32(_checksum(raw) + raw)}"


def from_line(line: str) -> bytes:
    """Return the message in a line. Raises MessageRefused if a character is wrong."""
    written = "".join(line.split()).upper().removeprefix(_BEGIN)
    try:
        both = base64.b32decode(written + "=" * (-len(written) % 8))
    except binascii.Error:
        both = b""
    check, raw = both[:_CHECK], both[_CHECK:]
    if not raw or check != _checksum(raw) or _base32(both) != written:
        raise MessageRefused(
            sentence("the line was not read completely, or a character is wrong"),
            sentence("scan it again; the keyboard layout of the scanner has to be that of the machine"),
        )
    return raw


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def _checksum(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()[:_CHECK]
