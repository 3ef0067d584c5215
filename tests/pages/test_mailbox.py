"""The page recognises malformed answers of the portal about a case, and answers that may be untrue."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.support import page_modules
from tests.support.builders import today
from tests.support.hostile_answers import UNKNOWN, answering, received, without_memo
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

SLOT = "**/api/slot"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer[:-1],
        pytest.param(lambda _: b"", marks=pytest.mark.soak),
        lambda answer: b"\3" + answer[1:],
        pytest.param(lambda answer: received(answer, date(2200, 1, 1)), marks=pytest.mark.soak),
        lambda answer: answer[:1] + b"\xff" * 4 + answer[5:],
    ],
    ids=["short", "empty", "state-unheard-of", "day-in-2200", "day-beyond-the-calendar"],
)
def test_a_malformed_answer_is_reported_as_an_error_of_the_portal(
    visitor: Visitor, spoil: Callable[[bytes], bytes]
) -> None:
    """The message does not advise another browser, because that would not help."""
    answering(visitor, spoil)
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "answer-malformed")


def test_a_day_of_receipt_far_in_the_future_is_accepted(visitor: Visitor) -> None:
    """The control for the test above.

    The page shows this day but does not use it otherwise, so the page does not have to refuse the answer.
    """
    answering(visitor, lambda answer: received(answer, date(2199, 12, 31)))
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")


def test_an_answer_that_is_too_long_is_not_read_to_its_end(visitor: Visitor) -> None:
    """One extra byte makes an answer too long.

    The page reports such an answer in the same way as a missing answer.
    """

    def answer(route: Route) -> None:
        route.fulfill(status=200, body=route.fetch().body() + b"\0")

    visitor.page.route(SLOT, answer)
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "offline")


DAYS = ("#next-by", "#feedback-by", "#overdue")


def days_shown(visitor: Visitor) -> list[str]:
    """Open the case; return the texts about its deadlines."""
    visitor.open()
    visitor.opened()
    return [visitor.page.locator(place).inner_text() for place in DAYS]


def test_a_day_of_receipt_that_the_site_claims_moves_no_deadline(visitor: Visitor) -> None:
    """Deadlines count from the day in the memo. If the claim differs by more than a day, the page says so."""
    visitor.reported()
    shown = days_shown(visitor)
    assert [bool(text) for text in shown] == [True, True, False]
    differs = visitor.page.locator("#claim-differs")
    expect(differs).to_be_hidden()
    answering(visitor, lambda answer: received(answer, today() + timedelta(36)))
    assert days_shown(visitor) == shown
    visitor.shows("#claim-differs", "claim-differs")
    assert [each in differs.inner_text() for each in told(visitor, 36)] == [True, True]


# Show a case with each claimed day in turn; return the claims that the page reports as different.
DIFFERING = """(claims) => claims.filter((day) => {
  const claim = { state: "waiting", day };
  const mailbox = { claim, channel: null, day: "2026-11-24", slot: null, fault: null };
  modules.caseview.showCase(mailbox, { channels: [] }, "2026-11-25");
  return !document.getElementById("claim-differs").hidden;
})"""


def test_a_claimed_day_may_differ_from_the_memo_by_one_day(visitor: Visitor) -> None:
    """The report may be sent before midnight and received afterwards, and clocks differ."""
    visitor.visit("fr/status")
    page_modules.load(visitor.page, "caseview")
    near, far = ["2026-11-23", "2026-11-24", "2026-11-25"], ["2000-01-01", "2026-11-22", "2026-11-26"]
    assert visitor.page.evaluate(DIFFERING, [*near, *far, "2199-12-31"]) == [*far, "2199-12-31"]


# Show a case with a claim and with an error. Return, for each of three elements, whether it has a text.
SHOWN = """([claim, fault]) => {
  const mailbox = { claim, channel: null, day: "2026-11-24", slot: null, fault };
  modules.caseview.showCase(mailbox, { channels: [] }, "2026-11-25");
  return ["claim", "claim-differs", "next-by"].map((id) => document.getElementById(id).textContent !== "");
}"""


@pytest.mark.parametrize(
    ("state", "day", "fault", "shown"),
    [
        ("waiting", "2026-11-24", None, [True, False, True]),
        ("waiting", "1970-01-01", None, [False, False, True]),
        ("unknown", "1970-01-01", None, [True, False, True]),
        pytest.param("unknown", "2026-01-01", None, [True, False, True], marks=pytest.mark.soak),
        ("waiting", "2026-11-24", "slot-tampered", [True, False, False]),
    ],
    ids=["control", "made anew", "unknown", "unknown with a day", "not certain"],
)
def test_the_page_shows_no_day_if_the_site_does_not_know_the_report(
    visitor: Visitor, state: str, day: str, fault: str | None, shown: list[bool]
) -> None:
    """While something is uncertain, the page promises no answer either."""
    visitor.visit("fr/status")
    page_modules.load(visitor.page, "caseview")
    assert visitor.page.evaluate(SHOWN, [{"state": state, "day": day}, fault]) == shown


def told(visitor: Visitor, days: int) -> list[str]:
    """Return the day that the site claims and the day of the memo, as pages write days."""
    page = visitor.page
    page_modules.load(page, "texts")
    written = [str(today() + timedelta(days)), str(today())]
    return [page.evaluate("(day) => modules.texts.dayText(day)", each) for each in written]


def test_an_answer_becomes_overdue_whatever_the_site_claims(visitor: Visitor) -> None:
    """The site may claim that it has no report, or that the report came today."""
    visitor.reported()
    later = today() + timedelta(8)
    visitor.page.clock.install(time=f"{later}T12:00:00Z")
    for spoil in (
        lambda answer: received(answer, later),
        lambda answer: received(UNKNOWN + answer[1:], date(1970, 1, 1)),
    ):
        answering(visitor, spoil)
        assert [bool(text) for text in days_shown(visitor)] == [False, True, True]
        visitor.shows("#overdue", "overdue")


def test_the_memo_contains_the_day_on_which_the_browser_sent_it(visitor: Visitor) -> None:
    """Here the browser's clock is three days ahead, and the next visit shows the day of that clock."""
    visitor.page.clock.install(time=datetime.now(UTC) + timedelta(3))
    visitor.report()
    visitor.open()
    visitor.opened()
    visitor.shows("#claim-differs", "claim-differs")
    assert told(visitor, 3)[0] in visitor.page.locator("#claim-differs").inner_text()


def test_a_site_that_withholds_the_memo_is_reported(visitor: Visitor) -> None:
    """Without the memo, only the site says when the report arrived. The page shows no days, and says why."""
    visitor.reported()
    answering(visitor, lambda answer: without_memo(received(answer, today())))
    assert days_shown(visitor) == ["", "", ""]
    visitor.shows("#status-fault", "note-missing")
    visitor.shows("#cannot-write", "cannot-write")
    expect(visitor.page.locator("#follow-up")).to_be_hidden()
    answering(visitor, lambda answer: without_memo(UNKNOWN + answer[1:]))
    visitor.open()
    visitor.shows("#error", "unknown-case")
