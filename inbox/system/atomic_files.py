"""Write files atomically: a file is complete or does not exist, even after a crash."""

import os
import secrets
import shutil
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inbox.language.errors import Refused
from inbox.language.messages import sentence

PIECE = 1 << 20
PART = ".part"
_DRAWN = 8


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a file, open for writing, that replaces ``path`` once the file is safely on disk.

    If the block raises an exception, ``path`` is not changed. The file has mode 0600.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(_DRAWN)}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def new(path: Path) -> Iterator[BinaryIO]:
    """Yield a file in the same way as ``replacing``. Raises Refused if ``path`` already exists."""
    if path.exists():
        raise Refused(
            sentence("{path} already exists", path=path),
            sentence("choose another --out: nothing is overwritten"),
        )
    with replacing(path) as file:
        yield file


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write ``pieces`` to ``path`` completely and flush them to disk, or leave ``path`` unchanged."""
    with replacing(path) as file:
        file.writelines(pieces)


def copy(source: Path, target: Path) -> None:
    """Copy the file ``source`` to ``target`` completely, or leave ``target`` unchanged."""
    with source.open("rb") as original, replacing(target) as file:
        shutil.copyfileobj(original, file, PIECE)


def pieces(file: BinaryIO, size: int | None = None) -> Iterator[bytes]:
    """Yield the rest of an open file, or its next ``size`` bytes, in pieces of at most 1 MiB."""
    left = size
    while piece := file.read(PIECE if left is None else min(PIECE, left)):
        yield piece
        left = None if left is None else left - len(piece)


def sync_folder(folder: Path) -> None:
    """Return once the entries of ``folder`` are on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create a folder that only its owner can enter, unless it exists."""
    folder.mkdir(mode=0o700, exist_ok=True)


def remove_parts(folder: Path, name: str) -> bool:
    """Remove the unfinished files that a killed ``replacing`` left in ``folder``. ``name`` is a pattern.

    Returns whether there were unfinished files.
    """
    parts = list(folder.glob(f"{name}.{'[0-9a-f]' * 2 * _DRAWN}{PART}"))
    for part in parts:
        part.unlink()
    if parts:
        sync_folder(folder)
    return bool(parts)


def remove(folder: Path, done: Callable[[], Container[Path]]) -> None:
    """Remove finished and unfinished files from ``folder``. ``done`` returns the finished files.

    ``done`` is called only if the folder is not empty.
    """
    found = list(folder.iterdir())
    known = done() if found else ()
    stale = [path for path in found if path in known or path.suffix == PART]
    for path in stale:
        path.unlink()
    if stale:
        sync_folder(folder)
