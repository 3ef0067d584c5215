"""The case token: how the page shows it and how it is kept and typed, without leaving a trace."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crypto import casetoken
from templates.catalogues import LANGUAGES
from tests.support import browsing
from tests.support.page_visitor import SLOW, Visitor, methods
from tests.support.portal_site import PortalSite
from tests.support.printed_page import printed_lines, sheets
from tests.support.traces import neighbours_in

pytestmark = pytest.mark.browser

KEPT = "(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length])()"

# In pixels.
LEAST_ROOM = 8

SHOWN = """document.body.textContent +
    [...document.querySelectorAll("textarea, input")].map((field) => field.value).join("\\n")"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_large_and_in_the_language_of_the_page(visitor: Visitor, language: str) -> None:
    visitor.language = language
    visitor.write()
    assert set(casetoken.parse(" ".join(visitor.words))) == {language}
    word = visitor.page.locator("#token-words li").first
    sizes = [
        each.evaluate("(found) => parseFloat(getComputedStyle(found).fontSize)")
        for each in (word, visitor.page.locator("#token-shown > p").first)
    ]
    assert sizes[0] > sizes[1] * 1.15


def test_the_copy_button_copies_only_the_words(visitor: Visitor) -> None:
    """The button is in a folded section, below the advice to write by hand.

    Before the button is pressed, the clipboard does not have the words.
    """
    visitor.write()
    page = visitor.page
    expect(page.locator("#copy-token")).to_be_hidden()
    page.evaluate(
        "document.addEventListener('paste', (e) => (document.title = e.clipboardData.getData('text')))"
    )
    page.keyboard.press("Control+v")
    assert " ".join(visitor.words) not in page.title()
    page.click("details:has(#copy-token) summary")
    page.click("#copy-token")
    visitor.shows("#copied", "token-copied")
    page.keyboard.press("Control+v")
    assert page.title() == " ".join(visitor.words)
    assert visitor.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_after_copying_does_not_touch_the_edge_of_its_box(
    visitor: Visitor, language: str
) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.language = language
    visitor.write()
    page.press("details:has(#copy-token) summary", "Enter")
    ends = [
        page.locator(each).evaluate("(found) => found.getBoundingClientRect().bottom")
        for each in ("details:has(#copy-token)", "#copied")
    ]
    assert ends[0] - ends[1] >= LEAST_ROOM


def test_a_copy_that_the_browser_refuses_is_reported(visitor: Visitor) -> None:
    visitor.write()
    visitor.page.evaluate("document.execCommand = () => false")
    visitor.page.click("details:has(#copy-token) summary")
    visitor.page.click("#copy-token")
    visitor.shows("#copied", "token-not-copied")


def test_the_printed_sheet_has_only_the_twelve_words(visitor: Visitor) -> None:
    visitor.write()
    page = visitor.page
    page.evaluate(
        "window.print = () => { dispatchEvent(new Event('beforeprint')); window.asked = document.title; }"
    )
    page.click("details:has(#copy-token) summary")
    page.click("#print-token")
    assert page.evaluate("window.asked").strip() == ""
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert "Fanal" in page.title()
    assert printed_lines(page) == visitor.words
    assert sheets(page) == 1
    page.focus("#confirm-1")
    assert printed_lines(page) == visitor.words
    visitor.confirm()
    visitor.arrived()
    assert printed_lines(page) == []
    assert sheets(page) == 1
    page.click("#show-token")
    assert printed_lines(page) == visitor.words
    assert sheets(page) == 1


def test_typed_words_are_counted_and_an_unknown_word_is_pointed_out(visitor: Visitor) -> None:
    visitor.visit("fr/status")
    field = visitor.page.locator("#token")
    field.press_sequentially("Abandon vipère")
    expect(visitor.page.locator("#typed")).to_have_text("Mots saisis\u00a0: 2 sur 12")
    field.press_sequentially("x ")
    visitor.shows("#typed", "mistyped-veiled")
    assert "2" in visitor.page.locator("#typed").inner_text()


