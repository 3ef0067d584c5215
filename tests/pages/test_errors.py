"""What is wrong with a report is told at once: in a summary with links, at each field, and in the title."""

import pytest
from playwright.sync_api import expect

from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import TEXT, Visitor

pytestmark = pytest.mark.browser


def test_all_that_is_wrong_is_told_at_once_and_each_link_leads_to_its_field(visitor: Visitor) -> None:
    """Also to a field in another step, or in a fold; the history of the tab gets no entry for it."""
    visitor.visit("en/report")
    page = visitor.page
    title = page.title()
    page.fill("#what", TEXT)
    visitor.turn_to("#days-first")
    page.fill("#days-first", "2026-03-02")
    page.fill("#days-last", "2026-03-01")
    visitor.turn_to("#protect")
    page.fill("#protect", "x" * 2_001)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = false")
    visitor.go_on()
    expect(page.locator("#error:focus a")).to_have_count(3)
    assert page.title() == f"Error: {title}"
    entries = page.evaluate("history.length")
    places = ("#protect", "#days-first", f"#channels-{INSPECTORATE}")
    for link, place in zip(page.locator("#error a").all(), places, strict=True):
        link.click()
        expect(page.locator(place)).to_be_visible()
        expect(page.locator(place)).to_be_focused()
        expect(page.locator(".wrong:visible").filter(has_text=link.inner_text())).to_have_count(1)
    assert page.evaluate("history.length") == entries
    visitor.turn_to("#protect")
    page.fill("#protect", "")
    page.check(f"#channels-{INSPECTORATE}")
    visitor.turn_to("#days-last")
    page.fill("#days-last", "2026-03-03")
    visitor.to_token()
    assert page.title() == title
    expect(page.locator(".wrong")).to_have_count(0)


def test_a_message_at_a_field_stays_where_it_is_while_the_field_is_typed_in(visitor: Visitor) -> None:
    """Otherwise the field would move under the finger with the first letter."""
    visitor.visit("en/report")
    page = visitor.page
    page.fill("#what", "x" * 8_001)
    page.click("#continue")
    visitor.shows("#error", "too-long")
    expect(page.locator("#what")).to_have_attribute("aria-invalid", "true")
    place = page.locator("#what").evaluate("(each) => each.getBoundingClientRect().top + scrollY")
    page.fill("#what", "x")
    expect(page.locator("#what")).to_have_attribute("aria-invalid", "false")
    assert page.locator("#what").evaluate("(each) => each.getBoundingClientRect().top + scrollY") == place
    page.click("#continue")
    expect(page.locator("#protect")).to_be_visible()
    expect(page.locator("#error")).to_be_hidden()
