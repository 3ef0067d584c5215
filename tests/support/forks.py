"""Inbox and portal programs, forked from a process that has loaded everything that the programs may need."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryFile

# Both command lines, as their scripts run them. A server leads its own session, so that all its processes can
# be ended together.
INBOX = "from inbox.cli import main; main.main()"
PORTAL = "from portal.ops.cli import main; main()"
SERVER = f"import os; os.setsid(); {PORTAL}"
_WARM = multiprocessing.get_context("forkserver")
_WARM.set_forkserver_preload(["tests.support.warm_inbox", "tests.support.warm_portal"])


class Fork:
    """A separate process, with those methods of ``subprocess.Popen`` that wait for it.

    ``program`` is Python code, and ``words`` are its arguments. If ``output`` is a terminal, it becomes the
    controlling terminal; otherwise it receives the program's output. ``output`` is a Connection, because
    multiprocessing can pass on files only as Connections.
    """

    def __init__(
        self,
        words: Sequence[str | Path],
        folder: Path,
        output: Connection,
        program: str = INBOX,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        assert "LD_PRELOAD" not in os.environ, "a process that is forked has the libraries of its parent"
        given = (program, list(map(str, words)), output, folder, dict(environment))
        self._process = _WARM.Process(target=_become, args=given)
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit status of the process, or None while the process runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait up to ``timeout`` seconds for the end of the process.

        Return the exit status of the process, or raise TimeoutError.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send the process a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process by SIGKILL."""
        self._process.kill()


def run(
    words: Sequence[str | Path],
    folder: Path,
    program: str = INBOX,
    environment: Mapping[str, str] = os.environ,
) -> tuple[int, str]:
    """Run a program as a Fork. Return the exit status and the output of the program."""
    with TemporaryFile("w+", encoding="utf-8") as said:
        with Connection(os.dup(said.fileno())) as output:
            forked = Fork(words, folder, output, program, environment)
        ended = forked.wait(300)
        said.seek(0)
        return ended, said.read()


def _become(
    program: str, words: list[str], output: Connection, folder: Path, environment: Mapping[str, str]
) -> None:
    """Run a program the way a newly started Python would."""
    end = os.dup(output.fileno())
    output.close()
    if os.isatty(end):
        os.login_tty(end)
        # In a login shell, both signals have these default handlers. Background processes of other shells
        # ignore both signals, and so do their children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    else:
        os.dup2(end, 1)
        os.dup2(end, 2)
        os.close(end)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # The streams that a fork inherits belong to other files, and one of them is closed.
    for file, name in enumerate(("stdin", "stdout", "stderr")):
        made = getattr(sys, f"__{name}__")
        how = {"encoding": made.encoding, "errors": made.errors, "buffering": 1 if file == 2 else -1}
        setattr(sys, name, open(file, "w" if file else "r", closefd=False, **how))  # noqa: SIM115
    sys.argv = ["inbox", *words]
    try:
        exec(program, {"__name__": "__main__"})  # noqa: S102
    except Exception:  # noqa: BLE001
        sys.excepthook(*sys.exc_info())
        sys.exit(1)
