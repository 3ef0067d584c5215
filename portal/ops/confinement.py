"""What the portal denies itself: privileges, and in each process that answers, files and connections.

Who takes hold of such a process by a fault in it, or in a library, finds no file of the machine but the
database and the program, and makes no connection but those that the database needs.
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

_CAPABILITIES_VERSION = 0x20080522  # linux/capability.h: two groups of 32
# What SQLite and the interpreter read beside their own files.
_DEVICES = ("/dev/null", "/dev/urandom")
# By what a name becomes an address, and what PostgreSQL's library reads of its user (libpq, "Environment").
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
    """Give up every capability, and the way to new ones; all processes begun later have none.

    Raises OSError if the kernel refuses. Sources: capabilities(7), capset(2).
    """
    kernel.forbid_new_privileges()
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_CAPABILITIES_VERSION, 0), (ctypes.c_uint32 * 6)()
    libc.capget(ctypes.byref(header), ctypes.byref(sets))
    # systemd may have taken them, and then forbids the call.
    if any(sets) and libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())):
        raise OSError(ctypes.get_errno(), "capabilities were not given up")


def confine(database: URL, places: list[Place]) -> None:
    """Leave this process the program's code to read, the database to use, and ``places`` to connect to.

    It does what Landlock and seccomp of this kernel can. Call it before the process has threads, and with
    all read that it will need. OSError if it fails.
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
        # Resolving a name takes UDP.
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
    # Such as `sslrootcert`: what is no path is no file either.
    for value in database.query.values():
        yield from (Path(each) for each in ([value] if isinstance(value, str) else value) if each[:1] == "/")
