"""Whoever presses twice or three times, in haste or trembling, does nothing twice and nothing else."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import TEXT, Visitor, methods

pytestmark = pytest.mark.browser

TIMES = [2, 3]
# Two taps at one place within a moment, as a browser tells them that does not count taps.
TWO_TAPS = """(selector) => {
  const tapped = document.querySelector(selector);
  const { left, top } = tapped.getBoundingClientRect();
  const at = { clientX: left + 5, clientY: top + 5 };
  const tap = { bubbles: true, cancelable: true, detail: 1, pointerType: "touch", ...at };
  for (let time = 0; time < 2; time += 1) tapped.dispatchEvent(new PointerEvent("click", tap));
}"""


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """An open report in French."""
    visitor.visit("fr/report")
    visitor.page.wait_for_selector("#what", state="visible")
    return visitor.page


@pytest.mark.parametrize("count", TIMES)
def test_a_report_is_sent_once_by_many_clicks_and_nothing_else_is_chosen(
    visitor: Visitor, page: Page, count: int
) -> None:
    page.fill("#what", TEXT)
    page.click("#continue", click_count=count)
    expect(page.locator("#protect")).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(0)
    page.click("#more", click_count=count)
    expect(page.locator("[data-part=optional]")).to_be_visible()
    expect(page.locator("details[open]")).to_have_count(0)
    page.click("#previous", click_count=count)
    expect(page.locator("#protect")).to_be_visible()
    page.click(f"#channels-{INSPECTORATE}", click_count=count)
    page.click("#continue", click_count=count)
    expect(page.locator("#token-words li")).to_have_count(12)
    expect(page.locator("#token-shown")).to_be_visible()
    visitor.words = page.locator("#token-words li").all_inner_texts()
    page.click("#noted", click_count=count)
    expect(page.locator("#confirm-error")).to_be_hidden()
    for number in (1, 2):
        asked = page.locator(f"#confirm-{number}")
        asked.fill(visitor.words[int(asked.get_attribute("data-place") or -1)])
    page.click("#send", click_count=count)
    visitor.arrived()
    page.click("#show-token", click_count=count)
    expect(page.locator("#token-again li")).to_have_count(12)
    assert methods(visitor) == ["POST"]
    assert len(visitor.site.received()) == 1
    assert visitor.site.report()[0].answers == {"what": TEXT}


@pytest.mark.parametrize("count", TIMES)
def test_a_choice_is_cleared_and_a_box_ticked_once(visitor: Visitor, page: Page, count: int) -> None:
    visitor.turn_to("#danger_now-no")
    page.check("#danger_now-no")
    page.click("[data-field=danger_now] [data-clear]", click_count=count)
    expect(page.locator("input:checked")).to_have_count(0)
    visitor.turn_to("#told-family")
    page.click("#told-family", click_count=count)
    expect(page.locator("#told-family")).to_be_checked()
    page.click("label:has(#told-union)", click_count=count)
    expect(page.locator("#told-union")).to_be_checked()


def test_two_taps_are_one_where_the_browser_does_not_count_them(visitor: Visitor, page: Page) -> None:
    """The control is a mouse, of which each click is counted."""
    visitor.turn_to("#told-family")
    page.evaluate(TWO_TAPS, "#told-family")
    expect(page.locator("#told-family")).to_be_checked()
    page.evaluate(TWO_TAPS.replace("touch", "mouse"), "#told-union")
    expect(page.locator("#told-union")).not_to_be_checked()


def test_words_are_selected_and_the_page_is_left_as_ever(page: Page) -> None:
    """Nothing is ignored in a text, or of “Leave quickly”."""
    page.route("https://**", lambda route: route.fulfill(body="Elsewhere"))
    page.fill("#what", "Quai")
    page.dblclick("#what", position={"x": 20, "y": 20})
    assert page.evaluate("getSelection().toString()") == "Quai"
    page.click("#continue")
    page.dblclick("a[data-leave]", no_wait_after=True)
    expect(page.locator("body")).to_have_text("Elsewhere")
