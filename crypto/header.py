"""The header of an age v1 file (C2SP age.md, "Header")."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from crypto.errors import Malformed, Tampered
from crypto.pieces import Pieces
from crypto.primitives import decode64, derive, encode64

MAX_HEADER = 65_536  # A header of this size holds 40 hybrid stanzas; the limit bounds a reader's memory.

# The ABNF of age.md, one pattern for each production.
_ARGUMENTS = rb"[!-~]+(?: [!-~]+)*"
_BODY = rb"(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n"
_STANZA = rb"-> (?P<args>" + _ARGUMENTS + rb")\n(?P<body>" + _BODY + rb")"
_VERSION = b"age-encryption.org/v1\n"
_HEADER = re.escape(_VERSION) + rb"(?P<stanzas>(?:" + _STANZA + rb")+)--- (?P<mac>[A-Za-z0-9+/]{43})\n"


@dataclass(frozen=True, slots=True)
class Stanza:
    """The file key, wrapped for one recipient: printable arguments (the first names the kind) and a body."""

    args: tuple[str, ...]
    body: bytes

    def __post_init__(self) -> None:
        if not re.fullmatch(_ARGUMENTS, " ".join(self.args).encode()) or any(" " in arg for arg in self.args):
            raise Malformed("a stanza needs arguments of printable characters without spaces")

    def encode(self) -> str:
        """Return the argument line, then the body in lines of 64 columns; the last line is shorter."""
        body = encode64(self.body)
        lines = [body[start : start + 64] for start in range(0, len(body) + 1, 64)]
        return "".join(f"{line}\n" for line in ["-> " + " ".join(self.args), *lines])


@dataclass(frozen=True, slots=True)
class Header:
    """At least one stanza, and a 32-byte MAC that only holders of the file key can make."""

    stanzas: tuple[Stanza, ...]
    mac: bytes

    def __post_init__(self) -> None:
        if not self.stanzas:
            raise Malformed("the file is sealed to nobody; name at least one recipient")
        if len(self.stanzas) > 1 and any(stanza.args[0] == "scrypt" for stanza in self.stanzas):
            raise Malformed("a passphrase must be the only recipient of a file")
        if len(self.encode()) > MAX_HEADER:
            raise Malformed("too many recipients for one file; seal it once for each half of them")

    @classmethod
    def authenticate(cls, stanzas: Iterable[Stanza], file_key: bytes) -> Self:
        """Return the header of these stanzas with its MAC; raise Malformed if age forbids the combination."""
        listed = tuple(stanzas)
        return cls(listed, _mac(listed, file_key))

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Return the header whose bytes are ``raw``; raise Malformed if it is not in canonical form."""
        found = re.fullmatch(_HEADER, raw)
        if found is None:
            raise Malformed("this is not the header of an age v1 file; check that it is the right file")
        stanzas = tuple(_stanza(each) for each in re.finditer(_STANZA, found["stanzas"]))
        return cls(stanzas, decode64(found["mac"].decode()))

    @classmethod
    def read(cls, source: Pieces) -> Self:
        """Read the header, at most 65,536 bytes, from ``source``; raise the same errors as ``parse``."""
        raw = bytearray()
        line = b"\n"
        while line.endswith(b"\n") and not line.startswith(b"---"):
            line = source.line(MAX_HEADER - len(raw))
            raw += line
        return cls.parse(bytes(raw))

    def encode(self) -> bytes:
        """Return the bytes of the header, from the version line to the LF after the MAC."""
        return _signed(self.stanzas) + f" {encode64(self.mac)}\n".encode()

    def verify(self, file_key: bytes) -> None:
        """Raise Tampered unless the MAC was made with ``file_key`` over these stanzas."""
        if not hmac.compare_digest(self.mac, _mac(self.stanzas, file_key)):
            raise Tampered("the file was changed after it was sealed; ask for it again")


def _stanza(found: re.Match[bytes]) -> Stanza:
    args = tuple(found["args"].decode().split(" "))
    return Stanza(args, decode64(found["body"].decode().replace("\n", "")))


def _signed(stanzas: Iterable[Stanza]) -> bytes:
    """Return the bytes that the MAC covers, up to and including the three dashes before the MAC."""
    return _VERSION + "".join(stanza.encode() for stanza in stanzas).encode() + b"---"


def _mac(stanzas: Iterable[Stanza], file_key: bytes) -> bytes:
    return hmac.digest(derive(file_key, salt=b"", info=b"header"), _signed(stanzas), "sha256")
