"""Files that are read whole, and appear whole under their name, or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def read(path: Path, most: int) -> bytes:
    """Return the bytes of a file; raises OSError, also if there are more than ``most``."""
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write ``pieces`` to ``path``, readable by its owner alone; raises OSError, or what ``pieces`` raise.

    When this returns, file and name are on the disk.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
