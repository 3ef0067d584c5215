"""All mistakes are shown together: in a summary with links, beside each field, and in the title."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support import page_modules
from tests.support.builders import INSPECTORATE
from tests.support.on_screen import centred, stays
from tests.support.page_visitor import DESKTOP, SLOW, TELEPHONE, TEXT, Visitor

pytestmark = pytest.mark.browser


def told(page: Page, summary: str, field: str) -> None:
    """Expect that the summary has the focus and one link, and that the link's field shows the same text."""
    expect(page.locator(f"{summary}:focus a")).to_have_count(1)
    text = page.locator(f"{summary} a").inner_text()
    expect(page.locator(field)).to_have_attribute("aria-invalid", "true")
    (at_it,) = page.locator(".wrong").all()
    assert at_it.inner_text() == text
    assert at_it.get_attribute("id") in (page.get_attribute(field, "aria-describedby") or "").split()


def test_all_mistakes_are_shown_together_with_links_to_their_fields(visitor: Visitor) -> None:
    """A link can also lead to another step or into a folded section. Links add no entry to the history."""
    visitor.visit("en/report")
    page = visitor.page
    title = page.title()
    page.fill("#what", TEXT)
    visitor.turn_to("#days-first")
    page.check("#when-year")
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


def test_an_error_disappears_when_the_reporter_edits_its_field_but_the_space_for_the_error_stays(
    visitor: Visitor,
) -> None:
    """If the space for the error disappeared, the field would move at the first letter typed.

    The next press checks the field again.
    """
    visitor.visit("en/report")
    page = visitor.page
    title = page.title()
    page.fill("#what", "x" * 8_001)
    page.click("#continue")
    visitor.shows("#error", "too-long")
    expect(page.locator("#what")).to_have_attribute("aria-invalid", "true")
    place = page.locator("#what").evaluate("(each) => each.getBoundingClientRect().top + scrollY")
    heights = page.locator("body").evaluate("(each) => each.scrollHeight")
    page.fill("#what", "x" * 8_002)
    expect(page.locator("#what")).to_have_attribute("aria-invalid", "false")
    visitor.shows("#what-error", "changed")
    expect(page.locator("#error")).to_be_hidden()
    assert page.title() == title
    assert page.locator("#what").evaluate("(each) => each.getBoundingClientRect().top + scrollY") == place
    assert page.locator("body").evaluate("(each) => each.scrollHeight") == heights
    page.press("#continue", "Enter")
    visitor.shows("#error", "too-long")
    expect(page.locator(".corrected")).to_have_count(0)
    assert page.title() != title
    page.fill("#what", "x")
    page.click("#continue")
    expect(page.locator("#protect")).to_be_visible()
    expect(page.locator("#error")).to_be_hidden()


def test_a_field_that_was_not_changed_keeps_its_error(visitor: Visitor) -> None:
    """The summary no longer lists the error of the field that was changed."""
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
    page = visitor.page
    page.press("#write-anyway", "Enter")
    page.press("#follow-up-send", "Enter")
    expect(page.locator("#follow-up-error a:visible")).to_have_count(2)
    page.check(f"#follow-up-channels-{INSPECTORATE}")
    expect(page.locator("#follow-up-error a:visible")).to_have_count(1)
    visitor.shows("#follow-up-error a:visible", "empty-follow-up")
    visitor.shows("#follow-up .wrong.corrected", "changed")
    visitor.shows("#follow-up .wrong:not(.corrected)", "empty-follow-up")


def test_a_file_that_is_refused_leaves_the_error_as_it_is(visitor: Visitor, tmp_path: Path) -> None:
    """The control is a file that is added: it corrects the error."""
    page = visitor.page
    visitor.visit("en/report")
    visitor.turn_to("#channels")
    page.check(f"#channels-{INSPECTORATE}")
    visitor.turn_to("#files")
    visitor.go_on()
    expect(page.locator("#files")).to_have_attribute("aria-invalid", "true")
    for name, content, invalid in (("empty.txt", "", "true"), ("some.txt", "x", "false")):
        (tmp_path / name).write_text(content)
        page.set_input_files("#files", tmp_path / name)
        expect(page.locator("#files-note")).to_contain_text("is empty" if content == "" else "files: 1")
        expect(page.locator("#files")).to_have_attribute("aria-invalid", invalid)


