"""Elements that must not move on the screen, and elements that must be visible first."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from crypto import questionnaire
from tests.support.builders import INSPECTORATE, QUESTIONNAIRE
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import DESKTOP, TEXT, Visitor, turn_to
from tests.support.portal_site import slot_for

pytestmark = pytest.mark.browser

SMALL = ViewportSize(width=360, height=640)
NOTICES = [
    (field.id, option.id)
    for field in questionnaire.parse(QUESTIONNAIRE.read_bytes()).fields
    for option in field.options
    if option.notice
]
# The position of every control on the screen, up to the last answer of a question.
TOUCHED = """(field) => {
  const all = [...document.querySelectorAll(".choice, button, textarea, input, summary")];
  const last = [...document.querySelectorAll(`[data-field=${field}] .choice`)].at(-1);
  return all.slice(0, all.indexOf(last) + 1).filter((each) => !each.matches("[data-clear]")).map((each) => {
    const { top, left, width, height } = each.getBoundingClientRect();
    return [each.id, top, left, width, height];
  });
}"""
# The visible elements of the main part before the panel.
BEFORE_PANEL = """() => {
  const panel = document.querySelector(".arrived");
  return [...document.querySelectorAll("main *")].filter((each) => each.checkVisibility()
    && each.innerText?.trim() && !each.contains(panel)
    && each.compareDocumentPosition(panel) & Node.DOCUMENT_POSITION_FOLLOWING).map((each) => each.outerHTML);
}"""


def reported(visitor: Visitor) -> Iterator[str]:
    """Make a report on a small screen. Yield the name of each state that the page reaches."""
    page = visitor.page
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    yield "opened"
    page.fill("#what", "x" * 8_001)
    page.click("#continue")
    expect(page.locator("#error")).to_be_visible()
    yield "an error"
    page.fill("#what", TEXT)
    visitor.turn_to("#channels")
    yield "the second step"
    page.check("#danger_now-yes")
    page.check(f"#channels-{INSPECTORATE}")
    yield "a notice"
    page.mouse.wheel(0, 10_000)
    yield "scrolled"
    visitor.to_token()
    yield "the words"
    page.focus("#confirm-1")
    yield "a word typed"
    visitor.confirm()
    visitor.arrived()
    yield "sent"


def test_the_bar_with_leave_quickly_stays_in_place_from_the_first_word_to_the_receipt(
    visitor: Visitor,
) -> None:
    """Reporters find the bar at the same place, whatever the page does."""
    visitor.page.set_viewport_size(SMALL)
    places = {state: visitor.page.locator(".leave").bounding_box() for state in reported(visitor)}
    first, *_ = places.values()
    assert first
    assert first["y"] + first["height"] == SMALL["height"]
    assert len(places) == 8
    assert {state: place for state, place in places.items() if place != first} == {}


@pytest.mark.parametrize("screen", [SMALL, DESKTOP], ids=["phone", "desktop"])
def test_the_receipt_is_the_first_thing_that_is_visible(visitor: Visitor, screen: ViewportSize) -> None:
    """Before this, the page was scrolled down to the “Send” button."""
    page = visitor.page
    page.set_viewport_size(screen)
    visitor.write()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    visitor.confirm()
    visitor.arrived()
    panel, bar = page.locator(".arrived"), page.locator(".leave").bounding_box()
    expect(panel).to_be_in_viewport(ratio=1)
    expect(panel.locator("h1")).to_be_focused()
    box = panel.bounding_box()
    assert box
    assert bar
    assert box["y"] + box["height"] <= (bar["y"] if screen == SMALL else screen["height"])
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(BEFORE_PANEL) == []
    page.evaluate("document.querySelector('.arrived').before(document.querySelector('.dates'))")
    assert page.evaluate(BEFORE_PANEL) != []


@pytest.mark.parametrize(("field", "option"), NOTICES)
def test_a_notice_appears_below_the_answers_to_its_question_and_moves_none_of_them(
    visitor: Visitor, field: str, option: str
) -> None:
    """The notice does not move anything above the answers either."""
    page = visitor.page
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    visitor.turn_to(f"#{field}-{option}")
    page.locator(f"#{field}-{option}").scroll_into_view_if_needed()
    before = page.evaluate(TOUCHED, field)
    page.check(f"#{field}-{option}")
    notice = page.locator(f"[data-field={field}] :is(.notice, .danger):visible")
    expect(notice).to_have_count(1)
    assert page.evaluate(TOUCHED, field) == before
    last, shown = page.locator(f"[data-field={field}] .choice").last.bounding_box(), notice.bounding_box()
    assert last
    assert shown
    assert shown["y"] >= last["y"] + last["height"]


def case(visitor: Visitor) -> Page:
    """Open a case that has an answer."""
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    visitor.open()
    visitor.opened()
    return visitor.page


def test_going_back_from_the_withdrawal_step_shows_the_case_and_withdraws_nothing(visitor: Visitor) -> None:
    """Going back again leaves the page. The tick is not kept."""
    visitor.visit("fr/guide")
    page = case(visitor)
    for _ in range(2):
        page.locator("#to-withdraw").press("Enter")
        expect(page.locator("#step-withdraw h1")).to_be_focused()
        expect(page.locator("#withdraw-meant")).not_to_be_checked()
        page.press("#withdraw-meant", "Space")
        expect(page.locator("#withdraw-meant")).to_be_checked()
        page.evaluate("history.back()")
        expect(page.locator("#case h1")).to_be_focused()
        assert page.url == f"{visitor.address}/fr/status"
    assert [each.url for each in visitor.requests if each.url.endswith("/withdraw")] == []
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("**/fr/guide")


def test_the_back_button_in_the_offline_form_goes_back_one_step_and_keeps_the_text(
    offline_visitor: OfflineVisitor,
) -> None:
    """The test goes from the twelve words back to the first step.

    The form adds only one entry to the history.
    """
    person, page = offline_visitor, offline_visitor.page
    person.save()
    person.start()
    entries = page.evaluate("history.length")
    person.write()
    turn = ("#channels", "#what")
    for shown in turn:
        page.evaluate("history.back()")
        expect(page.locator(shown)).to_be_visible()
        assert page.evaluate("history.length") == entries + 1
    assert page.input_value("#what") == TEXT
    turn_to(page, "#channels")
    assert page.evaluate("history.length") == entries + 1
