"""Read the files of a jurisdiction from an untrusted folder, which may contain anything."""

import errno
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from crypto.toml_schema import Fault, Mismatch, belongs

NAMES = (
    "authorities.toml",
    "deadlines.toml",
    "duties.toml",
    "goals.toml",
    "law.toml",
    "letters.toml",
    "measures.toml",
    "obstacles.toml",
    "outcomes.toml",
    "replies.toml",
    "retention.toml",
    "sheets.toml",
    "words.toml",
)
LARGEST = 256 * 1024
# A pipe would block, and a link could lead out of the folder.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
_NO_FILE = {errno.ELOOP, errno.ENXIO}


def read(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each of NAMES, at most LARGEST each.

    Raises Mismatch if ``folder`` is a link or not a folder. Raises Mismatch if a file is missing, unknown,
    too large or not a regular file. Raises OSError if the system cannot read the files.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise Mismatch(str(folder), Fault.WRONG, expected=belongs("folder")) from None
        raise
    try:
        _check_names(folder, descriptor)
        return {name: _content(folder, name, descriptor) for name in NAMES}
    finally:
        os.close(descriptor)


def sha256(files: Mapping[str, bytes]) -> bytes:
    """Return the hash of a jurisdiction (32 bytes), over every name and content, sorted by name.

    Each name and content is preceded by its length (8 bytes, big-endian), so that different files never give
    the same input.
    """
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _check_names(folder: Path, descriptor: int) -> None:
    missing = set(NAMES)
    with os.scandir(descriptor) as entries:
        for each in entries:
            if each.name not in NAMES:
                raise Mismatch(str(folder), Fault.UNKNOWN, each.name)
            missing.discard(each.name)
    if missing:
        raise Mismatch(str(folder), Fault.MISSING, min(missing))


def _content(folder: Path, name: str, descriptor: int) -> bytes:
    try:
        opened = os.open(name, _FLAGS, dir_fd=descriptor)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise _no_file(folder, name) from None
        raise
    try:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise _no_file(folder, name)
        with os.fdopen(opened, "rb", closefd=False) as file:
            # Read only this far, even if the file is longer or grows meanwhile.
            content = file.read(LARGEST + 1)
    finally:
        os.close(opened)
    if len(content) > LARGEST:
        raise Mismatch(str(folder), Fault.WRONG, name, belongs("file-up-to", most=LARGEST >> 10))
    return content


def _no_file(folder: Path, name: str) -> Mismatch:
    return Mismatch(str(folder), Fault.WRONG, name, belongs("regular-file"))
