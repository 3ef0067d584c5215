"""Sending from the report page while the network or the portal fails."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from portal.api.quotas import SHARES
from portal.api.stalled import Watch, give_way
from portal.store import quotas
from portal.store.quotas import Kind
from tests.support.page_visitor import ENVELOPE, ENVELOPES, FILE, SLOW, TEXT, Visitor, lose, methods, times

pytestmark = pytest.mark.browser

PIECE = 1 << 20


def test_an_unconfirmed_text_is_sent_again_as_the_same_bytes(visitor: Visitor) -> None:
    """The answer to the first attempt is lost.

    The inspectorate may get the envelope twice, but not two reports.
    """
    visitor.page.route(ENVELOPES, times(1, lose))
    visitor.report()
    bodies = [request.post_data_buffer for request in visitor.requests if request.method == "POST"]
    assert len(bodies) == 2
    assert len(set(bodies)) == 1
    assert len({repr(message) for message, _ in visitor.site.received()}) == 1


def test_a_report_that_could_not_be_sent_is_kept_and_sent_on_request(visitor: Visitor) -> None:
    """Before the request, the reporter switches the language. The error is then shown in that language."""

    def refuse(route: Route) -> None:
        problem = '{"code": "unavailable"}'
        route.fulfill(status=500, body=problem, content_type="application/problem+json")

    visitor.page.clock.install()
    visitor.write()
    visitor.page.route(ENVELOPES, times(4, refuse))
    visitor.confirm()
    title, links = visitor.page.locator("#step-send h1:visible"), visitor.page.locator("footer nav")
    expect(title).to_have_text("Envoi de votre signalement")
    expect(links).to_be_hidden()
    visitor.give_up()
    visitor.shows("#send-error", "problem-unavailable")
    expect(title).to_have_text(
        "L\N{RIGHT SINGLE QUOTATION MARK}envoi s\N{RIGHT SINGLE QUOTATION MARK}est arrêté"
    )
    expect(links).to_be_visible()
    visitor.page.press("a[hreflang=en]", "Enter")
    expect(title).to_have_text("Sending has stopped")
    visitor.shows("#send-error", "problem-unavailable")
    visitor.page.click("#retry")
    visitor.arrived()
    bodies = {request.post_data_buffer for request in visitor.requests if request.method == "POST"}
    assert len(bodies) == 1
    assert visitor.site.report()[0].answers["what"] == TEXT


def test_a_text_changed_after_a_failure_becomes_a_new_report(visitor: Visitor) -> None:
    """The first attempt may have arrived, and the portal refuses a second report with the same token."""
    visitor.write()
    first = visitor.words
    visitor.page.route(ENVELOPES, times(3, lambda route: route.abort()))
    visitor.page.route(ENVELOPES, times(1, lose))  # Playwright uses the newest route first
    visitor.page.clock.install()
    visitor.confirm()
    visitor.give_up()
    visitor.shows("#send-error", "offline")
    visitor.page.click("#back")
    expect(visitor.page.locator("#what")).to_be_visible()
    visitor.page.fill("#what", "Autre chose.")
    visitor.to_token()
    assert set(first) != set(visitor.words)
    visitor.confirm()
    visitor.arrived()
    messages = [message for message, _ in visitor.site.received()]
    assert {TEXT, "Autre chose."} == {message.answers["what"] for message in messages}
    assert len({message.case_id for message in messages}) == 2


def test_an_upload_continues_at_the_offset_that_the_portal_names(visitor: Visitor, file: Path) -> None:
    """The second piece arrives, but the answer to it is lost. The page does not send this piece again."""
    visitor.page.route(ENVELOPE, times(1, lambda route: route.fallback()))
    visitor.page.route(
        ENVELOPE,
        times(2, lambda r: lose(r) if r.request.headers.get("upload-offset") != "0" else r.fallback()),
    )
    visitor.report(files=[file])
    assert methods(visitor) == ["POST", "PATCH", "PATCH", "HEAD", "PATCH"]
    assert visitor.site.report()[1] == {1: FILE}


def test_the_progress_of_sending_is_shown_and_read_out(visitor: Visitor, file: Path) -> None:
    """The page has a progress bar, and a line for screen readers.

    The test holds each request until it has looked at the bar and the line.
    """
    held: list[Route] = []
    visitor.page.clock.install()
    for address in (ENVELOPES, ENVELOPE):
        visitor.page.route(address, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    visitor.write(files=[file])
    visitor.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    visitor.confirm()
    bar, line = visitor.page.locator("#progress"), visitor.page.locator("#progress-text[role=status]")
    visitor.shows("#progress-text", "sealing")
    assert bar.get_attribute("value") is None
    size = int(arrived(visitor, held).request.headers["upload-length"])
    for pieces in range(3):
        part = pieces * PIECE / size
        told = f"Arrivé : {part:.0%}".replace(" ", "\xa0").replace("%", "\xa0%")
        expect(line).to_have_text(told, timeout=SLOW)
        assert bar.evaluate("(each) => each.value") == pytest.approx(part)
        expect(visitor.page.locator("#done")).to_be_hidden()
        wait_for(visitor, held)
        visitor.page.clock.fast_forward(10_000)
        # The page waits for an answer, and no longer says that it is sealing.
        expect(line).to_contain_text("continue")
        arrived(visitor, held)
    visitor.arrived()


def test_if_a_report_has_not_begun_to_arrive_after_ten_seconds_the_page_says_that_it_may_take_minutes(
    visitor: Visitor,
) -> None:
    """The proof of work for large files can take minutes, and nothing else shows that the page is busy."""
    visitor.page.clock.install()
    visitor.write()
    # The page computes the proof of work in slices. In this test, the next slice never starts.
    visitor.page.evaluate("() => { scheduler.yield = () => new Promise(() => {}) }")
    visitor.confirm()
    visitor.shows("#progress-text", "sealing")
    visitor.page.clock.fast_forward(10_000)
    visitor.shows("#progress-text", "sealing-long")


def wait_for(visitor: Visitor, held: list[Route]) -> None:
    """Wait for the next request."""
    while not held:
        visitor.page.wait_for_timeout(20)


def arrived(visitor: Visitor, held: list[Route]) -> Route:
    """Wait for the next request, and let it pass."""
    wait_for(visitor, held)
    route = held.pop()
    route.fallback()
    return route


def test_an_upload_that_cannot_be_resumed_is_sealed_again(visitor: Visitor, file: Path) -> None:
    """A key must never encrypt different bytes, so each envelope has a new header.

    tests/js/upload.test.mjs has the other cases that cannot be resumed.
    """

    def stumble(route: Route) -> None:
        if route.request.method == "HEAD":
            route.fulfill(status=404, body="{}")
        elif route.request.headers["upload-offset"] == "0":
            route.fallback()
        else:
            route.abort()

    visitor.page.route(ENVELOPE, times(3, stumble))
    visitor.report(files=[file])
    assert methods(visitor) == ["POST", "PATCH", "PATCH", "HEAD", "POST", "PATCH", "PATCH", "PATCH"]
    first = [r.post_data_buffer or b"" for r in visitor.requests if r.headers.get("upload-offset") == "0"]
    assert len({body[:1_627] for body in first}) == 2
    assert visitor.site.report()[1] == {1: FILE}


def test_an_upload_that_the_portal_deleted_is_sealed_and_sent_again(visitor: Visitor, file: Path) -> None:
    """The portal ran out of room and deleted the incomplete report. The whole report still arrives."""

    def let_go(route: Route) -> None:
        site, kind = visitor.site, Kind.REPORT_WITH_FILES
        with site.database.write() as connection:
            quotas.count(connection, kind, int(site.settings.capacity_gb * 10**9 * SHARES[kind] * 3 / 4))
        watch = Watch()
        assert [give_way(watch, site.app.extensions["portal"], half, 1_800.0 * half) for half in (1, 2)] == [
            0,
            1,
        ]
        route.fallback()

    visitor.page.route(ENVELOPE, times(1, let_go))
    visitor.report(files=[file])
    assert methods(visitor) == ["POST", "PATCH", "HEAD", "POST", "POST", "PATCH", "PATCH", "PATCH"]
    first = [r.post_data_buffer or b"" for r in visitor.requests if r.headers.get("upload-offset") == "0"]
    assert len({body[:1_627] for body in first}) == 2
    message, files = visitor.site.report()
    assert (message.answers["what"], files) == (TEXT, {1: FILE})


def test_the_page_gives_up_on_a_portal_that_stores_nothing(visitor: Visitor) -> None:
    """The portal answers, but its offset does not increase.

    The page tries again after pauses, and then reports the failure.
    """

    def answer(route: Route) -> None:
        status = {"POST": 201, "PATCH": 204, "HEAD": 200}[route.request.method]
        route.fulfill(status=status, headers={"Location": "/api/envelopes/A", "Upload-Offset": "0"})

    for address in (ENVELOPES, ENVELOPE):
        visitor.page.route(address, answer)
    visitor.page.clock.install()
    visitor.write()
    visitor.confirm()
    visitor.give_up()
    visitor.shows("#send-error", "offline")
    assert methods(visitor) == ["POST", *["HEAD", "PATCH"] * 3]


def test_a_file_that_changed_before_sending_is_named_in_the_error(visitor: Visitor, file: Path) -> None:
    visitor.write(files=[file])
    file.write_bytes(b"changed")
    visitor.confirm()
    visitor.shows("#send-error", "file-unreadable")
    expect(visitor.page.locator("#send-error")).to_contain_text(file.name)
    assert visitor.site.received() == []
