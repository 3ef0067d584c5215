"""The questions of the report page in a real browser: which are shown, sent, and explained."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crypto import questionnaire
from crypto.questionnaire import Kind
from inbox.questionnaire import answers
from templates.catalogues import LANGUAGES
from tests.support import page_modules
from tests.support.builders import INSPECTORATE, OUTSIDE, QUESTIONNAIRE, make_keyring
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

ASKED = questionnaire.parse(QUESTIONNAIRE.read_bytes())
ROUNDS = 60
PLACES = """() => {
  const all = [...document.querySelectorAll("[data-field], .choice, #continue")];
  return all.filter((each) => each.offsetParent).map((each) => {
    const { top, left, width, height } = each.getBoundingClientRect();
    return [top + scrollY, left, width, height];
  });
}"""
STRIDE = 37


@pytest.fixture
def page(visitor: Visitor) -> Page:
    visitor.visit("en/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    page_modules.load(visitor.page, "questions")
    return visitor.page


def given(page: Page) -> dict[str, Any]:
    """Return the answers that would be sent now, with lists as tuples, as the protocol reads them."""
    found: dict[str, Any] = page.evaluate("modules.questions.answers()")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


@pytest.fixture
def unfolded(page: Page) -> Page:
    """The page with all questions visible."""
    page.evaluate("for (const each of document.querySelectorAll('[data-part]')) each.hidden = false")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    return page


def test_the_help_to_choose_a_subject_shows_only_the_headings_at_first(visitor: Visitor, page: Page) -> None:
    """A reporter reads a few headings, not sixteen subjects. A press on a heading shows its subjects."""
    (asked,) = [field for field in ASKED.fields if field.id == "category"]
    visitor.turn_to("#files")
    page.press("summary:has-text('Help me choose')", "Enter")
    folds = page.locator("[data-field=category] details.group")
    expect(folds.locator("summary")).to_have_text(
        [heading.en for heading, _ in asked.groups if heading], use_inner_text=True
    )
    expect(folds.locator("summary").locator("visible=true")).to_have_count(len(asked.groups))
    shown = page.locator("[data-field=category] .choice").locator("visible=true")
    expect(shown).to_have_count(0)
    folds.first.locator("summary").press("Enter")
    expect(shown).to_have_text([option.label.en for option in asked.groups[0][1]])


def test_choosing_a_situation_shows_its_questions_and_hides_those_of_the_previous_situation(
    unfolded: Page,
) -> None:
    page = unfolded
    expect(page.locator("#means-money")).to_be_hidden()
    page.check("#path-approached")
    page.check("#vector-sport")
    page.check("#means-money")
    page.check("#means-gift")
    page.check("#amount-under_1k")
    answered = {"vector": ("sport",), "means": ("money", "gift"), "amount": "under_1k"}
    assert {"path": "approached", **answered} == given(page)
    page.uncheck("#means-money")
    expect(page.locator("#amount-under_1k")).to_be_hidden()
    assert "amount" not in given(page)
    page.check("#path-saw")
    expect(page.locator("#vector-sport")).to_be_hidden()
    assert {"path": "saw"} == given(page)
    page.check("#path-gave_in")
    expect(page.locator("#vector-sport")).to_be_checked()


def test_a_report_with_every_kind_of_answer_arrives_as_the_inbox_expects(visitor: Visitor) -> None:
    visitor.visit("fr/report")
    page = visitor.page
    expect(page.locator("#what")).to_be_visible()
    before = len(visitor.requests)
    visitor.turn_to("#coi-no")
    page.check("#coi-no")
    for answer in ("path-reprisals", "category-reprisal", "told-nobody", "told-family", "how_know-rumour"):
        visitor.turn_to(f"#{answer}")
        page.check(f"#{answer}")
    visitor.turn_to("#place")
    page.check("#when-year")
    page.check("#where-atlantic")
    page.fill("#days-first", "2026-02-27")
    page.fill("#days-last", "2026-03-01")
    page.fill("#place", "Quai 4")
    page.locator("[data-field=how_know] [data-clear]").click()
    page.locator("[data-part=optional] > details > summary").last.click()
    assert len(visitor.requests) == before
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    report = visitor.site.report()[0]
    sent = {
        "path": "reprisals",
        "category": "reprisal",
        "when": "year",
        "days": "2026-02-27/2026-03-01",
        "where": "atlantic",
        "place": "Quai 4",
        "told": ("nobody", "family"),
        "coi": "no",
    }
    assert sent == report.answers
    assert {} == answers.oddities(ASKED, report.answers)
    assert (ASKED.id, ASKED.version) == (report.questionnaire.id, report.questionnaire.version)


def test_each_choice_can_be_cleared_and_made_again(unfolded: Page) -> None:
    """Browsers cannot clear radio buttons, so the page has a button. Tick boxes need no such button."""
    page = unfolded
    page.check("#path-approached")
    page.check("#means-money")
    page.check("#category-other")
    lists = [field for field in ASKED.fields if field.kind is Kind.CHOICE]
    assert len(lists) == 13
    expect(page.locator("[data-clear]")).to_have_count(len(lists))
    for field in reversed(lists):
        first, last = (page.locator(f"#{field.id}-{field.options[at].id}") for at in (0, -1))
        clear = page.locator(f"[data-field={field.id}] [data-clear]")
        first.check()
        assert field.options[0].id == given(page)[field.id]
        expect(clear).to_have_accessible_name(f"Clear: {field.label.en}")
        last.check()
        clear.click()
        assert field.id not in given(page)
        expect(clear).to_be_hidden()
        expect(page.locator(f"[data-field={field.id}] input:checked")).to_have_count(0)
        expect(first).to_be_focused()
        first.check()
        assert field.options[0].id == given(page)[field.id]


def test_clearing_an_answer_hides_its_notice_and_questions(unfolded: Page) -> None:
    page = unfolded
    page.check("#danger_now-yes")
    page.check("#path-gave_in")
    expect(page.locator("fieldset :is(.notice, .danger):visible")).to_have_count(2)
    for field in ("danger_now", "path"):
        page.locator(f"[data-field={field}] [data-clear]").click()
    # The usual numbers to call are back in place of the notice.
    expect(page.locator("fieldset :is(.notice, .danger):visible")).to_have_count(1)
    expect(page.locator("[data-field=danger_now] .danger:visible")).to_contain_text(
        "Do not wait for an answer here."
    )
    expect(page.locator("#vector-sport")).to_be_hidden()
    assert {} == given(page)


def test_nothing_moves_when_a_question_is_answered_or_cleared(unfolded: Page) -> None:
    """The button to clear the answer is beside the question, so nothing under the finger moves."""
    page = unfolded
    clear = page.locator("[data-field=return] [data-clear]")
    before = page.evaluate(PLACES)
    page.check("#return-week")
    expect(clear).to_be_visible()
    assert page.evaluate(PLACES) == before
    clear.click()
    assert page.evaluate(PLACES) == before


def test_the_page_and_the_inbox_agree_on_which_answers_belong_together(unfolded: Page) -> None:
    """After any sequence of presses, the inbox finds no inconsistent answer."""
    page = unfolded
    lists = [field for field in ASKED.fields if field.options]
    presses = [f"#{field.id}-{option.id}" for field in lists for option in field.options]
    presses += [f"[data-field={field.id}] [data-clear]" for field in lists if field.kind is Kind.CHOICE]
    seen: set[str] = set()
    for turn in range(ROUNDS):
        page.evaluate("(one) => document.querySelector(one).click()", presses[turn * STRIDE % len(presses)])
        sent = given(page)
        assert {} == answers.oddities(ASKED, sent)
        seen |= set(sent)
    assert len(seen) > len(lists) // 2


def test_a_topic_alone_is_enough_for_a_report_but_a_place_alone_is_not(visitor: Visitor, page: Page) -> None:
    visitor.turn_to("#protect")
    page.check(f"#channels-{INSPECTORATE}")
    page.fill("#protect", "x")
    visitor.turn_to("#place")
    page.check("#where-overseas")
    page.fill("#place", "Quai 4")
    visitor.go_on()
    visitor.shows("#error", "empty-report")
    visitor.turn_to("#category-unsure")
    page.check("#category-unsure")
    visitor.to_token()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_error_about_the_missing_reader_names_the_step_that_asks_for_the_reader(
    visitor: Visitor, language: str
) -> None:
    """The optional step shows the error, but not the question. The question is marked as required."""
    page = visitor.page
    visitor.visit(f"{language}/report")
    page.fill("#what", "x")
    visitor.turn_to("#files")
    visitor.go_on()
    visitor.shows("#error", "no-reader-chosen")
    link = page.locator("#error a")
    expect(link).to_have_text(re.compile("tape 2|tep 2"))
    link.press("Enter")
    expect(page.locator(f"#channels-{INSPECTORATE}")).to_be_focused()
    assert "2" in page.inner_text("[data-part]:visible .step")
    expect(page.locator("#channels legend")).to_have_text(re.compile("Obligatoire|Required"))


def test_each_link_of_the_error_leads_to_a_place_where_an_empty_report_can_be_corrected(
    visitor: Visitor,
) -> None:
    """One link leads to the text, and one to the files and the subjects. One correction is enough."""
    page = visitor.page
    visitor.visit("en/report")
    visitor.turn_to("#protect")
    page.check(f"#channels-{INSPECTORATE}")
    for at, place in enumerate(("#what", "#files")):
        visitor.turn_to("#protect")
        page.press("#continue", "Enter")
        links = page.locator("#error a")
        expect(links).to_have_count(2)
        links.nth(at).press("Enter")
        expect(page.locator(place)).to_be_focused()
        shown = page.locator(".wrong:visible")
        expect(shown).to_have_text([links.nth(at).inner_text()])
    visitor.turn_to("#category-threat")
    page.check("#category-threat")
    expect(page.locator("#error li:not(.corrected)")).to_have_count(0)
    visitor.to_token()


def test_an_important_notice_appears_as_soon_as_its_answer_is_chosen(unfolded: Page) -> None:
    page = unfolded
    shown = page.locator("fieldset .notice:visible")
    expect(shown).to_have_count(0)
    page.check("#how_many-few")
    expect(shown).to_contain_text("could lead to you")
    page.check("#how_many-only_me")
    expect(shown).to_have_text(notice("how_many", "only_me"))
    page.check("#how_many-many")
    expect(shown).to_have_count(0)


def test_a_reporter_who_says_that_somebody_is_in_danger_can_call_with_one_touch(unfolded: Page) -> None:
    """The numbers are below the question at once, and a moment later also above the button.

    Before an answer, and after the answer “no”, the page shows the usual box instead.
    """
    card = unfolded.locator("[data-field=danger_now] .danger:visible")
    again = unfolded.locator("[data-part] > .danger[data-when]")
    usual = "In danger now?"
    expect(card).to_contain_text(usual)
    expect(again).to_be_hidden()
    ends = "(each) => [each, each.querySelector('.numbers')].map((one) => one.getBoundingClientRect().bottom)"
    end, numbers_end = card.evaluate(ends)
    assert end - numbers_end < 30
    for option in ("yes", "unsure"):
        unfolded.check(f"#danger_now-{option}")
        expect(card.locator("p").first).to_have_text(notice("danger_now", option))
        expect(card.locator("a")).to_have_text(["Call 17", "Call 112", "Text 114"])
        assert ["tel:17", "tel:112", "sms:114"] == [
            each.get_attribute("href") for each in card.locator("a").all()
        ]
        expect(again.locator("a")).to_have_text(["Call 17", "Call 112", "Text 114"])
        expect(again).to_be_visible()
    unfolded.check("#danger_now-no")
    expect(card).to_have_count(1)
    expect(card).to_contain_text(usual)
    expect(again).to_be_hidden()


def notice(field: str, option: str) -> str:
    """Return the English notice of an answer."""
    options = {(asked.id, each.id): each for asked in ASKED.fields for each in asked.options}
    found = options[field, option].notice
    assert found
    return found.en


def test_a_screen_reader_reads_each_warning_with_its_question(page: Page) -> None:
    for field in (field for field in ASKED.fields if field.warning):
        whole = page.locator(f"[data-field={field.id}]")
        described = whole if field.kind not in {Kind.TEXT, Kind.LINE} else page.locator(f"#{field.id}")
        ids = (described.get_attribute("aria-describedby") or "").split()
        assert f"{field.id}-warning" in ids
        expect(page.locator(f"#{field.id}-warning")).to_have_text(field.warning.en if field.warning else "")


def test_a_mistyped_container_number_is_pointed_out_and_sent_unchanged(unfolded: Page) -> None:
    page = unfolded
    hint = page.locator("[data-field=refs] [role=status]")
    page.fill("#refs", "CSQU3054384, seen on quay 4")
    page.press("#refs", "Tab")
    expect(hint).to_contain_text("CSQU3054384")
    expect(hint).to_contain_text("should be 3")
    assert {"refs": "CSQU3054384, seen on quay 4"} == given(page)
    page.fill("#refs", "CSQU3054383")
    page.press("#refs", "Tab")
    expect(hint).to_have_text("")


def tied(page: Page, field: str) -> tuple[str | None, bool]:
    """Return whether a field is marked as wrong, and whether its message is read out with the field."""
    described = page.get_attribute(field, "aria-describedby") or ""
    return page.get_attribute(field, "aria-invalid"), "days-first-error" in described.split()


def test_days_in_the_wrong_order_are_refused(visitor: Visitor, page: Page) -> None:
    visitor.turn_to("#days-first")
    page.check("#when-month")
    page.fill("#days-first", "2026-03-02")
    page.fill("#days-last", "2026-03-01")
    visitor.go_on()
    visitor.shows("#error", "days-reversed")
    for day in ("#days-first", "#days-last"):
        assert tied(page, day) == ("true", True)
    page.fill("#days-first", "")
    assert tied(page, "#days-last") == ("false", True), "the message stays where it is while this is typed"
    assert {"when": "month", "days": "2026-03-01"} == given(page)
    page.fill("#days-first", "2026-03-01")
    visitor.go_on()
    assert tied(page, "#days-last") == ("false", False)
    visitor.turn_to("#days-first")
    assert {"when": "month", "days": "2026-03-01"} == given(page)


def test_another_body_is_proposed_for_a_report_that_may_be_about_its_readers(
    visitor: Visitor, page: Page
) -> None:
    visitor.turn_to("#coi-no")
    clear = page.locator("[data-field=coi] [data-clear]")
    first, other = page.locator(f"#channels-{INSPECTORATE}"), page.locator(f"#channels-{OUTSIDE}")
    page.check("#coi-unsure")
    expect(other).to_be_checked()
    page.check("#coi-no")
    expect(first).to_be_checked()
    clear.click()
    expect(first).to_be_checked()
    other.check()
    page.check("#coi-no")
    expect(other).to_be_checked()
    expect(page.locator("#channels-only")).to_be_hidden()


def test_a_reporter_who_says_that_the_report_is_about_its_readers_can_choose_only_another_body(
    visitor: Visitor, page: Page
) -> None:
    """An earlier choice of the first reader makes no difference.

    Clearing the answer offers the first reader again, at the same place.
    """
    visitor.turn_to("#coi-no")
    first, other = page.locator(f"#channels-{INSPECTORATE}"), page.locator(f"#channels-{OUTSIDE}")
    radios = page.locator("#channels input")
    first.check()
    page.check("#coi-yes")
    expect(radios).to_have_count(1)
    expect(other).to_be_visible()
    expect(other).to_be_checked()
    page.check("#coi-unsure")
    expect(radios).to_have_count(2)
    expect(radios.first).to_have_attribute("value", OUTSIDE)
    assert [OUTSIDE, INSPECTORATE] == [each.get_attribute("value") for each in radios.all()]
    expect(other).to_be_checked()
    page.locator("[data-field=coi] [data-clear]").click()
    expect(radios.first).to_have_attribute("value", INSPECTORATE)
    assert [INSPECTORATE, OUTSIDE] == [each.get_attribute("value") for each in radios.all()]


def test_before_anything_is_sent_the_page_says_that_there_is_no_other_reader(visitor: Visitor) -> None:
    visitor.site.publish(make_keyring(visitor.site.site, bodies=[visitor.site.site.inspectorate]))
    visitor.visit("fr/report")
    visitor.page.fill("#what", "x")
    visitor.turn_to("#coi-yes")
    visitor.page.check("#coi-yes")
    visitor.shows("#channels-only", "no-other-reader")
    visitor.go_on()
    visitor.shows("#error", "no-reader-chosen")
    expect(visitor.page.locator("#channels input")).to_be_visible()
    expect(visitor.page.locator("#channels legend")).to_contain_text("Obligatoire")
    visitor.page.check("#coi-no")
    expect(visitor.page.locator("#channels-only")).to_be_hidden()
    visitor.to_token()
