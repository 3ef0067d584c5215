"""Keep the memory of this process out of core dumps and, if the system allows it, out of swap."""

import ctypes
import mmap
import os
import resource

_PR_SET_DUMPABLE = 4
_CURRENT, _FUTURE, _ON_FAULT = 1, 2, 4
# Four times the memory of Argon2id: if this can be allocated while memory is locked, Argon2id can run.
_TRIAL = 1 << 30


def forbid_dumps() -> None:
    """Forbid core dumps of this process, and keep other processes of the same user from reading its memory.

    Both calls are needed, because the limit prevents only dumps to files, and the other call also prevents
    dumps to a program.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def lock() -> bool:
    """Lock the present and future memory of this process against swapping. Return whether the lock succeeded.

    Memory pages are locked once they are used. A limit that would later deny memory to Argon2id counts as a
    failure.
    """
    if _libc().mlockall(_CURRENT | _FUTURE | _ON_FAULT):
        return False
    try:
        mmap.mmap(-1, _TRIAL).close()
    except OSError:
        _libc().munlockall()
        return False
    return True


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
