"""A machine for the inbox: a bare Debian 13 without a network, at whose terminal people type commands."""

import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import bare_tree
from tests.support.typist import typing

_ENVIRONMENT = (
    "env",
    "-i",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL=C.UTF-8",
    "TERM=dumb",
    "HOME=/root",
)
# Each call has its own processes and mounts. It also has its own network interfaces, all of them inactive.
_APART = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child")
# Unlike chroot, pivot_root makes the tree the root of the mounts, which `inbox doctor` examines. `lsblk`
# reads /sys.
_ENTER = """mount --bind "$0" "$0" && cd "$0" && mount -t proc proc proc && mount -t sysfs sysfs sys &&
pivot_root . . && umount --lazy . && exec "$@" """
_MOST_SECONDS = 600
_STICK = "dev/sdb1"
_STICK_MEGABYTES = 600


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a command asks, and what somebody types. The terminal does not show a ``secret``."""

    asked: str
    typed: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class InboxMachine:
    """A machine with its files in ``tree``."""

    tree: Path

    def run(self, *command: str) -> str:
        """Run a program, and return what it printed. Raises RuntimeError if the program fails."""
        return bare_tree.run(*self._inside(*command))

    def types(
        self, commands: Sequence[str], questions: Sequence[Question] = (), user: str = ""
    ) -> tuple[int, str]:
        """Type commands at a terminal, as root or after a login as ``user``, until one of them fails.

        Return the exit code of the last command, and what the terminal showed.
        """
        script = ("sh", "-e", "-c", "\n".join(commands))
        words = ("su", "--login", user, "--command", shlex.join(script)) if user else script
        with typing(self._inside(*words), self.tree) as typist:
            for question in questions:
                ask = typist.confides if question.secret else typist.answers
                ask(question.asked, question.typed, _MOST_SECONDS)
            return typist.waits(_MOST_SECONDS), typist.shown

    @contextmanager
    def inserted(self, stick: Path) -> Iterator[None]:
        """Make this stick available as the device that the guide names, while the block runs."""
        loop = bare_tree.run("losetup", "--find", "--show", str(stick)).strip()
        device = self.tree / _STICK
        os.mknod(device, stat.S_IFBLK | 0o600, Path(loop).stat().st_rdev)
        try:
            yield
        finally:
            device.unlink()
            bare_tree.run("losetup", "--detach", loop)

    def _inside(self, *command: str) -> tuple[str, ...]:
        return (*_APART, "sh", "-c", _ENTER, str(self.tree), *_ENVIRONMENT, *command)


def make_stick(folder: Path, content: Path | None = None) -> Path:
    """Make a stick with the file system ext4 as a file in ``folder``, and copy ``content`` to it."""
    stick = folder / f"{content.name if content else 'empty'}.stick"
    files = ("-d", str(content)) if content else ()
    bare_tree.run("mkfs.ext4", "-q", *files, str(stick), f"{_STICK_MEGABYTES}M")
    return stick
