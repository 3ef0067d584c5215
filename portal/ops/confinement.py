"""The portal gives up privileges, and each serving process gives up access to files and connections.

A bug in the portal or in a library may let an attacker take over a serving process. Even then, the attacker
can open only the files of the database and the program, and connect only to the database.
"""

import ctypes
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import URL

from portal.ops import kernel, landlock, seccomp
from portal.store.database import Place

_CAPABILITIES_VERSION = 0x20080522  # linux/capability.h: two groups of 32 bits.
# Devices that SQLite and the interpreter read.
_DEVICES = ("/dev/null", "/dev/urandom")
# Files for resolving a host name, and the user's files that libpq reads (libpq, "Environment").
_RESOLVING = (
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/passwd",
    "/etc/ssl",
    "/run/systemd/resolve",
    "~/.pgpass",
    "~/.pg_service.conf",
    "~/.postgresql",
)
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


def drop_privileges() -> None:
    """Give up every capability for good, in this process and in all that it starts.

    Raises OSError if the kernel refuses. Sources: capabilities(7), capset(2).
    """
    kernel.forbid_new_privileges()
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_CAPABILITIES_VERSION, 0), (ctypes.c_uint32 * 6)()
    libc.capget(ctypes.byref(header), ctypes.byref(sets))
    # If systemd has removed the capabilities, systemd also forbids the call that drops them.
    if any(sets) and libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())):
        raise OSError(ctypes.get_errno(), "the kernel did not drop the capabilities")


def confine(database: URL, places: list[Place]) -> None:
    """Restrict this process to reading the program, using the database, and connecting to ``places``.

    The kernel enforces the restrictions that it supports, by Landlock and seccomp. Call this function before
    the process starts threads, and after the process has read every other file that it needs. Raises OSError
    if the kernel refuses.
    """
    if database.get_backend_name() == "sqlite":
        landlock.restrict(read=_code(), write=[Path(str(database.database)).parent], ports=[])
    else:
        ports = [place.port for place in places if not place.is_local]
        landlock.restrict(read=[*_code(), *_of_postgresql(database)], write=[], ports=ports)
    seccomp.restrict({each for place in places for each in _sockets(place)})


def _sockets(place: Place) -> Iterator[tuple[socket.AddressFamily, socket.SocketKind]]:
    if place.is_local:
        yield socket.AF_UNIX, socket.SOCK_STREAM
        return
    for family in (socket.AF_INET, socket.AF_INET6):
        yield family, socket.SOCK_STREAM
        # Resolving a name needs UDP.
        if not _is_address(place.host):
            yield family, socket.SOCK_DGRAM


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host))
    return False


def _code() -> Iterator[Path]:
    yield from map(Path, (*_LIBRARIES, *_DEVICES, sys.prefix))
    yield from (Path(each) for each in sys.path if each)


def _of_postgresql(database: URL) -> Iterator[Path]:
    yield from (Path(each).expanduser() for each in _RESOLVING)
    # Paths in options such as `sslrootcert`.
    for value in database.query.values():
        yield from (Path(each) for each in ([value] if isinstance(value, str) else value) if each[:1] == "/")
