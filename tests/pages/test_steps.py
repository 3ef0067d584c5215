"""The steps of a report: few words before the first field, one step at a time, and Back between them."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from templates.catalogues import LANGUAGES
from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import ENVELOPES, TEXT, Visitor

pytestmark = pytest.mark.browser

SMALL = ViewportSize(width=360, height=640)
MOST_WORDS = 60
LEAST_HEIGHT = 72  # three lines
UNSENT = {"fr": "Rien n\N{RIGHT SINGLE QUOTATION MARK}est encore envoyé.", "en": "Nothing is sent yet."}
OPTIONAL = {"fr": "Questions facultatives.", "en": "Optional questions."}
# The words in the main part before the field, and the visible height of the field.
ABOVE = """() => {
  const box = document.querySelector("#what");
  const told = [...document.querySelectorAll("main p, main h1, main summary, main li")].filter(
    (each) => each.offsetParent && each.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING);
  const words = told.flatMap((each) => each.innerText.split(/\\s+/));
  return words.filter((word) => /[\\p{L}\\d]/u.test(word));
}"""
SEEN = """() => {
  const { top, bottom, left, width } = document.querySelector("#what").getBoundingClientRect();
  let seen = 0;
  for (let y = Math.ceil(top); y < Math.min(bottom, innerHeight); y += 1) {
    const inside = [left + 20, left + width / 2, left + width - 20];
    if (inside.every((x) => document.elementFromPoint(x, y)?.id === "what")) seen += 1;
  }
  return seen;
}"""


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """An open report in English."""
    visitor.visit("en/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    return visitor.page


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_small_screen_the_first_field_is_visible_and_few_words_precede_it(
    visitor: Visitor, language: str
) -> None:
    page = visitor.page
    page.set_viewport_size(SMALL)
    visitor.visit(f"{language}/report")
    expect(page.locator("#what")).to_be_visible()
    words = page.evaluate(ABOVE)
    assert 20 < len(words) <= MOST_WORDS, words
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(SEEN) >= LEAST_HEIGHT


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_step_shows_its_number(visitor: Visitor, language: str) -> None:
    told = {"fr": "Étape {} sur 3.", "en": "Step {} of 3."}[language]
    visitor.visit(f"{language}/report")
    step = visitor.page.locator(".step:visible")
    expect(step).to_contain_text(told.format(1))
    visitor.page.fill("#what", TEXT)
    visitor.turn_to("#channels")
    expect(step).to_have_text(f"{told.format(2)} {UNSENT[language]} {OPTIONAL[language]}")
    visitor.page.check(f"#channels-{INSPECTORATE}")
    visitor.page.click("#more")
    expect(step).to_have_text({"fr": "Facultatif", "en": "Optional"}[language])
    visitor.page.click("#previous")
    expect(step).to_contain_text(told.format(2))
    visitor.to_token()
    expect(step).to_have_text(f"{told.format(3)} {UNSENT[language]}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_second_step_is_about_the_protection_of_the_reporter(visitor: Visitor, language: str) -> None:
    """Its questions are visible at once: who is in danger, how many people know, and what not to repeat."""
    visitor.visit(f"{language}/report")
    visitor.page.fill("#what", TEXT)
    visitor.page.click("#continue")
    expect(visitor.page.locator("h1:visible")).to_have_text(
        {"fr": "Aidez-nous à vous protéger", "en": "Help us protect you"}[language]
    )
    for question in ("#danger_now-yes", "#how_many-only_me", "#protect", "#coi-yes"):
        expect(visitor.page.locator(question)).to_be_visible()


def test_the_optional_step_is_skipped_at_first_but_can_be_opened_on_the_way_back(
    visitor: Visitor, page: Page
) -> None:
    """Without details or files, a report has two steps before the step with the twelve words."""
    page.fill("#what", TEXT)
    page.click("#continue")
    page.check(f"#channels-{INSPECTORATE}")
    expect(page.locator("[data-part=optional] > details").first).to_be_hidden()
    visitor.to_token()
    page.click("#back-to-text")
    page.click("#more")
    expect(page.locator("[data-part=optional] > details").first).to_be_visible()
    page.click("#continue")
    expect(page.locator("#token-words")).to_be_visible()


def test_the_back_button_goes_back_one_step_and_keeps_the_input(visitor: Visitor, page: Page) -> None:
    """The test goes back from the twelve words to the first step.

    The report adds only one entry to the history.
    """
    entries = page.evaluate("history.length")
    page.fill("#what", TEXT)
    visitor.turn_to("#channels")
    page.check(f"#channels-{INSPECTORATE}")
    page.fill("#protect", "Quai 4")
    page.click("#more")
    page.click("#continue")
    expect(page.locator("#token-words li")).to_have_count(12)
    words = page.locator("#token-words li").all_inner_texts()
    for shown in ("[data-part=optional] h1", "#protect", "#what"):
        assert page.evaluate("history.length") == entries + 1
        page.evaluate("history.back()")
        expect(page.locator(shown)).to_be_visible()
    assert [page.input_value("#what"), page.input_value("#protect")] == [TEXT, "Quai 4"]
    assert page.url == f"{visitor.address}/en/report"
    visitor.to_token()
    assert words == visitor.words
    assert page.evaluate("history.length") == entries + 1


def test_the_back_button_on_the_first_step_leads_to_the_page_before_the_report(visitor: Visitor) -> None:
    visitor.visit("en/guide")
    visitor.visit("en/report")
    page = visitor.page
    page.click("#continue")
    expect(page.locator("#protect")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.locator("#what")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{visitor.address}/en/guide")


def test_reloading_at_any_step_adds_nothing_to_the_history(page: Page) -> None:
    entries = page.evaluate("history.length")
    for _ in range(3):
        page.click("#continue")
        expect(page.locator("#protect")).to_be_visible()
        page.reload()
        expect(page.locator("#what")).to_be_visible()
    assert page.evaluate("history.length") == entries + 1
    page.click("#continue")
    page.evaluate("history.back()")
    expect(page.locator("#what")).to_be_visible()


def test_a_change_of_the_address_within_the_page_does_not_count_as_a_step(
    visitor: Visitor, page: Page
) -> None:
    """A person can type such an address. It adds an entry to the history."""
    page.click("#continue")
    expect(page.locator("#protect")).to_be_visible()
    page.evaluate("location.hash = 'main'")
    page.evaluate("history.back()")
    expect(page).to_have_url(f"{visitor.address}/en/report")
    expect(page.locator("#protect")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.locator("#what")).to_be_visible()


def test_the_back_button_does_not_stop_the_sending_and_leaves_the_page_after_the_receipt(
    visitor: Visitor,
) -> None:
    visitor.visit("en/guide")
    page = visitor.page
    visitor.language = "en"
    page.route(ENVELOPES, lambda route: page.evaluate("history.back()") or route.fallback())
    visitor.write()
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == TEXT
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("**/en/guide")


def test_the_link_to_leave_adds_one_empty_entry_to_the_history(visitor: Visitor) -> None:
    """The entry has no address. The page before the report is two entries back."""
    page = visitor.page
    elsewhere = "https://elsewhere.example/"
    page.route("**/*", lambda route: route.fallback())
    leave = page.locator("a[data-leave]")
    visitor.visit("en/guide")
    visitor.visit("en/report")
    page.route(leave.get_attribute("href") or elsewhere, lambda route: route.fulfill(body="Elsewhere"))
    page.fill("#what", TEXT)
    page.click("#continue")
    expect(page.locator("#protect")).to_be_visible()
    leave.click()
    expect(page.locator("body")).to_have_text("Elsewhere")
    page.go_back()
    page.wait_for_url("about:blank")
    assert page.evaluate("document.documentElement.textContent") == ""
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("**/en/guide")


def test_the_browser_cannot_go_forward_after_leaving_by_the_link_on_the_first_step(visitor: Visitor) -> None:
    """In an earlier version, the browser could still go forward to a later step of the report."""
    page = visitor.page
    visitor.visit("en/guide")
    visitor.visit("en/report")
    leave = page.locator("a[data-leave]")
    page.route(leave.get_attribute("href") or "", lambda route: route.fulfill(body="Elsewhere"))
    page.fill("#what", TEXT)
    page.click("#continue")
    expect(page.locator("#protect")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.locator("#what")).to_be_visible()
    leave.click()
    expect(page.locator("body")).to_have_text("Elsewhere")
    assert page.go_forward() is None
    expect(page.locator("body")).to_have_text("Elsewhere")
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("about:blank")
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("**/en/guide")


def test_a_report_page_works_again_after_following_a_link_or_reloading(visitor: Visitor, page: Page) -> None:
    """The page becomes empty only if the reporter leaves it quickly."""
    page.click("#continue")
    page.evaluate("history.back()")
    expect(page.locator("#what")).to_be_visible()
    page.reload()
    expect(page.locator("#what")).to_be_visible()
    page.click("#continue")
    visitor.visit("en/guide")
    page.go_back()
    expect(page.locator("#what")).to_be_visible()
    page.evaluate("history.back()")
    page.reload()
    expect(page.locator("#what")).to_be_visible()
    expect(page).to_have_url(f"{visitor.address}/en/report")
