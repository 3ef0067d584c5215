"""The public keys and signatures that minisign writes, read strictly: nothing may precede or follow them.

Source of both formats: the manual of minisign, https://jedisct1.github.io/minisign/.
"""

import base64
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from deploy.release.errors import DANGER, Refused

# The base64 contains the algorithm (2 bytes), the number of the key (8 bytes), and the key (32) or the
# signature (64). The last line of a signature file is a second signature (64 bytes), which also covers the
# trusted comment.
_KEY = re.compile(r"untrusted comment: [^\n]*\n([A-Za-z0-9+/]{56})\n")
_SIGNATURE = re.compile(
    r"untrusted comment: [^\n]*\n([A-Za-z0-9+/]{99}=)\ntrusted comment: [^\n]*\n[A-Za-z0-9+/]{86}==\n"
)
_NUMBER = slice(2, 10)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key (32 bytes), and the number (8 bytes) by which signatures refer to it."""

    number: bytes
    key: bytes

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the key in a file. Raises Refused if the file is not a public key."""
        raw = _decoded(file, _KEY)
        if raw[:2] != b"Ed":
            raise Refused(f"{file.name} is not a public key of minisign", "give a file NAME.pub")
        return cls(raw[_NUMBER], raw[_NUMBER.stop :])


def signed_by(file: Path) -> bytes:
    """Return the number of the key that made the signature in a file.

    Raises Refused if the file is not a signature. Only minisign can tell whether the signature is valid.
    """
    raw = _decoded(file, _SIGNATURE)
    if raw[:2] != b"ED":
        raise Refused(f"{file.name} is not a signature of minisign", DANGER)
    return raw[_NUMBER]


def read(file: Path, name: str | None = None) -> bytes:
    """Return the content of a regular file, which errors call ``name``. The default is the file's own name.

    Raises Refused if the file is a link, a folder, a pipe or missing.
    """
    name = name or file.name
    try:
        # An ordinary open would wait for ever for a pipe that nobody writes to.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Refused(f"{name} is missing", "get the whole release again") from None
    except OSError:
        raise Refused(f"{name} is not a regular file", DANGER) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused(f"{name} is not a regular file", DANGER)
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            return opened.read()
    finally:
        os.close(descriptor)


def _decoded(file: Path, form: re.Pattern[str]) -> bytes:
    """Return the decoded second line of a file, or empty bytes if the file has another form."""
    found = form.fullmatch(read(file).decode("utf-8", "replace"))
    return base64.b64decode(found[1]) if found else b""
