"""The goals of the office are computed from the journal alone: steps of cases, and longest gaps."""

import html
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from crypto.journal import Entry, Presence, Value
from inbox.overview import goals
from inbox.overview.goals import Gap, Result, Row
from inbox.session.actions import TABLE, Code
from inbox.vault.tables import JournalEntry
from templates.law.rules import Goal, Law, Repeated, Rhythm, Step
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office
from tests.support.inbox_trio import Trio
from tests.support.laws import FRENCH, LAWS, OTHER

BEGAN = date(2026, 1, 1)
SANCTION = "disciplinary_sanction"


class Done(NamedTuple):
    """An action on a day, counted from the first day of the journal."""

    day: int
    code: Code
    case: int | None = None
    values: Mapping[str, Value] = {}


def day(n: int) -> date:
    return BEGAN + timedelta(n)


def filed(n: int, case: int = 1, received: int | None = None, **values: Value) -> Done:
    came = day(n if received is None else received).isoformat()
    return Done(n, Code.FILED, case, {"received": came, **values})


def done(n: int, code: Code, case: int = 1, **values: Value) -> Done:
    return Done(n, code, case, values)


def show(n: int, case: int = 1) -> Done:
    return done(n, Code.SHOW, case)


def acknowledge(n: int, case: int = 1) -> Done:
    return done(n, Code.REPLY, case, acknowledges=True)


def answer(n: int, case: int = 1) -> Done:
    return done(n, Code.REPLY, case, feedback=True)


def measure(n: int, kind: str = "hearing", case: int = 1) -> Done:
    return done(n, Code.RECORD_MEASURE, case, kind=kind)


def close(n: int, case: int = 1, **values: Value) -> Done:
    return done(n, Code.CLOSE, case, outcome="moot", disclosure="full", **values)


def entries(*acts: Done) -> list[Entry]:
    """Return the journal of an office that began on the day 0."""
    for each in acts:
        assert set(each.values) <= set(TABLE[each.code].values)  # No test reads a value that cannot be there.
    return [
        Entry(
            n=n,
            previous=bytes(32),
            day=day(each.day),
            officers={"alice": Presence.OWN},
            action=each.code.value,
            values=each.values,
            reason="",
            case=each.case,
        )
        for n, each in enumerate((Done(0, Code.FOUND), *acts), 1)
    ]


def table(*acts: Done, today: int = 360, year: int = 2026, law: Law = FRENCH) -> dict[str, Row | Gap]:
    rows, gaps = goals.table(entries(*acts), law, year, day(today))
    return {**{row.step.value: row for row in rows}, **{gap.code.value: gap for gap in gaps}}


def row(step: Step, *acts: Done, **how: Any) -> Row:
    found = table(*acts, **how)[step]
    assert isinstance(found, Row)
    return found


def gap(code: Repeated, *acts: Done, **how: Any) -> Gap:
    found = table(*acts, **how)[code]
    assert isinstance(found, Gap)
    return found


def figures(found: Row) -> tuple[int, float | None, int | None]:
    return found.cases, found.median, found.within


NOTHING = (0, None, None)
# Each step, and how a case takes it on a day.
TAKES: Mapping[Step, Callable[..., Done]] = {
    Step.READ: show,
    Step.ACKNOWLEDGED: acknowledge,
    Step.ANSWERED: answer,
    Step.MEASURE: measure,
    Step.SANCTION: lambda n, case=1: measure(n, SANCTION, case),
    Step.CLOSED: close,
}
DUE = [Step.READ, Step.ACKNOWLEDGED, Step.ANSWERED, Step.CLOSED]
# The last day of each goal of the French law, counted from the step that begins it.
LAST_DAY = {
    Step.READ: 3,
    Step.ACKNOWLEDGED: 6,
    Step.ANSWERED: 85,
    Step.MEASURE: 60,
    Step.SANCTION: 180,
    Step.CLOSED: 270,
}
SHARE = {
    Step.READ: 90,
    Step.ACKNOWLEDGED: 95,
    Step.ANSWERED: 94,
    Step.MEASURE: 80,
    Step.SANCTION: 75,
    Step.CLOSED: 70,
}
GAPS = {Repeated.COLLECT: 5, Repeated.SEND: 7, Repeated.BACK_UP: 8}
REPEATS = {
    Repeated.COLLECT: Code.COLLECT,
    Repeated.SEND: Code.MAKE_OUTBOX,
    Repeated.BACK_UP: Code.BACK_UP,
}


