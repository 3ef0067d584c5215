"""“Would you recognise it?”: each choice opens an answer, nothing is sent, and the page can be printed."""

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from portal.config import Settings
from portal.web import scenarios
from templates.catalogues import LANGUAGES
from tests.support.accessibility import small_targets, violations
from tests.support.folded import check_no_trace
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

SHIPPED = scenarios.load(Settings().guide_folder)
ALL = sum(len(each.choices) for each in SHIPPED.situations)
# An answer is shorter than the first sentence that somebody skips.
MOST_WORDS = 50
VERDICTS = {
    "fr": ("Un collègue aguerri ferait autrement.", "Un collègue aguerri ferait de même."),
    "en": (
        "An experienced colleague would do something else.",
        "An experienced colleague would do the same.",
    ),
}


def test_the_page_neither_sends_nor_keeps_what_a_reader_opens(visitor: Visitor) -> None:
    check_no_trace(visitor, "fr/scenarios", ALL)
    assert visitor.page.locator("button").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_choice_opens_its_answer_without_a_script(
    visitor: Visitor, chromium: Browser, language: str
) -> None:
    """The answer begins with the verdict in bold, so that colour is not the only sign of it."""
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{visitor.address}/{language}/scenarios")
    situations = page.locator("main .situation").all()
    assert len(situations) == len(SHIPPED.situations)
    for shown, situation in zip(situations, SHIPPED.situations, strict=True):
        details = shown.locator("details").all()
        for each, choice in zip(details, situation.choices, strict=True):
            answer = each.locator("p")
            expect(answer).to_be_hidden()
            each.locator("summary").click()
            expect(answer).to_be_visible()
            said = answer.inner_text().replace("\N{NO-BREAK SPACE}", " ")
            assert said == f"{VERDICTS[language][choice.good]} {choice.answer.in_(language)}"
            assert answer.locator("strong").inner_text() == VERDICTS[language][choice.good]
            assert len(said.split()) <= MOST_WORDS
    plain.close()


def test_unfolding_an_answer_moves_nothing_above_it(visitor: Visitor) -> None:
    page = visitor.page
    visitor.visit("fr/scenarios")
    place = "(each) => each.getBoundingClientRect().top + scrollY"
    for summary in page.locator("main summary").all():
        top = summary.evaluate(place)
        summary.click()
        assert summary.evaluate(place) == top


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_accessible_on_a_telephone_with_all_answers_unfolded(
    visitor: Visitor, language: str, width: int
) -> None:
    visitor.page.set_viewport_size(ViewportSize(width=width, height=640))
    visitor.visit(f"{language}/scenarios")
    for summary in visitor.page.locator("main summary").all():
        summary.click()
    assert violations(visitor.page) == []
    assert small_targets(visitor.page) == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_every_answer_stands_once_and_after_all_situations(visitor: Visitor, language: str) -> None:
    """The paper does not depend on what is unfolded on the screen, where no answer is visible at first."""
    page = visitor.page
    visitor.visit(f"{language}/scenarios")
    answers = [each.answer.in_(language) for found in SHIPPED.situations for each in found.choices]
    choices = [each.text.in_(language) for found in SHIPPED.situations for each in found.choices]
    assert [each for each in answers if each in text(visitor)] == []
    page.locator("main summary").nth(1).click()
    page.emulate_media(media="print")
    printed = text(visitor)
    assert [each for each in answers if printed.count(each) != 1] == []
    assert max(map(printed.index, choices)) < min(map(printed.index, answers))
    assert VERDICTS[language][0] not in printed
    assert printed.count(VERDICTS[language][1]) == len(SHIPPED.situations)


def text(visitor: Visitor) -> str:
    return visitor.page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_recognises_the_own_situation_finds_the_form_first(visitor: Visitor, language: str) -> None:
    """The first link leads to the form and is in view on a small phone. The last links follow the answers."""
    visitor.page.set_viewport_size(ViewportSize(width=360, height=640))
    visitor.visit(f"{language}/scenarios")
    links = visitor.page.locator("main a")
    assert [each.get_attribute("href") for each in links.all()] == [
        f"/{language}/{name}" for name in ("report", "report", "guide")
    ]
    expect(links.first).to_be_in_viewport(ratio=1)
