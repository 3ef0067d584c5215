"""How `make mutants` draws mutants: copies of the code with one small change."""

import ast
import itertools
from pathlib import Path

import pytest

from benchmarks import mutants
from benchmarks.mutants import ROOMS, Mutant
from tests.support.paths import ROOT

CODE = """
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    number: int | None

def is_due(day: int | None, é: str, last: int = 3) -> bool | None:
    return day is not None and day <= last

def read(row: Row, column: Column = Column("id", LargeBinary(32))) -> None:
    try:
        row.read(column)
    except sqlite3.Error:
        raise
"""


@pytest.fixture
def of_code(tmp_path: Path) -> list[Mutant]:
    (tmp_path / "code.py").write_text(CODE, "utf-8")
    return [*mutants.mutants(tmp_path / "code.py", tmp_path)]


def test_no_mutant_changes_a_type_or_a_storage_option_or_the_exceptions_that_a_module_catches(
    of_code: list[Mutant],
) -> None:
    """The mutants change code that runs: a default, the comparisons, the condition, and the decorator."""
    changed = {(CODE.splitlines()[each.lines.start - 1], each.operator.split("_")[0]) for each in of_code}
    signature = "def is_due(day: int | None, é: str, last: int = 3) -> bool | None:"
    condition = "    return day is not None and day <= last"
    assert changed == {
        ("@dataclass(frozen=True, slots=True, kw_only=True)", "core/RemoveDecorator"),
        (signature, "core/NumberReplacer"),
        (condition, "core/ReplaceComparisonOperator"),
        (condition, "core/ReplaceAndWithOr"),
    }


def test_each_mutant_differs_from_the_code_and_from_the_others(of_code: list[Mutant]) -> None:
    every = [CODE, *(each.change(CODE) for each in of_code)]
    for one, other in itertools.combinations(every, 2):
        assert ast.dump(ast.parse(one)) != ast.dump(ast.parse(other))


def test_a_seed_always_draws_the_same_mutants_and_another_seed_draws_others() -> None:
    room = "inbox/retention"
    drawn = mutants.drawn(room, 1, 40)
    assert drawn == mutants.drawn(room, 1, 40)
    assert drawn[:30] == mutants.drawn(room, 1, 30)
    assert set(drawn) != set(mutants.drawn(room, 2, 40))
    assert len({*drawn}) == 40


def test_every_room_with_mutants_has_tests() -> None:
    for room, tests in ROOMS.items():
        assert (ROOT / room).is_dir()
        assert any((ROOT / tests).rglob("test_*.py"))
