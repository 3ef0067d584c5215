"""`portal serve` denies itself what it does not need."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.ops import landlock
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
confinement.confine(make_url(f"sqlite:///{folder}/portal.sqlite"))
told()
print(*(line.split()[1] for line in status if line.startswith(("NoNewPrivs", "CapEff", "CapPrm"))))
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


def test_the_kernel_here_has_landlock() -> None:
    """Else the tests below would show nothing."""
    assert landlock.version() >= 6


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