def begun(step: Step, case: int = 1) -> list[Done]:
    """Return a case that takes the step before this one on the day 0, if this step does not begin at once."""
    return [filed(0, case), *([measure(0, case=case)] if step is Step.SANCTION else [])]


@pytest.mark.parametrize("step", TAKES)
def test_a_year_without_a_case_has_nothing_to_measure(step: Step) -> None:
    found = row(step)
    assert (NOTHING, Result.NO_CASE) == (figures(found), found.result)


@pytest.mark.parametrize("step", TAKES)
def test_the_last_day_of_a_goal_is_within_it_and_the_next_day_is_not(step: Step) -> None:
    last = LAST_DAY[step]
    for days, within, result in ((last, 100, Result.MET), (last + 1, 0, Result.MISSED)):
        found = row(step, *begun(step), TAKES[step](days))
        assert ((1, days, within), result) == (figures(found), found.result)


@pytest.mark.parametrize("step", TAKES)
def test_a_goal_is_met_from_its_share_of_the_cases_on(step: Step) -> None:
    """Of 100 cases, exactly the share takes the step in time; one case fewer misses the goal."""
    for in_time, result in ((SHARE[step], Result.MET), (SHARE[step] - 1, Result.MISSED)):
        acts = [act for case in range(1, 101) for act in begun(step, case)]
        acts += [TAKES[step](0, case=case) for case in range(1, in_time + 1)]
        acts += [TAKES[step](LAST_DAY[step] + 1, case=case) for case in range(in_time + 1, 101)]
        found = row(step, *acts)
        assert (100, in_time, result) == (found.cases, found.within, found.result)


@pytest.mark.parametrize("step", TAKES)
def test_each_goal_counts_from_its_own_step(step: Step) -> None:
    """A sanction counts from the first measure, and every other step from the day of receipt."""
    found = row(step, filed(5, received=2), measure(10), TAKES[step](20))
    days = {Step.SANCTION: 10, Step.MEASURE: 8}.get(step, 18)
    assert days == found.median


def test_the_goals_of_another_law_count_from_the_steps_that_it_names() -> None:
    acts = filed(0), show(4), acknowledge(10), answer(40), measure(45), close(70)
    assert {"read": 4, "acknowledged": 6, "answered": 30, "measure": 5, "closed": 30} == {
        code: each.median
        for code, each in table(*acts, law=OTHER).items()
        if isinstance(each, Row) and each.cases
    }


@pytest.mark.parametrize(
    ("days", "median"), [((4,), 4), ((1, 9), 5), ((1, 2, 60), 2), ((3, 4), 3.5), ((0, 0, 9, 9), 4.5)]
)
def test_the_median_is_the_middle_of_the_days(days: Sequence[int], median: float) -> None:
    acts = [filed(0, case) for case, _ in enumerate(days, 1)]
    acts += [show(n, case) for n, case in sorted((n, case) for case, n in enumerate(days, 1))]
    assert median == row(Step.READ, *acts).median


@pytest.mark.parametrize("step", DUE)
def test_a_case_that_waits_counts_as_late_only_after_the_last_day(step: Step) -> None:
    """A late case has no day yet, so it is not part of the median."""
    last = LAST_DAY[step]
    assert NOTHING == figures(row(step, filed(0), today=last))
    assert (1, None, 0) == figures(row(step, filed(0), today=last + 1))


@pytest.mark.parametrize("step", [Step.MEASURE, Step.SANCTION])
def test_a_case_without_a_measure_or_a_sanction_is_never_late(step: Step) -> None:
    assert NOTHING == figures(row(step, *begun(Step.READ), today=360))


