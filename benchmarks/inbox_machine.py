"""A machine for the inbox: a bare Debian 13 without a network, at whose terminals people type commands."""

import os
import shlex
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks import bare_tree
from tests.support.typist import Typist, typing

_ENVIRONMENT = (
    "env",
    "-i",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL=C.UTF-8",
    "TERM=dumb",
    "HOME=/root",
)
# The machine has its own processes and mounts. Its only network interface is loopback.
_APART = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child")
# `inbox doctor` examines the mounts, so the tree must be their root. pivot_root makes the tree their root,
# but chroot does not. `lsblk` reads /sys. The machine runs until the other end of its standard input is
# closed.
_START = """ip link set lo up && mount --bind "$0" "$0" && cd "$0" && mount -t proc proc proc &&
mount -t sysfs sysfs sys && pivot_root . . && umount --lazy . && echo on && exec cat"""
_MOST_SECONDS = 600
# The state of a connection for a minute after its end, in proc_net(5).
_TIME_WAIT = "06"
_STICK_MEGABYTES = 600


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a command asks, and what somebody types. The terminal does not show a ``secret``."""

    asked: str
    typed: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class InboxMachine:
    """A running machine with its files in ``tree``. ``process`` is the number of its first process."""

    tree: Path
    process: int

    @classmethod
    @contextmanager
    def running(cls, tree: Path) -> Iterator[Self]:
        """Run the machine while the block runs. Its mounts stay until then, as do the programs in it."""
        command = (*_APART, "sh", "-c", _START, str(tree))
        with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as outside:
            assert outside.stdout
            assert outside.stdout.readline() == "on\n"
            (first,) = Path(f"/proc/{outside.pid}/task/{outside.pid}/children").read_text().split()
            yield cls(tree, int(first))

    def run(self, *command: str) -> str:
        """Run a program, and return what it printed. Raises RuntimeError if the program fails."""
        return bare_tree.run(*self._inside(*command))

    def types(
        self, commands: Sequence[str], questions: Sequence[Question] = (), user: str = ""
    ) -> tuple[int, str]:
        """Type commands at a terminal, as root or after a login as ``user``, until one of them fails.

        Return the exit code of the last command, and what the terminal showed.
        """
        with self.terminal(commands, questions, user) as typist:
            return typist.waits(_MOST_SECONDS), typist.shown

    @contextmanager
    def terminal(
        self, commands: Sequence[str], questions: Sequence[Question] = (), user: str = ""
    ) -> Iterator[Typist]:
        """Type commands as ``types`` does, answer the questions, and yield the terminal."""
        script = ("sh", "-e", "-c", "\n".join(commands))
        # With --command, su would take the terminal away, and nobody could type a passphrase.
        words = ("su", "--login", user, "--session-command", shlex.join(script)) if user else script
        # The session is in the machine. Otherwise Ctrl-C would also end nsenter, which waits for its end.
        with typing(self._inside("setsid", "--ctty", *words), self.tree) as typist:
            for question in questions:
                ask = typist.confides if question.secret else typist.answers
                ask(question.asked, question.typed, _MOST_SECONDS)
            yield typist

    def ended(self, port: int) -> int:
        """Return how many connections to this port of loopback have ended in the last minute."""
        lines = Path(f"/proc/{self.process}/net/tcp").read_text().splitlines()
        found = [line.split() for line in lines[1:]]
        return sum(
            state == _TIME_WAIT and f":{port:04X}" in (local[-5:], remote[-5:])
            for _, local, remote, state, *_ in found
        )

    @contextmanager
    def inserted(self, stick: Path, name: str = "sdb1") -> Iterator[None]:
        """Make a stick available as the device with this name while the block runs."""
        loop = bare_tree.run("losetup", "--find", "--show", str(stick)).strip()
        device = self.tree / "dev" / name
        os.mknod(device, stat.S_IFBLK | 0o600, Path(loop).stat().st_rdev)
        try:
            yield
        finally:
            device.unlink()
            bare_tree.run("losetup", "--detach", loop)

    def _inside(self, *command: str) -> tuple[str, ...]:
        return ("nsenter", f"--target={self.process}", "--all", *_ENVIRONMENT, *command)


def make_stick(folder: Path, name: str, content: Path | None = None) -> Path:
    """Make a stick with the file system ext4 as a file in ``folder``, and copy ``content`` to it."""
    stick = folder / f"{name}.stick"
    files = ("-d", str(content)) if content else ()
    bare_tree.run("mkfs.ext4", "-q", *files, str(stick), f"{_STICK_MEGABYTES}M")
    return stick