def test_a_mistake_in_another_step_is_shown_in_the_current_step_with_a_link(
    visitor: Visitor,
) -> None:
    """“Continue” accepts an empty text, because a topic or a file is enough for a report."""
    visitor.visit("en/report")
    page = visitor.page
    page.click("#continue")
    page.check(f"#channels-{INSPECTORATE}")
    place = centred(page.locator("#continue"))
    page.click("#continue")
    expect(page.locator("#error:focus a")).to_have_count(2)
    expect(page.locator("#what")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#protect")).to_be_visible()
    assert stays(page.locator("#continue"), place)
    page.locator("#error a").first.click()
    expect(page.locator("#what")).to_be_focused()
    expect(page.locator(".wrong:visible")).to_have_count(1)
    expect(page.locator("#error")).to_be_visible()


@pytest.mark.parametrize("words", ["abandon " * 11, "abandon " * 11 + "qqqqq", "abandon " * 11 + "about"])
def test_an_error_in_the_twelve_words_is_also_shown_at_their_field(visitor: Visitor, words: str) -> None:
    """The errors: a word is missing, a word does not exist, or no report has these words."""
    page = visitor.page
    visitor.visit("fr/status")
    title = page.title()
    page.fill("#token", words)
    place = centred(page.locator("#open"))
    page.click("#open")
    told(page, "#error", "#token")
    assert stays(page.locator("#open"), place)
    assert page.title() not in {"", title}


def test_an_error_in_the_words_is_shown_below_the_button_and_at_the_field(visitor: Visitor) -> None:
    page = visitor.page
    visitor.write()
    page.fill("#confirm-1", "x")
    page.fill("#confirm-2", visitor.words[int(page.get_attribute("#confirm-2", "data-place") or -1)])
    place = centred(page.locator("#send"))
    page.click("#send")
    told(page, "#confirm-error", "#confirm-1")
    assert stays(page.locator("#send"), place)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        (["x", "x"], ["confirm-wrong", "confirm-wrong"]),
        (["x", ""], ["confirm-wrong", "confirm-missing"]),
        (["", "x"], ["confirm-missing", "confirm-wrong"]),
        (["", ""], ["confirm-missing"]),
    ],
)
def test_the_mistakes_in_both_words_are_shown_together(
    visitor: Visitor, typed: list[str], codes: list[str]
) -> None:
    """A wrong word and a missing word cause different errors, in the order of the fields.

    If both words are missing, one error is about both.
    """
    page = visitor.page
    visitor.write()
    fields = ("#confirm-1", "#confirm-2")
    for field, text in zip(fields, typed, strict=True):
        page.fill(field, text)
    place = centred(page.locator("#send"))
    page.click("#send")
    expect(page.locator("#confirm-error:focus a")).to_have_count(len(codes))
    for at, code in enumerate(codes):
        visitor.shows(f"#confirm-error li:nth-child({at + 1})", code)
    texts = page.locator("#confirm-error a").all_inner_texts()
    for field, text in zip(fields, texts * (len(fields) // len(texts)), strict=True):
        expect(page.locator(field)).to_have_attribute("aria-invalid", "true")
        expect(page.locator(field)).to_have_accessible_description(text)
    assert stays(page.locator("#send"), place)


def at_the_text(visitor: Visitor) -> tuple[str, str]:
    visitor.visit("fr/report")
    visitor.page.fill("#what", "x" * 8_001)
    return "#continue", "#error"


def at_the_end_of_an_empty_form(visitor: Visitor) -> tuple[str, str]:
    """Three mistakes are shown together."""
    visitor.visit("fr/report")
    visitor.turn_to("#days-first")
    visitor.page.check("#when-year")
    visitor.page.fill("#days-first", "2026-03-02")
    visitor.page.fill("#days-last", "2026-03-01")
    visitor.turn_to("#protect")
    return "#continue", "#error"


def at_the_two_words(visitor: Visitor) -> tuple[str, str]:
    visitor.write()
    return "#send", "#confirm-error"


def at_hidden_words(visitor: Visitor) -> tuple[str, str]:
    """The error is also shown between the words and the button."""
    visitor.visit("fr/status")
    visitor.page.fill("#token", "abandon " * 12)
    return "#open", "#error"


def at_words_of_no_report(visitor: Visitor) -> tuple[str, str]:
    """No other error about the words is as long."""
    visitor.visit("fr/status")
    visitor.page.fill("#token", "abandon " * 11 + "about")
    return "#open", "#error"


def at_an_empty_message(visitor: Visitor) -> tuple[str, str]:
    visitor.reported()
    visitor.open()
    visitor.opened()
    return "#follow-up-send", "#follow-up-error"


def at_a_withdrawal(visitor: Visitor) -> tuple[str, str]:
    at_an_empty_message(visitor)
    visitor.page.press("#to-withdraw", "Enter")
    return "#withdraw", "#withdraw-error"


# Twice the font size of the style sheet.
LARGE = "document.documentElement.style.fontSize = '34px'"


def test_an_error_at_one_of_two_words_leaves_both_labels_and_both_fields_on_one_line(
    visitor: Visitor,
) -> None:
    """The control: the error takes up room above the label of its field, but not above the other label."""
    page = visitor.page
    page.set_viewport_size(DESKTOP)
    visitor.write()
    page.fill("#confirm-1", "qqqq")
    asked = page.locator("#confirm-2")
    asked.fill(visitor.words[int(asked.get_attribute("data-place") or -1)])
    page.press("#send", "Enter")
    expect(page.locator("#token-asked .wrong")).to_have_count(1)
    tops = page.evaluate(
        """() => ["#confirm-1-label", "#confirm-2-label", "#confirm-1", "#confirm-2", ".pair .wrong"].map(
          (each) => Math.round(document.querySelector(each).getBoundingClientRect().top))"""
    )
    assert tops[0] == tops[1]
    assert tops[2] == tops[3]
    assert tops[4] < tops[0]
    assert tops[2] - tops[0] < 40


@pytest.mark.parametrize(
    "mistaken",
    [
        *(at_the_text, at_the_end_of_an_empty_form, at_the_two_words, at_hidden_words),
        *(at_words_of_no_report, at_an_empty_message, at_a_withdrawal),
    ],
)
def test_the_summary_of_errors_is_seen_above_the_bar_of_a_small_phone(
    visitor: Visitor, mistaken: Callable[[Visitor], tuple[str, str]]
) -> None:
    """When the button is pressed, the bar at the foot of the screen covers the place of the summary.

    If large text makes the summary higher than the room above the bar, the summary begins at the top.
    """
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    button, summary = mistaken(visitor)
    pressed = page.locator(button)
    expect(pressed).to_be_visible()
    for width, large in ((360, False), (320, False), (360, True), (320, True)):
        page.set_viewport_size({"width": width, "height": 640})
        page.evaluate(LARGE if large else "document.documentElement.style.fontSize = ''")
        bar = page.locator(".leave").bounding_box()
        assert bar
        pressed.evaluate(
            """(each, top) => {
              each.focus({ preventScroll: true });
              scrollBy({ top: each.getBoundingClientRect().bottom - top, behavior: "instant" });
            }""",
            bar["y"],
        )
        before = pressed.bounding_box()
        assert before
        assert bar["y"] - 80 < before["y"] + before["height"] <= bar["y"] + 1
        pressed.dispatch_event("click")
        expect(page.locator(f"{summary}:focus a").first).to_be_visible(timeout=SLOW)
        expect(pressed).to_be_enabled(timeout=SLOW)
        shown = page.locator(summary).bounding_box()
        assert shown
        told = (mistaken.__name__, width, large, shown, bar)
        if shown["height"] <= bar["y"]:
            assert 0 <= shown["y"] <= bar["y"] - shown["height"], told
        else:
            assert large, told
            assert 0 <= shown["y"] < 40, told


@pytest.mark.parametrize("screen", [TELEPHONE, DESKTOP], ids=["telephone", "desktop"])
def test_the_send_button_does_not_move_while_a_mistake_is_shown_and_corrected(
    visitor: Visitor, screen: ViewportSize
) -> None:
    """The summary of the mistakes appears below the button, and the message at the field appears above it."""
    visitor.page.set_viewport_size(screen)
    visitor.reported()
    visitor.open()
    visitor.opened()
    page = visitor.page
    title = page.title()
    send = page.locator("#follow-up-send")
    place = centred(send)
    for _ in range(2):
        send.click()
        told(page, "#follow-up-error", "#follow-up-text")
        assert stays(send, place)
        assert page.title().endswith(title)
        assert page.title() != title
    page.click("#follow-up-error a")
    expect(page.locator("#follow-up-text")).to_be_focused()
    page.keyboard.insert_text("Encore.")
    expect(page.locator("#follow-up-text")).to_have_attribute("aria-invalid", "false")
    place = centred(send)
    send.click()
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(page.locator(".wrong")).to_have_count(0)
    assert stays(send, place)
    assert page.title() == title


def test_all_mistakes_in_a_message_are_shown_together(visitor: Visitor) -> None:
    """One of the mistakes is that no reader of the report is chosen.

    The page asks for a reader only if the portal does not know the report.
    """
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
    visitor.page.click("#write-anyway")
    visitor.page.click("#follow-up-send")
    expect(visitor.page.locator("#follow-up-error:focus a")).to_have_count(2)
    expect(visitor.page.locator(".wrong:visible")).to_have_count(2)


def test_the_message_of_a_box_that_must_be_ticked_is_above_the_box(visitor: Visitor) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    page = visitor.page
    page.click("#to-withdraw")
    place = centred(page.locator("#withdraw"))
    page.click("#withdraw")
    told(page, "#withdraw-error", "#withdraw-meant")
    assert stays(page.locator("#withdraw"), place)
    above, box = (page.locator(each).bounding_box() for each in (".wrong", "#withdraw-meant"))
    assert above
    assert box
    assert above["y"] + above["height"] <= box["y"]


def test_a_second_error_adds_no_second_prefix_to_the_title(visitor: Visitor) -> None:
    """The title keeps the prefix until no error is left."""
    page = visitor.page
    visitor.visit("en/status")
    title = page.title()
    page_modules.load(page, "guarded")
    for place in ("error", "withdraw-error"):
        page.evaluate("(place) => modules.guarded.guarded(place, () => { throw new Error(place); })", place)
        assert page.title() == f"Error: {title}"
    page.evaluate("modules.guarded.clear('error')")
    assert page.title() == f"Error: {title}"
    page.evaluate("modules.guarded.clear('withdraw-error')")
    assert page.title() == title


def test_the_title_mentions_an_error_only_while_the_shown_step_has_an_error(visitor: Visitor) -> None:
    """After a wrong word, Back leads to a step without an error.

    The page then asks for the words without an error.
    """
    visitor.language = "en"
    visitor.write()
    page = visitor.page
    page.fill("#confirm-1", "x")
    page.press("#send", "Enter")
    visitor.shows("#confirm-error", "confirm-wrong")
    assert page.title().startswith("Error: ")
    title = page.title().removeprefix("Error: ")
    page.evaluate("history.back()")
    expect(page.locator("#step-token")).to_be_hidden()
    assert page.title() == title
    visitor.go_on()
    expect(page.locator("#token-words")).to_be_visible()
    assert page.title() == title
    expect(page.locator("#confirm-error")).to_be_hidden()
    expect(page.locator(".wrong")).to_have_count(0)


def test_the_error_of_a_message_is_hidden_when_the_step_to_withdraw_opens(visitor: Visitor) -> None:
    """The error does not return when the reporter presses “Keep my report”."""
    visitor.reported()
    visitor.language = "en"
    visitor.visit("en/status")
    title = visitor.page.title()
    visitor.open()
    visitor.opened()
    page = visitor.page
    page.press("#follow-up-send", "Enter")
    visitor.shows("#follow-up-error", "empty-follow-up")
    page.press("#to-withdraw", "Enter")
    assert page.title() == title
    page.press("#withdraw", "Enter")
    visitor.shows("#withdraw-error", "withdraw-not-meant")
    assert page.title() == f"Error: {title}"
    page.press("#keep-report", "Enter")
    expect(page.locator("#case h1")).to_be_focused()
    assert page.title() == title
    expect(page.locator("#follow-up-error")).to_be_hidden()
    expect(page.locator(".wrong")).to_have_count(0)
