"""Switching the language of an open page with a form keeps all input and stores nothing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from crypto import casetoken
from tests.support.builders import INSPECTORATE, OUTSIDE
from tests.support.page_visitor import ENVELOPES, SLOW, TEXT, Visitor
from tests.support.portal_site import slot_for

pytestmark = pytest.mark.browser

TO_ENGLISH, TO_FRENCH = "a[hreflang=en]", "a[hreflang=fr]"
# All words of the page, visible or hidden, except those in <noscript>.
WORDS = """() => {
  const all = document.body.cloneNode(true);
  for (const each of all.querySelectorAll("noscript")) each.remove();
  const named = [...all.querySelectorAll("[aria-label]")].map((each) => each.getAttribute("aria-label"));
  return [...all.textContent.split(/\\s+/), ...named, document.title, document.documentElement.lang];
}"""


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """An open report in French."""
    visitor.visit("fr/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    return visitor.page


def switched(page: Page, language: str) -> None:
    # Press Enter, because the page might mistake a click for a second click on the step's button.
    page.press(f"a[hreflang={language}]", "Enter")
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_switching_the_language_changes_every_word_of_the_page(visitor: Visitor, page: Page) -> None:
    """Hidden texts and texts written by scripts change too. Switching back restores all texts."""
    french = page.evaluate(WORDS)
    switched(page, "en")
    here = page.evaluate(WORDS)
    switched(page, "fr")
    assert page.evaluate(WORDS) == french
    visitor.visit("en/report")
    expect(page.locator("#what")).to_be_visible()
    assert page.evaluate(WORDS) == here
    assert set(here) != set(french)


def test_text_and_choices_and_files_are_kept_at_every_step_when_the_language_is_switched(
    visitor: Visitor, page: Page, file: Path
) -> None:
    """Each switch makes one request, like any visit.

    The browser stores nothing, and one report arrives.
    """
    page.fill("#what", TEXT)
    visitor.requests.clear()
    switched(page, "en")
    assert [request.url for request in visitor.requests] == [f"{visitor.address}/en/report"]
    assert page.input_value("#what") == TEXT
    visitor.turn_to("#protect")
    page.check("#how_many-few")
    page.fill("#protect", "Quai 4")
    page.check(f"#channels-{OUTSIDE}")
    switched(page, "fr")
    expect(page.locator("#protect")).to_be_visible()
    expect(page.locator("[data-field=how_many] .notice:visible")).to_contain_text("pourrait conduire à vous")
    visitor.turn_to("#files")
    page.set_input_files("#files", [file])
    expect(page.locator("#files-list > li[aria-busy=false]")).to_have_count(1)
    french = page.locator("#files-list").inner_text()
    switched(page, "en")
    expect(page.locator("#files-list > li")).to_contain_text(file.name)
    assert page.locator("#files-list").inner_text() != french
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    visitor.to_token()
    switched(page, "fr")
    visitor.confirm()
    visitor.arrived()
    report, files = visitor.site.report()
    assert {"what": TEXT, "protect": "Quai 4", "how_many": "few"} == report.answers
    assert (OUTSIDE, 1) == (report.channel, len(files))


def test_the_twelve_words_keep_the_language_in_which_they_were_first_shown(
    visitor: Visitor, page: Page
) -> None:
    """Until the words are shown, they are in the language of the page.

    The request to type two of the words is always in the language of the page.
    """
    page.fill("#what", TEXT)
    visitor.turn_to("#channels")
    page.check(f"#channels-{INSPECTORATE}")
    switched(page, "en")
    visitor.to_token()
    assert set(casetoken.parse(" ".join(visitor.words))) == {"en"}
    switched(page, "fr")
    assert page.locator("#token-words li").all_inner_texts() == visitor.words
    label = page.locator("#confirm-1-label")
    expect(label).to_have_text("Un mot")
    page.focus("#confirm-1")
    expect(label).to_have_text(re.compile(r"^Mot \d+$"))
    switched(page, "en")
    expect(label).to_have_text(re.compile(r"^Word \d+$"))
    visitor.confirm()
    visitor.arrived()
    first = page.locator("#day-first").inner_text()
    switched(page, "fr")
    assert re.search(r"\b\w+day,", first)
    expect(page.locator("#day-first")).not_to_have_text(first)
    visitor.open()
    visitor.opened()


def test_mistakes_are_shown_in_the_new_language_once_continue_is_pressed_again(
    visitor: Visitor, page: Page
) -> None:
    page.fill("#what", "x" * 8_001)
    page.click("#continue")
    visitor.shows("#error", "too-long")
    switched(page, "en")
    expect(page.locator("#error")).to_be_hidden()
    visitor.shows("#what-left", "characters-over")
    assert page.title().startswith("Write a report ")
    page.click("#continue")
    visitor.shows("#error", "too-long")
    expect(page.locator("#error")).to_contain_text("too long")


def test_the_address_names_the_current_language_even_after_going_back(visitor: Visitor, page: Page) -> None:
    """Reloading the page therefore keeps the language."""
    page.click("#continue")
    switched(page, "en")
    assert page.url == f"{visitor.address}/en/report"
    page.evaluate("history.back()")
    expect(page.locator("#what")).to_be_visible()
    expect(page).to_have_url(f"{visitor.address}/en/report")
    entries = page.evaluate("history.length")
    switched(page, "fr")
    assert page.evaluate("history.length") == entries
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_without_a_network_the_language_does_not_change_and_the_page_says_so(
    visitor: Visitor, page: Page
) -> None:
    page.fill("#what", TEXT)
    page.context.set_offline(True)
    page.click(TO_ENGLISH)
    visitor.shows("#closed", "offline")
    assert (page.input_value("#what"), page.locator("html").get_attribute("lang")) == (TEXT, "fr")
    page.context.set_offline(False)
    switched(page, "en")
    expect(page.locator("#closed")).to_be_hidden()
    assert page.input_value("#what") == TEXT


@pytest.mark.parametrize("change", [("data-version=", "data-version=9"), ("<main", "<p>New</p><main")])
def test_a_page_in_use_is_never_replaced_by_a_different_version_in_the_other_language(
    visitor: Visitor, page: Page, change: tuple[str, str]
) -> None:
    """The page keeps its text and its language, and says so.

    A page without text loads the other version, which takes its place in the history.
    """
    page.route("**/en/report", lambda route: altered(route, change))
    page.locator("#what").press_sequentially("Noël")
    page.click(TO_ENGLISH)
    visitor.shows("#closed", "language-differs")
    assert (page.input_value("#what"), page.locator("html").get_attribute("lang")) == ("Noël", "fr")
    page.on("dialog", lambda dialog: dialog.accept())
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    entries = page.evaluate("history.length")
    page.click(TO_ENGLISH)
    page.wait_for_url("**/en/report")
    assert page.evaluate("history.length") == entries


def test_the_receipt_is_kept_if_the_page_in_the_other_language_is_a_different_version(
    visitor: Visitor,
) -> None:
    """The twelve words can still be shown."""
    visitor.report()
    page = visitor.page
    page.route("**/en/report", lambda route: altered(route, ("data-version=", "data-version=9")))
    page.press(TO_ENGLISH, "Enter")
    visitor.shows("#closed", "language-differs")
    page.press("#show-token", "Enter")
    assert page.locator("#token-again li").all_inner_texts() == visitor.words
    expect(page).to_have_url(f"{visitor.address}/fr/report")


def altered(route: Route, change: tuple[str, str]) -> None:
    """Answer with another version of the page."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace(*change, 1))