@pytest.mark.parametrize("ended", [close(2), done(2, Code.JUNK), done(2, Code.DESTROYED, rule="junk")])
@pytest.mark.parametrize("step", [Step.READ, Step.ACKNOWLEDGED, Step.ANSWERED])
def test_a_case_that_ended_in_time_is_not_late_for_a_step_that_it_no_longer_takes(
    ended: Done, step: Step
) -> None:
    assert NOTHING == figures(row(step, filed(0), ended))


@pytest.mark.parametrize("code", [Code.CLOSE, Code.JUNK, Code.DESTROYED])
def test_ending_a_case_does_not_hide_that_it_was_late(code: Code) -> None:
    assert (1, None, 0) == figures(row(Step.ACKNOWLEDGED, filed(0), done(7, code)))


def test_a_recovered_case_is_due_again() -> None:
    acts = filed(0), done(1, Code.JUNK), done(2, Code.RECOVER)
    assert (1, None, 0) == figures(row(Step.READ, *acts))


@pytest.mark.parametrize("step", TAKES)
def test_a_destroyed_case_still_counts(step: Step) -> None:
    acts = [*begun(step), TAKES[step](1), done(2, Code.DESTROYED, rule="moot")]
    assert (1, 1, 100) == figures(row(step, *acts))


@pytest.mark.parametrize("step", [Step.ACKNOWLEDGED, Step.ANSWERED])
def test_a_reporter_whom_nobody_can_answer_is_not_waited_for(step: Step) -> None:
    """As a control, the case still has to be read."""
    silent = filed(0, unanswerable=True)
    assert NOTHING == figures(row(step, silent))
    assert (1, None, 0) == figures(row(Step.READ, silent))


def test_a_case_counts_in_the_year_of_its_first_step_and_only_there() -> None:
    """A report of December that is read in January counts in December's year, with all its days."""
    acts = filed(363), show(366)
    assert (1, 3, 100) == figures(row(Step.READ, *acts, today=400))
    assert NOTHING == figures(row(Step.READ, *acts, today=400, year=2027))
    assert (1, 3, 100) == figures(row(Step.READ, filed(365), show(368), today=400, year=2027))
    assert NOTHING == figures(row(Step.READ, filed(365), show(368), today=400))


def test_the_year_of_a_report_is_the_year_in_which_it_arrived_not_the_year_in_which_it_was_collected() -> (
    None
):
    acts = filed(366, received=364), show(366)
    assert (1, 2, 100) == figures(row(Step.READ, *acts, today=400))
    assert NOTHING == figures(row(Step.READ, *acts, today=400, year=2027))


def test_a_leap_day_is_a_day_like_any_other() -> None:
    """The year 2028 has a 29 February."""
    before = (date(2028, 2, 27) - BEGAN).days
    acts = filed(before), acknowledge((date(2028, 3, 4) - BEGAN).days)
    assert (1, 6, 100) == figures(row(Step.ACKNOWLEDGED, *acts, today=before + 30, year=2028))
    last = (date(2028, 12, 31) - BEGAN).days
    assert 1 == row(Step.READ, filed(last), show(last), today=last, year=2028).cases


def test_a_report_entered_by_hand_counts_from_the_day_on_which_it_was_received() -> None:
    """The officer who enters it has read it."""
    entered = done(4, Code.ENTER, route="letter", received=day(1).isoformat())
    acts = entered, acknowledge(6)
    assert (1, 3, 100) == figures(row(Step.READ, *acts))
    assert (1, 5, 100) == figures(row(Step.ACKNOWLEDGED, *acts))


@pytest.mark.parametrize("view", ["dossier", "minimise", "reply", "letter", "access"])
def test_another_view_of_a_case_is_no_first_reading(view: str) -> None:
    assert (1, 2, 100) == figures(row(Step.READ, filed(0), done(1, Code.SHOW, view=view), show(2), show(9)))