def test_the_page_completes_words_only_while_they_are_visible(visitor: Visitor) -> None:
    """While the words are hidden, nobody can read a completion over the reporter's shoulder."""
    visitor.visit("fr/status")
    page = visitor.page
    page.locator("#token").press_sequentially("abandon vipe")
    expect(page.locator("#completions")).to_be_hidden()
    page.click("#show-typed")
    expect(page.locator("#completions button")).to_have_text(["vipère"])
    page.click("#completions button")
    expect(page.locator("#token")).to_have_value("abandon vipère ")
    expect(page.locator("#token")).to_be_focused()
    expect(page.locator("#completions")).to_be_hidden()
    page.click("#show-typed")
    page.locator("#token").press_sequentially("zebr")
    expect(page.locator("#completions")).to_be_hidden()


def test_all_words_can_be_typed_by_completion(visitor: Visitor) -> None:
    visitor.report()
    visitor.visit("fr/status")
    page = visitor.page
    page.click("#show-typed")
    for word in visitor.words:
        for letter in word[:4]:
            page.locator("#token").press_sequentially(letter)
        if page.input_value("#token").endswith(word) and word == visitor.words[-1]:
            break  # a word of four letters is already complete
        offered = page.locator("#completions button", has_text=word)
        offered.and_(page.locator(f"text='{word}'")).first.click()
    page.click("#open")
    visitor.opened()


@pytest.mark.parametrize("width", [320, 360])
def test_twelve_long_words_fit_the_field_and_a_complete_word_is_not_completed(
    visitor: Visitor, width: int
) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 640})
    visitor.visit("fr/status")
    field = visitor.page.locator("#token")
    visitor.page.click("#show-typed")
    field.press_sequentially("abaisser " * 11 + "abai")
    expect(visitor.page.locator("#completions button")).to_have_text(["abaisser"])
    field.press_sequentially("sser")
    expect(visitor.page.locator("#completions")).to_be_hidden()
    heights = set()
    for _ in range(2):
        assert field.evaluate("(each) => each.scrollHeight <= each.clientHeight")
        heights.add(field.evaluate("(each) => each.clientHeight"))
        visitor.page.click("#show-typed")
    assert len(heights) == 1


def test_a_pasted_numbered_list_of_words_is_accepted(visitor: Visitor) -> None:
    visitor.report()
    visitor.open("\n".join(f"{number}. {word.upper()}" for number, word in enumerate(visitor.words, 1)))
    visitor.opened()


def test_neither_page_stores_the_token(visitor: Visitor) -> None:
    visitor.report()
    visitor.open()
    visitor.opened()
    page = visitor.page
    assert page.evaluate(KEPT) == [0, 0, 0]
    assert page.evaluate("history.state") is None
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    assert page.evaluate(SHOWN).count(" ".join(visitor.words[:2])) == 0
    page.reload()
    page.fill("#token", " ".join(visitor.words))
    assert page.evaluate(SHOWN).count(" ".join(visitor.words[:2])) == 1
    assert all(neighbours_in(request.url, visitor.words) == [] for request in visitor.requests)


def test_going_back_does_not_restore_the_words(chromium: Browser, tmp_path: Path) -> None:
    """The typed words do not come back, nor do the words that were shown after sending.

    The control is in `test_memory`.
    """
    keeper = browsing.launch(chromium.browser_type, without=["--disable-back-forward-cache"])
    site = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    with site.serving():
        visitor = Visitor(keeper.new_page(), site.address)
        page = visitor.page
        visitor.report()
        page.click("#show-token")
        expect(page.locator("#token-again li")).to_have_count(12)
        page.goto(f"{site.address}/fr/status")
        page.fill("#token", " ".join(visitor.words))
        page.goto(f"{site.address}/fr/guide")
        page.evaluate("setTimeout(() => history.back())")
        page.wait_for_url("**/fr/status", wait_until="commit")
        expect(page.locator("#token")).to_be_visible(timeout=SLOW)
        expect(page.locator("#token")).to_have_value("")
        page.evaluate("setTimeout(() => history.back())")
        page.wait_for_url("**/fr/report", wait_until="commit")
        expect(page.locator("#what")).to_be_visible(timeout=SLOW)
        assert not set(visitor.words) & set(page.locator("li").all_inner_texts())
        assert methods(visitor) == ["POST"]
        page.context.close()
    site.close()
    keeper.close()
