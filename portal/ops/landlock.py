"""The kernel's Landlock: what a process may do with files, TCP and other processes, from now on for good.

Sources: landlock(7) and linux/landlock.h of Linux 6.12; the numbers of its system calls are the same on every
architecture of Debian. No library for it has been kept for long, and three calls need none.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_TELL_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38

_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_WRITE_FILE, _REMOVE_FILE, _MAKE_FILE, _TRUNCATE = 1 << 1, 1 << 5, 1 << 8, 1 << 14
_READ = _READ_FILE | _READ_FOLDER
_WRITE = _READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_FILE | _TRUNCATE
# Every right over files by the version that brought it; the version of TCP; the one of other processes.
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: 1 << 15}
_BIND, _CONNECT = 1, 2
_TCP_VERSION = 4
_SOCKETS_AND_SIGNALS, _SCOPE_VERSION = 3, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return the version of Landlock that the kernel has, 0 if it has none or does not use it."""
    with suppress(OSError):
        return _call(_CREATE_RULESET, None, 0, _TELL_VERSION)
    return 0


def restrict(*, read: Iterable[Path], write: Iterable[Path], connect: bool) -> None:
    """Leave this thread, and what it starts, these files and folders alone; nothing may be executed.

    Files that are open stay so. No TCP port may be bound; ``connect`` says whether others may be connected
    to. No signal and no abstract socket reaches a process outside. An older kernel does what it can; one
    without Landlock does nothing. Raises OSError if it should and does not.
    """
    if not (kernel := version()):
        return
    handled = sum(rights for since, rights in _FILES.items() if since <= kernel)
    rules = _Ruleset(
        handled,
        (_BIND if connect else _BIND | _CONNECT) if kernel >= _TCP_VERSION else 0,
        _SOCKETS_AND_SIGNALS if kernel >= _SCOPE_VERSION else 0,
    )
    ruleset = _call(_CREATE_RULESET, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    try:
        for path in read:
            _allow(ruleset, path, _READ & handled)
        for path in write:
            _allow(ruleset, path, _WRITE & handled)
        forbid_new_privileges()
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def forbid_new_privileges() -> None:
    """Let no program that this process starts have more privileges than it (prctl(2)); OSError if not."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise _error()


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= _READ_FILE | _WRITE_FILE | _TRUNCATE
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_Beneath(rights, beneath)), 0)
    finally:
        os.close(beneath)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    done = int(libc.syscall(ctypes.c_long(number), *words))
    if done < 0:
        raise _error()
    return done


def _error() -> OSError:
    return OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
