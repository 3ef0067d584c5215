"""Buttons and links that are pressed two or three times have the effect of one press.

`test_second_press.py` tests the buttons of a report, and a second press that comes later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.builders import INSPECTORATE
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import SLOW, Visitor
from tests.support.portal_site import slot_for

pytestmark = [pytest.mark.browser, pytest.mark.long]

TIMES = [2, 3]
WORDS_OF_NO_REPORT = "abandon " * 11 + "about"
COUNT_PRINTS = "window.prints = 0; window.print = () => { window.prints += 1; }; null"
# Move an element to a point of the screen, and count the presses that it accepts instead of following it.
PUT_UNDER = """(each, [x, y]) => {
  const place = { left: `${x - 40}px`, top: `${y - 20}px`, padding: "20px" };
  Object.assign(each.style, place, { position: "fixed", zIndex: 9 });
  window.followed = 0;
  addEventListener("click", (event) => {
    if (!event.defaultPrevented) window.followed += 1;
    event.preventDefault();
  });
}"""

# Put an element at the place of a button, so that a second press hits the element once the button has gone.
PUT_BELOW = """(button, selector) => {
  button.scrollIntoView({ block: "center", behavior: "instant" });
  Object.assign(button.style, { position: "relative", zIndex: 9 });
  const { left, top, width, height } = button.getBoundingClientRect();
  const size = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
  Object.assign(document.querySelector(selector).style, size, { position: "fixed", zIndex: 8 });
}"""


def in_a_case(visitor: Visitor) -> Page:
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    visitor.open()
    visitor.opened()
    return visitor.page


def press(target: Page | OfflineVisitor, button: str, count: int, below: str = "") -> None:
    """Press a button several times at once, with the element ``below`` it, if any.

    Before that, press a heading: a button at the place of the last press would ignore the presses.
    """
    page = target if isinstance(target, Page) else target.page
    page.locator("h1:visible").first.click()
    if below:
        page.locator(button).first.evaluate(PUT_BELOW, below)
    page.locator(button).first.click(click_count=count)


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_that_keep_a_report_only_show_the_case_again(visitor: Visitor, count: int) -> None:
    page = in_a_case(visitor)
    page.press("#to-withdraw", "Enter")
    press(page, "#keep-report", count, below="#follow-up-send")
    expect(page.locator("#case h1")).to_be_focused()
    expect(page.locator("#follow-up-error")).to_be_hidden()
    # The control: the button below it can be pressed.
    page.press("#follow-up-send", "Enter")
    expect(page.locator("#follow-up-error")).to_be_visible()
    expect(page.locator("#step-withdraw")).to_be_hidden()
    expect(page.locator("#case details[open]")).to_have_count(0)
    assert page.input_value("#follow-up-text") == ""
    assert [each for each in visitor.requests if each.url.endswith("/withdraw")] == []


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_to_write_about_an_unknown_case_only_open_the_form(
    visitor: Visitor, count: int
) -> None:
    page = visitor.page
    visitor.open(WORDS_OF_NO_REPORT)
    expect(page.locator("#write-anyway")).to_be_visible(timeout=SLOW)
    press(page, "#write-anyway", count)
    expect(page.locator("#follow-up-channels")).to_be_visible()
    expect(page.locator("#case h1")).to_be_focused()
    expect(page.locator("#case input:checked")).to_have_count(0)
    expect(page.locator("#follow-up-error")).to_be_hidden()
    assert page.input_value("#follow-up-text") == ""


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_on_an_offered_word_add_it_once(visitor: Visitor, count: int) -> None:
    page = visitor.page
    visitor.visit("fr/status")
    page.click("#show-typed")
    page.fill("#token", "abandon vip")
    press(page, "#completions button", count, below="#open")
    expect(page.locator("#token")).to_have_value("abandon vipère ")
    expect(page.locator("#error")).to_be_hidden()
    # The control: the button below it can be pressed.
    page.press("#open", "Enter")
    expect(page.locator("#error")).to_be_visible()


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_print_the_words_once(visitor: Visitor, count: int) -> None:
    visitor.write()
    page = visitor.page
    page.evaluate(COUNT_PRINTS)
    page.press("details:has(#print-token) summary", "Enter")
    press(page, "#print-token", count)
    assert page.evaluate("window.prints") == 1
    # The control: a press of a key counts.
    page.press("#print-token", "Enter")
    assert page.evaluate("window.prints") == 2


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_remove_one_file(visitor: Visitor, tmp_path: Path, count: int) -> None:
    """Here the button of the next file is at the place of the pressed one, which disappears."""
    page = visitor.page
    paths = [tmp_path / f"{name}.bin" for name in "abcd"]
    for path in paths:
        path.write_bytes(b"1")
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    visitor.turn_to("#files")
    page.set_input_files("#files", paths)
    rows = page.locator("#files-list > li:not(.removed)")
    expect(rows).to_have_count(4)
    expect(page.locator("#files-list > li[aria-busy=false]")).to_have_count(4)
    chosen: list[object] = []
    page.on("filechooser", lambda each: chosen.append(each))  # noqa: PLW0108 - Playwright marks it
    press(page, "#files-list > li:nth-child(2) button", count, below="#files-list > li:nth-child(3) button")
    expect(page.locator("#files-list > li")).to_have_count(3)
    assert [Path(each.split()[0]).stem for each in rows.all_inner_texts()] == ["a", "c", "d"]
    assert chosen == []


@pytest.mark.parametrize("count", TIMES)
@pytest.mark.parametrize("path", ["report", "status"])
def test_repeated_presses_switch_the_language_once(visitor: Visitor, path: str, count: int) -> None:
    """The link to the other language is then at the same place."""
    page = visitor.page
    visitor.visit(f"fr/{path}")
    expect(page.locator("[data-step]:visible")).to_have_count(1)
    visitor.requests.clear()
    press(page, "a[hreflang]", count)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.wait_for_load_state("networkidle")
    assert [each.url for each in visitor.requests if "/keyring" not in each.url] == [
        f"{visitor.address}/en/{path}"
    ]
    expect(page.locator("html")).to_have_attribute("lang", "en")


@dataclass
class Way:
    """A link or button that leads to another page: how to reach it, and the path that it leads to."""

    button: str
    to: str
    begin: Callable[[Visitor], object]


def at_home(visitor: Visitor) -> None:
    visitor.visit("fr/")


def withdrawn(visitor: Visitor) -> None:
    page = in_a_case(visitor)
    page.press("#to-withdraw", "Enter")
    page.press("#withdraw-meant", "Space")
    page.press("#withdraw", "Enter")
    expect(page.locator("#withdrawn h1")).to_be_focused(timeout=SLOW)


WAYS = [
    Way("#close", "/fr/", in_a_case),
    Way("#withdrawn-read", "/fr/", withdrawn),
    Way(".doors a[href$=report]", "/fr/report", at_home),
    Way(".doors a[href$=status]", "/fr/status", at_home),
    Way("a[hreflang]", "/en/", at_home),
    Way(".advice a[href$=before]", "/fr/before", at_home),
]


@pytest.mark.parametrize("count", TIMES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.button)
def test_repeated_presses_open_another_page_once(visitor: Visitor, way: Way, count: int) -> None:
    """The page that opens stays, whether the second press comes before it or after it.

    The control is a first press on that page.
    """
    page = visitor.page
    way.begin(visitor)
    page.locator(way.button).first.scroll_into_view_if_needed()
    box = page.locator(way.button).first.bounding_box()
    assert box
    point = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    press(page, way.button, count)
    expect(page).to_have_url(f"{visitor.address}{way.to}")
    page.wait_for_load_state("networkidle")
    assert page.url == f"{visitor.address}{way.to}"
    page.locator("footer a").first.evaluate(PUT_UNDER, point)
    page.mouse.move(*point)
    for clicks in range(2, count + 1):
        page.mouse.down(click_count=clicks)
        page.mouse.up(click_count=clicks)
    assert page.evaluate("window.followed") == 0
    page.wait_for_timeout(1_000)
    page.mouse.click(*point)
    assert page.evaluate("window.followed") == 1


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_on_the_steps_of_the_offline_form_count_once(
    offline_visitor: OfflineVisitor, count: int
) -> None:
    person, page = offline_visitor, offline_visitor.page
    person.save()
    person.start()
    expect(page.locator("#keys-taken")).to_be_visible(timeout=SLOW)
    press(page, "#to-report", count)
    expect(page.locator("#what")).to_be_visible()
    page.fill("#what", "Quai 4")
    for button, shown in (
        ("#continue", "#protect"),
        ("#more", "[data-part=optional] h1"),
        ("#previous", "#protect"),
    ):
        press(page, button, count)
        expect(page.locator(shown)).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(0)
    expect(page.locator("details[open]")).to_have_count(0)
    page.check(f"#channels-{INSPECTORATE}")
    press(page, "#continue", count)
    expect(page.locator("#token-words li")).to_have_count(12, timeout=SLOW)
    expect(page.locator("#confirm-error")).to_be_hidden()
    press(page, "#back-to-text", count)
    expect(page.locator("#protect")).to_be_visible()
    assert person.complaints == []


@pytest.mark.parametrize("count", TIMES)
def test_repeated_presses_in_the_offline_form_save_each_file_once(
    offline_visitor: OfflineVisitor, count: int
) -> None:
    """Downloads arrive in order.

    If the presses had started a second download, it would arrive before the download that the key starts.
    """
    person, page = offline_visitor, offline_visitor.page
    saves: list[str] = []
    page.on("download", lambda each: saves.append(each.suggested_filename))
    person.save()
    person.start()
    person.write()
    person.confirm()
    press(page, "#send", count)
    expect(page.locator("#done")).to_be_visible(timeout=SLOW)
    press(page, "#show-token", count)
    expect(page.locator("#token-again li")).to_have_text(person.words)
    person.start()
    expect(page.locator("#keys-taken")).to_be_visible(timeout=SLOW)
    press(page, "#to-case", count)
    page.fill("#token", " ".join(person.words))
    press(page, "#locate", count)
    expect(page.locator("#located")).to_be_visible(timeout=SLOW)
    with page.expect_download():
        press(page, "#save-locator", count)
    with page.expect_download():
        page.press("#save-locator", "Enter")
    assert len(saves) == 3
    assert saves[0] == "sealed.bin"
    assert person.complaints == []
