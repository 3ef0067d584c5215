"""Buttons, links and fields do not move while something is sent or opened, or when an error is shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.support.on_screen import centred, stays
from tests.support.page_visitor import ENVELOPES, SLOW, Visitor, times
from tests.support.portal_site import slot_for, with_receipt

pytestmark = pytest.mark.browser

SEND = "#follow-up-send"
SCREENS = [
    pytest.param(language, ViewportSize(width=width, height=height), id=f"{language}-{width}")
    for language, width, height in (
        ("fr", 320, 720),
        ("en", 320, 720),
        ("en", 360, 720),
        ("fr", 768, 1024),
        ("en", 1280, 800),
    )
]
# Notes the position of all controls on the screen or below it.
NOTE = """(within) => {
  window.notedScroll = scrollY;
  window.noted = new Map([...document.querySelectorAll(within)]
    .flatMap((each) => [...each.querySelectorAll("a, button, input, textarea, summary, label")])
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([each, { bottom }]) => bottom > 0)
    .map(([each, { top }]) => [each, top]));
  return window.noted.size;
}"""
# The noted controls that are visible as before, but in another place.
MOVED = """(isOnPage) => [...window.noted]
  .filter(([each]) => each.checkVisibility({ visibilityProperty: true }))
  .map(([each, top]) => [each, each.getBoundingClientRect().top - top])
  .map(([each, by]) => [each, Math.round(by + (isOnPage ? scrollY - window.notedScroll : 0))])
  .map(([each, by]) => [each.id || each.outerHTML.slice(0, 90), by])
  .filter(([name, by]) => Math.abs(by) > 1)"""
# Some browsers keep the visible content in place when the content above it changes. Browsers on iPhones allow
# the visible content to move.
NO_ANCHORING = "for (const each of document.querySelectorAll('*')) each.style.overflowAnchor = 'none'"


def note(page: Page, within: str = "body") -> None:
    """Note the positions of the controls in the elements `within`, except those above the screen."""
    assert page.evaluate(NOTE, within) > 1


def moved(page: Page, *, on_page: bool = False) -> list[tuple[str, int]]:
    """Return the controls on the screen that have moved since ``note``, and by how many pixels.

    If ``on_page``, scrolling does not count.
    """
    found: list[tuple[str, int]] = page.evaluate(MOVED, on_page)
    return found


def type_in(page: Page, field: str, text: str) -> None:
    """Add a text to a field. Typing would also scroll to the cursor."""
    page.locator(field).evaluate(
        "(each, text) => { each.value += text; each.dispatchEvent(new Event('input', { bubbles: true })); }",
        text,
    )


def opened(visitor: Visitor, language: str, screen: ViewportSize, *files: Path) -> Page:
    """Open a case with a receipt, choose files for a message, and stop the page's clock."""
    page = visitor.page
    visitor.language = language
    page.set_viewport_size(screen)
    report = visitor.reported()
    visitor.site.answer(report, with_receipt(slot_for(report), report, visitor.site.site))
    page.clock.install()
    visitor.open()
    visitor.opened()
    page.evaluate(NO_ANCHORING)
    page.set_input_files("#follow-up-files", files)
    expect(page.locator("#follow-up-files-list > li[aria-busy=false]")).to_have_count(len(files))
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    return page


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_nothing_moves_while_a_message_is_sent(visitor: Visitor, language: str, screen: ViewportSize) -> None:
    """The message is sealed, the answer is slow, the network is lost, and the message arrives."""
    page = opened(visitor, language, screen)
    page.fill("#follow-up-text", "Encore :\nla même voiture.")
    held: list[Route] = []
    page.route(ENVELOPES, times(1, held.append))
    centred(page.locator(SEND))
    note(page)
    with page.expect_request(ENVELOPES):
        page.click(SEND)
    visitor.shows("#follow-up-progress-text", "sealing")
    assert moved(page) == []
    page.clock.fast_forward(2_000)
    visitor.shows("#follow-up-progress-text", "connection-slow")
    assert moved(page) == []
    page.context.set_offline(True)
    visitor.shows("#follow-up-progress-text", "connection-lost")
    assert moved(page) == []
    page.context.set_offline(False)
    held.pop().continue_()
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(page.locator("#messages .you")).to_have_count(1)
    assert moved(page) == []


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_nothing_moves_when_the_page_says_that_a_large_message_is_still_being_sent(
    visitor: Visitor, tmp_path: Path, language: str, screen: ViewportSize
) -> None:
    enclosed = tmp_path / "note.bin"
    enclosed.write_bytes(bytes(300_000))
    page = opened(visitor, language, screen, enclosed)
    held: list[Route] = []
    page.route(ENVELOPES, times(1, held.append))
    centred(page.locator(SEND))
    note(page)
    with page.expect_request(ENVELOPES):
        page.click(SEND)
    page.clock.fast_forward(2_000)
    visitor.shows("#follow-up-progress-text", "connection-sending")
    assert moved(page) == []


