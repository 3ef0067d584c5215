"""Kill or stop a command of the inbox before each step in which it changes the disk, once per step."""

import contextlib
import functools
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from inbox.cli import main
from inbox.keys import share_file
from inbox.system import clock
from inbox.vault import schema_version
from tests.support import engines, known_before
from tests.support.inbox_builders import QUICK, Office, insisting
from tests.support.inbox_clock import Clock

_STEPS = ("fsync", "replace", "rename", "unlink")


def killed_everywhere(
    office: Office, folder: Path, day: date, *words: str | Path, stride: int = 1
) -> list[Office]:
    """Return copies of the inbox in which the command was killed.

    In each copy, the command was killed ``stride`` steps later than in the copy before. In the last copy, the
    command was not killed. A step is a change that Python makes to the disk, or a commit of the vault. SQLite
    is responsible for what happens within a commit. If the inbox exists, officers open it for the command.
    ``{}`` in a word is replaced by the folder of the copy. The command finds migrations in the same places as
    this process.
    """
    given = [office.root.parent, folder, day, schema_version.LOCATIONS, office.present, words, stride]
    parent = _parent()
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(json.dumps(given, default=str) + "\n")
    parent.stdin.flush()
    return [Office(folder / str(n), office.present) for n in range(int(parent.stdout.readline()))]


@functools.cache
def _parent() -> subprocess.Popen[str]:
    """Return the process from which commands are forked. The program stays loaded in this process."""
    command = [sys.executable, "-m", "tests.support.inbox_kills"]
    # The process ends when its input is closed, so it ends with the test. The test notices an error message
    # from the process, because the message is not a number.
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _main() -> None:
    share_file.LIMITS = QUICK
    # Load the program and share compiled statements here, not again in each child.
    engines.share_statements()
    known_before.remember()
    for line in sys.stdin:
        source, folder, day, locations, present, words, stride = json.loads(line)
        schema_version.LOCATIONS = tuple(map(Path, locations))
        clock.datetime = Clock(date.fromisoformat(day))  # type: ignore[misc, assignment]
        office = Office(Path(source), tuple(present))
        with tempfile.TemporaryDirectory() as folder_once:
            _run(office.copy(Path(folder_once)), words)
        sys.stdout.write(f"{_kill(office, Path(folder), words, stride)}\n")
        sys.stdout.flush()


def _kill(office: Office, folder: Path, words: list[str], stride: int) -> int:
    """Kill the command at one step after another, each time in a new copy. Return the number of copies."""
    n = 0
    while True:
        copy = office.copy(folder / str(n))
        if (child := os.fork()) == 0:
            with stopped_at(n * stride, functools.partial(os.kill, os.getpid(), signal.SIGKILL)):
                os._exit(_run(copy, words))
        n += 1
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0
            return n


@contextlib.contextmanager
def stopped_at(place: int, stop: Callable[[], None]) -> Iterator[list[int]]:
    """Call ``stop`` before one step of the block, counted from 0.

    Yield a list whose only item is the number of steps left before ``stop`` is called.
    """
    left = [place]

    def step(*_: Any) -> None:
        left[0] -= 1
        if left[0] == -1:
            stop()

    def before(act: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **more: Any) -> Any:
            step()
            return act(*arguments, **more)

        return stepping

    acts = {name: getattr(os, name) for name in _STEPS}
    for name, act in acts.items():
        setattr(os, name, before(act))
    event.listen(Engine, "commit", step)
    try:
        yield left
    finally:
        event.remove(Engine, "commit", step)
        for name, act in acts.items():
            setattr(os, name, act)


def _run(office: Office, given: list[str]) -> int:
    opening = office.opening() if office.root.exists() else []
    words = [str(word).replace("{}", str(office.root.parent)) for word in insisting(given)]
    with contextlib.redirect_stdout(io.StringIO()):
        return main.run(["--home", str(office.root), *opening, *words])


if __name__ == "__main__":
    _main()
