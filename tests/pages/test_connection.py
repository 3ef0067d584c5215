"""A connection that is lost while something is sent is told at once, and sending goes on when it returns."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from crypto.messages import FollowUp
from tests.support.page_visitor import ENVELOPES, Visitor, times

pytestmark = pytest.mark.browser

LINE = "#follow-up-progress-text"
TEXT = "Encore : la même voiture."


def ready(visitor: Visitor) -> None:
    """Open a case and write a message. From then on, the page's clock stands still."""
    visitor.reported()
    visitor.page.clock.install()
    visitor.open()
    visitor.opened()
    visitor.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    visitor.page.fill("#follow-up-text", TEXT)


def sent(visitor: Visitor) -> list[str]:
    return [message.text for message, _ in visitor.site.received() if isinstance(message, FollowUp)]


def test_a_message_that_the_site_refuses_for_now_is_not_called_a_lost_connection(visitor: Visitor) -> None:
    """It has answered, so the connection is there; the page tries again in silence."""
    ready(visitor)
    visitor.page.route(ENVELOPES, times(1, lambda route: route.fulfill(status=500, body="{}")))
    with visitor.page.expect_response(ENVELOPES):
        visitor.page.click("#follow-up-send")
    expect(visitor.page.locator(LINE)).not_to_have_class("lost")
    visitor.page.clock.fast_forward(1_000)
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_a_lost_connection_is_told_before_any_time_has_passed(visitor: Visitor) -> None:
    """The clock stands still until then; the message stays, and arrives once, after the wait."""
    ready(visitor)
    visitor.page.route(ENVELOPES, times(1, lambda route: route.abort()))
    visitor.page.click("#follow-up-send")
    visitor.shows(LINE, "connection-lost")
    assert visitor.page.input_value("#follow-up-text") == TEXT
    assert sent(visitor) == []
    visitor.page.clock.fast_forward(1_000)
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(visitor.page.locator(LINE)).to_be_empty()
    assert sent(visitor) == [TEXT]


def test_a_network_that_goes_while_a_request_waits_is_told_at_once(visitor: Visitor) -> None:
    """The request itself would wait for minutes; it goes on when the network is back."""
    held: list[Route] = []
    ready(visitor)
    visitor.page.route(ENVELOPES, times(1, held.append))
    with visitor.page.expect_request(ENVELOPES):
        visitor.page.click("#follow-up-send")
    visitor.page.context.set_offline(True)
    visitor.shows(LINE, "connection-lost")
    visitor.page.context.set_offline(False)
    held.pop().continue_()
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_a_network_that_returns_is_not_waited_for(visitor: Visitor) -> None:
    """The next attempt begins with the network, although the clock stands still."""
    ready(visitor)
    visitor.page.context.set_offline(True)
    visitor.page.click("#follow-up-send")
    visitor.shows(LINE, "connection-lost")
    visitor.page.context.set_offline(False)
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_the_report_page_tells_it_too(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.write()
    visitor.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    visitor.page.route(ENVELOPES, times(1, lambda route: route.abort()))
    visitor.confirm()
    visitor.shows("#progress-text", "connection-lost")
    visitor.page.clock.fast_forward(1_000)
    visitor.arrived()
