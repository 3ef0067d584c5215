"""docs/law-tests.md: each rule of the French law names existing tests that fail when its value changes.

`make soak law` checks that the tests of the program fail as well.
"""

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from templates.law.rules import Law
from tests.support import shown_by, wrong_laws
from tests.support.laws import FRENCH
from tests.support.paths import ROOT
from tests.support.shown_by import ERRORS, PAGE, ROWS, SURFACES, TRIES, Row
from tests.support.wrong_laws import Wrong

FILES = shown_by.shipped()
ROWS_OF_IT = shown_by.rows(ROWS.read_text("utf-8"))
TRIED = shown_by.tries(TRIES.read_text("utf-8"))
MENDED = shown_by.errors(ERRORS.read_text("utf-8"))
PLACES = {file: shown_by.read(file, text) for file, text in FILES.items()}
# The tests of these modules check values. Other rows also name these tests. The tests are imported under
# other names, so that pytest does not run them here.
VALUES = {
    module: importlib.import_module(f"tests.{module.removesuffix('.py').replace('/', '.')}")
    for module in shown_by.VALUES
}


def uncovered(rows: list[Row]) -> list[str]:
    """Return the rules without a row, the rows without a rule, and the rows without a test."""
    places = [place for file, text in FILES.items() for place in shown_by.read(file, text)]
    found = shown_by.covered(rows, places)
    free = [f"{place.file}: {place.key}" for place in found.pop(None, [])]
    idle = [
        f"{row.file}: {key}"
        for row in rows
        for key in row.keys
        if not any(shown_by.fits(key, place.path) for place in found[row])
    ]
    bare = [
        f"{row.file}: {row.keys} must have a test of the program, or say why none"
        for row in rows
        if bool(row.of_program) is bool(row.unheld)
    ]
    return [*free, *idle, *bare]


def test_the_page_about_the_tests_of_the_law_is_generated_from_the_law_and_the_rows() -> None:
    """After a change of the law or of the rows, run: python -m tests.support.shown_by."""
    text = PAGE.read_text("utf-8")
    assert text == f"{shown_by.head(text)}\n{shown_by.page(ROWS_OF_IT, FILES, MENDED, TRIED)}"


def test_every_rule_has_a_row_with_a_test_and_every_row_has_a_rule() -> None:
    assert [] == uncovered(ROWS_OF_IT)


def test_the_search_finds_a_rule_without_a_row_and_a_row_without_a_rule_or_test() -> None:
    """The test above needs this control."""
    without = [row for row in ROWS_OF_IT if "clock.ack_eu" not in row.keys]
    assert "deadlines.toml: clock.ack_eu.within" in uncovered(without)
    misspelt = Row("deadlines.toml", ("clock.ack_ue",), ("x",))
    assert ["deadlines.toml: clock.ack_ue"] == uncovered([*ROWS_OF_IT, misspelt])
    bare = [replace(row, tests=()) if "exchange" in row.keys else row for row in ROWS_OF_IT]
    (said,) = uncovered(bare)
    assert said.startswith("deadlines.toml: ('exchange',) must have a test of the program")


def unmatched(said: Mapping[str, str]) -> list[str]:
    """Return the named tests without a sentence, and the sentences without a named test."""
    named = {test for each in [*ROWS_OF_IT, *MENDED, *TRIED] for test in each.tests}
    return sorted(named ^ said.keys())


def test_each_test_that_a_row_names_has_a_sentence_and_each_sentence_has_a_test() -> None:
    said = dict(shown_by.sentences())
    assert [] == unmatched(said)
    said["a::test_b"] = said.pop(test := "templates/test_law.py::test_the_deadlines_of_the_law")
    assert ["a::test_b", test] == unmatched(said)  # the control


def test_each_sentence_about_a_test_is_short_and_complete_and_unique() -> None:
    said = [*shown_by.sentences().values()]
    whole = re.compile(r"[A-Z“][^_]+[^.]\.")
    assert [] == [each for each in said if not whole.fullmatch(each) or len(each.split()) > 25]
    assert len(said) == len(set(said))
    assert not whole.fullmatch("the deadlines of the law")  # the control


def collected(modules: list[str]) -> set[str]:
    """Return the tests that pytest finds in modules below tests/."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "not soak", "-n", "0"]
    command += ["-p", "no:cacheprovider", *(f"tests/{each}" for each in modules)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line.partition("[")[0].removeprefix("tests/") for line in said.splitlines() if "::" in line}


@pytest.mark.slow
def test_every_test_that_a_row_names_exists() -> None:
    named = {test for each in [*ROWS_OF_IT, *MENDED, *TRIED] for test in each.tests}
    found = collected(sorted({each.partition("::")[0] for each in named}))
    assert set() == named - found
    assert "templates/test_law.py::test_the_deadlines_of_the_laws" not in found  # the control
    # A row need not name a test twice.
    assert [] == [row.keys for row in ROWS_OF_IT if len(row.tests) != len(set(row.tests))]


def test_each_corrected_law_error_names_its_files_and_a_test_of_the_portal_or_the_desk_or_a_command() -> None:
    """There are fourteen errors. In addition, there are three rules that are stricter than required.

    A test of the program checks each error and each rule.
    """
    assert [*map(str, range(1, 15)), "a", "b", "c"] == [each.number for each in MENDED]
    for each in MENDED:
        assert all((each.wrong, each.holds, each.where))
        assert [] == [path for path in each.where if not (ROOT / path).is_file()]
        assert any(each.held_on(name) for name in SURFACES)
        assert any(test.partition("::")[0] not in VALUES for test in each.tests)


def test_every_attempt_of_a_hostile_officer_is_stopped_by_a_rule_with_a_test() -> None:
    assert len(TRIED) >= 40
    assert [] == [each.tried for each in TRIED if not (each.stopped and each.tests)]
    assert len(TRIED) == len({each.tried for each in TRIED})


def said_again(row: Row) -> dict[str, Callable[[], None]]:
    """Return, by name, those tests of a row that only repeat the row's values."""
    found = {}
    for name in row.tests:
        module, _, function = name.partition("::")
        if module in VALUES and not inspect.signature(test := getattr(VALUES[module], function)).parameters:
            found[name] = test
    return found


def noticing(law: Law, row: Row, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return those tests of a row that fail under this law."""
    for module in VALUES.values():
        monkeypatch.setattr(module, "FRENCH", law)
    return {name for name, test in said_again(row).items() if fails(test)}


def fails(test: Callable[[], None]) -> bool:
    try:
        test()
    except (AssertionError, KeyError):
        return True
    return False


def wrong(file: str) -> Iterator[tuple[Row, Wrong]]:
    """Yield the wrong versions of a law file, each with the row of the rule that it changes."""
    given = [(place.path, each) for place in PLACES[file] for each in wrong_laws.of(place, FILES)]
    for path, each in [*given, *wrong_laws.absent(file, FILES)]:
        row = shown_by.row_of(ROWS_OF_IT, file, path)
        assert row, path
        yield row, each


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_every_changed_value_makes_a_test_of_its_row_fail(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row for row in ROWS_OF_IT if row.file == file]
    assert not any(noticing(FRENCH, row, monkeypatch) for row in rows)  # the control
    tried = [(row, each.what, noticing(each.law, row, monkeypatch)) for row, each in wrong(file)]
    assert [] == [what for _, what, noticed in tried if not noticed]
    seeing = {(row, name) for row, _, noticed in tried for name in noticed}
    # For some rules, no other value makes a valid law.
    given = {(row, name) for row, *_ in tried for name in said_again(row)}
    assert [] == [(row.keys, name) for row, name in given - seeing]
