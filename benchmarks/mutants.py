"""Change the code at random places, and see whether the tests notice the change (`make mutants`).

`python -m benchmarks.mutants [--seed N] [--each N] [ROOM…]` draws mutants of each room: an operator of
cosmic-ray changes a comparison, a number, a condition and so on. For each mutant, the program runs the tests
of the room that reach the changed lines, until one fails. Tests of other rooms do not count. A survivor is
printed with its change. Only a person can decide whether a survivor is equivalent to the original.
"""

import argparse
import ast
import difflib
import hashlib
import json
import os
import re
import secrets
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from coverage import CoverageData

from benchmarks import reached
from benchmarks.forked_tests import LATE
from benchmarks.project_copy import ProjectCopy
from tests.support.paths import ROOT

# Each room, and the folder of its tests.
ROOMS = {
    "crypto": "tests/crypto",
    "portal/store": "tests/portal/store",
    **{
        f"inbox/{room}": f"tests/inbox/{room}"
        for room in ("access", "session", "retention", "exchange", "deadlines")
    },
}
_EACH = 45
# The context in which coverage records lines before the first test, while modules are loaded.
_LOADING = ""
_BESIDE = 2
# pytest's message about a test that does not exist.
_NOT_FOUND = "ERROR: not found"
# Libraries that load slowly. The list has no module of the project, because the project's modules must be
# loaded after the change.
_LOADED = (
    *("alembic", "babel", "click", "cryptography.hazmat.primitives.asymmetric.ed25519", "fastjsonschema"),
    *("flask", "hypothesis", "nacl.bindings", "phonenumbers", "PIL.Image", "playwright.sync_api"),
    *("sqlalchemy.orm", "sqlcipher3", "tomlkit"),
)
# Operators that negate a comparison, or change it only for equal values. cosmic-ray has other operators for
# comparisons, but the first test catches most of their mutants. Some of those mutants also change nothing:
# for example, `is` replaces `==` between small numbers.
_COMPARED = (
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt"),
    *("Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
)
_COUNTED = (
    *("Add_Sub", "Sub_Add", "Mul_FloorDiv", "FloorDiv_Mul", "Div_Mul", "Mod_Mul", "Pow_Mul"),
    *("BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitAnd", "LShift_RShift", "RShift_LShift"),
)
_OPERATORS = (
    *(f"core/ReplaceComparisonOperator_{each}" for each in _COMPARED),
    *(f"core/ReplaceBinaryOperator_{each}" for each in _COUNTED),
    *(f"core/ReplaceUnaryOperator_{each}" for each in ("Delete_Not", "USub_UAdd", "Delete_USub")),
    *("core/AddNot", "core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue", "core/ReplaceAndWithOr"),
    *("core/ReplaceOrWithAnd", "core/ReplaceBreakWithContinue", "core/ReplaceContinueWithBreak"),
    *("core/ExceptionReplacer", "core/NumberReplacer", "core/RemoveDecorator", "core/ZeroIterationForLoop"),
)
# These options change how Python stores or constructs an object, not what the object does.
_STORED = {"frozen", "slots", "kw_only"}

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to one file: an operator of cosmic-ray, and the number of the place that it changes."""

    file: str
    operator: str
    occurrence: int
    lines: range

    def change(self, text: str) -> str:
        """Return the changed text of the file; raise RuntimeError if there is no such place."""
        changed = mutate_code(text, get_operator(self.operator)(), self.occurrence)
        if changed is None:
            raise RuntimeError(
                f"{self.file}: place {self.occurrence} of operator {self.operator} does not exist"
            )
        return str(changed)


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a mutant.

    ``killed_by`` names the failed test, or says how the run ended; it is empty for a survivor.
    """

    mutant: Mutant
    killed_by: str
    tests: int


class Reach:
    """Which tests of a room reach which lines, and how long each test takes."""

    def __init__(self, copy: ProjectCopy, folder: Path) -> None:
        self._root = copy.path
        self._data = CoverageData(basename=str(folder / "all"))
        for file in folder.glob(f"{reached.LINES}*"):
            found = CoverageData(basename=str(file))
            found.read()
            self._data.update(found)
        self._seconds: dict[str, float] = json.loads((folder / reached.SECONDS).read_text("utf-8"))

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that can notice a mutant, quickest modules first.

        Tests that reach the lines of the mutant come first. All other tests follow if the lines also run
        when a module is loaded, or if no test is known to reach the lines. A module's tests stay together,
        because they share fixtures.
        """
        by_line = self._data.contexts_by_lineno(str(self._root / mutant.file))
        contexts = {context for line in mutant.lines for context in by_line.get(line, ())}
        found = contexts & self._seconds.keys()
        others = self._seconds.keys() - found if _LOADING in contexts or not found else set()
        return [*self._ordered(found), *self._ordered(others)]

    def _ordered(self, tests: Iterable[str]) -> list[str]:
        modules: defaultdict[str, float] = defaultdict(float)
        chosen = [*tests]
        for test in chosen:
            modules[test.partition("::")[0]] += self._seconds[test]
        return sorted(chosen, key=lambda test: (modules[test.partition("::")[0]], test.partition("::")[0]))

    @property
    def every(self) -> list[str]:
        """Every test of the room."""
        return [*self._seconds]

    def seconds(self, tests: Iterable[str]) -> float:
        """Return how long tests took on the original code."""
        return sum(self._seconds[each] for each in tests)


def mutants(file: Path, root: Path = ROOT) -> Iterator[Mutant]:
    """Yield every mutant of a file below ``root``, except in types and dataclass storage options."""
    text = file.read_text("utf-8")
    tree, idle = get_ast(text), [*_idle(text)]
    for name in _OPERATORS:
        operator = get_operator(name)()
        places = (place for node in ast_nodes(tree) for place in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start < last for first, last in idle):
                yield Mutant(file.relative_to(root).as_posix(), name, occurrence, range(start[0], end[0] + 1))


def _idle(text: str) -> Iterator[tuple[Position, Position]]:
    """Yield the start and end of each type annotation, and of each storage option of a dataclass."""
    lines = text.splitlines()

    def place(line: int, column: int) -> Position:
        # Python counts columns in bytes, but cosmic-ray counts them in characters.
        return line, len(lines[line - 1].encode()[:column].decode())

    for node in ast.walk(ast.parse(text)):
        for part in _parts(node):
            assert part.end_lineno is not None
            assert part.end_col_offset is not None
            yield place(part.lineno, part.col_offset), place(part.end_lineno, part.end_col_offset)


def _parts(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    match node:
        case ast.FunctionDef(returns=ast.expr() as types) | ast.arg(annotation=ast.expr() as types):
            yield types
        case ast.AnnAssign(annotation=types):
            yield types
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            yield node
        case ast.keyword(arg=name, value=value) if name in _STORED:
            yield value
        # SQLite and PostgreSQL do not limit the length of a binary column.
        case ast.Call(func=ast.Name(id="LargeBinary"), args=[length]):
            yield length
        # cosmic-ray fails on an exception with a dotted name, such as `module.Error`.
        case ast.ExceptHandler(type=ast.expr() as caught) if _is_dotted(caught):
            yield caught


def _is_dotted(caught: ast.expr) -> bool:
    return any(isinstance(each, ast.Attribute) for each in ast.walk(caught))


def drawn(room: str, seed: int, each: int) -> list[Mutant]:
    """Return this many random mutants of a room. The same seed and code always give the same mutants."""
    every = [mutant for file in sorted((ROOT / room).rglob("*.py")) for mutant in mutants(file)]
    return sorted(every, key=lambda mutant: hashlib.sha256(f"{seed} {mutant}".encode()).digest())[:each]


def run(rooms: Sequence[str], seed: int, each: int) -> Iterator[str]:
    """Try mutants of these rooms; yield the seed, then a line for each survivor, for each room, and for all.

    The seed is the first line, so that a stopped run can be continued with the other rooms.

    Raise RuntimeError if a room's tests fail on the original code.
    """
    tried: list[Tried] = []
    yield f"seed {seed}, {each} mutants of each room"
    with tempfile.TemporaryDirectory(prefix="fanal-mutants-") as folder, ExitStack() as stack:
        places = [Path(folder) / str(number) for number in range(_BESIDE)]
        os.environ[reached.FOLDER] = str(Path(folder) / "reached")
        copies = [stack.enter_context(ProjectCopy(place, _LOADED)) for place in places]
        for room in rooms:
            reach = _reach(copies[0], ROOMS[room], Path(folder) / "reached")
            of_room = [*_try(copies, reach, drawn(room, seed, each))]
            tried += of_room
            yield from (_survivor(one) for one in of_room if not one.killed_by)
            yield f"{room}: {_figure(of_room)}"
    yield f"all: {_figure(tried)}"


def _reach(copy: ProjectCopy, tests: str, folder: Path) -> Reach:
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    status, said = copy.run(["-p", "benchmarks.reached", "-m", "not soak", tests])
    if status:
        raise RuntimeError(f"the tests fail on the original code: {said[-3_000:]}")
    return Reach(copy, folder)


def _try(copies: Sequence[ProjectCopy], reach: Reach, every: Sequence[Mutant]) -> Iterator[Tried]:
    """Try mutants in the copies, one at a time in each copy; yield the results in order."""
    free: SimpleQueue[ProjectCopy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def tried(mutant: Mutant) -> Tried:
        copy = free.get()
        try:
            return _tried(copy, reach, mutant)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        for number, each in enumerate(pool.map(tried, every), 1):
            sys.stderr.write(
                f"{number} of {len(every)}: {each.mutant.file}: {each.killed_by or 'survived'}\n"
            )
            yield each


def _tried(copy: ProjectCopy, reach: Reach, mutant: Mutant) -> Tried:
    tests, text = reach.tests(mutant), copy.read(mutant.file)
    copy.write(mutant.file, mutant.change(text))
    try:
        status, said = _run(copy, reach, tests)
        if _NOT_FOUND in said:
            # The name of a parametrized test can contain a value of the code, which the mutant changes.
            modules = {each.partition("::")[0] for each in tests}
            tests = [each for each in reach.every if each.partition("::")[0] in modules]
            status, said = _run(copy, reach, tests, [*modules])
    finally:
        copy.write(mutant.file, text)
    return Tried(mutant, _killed_by(status, said), len(tests))


def _run(copy: ProjectCopy, reach: Reach, tests: Sequence[str], named: Sequence[str] = ()) -> tuple[int, str]:
    """Run tests until one fails; if given, ``named`` replaces these tests on the command line.

    A run that never ends is killed after several times the usual duration of its tests.
    """
    return copy.run(["-x", "--tb=no", *(named or tests)], 60 + 5 * reach.seconds(tests))


def _killed_by(status: int, said: str) -> str:
    """Return the failed test, or how pytest ended. Return an empty text if all tests passed.

    Raise RuntimeError if a test was not found or no test was run, because then the mutant was not tested.
    pytest also ends if the mutant cannot be imported.
    """
    if status == LATE:
        return "a run that does not end"
    if status == pytest.ExitCode.OK:
        return ""
    if status == pytest.ExitCode.NO_TESTS_COLLECTED or _NOT_FOUND in said:
        raise RuntimeError(f"no test was run: {said[-3_000:]}")
    if failed := re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE):
        return failed[1]
    return f"pytest, which ended with {status}"


def _survivor(tried: Tried) -> str:
    """Return the lines that a survivor changes."""
    file = ROOT / tried.mutant.file
    before = file.read_text("utf-8")
    after = tried.mutant.change(before)
    changed = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    lines = [line for line in changed if not line.startswith(("---", "+++"))]
    return "\n".join([f"survived {tried.tests} tests: {tried.mutant.file}", *lines])


def _figure(tried: Sequence[Tried]) -> str:
    killed = sum(bool(each.killed_by) for each in tried)
    return f"{len(tried)} mutants, {killed} killed ({killed / max(1, len(tried)):.1%})"


def main() -> None:
    """Run with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Change code at random; see whether its tests notice.")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument(
        "--each", type=int, default=_EACH, help="the number of mutants per room (default: %(default)s)"
    )
    parser.add_argument("room", nargs="*", choices=[[], *ROOMS])  # Python 3.11 checks the default [] too
    given = parser.parse_args()
    try:
        for line in run(given.room or [*ROOMS], given.seed, given.each):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except RuntimeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
