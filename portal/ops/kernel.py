"""System calls for which Python has no function."""

import ctypes
import os

_NO_NEW_PRIVILEGES = 38


def call(number: int, *arguments: object) -> int:
    """Make the system call with this number (syscall(2)) and return its result; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    done = int(libc.syscall(ctypes.c_long(number), *words))
    if done < 0:
        raise _error()
    return done


def forbid_new_privileges() -> None:
    """Prevent programs started by this process from gaining privileges (prctl(2)); raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise _error()


def _error() -> OSError:
    return OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
