"""The day on which each deadline ends: working days, holidays, leap days, and both acknowledgements."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.deadlines import clocks as legal_clocks
from inbox.deadlines.clocks import RETENTION, Due, Events
from inbox.deadlines.office import Practice
from inbox.deadlines.working_days import Calendar
from templates.law.rules import Event
from tests.support.laws import FRANCE, FRENCH, OTHER

SHORT = FRENCH.retention.periods["inadmissible"]
# The deadlines for texts to the reporter.
TOLD = ("ack_eu", "ack_fr", "feedback")
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def practice(off: Collection[date] = (), regime: str = "internal") -> Practice:
    return Practice(FRENCH, Calendar(FRENCH.calendar, off), regime)


def clocks(received: date, how: Practice | None = None, **happened: Any) -> dict[str, Due]:
    whole = replace(Events(received=received, collected=received, priority=4), **happened)
    return {due.clock: due for due in legal_clocks.clocks(whole, how or practice())}


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_gives_the_same_day_as_counting_them_one_by_one(day: date, count: int) -> None:
    """The first day does not count, and the last day is always a working day."""
    end = FRANCE.after(day, count)
    between = [day + timedelta(n) for n in range(1, (end - day).days + 1)]
    assert (count, True) == (sum(map(FRANCE.works, between)), FRANCE.works(end))


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-04-06",
        "2026-05-01",
        "2026-05-14",
        "2026-07-14",
        "2026-11-11",
        "2026-12-25",
        "2027-03-29",
    ],
)
def test_a_public_holiday_is_not_a_working_day(day: str) -> None:
    """Easter Monday and Ascension Day fall on a different date each year."""
    assert date.fromisoformat(day).weekday() < 5
    assert not FRANCE.works(date.fromisoformat(day))


def test_the_law_sets_which_days_are_weekends_and_holidays() -> None:
    """In the law of Xylos, Sunday is a working day, and the holidays are those of Jordan."""
    island = Calendar(OTHER.calendar, [date(2026, 11, 30)])
    week = [date(2026, 11, 25) + timedelta(n) for n in range(7)]
    assert [25, 26, 29, 1] == [day.day for day in week if island.works(day)]
    assert [True, False] == [each.works(date(2026, 11, 11)) for each in (island, FRANCE)]
    assert [False, True] == [each.works(date(2026, 6, 16)) for each in (island, FRANCE)]
    assert island.legal.works(date(2026, 11, 30))


def test_an_office_can_add_its_own_days_off() -> None:
    own = Calendar(FRENCH.calendar, [date(2026, 12, 24)])
    assert [date(2026, 12, 24), date(2026, 12, 28)] == [
        each.after(date(2026, 12, 23), 1) for each in (FRANCE, own)
    ]


@given(DAYS)
def test_seven_working_days_end_nine_to_fourteen_days_later(day: date) -> None:
    """Seven working days always end after the seven days of the Directive (2019/1937, article 9)."""
    due = clocks(day)
    assert due["ack_eu"].day == day + timedelta(7)
    assert 9 <= (due["ack_fr"].day - day).days <= 14


@pytest.mark.parametrize(
    ("received", "due"),
    [("2026-12-01", "2026-12-10"), ("2026-12-21", "2026-12-31"), ("2027-05-05", "2027-05-18")],
)
def test_the_decree_requires_an_acknowledgement_by_the_seventh_working_day(received: str, due: str) -> None:
    """Days counted by hand: over a weekend, over Christmas on a Friday, over Ascension and Whitsun."""
    assert due == clocks(date.fromisoformat(received))["ack_fr"].day.isoformat()


@given(DAYS, st.integers(0, 40))
def test_legal_deadlines_run_from_receipt_and_the_deadline_for_the_first_act_runs_from_collection(
    day: date, waited: int
) -> None:
    """The time between receipt and collection does not matter."""
    opened = day + timedelta(waited)
    late = clocks(day, collected=opened)
    assert clocks(opened)["first_act"] == late.pop("first_act")
    assert late.items() <= clocks(day).items()


FEEDBACK = [
    ("acknowledged in time", {"acknowledged": date(2026, 12, 3)}, date(2027, 3, 3)),
    ("never acknowledged", {}, date(2027, 3, 8)),
    ("on the last of a month", {"acknowledged": date(2026, 11, 30)}, date(2027, 2, 28)),
    ("acknowledged too late", {"acknowledged": date(2027, 11, 30)}, date(2027, 3, 8)),
    ("on its way", {"sent": date(2026, 12, 3)}, date(2027, 3, 3)),
    (
        "read long after it was sent",
        {"sent": date(2026, 12, 3), "acknowledged": date(2026, 12, 7)},
        date(2027, 3, 3),
    ),
]


@pytest.mark.parametrize(("happened", "day"), [row[1:] for row in FEEDBACK], ids=[row[0] for row in FEEDBACK])
def test_feedback_is_due_three_months_after_the_acknowledgement(happened: dict[str, date], day: date) -> None:
    """Without a timely acknowledgement, the months run from the last day that the Directive allows for it.

    The decree gives more days for the acknowledgement, but not for feedback. Neither a late acknowledgement
    nor a slow exchange postpones feedback. Only the day on which the acknowledgement was sent matters.
    """
    assert day == clocks(date(2026, 12, 1), **happened)["feedback"].day


@given(DAYS, st.sampled_from([3, 6]))
def test_feedback_is_due_on_the_same_day_of_the_month_as_the_acknowledgement(day: date, months: int) -> None:
    """If the last month is shorter, feedback is due on the last day of that month.

    The test includes leap years.
    """
    extended = day if months == 6 else None
    due = clocks(day, practice(regime="external"), acknowledged=day, extended=extended)["feedback"].day
    assert months == (due.year - day.year) * 12 + due.month - day.month
    assert due.day == min(day.day, monthrange(due.year, due.month)[1])


@pytest.mark.parametrize(
    ("priority", "day"), [(1, "2026-12-24"), (2, "2026-12-29"), (3, "2027-01-04"), (4, "2027-01-11")]
)
def test_the_priority_of_a_case_sets_the_deadline_for_the_first_act(priority: int, day: str) -> None:
    """Christmas 2026 is a Friday, so three days in a row do not count.

    A case of priority 1 is due on the same day.
    """
    due = clocks(date(2026, 12, 24), priority=priority)["first_act"]
    assert day == due.day.isoformat()


def test_a_deadline_that_is_met_is_no_longer_the_next_deadline() -> None:
    """Once the case is closed, the only remaining deadline is the end of the retention period."""
    day = date(2026, 12, 1)
    whole = Events(received=day, collected=day, priority=1)
    assert _next(whole) == "first_act"
    assert _next(Events(received=day, collected=day, priority=1, first_act=day)) == "ack_eu"
    told = Events(received=day, collected=day, priority=1, first_act=day, acknowledged=day)
    assert _next(told) == "feedback"
    closed = replace(told, answered=day, closed=date(2027, 1, 31), period=SHORT)
    assert legal_clocks.next_due(closed, practice()) == Due(RETENTION, None, date(2027, 3, 31))


def _next(events: Events) -> str | None:
    due = legal_clocks.next_due(events, practice())
    return due.clock if due else None


def test_a_later_message_or_a_hold_postpones_the_end_of_retention() -> None:
    """The period is two months after the closing or the last message.

    The period does not end during a hold.
    """
    day, closed = date(2026, 12, 1), date(2027, 1, 31)
    later = clocks(day, closed=closed, period=SHORT, last_written=date(2027, 2, 10))
    assert date(2027, 4, 10) == later[RETENTION].day
    assert RETENTION not in clocks(day, closed=closed, period=SHORT, held=True)
    archived = FRENCH.retention.periods["admissible"]
    assert date(2033, 1, 31) == clocks(day, closed=closed, period=archived)[RETENTION].day


def test_closing_a_case_meets_none_of_its_deadlines() -> None:
    """Closing drops the deadline for the first act.

    Texts that the reporter must get remain due until the reporter can read them.
    """
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    found = clocks(day, closed=closed)
    assert (None, closed) == (found["first_act"].done, found["first_act"].dropped)
    for clock in TOLD:
        assert (None, None, True) == (found[clock].done, found[clock].dropped, found[clock].is_waiting)
        assert found[clock].is_late(closed) is (clock != "feedback")
    told = clocks(day, closed=closed, acknowledged=date(2026, 12, 21))["ack_eu"]
    assert (date(2026, 12, 21), None) == (told.done, told.dropped)


def test_closing_drops_deadlines_for_an_unreachable_reporter_and_for_withheld_feedback() -> None:
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    nobody = clocks(day, closed=closed, unreachable=True)
    assert [nobody[clock].dropped for clock in TOLD] == [closed] * 3
    withheld = clocks(day, closed=closed, withheld=True)
    assert [withheld[clock].dropped for clock in TOLD] == [None, None, closed]


def test_closing_without_a_text_drops_the_acknowledgement_unless_it_was_already_sent() -> None:
    """Once an acknowledgement is in an outbox, it reaches the reporter.

    So the acknowledgement can still be in time or late.
    """
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    for sent, dropped in ((None, closed), (date(2026, 12, 2), None)):
        found = clocks(day, closed=closed, withheld=True, silent=True, sent=sent)
        assert [found[clock].dropped for clock in TOLD] == [dropped, dropped, closed]


def test_deadlines_to_inform_an_unreachable_reporter_count_as_impossible_and_never_as_late() -> None:
    """The first act remains due. The control is a reporter who can be reached.

    An acknowledgement that was sent before the report was withdrawn still counts as possible.
    """
    day, later = date(2026, 12, 1), date(2027, 12, 1)
    for unreachable in (True, False):
        found = clocks(day, unreachable=unreachable)
        for clock in TOLD:
            due = found[clock]
            assert (due.impossible, not due.is_waiting, not due.is_late(later)) == (unreachable,) * 3
        assert (False, True, True) == (
            found["first_act"].impossible,
            found["first_act"].is_waiting,
            found["first_act"].is_late(later),
        )
    sent = clocks(day, unreachable=True, sent=date(2026, 12, 2))
    assert (False, True) == (sent["ack_eu"].impossible, sent["feedback"].impossible)


@given(DAYS, st.sets(st.integers(1, 40), max_size=8))
def test_no_day_off_of_an_office_moves_a_legal_deadline(day: date, off: set[int]) -> None:
    """Days off move only the first act, which is a rule of the office."""
    own = clocks(day, practice({day + timedelta(n) for n in off}))
    by_law = clocks(day)
    assert own["first_act"].day >= by_law["first_act"].day
    assert [own[clock] for clock in TOLD] == [by_law[clock] for clock in TOLD]


@given(DAYS, st.integers(0, 200), st.integers(0, 200))
def test_an_acknowledgement_never_postpones_feedback(day: date, sent: int, way: int) -> None:
    """The test varies when the acknowledgement is sent and when it is confirmed."""
    without = clocks(day)["feedback"].day
    gone = day + timedelta(sent)
    for happened in ({"sent": gone}, {"sent": gone, "acknowledged": gone + timedelta(way)}):
        assert clocks(day, **happened)["feedback"].day <= without


@given(DAYS, st.integers(0, 400))
def test_a_deadline_met_late_always_counts_as_late(day: date, late: int) -> None:
    """The last day is in time; the day after is late."""
    due = Due("ack_eu", Event.ACKNOWLEDGED, day, day + timedelta(late))
    assert due.is_late(day) == (late > 0)
    assert replace(due, done=None).is_late(day + timedelta(late)) == (late > 0)


@given(DAYS, st.integers(0, 90))
def test_if_one_event_meets_two_deadlines_the_earlier_deadline_comes_next(day: date, opened: int) -> None:
    """An example is the acknowledgement, for which the Directive and the decree each set a day."""
    whole = Events(received=day, collected=day, priority=4, first_act=day)
    due = legal_clocks.next_due(whole, practice())
    assert due
    assert ("ack_eu", min(clocks(day)[each].day for each in TOLD[:2])) == (due.clock, due.day)
    acknowledged = clocks(day, acknowledged=day + timedelta(opened))
    assert {acknowledged[each].done for each in TOLD[:2]} == {day + timedelta(opened)}


@pytest.mark.parametrize("regime", FRENCH.regimes)
def test_an_extension_of_feedback_counts_only_under_a_regime_that_allows_it(regime: str) -> None:
    """If the office changes its regime after the extension, the usual period applies."""
    day, taken = date(2026, 12, 1), {"acknowledged": date(2026, 12, 3), "extended": date(2027, 2, 1)}
    extended = date(2027, 6, 3) if regime == "external" else date(2027, 3, 3)
    assert extended == clocks(day, practice(regime=regime), **taken)["feedback"].day


def test_a_deadline_that_exists_in_some_regimes_does_not_exist_in_the_others() -> None:
    """The control is a regime that has this deadline."""
    law = replace(
        FRENCH,
        clocks={**FRENCH.clocks, "ack_fr": replace(FRENCH.clocks["ack_fr"], regimes=frozenset({"external"}))},
    )
    day = date(2026, 12, 1)
    whole = Events(received=day, collected=day, priority=4)
    seen = {
        regime: {due.clock for due in legal_clocks.clocks(whole, Practice(law, FRANCE, regime))}
        for regime in law.regimes
    }
    assert {"ack_fr"} == seen["external"] - seen["internal"]
    assert {"first_act", "ack_eu", "feedback"} == seen["internal"]


def test_each_law_has_its_own_deadlines() -> None:
    """In the law xx, an office's day off moves only the first look, because the office sets this rule."""
    day = date(2026, 11, 25)
    whole = Events(received=day, collected=day, priority=1)
    without = {
        due.clock: (due.ends, due.day)
        for due in legal_clocks.clocks(whole, Practice(OTHER, Calendar(OTHER.calendar), "single"))
    }
    assert without == {
        "receipt": (Event.ACKNOWLEDGED, date(2026, 11, 30)),
        "first_look": (Event.FIRST_ACT, date(2026, 11, 29)),
        "news": (Event.ANSWERED, date(2027, 11, 25)),
    }
    off = Practice(OTHER, Calendar(OTHER.calendar, [date(2026, 11, 29)]), "single")
    moved = {due.clock: due.day for due in legal_clocks.clocks(whole, off)}
    assert moved == {each: due[1] for each, due in without.items()} | {"first_look": date(2026, 11, 30)}
