"""`portal serve` gives up the rights that it does not need."""

import errno
import json
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from portal.ops import landlock, seccomp
from portal.store import database
from portal.store.database import Place
from tests.support.builders import make_report_envelope
from tests.support.installation import free_port
from tests.support.portal_room import SITE
from tests.support.portal_server import Server

pytestmark = pytest.mark.long

# The portal with two extra addresses. The first address simulates a vulnerability: it reads any file that a
# visitor names. The second address shows which threads were able to read a file at their start. One of the
# threads begins before any process is confined.
_HOLE = """
import os, sys, threading
from pathlib import Path
from flask import request
from portal.config import load
from portal.ops import serving

whole, run, could = serving.create_app, threading.Thread.run, {}
def trying(thread):
    try:
        could[thread.name] = bool(Path("/etc/passwd").read_bytes())
    except PermissionError:
        could[thread.name] = False
    run(thread)
threading.Thread.run = trying
def with_a_hole(settings):
    first = threading.Thread(name="first")
    first.start()
    first.join()
    app = whole(settings)
    app.add_url_rule("/hole", "hole", lambda: Path(request.args["file"]).read_bytes())
    app.add_url_rule("/threads", "threads", lambda: {"process": os.getpid(), "could": could})
    return app
serving.create_app = with_a_hole
serving.serve(load(Path(sys.argv[2])), lambda: print("serving on it", flush=True))
"""
# A process reads a file, confines itself, reads the file again, and tries other forbidden actions.
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

# A process sends data out in every way that Landlock does not control, confines itself, and tries again. The
# process tries this in an older thread, because one filter must apply to all threads. The process can still
# reach its database.
_WAYS_OUT = """
import errno, platform, socket, sys, threading
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
def from_a_listener(send):
    def from_listener(listener):
        with listener:
            listener.shutdown(socket.SHUT_RDWR)
            send(listener)
    return from_listener
def by_number(number, *arguments):
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(number, *arguments)
    if ctypes.get_errno() == 1:
        raise PermissionError
SENDMMSG = {"x86_64": 307, "aarch64": 269}[platform.machine()]
def found():
    with socket.socket() as made:
        made.listen()
def pair():
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        one.sendto(b"x", path + ".datagrams")
WAYS = {
    "path": lambda _: connected(socket.AF_UNIX, to=path),
    "pair": lambda _: pair(),
    "tcp": lambda _: connected(to=local),
    "mptcp": lambda _: connected(socket.AF_INET, socket.SOCK_STREAM, MPTCP, to=local),
    "fastopen": lambda _: sent(to=local, flags=socket.MSG_FASTOPEN),
    "listener": from_a_listener(lambda made: made.sendto(b"x", socket.MSG_FASTOPEN, local)),
    "sendmsg": from_a_listener(lambda made: made.sendmsg([b"x"], (), socket.MSG_FASTOPEN, local)),
    "sendmmsg": from_a_listener(lambda made: by_number(SENDMMSG, made.fileno(), 0, 0, socket.MSG_FASTOPEN)),
    "udp": lambda _: sent(socket.AF_INET, socket.SOCK_DGRAM, to=other),
    "listen": lambda _: found(),
    "ring": lambda _: by_number(425, 1, None),
    "x32": lambda _: by_number(0x40000000 | 41, 2, 1, 0),
}
def tried(listeners):
    refused = []
    for (name, way), listener in zip(WAYS.items(), listeners):
        try:
            way(listener)
        except PermissionError:
            refused.append(name)
        except OSError as error:
            # Some kernels never let a socket connect that once listened, as Linux 6.18.44.
            if error.errno != errno.EINVAL or way.__name__ != "from_listener":
                raise
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
# A process confines itself to a database on one port, and prints which actions are still possible.
_TO_A_DATABASE = """
import socket, sys
from sqlalchemy import make_url
from portal.ops import confinement
from portal.store.database import Place

host, port, other, path = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
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
def told():
    may("tcp", to(port), INET, STREAM)
    may("tcp to another port", to(other), INET, STREAM)
    may("mptcp", to(port), INET, STREAM, MPTCP)
    may("listen", lambda made: made.listen(), INET, STREAM)
    may("udp", to(port), INET, DATAGRAM)
    may("be found by udp", lambda made: made.bind(("127.0.0.1", 0)), INET, DATAGRAM)
    may("path", lambda made: made.connect(path), socket.AF_UNIX, STREAM)
    may("abstract", lambda made: made.connect("\\0" + path), socket.AF_UNIX, STREAM)
told()
print("confined")
confinement.drop_privileges()
confinement.confine(make_url("postgresql+psycopg://portal@host/fanal"), [Place(host, port)])
told()
"""
_ALL = ["tcp", "tcp to another port", "mptcp", "listen", "udp", "be found by udp", "path", "abstract"]
_WAYS = [
    *("path", "pair", "tcp", "mptcp", "fastopen", "listener", "sendmsg", "sendmmsg", "udp", "listen"),
    *("ring", "x32"),
]
# A process asks for its process id with an i386 system call, before and after it is confined.
_BY_I386 = """
import ctypes, mmap, os
from sqlalchemy import make_url
from portal.ops import confinement

memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
# mov eax, 20; int 0x80; ret: 20 is getpid there, and writev, which is allowed, on x86-64.
memory.write(bytes.fromhex("b814000000cd80c3"))
ask = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
print(ask() == os.getpid())
confinement.drop_privileges()
confinement.confine(make_url("sqlite:////dev/shm/none.sqlite"), [])
print(-ask())
"""


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


def test_the_kernel_of_this_machine_has_landlock_and_seccomp() -> None:
    """Without Landlock and seccomp, the tests below would prove nothing."""
    assert landlock.version() >= 6
    assert seccomp.is_available()


def test_a_confined_process_can_no_longer_read_or_write_or_execute_or_connect_or_signal(
    tmp_path: Path,
) -> None:
    """The process can do all this before it is confined.

    The process can still use its database and its own program files.
    """
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
def test_a_confined_process_can_reach_only_its_database(
    request: pytest.FixtureRequest, tmp_path: Path, backend: str
) -> None:
    """If the database uses a local socket, other local sockets remain reachable (THREAT_MODEL)."""
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
    """Return what is refused before and after a process is confined, and whether its database answers."""
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
        (Place("/run/postgresql", 5432), ["path"]),
        (Place("127.0.0.1", 5432), ["tcp"]),
        (Place("database.example", 5432), ["tcp", "udp"]),
    ],
)
def test_a_confined_process_can_use_only_the_connections_that_its_database_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Place, may: list[str]
) -> None:
    """A database with a host name also needs DNS, so UDP stays open.

    MPTCP is refused because it could reach any port. Abstract sockets are refused because file
    permissions do not protect them. Here, as under the shipped unit, the process cannot read the home folder,
    which causes no error.
    """
    home = tmp_path / "home"
    home.mkdir(mode=0)
    monkeypatch.setenv("HOME", str(home))
    path = str(tmp_path / "socket")
    with (
        socket.create_server(("127.0.0.1", 0)) as right,
        socket.create_server(("127.0.0.1", 0)) as other,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        for each, name in ((by_path, path), (abstract, f"\0{path}")):
            each.bind(name)
            each.listen()
        Path(path).chmod(0o666)
        ports = [each.getsockname()[1] for each in (right, other)]
        command = [sys.executable, "-c", _TO_A_DATABASE, place.host, *map(str, ports), path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [*_ALL, "confined", *may]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other machines have no calls of i386")
def test_a_confined_process_cannot_make_system_calls_of_another_architecture() -> None:
    """System calls have other numbers on i386, so the filter could allow a call that must be forbidden."""
    done = subprocess.run([sys.executable, "-c", _BY_I386], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["True", str(errno.EPERM)], "")


def has_no_privileges(process: int) -> bool:
    """Return whether a process has no capabilities and can never gain any."""
    status = dict(line.split(":\t") for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return [int(status[name], 16) for name in ("CapEff", "CapPrm", "NoNewPrivs")] == [0, 0, 1]


@pytest.fixture(scope="module")
def hole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithAHole]:
    """A portal that serves, and reads any file that a visitor names."""
    server = WithAHole(tmp_path_factory.mktemp("portal"), free_port(), forked=False)
    server.make()
    with server.serving():
        yield server


def test_a_vulnerability_in_the_portal_reveals_no_other_file_of_the_machine(
    hole: WithAHole, tmp_path: Path
) -> None:
    """The serving processes cannot even read files that every user of the machine can read."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"anybody may read this")
    secret.chmod(0o644)
    hole.send(make_report_envelope(SITE))
    assert hole.process
    assert all(has_no_privileges(process) for process in [hole.process.pid, *hole.workers()])
    assert not has_no_privileges(os.getpid())
    config = hole.folder / "portal.toml"
    assert hole.request("GET", f"/hole?file={config}")[::2] == (200, config.read_bytes())
    for path in (secret, "/etc/passwd", "/proc/self/environ"):
        assert hole.request("GET", f"/hole?file={path}")[0] == 500
    assert "internal_error: PermissionError" in hole.log()


def test_no_thread_of_the_portal_begins_before_it_is_confined(hole: WithAHole) -> None:
    """Landlock confines only the thread that calls it, and threads that this thread starts later."""
    told = json.loads(hole.request("GET", "/threads")[2])
    assert told["could"] == {"first": True, "clock": False, "file times": False}
    threads = [each.read_text() for each in Path(f"/proc/{told['process']}/task").glob("*/status")]
    assert len(threads) == 3
    assert all("\nSeccomp:\t2\n" in each for each in threads)
