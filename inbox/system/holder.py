"""Who holds a home for long: told to whoever finds it held, and never written to a disk.

Names of officers stand in the vault alone; this file lies in memory, is for the same user only, and goes with
the process or with the machine's next start.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from inbox.system import clock

_MEMORY = Path("/dev/shm")  # noqa: S108 - the name tells one home from another, and only its owner may write it
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """The surface on which officers work (a label of labels.toml), since when in UTC, and who opened it."""

    surface: str
    since: str
    officers: tuple[str, ...]


@contextmanager
def telling(root: Path, surface: str, officers: Sequence[str]) -> Iterator[None]:
    """Let other processes of this user learn who holds a home while the block runs, where the system can."""
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
    """Return who holds a home that is held, None if that is not known."""
    try:
        descriptor = os.open(_place(root), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, encoding="utf-8") as file:
            # Somebody else's file says what they please.
            if os.fstat(descriptor).st_uid != os.geteuid():
                return None
            found = json.loads(file.read(_LONGEST))
        return Holder(str(found["surface"]), str(found["since"]), tuple(map(str, found["officers"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _place(root: Path) -> Path:
    found = root.stat()
    return _MEMORY / f"fanal-inbox-{found.st_dev:x}-{found.st_ino:x}"
