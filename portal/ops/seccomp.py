"""The kernel's seccomp: permanently restrict which sockets a process may make and use.

Landlock restricts TCP ports and abstract sockets. Landlock does not restrict UDP, MPTCP, sockets with a path,
listening, or connections opened by sending (TCP Fast Open).

Sources: seccomp(2); linux/seccomp.h, linux/filter.h, asm/unistd.h of Linux 6.12. The authors of libseccomp
publish no Python binding on PyPI. Other bindings contain a copy of the library, or need it on the machine.
This module needs a few dozen instructions, and a library for them would be more code to trust than the
module.
"""

import ctypes
import platform
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from portal.ops import kernel

_SET_FILTER, _ALL_THREADS, _IS_THERE = 1, 1, 2
# Instructions: load a word of the call; mask it; jump if equal, if not less, or if a bit is set; return.
_LOAD, _AND, _EQUAL, _NOT_LESS, _BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # the call fails with EPERM

# From this number on, x86-64 repeats its system calls for programs with 32-bit addresses.
_X32 = 0x40000000
_KIND = 0xF  # The bits of socket()'s second argument that are not flags.
_MSG_FASTOPEN = 0x20000000


@dataclass(frozen=True, slots=True)
class _Machine:
    """An architecture: the kernel's number for it, and its system call numbers."""

    name: int
    seccomp: int
    socket: int
    connect: int
    # bind, listen, socketpair, io_uring_setup. A datagram socket from socketpair can send to any path, and
    # io_uring makes and connects sockets without these calls.
    never: tuple[int, ...]
    # The calls sendto, sendmsg and sendmmsg, each with the index of its flags argument.
    send: tuple[tuple[int, int], ...]


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 317, 41, 42, (49, 50, 53, 425), ((44, 3), (46, 2), (307, 3))),
    "aarch64": _Machine(0xC00000B7, 277, 198, 203, (200, 201, 199, 425), ((206, 3), (211, 2), (269, 3))),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def is_available() -> bool:
    """Return whether the kernel has seccomp and this module knows the machine's system call numbers."""
    machine = _MACHINES.get(platform.machine())
    with suppress(OSError):
        refuse = ctypes.c_uint32(_REFUSE & 0xFFFF0000)
        return machine is not None and kernel.call(machine.seccomp, _IS_THERE, 0, ctypes.byref(refuse)) == 0
    return False


def restrict(sockets: Iterable[tuple[socket.AddressFamily, socket.SocketKind]]) -> None:
    """Restrict all threads of this process to these sockets, with the default protocol of each.

    The process cannot bind a socket, listen, make a socket pair, or connect by sending (TCP Fast Open). If
    ``sockets`` is empty, the process cannot connect at all. Open sockets can still accept, receive and send.
    Forbidden calls, and all calls with the numbers of another architecture, fail with EPERM.

    Call ``kernel.forbid_new_privileges`` first. A kernel without seccomp restricts nothing. Raises OSError if
    the kernel has seccomp and refuses.
    """
    if not is_available():
        return
    machine = _MACHINES[platform.machine()]
    program = _program(machine, list(sockets))
    described = _Program(len(program) // 8, program)
    # A result other than 0 is the number of a thread that already has another filter.
    if kernel.call(machine.seccomp, _SET_FILTER, _ALL_THREADS, ctypes.byref(described)):
        raise OSError("a thread already has another seccomp filter")


def _program(machine: _Machine, sockets: list[tuple[socket.AddressFamily, socket.SocketKind]]) -> bytes:
    refused = _instruction(_RETURN, _REFUSE)
    allowed = _instruction(_RETURN, _ALLOW)
    never = [*machine.never, *(() if sockets else (machine.connect,))]
    return b"".join(
        [
            _instruction(_LOAD, _ARCHITECTURE),
            _unless(_EQUAL, machine.name, refused),
            _instruction(_LOAD, _NUMBER),
            _if(_NOT_LESS, _X32, refused),
            *(_if(_EQUAL, number, refused) for number in never),
            *(
                _if(_EQUAL, number, _argument(flags) + _if(_BIT, _MSG_FASTOPEN, refused) + allowed)
                for number, flags in machine.send
            ),
            _if(_EQUAL, machine.socket, b"".join(_socket(*each, allowed) for each in sockets) + refused),
            allowed,
        ]
    )


def _socket(family: int, kind: int, then: bytes) -> bytes:
    """Do ``then`` if the call asks for this socket with protocol 0.

    MPTCP, for example, has another protocol number.
    """
    usual = _argument(2) + _if(_EQUAL, 0, then)
    of_kind = _argument(1) + _instruction(_AND, _KIND) + _if(_EQUAL, kind, usual)
    return _argument(0) + _if(_EQUAL, family, of_kind)


def _argument(place: int) -> bytes:
    # All arguments are 32-bit, and the kernel ignores the high half of each 64-bit argument. On both
    # architectures, the high half is stored second.
    return _instruction(_LOAD, _ARGUMENTS + 8 * place)


def _if(test: int, value: int, then: bytes) -> bytes:
    return _instruction(test, value, otherwise=len(then) // 8) + then


def _unless(test: int, value: int, then: bytes) -> bytes:
    return _instruction(test, value, yes=len(then) // 8) + then


def _instruction(code: int, value: int, *, yes: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, otherwise, value)