def test_the_words_and_a_started_message_are_kept_on_the_answer_page_when_the_language_is_switched(
    visitor: Visitor,
) -> None:
    """No address, request or storage contains one of the words."""
    page = visitor.page
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    visitor.visit("fr/status")
    page.click("#show-typed")
    page.fill("#token", " ".join(visitor.words))
    visitor.requests.clear()
    switched(page, "en")
    assert page.input_value("#token") == " ".join(visitor.words)
    expect(page.locator("#show-typed")).to_have_text("Hide what I type")
    assert page.url == f"{visitor.address}/en/status"
    assert [request.url for request in visitor.requests] == [page.url]
    page.click("#open")
    visitor.opened()
    page.fill("#follow-up-text", TEXT)
    switched(page, "fr")
    assert page.input_value("#follow-up-text") == TEXT
    secrets = [word.encode() for word in visitor.words if len(word) > 5]
    for request in visitor.requests:
        told = request.url.encode() + (request.post_data_buffer or b"")
        assert [word for word in secrets if word in told] == []
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}


def test_switching_the_language_changes_every_text_of_a_case(visitor: Visitor) -> None:
    """The prepared sentences and the confirmation of a sent message also change.

    The message itself remains.
    """
    page = visitor.page
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    visitor.language = "en"
    visitor.open()
    visitor.opened()
    english = page.evaluate(WORDS)
    switched(page, "fr")
    visitor.shows("#status-label", "status-assessing")
    french = page.inner_text("#case")
    switched(page, "en")
    assert page.evaluate(WORDS) == english
    assert page.inner_text("#case") != french
    page.click("#begin-more")
    assert page.input_value("#follow-up-text").startswith("I want to add")
    page.fill("#follow-up-text", TEXT)
    page.press("#follow-up-send", "Enter")
    visitor.shows("#follow-up-done", "follow-up-sent")
    switched(page, "fr")
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(page.locator("#messages .you")).to_contain_text("Deuxième ligne.")


