"""The second press of a double click, or of an impatient finger, has no effect."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import ENVELOPES, SLOW, TELEPHONE, TEXT, Visitor, methods, turn_to
from tests.support.portal_site import slot_for, with_receipt

pytestmark = pytest.mark.browser

TIMES = [2, 3]
# The script reports two quick taps at one place, like a browser that does not count taps.
TWO_TAPS = """(selector) => {
  const tapped = document.querySelector(selector);
  const { left, top } = tapped.getBoundingClientRect();
  const at = { clientX: left + 5, clientY: top + 5 };
  const tap = { bubbles: true, cancelable: true, detail: 1, pointerType: "touch", ...at };
  for (const type of ["pointerdown", "click", "pointerdown", "click"]) {
    tapped.dispatchEvent(new PointerEvent(type, tap));
  }
}"""

# Two taps on two elements, one soon after the other. If the second tap is less than 100 pixels away,
# Chromium counts it as the second tap of a double tap.
TAPS_NEARBY = """([first, second]) => {
  for (const [at, selector] of [first, second].entries()) {
    const tapped = document.querySelector(selector);
    const { left, top } = tapped.getBoundingClientRect();
    const place = { clientX: left + 5, clientY: top + 5 };
    const tap = { bubbles: true, cancelable: true, detail: at + 1, pointerType: "touch", ...place };
    for (const type of ["pointerdown", "click"]) tapped.dispatchEvent(new PointerEvent(type, tap));
  }
}"""


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """An open report in French."""
    visitor.visit("fr/report")
    visitor.page.wait_for_selector("#what", state="visible")
    return visitor.page


@pytest.fixture
def touched(visitor: Visitor, chromium: Browser) -> Iterator[Page]:
    """The optional step of a report on a touch screen."""
    context = chromium.new_context(viewport=TELEPHONE, has_touch=True)
    page = context.new_page()
    page.goto(f"{visitor.address}/fr/report")
    turn_to(page, "#files")
    # Chromium turns a tap into a click only after the page is painted.
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    yield page
    context.close()


@pytest.mark.parametrize("count", TIMES)
def test_repeated_clicks_send_a_report_once_and_change_nothing_else(
    visitor: Visitor, page: Page, count: int
) -> None:
    page.fill("#what", TEXT)
    page.click("#continue", click_count=count)
    expect(page.locator("#protect")).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(0)
    page.click("#more", click_count=count)
    expect(page.locator("[data-part=optional]")).to_be_visible()
    expect(page.locator("details[open]")).to_have_count(0)
    page.click("#previous", click_count=count)
    expect(page.locator("#protect")).to_be_visible()
    page.click(f"#channels-{INSPECTORATE}", click_count=count)
    page.click("#continue", click_count=count)
    expect(page.locator("#token-words li")).to_have_count(12)
    expect(page.locator("#confirm-error")).to_be_hidden()
    visitor.words = page.locator("#token-words li").all_inner_texts()
    for number in (1, 2):
        asked = page.locator(f"#confirm-{number}")
        asked.fill(visitor.words[int(asked.get_attribute("data-place") or -1)])
    page.click("#send", click_count=count)
    visitor.arrived()
    page.click("#show-token", click_count=count)
    expect(page.locator("#token-again li")).to_have_count(12)
    assert methods(visitor) == ["POST"]
    assert len(visitor.site.received()) == 1
    assert visitor.site.report()[0].answers == {"what": TEXT}


@pytest.mark.parametrize("count", TIMES)
def test_repeated_clicks_on_the_back_button_go_back_only_one_step(
    visitor: Visitor, page: Page, count: int
) -> None:
    page.fill("#what", TEXT)
    page.click("#continue")
    page.check(f"#channels-{INSPECTORATE}")
    visitor.to_token()
    page.click("#back-to-text", click_count=count)
    expect(page.locator("#protect")).to_be_visible()


@pytest.mark.parametrize("button", ["#retry", "#back"])
def test_repeated_clicks_after_a_failure_count_once(visitor: Visitor, button: str) -> None:
    page = visitor.page
    page.clock.install()
    visitor.write()
    page.route(ENVELOPES, lambda route: route.abort())
    visitor.confirm()
    visitor.give_up()
    page.unroute(ENVELOPES)
    page.click(button, click_count=3)
    if button == "#back":
        expect(page.locator("#what")).to_be_visible()
        assert visitor.site.received() == []
    else:
        visitor.arrived()
        assert len(visitor.site.received()) == 1


@pytest.mark.parametrize("count", TIMES)
def test_repeated_clicks_show_the_words_and_open_the_case_once(visitor: Visitor, count: int) -> None:
    """If the second click counted, it would hide the words again."""
    visitor.reported()
    page = visitor.page
    visitor.visit("fr/status")
    page.fill("#token", " ".join(visitor.words))
    page.click("#show-typed", click_count=count)
    expect(page.locator("#show-typed")).to_have_attribute("aria-pressed", "true")
    visitor.requests.clear()
    page.click("#open", click_count=count)
    visitor.opened()
    expect(page.locator("#follow-up")).to_be_visible()
    assert len([each for each in visitor.requests if each.url.endswith("/api/slot")]) == 1


@pytest.mark.parametrize("count", TIMES)
def test_repeated_clicks_clear_a_choice_or_tick_a_box_once(visitor: Visitor, page: Page, count: int) -> None:
    visitor.turn_to("#danger_now-no")
    page.check("#danger_now-no")
    page.click("[data-field=danger_now] [data-clear]", click_count=count)
    expect(page.locator("input:checked")).to_have_count(0)
    visitor.turn_to("#told-family")
    page.click("#told-family", click_count=count)
    expect(page.locator("#told-family")).to_be_checked()
    page.click("label:has(#told-union)", click_count=count)
    expect(page.locator("#told-union")).to_be_checked()


def test_two_taps_count_once_even_if_the_browser_does_not_count_taps(visitor: Visitor, page: Page) -> None:
    """The control is a mouse: each of its clicks counts."""
    visitor.turn_to("#told-family")
    page.evaluate(TWO_TAPS, "#told-family")
    expect(page.locator("#told-family")).to_be_checked()
    page.evaluate(TWO_TAPS.replace("touch", "mouse"), "#told-union")
    expect(page.locator("#told-union")).not_to_be_checked()


def test_two_quick_taps_on_different_boxes_unfold_both(visitor: Visitor, page: Page) -> None:
    """The control is the same box: the second tap does not fold it again."""
    visitor.turn_to("#files")
    boxes = [f"[data-part=optional] > details:nth-of-type({at}) > summary" for at in (1, 3, 4)]
    page.evaluate(TAPS_NEARBY, boxes[:2])
    page.evaluate(TAPS_NEARBY, boxes[2:] * 2)
    for box in boxes:
        expect(page.locator(box).locator("..")).to_have_attribute("open", "")


def test_two_quick_taps_on_different_labels_tick_both(visitor: Visitor, page: Page) -> None:
    """Each label passes its click on to its field. The control: a second tap on one label is ignored."""
    visitor.turn_to("#told-family")
    page.evaluate(TAPS_NEARBY, ["label:has(#told-family)", "label:has(#told-union)"])
    for box in ("#told-family", "#told-union"):
        expect(page.locator(box)).to_be_checked()
    page.evaluate(TAPS_NEARBY, ["label:has(#told-colleague)"] * 2)
    expect(page.locator("#told-colleague")).to_be_checked()


def test_a_tap_on_a_label_is_one_press_although_the_browser_also_clicks_its_field(touched: Page) -> None:
    """In an earlier version, a tap on the label ticked no box and added no file."""
    turn_to(touched, "#told-union")
    touched.tap("label:has(#told-union)")
    expect(touched.locator("#told-union")).to_be_checked()
    with touched.expect_file_chooser():
        touched.tap("label.button[for=files]")


def test_double_clicks_still_select_words_and_still_work_on_the_link_to_leave(page: Page) -> None:
    """Each click inside a text or on “Leave quickly” has its effect."""
    page.route("https://**", lambda route: route.fulfill(body="Elsewhere"))
    page.fill("#what", "Quai")
    page.dblclick("#what", position={"x": 20, "y": 20})
    assert page.evaluate("getSelection().toString()") == "Quai"
    page.click("#continue")
    page.dblclick("a[data-leave]", no_wait_after=True)
    expect(page.locator("body")).to_have_text("Elsewhere")


# Count the clicks that reach the page from now on.
COUNT = "window.presses = 0; document.addEventListener('click', () => { window.presses += 1; })"


PRESS_WITH_A_KEY = """([place, clientX, clientY]) => document.querySelector(place).dispatchEvent(
  new MouseEvent("click", { bubbles: true, cancelable: true, detail: 0, clientX, clientY }))"""


def opening(visitor: Visitor) -> Page:
    """Type the words of an answered case, with the page's clock stopped."""
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    page = visitor.page
    page.clock.install()
    visitor.visit("fr/status")
    expect(page.locator("#token")).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.fill("#token", " ".join(visitor.words))
    return page