@pytest.mark.parametrize("step", [Step.ACKNOWLEDGED, Step.ANSWERED])
def test_a_plain_reply_takes_no_step(step: Step) -> None:
    assert (1, None, 0) == figures(row(step, filed(0), done(1, Code.REPLY)))


def test_the_first_text_of_a_step_counts_and_later_ones_do_not() -> None:
    acts = filed(0), acknowledge(2), acknowledge(40), answer(50), answer(80)
    assert [2, 50] == [row(step, *acts).median for step in (Step.ACKNOWLEDGED, Step.ANSWERED)]


def test_a_retracted_reply_does_not_count() -> None:
    """An earlier reply of the same kind still counts, and so does a later one."""
    gone = done(3, Code.UNSEND, reply=1, acknowledges=True)
    assert (1, None, 0) == figures(row(Step.ACKNOWLEDGED, filed(0), acknowledge(2), gone))
    assert 5 == row(Step.ACKNOWLEDGED, filed(0), acknowledge(2), gone, acknowledge(5)).median
    assert 1 == row(Step.ACKNOWLEDGED, filed(0), acknowledge(1), acknowledge(2), gone).median
    plain = done(3, Code.UNSEND, reply=1)
    assert 2 == row(Step.ACKNOWLEDGED, filed(0), acknowledge(2), plain).median


def test_the_text_of_a_closing_acknowledges_and_may_answer() -> None:
    acts = filed(0), close(4, acknowledges=True)
    assert (1, 4, 100) == figures(row(Step.ACKNOWLEDGED, *acts))
    assert NOTHING == figures(row(Step.ANSWERED, *acts))
    assert 4 == row(Step.ANSWERED, filed(0), close(4, acknowledges=True, feedback=True)).median


def test_a_reopened_case_is_not_closed_until_it_is_closed_again() -> None:
    acts = filed(0), close(10), done(20, Code.REOPEN)
    assert (1, None, 0) == figures(row(Step.CLOSED, *acts))
    assert (1, 30, 100) == figures(row(Step.CLOSED, *acts, close(30)))
    twice = *acts, close(30), done(40, Code.REOPEN), done(50, Code.CLOSE_BY_TWO)
    assert (1, 50, 100) == figures(row(Step.CLOSED, *twice))


def test_reopening_retracts_the_text_of_the_closing_only_if_no_outbox_has_taken_it() -> None:
    told, again = close(4, acknowledges=True, feedback=True), done(6, Code.REOPEN)
    for step in (Step.ACKNOWLEDGED, Step.ANSWERED):
        assert (1, None, 0) == figures(row(step, filed(0), told, again))
        assert (1, 4, 100) == figures(row(step, filed(0), told, Done(5, Code.MAKE_OUTBOX), again))


def test_reopening_does_not_retract_an_earlier_reply() -> None:
    assert 2 == row(Step.ACKNOWLEDGED, filed(0), acknowledge(2), close(4), done(6, Code.REOPEN)).median


@pytest.mark.parametrize("code", [Code.REMOVE_MEASURE, Code.REMOVE_PROCEEDINGS])
def test_a_retracted_measure_does_not_count(code: Code) -> None:
    """Its kind and its day say which measure it was: the other measures stay."""

    def gone(kind: str, recorded: int) -> Done:
        return done(60, code, measure=1, kind=kind, recorded=day(recorded).isoformat())

    acts = filed(0), measure(5), measure(9, SANCTION), measure(20)
    assert NOTHING == figures(row(Step.MEASURE, filed(0), measure(5), gone("hearing", 5)))
    assert 9 == row(Step.MEASURE, *acts, gone("hearing", 5)).median
    assert 5 == row(Step.MEASURE, *acts, gone("hearing", 20)).median
    assert NOTHING == figures(row(Step.SANCTION, *acts, gone(SANCTION, 9)))
    assert 4 == row(Step.SANCTION, *acts, gone("hearing", 20)).median


