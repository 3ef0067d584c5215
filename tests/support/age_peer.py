"""The npm package age-encryption, which browsers use, running in one node process."""

import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.support.paths import ROOT

SCRIPT = ROOT / "tests" / "js" / "age_peer.mjs"


class AgePeer:
    """age-encryption in one node process, which handles one request at a time."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests, self._answers = requests, answers

    def ask(self, **request: object) -> dict[str, str]:
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        answer: dict[str, str] = json.loads(self._answers.readline())
        return answer

    def seal(self, data: bytes, **to: object) -> bytes:
        return b64decode(self.ask(do="seal", data=b64encode(data).decode(), **to)["data"])

    def open(self, data: bytes, **by: object) -> bytes:
        return b64decode(self.ask(do="open", data=b64encode(data).decode(), **by)["data"])


@contextmanager
def running() -> Iterator[AgePeer]:
    """Start the process, and end it after the block."""
    command = ["node", str(SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin
        assert node.stdout
        yield AgePeer(node.stdin, node.stdout)
        node.stdin.close()
        assert node.wait(timeout=10) == 0
