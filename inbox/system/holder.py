"""Record in memory which officers have an inbox open, so that other processes can name these officers.

The record is never written to a disk.

On disk, only the vault contains names of officers. This file is in memory, readable only by the same user,
and disappears when the process ends or the machine restarts.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from inbox.system import clock

_MEMORY = Path("/dev/shm")  # noqa: S108 - each home has its own file, which only its owner may write
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """The desk or terminal session (a label of labels.toml), its start in UTC, and the officers."""

    surface: str
    since: str
    officers: tuple[str, ...]


@contextmanager
def telling(root: Path, surface: str, officers: Sequence[str]) -> Iterator[None]:
    """During the block, let other processes of this user find out which officers have a home open.

    If the system does not let this process write the file, nothing is written.
    """
    place = _place(root)
    with suppress(OSError):
        place.unlink(missing_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(Holder(surface, clock.minute(), tuple(officers))), file)
    try:
        yield
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def of(root: Path) -> Holder | None:
    """Return who has a locked home open, or None if that is not known."""
    try:
        descriptor = os.open(_place(root), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, encoding="utf-8") as file:
            # Another user's file could contain anything.
            if os.fstat(descriptor).st_uid != os.geteuid():
                return None
            found = json.loads(file.read(_LONGEST))
        return Holder(str(found["surface"]), str(found["since"]), tuple(map(str, found["officers"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _place(root: Path) -> Path:
    found = root.stat()
    return _MEMORY / f"fanal-inbox-{found.st_dev:x}-{found.st_ino:x}"