def test_the_list_of_files_above_the_button_disappears_after_sending_without_moving_the_button(
    visitor: Visitor, tmp_path: Path
) -> None:
    """The list disappears a moment after the last press. “Send” and everything below it stay in place."""
    enclosed = tmp_path / "note.bin"
    enclosed.write_bytes(bytes(9))
    page = opened(visitor, "fr", ViewportSize(width=360, height=720), enclosed)
    place = centred(page.locator(SEND))
    note(page)
    page.click(SEND)
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert moved(page) == []
    page.clock.fast_forward(5_000)
    expect(page.locator("#follow-up-files-list")).to_be_hidden()
    assert stays(page.locator(SEND), place)


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_nothing_below_the_text_moves_if_a_message_cannot_be_sent(
    visitor: Visitor, language: str, screen: ViewportSize
) -> None:
    """First, there is nothing to send. Then, there is no connection."""
    page = opened(visitor, language, screen)
    centred(page.locator(SEND))
    note(page, ".field:has(> #follow-up-text) ~ *, #follow-up ~ *, footer")
    page.click(SEND)
    visitor.shows("#follow-up-error", "empty-follow-up")
    assert moved(page) == []
    type_in(page, "#follow-up-text", "Encore.")
    expect(page.locator("#follow-up-error")).to_be_hidden()
    assert moved(page) == []
    page.route(ENVELOPES, lambda route: route.abort())
    page.click(SEND)
    visitor.shows("#follow-up-progress-text", "connection-lost")
    assert moved(page) == []
    visitor.give_up("#follow-up-error")
    visitor.shows("#follow-up-error", "offline")
    assert moved(page) == []


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_emergency_numbers_that_appear_after_sending_move_nothing(
    visitor: Visitor, language: str, screen: ViewportSize
) -> None:
    """The space for the numbers is reserved when a reporter who pressed “I feel unsafe” presses “Send”."""
    page = opened(visitor, language, screen)
    page.press("#begin-unsafe", "Enter")
    expect(page.locator("#danger-sent .danger")).to_be_hidden()
    page.press(SEND, "Enter")
    note(page)
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(page.locator("#danger-sent .danger")).to_be_visible()
    assert moved(page) == []


def test_a_proof_that_cannot_be_saved_does_not_move_its_button(visitor: Visitor) -> None:
    """The error is shown below the button."""
    page = opened(visitor, "fr", ViewportSize(width=360, height=640))
    page.click("#proof summary")
    place = centred(page.locator("#save-proof"))
    page.evaluate(
        "() => { URL.createObjectURL = () => { throw new Error('a browser that saves nothing'); }; }"
    )
    page.click("#save-proof")
    expect(page.locator("#proof-error")).to_be_visible()
    assert stays(page.locator("#save-proof"), place)


