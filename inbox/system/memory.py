"""What this process holds in memory stays out of core dumps and, if the system lets it, off the disk."""

import ctypes
import mmap
import os
import resource

_PR_SET_DUMPABLE = 4
_CURRENT, _FUTURE, _ON_FAULT = 1, 2, 4
# Four times what Argon2id takes for a passphrase: if this can be had while memory is locked, so can that.
_TRIAL = 1 << 30


def forbid_dumps() -> None:
    """Leave no core dump of this process, and let no other process of the same user read its memory.

    Both are needed: the limit holds for files, the other one also for dumps that go to a program.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def lock() -> bool:
    """Keep the memory of this process, present and future, from being swapped out; return whether that held.

    Pages are locked once they are used. A limit that would later refuse memory to Argon2id counts as a no.
    """
    if _libc().mlockall(_CURRENT | _FUTURE | _ON_FAULT):
        return False
    try:
        mmap.mmap(-1, _TRIAL).close()
    except OSError:
        _libc().munlockall()
        return False
    return True


def said() -> str:
    """Return what officers are told of it, once ``lock`` was tried once more."""
    swapped = (
        "its memory is locked: nothing of it is swapped to a disk"
        if lock()
        else "its memory could not be locked: switch swap off, or raise the limit (ulimit -l unlimited)"
    )
    return f"No core dumps are made of this process; {swapped}."


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