def test_only_one_of_two_equal_measures_is_retracted() -> None:
    removed = done(6, Code.REMOVE_MEASURE, measure=1, kind="hearing", recorded=day(5).isoformat())
    assert 5 == row(Step.MEASURE, filed(0), measure(5), measure(5), removed).median


@pytest.mark.parametrize(
    "act",
    [
        done(3, Code.END_PROCEEDINGS, kind="final_decision"),
        done(3, Code.DECIDE_BY_TWO, duty="art40", decision="transmit"),
        done(3, Code.MAKE_DOSSIER, purpose="disciplinary", as_measure=True),
        done(3, Code.MAKE_DOSSIER, purpose="prosecutor", as_measure=True),
    ],
)
def test_other_actions_record_measures_too(act: Done) -> None:
    assert (1, 3, 100) == figures(row(Step.MEASURE, filed(0), act))
    assert NOTHING == figures(row(Step.SANCTION, filed(0), act))


@pytest.mark.parametrize(
    "act",
    [
        done(3, Code.DECIDE, duty="art14", decision="not_needed"),
        done(3, Code.DECIDE, duty="art14", decision="unknown"),
        done(3, Code.MAKE_DOSSIER, purpose="disciplinary"),
    ],
)
def test_a_decision_or_a_dossier_without_a_measure_is_no_measure(act: Done) -> None:
    assert NOTHING == figures(row(Step.MEASURE, filed(0), act))


def test_actions_before_a_correction_of_the_clock_count_as_of_the_correction() -> None:
    """The clock was 200 days ahead; it is corrected on the day 10, and the case is read on the day 11."""
    fixed = Done(10, Code.CORRECT_CLOCK)
    acts = filed(210, received=9), fixed, show(11), acknowledge(12)
    assert (2, 3) == (row(Step.READ, *acts).median, row(Step.ACKNOWLEDGED, *acts).median)
    assert 0 == row(Step.READ, filed(9), show(209), Done(9, Code.CORRECT_CLOCK)).median
    late = filed(209, received=209), Done(9, Code.CORRECT_CLOCK), show(10)
    assert 1 == row(Step.READ, *late).median


def test_a_step_before_its_start_counts_as_no_days() -> None:
    """The order of two goals may be unusual: here the law counts an acknowledgement from the reading."""
    assert 0 == row(Step.ACKNOWLEDGED, filed(0), acknowledge(1), show(3), law=OTHER).median


def test_entries_about_a_case_that_was_never_filed_are_not_counted() -> None:
    """An excluded officer sees no entry of the case, and an earlier journal may lack the entry."""
    assert NOTHING == figures(row(Step.READ, show(2), close(3)))


@pytest.mark.parametrize("code", Repeated)
def test_the_longest_gap_of_a_rhythm_is_met_up_to_its_days(code: Repeated) -> None:
    most = GAPS[code]
    for longest, result in ((most, Result.MET), (most + 1, Result.MISSED)):
        acts = Done(1, REPEATS[code]), Done(1 + longest, REPEATS[code])
        found = gap(code, *acts, today=1 + longest)
        assert (2, longest, result) == (found.times, found.longest, found.result)


@pytest.mark.parametrize("code", [Code.COLLECT, Code.ACCEPT_INSTANCE, Code.ACCEPT_GAP])
def test_a_bundle_counts_as_collected_however_it_was_accepted(code: Code) -> None:
    found = gap(Repeated.COLLECT, Done(2, code), Done(5, code), today=6)
    assert (2, 3, Result.MET) == (found.times, found.longest, found.result)


def test_a_copied_outbox_is_not_another_outbox() -> None:
    found = gap(Repeated.SEND, Done(1, Code.MAKE_OUTBOX), Done(5, Code.COPY_OUTBOX), today=9)
    assert (1, 8, Result.MISSED) == (found.times, found.longest, found.result)


def test_while_the_year_runs_the_gap_since_the_last_time_counts() -> None:
    acts = Done(1, Code.BACK_UP), Done(3, Code.BACK_UP)
    assert [2, 20] == [gap(Repeated.BACK_UP, *acts, today=today).longest for today in (4, 23)]


