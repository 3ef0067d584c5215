"""When something is due: working days across holidays, leap days, the law's two clocks."""

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
# What the reporter is to be told.
TOLD = ("ack_eu", "ack_fr", "feedback")
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def practice(off: Collection[date] = (), regime: str = "internal") -> Practice:
    return Practice(FRENCH, Calendar(FRENCH.calendar, off), regime)


def clocks(received: date, how: Practice | None = None, **happened: Any) -> dict[str, Due]:
    whole = replace(Events(received=received, collected=received, priority=4), **happened)
    return {due.clock: due for due in legal_clocks.clocks(whole, how or practice())}


@given(DAYS, st.integers(1, 60))
def test_so_many_working_days_lie_between(day: date, count: int) -> None:
    """Counted one by one, the day itself never, the last one always."""
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
def test_on_a_public_holiday_nobody_works(day: str) -> None:
    """The Mondays after Easter and the Thursday of the Ascension too, which move."""
    assert date.fromisoformat(day).weekday() < 5
    assert not FRANCE.works(date.fromisoformat(day))


def test_weekend_and_holidays_are_those_of_the_law() -> None:
    """On Xylos people work on Sundays, and keep the holidays of Jordan."""
    island = Calendar(OTHER.calendar, [date(2026, 11, 30)])
    week = [date(2026, 11, 25) + timedelta(n) for n in range(7)]
    assert [25, 26, 29, 1] == [day.day for day in week if island.works(day)]
    assert [True, False] == [each.works(date(2026, 11, 11)) for each in (island, FRANCE)]
    assert [False, True] == [each.works(date(2026, 6, 16)) for each in (island, FRANCE)]
    assert island.legal.works(date(2026, 11, 30))


def test_an_office_adds_days_of_its_own() -> None:
    own = Calendar(FRENCH.calendar, [date(2026, 12, 24)])
    assert [date(2026, 12, 24), date(2026, 12, 28)] == [
        each.after(date(2026, 12, 23), 1) for each in (FRANCE, own)
    ]


@given(DAYS)
def test_seven_working_days_are_nine_to_fourteen_days(day: date) -> None:
    """Never the seven of the Directive, which is the earlier of both (2019/1937, article 9)."""
    due = clocks(day)
    assert due["ack_eu"].day == day + timedelta(7)
    assert 9 <= (due["ack_fr"].day - day).days <= 14


@pytest.mark.parametrize(
    ("received", "due"),
    [("2026-12-01", "2026-12-10"), ("2026-12-21", "2026-12-31"), ("2027-05-05", "2027-05-18")],
)
def test_the_acknowledgement_of_the_decret_is_due_on_the_seventh_working_day(received: str, due: str) -> None:
    """Counted by hand: across a week-end; across Christmas, a Friday; across the Ascension and Whitsun."""
    assert due == clocks(date.fromisoformat(received))["ack_fr"].day.isoformat()


@given(DAYS, st.integers(0, 40))
def test_the_law_counts_from_the_receipt_and_a_first_act_from_the_opening(day: date, waited: int) -> None:
    """However long the bundle was on its way."""
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
    """Or after the day on which the Directive demands that at the latest, whatever the décret allows.

    A late one gives no more time, nor does the way of the medium: what is on its way names the day.
    """
    assert day == clocks(date(2026, 12, 1), **happened)["feedback"].day


@given(DAYS, st.sampled_from([3, 6]))
def test_feedback_is_due_on_the_same_day_of_a_later_month(day: date, months: int) -> None:
    """Or on its last one, if that month has no such day: in February, of a leap year or another."""
    extended = day if months == 6 else None
    due = clocks(day, practice(regime="external"), acknowledged=day, extended=extended)["feedback"].day
    assert months == (due.year - day.year) * 12 + due.month - day.month
    assert due.day == min(day.day, monthrange(due.year, due.month)[1])


@pytest.mark.parametrize(
    ("priority", "day"), [(1, "2026-12-24"), (2, "2026-12-29"), (3, "2027-01-04"), (4, "2027-01-11")]
)
def test_a_first_act_is_due_by_priority(priority: int, day: str) -> None:
    """Christmas 2026 is a Friday: it and the week-end count for nothing. The most urgent have no day more."""
    due = clocks(date(2026, 12, 24), priority=priority)["first_act"]
    assert day == due.day.isoformat()


def test_what_was_done_is_due_no_more() -> None:
    """Then the next is what is due; once closed, only that the case is to go."""
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


