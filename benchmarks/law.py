"""Check that each test named in docs/law-tests.md fails when its rule changes (`make soak law`).

The benchmark copies this project. In the copy, the benchmark changes each value of the French law and runs
the tests that the value's row names. If a row has many codes, the benchmark changes them all at once. A test
that derives its expectation from the law passes with any law. The benchmark therefore runs each test a second
time: now the program reads the changed law, and the test reads the original law. This time the test must
fail. In the gate, `tests/templates/test_shown_by.py` checks that a test states each value itself.

While you work on some rows, `python -m benchmarks.law WORD…` tries only rows that contain one of the words.
"""

import itertools
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from benchmarks.project_copy import ProjectCopy
from tests.support import shown_by, wrong_laws
from tests.support.shown_by import FRANCE, ROWS, Row
from tests.support.wrong_laws import Wrong

_BESIDE = 2
# The main modules of portal and inbox, which import most of the code, and other modules that are slow to
# import.
_LOADED = (
    *("inbox.cli.main", "inbox.desk.app", "inbox.registers.sheet_pages", "portal.ops.cli"),
    *("hypothesis", "playwright.sync_api"),
)
# The module through which tests read the law, and an expression to put into it. With this expression, tests
# read the original law while the program reads a changed one.
_LAWS, _AS_SHIPPED = "tests/support/laws.py", 'ROOT / "law-that-ships"'
_OF_PROGRAM = 'shipped.JURISDICTIONS / "fr"'


@dataclass(frozen=True, slots=True)
class Tried:
    """A wrong law for a row, and which tests of the row failed under this law."""

    row: Row
    wrong: Wrong
    failed: frozenset[str]


class Copy:
    """A copy of the project with a changed law. The program reads this law, and the tests may read it too."""

    def __init__(self, copy: ProjectCopy, files: Mapping[str, str]) -> None:
        self._copy, self._files = copy, files
        shutil.copytree(copy.path / FRANCE, copy.path / "law-that-ships")
        self._laws = copy.read(_LAWS)
        assert self._laws.count(_OF_PROGRAM) == 1

    def failing(
        self, wrong: Wrong | None, tests: Sequence[str], known: Container[str] = ()
    ) -> frozenset[str]:
        """Return the tests that fail if all code reads the wrong law, or if only the program reads it.

        If the first run has failures, the second run omits tests that are ``known`` to fail under another
        wrong law.
        """
        if wrong is None:
            return self._run(tests)
        file = f"{FRANCE}/{wrong.file}"
        self._copy.write(file, wrong.text)
        try:
            failed = self._run(tests)
            if left := [each for each in tests if each not in failed and not (failed and each in known)]:
                self._copy.write(_LAWS, self._laws.replace(_OF_PROGRAM, _AS_SHIPPED))
                failed |= self._run(left)
            return failed
        finally:
            self._copy.write(file, self._files[wrong.file])
            self._copy.write(_LAWS, self._laws)

    def _run(self, tests: Sequence[str]) -> frozenset[str]:
        """Run tests; return the tests that failed. A test that could not start does not count as failed."""
        modules, _, functions = zip(*(each.partition("::") for each in tests), strict=True)
        # If a module cannot be imported with the changed law, the tests of other modules still run.
        words = ["--tb=no", "-rf", "--continue-on-collection-errors", "-k", " or ".join(functions)]
        _, said = self._copy.run([*words, *(f"tests/{each}" for each in dict.fromkeys(modules))])
        if not re.search(r"^\d+ (passed|failed|deselected|error)", said, re.MULTILINE):
            raise RuntimeError(f"no test was run: {said}")
        # The option -k also selects tests whose names contain these names.
        return frozenset(tests) & {*re.findall(r"^FAILED tests/([\w/.]+::\w+)", said, re.MULTILINE)}


def run(words: Iterable[str] = ()) -> Iterator[str]:
    """Try every row, or each row that contains one of these words; yield lines with the totals.

    Raise RuntimeError if no test of the program notices a wrong law, or if a test passes under every wrong
    law of its row; the message names these laws and tests. Also raises RuntimeError if a test fails under the
    original law, or if these rows contain no value of the law that can be changed.
    """
    files = shown_by.shipped()
    every = shown_by.rows(ROWS.read_text("utf-8"))
    rows = [row for row in every if _is_meant(row, [*words]) and row.of_program]
    laws = [(row, each) for row in rows for each in _laws(row, every, files)]
    if not laws:
        raise RuntimeError("nothing to try: the chosen rows have no value of the law that can be changed")
    with tempfile.TemporaryDirectory(prefix="fanal-law-") as folder, ExitStack() as stack:
        places = [Path(folder) / str(number) for number in range(_BESIDE)]
        copies = [Copy(stack.enter_context(ProjectCopy(each, _LOADED)), files) for each in places]
        tried = [*_try(copies, laws)]
    noticed = sum(bool(each.failed) for each in tried)
    seeing = {(each.row, test) for each in tried for test in each.failed}
    yield f"wrong laws: {len(tried)}; tests of the program noticed {noticed} of them"
    yield f"tests: {len({test for _, test in seeing})} failed under a wrong law of their row"
    wanting = [f"noticed by no test of the program: {each.wrong.what}" for each in tried if not each.failed]
    wanting += [
        f"passes under every wrong law of {', '.join(row.keys)}: {test}"
        for row in dict.fromkeys(row for row, _ in laws)
        for test in row.of_program
        if (row, test) not in seeing
    ]
    if wanting:
        raise RuntimeError("\n".join(wanting))


def _try(copies: list[Copy], laws: list[tuple[Row, Wrong]]) -> Iterator[Tried]:
    """Check that all tests pass under the original law, then yield the result for each wrong law.

    Raise RuntimeError if a test fails under the original law.
    """
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    seeing: dict[Row, set[str]] = {row: set() for row, _ in laws}

    def failing(wrong: Wrong | None, tests: Sequence[str], known: Container[str] = ()) -> frozenset[str]:
        copy = free.get()
        try:
            return copy.failing(wrong, tests, known)
        finally:
            free.put(copy)

    def tried(row: Row, wrong: Wrong) -> Tried:
        failed = failing(wrong, row.of_program, seeing[row])
        seeing[row] |= failed
        return Tried(row, wrong, failed)

    begun = time.monotonic()
    with ThreadPoolExecutor(len(copies)) as pool:
        tests = sorted({test for row, _ in laws for test in row.of_program})
        parts = [part for n in range(len(copies)) if (part := tests[n :: len(copies)])]
        if failed := [*itertools.chain(*pool.map(lambda part: failing(None, part), parts))]:
            raise RuntimeError(f"these tests fail under the original law: {sorted(failed)}")
        for number, each in enumerate(pool.map(lambda given: tried(*given), laws), 1):
            result = "noticed" if each.failed else "noticed by no test of the program"
            done = f"{number} of {len(laws)}, {time.monotonic() - begun:.0f} s"
            sys.stderr.write(f"{done}: {each.wrong.what}: {result}\n")
            yield each


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
    try:
        for line in run(sys.argv[1:]):
            sys.stdout.write(line + "\n")
    except RuntimeError as error:
        sys.exit(str(error))
