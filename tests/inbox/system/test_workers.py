"""Work in several processes gives results in order, and an error if a helper dies.

No helper outlives its parent.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox.language.errors import Refused
from inbox.system.workers import spread
from tests.support.paths import ROOT


class Adding:
    """Adds a fixed number to each job, and also returns the process id. A negative job kills the process."""

    def __init__(self, more: int) -> None:
        self._more = more

    def __call__(self, job: int) -> tuple[int, int]:
        if job < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return job + self._more, os.getpid()


@pytest.mark.parametrize("few", [0, 100], ids=["many", "few"])
def test_results_arrive_in_the_order_of_the_jobs(few: int) -> None:
    """A few jobs run in this process, and many run in helper processes."""
    results = list(spread(Adding, 10, range(100), few=few))
    assert list(range(10, 110)) == [result for result, _ in results]
    assert (few == 100) == ({os.getpid()} == {process for _, process in results})


def test_a_killed_helper_process_causes_a_clear_error() -> None:
    with pytest.raises(Refused, match="was killed"):
        list(spread(Adding, 0, [1, -1, 3], few=0))


class Deaf:
    """Returns whether the current process blocks Ctrl-C."""

    def __init__(self, _: None) -> None:
        pass

    def __call__(self, _: int) -> bool:
        return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_helper_processes_do_not_receive_ctrl_c() -> None:
    """Otherwise each helper would print a stack trace. This process still receives Ctrl-C."""
    assert [True] * 3 == list(spread(Deaf, None, range(3), few=0))
    assert [False] == list(spread(Deaf, None, range(1), few=1))


class Locked:
    """Returns how many kilobytes of memory are locked in the current process."""

    def __init__(self, _: None) -> None:
        pass

    def __call__(self, _: int) -> int:
        status = Path("/proc/self/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmLck"))


def test_the_memory_of_helper_processes_is_locked_if_the_system_allows_it() -> None:
    """Helper processes have seeds in memory.

    If the system lets the parent lock its memory, the system also lets helpers lock theirs.
    """
    asked = [sys.executable, "-c", "from inbox.system import memory; print(memory.lock())"]
    can = subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "True\n"
    assert {can} == {locked > 1_000 for locked in spread(Locked, None, range(3), few=0)}


class Noisy:
    """Prints control characters through a library, a warning and a failing thread.

    If ``begins`` is false, the start fails, and its error contains a control character, too.
    """

    def __init__(self, begins: bool) -> None:  # noqa: FBT001 - the argument with which a helper is started
        if not begins:
            raise ValueError("\x1b as it begins")

    def __call__(self, _: int) -> None:
        logging.getLogger("fpdf").warning("\x1b from a library")
        warnings.warn("\x1b from another", stacklevel=1)
        thread = threading.Thread(target=Noisy, args=(False,))
        thread.start()
        thread.join()


NOISE = """
import sys
from inbox.system.workers import spread
from tests.inbox.system.test_workers import Noisy

if __name__ == "__main__":
    try:
        list(spread(Noisy, sys.argv[1] == "begins", [1, 2], few=int(sys.argv[2])))
    except Exception:
        pass
"""


@pytest.mark.parametrize("begins", ["begins", "fails"])
def test_no_helper_process_prints_to_the_terminal(tmp_path: Path, begins: str) -> None:
    """Helper processes open the files that reporters sent.

    The control is the same work in a process that is not silenced.
    """
    script = tmp_path / "noise.py"
    script.write_text(NOISE)

    def written(few: int) -> str:
        command = [sys.executable, script, begins, str(few)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stderr

    assert "\x1b" not in written(0)
    assert (begins == "begins") == ("\x1b" in written(2))


PARENT = """
import time
from inbox.system.workers import spread
from tests.inbox.system.test_workers import Adding

if __name__ == "__main__":
    results = spread(Adding, 0, [1, 2], few=0)
    print(next(results)[1], flush=True)
    time.sleep(60)
"""


def test_helper_processes_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Helper processes have keys in memory, so none of them may remain."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = str(ROOT)
    parent = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": root}
    )
    assert parent.stdout is not None
    with parent.stdout:
        helper = Path("/proc") / parent.stdout.readline().strip()
    assert helper.exists()
    parent.kill()
    parent.wait()
    assert within(10, lambda: not helper.exists() or "Z (zombie)" in (helper / "status").read_text())


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Return whether a condition becomes true within this number of seconds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
