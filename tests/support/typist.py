"""Somebody at a real terminal: types a line once the program asks for it, and has all that it showed."""

import codecs
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 60
# A shell that can take a command's place once it is stopped; what has no such parent is never stopped.
JOB = ["bash", "-mc", '"$@"; echo "ended with $?"', "bash"]


class Typist:
    """A terminal with a program in it; ``shown`` is what stood on the screen, line ends as plain newlines."""

    def __init__(self, process: "subprocess.Popen[bytes]", terminal: int) -> None:
        self.process = process
        self.shown = ""
        self._read_up_to = 0
        self._terminal = terminal
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def is_echoing(self) -> bool:
        """Whether what is typed now would be seen."""
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ECHO)

    def can_be_stopped(self) -> None:
        """Let Ctrl-S stop the terminal again, as any program of the same person may."""
        settings = termios.tcgetattr(self._terminal)
        settings[0] |= termios.IXON
        termios.tcsetattr(self._terminal, termios.TCSANOW, settings)

    def sees(self, text: str) -> None:
        """Wait until the program shows ``text`` behind what was seen before."""
        until = time.monotonic() + _PATIENCE
        while (place := self.shown.find(text, self._read_up_to)) < 0:
            assert time.monotonic() < until, self.shown
            assert self._takes_in(0.2) or self.process.poll() is None, self.shown
        self._read_up_to = place + len(text)

    def types(self, line: str) -> None:
        """Type a line and its end."""
        os.write(self._terminal, line.encode() + b"\n")

    def answers(self, question: str, line: str) -> None:
        """Wait for a question that echoes what is typed, then type."""
        self.sees(question)
        assert self.is_echoing
        self.types(line)

    def confides(self, question: str, secret: str) -> None:
        """Wait for a question that does not echo, then type."""
        self.sees(question)
        until = time.monotonic() + _PATIENCE
        while self.is_echoing:
            assert time.monotonic() < until, "what is typed would be seen"
        self.types(secret)

    def presses(self, key: bytes) -> None:
        """Press a key that sends this byte."""
        os.write(self._terminal, key)

    def insists(self, key: bytes) -> None:
        """Press a key again every ten seconds until the program ends, at most three times."""
        for _ in range(3):
            until = time.monotonic() + 10
            while time.monotonic() < until:
                if not self._takes_in(0.2) and self.process.poll() is not None:
                    return
            self.presses(key)

    def waits(self) -> int:
        """Wait for the program to end; return its exit status."""
        until = time.monotonic() + _PATIENCE
        while self._takes_in(0.2) or self.process.poll() is None:
            assert time.monotonic() < until, self.shown
        return self.process.wait(_PATIENCE)

    def _takes_in(self, seconds: float) -> bool:
        if not select.select([self._terminal], [], [], seconds)[0]:
            return False
        try:
            piece = os.read(self._terminal, 65_536)
        except OSError:  # so Linux says that the other side of the terminal is closed
            return False
        self.shown = (self.shown + self._decoder.decode(piece)).replace("\r\n", "\n")
        return bool(piece)


@contextmanager
def typing(command: Sequence[str | Path], folder: Path, **environment: str) -> Iterator[Typist]:
    """Run a command in ``folder`` at a terminal of its own, 100 columns wide; it ends with the block."""
    terminal, program_side = pty.openpty()
    termios.tcsetwinsize(terminal, (50, 100))
    process = subprocess.Popen(
        ["setsid", "--ctty", *map(str, command)],
        cwd=folder,
        env=os.environ | environment,
        stdin=program_side,
        stdout=program_side,
        stderr=program_side,
    )
    os.close(program_side)
    try:
        yield Typist(process, terminal)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
