"""Open files that officers name, on a medium or in a folder.

A path that an officer names can lead to anything.

A pipe or a socket could block the program, with its keys in memory, for any length of time. A device or a
sparse file can be endless. So a file is opened without blocking, must be a regular file, and is read only up
to the limit for its kind.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from crypto.signing import LARGEST_FILE
from inbox.language.errors import FileRefused
from inbox.language.messages import sentence

# Links are refused, because on somebody else's medium, a link could lead to one of the officers' own files.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
_AGAIN = sentence("choose a regular file")


@contextmanager
def opened(path: Path, most: int | None = None) -> Iterator[BinaryIO]:
    """Yield a file of at most ``most`` bytes, open for reading.

    Without ``most``, the caller must check length and format while reading, starting with the first block.
    Raises FileRefused if the path is not a regular file or the file is too large. Raises OSError if the file
    cannot be opened.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise _no_file(path) from None
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise _no_file(path)
        if most is not None and found.st_size > most:
            raise _too_large(path, most)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


@contextmanager
def opened_to_copy(path: Path, folder: Path) -> Iterator[BinaryIO]:
    """Yield a file to copy to ``folder``, open for reading.

    Raises OSError (ENOSPC) if the file does not fit. Without this check, a copy of a sparse file could fill
    the disk. Also raises the same errors as ``opened``.
    """
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > shutil.disk_usage(folder).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
        yield file


def content(path: Path, most: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file of at most ``most`` bytes, by default 4 MiB.

    Raises the same errors as ``opened``.
    """
    with opened(path, most) as file:
        # The file may have grown since.
        read = file.read(most + 1)
    if len(read) > most:
        raise _too_large(path, most)
    return read


def _no_file(path: Path) -> FileRefused:
    return FileRefused(
        sentence("{path} is a link, a folder, a pipe or a device, not a regular file", path=path), _AGAIN
    )


def _too_large(path: Path, most: int) -> FileRefused:
    return FileRefused(sentence("{path} is larger than {most} MiB", path=path, most=most >> 20), _AGAIN)