def test_the_language_of_the_page_for_an_unknown_case_can_be_switched_too(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
    switched(page, "en")
    expect(page.locator("#error")).to_be_hidden()
    page.click("#write-anyway")
    visitor.shows("#status-means", "unknown-case")
    english = page.inner_text("#case-title")
    switched(page, "fr")
    visitor.shows("#status-means", "unknown-case")
    expect(page.locator("#case-title")).not_to_have_text(english)


def test_the_language_can_be_switched_when_sending_has_stopped_and_then_one_report_arrives(
    visitor: Visitor,
) -> None:
    """The reason is shown in the new language."""
    page = visitor.page
    page.clock.install()
    visitor.write()
    page.route(ENVELOPES, lambda route: route.abort())
    visitor.confirm()
    visitor.give_up()
    french = page.inner_text("#failed")
    switched(page, "en")
    visitor.shows("#send-error", "offline")
    expect(page.locator("#send-error")).to_contain_text("The portal could not be reached")
    expect(page.locator("#retry")).to_be_visible()
    switched(page, "fr")
    assert page.inner_text("#failed") == french
    switched(page, "en")
    page.unroute(ENVELOPES)
    page.press("#retry", "Enter")
    visitor.arrived()
    assert len(visitor.site.received()) == 1
    assert visitor.site.report()[0].answers["what"] == TEXT


def test_the_language_can_be_switched_while_a_withdrawal_is_confirmed_and_after_it(visitor: Visitor) -> None:
    """The tick is kept. An error in the earlier language disappears."""
    page = visitor.page
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    visitor.open()
    visitor.opened()
    page.press("#to-withdraw", "Enter")
    french = page.inner_text("#step-withdraw")
    page.press("#withdraw", "Enter")
    visitor.shows("#withdraw-error", "withdraw-not-meant")
    switched(page, "en")
    expect(page.locator("#withdraw-error")).to_be_hidden()
    expect(page.locator("#step-withdraw h1")).to_have_text("Withdraw this report?")
    page.press("#withdraw-meant", "Space")
    switched(page, "fr")
    assert page.inner_text("#step-withdraw") == french
    expect(page.locator("#withdraw-meant")).to_be_checked()
    page.press("#withdraw", "Enter")
    expect(page.locator("#withdrawn h1")).to_be_focused(timeout=SLOW)
    there = page.inner_text("#withdrawn")
    switched(page, "en")
    expect(page.locator("#withdrawn h1")).to_have_text("Your withdrawal has arrived")
    switched(page, "fr")
    assert page.inner_text("#withdrawn") == there
    expect(page.locator("#case")).to_be_hidden()
    assert len([each for each in visitor.requests if each.url.endswith("/withdraw")]) == 1
