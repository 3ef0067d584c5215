"""`portal serve` denies itself what it does not need."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from portal.ops import landlock, seccomp
from portal.store import database
from portal.store.database import Place
from tests.support.builders import make_report_envelope
from tests.support.portal_room import SITE
from tests.support.portal_server import Server

pytestmark = pytest.mark.long

# The portal, with one address more at which each file is read that a visitor names, as by a hole in it.
_HOLE = """
import sys
from pathlib import Path
from flask import request
from portal.config import load
from portal.ops import serving

whole = serving.create_app
def with_a_hole(settings):
    app = whole(settings)
    app.add_url_rule("/hole", view_func=lambda: Path(request.args["file"]).read_bytes())
    return app
serving.create_app = with_a_hole
serving.serve(load(Path(sys.argv[2])), lambda: print("serving on it", flush=True))
"""
# One process reads a file, confines itself, reads it again, and tries what else it must not.
_BEFORE_AND_AFTER = """
import os, socket, subprocess, sys
from pathlib import Path
from sqlalchemy import make_url
from portal.ops import confinement

def tried(action):
    try:
        action()
    except PermissionError:
        return "refused"
    return "done"

folder, secret, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
def told():
    print(
        tried(secret.read_bytes),
        tried(lambda: (folder.parent / "new").write_bytes(b"x")),
        tried(lambda: subprocess.run(["/bin/true"])),
        tried(lambda: socket.create_connection(("127.0.0.1", port)).close()),
        tried(lambda: os.kill(os.getppid(), 0)),
        tried(lambda: (folder / "portal.sqlite-wal").write_bytes(b"x")),
        tried(lambda: __import__("wave")),
    )
told()
status = open("/proc/self/status")
confinement.drop_privileges()
confinement.confine(make_url(f"sqlite:///{folder}/portal.sqlite"), [])
told()
print(*(line.split()[1] for line in status if line.startswith(("NoNewPrivs", "CapEff", "CapPrm"))))
"""

# One process sends a word outside in each way that Landlock does not know, confines itself, and tries again.
# It tries in a thread that it had before, as one filter holds for all of them. Its database it still reaches.
_WAYS_OUT = """
import socket, sys, threading
from contextlib import closing
from sqlalchemy import make_url
from portal.ops import confinement
from portal.store.database import Place, open_database

url, path, tcp, udp = make_url(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
local, other, MPTCP = ("127.0.0.1", tcp), ("127.0.0.1", udp), 262
def connected(*kind, to):
    with socket.socket(*kind) as made:
        made.connect(to)
        made.sendall(b"x")
def sent(*kind, to, flags=0):
    with socket.socket(*kind) as made:
        made.sendto(b"x", flags, to)
def from_a_listener(listener):
    with listener:
        listener.shutdown(socket.SHUT_RDWR)
        listener.sendto(b"x", socket.MSG_FASTOPEN, local)
def found():
    with socket.socket() as made:
        made.listen()
def pair():
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        one.sendto(b"x", path + ".datagrams")
def ring():
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(425, 1, None)
    if ctypes.get_errno() == 1:
        raise PermissionError
def by_x32():
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(0x40000000 | 41, 2, 1, 0)
    if ctypes.get_errno() == 1:
        raise PermissionError
WAYS = {
    "path": lambda _: connected(socket.AF_UNIX, to=path),
    "pair": lambda _: pair(),
    "tcp": lambda _: connected(to=local),
    "mptcp": lambda _: connected(socket.AF_INET, socket.SOCK_STREAM, MPTCP, to=local),
    "fastopen": lambda _: sent(to=local, flags=socket.MSG_FASTOPEN),
    "listener": from_a_listener,
    "udp": lambda _: sent(socket.AF_INET, socket.SOCK_DGRAM, to=other),
    "listen": lambda _: found(),
    "ring": lambda _: ring(),
    "x32": lambda _: by_x32(),
}
def tried(listeners):
    refused = []
    for (name, way), listener in zip(WAYS.items(), listeners):
        try:
            way(listener)
        except PermissionError:
            refused.append(name)
    return refused
listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2 * len(WAYS))]
print("before:", *tried(listeners[::2]))
confined = threading.Event()
def later():
    confined.wait()
    print("after:", *tried(listeners[1::2]))
begun_before = threading.Thread(target=later)
begun_before.start()
confinement.drop_privileges()
if url.get_backend_name() == "sqlite":
    confinement.confine(url, [])
else:
    database = open_database(url)
    confinement.confine(url, database.places())
    database.close()
confined.set()
begun_before.join()
with closing(open_database(url)) as database:
    print("database:", database.size > 0)
"""
# One process confines itself to a database on a port, and tells what of all this it may still do.
_TO_A_DATABASE = """
import socket, sys
from sqlalchemy import make_url
from portal.ops import confinement
from portal.store.database import Place

host, port, other = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def may(name, action, *kind):
    try:
        with socket.socket(*kind) as made:
            action(made)
    except PermissionError:
        return
    print(name)
def to(port):
    return lambda made: made.connect(("127.0.0.1", port))
