"""If the connection is slow or lost while a message is sent, the page says so quickly.

Sending continues afterwards.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from crypto.messages import FollowUp
from tests.support.page_visitor import ENVELOPE, ENVELOPES, Visitor, times
from tests.support.swallowing_line import SwallowingLine

pytestmark = pytest.mark.browser

LINE = "#follow-up-progress-text"
LOST = f"{LINE}.lost"
TEXT = "Encore : la même voiture."


def ready(visitor: Visitor, *files: Path) -> None:
    """Open a case, write a message, and stop the page's clock."""
    visitor.reported()
    visitor.page.clock.install()
    visitor.open()
    visitor.opened()
    visitor.page.set_input_files("#follow-up-files", files)
    examined = visitor.page.locator("#follow-up-files-list > li[aria-busy=false]")
    expect(examined).to_have_count(len(files))
    visitor.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    visitor.page.fill("#follow-up-text", TEXT)


def sent(visitor: Visitor) -> list[str]:
    return [message.text for message, _ in visitor.site.received() if isinstance(message, FollowUp)]


def said(visitor: Visitor, code: str) -> str:
    return re.escape(visitor.page.locator(f"#texts [data-code={code}]").text_content() or "?")


def wait_for_the_end(visitor: Visitor) -> None:
    """Let the page give up the unanswered request and send the next one."""
    with visitor.page.expect_event("requestfailed"):
        visitor.page.clock.fast_forward(301_000)
    visitor.page.clock.resume()
    visitor.shows("#follow-up-done", "follow-up-sent")


def slow_but_not_lost(visitor: Visitor, line: SwallowingLine) -> None:
    """Check that the page calls the connection slow.

    The message must arrive once the connection works again.
    """
    visitor.shows(LINE, "connection-slow")
    expect(visitor.page.locator(LOST)).to_have_count(0)
    line.mend()
    wait_for_the_end(visitor)
    assert sent(visitor) == [TEXT]


def test_a_connection_without_answers_is_reported_as_slow_after_two_seconds(
    visitor: Visitor, line: SwallowingLine
) -> None:
    """The page cannot know whether the answer is late or the packets are dropped. Here, they are dropped.

    Once the connection works again, exactly one message arrives.
    """
    ready(visitor)
    line.go_silent()
    visitor.page.click("#follow-up-send")
    line.wait_until_silent()
    visitor.page.clock.fast_forward(1_900)
    expect(visitor.page.locator(LINE)).not_to_have_text(re.compile(said(visitor, "connection-slow")))
    visitor.page.clock.fast_forward(100)
    visitor.shows(LINE, "connection-slow")
    visitor.page.clock.fast_forward(25_000)
    slow_but_not_lost(visitor, line)


@pytest.mark.parametrize(("size", "carried"), [(300_000, 0), (4 << 20, 1 << 19)])
def test_after_two_seconds_of_sending_a_large_body_the_page_says_that_it_is_still_sending(
    visitor: Visitor, line: SwallowingLine, tmp_path: Path, size: int, carried: int
) -> None:
    """The smaller file is sent in one request, and the larger file is sent in pieces.

    The page does not know the speed of the connection yet.

    Much later, the page calls the connection slow, but never lost.
    """
    film = tmp_path / "film.bin"
    film.write_bytes(bytes(size))
    ready(visitor, film)
    line.go_silent(after=carried)
    visitor.page.click("#follow-up-send")
    line.wait_until_silent()
    visitor.page.clock.fast_forward(2_000)
    visitor.shows(LINE, "connection-sending")
    visitor.page.clock.fast_forward(20_000)
    slow_but_not_lost(visitor, line)


def test_a_connection_that_stops_answering_between_pieces_of_a_file_is_reported(
    visitor: Visitor, line: SwallowingLine, tmp_path: Path
) -> None:
    """The time that the first pieces took sets the time limit for the next piece."""
    film = tmp_path / "film.bin"
    film.write_bytes(bytes(4 << 20))
    ready(visitor, film)
    line.go_silent(after=5 << 19)
    visitor.page.click("#follow-up-send")
    line.wait_until_silent()
    visitor.shows(LINE, "sending")
    visitor.page.clock.fast_forward(2_000)
    visitor.shows(LINE, "connection-slow")
    line.mend()
    wait_for_the_end(visitor)
    assert sent(visitor) == [TEXT]


