"""Files that appear whole under their name, or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


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
