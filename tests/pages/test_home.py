"""The first pages: calm first, then inform, then ask."""

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from portal.config import Settings
from portal.web import guide
from templates.catalogues import LANGUAGES
from tests.support.markup import Markup
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

WAYS = {
    "fr": [
        "J\u2019ai été approché(e), sollicité(e), mis(e) sous pression ou menacé(e)",
        "J\u2019ai vu ou appris quelque chose",
        "J\u2019ai déjà cédé ou rendu un service, je cherche une issue",
        "Je subis ou crains des représailles",
    ],
    "en": [
        "I have been approached, offered something, pressured or threatened",
        "I saw or learned of something",
        "I already said yes or did a favour; I want a way out",
        "I suffer or fear reprisals",
    ],
}
LADDER = {
    "fr": ["Tor Browser, ni chez vous ni au travail", "Tor Browser, chez vous", "navigateur ordinaire"],
    "en": ["Tor Browser, away from home and from work", "Tor Browser, at home", "ordinary browser"],
}
# Who reads, how often, by when an answer comes; then what a reporter could wrongly rely on.
SAID = {
    "fr": [
        "un organisme extérieur",
        "chaque jour ouvré",
        "sous 7 jours",
        "sous 3 mois",
        "Ce que vous racontez peut vous désigner",
        "Quelqu\u2019un qui surveille votre appareil",
        "peuvent garder une trace de la visite",
        "on peut voir que Tor est utilisé",
        "ni ce que votre réseau a noté",
        "pourrait vous montrer une page modifiée",
        "transmettre les crimes et délits au procureur",
    ],
    "en": [
        "a body outside the inspectorate",
        "every working day",
        "within 7 days",
        "within 3 months",
        "What you tell can point to you",
        "Someone who watches your device",
        "can keep a trace of the visit",
        "that Tor is used can be seen",
        "nor what your network noted",
        "could show you a changed page",
        "public prosecutor",
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_four_ways_in_and_one_for_who_has_a_token(visitor: Visitor, language: str) -> None:
    """Each informs first, then leads to the one form: which was opened is in no address and no request."""
    visitor.visit(f"{language}/")
    page = visitor.page
    ways = page.locator("details:not(.more)")
    assert ways.locator("summary").all_inner_texts() == WAYS[language]
    visitor.requests.clear()
    for way in ways.all():
        expect(way.locator("li").first).to_be_hidden()
        way.locator("summary").click()
        expect(way.locator("li").first).to_be_visible()
        assert way.locator("a.button").get_attribute("href") == f"/{language}/report"
    assert visitor.requests == []
    assert page.url == f"{visitor.address}/{language}/"
    expect(page.locator("a.second")).to_have_attribute("href", f"/{language}/status")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_to_call_come_before_any_question(visitor: Visitor, language: str) -> None:
    visitor.visit(f"{language}/")
    text = visitor.page.inner_text("main")
    numbers = [text.index(number) for number in ("17", "112", "114")]
    assert max(numbers) < text.index(WAYS[language][0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_reads_when_and_what_it_cannot_protect_from_is_said(visitor: Visitor, language: str) -> None:
    visitor.visit(f"{language}/")
    for folded in visitor.page.locator("details.more summary").all():
        folded.click()
    text = visitor.page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")
    assert [words for words in SAID[language] if words not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_says_how_accessible_it_is(visitor: Visitor, language: str) -> None:
    """The law wants the mention on the first page, and the statement behind it."""
    visitor.visit(f"{language}/")
    title = guide.load(Settings().guide_folder, language, guide.STATEMENT).title
    visitor.page.click(f"footer a:has-text('{title}')")
    expect(visitor.page.locator("h1")).to_have_text(title)
    assert "RGAA" in visitor.page.inner_text("main")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ladder_of_places_goes_from_the_safest_down(visitor: Visitor, language: str) -> None:
    visitor.visit(f"{language}/")
    steps = visitor.page.locator("ol").first.locator("li").all_text_contents()
    assert len(steps) == len(LADDER[language])
    assert [words for words, step in zip(LADDER[language], steps, strict=True) if words not in step] == []


def test_it_works_without_a_script(chromium: Browser, visitor: Visitor) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{visitor.address}/fr/")
    page.click("summary >> nth=2")
    expect(page.locator("details[open] li").first).to_be_visible()
    page.click("details[open] a.button")
    assert page.url == f"{visitor.address}/fr/report"
    plain.close()


def test_the_first_stops_of_the_keyboard_are_past_the_header_and_out(visitor: Visitor) -> None:
    visitor.visit("fr/guide")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(".skip")).to_be_in_viewport(ratio=1)
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator("a[data-leave]")).to_be_focused()
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#main")).to_be_focused()


def test_headings_are_in_order(visitor: Visitor) -> None:
    """Who listens to a page goes through it by its headings."""
    for language in LANGUAGES:
        for name in ("", "report", "status", "guide", "verify", "sealed", *guide.NOTICES):
            page = visitor.site.client.get(f"/{language}/{name}").text
            levels = [int(tag[1]) for tag, _ in Markup(page).elements if tag in {"h1", "h2", "h3", "h4"}]
            assert levels[0] == 1, name
            assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), name
