"""Debian's Firefox, driven by a node process and used by one reporter after another."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from tests.support.paths import ROOT

SCRIPT = ROOT / "tests" / "js" / "firefox_peer.mjs"


class FirefoxPeer:
    """A person at a site, who does one thing at a time."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests, self._answers = requests, answers

    def tell(self, **request: Any) -> None:
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()

    def does(self, act: str, **values: str | int | list[str]) -> dict[str, Any]:
        """Run the function with this name in the driver's script, and return its result."""
        self.tell(do=act, **values)
        line = self._answers.readline()
        assert line, "the browser's driver has ended: see its words above"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def go(self, address: str) -> None:
        """Open an address."""
        self.does("go", address=address)

    def press(self, key: str) -> None:
        """Press a key."""
        self.does("press", key=key)

    def write(self, text: str) -> None:
        """Type a text."""
        self.does("type", text=text)

    def texts(self, selector: str) -> list[str]:
        """Wait until a matching element is visible; return the texts of all matching elements."""
        found: list[str] = self.does("texts", selector=selector)["texts"]
        return found

    def ask(self, function: str, argument: str) -> Any:
        """Return what a JavaScript function returns in the page."""
        return self.does("ask", function=function, argument=argument)["answer"]


@contextmanager
def browsing(preferences: Mapping[str, bool | int | str]) -> Iterator[FirefoxPeer]:
    """Start a Firefox with a new profile, and end it afterwards."""
    command = ["node", str(SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin
        assert node.stdout
        peer = FirefoxPeer(node.stdin, node.stdout)
        peer.tell(executable=shutil.which("firefox-esr"), preferences=preferences)
        try:
            yield peer
        finally:
            node.stdin.close()
            assert node.wait(timeout=30) == 0
