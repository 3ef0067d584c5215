"""Whether each test that docs/law-tests.md names fails once its rule is another one (`make soak law`).

Each value of the French law is changed in a copy of this project, and the tests of its row run there. Of a
row of many codes all are changed at once. Where a test asks the law what to expect, it is run once more with
the law that ships: it fails if the program goes by the other one. That a test states a value once more is
tried in the gate (`tests/templates/test_shown_by.py`), of each value alone.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.support import shown_by, wrong_laws
from tests.support.paths import ROOT
from tests.support.shown_by import FRANCE, ROWS, Row
from tests.support.wrong_laws import Wrong

_BESIDE = 2
# Where tests read the law, and where they find the one that ships once the program has another one.
_LAWS, _AS_SHIPPED = Path("tests/support/laws.py"), 'ROOT / "law-that-ships"'
_OF_PROGRAM = 'shipped.JURISDICTIONS / "fr"'


@dataclass(frozen=True, slots=True)
class Tried:
    """A wrong law of a row, and which of the row's tests failed."""

    row: Row
    wrong: Wrong
    failed: frozenset[str]


class Copy:
    """A copy of the project, in which the program or all of it has another law than the one that ships."""

    def __init__(self, path: Path, files: Mapping[str, str]) -> None:
        self._path, self._files = path, files
        said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
        for name in filter(None, said.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, path / name)
        shutil.copytree(path / FRANCE, path / "law-that-ships")
        self._laws = (path / _LAWS).read_text("utf-8")
        assert self._laws.count(_OF_PROGRAM) == 1

    def failing(self, wrong: Wrong | None, tests: Iterable[str]) -> frozenset[str]:
        """Return which tests fail with a wrong law: everywhere, or of the program alone."""
        if wrong is None:
            return self._run(tests)
        path = self._path / FRANCE / wrong.file
        path.write_text(wrong.text, "utf-8")
        try:
            failed = self._run(tests)
            if left := [each for each in tests if each not in failed]:
                (self._path / _LAWS).write_text(self._laws.replace(_OF_PROGRAM, _AS_SHIPPED), "utf-8")
                failed |= self._run(left)
            return failed
        finally:
            path.write_text(self._files[wrong.file], "utf-8")
            (self._path / _LAWS).write_text(self._laws, "utf-8")

    def _run(self, tests: Iterable[str]) -> frozenset[str]:
        """Run tests; return those that failed: one that could not begin has shown nothing."""
        modules, _, functions = zip(*(each.partition("::") for each in tests), strict=True)
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no"]
        # A module that cannot be read with that law leaves those of others to run.
        command += ["-rf", "--continue-on-collection-errors", "-k", " or ".join(functions)]
        command += [f"tests/{each}" for each in dict.fromkeys(modules)]
        # What a test starts is to be of the copy, too.
        env = {**os.environ, "PYTHONPATH": str(self._path)}
        said = subprocess.run(
            command, cwd=self._path, env=env, check=False, capture_output=True, text=True
        ).stdout
        if not re.search(r"^\d+ (passed|failed|deselected|error)", said, re.MULTILINE):
            raise RuntimeError(f"nothing was run: {said}")
        return frozenset(re.findall(r"^FAILED tests/([\w/.]+::\w+)", said, re.MULTILINE))


def run(words: Iterable[str] = ()) -> Iterator[str]:
    """Try every row, or those with one of these words; yield what is to be known of each.

    RuntimeError names the tests that fail under no wrong law of their row.
    """
    files = shown_by.shipped()
    every = shown_by.rows(ROWS.read_text("utf-8"))
    rows = [row for row in every if _is_meant(row, [*words]) and row.of_program]
    laws = [(row, each) for row in rows for each in _laws(row, every, files)]
    tried = []
    with tempfile.TemporaryDirectory(prefix="fanal-law-") as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        first, *others = [Copy(Path(folder) / str(number), files) for number in range(_BESIDE)]
        if failed := first.failing(None, sorted({test for row, _ in laws for test in row.of_program})):
            raise RuntimeError(f"these fail under the law that ships: {sorted(failed)}")
        for copy in (first, *others):
            copies.put(copy)

        def one(row: Row, wrong: Wrong) -> Tried:
            copy = copies.get()
            try:
                return Tried(row, wrong, copy.failing(wrong, row.of_program))
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(_BESIDE) as pool:
            for each in pool.map(lambda given: one(*given), laws):
                tried.append(each)
                if not each.failed:
                    yield f"noticed by no test of the program: {each.wrong.what}"
    seeing = {(each.row, test) for each in tried for test in each.failed}
    blind = [
        (row.keys, test)
        for row in dict.fromkeys(row for row, _ in laws)
        for test in row.of_program
        if (row, test) not in seeing
    ]
    noticed = sum(bool(each.failed) for each in tried)
    yield f"wrong laws: {len(tried)}, of which tests of the program noticed {noticed}"
    yield f"tests: {len({test for _, test in seeing})} failed under a wrong law of their row"
    if blind:
        raise RuntimeError("\n".join(["these fail under no wrong law of their row:", *map(str, blind)]))


def _is_meant(row: Row, words: list[str]) -> bool:
    return not words or any(word in f"{row.file} {' '.join(row.keys)}" for word in words)


def _laws(row: Row, rows: list[Row], files: Mapping[str, str]) -> Iterator[Wrong]:
    own = shown_by.covered(rows, shown_by.read(row.file, files[row.file]))[row]
    if any("*" in key for key in row.keys) and (together := list(wrong_laws.all_at_once(own, files))):
        yield from together
        return
    for place in own:
        yield from wrong_laws.of(place, files)


if __name__ == "__main__":
    for line in run(sys.argv[1:]):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