def test_a_request_without_an_answer_fails_after_a_while_and_is_reported_as_a_lost_connection(
    visitor: Visitor, line: SwallowingLine
) -> None:
    """Until the request fails, the page calls the connection slow."""
    ready(visitor)
    line.go_silent()
    visitor.page.click("#follow-up-send")
    line.wait_until_silent()
    visitor.page.clock.fast_forward(2_000)
    visitor.shows(LINE, "connection-slow")
    with visitor.page.expect_event("requestfailed"):
        visitor.page.clock.fast_forward(299_000)
    visitor.shows(LOST, "connection-lost")
    line.mend()
    visitor.page.clock.resume()
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_a_late_answer_removes_the_message_about_a_slow_connection(visitor: Visitor, tmp_path: Path) -> None:
    """After the answer, the page sends the first piece of the file."""
    film = tmp_path / "film.bin"
    film.write_bytes(bytes(2 << 20))
    held: list[Route] = []
    ready(visitor, film)
    for place in (ENVELOPES, ENVELOPE):
        visitor.page.route(place, times(1, held.append))
    with visitor.page.expect_request(ENVELOPES):
        visitor.page.click("#follow-up-send")
    visitor.page.clock.fast_forward(2_000)
    visitor.shows(LINE, "connection-slow")
    with visitor.page.expect_request(ENVELOPE):
        held.pop().continue_()
    visitor.shows(LINE, "sending")
    expect(visitor.page.locator(LOST)).to_have_count(0)
    held.pop().continue_()
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_a_slow_and_a_lost_connection_are_reported_while_a_case_opens(visitor: Visitor) -> None:
    """Each message disappears when the answer arrives."""
    held: list[Route] = []
    visitor.reported()
    visitor.page.clock.install()
    visitor.visit("fr/status")
    visitor.page.fill("#token", " ".join(visitor.words))
    visitor.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    for place in ("**/keyring.json", "**/api/slot"):
        visitor.page.route(place, times(1, held.append))
    with visitor.page.expect_request("**/keyring.json"):
        visitor.page.click("#open")
    visitor.shows("#busy", "opening")
    visitor.page.clock.fast_forward(2_000)
    visitor.shows("#busy", "connection-slow")
    with visitor.page.expect_request("**/api/slot"):
        held.pop().continue_()
    visitor.shows("#busy", "opening")
    visitor.page.context.set_offline(True)
    visitor.shows("#busy", "connection-lost")
    visitor.page.context.set_offline(False)
    held.pop().continue_()
    visitor.opened()


def test_a_withdrawal_whose_confirmation_is_lost_is_reported_as_slow_and_can_be_repeated(
    visitor: Visitor, line: SwallowingLine
) -> None:
    """The three quick presses on “Withdraw” make only one request."""
    visitor.reported()
    page = visitor.page
    page.clock.install()
    visitor.open()
    visitor.opened()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.click("#to-withdraw")
    page.check("#withdraw-meant")
    page.clock.fast_forward(1_000)
    line.lose_answers()
    page.click("#withdraw", click_count=3)
    line.wait_until_silent()
    page.clock.fast_forward(2_000)
    visitor.shows("#withdraw-error", "connection-slow")
    line.mend()
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(30_000)
    visitor.shows("#withdraw-error", "offline")
    page.click("#withdraw")
    expect(page.locator("#withdrawn")).to_be_visible()
    assert len([each for each in visitor.requests if each.url.endswith("/withdraw")]) == 2
    assert visitor.site.received() == []


def test_an_answer_does_not_hide_that_another_answer_is_missing(visitor: Visitor) -> None:
    """The page requests the keyring and its signature at the same time."""
    held: list[Route] = []
    visitor.reported()
    visitor.page.clock.install()
    visitor.visit("fr/status")
    visitor.page.fill("#token", " ".join(visitor.words))
    visitor.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    visitor.page.route("**/keyring.json", times(1, held.append))
    visitor.page.route("**/keyring.sig", times(1, held.append))
    with (
        visitor.page.expect_request("**/keyring.json"),
        visitor.page.expect_request("**/keyring.sig"),
    ):
        visitor.page.click("#open")
    visitor.page.clock.fast_forward(2_000)
    visitor.shows("#busy", "connection-slow")
    early, late = sorted(held, key=lambda route: route.request.url.endswith("json"))
    early.continue_()
    # The answer to this fetch arrives after the answer to ``early``.
    visitor.page.evaluate("() => fetch('/keyring.sig').then((answer) => answer.bytes())")
    visitor.shows("#busy", "connection-slow")
    late.continue_()
    visitor.opened()


def test_a_temporary_refusal_by_the_site_is_not_reported_as_a_lost_connection(visitor: Visitor) -> None:
    """The site answered, so the connection works. The page tries again and shows no message."""
    ready(visitor)
    visitor.page.route(ENVELOPES, times(1, lambda route: route.fulfill(status=500, body="{}")))
    with visitor.page.expect_response(ENVELOPES):
        visitor.page.click("#follow-up-send")
    expect(visitor.page.locator(LINE)).not_to_have_class("lost")
    visitor.page.clock.fast_forward(1_000)
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_a_failed_request_is_immediately_reported_as_a_lost_connection(visitor: Visitor) -> None:
    """The page's clock is stopped until the message about the connection appears.

    The text is kept, and arrives exactly once after the wait.
    """
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


def test_going_offline_during_a_request_is_reported_immediately(visitor: Visitor) -> None:
    """The request itself would wait for minutes. Sending continues when the network is back."""
    held: list[Route] = []
    ready(visitor)
    visitor.page.route(ENVELOPES, times(1, held.append))
    with visitor.page.expect_request(ENVELOPES):
        visitor.page.click("#follow-up-send")
    visitor.page.context.set_offline(True)
    visitor.shows(LOST, "connection-lost")
    visitor.page.clock.fast_forward(2_000)
    visitor.shows(LOST, "connection-lost")
    visitor.page.context.set_offline(False)
    held.pop().continue_()
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_sending_continues_as_soon_as_the_network_returns(visitor: Visitor) -> None:
    """The page cannot have waited for its next attempt, because its clock is stopped."""
    ready(visitor)
    visitor.page.context.set_offline(True)
    visitor.page.click("#follow-up-send")
    visitor.shows(LINE, "connection-lost")
    visitor.page.context.set_offline(False)
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert sent(visitor) == [TEXT]


def test_the_report_page_also_reports_a_lost_connection(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.write()
    visitor.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    visitor.page.route(ENVELOPES, times(1, lambda route: route.abort()))
    visitor.confirm()
    visitor.shows("#progress-text", "connection-lost")
    visitor.page.clock.fast_forward(1_000)
    visitor.arrived()
