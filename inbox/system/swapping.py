"""Whether the memory of this process may reach a disk unencrypted.

This module is separate from ``inbox.system.memory``, because the sandbox contains that module but not
``templates``.
"""

from enum import Enum

from inbox.system import memory
from templates import disks


class Swapping(Enum):
    """Texts for `inbox doctor` and ``said``: whether the memory of this process can reach a disk."""

    LOCKED = "memory is locked and is never swapped to a disk"
    ENCRYPTED = "memory is not locked, but no swap here writes it to a disk unencrypted"
    PLAIN = "memory is not locked, and texts of reports may reach a disk unencrypted"


def now() -> Swapping:
    """Lock the memory of this process. If locking fails, look for swap that is not encrypted."""
    if memory.lock():
        return Swapping.LOCKED
    return Swapping.PLAIN if disks.plain_swaps() else Swapping.ENCRYPTED


def said() -> str:
    """Return the message for officers who open a session or the desk."""
    found = now()
    more = ": see inbox doctor" if found is Swapping.PLAIN else ""
    return f"This process makes no core dumps; its {found.value}{more}."