def test_the_gap_before_the_first_time_counts_from_the_founding() -> None:
    """An office that has never made a backup has missed its goal, but not in its first days."""
    assert Result.NOT_YET is gap(Repeated.BACK_UP, today=8).result
    never = gap(Repeated.BACK_UP, today=9)
    assert (0, 9, Result.MISSED) == (never.times, never.longest, never.result)
    assert 30 == gap(Repeated.BACK_UP, Done(30, Code.BACK_UP), today=31).longest


def test_a_gap_over_new_year_counts_in_both_years_up_to_its_end_in_each() -> None:
    acts = Done(355, Code.COLLECT), Done(370, Code.COLLECT)
    assert [355, 15] == [gap(Repeated.COLLECT, *acts, today=371, year=year).longest for year in (2026, 2027)]
    early = Done(1, Code.BACK_UP), Done(360, Code.BACK_UP), Done(380, Code.BACK_UP)
    found = gap(Repeated.BACK_UP, *early, today=381, year=2027)
    assert (1, 20) == (found.times, found.longest)
    closing = [Done(n, Code.BACK_UP) for n in range(1, 350, 7)]
    assert 364 - 344 == gap(Repeated.BACK_UP, *closing, Done(390, Code.BACK_UP), today=400).longest


@pytest.mark.parametrize("year", [2025, 2027])
def test_a_year_outside_the_journal_has_no_gap(year: int) -> None:
    found = gap(Repeated.COLLECT, Done(3, Code.COLLECT), today=300, year=year)
    assert (0, None, Result.NOT_YET) == (found.times, found.longest, found.result)


def test_a_clock_that_was_ahead_does_not_shorten_a_gap() -> None:
    """The backup of the wrong day 200 was made on the day 2 at the latest."""
    acts = Done(200, Code.BACK_UP), Done(2, Code.CORRECT_CLOCK), Done(3, Code.BACK_UP)
    assert 20 == gap(Repeated.BACK_UP, *acts, today=23).longest


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_every_law_has_a_row_for_each_step_and_each_rhythm(law: Law) -> None:
    found = table(law=law)
    assert [*tuple(Step)[1:], *Repeated] == [*found]
    assert all(isinstance(each, Goal) for each in law.goals.values())
    assert all(isinstance(each, Rhythm) for each in law.rhythms.values())


def test_the_table_names_each_goal_as_the_law_does(office: Office) -> None:
    """The command, the JSON values and the desk show the same figures."""
    said = office.run("office", "goals").out
    for each in (*FRENCH.goals.values(), *FRENCH.rhythms.values()):
        assert each.name.en in said
    with sitting(office) as client:
        page = html.unescape(client.page("/fr/goals"))
    for name in (each.name.fr for each in (*FRENCH.goals.values(), *FRENCH.rhythms.values())):
        assert name in page


def test_the_table_says_that_its_figures_must_not_be_published(office: Office) -> None:
    """They are exact: a row for sanctions can repeat a count that the annual figures hide."""
    assert "never publish these figures" in office.run("office", "goals").out
    with sitting(office) as client:
        for language, said in (("fr", "Ne les publiez jamais"), ("en", "Never publish them")):
            assert said in html.unescape(client.page(f"/{language}/goals"))


@pytest.mark.copy_of("founded_correspondent")
def test_the_figures_of_the_command_come_from_the_journal_of_real_actions(office: Office) -> None:
    """One report was collected, read and acknowledged today."""
    office.json("case", "show", "1")
    office.json("message", "reply", "1", "--template", "acknowledgement")
    found = office.json("office", "goals")
    rows = {
        row["goal"]: (row["cases"], row["median"], row["within"], row["result"]) for row in found["goals"]
    }
    assert {"read": (1, 0, 100, "met"), "acknowledged": (1, 0, 100, "met")} == {
        code: figures for code, figures in rows.items() if figures[0]
    }
    rhythms = {row["rhythm"]: (row["times"], row["result"]) for row in found["rhythms"]}
    assert (1, "met") == rhythms["collect"]
    assert 0 == found["not_counted"]
    assert found["head"]["n"] == office.json("journal", "list")["head"]["n"] - 1


