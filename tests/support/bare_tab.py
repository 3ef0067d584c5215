"""A tab of Chromium with little memory. Unlike Playwright, this driver keeps no requests in its memory."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import websocket

from tests.support.browsing import CHROMIUM_ARGUMENTS, SHELL
from tests.support.installation import free_port

MIB = 1 << 20
_POLL_SECONDS = 0.2
_START_SECONDS = 60
_STACK = MIB


class BareTab:
    """A page in this browser.

    ``grown`` is the memory, in bytes, that the page's process gained since `measure`.
    """

    def __init__(self, connection: websocket.WebSocket, browser: int) -> None:
        self._connection = connection
        self._browser = browser
        self._calls = 0
        self._before = 0
        self.grown = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol; return its result."""
        self._calls += 1
        self._connection.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while (answer := json.loads(self._connection.recv())).get("id") != self._calls:
            assert answer.get("method") != "Inspector.targetCrashed", "the tab has crashed"
        result: dict[str, Any] = answer["result"]
        return result

    def ask(self, expression: str) -> Any:
        """Return the value of an expression in the page, or None if the expression throws an error."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def until(self, expression: str, seconds: float = 60) -> Any:
        """Wait until an expression is true, and return its value. Measure the memory while waiting."""
        end = time.monotonic() + seconds
        while not (value := self.ask(f"Boolean(document.body) && ({expression})")):
            assert time.monotonic() < end, expression
            self.grown = max(self.grown, self._resident() - self._before)
            time.sleep(_POLL_SECONDS)
        return value

    def press(self, selector: str) -> None:
        """Click an element once it is visible."""
        self.until(f"document.querySelector('{selector}')?.checkVisibility()")
        self.ask(f"document.querySelector('{selector}').click()")

    def bring(self, selector: str, files: Sequence[Path]) -> None:
        """Choose files in a field."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(each) for each in files])

    def measure(self) -> None:
        """Start to measure how much memory the process gains."""
        self._before, self.grown = self._resident(), 0

    def _resident(self) -> int:
        return max(_resident(pid) for pid in _below(self._browser) if "--type=renderer" in _command(pid))


@contextmanager
def confined(folder: Path, room: int) -> Iterator[BareTab]:
    """Start a browser whose processes can each allocate ``room`` bytes, and end it afterwards."""
    port = free_port()
    command = [
        # A limit on the address space would also count memory that the engine only reserves. The limit on
        # data counts the whole stack of each thread; Debian gives a thread 8 MiB, Android 1 MiB.
        *("prlimit", f"--data={room}", f"--stack={_STACK}", shutil.which(SHELL) or SHELL),
        *CHROMIUM_ARGUMENTS,
        f"--remote-debugging-port={port}",
        f"--user-data-dir={folder}",
        "about:blank",
    ]
    # Debian's command is a script, and a signal to the script alone would not end the browser.
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, process_group=0) as process:
        try:
            with closing(websocket.create_connection(_address(port), suppress_origin=True)) as connection:
                tab = BareTab(connection, process.pid)
                tab.call("Inspector.enable")
                yield tab
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def _address(port: int) -> str:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/json") as told:
                (page,) = [each for each in json.load(told) if each["type"] == "page"]
                return str(page["webSocketDebuggerUrl"])
        except (OSError, ValueError):
            assert time.monotonic() < end, "the browser does not answer"
            time.sleep(_POLL_SECONDS)


def _below(pid: int) -> list[int]:
    """Return all descendants of a process."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    own = [int(each) for each in children.read_text().split()] if children.exists() else []
    return [*own, *(each for child in own for each in _below(child))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
