"""Runs tests of the folder it is started in, as often as it is asked to, each time in a fork.

`python -m benchmarks.forked_tests`: what tests import takes longer than most of them, so it is loaded once,
but for the tests themselves and what they read of the law. Each line of standard input is a list as JSON:
the file for what pytest says, then pytest's own words. It is answered with a line once they are done.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

# The beginnings of both rooms, from which most of them is reached, and what takes long beside.
_LOADED = ("inbox.cli.main", "inbox.desk.app", "inbox.registers.sheet_pages", "portal.ops.cli")
_BESIDE = ("hypothesis", "playwright.sync_api")


def main() -> None:
    """Load, then run what is asked for until there is no more; in a fork, exit as pytest does."""
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
    """Import all but the tests; RuntimeError if any of it reads a law, which forks would not read anew."""
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
    """Have this process read nothing and say everything into a file."""
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_CREAT)):
        os.dup2(os.open(path, how), number)
    os.ftruncate(1, 0)
    os.dup2(1, 2)


if __name__ == "__main__":
    main()
