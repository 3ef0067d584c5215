"""A person at a real terminal, who types lines when the program asks, and records what it showed."""

import codecs
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from crypto.printable import visible
from tests.support.forks import INBOX, Fork

_PATIENCE = 60
# The sequence with which a session of the inbox clears the screen.
CLEARED = "\x1b[H\x1b[2J\x1b[3J"
# A shell that gets the terminal when a command is stopped. Without a parent that is a shell, a command cannot
# be stopped.
JOB = ["bash", "-mc", '"$@"; echo "ended with $?"', "bash"]
# After a login, both keys that end a program work. A program that a shell runs in the background ignores the
# signals of both keys, and so do the programs that it starts.
_AS_AFTER_LOGIN = ("env", "--default-signal=INT,QUIT")
# A function that runs the inbox at a terminal, with the given words in the given folder.
Start = Callable[[Sequence[str | Path], Path], AbstractContextManager["Typist"]]


class Program(Protocol):
    """The methods of a process that a typist needs, as in ``subprocess.Popen``."""

    @property
    def pid(self) -> int:
        """The process id of the program."""

    def poll(self) -> int | None:
        """Return the exit status of the program, or None while the program runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait up to ``timeout`` seconds for the end of the program.

        Return the exit status of the program.
        """

    def kill(self) -> None:
        """End the program by SIGKILL."""


class Typist:
    """A terminal that runs a program. ``shown`` is the program's output so far, with plain newlines."""

    def __init__(self, process: Program, terminal: int) -> None:
        self.process = process
        self.shown = ""
        self._read_up_to = 0
        self._terminal = terminal
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def is_echoing(self) -> bool:
        """Whether the terminal echoes what is typed now."""
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ECHO)

    def can_be_stopped(self) -> None:
        """Let Ctrl-S stop the terminal again. Another program of the same person can also do so."""
        settings = termios.tcgetattr(self._terminal)
        settings[0] |= termios.IXON
        termios.tcsetattr(self._terminal, termios.TCSANOW, settings)

    def sees(self, text: str, patience: float = _PATIENCE) -> None:
        """Wait up to ``patience`` seconds until the program shows ``text`` after the output seen before."""
        until = time.monotonic() + patience
        while (place := self.shown.find(text, self._read_up_to)) < 0:
            assert time.monotonic() < until, self.shown
            assert self._takes_in(0.2) or self.process.poll() is None, self.shown
        self._read_up_to = place + len(text)

    def types(self, line: str) -> None:
        """Type a line and its end."""
        os.write(self._terminal, line.encode() + b"\n")

    def answers(self, question: str, line: str, patience: float = _PATIENCE) -> None:
        """Wait up to ``patience`` seconds for a question at which typed text is visible, then type."""
        self.sees(question, patience)
        assert self.is_echoing
        self.types(line)

    def confides(self, question: str, secret: str, patience: float = _PATIENCE) -> None:
        """Wait up to ``patience`` seconds for a question at which typed text is hidden, then type."""
        self.sees(question, patience)
        until = time.monotonic() + _PATIENCE
        while self.is_echoing:
            assert time.monotonic() < until, "what is typed would be seen"
        self.types(secret)

    def presses(self, key: bytes) -> None:
        """Press a key that sends this byte."""
        os.write(self._terminal, key)

    def interrupts(self) -> None:
        """Press Ctrl-C once the program waits for an answer, because an earlier signal may be lost."""
        until = time.monotonic() + _PATIENCE
        while Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2][0] != "S":
            assert time.monotonic() < until, self.shown
        self.presses(b"\x03")

    def insists(self, key: bytes) -> None:
        """Press a key every ten seconds until the program ends, at most three times."""
        for _ in range(3):
            until = time.monotonic() + 10
            while time.monotonic() < until:
                if not self._takes_in(0.2) and self.process.poll() is not None:
                    return
            self.presses(key)

    def waits(self, patience: float = _PATIENCE) -> int:
        """Wait up to ``patience`` seconds for the program to end; return its exit status."""
        until = time.monotonic() + patience
        while self._takes_in(0.2) or self.process.poll() is None:
            assert time.monotonic() < until, self.shown
        return self.process.wait(_PATIENCE)

    def _takes_in(self, seconds: float) -> bool:
        if not select.select([self._terminal], [], [], seconds)[0]:
            return False
        try:
            piece = os.read(self._terminal, 65_536)
        except OSError:  # with this error, Linux reports that the other side was closed
            return False
        self.shown = (self.shown + self._decoder.decode(piece)).replace("\r\n", "\n")
        return bool(piece)


def deceiving(shown: str) -> list[str]:
    """Return the characters that control a terminal, except the program's own sequences."""
    own = re.sub(r"\r(?=[a-z ]+: \d+ of \d+)", "", shown.replace(f"{CLEARED}locked;", ""))
    return [char for char in own if char != "\n" and (visible(char) != char or char == "\ufffd")]


@contextmanager
def typing(command: Sequence[str | Path], folder: Path) -> Iterator[Typist]:
    """Run a command in ``folder`` at a new terminal of 100 columns.

    The command and the terminal end with the block.
    """
    with _terminal() as (terminal, program_side):
        process = subprocess.Popen(
            ["setsid", "--ctty", *_AS_AFTER_LOGIN, *map(str, command)],
            cwd=folder,
            env=os.environ,  # without this, the program would inherit variables set by C libraries
            stdin=program_side,
            stdout=program_side,
            stderr=program_side,
        )
        program_side.close()
        with _ending(process):
            yield Typist(process, terminal)


def typing_to_inbox(words: Sequence[str | Path], folder: Path) -> AbstractContextManager[Typist]:
    """Run the command line of the inbox in ``folder``, as ``typing`` does."""
    return typing([Path(sys.executable).with_name("inbox"), *words], folder)


@contextmanager
def typing_to_fork(words: Sequence[str | Path], folder: Path, program: str = INBOX) -> Iterator[Typist]:
    """Run the inbox as ``typing_to_inbox`` does, but as a Fork, which takes a tenth of the work.

    Tests of the process itself must start a real process. Such tests are about job control under a shell, or
    about the command line, environment, memory or sockets of the process. One test of each command that asks
    a question must also start a real process, because a fork does not show that the command loads what it
    needs.
    """
    with _terminal() as (terminal, program_side):
        forked = Fork(words, folder, program_side, program)
        program_side.close()
        with _ending(forked):
            yield Typist(forked, terminal)


@contextmanager
def _terminal() -> Iterator[tuple[int, Connection]]:
    """Yield the two sides of a new terminal: the typist's and the program's.

    The caller must close the program's side after starting the program. The program's side is a Connection,
    so that multiprocessing can pass it to a process.
    """
    terminal, program_side = pty.openpty()
    termios.tcsetwinsize(terminal, (50, 100))
    try:
        yield terminal, Connection(program_side)
    finally:
        os.close(terminal)


@contextmanager
def _ending(process: Program) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.wait()
