"""A process that reads a hostile file cannot break out of the sandbox.

As a control, each attempt succeeds outside the sandbox.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inbox.files import attachments, previews, sandbox
from inbox.files.sandbox import Bounds, Ended, NoSandbox
from tests.support.desk_room import serving
from tests.support.inbox_builders import Office, Portal, Reporter, World, first
from tests.support.paths import ROOT
from tests.support.typist import typing

INTRUDER = ROOT / "tests" / "support" / "intruder.py"
BOUNDS = Bounds(seconds=30.0, answer=1_000)
GREETING = "come in"
_NOBODY = 65534
# This command behaves as on a machine whose administrator has forbidden user namespaces.
FORBIDDEN = ["bwrap", "--die-with-parent", "--dev-bind", "/", "/", "--unshare-user", "--disable-userns"]
# These variables are set by bubblewrap and, on some machines, by Python itself.
_USUAL = (["PWD"], ["LC_CTYPE", "PWD"])


def inside(rings: str, deed: str, *words: object, bounds: Bounds = BOUNDS) -> str:
    """Return what the intruder prints inside the sandbox."""
    with Path(os.devnull).open("rb") as nothing:
        return sandbox.run(INTRUDER, nothing.fileno(), [rings, deed, *map(str, words)], bounds).decode()


def outside(deed: str, *words: object) -> str:
    """Return what the intruder prints outside the sandbox."""
    command = [sys.executable, str(INTRUDER), "walls", deed, *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    """Give the address of a server on this machine that sends a greeting."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield from _greeting(listening)


@pytest.fixture
def abstract() -> Iterator[str]:
    """Give the name of a socket that has no path in the file system."""
    name = f"fanal-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"\0{name}")
        listening.listen()
        for _ in _greeting(listening):
            yield name


def _greeting(listening: socket.socket) -> Iterator[tuple[str, int]]:
    def greet() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.sendall(GREETING.encode())

    thread = threading.Thread(target=greet, daemon=True)
    thread.start()
    yield listening.getsockname()
    listening.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize("rings", ["walls", "all"])
def test_a_process_in_the_sandbox_reaches_no_network(
    rings: str, server: tuple[str, int], abstract: str
) -> None:
    """The process reaches neither a server on this machine nor a socket without a path in the file system."""
    assert inside(rings, "network", *server).startswith("refused: ")
    assert inside(rings, "listener", abstract).startswith("refused: ")
    assert [f"reached: {GREETING}"] * 2 == [outside("network", *server), outside("listener", abstract)]


@pytest.mark.parametrize("rings", ["walls", "all"])
def test_a_process_in_the_sandbox_sees_no_home_and_no_user_folder(rings: str, tmp_path: Path) -> None:
    """The process sees only the interpreter, its libraries and the worker."""
    (tmp_path / "secret").write_text("secret")
    assert inside(rings, "read", tmp_path / "secret").startswith("refused: ")
    assert inside(rings, "read", "/etc/passwd").startswith("refused: ")
    assert "reached: secret" == outside("read", tmp_path / "secret")
    assert outside("read", "/etc/passwd").startswith("reached: root:")
    if rings == "walls":
        assert "reached: fanal lib lib64 usr" == inside(rings, "folders", "/")
        assert {"home", "etc", "proc", "tmp"} <= set(outside("folders", "/").split())


@pytest.mark.parametrize("rings", ["walls", "all"])
def test_a_process_in_the_sandbox_sees_no_other_process(rings: str) -> None:
    assert inside(rings, "process", os.getpid()).startswith("refused: ")
    assert "reached: found" == outside("process", os.getpid())


@pytest.mark.parametrize("rings", ["walls", "limits", "all"])
def test_a_process_in_the_sandbox_cannot_write_a_file(rings: str, tmp_path: Path) -> None:
    for path in ("/fanal/left", "/left", "/usr/left", "/tmp/left", tmp_path / "left"):  # noqa: S108
        assert inside(rings, "write", path).startswith("refused: "), path
    assert "reached: written" == outside("write", tmp_path / "left")


def test_a_process_in_the_sandbox_cannot_start_a_second_process_or_another_program() -> None:
    """Without the filter of system calls, the process could become another program."""
    interpreter = os.path.realpath(sys.executable)
    for rings in ("calls", "all"):
        assert ["refused: PermissionError"] * 2 == [
            inside(rings, "fork", 3),
            inside(rings, "execute", interpreter),
        ]
    assert ["reached: many", "another\n"] == [outside("fork", 3), inside("walls", "execute", interpreter)]


@pytest.mark.slow
def test_the_limit_on_processes_is_enough_to_prevent_a_second_process() -> None:
    """The filter of system calls is also enough to prevent a second process.

    The kernel exempts root from this limit, so the test runs as an ordinary user.
    """
    code = (
        "from tests.inbox.files.test_sandbox import inside;"
        "print(*(inside(rings, 'fork', 3) for rings in ('limits', 'walls')))"
    )
    user = None if os.getuid() else _NOBODY
    command = [sys.executable, "-B", "-c", code]
    said = subprocess.run(
        command, cwd=ROOT, user=user, group=user, capture_output=True, text=True, check=True
    )
    assert "refused: BlockingIOError reached: many\n" == said.stdout


@pytest.mark.parametrize("rings", ["limits", "all"])
def test_a_process_in_the_sandbox_has_limited_memory(rings: str) -> None:
    assert "refused: MemoryError" == inside(rings, "memory", 300 << 20)
    assert f"reached: {300 << 20}" == outside("memory", 300 << 20)
    assert f"reached: {1 << 20}" == inside(rings, "memory", 1 << 20)


