"""From the first page to the arrival of a report and back to its answer, by the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import SLOW, TEXT, Visitor

pytestmark = pytest.mark.browser

MOST_STOPS = 120
RING = "getComputedStyle(document.activeElement).outlineStyle"


def reach(page: Page, wanted: str, within: str = "") -> None:
    """Move the focus on until it is on what this selector or text names, where a ring must show it."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(
            "([wanted, within]) => document.activeElement.matches(wanted)"
            " && (!within || document.activeElement.innerText.includes(within))",
            [wanted, within],
        ):
            assert page.evaluate(RING) == "solid", wanted
            return
    raise AssertionError(wanted)


def press(page: Page, wanted: str, within: str = "", key: str = "Enter") -> None:
    reach(page, wanted, within)
    page.keyboard.press(key)


def test_a_report_needs_no_mouse(visitor: Visitor) -> None:
    page = visitor.page
    visitor.visit("")
    press(page, "a.button", "français")
    expect(page).to_have_url(f"{visitor.address}/fr/")
    press(page, ".doors a", "Écrire")
    expect(page.locator("#step-write")).to_be_visible()
    reach(page, "#what")
    page.keyboard.insert_text(TEXT)
    press(page, "#continue")
    press(page, f"#channels-{INSPECTORATE}", key="Space")
    press(page, "#continue")
    expect(page.locator("#token-words li")).to_have_count(12)
    visitor.words = page.locator("#token-words li").all_inner_texts()
    press(page, "#noted")
    for number in (1, 2):
        asked = page.locator(f"#confirm-{number}")
        if number == 2:
            reach(page, "#confirm-2")
        expect(asked).to_be_focused()
        page.keyboard.insert_text(visitor.words[int(asked.get_attribute("data-place") or -1)])
    press(page, "#send")
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == TEXT
    press(page, "footer a", "Lire")
    expect(page.locator("#step-token")).to_be_visible()
    reach(page, "#token")
    page.keyboard.insert_text(" ".join(visitor.words))
    press(page, "#open")
    expect(page.locator("#case")).to_be_visible(timeout=SLOW)
    reach(page, "#follow-up-text")
