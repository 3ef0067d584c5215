"""When something is due: working days across holidays, leap days, the law's two clocks."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.deadlines import clocks as legal_clocks
from inbox.deadlines.clocks import Clock, Due, Events
from inbox.deadlines.working_days import Calendar
from tests.support.laws import FRANCE, FRENCH, OTHER

SHORT = FRENCH.retention.periods["inadmissible"]
# What the reporter is to be told.
TOLD = (Clock.ACK_EU, Clock.ACK_FR, Clock.FEEDBACK)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def clocks(received: date, calendar: Calendar = FRANCE, **happened: Any) -> dict[Clock, Due]:
    whole = replace(Events(received=received, collected=received, priority=4), **happened)
    return {due.clock: due for due in legal_clocks.clocks(whole, calendar)}


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
    assert due[Clock.ACK_EU].day == day + timedelta(7)
    assert 9 <= (due[Clock.ACK_FR].day - day).days <= 14


@given(DAYS, st.integers(0, 40))
def test_the_law_counts_from_the_receipt_and_a_first_act_from_the_opening(day: date, waited: int) -> None:
    """However long the bundle was on its way."""
    opened = day + timedelta(waited)
    late = clocks(day, collected=opened)
    assert clocks(opened)[Clock.FIRST_ACT] == late.pop(Clock.FIRST_ACT)
    assert late.items() <= clocks(day).items()


FEEDBACK = [
    ("acknowledged in time", {"acknowledged": date(2026, 12, 3)}, date(2027, 3, 3)),
    ("never acknowledged", {}, date(2027, 3, 10)),
    ("on the last of a month", {"acknowledged": date(2026, 11, 30)}, date(2027, 2, 28)),
    ("acknowledged too late", {"acknowledged": date(2027, 11, 30)}, date(2027, 3, 10)),
    ("on its way", {"sent": date(2026, 12, 3)}, date(2027, 3, 3)),
    (
        "read long after it was sent",
        {"sent": date(2026, 12, 3), "acknowledged": date(2026, 12, 9)},
        date(2027, 3, 3),
    ),
    ("extended", {"acknowledged": date(2026, 12, 3), "extended": date(2027, 2, 1)}, date(2027, 6, 3)),
]


@pytest.mark.parametrize(("happened", "day"), [row[1:] for row in FEEDBACK], ids=[row[0] for row in FEEDBACK])
def test_feedback_is_due_three_months_after_the_acknowledgement(happened: dict[str, date], day: date) -> None:
    """Or after the day on which that was due at the latest; six if that was extended.

    A late one gives no more time, nor does the way of the medium: what is on its way names the day.
    """
    assert day == clocks(date(2026, 12, 1), **happened)[Clock.FEEDBACK].day


@given(DAYS, st.sampled_from([3, 6]))
def test_feedback_is_due_on_the_same_day_of_a_later_month(day: date, months: int) -> None:
    """Or on its last one, if that month has no such day: in February, of a leap year or another."""
    due = clocks(day, acknowledged=day, extended=day if months == 6 else None)[Clock.FEEDBACK].day
    assert months == (due.year - day.year) * 12 + due.month - day.month
    assert due.day == min(day.day, monthrange(due.year, due.month)[1])


@pytest.mark.parametrize(
    ("priority", "day"), [(1, "2026-12-24"), (2, "2026-12-29"), (3, "2027-01-04"), (4, "2027-01-11")]
)
def test_a_first_act_is_due_by_priority(priority: int, day: str) -> None:
    """Christmas 2026 is a Friday: it and the week-end count for nothing."""
    due = clocks(date(2026, 12, 24), priority=priority)[Clock.FIRST_ACT]
    assert day == due.day.isoformat()


def test_what_was_done_is_due_no_more() -> None:
    """Then the next is what is due; once closed, only that the case is to go."""
    day = date(2026, 12, 1)
    whole = Events(received=day, collected=day, priority=1)
    assert _next(whole) == Clock.FIRST_ACT
    assert _next(Events(received=day, collected=day, priority=1, first_act=day)) == Clock.ACK_EU
    told = Events(received=day, collected=day, priority=1, first_act=day, acknowledged=day)
    assert _next(told) == Clock.FEEDBACK
    closed = replace(told, answered=day, closed=date(2027, 1, 31), period=SHORT)
    assert legal_clocks.next_due(closed, FRANCE) == Due(Clock.RETENTION, date(2027, 3, 31))


def _next(events: Events) -> Clock | None:
    due = legal_clocks.next_due(events, FRANCE)
    return due.clock if due else None


def test_what_the_author_writes_or_a_hold_puts_off_the_end_of_a_case() -> None:
    """Two months from the closing; from the last letter if that came later; never while it is held."""
    day, closed = date(2026, 12, 1), date(2027, 1, 31)
    later = clocks(day, closed=closed, period=SHORT, last_written=date(2027, 2, 10))
    assert date(2027, 4, 10) == later[Clock.RETENTION].day
    assert Clock.RETENTION not in clocks(day, closed=closed, period=SHORT, held=True)
    archived = FRENCH.retention.periods["admissible"]
    assert date(2033, 1, 31) == clocks(day, closed=closed, period=archived)[Clock.RETENTION].day


def test_that_a_case_is_closed_meets_no_deadline() -> None:
    """It drops the first act; what the reporter is to be told goes on until that can be read."""
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    found = clocks(day, closed=closed)
    assert (None, closed) == (found[Clock.FIRST_ACT].done, found[Clock.FIRST_ACT].dropped)
    for clock in TOLD:
        assert (None, None, True) == (found[clock].done, found[clock].dropped, found[clock].is_waiting)
        assert found[clock].is_late(closed) is (clock is not Clock.FEEDBACK)
    told = clocks(day, closed=closed, acknowledged=date(2026, 12, 21))[Clock.ACK_EU]
    assert (date(2026, 12, 21), None) == (told.done, told.dropped)


def test_closing_drops_what_nobody_can_be_told_and_feedback_that_is_withheld() -> None:
    day, closed = date(2026, 12, 1), date(2026, 12, 20)
    nobody = clocks(day, closed=closed, unreachable=True)
    assert [nobody[clock].dropped for clock in TOLD] == [closed] * 3
    withheld = clocks(day, closed=closed, withheld=True)
    assert [withheld[clock].dropped for clock in TOLD] == [None, None, closed]


@given(DAYS, st.sets(st.integers(1, 40), max_size=8))
def test_no_day_off_of_an_office_moves_what_the_law_says(day: date, off: set[int]) -> None:
    """Only the first act, which is a rule of the house, follows them."""
    own = clocks(day, Calendar(FRENCH.calendar, {day + timedelta(n) for n in off}))
    by_law = clocks(day)
    assert own[Clock.FIRST_ACT].day >= by_law[Clock.FIRST_ACT].day
    assert [own[clock] for clock in TOLD] == [by_law[clock] for clock in TOLD]


@given(DAYS, st.integers(0, 200), st.integers(0, 200))
def test_an_acknowledgement_never_gives_more_time_than_none(day: date, sent: int, way: int) -> None:
    """However late it is sent, and however long it is on its way."""
    without = clocks(day)[Clock.FEEDBACK].day
    gone = day + timedelta(sent)
    for happened in ({"sent": gone}, {"sent": gone, "acknowledged": gone + timedelta(way)}):
        assert clocks(day, **happened)[Clock.FEEDBACK].day <= without


@given(DAYS, st.integers(0, 400))
def test_what_is_late_stays_late(day: date, late: int) -> None:
    """Done on its last day is in time; a day more never is, whenever one looks."""
    due = Due(Clock.ACK_EU, day, day + timedelta(late))
    assert due.is_late(day) == (late > 0)
    assert Due(Clock.ACK_EU, day).is_late(day + timedelta(late)) == (late > 0)