@pytest.mark.slow
def test_a_process_in_the_sandbox_has_limited_time_to_compute_or_sleep() -> None:
    with pytest.raises(Ended):
        inside("limits", "compute", 2)
    assert "reached: computed" == outside("compute", 2)
    with pytest.raises(Ended):
        inside("walls", "sleep", 20, bounds=Bounds(seconds=0.5, answer=1_000))
    assert "reached: slept" == inside("walls", "sleep", 0.5)


def test_an_answer_of_the_sandbox_that_exceeds_the_size_limit_is_not_read_to_its_end() -> None:
    with pytest.raises(Ended):
        inside("walls", "flood", 10_000_000)
    assert len("reached: ") + 900 == len(inside("walls", "flood", 900))


def test_a_process_that_exceeds_its_time_is_killed() -> None:
    """The process no longer runs afterwards. As a control, the test finds the process while it runs."""
    mark = f"60.{time.time_ns()}"
    short = Bounds(seconds=2.0, answer=1_000)

    def sleep() -> None:
        with pytest.raises(Ended):
            inside("walls", "sleep", mark, bounds=short)

    thread = threading.Thread(target=sleep)
    thread.start()
    while thread.is_alive() and not _running(mark):
        time.sleep(0.05)
    assert _running(mark)
    thread.join()
    for _ in range(100):
        if not _running(mark):
            break
        time.sleep(0.05)
    assert [] == _running(mark)


def _running(mark: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words:
            found.append(path.parent.name)
    return found


def test_a_process_in_the_sandbox_cannot_change_the_file_that_it_reads(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """A shared memory mapping does not help either.

    As a control, memory that is not write-protected can be changed.
    """
    sent = b"what was sent"
    collect(portal.bundle(first(Reporter(world), files=[sent])))
    for how in ("mapped", "written", "cut"):
        with world.office.opened() as inbox, inbox.transaction() as session:
            found = attachments.find(inbox.home, session, 1, 1)
            with previews._in_memory(inbox.home, found, 100) as (given, _):
                for rings in ("walls", "all"):
                    said = sandbox.run(INTRUDER, given, [rings, "overwrite", how], BOUNDS).decode()
                    assert ("refused: PermissionError", sent) == (said, os.pread(given, 100, 0)), how
        open_to_all = os.memfd_create("file")
        os.pwrite(open_to_all, sent, 0)
        said = sandbox.run(INTRUDER, open_to_all, ["walls", "overwrite", how], BOUNDS).decode()
        assert ("reached: changed", False) == (said, sent == os.pread(open_to_all, 100, 0)), how
        os.close(open_to_all)


def test_a_process_in_the_sandbox_inherits_no_environment_and_no_open_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The process has only the three standard descriptors.

    Outside the sandbox, the same process inherits both the environment and the open file.
    """
    monkeypatch.setenv("FANAL_SECRET", "secret")
    with (tmp_path / "vault").open("w") as vault:
        os.set_inheritable(vault.fileno(), True)  # noqa: FBT003
        assert inside("walls", "inherited", "") in {f"reached: [0, 1, 2] {words}" for words in _USUAL}
        command = [sys.executable, str(INTRUDER), "walls", "inherited", ""]
        said = subprocess.run(
            command,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            close_fds=False,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert f"{vault.fileno()}" in said
    assert "FANAL_SECRET" in said


def test_an_error_says_that_bubblewrap_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_PLACES", "/nowhere")
    with pytest.raises(NoSandbox, match=r"the sandbox does not work: bubblewrap .* is not installed"):
        inside("walls", "folders", "/")


def test_an_error_says_that_user_namespaces_are_forbidden() -> None:
    """An administrator may forbid user namespaces on a machine or in a container."""
    code = "from tests.inbox.files.test_sandbox import inside; inside('walls', 'folders', '/')"
    done = subprocess.run(
        [*FORBIDDEN, sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "NoSandbox: no file can be previewed, because the sandbox does not work: bwrap: " in done.stderr


def test_a_warning_says_that_the_sandbox_works_only_on_amd64() -> None:
    """The allowed system calls are those of amd64.

    The test makes the kernel pretend to be another machine.
    """
    code = "from inbox.files import sandbox; print(*sandbox.said())"
    command = ["setarch", "i686", sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "the sandbox works only on amd64, and this machine is i686." in done.stdout
    assert [] == sandbox.said()


@pytest.mark.parametrize(
    "before",
    [pytest.param([], id="sandbox", marks=pytest.mark.soak), pytest.param(FORBIDDEN, id="no sandbox")],
)
def test_a_session_and_the_desk_warn_at_their_start_if_the_sandbox_does_not_work(
    office: Office, before: list[str]
) -> None:
    """The warning is shown once and names the remedy. A machine with a working sandbox is the control."""
    command = [*before, Path(sys.executable).with_name("inbox")]
    with typing([*command, "--home", office.root, *office.opening(), "session"], office.root) as at:
        at.sees("officer> ")
        at.types("case list")
        at.sees("officer> ")
        at.types("lock")
        assert 0 == at.waits()
    with serving(office, command=command) as served:
        for said in (at.shown, served.greeting):
            assert "Creating new namespace failed" in said or not before
            assert bool(before) == said.count(
                "no file can be previewed, because the sandbox does not work: bwrap: "
            )
            assert bool(before) == said.count(
                "To preview files: see “The inbox's machine” in /usr/share/doc/fanal-inbox/docs/deploying.md"
            )


@pytest.mark.slow
def test_the_sandbox_starts_although_the_inbox_locks_much_memory() -> None:
    code = (
        "from inbox.system import memory; memory.forbid_dumps(); memory.lock(); held = bytearray(300 << 20);"
        "held[::4096] = bytes(len(held[::4096]));"
        "from tests.inbox.files.test_sandbox import inside; print(inside('all', 'memory', 1))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ("reached: 1\n", "") == (done.stdout, done.stderr)