@pytest.mark.copy_of("founded_correspondent")
def test_a_reply_that_was_retracted_is_no_longer_counted_by_the_command(office: Office) -> None:
    office.json("case", "show", "1")
    office.json("message", "reply", "1", "--template", "acknowledgement")
    assert 1 == counted(office)["acknowledged"]
    office.json("message", "retract", "1", "1")
    assert 0 == counted(office)["acknowledged"]


@pytest.mark.copy_of("founded_correspondent")
def test_a_measure_that_was_retracted_is_no_longer_counted_by_the_command(office: Office) -> None:
    office.json("case", "show", "1")
    office.json("case", "measure", "add", "1", "protection_offered")
    assert 1 == counted(office)["measure"]
    office.json("case", "measure", "retract", "1", "1", "--reason", "another case")
    assert 0 == counted(office)["measure"]


def counted(office: Office) -> dict[str, int]:
    return {row["goal"]: row["cases"] for row in office.json("office", "goals")["goals"]}


@pytest.mark.parametrize("year", [1, 1999, 9001, 10**9])
def test_a_year_that_no_calendar_covers_is_refused_and_leaves_no_entry(office: Office, year: int) -> None:
    before = office.json("journal", "list")["head"]["n"]
    said = office.run("office", "goals", "--year", str(year))
    assert (1, "") == (said.code, said.out)
    assert f"there are no goals for the year {year}" in said.err
    assert "from 2000 to 9000" in said.err
    with sitting(office) as client:
        assert 409 == client.ask(f"/en/goals/{year}").status_code
    actions = [each["action"] for each in office.json("journal", "list")["entries"][before:]]
    assert "measure-goals" not in actions


@pytest.mark.parametrize("year", [2000, 9000])
def test_the_first_and_the_last_year_are_empty_tables(office: Office, year: int) -> None:
    found = office.json("office", "goals", "--year", str(year))
    assert {"no-case", "not-yet"} == {row["result"] for row in (*found["goals"], *found["rhythms"])}


def test_a_changed_entry_is_refused_in_a_sentence(office: Office) -> None:
    """The control is the same command before the change."""
    assert 0 == office.run("office", "goals").code
    with office.opened() as inbox, inbox.transaction() as session:
        row = session.get_one(JournalEntry, 2)
        row.raw = row.raw.replace(b'"officers"', b'"0fficers"', 1)
    said = office.run("office", "goals")
    assert (1, "") == (said.code, said.out)
    assert "entry 2 of the journal was altered" in said.err
    assert "keep a copy of the vault as it is now" in said.err
    with sitting(office) as client:
        shown = client.ask("/en/goals")
        assert (409, True) == (shown.status_code, "entry 2 of the journal" in shown.text)


def test_an_excluded_officer_sees_no_count_of_the_case(trio: Trio) -> None:
    """The two other officers see one case more, and the excluded officer sees no hint of it."""
    everything, fewer = (each.json("office", "goals") for each in (trio.others, trio.excluded))
    cases = [{row["goal"]: row["cases"] for row in each["goals"]} for each in (everything, fewer)]
    assert 1 == cases[0]["closed"] - cases[1]["closed"]
    assert [0, 0] == [each["not_counted"] for each in (everything, fewer)]


def test_a_case_for_other_handlers_is_not_counted_but_the_table_says_that_there_is_one(trio: Trio) -> None:
    before = counted(trio.office.of("bruno", "chloe"))
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    found = trio.office.of("bruno", "chloe").json("office", "goals")
    assert before["closed"] - 1 == {row["goal"]: row["cases"] for row in found["goals"]}["closed"]
    assert 1 == found["not_counted"]
    assert 0 == trio.others.json("office", "goals")["not_counted"]
