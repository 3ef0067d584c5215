"""Sending on a connection that stops answering without an error: the page says so, and one report arrives."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.support.page_visitor import TEXT, Visitor, methods, times
from tests.support.swallowing_line import SwallowingLine

pytestmark = pytest.mark.browser

LINE = "#progress-text"
READY = "#loading [role=status]"
WORK = "**/api/work"
# Goes back, and counts the moves in the history. The second move returns the page to the step.
BACK = """() => {
  const { dataset } = document.documentElement;
  dataset.moves = 0;
  addEventListener("popstate", () => { dataset.moves = Number(dataset.moves) + 1; });
  history.back();
}"""

# Reloads the page in a task of its own, although the page's timers have stopped.
RELOAD = """() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => location.reload();
  port2.postMessage(null);
}"""


def waits(_visitor: Visitor, line: SwallowingLine) -> None:
    """Do nothing until the connection works again."""
    line.mend()


def switches(visitor: Visitor, line: SwallowingLine) -> None:
    """Switch the language once the connection works again, while the page still waits for its request."""
    line.mend()
    visitor.page.press("a[hreflang=en]", "Enter")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")


def asks_for_the_other_language(visitor: Visitor, line: SwallowingLine) -> None:
    """Press the link to the other language, which the page cannot fetch."""
    with visitor.page.expect_request("**/en/report"):
        visitor.page.press("a[hreflang=en]", "Enter")
    line.mend()


def reloads_but_stays(visitor: Visitor, line: SwallowingLine) -> None:
    """Try to reload the page. The page first asks for confirmation, and the reporter decides to stay."""
    with visitor.page.expect_event("dialog") as asked:
        visitor.page.evaluate(RELOAD)
    asked.value.dismiss()
    line.mend()


def goes_back(visitor: Visitor, line: SwallowingLine) -> None:
    """Press Back, which does not leave the step."""
    visitor.page.evaluate(BACK)
    expect(visitor.page.locator("html")).to_have_attribute("data-moves", "2")
    line.mend()


@pytest.mark.parametrize(
    ("stop", "reporter"),
    [
        (SwallowingLine.go_silent, waits),
        (SwallowingLine.lose_answers, waits),
        (SwallowingLine.lose_answers, switches),
        (SwallowingLine.go_silent, asks_for_the_other_language),
        (SwallowingLine.lose_answers, reloads_but_stays),
        (SwallowingLine.lose_answers, goes_back),
    ],
)
def test_after_a_silent_connection_one_report_arrives_whatever_the_reporter_does(
    visitor: Visitor,
    line: SwallowingLine,
    stop: Callable[[SwallowingLine], None],
    reporter: Callable[[Visitor, SwallowingLine], None],
) -> None:
    """The connection drops the report or its confirmation. “Send” was pressed three times.

    After two seconds, the page calls the connection slow, in the language of the page.
    """
    page = visitor.page
    page.clock.install()
    visitor.write()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    stop(line)
    visitor.confirm(presses=3)
    line.wait_until_silent()
    slow = page.locator("#texts [data-code=connection-slow]").text_content() or "?"
    page.clock.fast_forward(1_900)
    expect(page.locator(LINE)).not_to_have_text(re.compile(re.escape(slow)))
    page.clock.fast_forward(100)
    visitor.shows(LINE, "connection-slow")
    reporter(visitor, line)
    visitor.shows(LINE, "connection-slow")
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(301_000)
    page.clock.resume()
    visitor.arrived()
    assert methods(visitor) == ["POST", "POST"]
    (message,) = {repr(each): each for each, _ in visitor.site.received()}.values()
    assert getattr(message, "answers", None) == {"what": TEXT, "coi": "unsure"}


def test_a_request_that_was_unanswered_when_send_was_pressed_is_reported_at_once(visitor: Visitor) -> None:
    """The page requests the cost of work when it opens, and needs the answer only at “Send”."""
    held: list[Route] = []
    page = visitor.page
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.route(WORK, times(1, held.append))
    visitor.write()
    page.clock.fast_forward(2_000)
    visitor.confirm()
    visitor.shows(LINE, "connection-slow")
    page.clock.fast_forward(28_000)
    visitor.shows(LINE, "connection-lost")
    page.clock.fast_forward(1_000)
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == TEXT


def test_if_keys_do_not_arrive_the_page_says_so_before_the_form_and_works_after_a_reload(
    visitor: Visitor, line: SwallowingLine
) -> None:
    """Meanwhile, the page says that it is getting ready and, after two seconds, that the connection is slow.

    The page offers no form, so nothing typed can be lost.
    """
    page = visitor.page
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))

    def stop(route: Route) -> None:
        line.go_silent()
        route.continue_()

    page.route("**/keyring.json", times(1, stop))
    visitor.visit("fr/report")
    line.wait_until_silent(lambda: page.wait_for_timeout(20))
    page.clock.fast_forward(1_900)
    expect(page.locator(READY)).to_have_text("Préparation…")
    expect(page.locator("#what")).to_be_hidden()
    page.clock.fast_forward(100)
    visitor.shows(READY, "connection-slow")
    expect(page.locator("#what")).to_be_hidden()
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(30_000)
    visitor.shows("#closed", "offline")
    line.mend()
    page.reload()
    expect(page.locator("#what")).to_be_visible()