def opened(visitor: Visitor) -> Page:
    page = opening(visitor)
    page.click("#open")
    visitor.opened()
    page.clock.fast_forward(2_000)
    return page


def centre(place: Locator) -> tuple[float, float]:
    place.scroll_into_view_if_needed()
    box: FloatRect | None = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def put_under(page: Page, place: str, point: tuple[float, float]) -> None:
    """Move an element to this point of the screen."""
    page.locator(place).first.evaluate(
        """(each, [x, y]) => {
          const place = { left: `${x - 40}px`, top: `${y - 20}px`, padding: "20px" };
          Object.assign(each.style, place, { position: "fixed", zIndex: 9 });
        }""",
        point,
    )


def presses(page: Page) -> int:
    found: int = page.evaluate("window.presses")
    return found


def test_a_second_press_on_the_continue_button_does_not_answer_a_question_of_the_next_step(
    visitor: Visitor,
) -> None:
    """In an earlier version, the second press answered the question whether somebody is in danger.

    The control is a press a moment later, which counts.
    """
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.clock.install()
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.fill("#what", TEXT)
    point = centre(page.locator("#continue"))
    page.mouse.click(*point)
    expect(page.locator("[data-part]:visible h1")).to_be_focused()
    put_under(page, "label:has(#danger_now-yes)", point)
    page.clock.fast_forward(900)
    page.mouse.click(*point)
    expect(page.locator("input:checked")).to_have_count(0)
    page.clock.fast_forward(100)
    page.mouse.click(*point)
    expect(page.locator("#danger_now-yes")).to_be_checked()


