"""Run tests of the current folder on request, each time in a fork: `python -m benchmarks.forked_tests`.

Most tests take less time than their imports. So this process loads the imports once, except the tests
themselves and anything that reads the law. Each line of standard input is a JSON list: the file for pytest's
output, then pytest's arguments. Once the tests have ended, the process answers with a line.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

# The main modules of portal and inbox, which import most of the code, and other modules that load slowly.
_LOADED = ("inbox.cli.main", "inbox.desk.app", "inbox.registers.sheet_pages", "portal.ops.cli")
_BESIDE = ("hypothesis", "playwright.sync_api")


def main() -> None:
    """Load the modules, then run each request until the input ends. A fork exits with pytest's status."""
    _load()
    for line in sys.stdin:
        output, *words = json.loads(line)
        if not (child := os.fork()):
            _redirect(output)
            sys.exit(pytest.main(words))
        os.waitpid(child, 0)
        sys.stdout.write("done\n")
        sys.stdout.flush()


def _load() -> None:
    """Import everything except the tests.

    Raise RuntimeError if an import reads a law, because forks would not read it again.
    """
    seen: list[Path] = []

    def note(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], str):
            seen.append(Path(given[0]))

    sys.addaudithook(note)
    for name in (*_LOADED, *_BESIDE):
        importlib.import_module(name)
    if any("jurisdictions" in each.parts for each in seen) or "tests" in sys.modules:
        raise RuntimeError("a law was read before it was changed")


def _redirect(output: str) -> None:
    """Give this process an empty input and write all its output to a file."""
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_CREAT)):
        os.dup2(os.open(path, how), number)
    os.ftruncate(1, 0)
    os.dup2(1, 2)


if __name__ == "__main__":
    main()
