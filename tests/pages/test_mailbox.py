"""What a portal may answer about a case, and what the page makes of an answer that has no form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer[:-1],
        lambda _: b"",
        lambda answer: b"\3" + answer[1:],
        lambda answer: answer[:1] + (84_006).to_bytes(4, "big") + answer[5:],
        lambda answer: answer[:1] + b"\xff" * 4 + answer[5:],
    ],
    ids=["short", "empty", "state-unheard-of", "day-after-2199", "day-beyond-the-calendar"],
)
def test_an_answer_without_form_is_said_to_be_one(visitor: Visitor, spoil: Callable[[bytes], bytes]) -> None:
    """It is the portal's fault, not the page's: another browser would not help."""

    def answer(route: Route) -> None:
        true = route.fetch()
        route.fulfill(status=200, body=spoil(true.body()))

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


def test_the_last_day_of_the_protocol_is_a_day(visitor: Visitor) -> None:
    """Control: the same answer with the last day there is has its form, and is of an unknown case."""

    def answer(route: Route) -> None:
        true = route.fetch().body()
        route.fulfill(status=200, body=true[:1] + (84_005).to_bytes(4, "big") + true[5:])

    visitor.page.route("**/api/slot", answer)
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
