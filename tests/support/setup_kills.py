"""Kill runs of setup with SIGKILL, each at the next change to the machine, until every change was tried.

This file is also a program for a machine that has only the package: ``python FILE STEP CHANGE WORD…`` runs
`fanal-portal` with these words. ``killed_step`` finds in the program's output at which step the program was
killed.
"""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from portal.setup import steps
from portal.setup.steps import Step

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = {f"os.{name}" for name in ("chmod", "chown", "mkdir", "remove", "rename", "rmdir")}
# These commands of systemctl change nothing. Setup repeats some of them until a service has started.
_ONLY_READ = {"is-active", "is-enabled", "is-failed", "show"}
# Beyond this number, only some changes of a step are tried, because setup writes many files of pages.
MANY = 12

_KILLED = re.compile("^killed at: (.*)$", re.MULTILINE)

# Takes the title of a step and the number of a change in this step; runs setup, and kills it at this change.
# Returns the title of the step in which the run was killed, or None if it ended. If the run reaches a later
# step, it is killed at the first change there.
Run = Callable[[str, int], str | None]


def at_each_change(run: Run, most: int = MANY) -> Iterator[str]:
    """Yield the title of the step each time that a run is killed. The last run is not killed.

    The first ``most`` changes of a step are all tried, and after them every ``most``-th change.
    """
    step, change = "", 0
    while killed := run(step, change):
        yield killed
        if killed != step:
            step, change = killed, 1
        else:
            change += 1 if change < most else change


def killed_step(said: str) -> str | None:
    """Return the title of the step at which a run was killed, or None if it was not killed."""
    return found[1] if (found := _KILLED.search(said)) else None


def in_fork(work: Callable[[], object], step: str, change: int) -> str | None:
    """Do some work of setup in a child process, as described for ``Run``.

    Raises AssertionError if the work fails.
    """
    reads, writes = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.dup2(writes, 1)
            arm(step, change)
            work()
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writes)
    with os.fdopen(reads) as said:
        step_of_kill = killed_step(said.read())
    _, status = os.waitpid(child, 0)
    assert step_of_kill or status == 0
    return step_of_kill


def arm(step: str, change: int) -> None:
    """Let this process be killed at change number ``change`` of a step, counted from 0."""
    apply, now = steps._apply, [""]
    left = [0]

    def applying(each: Step) -> None:
        now[0], left[0] = each.title, change if each.title == step else 0
        apply(each)
        now[0] = ""

    def hook(event: str, given: Sequence[Any]) -> None:
        if not now[0] or not _is_change(event, given):
            return
        if left[0] == 0:
            os.write(1, f"killed at: {now[0]}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1

    steps._apply = applying
    sys.addaudithook(hook)


def _is_change(event: str, given: Sequence[Any]) -> bool:
    if event == "open":
        path, _, flags = given
        return path != os.devnull and bool(flags & _WRITES)
    if event == "subprocess.Popen":
        return not _ONLY_READ & {*map(str, given[1])}
    return event in _CHANGES


if __name__ == "__main__":
    from portal.setup import cli

    arm(sys.argv[1], int(sys.argv[2]))
    sys.exit(cli.run(sys.argv[3:]))
