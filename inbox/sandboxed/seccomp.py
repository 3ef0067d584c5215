"""Confine this process, irrevocably, before it reads the first byte of a hostile file.

The sandbox (``inbox.files.sandbox``) already surrounds the process. This second layer protects even if the
sandbox has a gap: it allows only system calls that allocate memory and move bytes, and it sets limits.
"""

import ctypes
import os
import platform
import resource
import struct
from dataclasses import dataclass

from inbox.system import memory

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_X86_64 = 0xC000003E
# System calls for reading, writing, allocating memory and exiting, by their numbers on x86-64.
_ALLOWED = {
    "read": 0,
    "write": 1,
    "close": 3,
    "lseek": 8,
    "mmap": 9,
    "mprotect": 10,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "mremap": 25,
    "madvise": 28,
    "getpid": 39,
    "exit": 60,
    "futex": 202,
    "clock_gettime": 228,
    "exit_group": 231,
    "getrandom": 318,
}
# Instructions of the kernel's filter: load a word of the call, jump if equal, return.
_LOAD, _JUMP_IF, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_EPERM = 1
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | _EPERM


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a process: memory in bytes, processor time in seconds."""

    memory: int = 1 << 30
    seconds: int = 10


def confine(limits: Limits) -> None:
    """Irrevocably give up everything except open pipes, and the memory and time that ``limits`` allows.

    Import all modules before this call, because no file can be opened afterwards. Raises OSError on failure.
    """
    memory.forbid_dumps()
    memory.lock()
    limit(limits)
    filter_calls()


def limit(limits: Limits) -> None:
    """Set the system's limits on memory and time, and forbid this process to write files or start processes.

    The kernel exempts root from the limit on the number of processes. If the inbox runs as root, only
    ``filter_calls`` forbids new processes.
    """
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def filter_calls() -> None:
    """Make the kernel refuse every system call that is not allowed. Raise OSError on failure."""
    if platform.machine() != "x86_64":
        raise OSError(f"there is no list of system calls for {platform.machine()}")
    libc = ctypes.CDLL(None, use_errno=True)
    program = _program()
    described = _Program(len(program) // 8, program)
    for call in (
        (_NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        (_SET_SECCOMP, _FILTER, ctypes.byref(described), 0, 0),
    ):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program() -> bytes:
    allowed = sorted(_ALLOWED.values())
    last = len(allowed)
    return b"".join(
        [
            _instruction(_LOAD, _ARCHITECTURE),
            _instruction(_JUMP_IF, _X86_64, then=1),
            _instruction(_RETURN, _KILL),
            _instruction(_LOAD, _NUMBER),
            *(_instruction(_JUMP_IF, number, then=last - place) for place, number in enumerate(allowed)),
            _instruction(_RETURN, _REFUSE),
            _instruction(_RETURN, _ALLOW),
        ]
    )


def _instruction(code: int, value: int, *, then: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, 0, value)
