"""A separate machine in a folder: its files overlay those of this system, and its systemd is real."""

import os
import pty
import shlex
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_START_SECONDS = 120
_COMMAND_SECONDS = 600
# Units that this system starts, but that a new machine does not have.
_OTHERS = ("etc/systemd/system/multi-user.target.wants", "etc/systemd/system/timers.target.wants")


@dataclass
class Machine:
    """A tree that overlays the files of this system, and the systemd that runs in it."""

    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def tree(self) -> Path:
        """The root of the machine's file system."""
        return self.folder / "tree"

    @contextmanager
    def mounted(self) -> Iterator["Machine"]:
        """Mount the tree while the block runs. The files of this system do not change."""
        upper, work = self.folder / "upper", self.folder / "work"
        for each in (self.tree, upper, work):
            each.mkdir()
        options = f"lowerdir=/,upperdir={upper},workdir={work}"
        _run("mount", "-t", "overlay", "overlay", "-o", options, str(self.tree))
        try:
            for each in _OTHERS:
                for link in (self.tree / each).glob("*"):
                    link.unlink()
            (self.tree / "etc/machine-id").write_text("")
            yield self
        finally:
            _run("umount", str(self.tree))

    @contextmanager
    def running(self) -> Iterator["Machine"]:
        """Run the machine with only a loopback network during the block, then power it off.

        A test can start the machine again.
        """
        command = ["systemd-nspawn", "--quiet", "-D", str(self.tree), "--register=no", "--keep-unit"]
        command += ["--machine", f"fanal-{os.getpid()}"]
        command += [
            "--private-network",
            "--console=pipe",
            "--resolv-conf=off",
            "--timezone=off",
            "--link-journal=no",
            "-b",
        ]
        environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        with (self.folder / "console").open("wb") as console:
            pipes = {"stdin": subprocess.DEVNULL, "stdout": console, "stderr": console}
            self.process = subprocess.Popen(command, env=environment, **pipes)  # type: ignore[call-overload]
        try:
            self._wait()
            yield self
            self.do("systemctl", "poweroff")
            assert self.process.wait(_START_SECONDS) == 0
        finally:
            # Otherwise the machine that failed would keep running beside the next one.
            self.process.terminate()
            self.process.wait(_START_SECONDS)

    @property
    def network(self) -> str:
        """The file of the machine's network, which `nsenter --net=FILE` enters.

        The network has only loopback.
        """
        return f"/proc/{self._leader()}/ns/net"

    def type(self, command: str, answers: Sequence[str] = (), code: int | None = 0) -> str:
        """Type a command and these lines at a terminal of the machine, and return what it shows."""
        ours, theirs = pty.openpty()
        with open(ours, "r+b", buffering=0) as terminal:  # noqa: PTH123  a descriptor, not a path
            terminal.write("".join(f"{each}\n" for each in answers).encode())
            with subprocess.Popen(
                self._inside("sh", "-c", command), stdin=theirs, stdout=theirs, stderr=theirs
            ) as process:
                os.close(theirs)
                shown = b""
                # When the other end of a terminal is closed, reading fails with an error instead of returning
                # end-of-file.
                with suppress(OSError):
                    while part := terminal.read(4096):
                        shown += part
        said = shown.decode().replace("\r\n", "\n")
        assert code in {None, process.returncode}, (command, said)
        return said

    def do(self, *command: str, code: int | None = 0) -> str:
        """Run a command in the machine, and return the output."""
        inside = self._inside(*command)
        done = subprocess.run(inside, capture_output=True, text=True, check=False, timeout=_COMMAND_SECONDS)
        assert code in {None, done.returncode}, (shlex.join(command), done.stdout, done.stderr)
        return (done.stdout + done.stderr).strip()

    def _inside(self, *command: str) -> list[str]:
        return ["nsenter", "-t", str(self._leader()), "-a", *command]

    def _wait(self) -> None:
        """Wait until everything that the machine starts at boot has started or failed."""
        end = time.monotonic() + _START_SECONDS
        said = ""
        while said not in {"running", "degraded"}:
            assert time.monotonic() < end, (self.folder / "console").read_text(errors="replace")
            time.sleep(0.1)
            if self._leader():
                said = self.do("systemctl", "is-system-running", code=None)

    def _leader(self) -> int | None:
        """Return the process id of the machine's first process, or None if it has not started yet."""
        assert self.process
        assert self.process.poll() is None, (self.folder / "console").read_text(errors="replace")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        with suppress(FileNotFoundError):
            for child in children.read_text().split():
                if Path(f"/proc/{child}/comm").read_text() == "systemd\n":
                    return int(child)
        return None


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
