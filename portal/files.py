"""Read and write files that people name: only regular files are read, and writing is atomic."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# 2000-01-01, in seconds since 1970. The file systems of exchange media cannot store years before 1980.
_FIXED_TIME = 946_684_800


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading. Raises OSError at once for a device or a pipe, which would block."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def read(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file.

    Raises OSError, for example if there are more than ``most`` bytes.
    """
    with opened(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def write(
    path: Path, pieces: Iterable[bytes], mode: int = 0o600, owner: tuple[int, int] | None = None
) -> None:
    """Write ``pieces`` to ``path`` completely or not at all, with these access rights.

    ``owner`` contains the ids of the user and group; without it, the file belongs to the user of this
    process. When this function returns, the file and its name are on the disk. Raises OSError, or any error
    raised by the iterator of ``pieces``.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if owner:
                os.fchown(file.fileno(), *owner)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
    sync(path.parent)


def set_fixed_time(path: Path) -> None:
    """Set the times of a file to a fixed day, so that the times do not reveal when the file was made.

    Raises OSError.
    """
    os.utime(path, (_FIXED_TIME, _FIXED_TIME))


def check_room(folder: Path, size: int) -> None:
    """Check that a folder can take a file of ``size`` bytes; raises OSError with the reason if not."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    os.close(handle)
    Path(name).unlink()
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def sync(path: Path) -> None:
    """Flush a file, or the list of names in a folder, to the disk before returning. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
