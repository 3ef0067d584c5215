"""A copy of the project whose files can be changed, and a process that runs its tests in forks."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from tests.support.paths import ROOT

# Modification times for changed files. If a file changed twice within a second but kept its size, Python
# would load outdated bytecode.
_TIMES = itertools.count(1_000_000_000)


class ProjectCopy:
    """A copy of all files tracked by git, and a process that runs tests there.

    Use a copy as a context manager: the process ends with the block.
    """

    def __init__(self, path: Path, loaded: Iterable[str]) -> None:
        """Copy the project to ``path``. Import the modules in ``loaded`` once, before any test run."""
        self.path = path
        said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
        for name in filter(None, said.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, path / name)
        # git does not track the libraries that tests load with Node.
        (path / "node_modules").symlink_to(ROOT / "node_modules")
        self._runner = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.forked_tests", *loaded],
            cwd=path,
            # Programs started by a test must also come from the copy.
            env={**os.environ, "PYTHONPATH": str(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        """Return the copy."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process that runs the tests."""
        self._runner.communicate()

    def read(self, name: str) -> str:
        """Return the text of a file of the copy."""
        return (self.path / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        """Change a file of the copy, so that the next run sees it."""
        file = self.path / name
        file.write_text(text, "utf-8")
        time = next(_TIMES)
        os.utime(file, (time, time))

    def run(self, words: Sequence[str], seconds: float | None = None) -> tuple[int, str]:
        """Run pytest with these arguments; return its exit status and output.

        The status is LATE if the run took more than ``seconds``. Raise RuntimeError if nothing was run.
        """
        output = self.path / "said"
        assert self._runner.stdin
        assert self._runner.stdout
        self._runner.stdin.write(json.dumps([str(output), seconds, *_with_options(words)]) + "\n")
        self._runner.stdin.flush()
        if not (answer := self._runner.stdout.readline()):
            raise RuntimeError("no test was run: the process that starts the tests has ended")
        return int(answer), output.read_text("utf-8", "replace")


def _with_options(words: Sequence[str]) -> list[str]:
    """Return the arguments, preceded by the options that every run in a fork needs."""
    # pytest cannot rewrite asserts in modules that were loaded before pytest, and would warn about these
    # modules.
    ignored = "ignore::pytest.PytestAssertRewriteWarning"
    return ["-q", "-n", "0", "-p", "no:cacheprovider", "-W", ignored, *words]
