"""The page with three questions about the device does not send, keep or restore any answer."""

import pytest
from playwright.sync_api import Browser, expect

from templates.catalogues import LANGUAGES
from tests.support.accessibility import violations
from tests.support.folded import check_no_trace
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

MOST_WORDS = 45


def test_the_page_about_the_device_neither_sends_nor_keeps_an_answer(visitor: Visitor) -> None:
    check_no_trace(visitor, "fr/device", 9)


def test_unfolding_an_answer_moves_nothing_above_it(visitor: Visitor) -> None:
    """Unfolding an answer does not fold another answer, because that would move the answers below."""
    page = visitor.page
    visitor.visit("fr/device")
    place = "(each) => each.getBoundingClientRect().top + scrollY"
    for summary in page.locator("main summary").all():
        top = summary.evaluate(place)
        summary.click()
        assert summary.evaluate(place) == top


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_answer_begins_with_short_advice_even_without_a_script(
    visitor: Visitor, chromium: Browser, language: str
) -> None:
    """The advice is in bold, so that colour is not the only sign."""
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{visitor.address}/{language}/device")
    questions = page.locator("main h2")
    assert [each.inner_text()[:2] for each in questions.all()[:3]] == ["1.", "2.", "3."]
    answers = page.locator("main details")
    assert answers.count() == 9
    for answer in answers.all():
        answer.locator("summary").click()
        said = answer.locator("p")
        expect(said).to_be_visible()
        assert said.inner_text().startswith(said.locator("strong").inner_text())
        assert len(said.inner_text().split()) <= MOST_WORDS
    plain.close()


def test_the_page_about_the_device_is_accessible_with_all_answers_unfolded(visitor: Visitor) -> None:
    visitor.visit("fr/device")
    for summary in visitor.page.locator("main summary").all():
        summary.click()
    assert violations(visitor.page) == []


@pytest.mark.parametrize("path", ["before", "guide"])
def test_pages_with_advice_have_a_link_to_the_questions_about_the_device(visitor: Visitor, path: str) -> None:
    visitor.visit(f"fr/{path}")
    visitor.page.locator("main a[href='/fr/device']").click()
    expect(visitor.page.locator("h1")).to_have_text("Cet appareil est-il sûr ?")


def test_the_page_about_the_device_links_to_ways_to_report_without_a_device(visitor: Visitor) -> None:
    visitor.visit("fr/device")
    links = [each.get_attribute("href") for each in visitor.page.locator("main a").all()]
    assert links == ["/fr/legal", "/fr/help", "/fr/report", "/fr/before"]
