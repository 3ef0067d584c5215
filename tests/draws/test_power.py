"""The figures of docs/draws-method.md are those of the record, and say no more than was measured."""

from pathlib import Path

import pytest

from benchmarks import draws, power, records
from benchmarks.power import HONEST, MANIPULATED, Case, Years
from draws.deviation.shares import Share

RECORDED = records.load(power.SOAK).get("deviation")
FIGURES = [f"{case.name}: {case.years} of {case.years} years" for case in MANIPULATED]
FIGURES += [f"{power.ALL_HONEST}: 4 of 360 years"]


def test_the_page_has_the_figures_of_the_record() -> None:
    page = power.PAGE.read_text("utf-8")
    assert page == power.renewed(page, RECORDED.figures if RECORDED else [])


def test_another_record_changes_the_page() -> None:
    """The control: one year more or less, with or without an alarm."""
    page = power.PAGE.read_text("utf-8")
    made = {power.renewed(page, FIGURES)}
    for at, line in enumerate(FIGURES):
        name, _ = line.split(": ")
        made.add(power.renewed(page, [*FIGURES[:at], f"{name}: 3 of 60 years", *FIGURES[at + 1 :]]))
    assert len(made) == 1 + len(FIGURES)
    assert power.renewed(page, []) not in made


def test_each_case_of_the_issue_is_measured() -> None:
    volumes = {case.count for case in MANIPULATED}
    assert {20, 100, 500} <= volumes
    assert {case.count for case in HONEST} == {20, 100, 500}
    for kind in (draws.FEW, draws.DROPPED, draws.ALL):
        assert {20, 100, 500} <= {case.count for case in MANIPULATED if case.manipulation is kind}
        assert kind.share == 0.1
    names = [case.name for case in (*HONEST, *MANIPULATED)]
    assert len({*names}) == len(names)


@pytest.mark.parametrize(
    ("found", "volume"),
    [
        ({20: 0, 80: 116, 100: 120}, 100),
        ({20: 0, 80: 118, 100: 120}, 100),
        ({20: 0, 80: 119, 100: 120}, 80),
        # A larger volume without the power: chance alone made the smaller one look good.
        ({20: 120, 80: 110, 100: 120}, 100),
        ({20: 0, 80: 119, 100: 115}, None),
    ],
)
def test_95_percent_is_reached_where_the_lower_limit_says_so(
    found: dict[int, int], volume: int | None
) -> None:
    """118 of 120 years are 98.3 %, but show only 94.8 %."""
    assert power.reached({count: Share(each, 120) for count, each in found.items()}) == volume


def test_too_many_false_alarms_end_the_run_and_as_many_as_promised_do_not() -> None:
    """4 of 360 are more than 1 %, and agree with it: chance gives as many or more in half of such runs."""
    assert not power.is_too_many(Share(0, 360))
    assert not power.is_too_many(Share(4, 360))
    assert not power.is_too_many(Share(11, 360))
    assert power.is_too_many(Share(12, 360))


QUICK = Case(draws.HONEST, 2, 3)


def test_a_run_continues_with_the_years_that_are_missing(tmp_path: Path) -> None:
    """A line without an end was interrupted. Years that are kept are not simulated again."""
    code = [Path(draws.__file__)]
    whole = Years(tmp_path / "whole", code)
    whole.simulate([QUICK], 1)
    (file,) = (tmp_path / "whole").iterdir()
    lines = file.read_text().splitlines()
    assert len(lines) == QUICK.years
    begun = tmp_path / "begun"
    begun.mkdir()
    (begun / file.name).write_text(f"{QUICK.name}/0/7\n{QUICK.name}/1")
    years = Years(begun, code)
    years.simulate([QUICK], 1)
    # The kept year says that there was an alarm in July; no run of this case says so.
    assert (years.alarms(QUICK).count, whole.alarms(QUICK).count) == (1, 0)
    assert len((begun / file.name).read_text().splitlines()) == QUICK.years


def test_years_of_other_code_are_not_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text("first")
    Years(tmp_path / "kept", [file]).simulate([QUICK], 1)
    file.write_text("second")
    with pytest.raises(KeyError):
        Years(tmp_path / "kept", [file]).alarms(QUICK)