def test_what_the_reporter_writes_or_a_hold_puts_off_the_end_of_a_case() -> None:
    """Two months from the closing; from the last letter if that came later; never while it is held."""
    day, closed = date(2026, 12, 1), date(2027, 1, 31)
    later = clocks(day, closed=closed, period=SHORT, last_written=date(2027, 2, 10))
    assert date(2027, 4, 10) == later[RETENTION].day
    assert RETENTION not in clocks(day, closed=closed, period=SHORT, held=True)
    archived = FRENCH.retention.periods["admissible"]
    assert date(2033, 1, 31) == clocks(day, closed=closed, period=archived)[RETENTION].day


def test_that_a_case_is_closed_meets_no_deadline() -> None:
    """It drops the first act; what the reporter is to be told goes on until that can be read."""
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    found = clocks(day, closed=closed)
    assert (None, closed) == (found["first_act"].done, found["first_act"].dropped)
    for clock in TOLD:
        assert (None, None, True) == (found[clock].done, found[clock].dropped, found[clock].is_waiting)
        assert found[clock].is_late(closed) is (clock != "feedback")
    told = clocks(day, closed=closed, acknowledged=date(2026, 12, 21))["ack_eu"]
    assert (date(2026, 12, 21), None) == (told.done, told.dropped)


def test_closing_drops_what_nobody_can_be_told_and_feedback_that_is_withheld() -> None:
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    nobody = clocks(day, closed=closed, unreachable=True)
    assert [nobody[clock].dropped for clock in TOLD] == [closed] * 3
    withheld = clocks(day, closed=closed, withheld=True)
    assert [withheld[clock].dropped for clock in TOLD] == [None, None, closed]


def test_an_end_without_a_word_drops_the_acknowledgement_unless_one_is_on_its_way() -> None:
    """What an outbox has already is told, and stays late or in time."""
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    for sent, dropped in ((None, closed), (date(2026, 12, 2), None)):
        found = clocks(day, closed=closed, withheld=True, silent=True, sent=sent)
        assert [found[clock].dropped for clock in TOLD] == [dropped, dropped, closed]


def test_what_nobody_can_be_told_is_not_due_and_never_late() -> None:
    """It says so instead; the first act is still to be done, and so is all of it where somebody can be told.

    What was on its way when the report was taken back is not impossible.
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
def test_no_day_off_of_an_office_moves_what_the_law_says(day: date, off: set[int]) -> None:
    """Only the first act, which is a rule of the house, follows them."""
    own = clocks(day, practice({day + timedelta(n) for n in off}))
    by_law = clocks(day)
    assert own["first_act"].day >= by_law["first_act"].day
    assert [own[clock] for clock in TOLD] == [by_law[clock] for clock in TOLD]


@given(DAYS, st.integers(0, 200), st.integers(0, 200))
def test_an_acknowledgement_never_gives_more_time_than_none(day: date, sent: int, way: int) -> None:
    """However late it is sent, and however long it is on its way."""
    without = clocks(day)["feedback"].day
    gone = day + timedelta(sent)
    for happened in ({"sent": gone}, {"sent": gone, "acknowledged": gone + timedelta(way)}):
        assert clocks(day, **happened)["feedback"].day <= without


@given(DAYS, st.integers(0, 400))
def test_what_is_late_stays_late(day: date, late: int) -> None:
    """Done on its last day is in time; a day more never is, whenever one looks."""
    due = Due("ack_eu", Event.ACKNOWLEDGED, day, day + timedelta(late))
    assert due.is_late(day) == (late > 0)
    assert replace(due, done=None).is_late(day + timedelta(late)) == (late > 0)


@given(DAYS, st.integers(0, 90))
def test_of_two_clocks_with_one_end_the_earlier_is_next(day: date, opened: int) -> None:
    """Two clocks may end with one event: the Directive's and the décret's are both shown."""
    whole = Events(received=day, collected=day, priority=4, first_act=day)
    due = legal_clocks.next_due(whole, practice())
    assert due
    assert ("ack_eu", min(clocks(day)[each].day for each in TOLD[:2])) == (due.clock, due.day)
    acknowledged = clocks(day, acknowledged=day + timedelta(opened))
    assert {acknowledged[each].done for each in TOLD[:2]} == {day + timedelta(opened)}


@pytest.mark.parametrize("regime", FRENCH.regimes)
def test_more_time_counts_only_where_the_regime_has_it(regime: str) -> None:
    """An office that took it and then came under another regime has the usual time."""
    day, taken = date(2026, 12, 1), {"acknowledged": date(2026, 12, 3), "extended": date(2027, 2, 1)}
    extended = date(2027, 6, 3) if regime == "external" else date(2027, 3, 3)
    assert extended == clocks(day, practice(regime=regime), **taken)["feedback"].day


def test_a_clock_runs_only_in_its_regimes() -> None:
    """The control is the regime that it names."""
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


def test_the_clocks_of_another_law_are_its_own() -> None:
    """On Xylos a day off of the office moves the first look alone, which is a rule of the house."""
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