def test_a_second_press_on_the_open_button_has_no_effect_in_the_case(visitor: Visitor) -> None:
    """In an earlier version, the second press pressed “withdraw”.

    The control is a press at the same place a moment later, which counts.
    """
    page = opening(visitor)
    page.evaluate(COUNT)
    point = centre(page.locator("#open"))
    page.mouse.click(*point)
    visitor.opened()
    assert presses(page) == 1
    page.mouse.click(*point)
    assert presses(page) == 1
    expect(page.locator("#case")).to_be_visible()
    page.clock.fast_forward(1_000)
    page.mouse.click(*point)
    assert presses(page) == 2


@pytest.mark.parametrize(("away", "counted"), [(0, 1), (16, 1), (23, 1), (40, 2), (120, 2)])
def test_a_second_press_counts_only_if_it_is_too_far_away_to_be_a_slip_of_the_finger(
    visitor: Visitor, away: int, counted: int
) -> None:
    """A press near the first press, in any direction, is meant for the element that was there before."""
    page = opening(visitor)
    page.evaluate(COUNT)
    x, y = centre(page.locator("#open"))
    page.mouse.click(x, y)
    visitor.opened()
    assert presses(page) == 1
    page.mouse.click(x, y - away)
    assert presses(page) == counted


def test_a_double_press_on_the_withdraw_button_only_opens_its_step(visitor: Visitor) -> None:
    page = opened(visitor)
    for presses_at_once in (2, 3):
        page.locator("#to-withdraw").click(click_count=presses_at_once)
        expect(page.locator("#step-withdraw h1")).to_be_focused()
        expect(page.locator("#withdraw-meant")).not_to_be_checked()
        page.clock.fast_forward(1_000)
        page.click("#keep-report")
        expect(page.locator("#case h1")).to_be_focused()
        page.clock.fast_forward(1_000)
    assert [each for each in visitor.requests if each.url.endswith("/withdraw")] == []


def test_a_second_press_does_not_lead_away_from_the_confirmation_of_a_withdrawal(visitor: Visitor) -> None:
    """In an earlier version, the second press followed the link that appeared at that place."""
    page = opened(visitor)
    page.click("#to-withdraw")
    page.check("#withdraw-meant")
    page.evaluate(COUNT)
    point = centre(page.locator("#withdraw"))
    page.mouse.click(*point)
    expect(page.locator("#withdrawn h1")).to_be_focused()
    # Move a link to another page to this place.
    put_under(page, "footer a", point)
    page.mouse.click(*point, click_count=2)
    assert presses(page) == 1
    expect(page.locator("#withdrawn")).to_be_visible()
    page.clock.fast_forward(1_000)
    page.click("#withdrawn-read")
    expect(page).to_have_url(f"{visitor.address}/fr/")


def test_repeated_presses_on_the_send_button_send_a_message_once(visitor: Visitor) -> None:
    page = opened(visitor)
    page.fill("#follow-up-text", "Encore.")
    page.locator("#follow-up-send").click(click_count=3)
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(page.locator("#follow-up-error")).to_be_hidden()
    assert len(visitor.site.received()) == 2


