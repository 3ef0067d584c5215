"""Run tests of the current folder on request, each time in a fork.

Most tests take less time to run than to import. So `python -m benchmarks.forked_tests MODULE…` imports the
named modules once. Each line of standard input is a JSON list: the file for pytest's output, the time limit
in seconds (or null), then pytest's arguments. When the tests have ended, the process prints a line: pytest's
exit status, or LATE if the run was killed.
"""

import importlib
import json
import os
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

# The status of a run over its time limit. pytest's own statuses are 0 to 5; a signal gives a negative status.
LATE = 1_000


def main() -> None:
    """Load the modules, then run every request in the input. A fork exits with pytest's status."""
    _load(sys.argv[1:])
    for line in sys.stdin:
        output, seconds, *words = json.loads(line)
        if not (child := os.fork()):
            os.setsid()
            _redirect(output)
            sys.exit(pytest.main(words))
        sys.stdout.write(f"{_status(child, seconds)}\n")
        sys.stdout.flush()


def _load(names: list[str]) -> None:
    """Import modules.

    Raise RuntimeError if an import reads a law, because forks would not read it again.
    """
    seen: list[Path] = []

    def note(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], str):
            seen.append(Path(given[0]))

    sys.addaudithook(note)
    for name in names:
        importlib.import_module(name)
    if any("jurisdictions" in each.parts for each in seen) or "tests" in sys.modules:
        raise RuntimeError(
            "a module read the law while it was imported, so forks would not read the changed law"
        )


def _status(child: int, seconds: float | None) -> int:
    """Wait for a fork; return its exit status, or LATE if it had to be killed.

    Also kill the children of the fork.
    """
    watched = os.pidfd_open(child)
    is_late = not select.select([watched], [], [], seconds)[0]
    os.close(watched)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return LATE if is_late else os.waitstatus_to_exitcode(status)


def _redirect(output: str) -> None:
    """Give this process an empty input and write all its output to a file."""
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_CREAT)):
        os.dup2(os.open(path, how), number)
    os.ftruncate(1, 0)
    os.dup2(1, 2)


if __name__ == "__main__":
    main()
