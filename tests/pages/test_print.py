"""Printing a page: the paper never shows a report or a case."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.web import colours
from tests.support import pictures
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import TEXT, Visitor
from tests.support.portal_site import REPLY, slot_for

pytestmark = pytest.mark.browser

# Two things vary: the time of the file, and the target of the link that skips the header.
CHANGING = re.compile(rb"/(CreationDate|ModDate) \(.*?\)|/XYZ [\d. ]+")

# The colours of all visible texts, such as "rgb(0, 0, 0)".
COLOURS = """() => {
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (data.trim() && parentElement.checkVisibility()) found.add(getComputedStyle(parentElement).color);
  }
  return [...found];
}"""


def printed(page: Page) -> bytes:
    """Return the page as Chromium prints it to a PDF file, without the fields that vary."""
    return CHANGING.sub(b"", page.pdf(format="A4", tagged=True))


def words(page: Page) -> list[str]:
    """Return each line of the printed page."""
    page.emulate_media(media="print")
    lines = page.locator("main").inner_text().splitlines()
    page.emulate_media(media="null")
    return [line for line in lines if line.strip()]


def answer_everything(visitor: Visitor, picture: Path) -> None:
    page = visitor.page
    page.fill("#what", TEXT * 40)
    for chosen in ("danger_now-yes", "how_many-only_me", "coi-yes", "path-approached", "means-money"):
        visitor.turn_to(f"#{chosen}")
        page.check(f"#{chosen}")
    visitor.turn_to("#refs")
    page.fill("#refs", "CSQU3054384")
    visitor.turn_to("#days-first")
    page.check("#when-week")
    page.fill("#days-first", "2026-11-02")
    page.set_input_files("#files", [pictures.picture(picture)])
    expect(page.locator("#files-list li")).to_have_count(1)
    expect(page.locator("#files-list > li[aria-busy=false]")).to_be_visible()


def test_a_printed_report_page_has_one_line_that_does_not_depend_on_the_answers(
    visitor: Visitor, tmp_path: Path
) -> None:
    """The files are equal byte for byte. The control prints the page with the style for the screen."""
    page = visitor.page
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    blank = printed(page)
    assert printed(page) == blank
    page.emulate_media(media="screen")
    blank_screen = printed(page)
    page.emulate_media(media="null")
    answer_everything(visitor, tmp_path / "IMG_2041.jpg")
    assert printed(page) == blank
    page.emulate_media(media="screen")
    assert printed(page) != blank_screen


@pytest.mark.parametrize("has_script", [True, False])
def test_the_printed_line_says_where_to_find_the_form_to_print(
    chromium: Browser, visitor: Visitor, *, has_script: bool
) -> None:
    context = chromium.new_context(java_script_enabled=has_script)
    page = context.new_page()
    page.goto(f"{visitor.address}/en/report")
    expect(page.locator("noscript h1" if not has_script else "#what")).to_be_visible()
    assert words(page) == [
        "What stands here is not printed: others could find the sheet."
        " A form to print is on the site, at /en/paper."
    ]
    assert page.locator("#what").is_visible() == has_script
    context.close()


def test_the_printed_offline_form_also_has_only_one_line(offline_visitor: OfflineVisitor) -> None:
    offline_visitor.save()
    offline_visitor.start()
    page = offline_visitor.page
    page.click("#to-report")
    page.fill("#what", TEXT)
    (line,) = words(page)
    assert line.endswith("/fr/paper.")


def test_printing_the_page_of_a_case_shows_nothing_of_the_case(visitor: Visitor) -> None:
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    visitor.open()
    visitor.opened()
    page = visitor.page
    page.fill("#follow-up-text", TEXT)
    expect(page.locator("#messages")).to_contain_text(REPLY)
    expect(page.locator("#case .paper")).to_be_hidden()
    paper = page.locator("#case .paper").all_text_contents()
    assert words(page) == paper
    page.click("#to-withdraw")
    assert words(page) == paper


def faint(page: Page) -> list[str]:
    """Return the colours of text that are hard to read on white paper."""
    found: list[str] = page.evaluate(COLOURS)
    codes = ("#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", each)[:3]) for each in found)
    return [each for each in codes if colours.contrast(each, "#ffffff") < colours.LEAST]


def test_paper_has_dark_text_even_if_the_screen_is_dark(visitor: Visitor) -> None:
    """Browsers print no backgrounds, so the numbers to call must be dark, too. The control is the screen."""
    for path in ("fr/", "fr/before", "fr/help"):
        visitor.visit(path)
        visitor.page.emulate_media(media="screen", color_scheme="dark")
        assert faint(visitor.page), path
        visitor.page.emulate_media(media="print", color_scheme="dark")
        assert faint(visitor.page) == [], path
    visitor.page.emulate_media(media="screen", color_scheme="light")
    assert faint(visitor.page), "the light text of the numbers to call"
