"""For a second after a tap, no visible control moves, so that nothing moves under a finger."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import pictures
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

# Finds the visible controls that move within this time after the next press.
WATCH = """() => {
  const MOMENT_MS = 950;
  const places = () => new Map([...document.querySelectorAll("a, button, input, textarea, summary, label")]
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([each, box]) => each.checkVisibility() && box.bottom > 0 && box.top < innerHeight)
    .map(([each, { left, top }]) => [each, [left, top]]));
  window.moved = new Promise((done) => addEventListener("pointerdown", () => {
    const [before, begun, found] = [places(), performance.now(), new Set()];
    const look = () => {
      // On a slow machine, a frame can be late: what moved by then may have waited long enough.
      if (performance.now() >= begun + MOMENT_MS) return done([...found]);
      const now = places();
      for (const [each, [left, top]] of before) {
        const [x, y] = now.get(each) ?? [-1, -1];
        if (Math.abs(x - left) > 1 || Math.abs(y - top) > 1) found.add(each.outerHTML.slice(0, 90));
      }
      requestAnimationFrame(look);
    };
    look();
  }, { once: true, capture: true }));
}"""


def moved(page: Page, press: Callable[[], object]) -> list[str]:
    """Press something; return the controls that move within a moment after the press."""
    page.evaluate(WATCH)
    press()
    found: list[str] = page.evaluate("window.moved")
    return found


@pytest.fixture(params=[(360, 640), (1280, 800)], ids=["telephone", "desktop"])
def page(request: pytest.FixtureRequest, visitor: Visitor) -> Page:
    """An open report in French."""
    width, height = request.param
    visitor.page.set_viewport_size({"width": width, "height": height})
    visitor.visit("fr/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    return visitor.page


def test_adding_and_examining_and_removing_files_moves_nothing_just_after_a_press(
    visitor: Visitor, page: Page, tmp_path: Path
) -> None:
    """Rows appear and disappear only after a moment without a press."""
    note = tmp_path / "note.bin"
    note.write_bytes(bytes(9))
    visitor.turn_to("#files")
    rows = page.locator("#files-list > li")

    def add(*files: Path) -> None:
        page.click("[data-part=optional] h1")
        page.set_input_files("#files", files)

    assert moved(page, lambda: add(pictures.picture(tmp_path / "IMG_1.jpg"), note)) == []
    expect(page.locator("#files-list > li[aria-busy=false]")).to_have_count(2)
    rows.first.locator("button").scroll_into_view_if_needed()
    assert moved(page, lambda: rows.first.locator("button").click()) == []
    expect(rows).to_have_count(1)


@pytest.mark.parametrize("choice", ["danger_now-yes", "how_many-only_me", "coi-yes"])
def test_a_notice_or_the_offer_of_another_reader_appears_only_after_a_moment_without_a_press(
    visitor: Visitor, page: Page, choice: str
) -> None:
    """The control is the same page a moment later, when something has moved."""
    visitor.turn_to(f"#{choice}")
    box = page.locator(f"#{choice}")
    box.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
    before = page.locator("#step-write").evaluate("(each) => each.offsetHeight")
    assert moved(page, box.check) == []
    page.wait_for_function(
        "(before) => document.querySelector('#step-write').offsetHeight !== before", arg=before
    )


def test_the_notice_of_danger_appears_at_once_and_moves_nothing(visitor: Visitor, page: Page) -> None:
    visitor.turn_to("#danger_now-yes")
    notice = page.locator("[data-danger]").first
    assert not notice.is_visible()
    box = page.locator("#danger_now-yes")
    below = page.locator("[data-field=how_many]")
    top = below.evaluate("(each) => each.offsetTop")
    seen = box.evaluate(
        """(each) => {
          each.click();
          return document.querySelector("[data-danger]").checkVisibility({ visibilityProperty: true });
        }"""
    )
    assert seen
    assert below.evaluate("(each) => each.offsetTop") == top


def test_the_error_of_the_language_link_appears_only_after_a_moment_without_a_press(
    visitor: Visitor, page: Page
) -> None:
    """The error is above the form. The control is the same page a moment later: the form has moved down."""
    top = "document.querySelector('#what').getBoundingClientRect().top"
    before = page.evaluate(top)
    page.route("**/en/report", lambda route: route.abort())
    assert moved(page, page.locator(".languages a").click) == []
    visitor.shows("#closed", "offline")
    assert page.evaluate(top) > before
