"""The gate runs each failed test once more, by itself, and reports the number of repeated tests."""

import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TESTS = """
from pathlib import Path

def test_that_passes() -> None: ...

def test_that_passes_the_second_time() -> None:
    seen = Path(__file__).with_suffix(".seen")
    again = seen.exists()
    seen.touch()
    assert again

def test_that_fails() -> None:
    assert {passes}
"""


@pytest.mark.parametrize(("passes", "status", "chances"), [(True, 0, 1), (False, 1, 2)])
def test_a_failed_test_is_run_once_more_and_counted(
    tmp_path: Path, passes: object, status: int, chances: int
) -> None:
    module = tmp_path / "test_some.py"
    module.write_text(TESTS.format(passes=passes))
    words = ["-n", "0", "--noconftest", "-p", "no:playwright", "-p", "no:hypothesispytest", str(module)]
    ran = subprocess.run(["tests/run.sh", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (status, f"second chances: {chances}")


def test_a_run_without_a_failure_repeats_no_test(tmp_path: Path) -> None:
    module = tmp_path / "test_some.py"
    module.write_text("def test_that_passes() -> None: ...\n")
    words = ["-n", "0", "--noconftest", str(module)]
    ran = subprocess.run(["tests/run.sh", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "second chances: 0")
