"""What a portal may answer about a case, and what the page makes of an answer that has no form."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Route

from tests.support.builders import today
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser


def received(answer: bytes, day: date) -> bytes:
    """Return the answer with another day of receipt."""
    return answer[:1] + (day - date(1970, 1, 1)).days.to_bytes(4, "big") + answer[5:]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer[:-1],
        lambda _: b"",
        lambda answer: b"\3" + answer[1:],
        lambda answer: received(answer, today() + timedelta(2)),
        lambda answer: received(answer, date(2190, 1, 1)),
        lambda answer: answer[:1] + b"\xff" * 4 + answer[5:],
    ],
    ids=["short", "empty", "state-unheard-of", "in-two-days", "day-in-2190", "day-beyond-the-calendar"],
)
def test_an_answer_without_form_is_said_to_be_one(visitor: Visitor, spoil: Callable[[bytes], bytes]) -> None:
    """It is the portal's fault, not the page's: another browser would not help."""

    def answer(route: Route) -> None:
        true = route.fetch()
        route.fulfill(status=200, body=spoil(true.body()))

    visitor.page.route("**/api/slot", answer)
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "answer-malformed")


def test_a_clock_that_is_behind_takes_no_day_after_the_keyring(visitor: Visitor) -> None:
    """Such a clock judges no day; that answers are read under it, the journey shows."""
    visitor.page.clock.install(time=datetime.now(UTC) - timedelta(days=3_000))

    def answer(route: Route) -> None:
        route.fulfill(status=200, body=received(route.fetch().body(), today() + timedelta(40)))

    visitor.page.route("**/api/slot", answer)
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "answer-malformed")


def test_an_answer_longer_than_its_form_is_not_read_to_its_end(visitor: Visitor) -> None:
    """By one byte, or without end: it is as if none had come."""

    def answer(route: Route) -> None:
        route.fulfill(status=200, body=route.fetch().body() + b"\0")

    visitor.page.route("**/api/slot", answer)
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "offline")


@pytest.mark.parametrize("days_ago", [-1, 0, 4_000])
def test_no_day_but_one_to_come_is_refused(visitor: Visitor, days_ago: int) -> None:
    """Control: the same answer with a day that has come, or tomorrow's, has its form; the case is unknown."""

    def answer(route: Route) -> None:
        route.fulfill(status=200, body=received(route.fetch().body(), today() - timedelta(days_ago)))

    visitor.page.route("**/api/slot", answer)
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