@pytest.mark.parametrize("answer", ["token-copied", "token-not-copied"])
@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_nothing_on_the_page_moves_when_the_twelve_words_are_copied(
    visitor: Visitor, language: str, screen: ViewportSize, answer: str
) -> None:
    page = visitor.page
    visitor.language = language
    page.set_viewport_size(screen)
    visitor.write()
    page.evaluate(NO_ANCHORING)
    if answer == "token-not-copied":
        page.evaluate("document.execCommand = () => false")
    page.click("details:has(#copy-token) summary")
    centred(page.locator("#copy-token"))
    note(page)
    page.press("#copy-token", "Enter")
    visitor.shows("#copied", answer)
    assert moved(page) == []


@pytest.mark.parametrize("answer", ["line-copied", "token-not-copied"])
@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_copying_a_line_for_the_calendar_moves_nothing(
    visitor: Visitor, language: str, screen: ViewportSize, answer: str
) -> None:
    page = opened(visitor, language, screen)
    if answer == "token-not-copied":
        page.evaluate("document.execCommand = () => false")
    page.click("#calendar summary")
    last = page.locator("#calendar-lines li:last-child button")
    centred(last)
    note(page)
    last.press("Enter")
    visitor.shows("#calendar-copied", answer)
    assert moved(page) == []


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_nothing_on_the_page_moves_when_an_error_about_the_twelve_words_appears(
    visitor: Visitor, language: str, screen: ViewportSize
) -> None:
    """The summary is in sight. The error above the words is also in sight, unless the screen is very narrow.

    The page scrolls only as far as the summary needs. The error disappears when the reporter types again.
    """
    page = visitor.page
    page.set_viewport_size(screen)
    visitor.visit(f"{language}/status")
    expect(page.locator("#open")).to_be_visible(timeout=SLOW)
    page.evaluate(NO_ANCHORING)
    page.click("#show-typed")
    for words, code in (
        ("abandon " * 4, "wrong-count"),
        ("abandon " * 4 + "zo", "wrong-count"),
        ("abandon " * 11 + "abandom", "unknown-word"),
        ("abandon " * 11 + "qqqqqqq", "unknown-word"),
        ("abandon " * 12, "wrong-checksum"),
        ("abandon " * 11 + "about", "unknown-case"),
    ):
        page.fill("#token", words)
        page.locator("#open").scroll_into_view_if_needed()
        note(page, "#form")
        page.locator("#open").click()
        # The line about a mistyped word says the same as the error, and stays in its place.
        explained = page.locator("#typed.mistyped" if code == "unknown-word" else ".typing > .wrong")
        visitor.shows("#error", code)
        expect(explained).to_be_visible()
        expect(page.locator(".typing > .wrong, #typed").filter(visible=True)).to_have_count(1)
        if screen["width"] > 320:
            expect(explained).to_be_in_viewport(ratio=1)
        expect(page.locator("#error")).to_be_in_viewport(ratio=1)
        expect(page.locator("#error")).to_be_focused()
        assert moved(page, on_page=True) == [], code
        type_in(page, "#token", " ")
        expect(page.locator(".typing > .wrong")).to_be_hidden()
        expect(page.locator("#error")).to_be_hidden()
        expect(page.locator("#typed")).to_be_visible()
        assert moved(page, on_page=True) == [], code


def test_if_the_connection_is_lost_while_a_case_opens_the_error_is_in_sight_and_moves_nothing(
    visitor: Visitor,
) -> None:
    """The error is shown in the space above the words, although the words are not wrong."""
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 640})
    visitor.visit("fr/status")
    page.fill("#token", "abandon " * 11 + "about")
    page.evaluate(NO_ANCHORING)
    page.route("**/keyring.json", lambda route: route.abort())
    page.locator("#open").scroll_into_view_if_needed()
    note(page, "#form")
    page.click("#open")
    visitor.shows(".typing > .wrong", "offline")
    expect(page.locator("#error")).to_be_in_viewport(ratio=1)
    assert moved(page, on_page=True) == []
    expect(page.locator("#token")).not_to_have_attribute("aria-invalid", "true")
    type_in(page, "#token", "x")
    expect(page.locator("#error")).to_be_hidden()
    expect(page.locator(".typing > .wrong")).to_be_hidden()
