"""The machine that setup changes: its files below a root folder, and the programs that setup runs."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal import files

READABLE = 0o644
_LAST_LINES = 20


class Failed(Exception):
    """A program failed.

    The message names the program. ``said`` contains the last lines of the program's output, on one line. A
    program of ours prints ``error: …; hint: …``.
    """

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


def content(file: Path) -> bytes | None:
    """Return the bytes of a file, or None if there is no such file."""
    return file.read_bytes() if file.is_file() else None


def put_back(file: Path, before: bytes | None, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Restore the bytes that ``content`` returned before a change; delete the file if it returned None."""
    if before is None:
        file.unlink(missing_ok=True)
    else:
        files.write(file, [before], mode, owner)


@dataclass(frozen=True, slots=True)
class System:
    """A machine. A ``root`` other than ``/`` is only a tree of files, in which no service is started."""

    root: Path = Path("/")

    @property
    def runs(self) -> bool:
        """Whether services can be started."""
        return self.root == Path("/")

    def at(self, path: str) -> Path:
        """Return the location, below the root folder, of an absolute path."""
        return self.root / path.removeprefix("/")

    def is_unread(self, name: str) -> bool:
        """Return whether a run was killed before services read the files that it had changed."""
        return self._note(name).exists()

    @contextmanager
    def unread(self, name: str) -> Iterator[None]:
        """While the block runs, keep a note that services have not read changed files yet.

        The note outlives a killed run, but not a reboot, because after a reboot, the services have read the
        files.
        """
        note = self._note(name)
        note.touch()
        yield
        note.unlink()

    def _note(self, name: str) -> Path:
        return self.at(f"/run/fanal-unread-{name}")

    def run(self, *command: str | Path, env: Mapping[str, str] | None = None) -> str:
        """Run a program and return its standard output; raises Failed."""
        done = self._finished(command, env)
        if done.returncode:
            said = "; ".join((done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:])
            raise Failed(f"{' '.join(map(str, command[:3]))}: {said or 'failed'}", said)
        return done.stdout

    def succeeds(self, *command: str | Path) -> bool:
        """Run a program, and return whether its exit status is 0."""
        return self._finished(command, None).returncode == 0

    def output(self, *command: str | Path) -> str:
        """Run a program and return its standard output, whatever its exit status is."""
        return self._finished(command, None).stdout

    def owner(self, user: str) -> tuple[int, int]:
        """Return the user id and group id of a user; raises Failed if there is no such user."""
        for line in self.at("/etc/passwd").read_text("utf-8").splitlines():
            name, _, uid, gid, *_ = line.split(":")
            if name == user:
                return int(uid), int(gid)
        raise Failed(f"there is no user {user}")

    def systemctl(self, *words: str) -> bool:
        """Run systemctl for this machine; return whether its exit status is 0."""
        return self.succeeds("systemctl", *self._rooted(), *words)

    def control(self, *words: str) -> None:
        """Run systemctl for this machine; raises Failed."""
        self.run("systemctl", *self._rooted(), *words)

    def tool(self, *words: str) -> None:
        """Run a systemd tool that accepts ``--root``; raises Failed."""
        self.run(*words, *self._rooted())

    def _rooted(self) -> list[str]:
        return [] if self.runs else [f"--root={self.root}"]

    @staticmethod
    def _finished(
        command: tuple[str | Path, ...], env: Mapping[str, str] | None
    ) -> "subprocess.CompletedProcess[str]":
        given = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
        try:
            return subprocess.run(  # noqa: S603 - no outside input chooses the program
                command, capture_output=True, text=True, check=False, env=given, stdin=subprocess.DEVNULL
            )
        except FileNotFoundError as error:
            raise Failed(f"{command[0]} is not installed") from error