def test_a_second_press_after_a_message_is_sent_causes_no_error_about_an_empty_message(
    visitor: Visitor,
) -> None:
    """The second press comes too late to be part of a double click.

    The control is a press a moment later, which counts.
    """
    page = opened(visitor)
    page.fill("#follow-up-text", "Encore.")
    point = centre(page.locator("#follow-up-send"))
    page.mouse.click(*point)
    visitor.shows("#follow-up-done", "follow-up-sent")
    page.clock.fast_forward(600)
    page.mouse.click(*point)
    expect(page.locator("#follow-up-done")).to_be_visible()
    expect(page.locator("#follow-up-error")).to_be_hidden()
    page.clock.fast_forward(1_000)
    page.mouse.click(*point)
    visitor.shows("#follow-up-error", "empty-follow-up")


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_begin_a_message_or_copy_a_day_or_save_a_proof_only_once(
    visitor: Visitor, count: int
) -> None:
    report = visitor.reported()
    visitor.site.answer(report, with_receipt(slot_for(report), report, visitor.site.site))
    page = visitor.page
    visitor.open()
    visitor.opened()
    saves: list[str] = []
    page.on("download", lambda download: saves.append(download.suggested_filename))
    page.evaluate("window.copies = 0; document.addEventListener('copy', () => { window.copies += 1; })")
    page.click("#begin-unsafe", click_count=count)
    begun = page.locator("#begin-unsafe").get_attribute("data-begin") or "?"
    expect(page.locator("#follow-up-text")).to_have_value(re.compile(f"^{re.escape(begun.strip())}\\s*$"))
    page.press("#calendar summary", "Enter")
    page.locator("#calendar-lines button").first.click(click_count=count)
    expect(page.locator("#calendar-copied")).to_be_visible()
    assert page.evaluate("window.copies") == 1
    page.press("#proof summary", "Enter")
    with page.expect_download():
        page.click("#save-proof", click_count=count)
    expect(page.locator("#proof-saved")).to_be_visible(timeout=SLOW)
    # Downloads arrive in order. If the clicks had started a second download, that download would arrive now,
    # and the download that the key starts would arrive after it.
    with page.expect_download():
        page.press("#save-proof", "Enter")
    assert saves == ["proof.json"] * 2


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_copy_the_words_once(visitor: Visitor, count: int) -> None:
    visitor.write()
    page = visitor.page
    page.evaluate("window.copies = 0; document.addEventListener('copy', () => { window.copies += 1; })")
    page.press("details:has(#copy-token) summary", "Enter")
    page.click("#copy-token", click_count=count)
    visitor.shows("#copied", "token-copied")
    assert page.evaluate("window.copies") == 1


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_withdraw_a_report_once(visitor: Visitor, count: int) -> None:
    page = opened(visitor)
    page.press("#to-withdraw", "Enter")
    page.check("#withdraw-meant")
    page.clock.fast_forward(2_000)
    page.click("#withdraw", click_count=count)
    expect(page.locator("#withdrawn h1")).to_be_focused(timeout=SLOW)
    assert len([each for each in visitor.requests if each.url.endswith("/withdraw")]) == 1


def test_a_key_press_never_counts_as_the_second_press_of_a_double_click(visitor: Visitor) -> None:
    """Firefox reports a key press at the place of the focused button, perhaps the place of the last press."""
    page = opened(visitor)
    point = centre(page.locator("#to-withdraw"))
    page.mouse.click(*point)
    expect(page.locator("#step-withdraw h1")).to_be_focused()
    page.evaluate(PRESS_WITH_A_KEY, ["#keep-report", *point])
    expect(page.locator("#case h1")).to_be_focused()


def test_the_link_to_leave_always_works_immediately(visitor: Visitor) -> None:
    """It also works at the place where the person has just pressed something else."""
    page = opening(visitor)
    point = centre(page.locator("#open"))
    page.mouse.click(*point)
    visitor.opened()
    page.route("https://**", lambda route: route.fulfill(body="elsewhere"))
    page.evaluate(
        """([clientX, clientY]) => document.querySelector("a[data-leave]").dispatchEvent(
          new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1, clientX, clientY }))""",
        point,
    )
    expect(page.locator("body")).to_have_text("elsewhere")


@pytest.mark.parametrize("screen", [{"width": 360, "height": 640}, {"width": 1280, "height": 800}])
def test_the_withdraw_button_is_far_from_the_send_button(visitor: Visitor, screen: dict[str, int]) -> None:
    """The two buttons are too far apart for a slip of the hand, even if nothing is shown between them."""
    visitor.page.set_viewport_size({"width": screen["width"], "height": screen["height"]})
    page = opened(visitor)
    for hidden in ([], ["#come-back"]):
        for each in hidden:
            page.locator(each).evaluate("(each) => { each.hidden = true; }")
        send, withdraw = (page.locator(each).bounding_box() for each in ("#follow-up-send", "#to-withdraw"))
        assert send
        assert withdraw
        assert withdraw["y"] - send["y"] - send["height"] > 150
