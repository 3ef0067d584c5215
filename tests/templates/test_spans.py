"""Periods of the law in days, working days, months and years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.law.spans import Span, Unit
from tests.support.laws import FRANCE

SPANS = st.one_of(
    st.just(Span(0, Unit.DAYS)), st.builds(Span, st.integers(1, 999), st.sampled_from(list(Unit)))
)


@pytest.mark.parametrize(
    ("written", "begins", "ends"),
    [
        ("same day", date(2026, 11, 28), date(2026, 11, 28)),  # this day is a Saturday
        ("7 days", date(2026, 11, 28), date(2026, 12, 5)),
        ("1 working day", date(2026, 11, 27), date(2026, 11, 30)),
        ("7 working days", date(2026, 12, 18), date(2026, 12, 30)),  # two weekends and the 25th do not count
        ("3 months", date(2026, 11, 30), date(2027, 2, 28)),
        ("1 month", date(2027, 2, 28), date(2027, 3, 28)),
        ("1 year", date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_period_ends_on_the_expected_day(written: str, begins: date, ends: date) -> None:
    assert ends == Span.parse(written).after(begins, FRANCE)


@pytest.mark.parametrize(
    "written",
    [
        *("", "7", "days", "0 days", "07 days", "-1 days", "1 days", "7 day", "7  days", "7 Days"),
        *("48 hours", "1000 days", "7 days\n"),
        *("\u0667 days", "3 month", "two months", "1.5 years", "7 working", "same days"),
    ],
)  # fmt: skip
def test_an_invalid_period_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span.parse(written)


@given(SPANS)
def test_a_period_that_is_written_out_can_be_read_back(span: Span) -> None:
    assert span == Span.parse(str(span))


@given(SPANS, st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_period_never_ends_before_it_begins(span: Span, day: date) -> None:
    assert (span.count > 0) == (span.after(day, FRANCE) > day)


def test_a_period_that_ends_after_the_last_date_raises_overflow_error() -> None:
    for written in ("1 day", "1 month", "1 year"):
        with pytest.raises(OverflowError):
            Span.parse(written).after(date.max, FRANCE)


def test_periods_in_different_units_can_be_compared() -> None:
    in_order = [
        "same day",
        "1 day",
        "1 working day",
        "7 days",
        "7 working days",
        "1 month",
        "60 days",
        "1 year",
    ]
    assert in_order == sorted(in_order, key=lambda each: Span.parse(each).roughly)