INET, STREAM, DATAGRAM, MPTCP = socket.AF_INET, socket.SOCK_STREAM, socket.SOCK_DGRAM, 262
confinement.drop_privileges()
confinement.confine(make_url("postgresql+psycopg://portal@host/fanal"), [Place(host, port)])
may("tcp", to(port), INET, STREAM)
may("tcp to another port", to(other), INET, STREAM)
may("mptcp", to(port), INET, STREAM, MPTCP)
may("listen", lambda made: made.listen(), INET, STREAM)
may("udp", to(port), INET, DATAGRAM)
may("be found by udp", lambda made: made.bind(("127.0.0.1", 0)), INET, DATAGRAM)
"""
_WAYS = ["path", "pair", "tcp", "mptcp", "fastopen", "listener", "udp", "listen", "ring", "x32"]


@dataclass
class WithAHole(Server):
    """A portal that reads any file for anybody."""

    def command(self, *arguments: str | Path) -> list[str]:
        return [
            sys.executable,
            "-c",
            _HOLE,
            "--config",
            str(self.folder / "portal.toml"),
            *map(str, arguments),
        ]


def test_the_kernel_here_has_landlock_and_seccomp() -> None:
    """Else the tests below would show nothing."""
    assert landlock.version() >= 6
    assert seccomp.is_available()


def test_what_a_process_could_do_it_cannot_once_it_is_confined(tmp_path: Path) -> None:
    """Read, write, execute, connect, signal: all before, none after; database and program remain."""
    folder, secret = tmp_path / "portal", tmp_path / "secret"
    folder.mkdir()
    secret.write_bytes(b"anybody may read this")
    secret.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = [folder, secret, listener.getsockname()[1]]
        command = [sys.executable, "-c", _BEFORE_AND_AFTER, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    before, after, privileges = done.stdout.splitlines()
    assert before.split() == ["done"] * 7
    assert after.split() == [*["refused"] * 5, "done", "done"]
    assert privileges.split() == ["0" * 16, "0" * 16, "1"]


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_confined_process_has_no_way_out_but_to_its_database(
    request: pytest.FixtureRequest, tmp_path: Path, backend: str
) -> None:
    """A database on a socket of the machine leaves others like it open (THREAT_MODEL), and no more."""
    url = f"sqlite:///{tmp_path}/portal.sqlite"
    if backend == "postgresql":
        url = request.getfixturevalue("postgres_tables")
    else:
        database.create(make_url(url)).close()
    before, after, used = ways_out(url, tmp_path)
    assert before == ["before:"]
    assert after == ["after:", *(_WAYS if backend == "sqlite" else _WAYS[1:])]
    assert used == ["database:", "True"]


def ways_out(url: str, folder: Path) -> list[list[str]]:
    """Return what a process was refused before it was confined and after, and if it has its database."""
    path = folder / "socket"
    with (
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        by_path.bind(str(path))
        by_path.listen()
        datagrams.bind(f"{path}.datagrams")
        for each in (path, f"{path}.datagrams"):
            Path(each).chmod(0o666)
        udp.bind(("127.0.0.1", 0))
        words = [url, str(path), str(tcp.getsockname()[1]), str(udp.getsockname()[1])]
        command = [sys.executable, "-c", _WAYS_OUT, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [line.split() for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("place", "may"),
    [
        (Place("/run/postgresql", 5432), []),
        (Place("127.0.0.1", 5432), ["tcp"]),
        (Place("database.example", 5432), ["tcp", "udp"]),
    ],
)
def test_a_database_on_a_port_leaves_that_port_and_a_name_what_finds_it(place: Place, may: list[str]) -> None:
    """And no MPTCP, which would go to any port: sockets of another protocol are not made."""
    with socket.create_server(("127.0.0.1", 0)) as right, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [each.getsockname()[1] for each in (right, other)]
        command = [sys.executable, "-c", _TO_A_DATABASE, place.host, *map(str, ports)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == may


def has_no_privileges(process: int) -> bool:
    """Return whether a process has no capability and will get none."""
    status = dict(line.split(":\t") for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return [int(status[name], 16) for name in ("CapEff", "CapPrm", "NoNewPrivs")] == [0, 0, 1]


def test_a_hole_in_the_portal_shows_no_file_of_the_machine(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """What everybody on the machine may read, its processes may not while they serve."""
    (tmp_path / "portal").mkdir()
    server = WithAHole(tmp_path / "portal", free_port())
    server.make()
    secret = tmp_path / "secret"
    secret.write_bytes(b"anybody may read this")
    secret.chmod(0o644)
    with server.serving():
        server.send(make_report_envelope(SITE))
        assert server.process
        assert all(has_no_privileges(process) for process in [server.process.pid, *server.workers()])
        assert not has_no_privileges(os.getpid())
        config = server.folder / "portal.toml"
        assert server.request("GET", f"/hole?file={config}")[::2] == (200, config.read_bytes())
        for path in (secret, "/etc/passwd", "/proc/self/environ"):
            assert server.request("GET", f"/hole?file={path}")[0] == 500
    assert "internal_error: PermissionError" in server.log()
