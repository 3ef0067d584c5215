"""Files that people name, on a medium or in a folder: what stands there may be anything.

A pipe or a socket would hold the program, its keys in memory, for as long as somebody likes; a device or a
file that is mostly a hole has no end. So a file is opened without waiting for it, must be a regular one, and
is read no further than its kind can be long.
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

# A link is refused: on a medium of somebody else's it would lead to a file of the officers' own.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
_AGAIN = sentence("give the file that is asked for")


@contextmanager
def opened(path: Path, most: int | None = None) -> Iterator[BinaryIO]:
    """Give a file open for reading, which has at most ``most`` bytes.

    Without ``most`` its reader has to see from the first block on whether it is what it should be, and how
    long. Raises FileRefused for what is no regular file or larger, OSError.
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
    """Give a file as ``opened`` does, for a copy in ``folder``; OSError (ENOSPC) if that has no room for it.

    A file that is mostly a hole would else fill the disk before it is known to be too large.
    """
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > shutil.disk_usage(folder).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
        yield file


def content(path: Path, most: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file that has at most ``most``, by default 4 MiB; raises as ``opened`` does."""
    with opened(path, most) as file:
        # It may have grown meanwhile.
        read = file.read(most + 1)
    if len(read) > most:
        raise _too_large(path, most)
    return read


def _no_file(path: Path) -> FileRefused:
    return FileRefused(
        sentence("{path} is no regular file, but a link, a folder, a pipe or a device", path=path), _AGAIN
    )


def _too_large(path: Path, most: int) -> FileRefused:
    return FileRefused(sentence("{path} has more than {most} MiB", path=path, most=most >> 20), _AGAIN)
