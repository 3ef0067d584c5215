"""The kernel's Landlock: permanently restrict a process's access to files, TCP and other processes.

Sources: landlock(7) and linux/landlock.h of Linux 6.12. The system call numbers are the same on every Debian
architecture. No Python library for Landlock has a long record of maintenance, and three system calls do not
need a library.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from portal.ops import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_TELL_VERSION = 1
_PATH_BENEATH, _PORT = 1, 2

_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_WRITE_FILE, _REMOVE_FILE, _MAKE_FILE, _TRUNCATE = 1 << 1, 1 << 5, 1 << 8, 1 << 14
_READ = _READ_FILE | _READ_FOLDER
_WRITE = _READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_FILE | _TRUNCATE
# The rights to files, by the version of Landlock that introduced them. Rules for TCP came with version 4, and
# rules for other processes came with version 6.
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: 1 << 15}
_BIND, _CONNECT = 1, 2
_TCP_VERSION = 4
_SOCKETS_AND_SIGNALS, _SCOPE_VERSION = 3, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _To(ctypes.Structure):
    _fields_ = (("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64))


def version() -> int:
    """Return the kernel's version of Landlock, or 0 if the kernel lacks it or does not use it."""
    with suppress(OSError):
        return kernel.call(_CREATE_RULESET, None, 0, _TELL_VERSION)
    return 0


def restrict(*, read: Iterable[Path], write: Iterable[Path], ports: Iterable[int]) -> None:
    """Restrict this thread, and everything it starts, to these files and folders, and forbid execution.

    Open files stay open. The thread cannot bind a TCP port, and can connect only to ``ports``, on any
    machine. The thread cannot signal outside processes or connect to their abstract sockets. An older kernel
    applies the restrictions that it supports, and a kernel without Landlock applies none. Raises OSError if
    the kernel has Landlock and refuses.
    """
    if not (had := version()):
        return
    handled = sum(rights for since, rights in _FILES.items() if since <= had)
    tcp = _BIND | _CONNECT if had >= _TCP_VERSION else 0
    rules = _Ruleset(handled, tcp, _SOCKETS_AND_SIGNALS if had >= _SCOPE_VERSION else 0)
    ruleset = kernel.call(_CREATE_RULESET, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    try:
        for path in read:
            _allow(ruleset, path, _READ & handled)
        for path in write:
            _allow(ruleset, path, _WRITE & handled)
        for port in ports if tcp else ():
            kernel.call(_ADD_RULE, ruleset, _PORT, ctypes.byref(_To(_CONNECT, port)), 0)
        kernel.forbid_new_privileges()
        kernel.call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    # The path does not exist, or is already inaccessible. For example, the shipped unit hides home folders.
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= _READ_FILE | _WRITE_FILE | _TRUNCATE
        kernel.call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_Beneath(rights, beneath)), 0)
    finally:
        os.close(beneath)
