"""The look of the pages: they are accessible on any screen, and load few bytes."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from benchmarks import journey
from portal.web import assets, guide
from templates.catalogues import LANGUAGES
from tests.support.accessibility import CONTRAST, small_targets, violations
from tests.support.markup import Markup
from tests.support.page_visitor import DESKTOP, TELEPHONE, Visitor
from tests.support.paths import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.long]

NAMES = (
    *("", "before", "device", "report", "status", "guide", "verify", "sealed", "paper"),
    *("scenarios", "rehearsal"),
    *(*guide.NOTICES, "nowhere"),
)
PAGES = ["", *(f"{language}/{name}" for language in LANGUAGES for name in NAMES)]
FRENCH, ENGLISH = ([path for path in PAGES if path.startswith(each)] for each in LANGUAGES)
# One page of each kind: the home page, forms, a text, a list, an unknown page.
KINDS = ["fr/", "fr/report", "fr/status", "fr/guide", "fr/verify", "fr/nowhere"]
MOST_PAINTED = 80_000  # bytes of a page and its style sheet, after Brotli
LIMIT = 125_000  # bytes; the most that a report may load, with the word lists of both languages
# For each visible choice, return its text, its height, the free width beside it, and whether each corner can
# be pressed.
CHOICES = "[...document.querySelectorAll('.choice')].filter((each) => each.checkVisibility())"
ROWS = (
    f"() => {CHOICES}"
    + """.map((each) => {
  each.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, right, top, bottom, width, height } = each.getBoundingClientRect();
  const corners = [left + 3, right - 3].flatMap((x) => [top + 3, bottom - 3].map((y) => [x, y]));
  const isWhole = corners.every(([x, y]) => document.elementFromPoint(x, y)?.closest("label") === each);
  const { paddingLeft, paddingRight } = getComputedStyle(each.parentElement);
  const column = each.parentElement.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  return [each.textContent.trim(), height, column - width, isWhole];
})"""
)
# The size and the colour of each hint, and of the text of the page.
HINTS = """(selector) => [...document.querySelectorAll(selector)].map((each) => {
  const { fontSize, color } = getComputedStyle(each);
  return `${fontSize} ${color}`;
})"""
# Boxes, and sections that can be unfolded. Two kinds of sections are not cards: a group of categories, which
# is part of a list, and the calendar, which is within another box.
CARDS = ".card, details:not(.group, #calendar)"
FRAMES = """(selector) => [...document.querySelectorAll(selector)].map((each) => {
  const { borderTop, borderLeft, borderRadius, backgroundColor, marginTop, paddingLeft } =
    getComputedStyle(each);
  return [borderTop, borderLeft, borderRadius, backgroundColor, marginTop, paddingLeft].join(", ");
})"""
EFFECTS = """() => [...document.querySelectorAll(".leave a, .notice, .button")].map(
    (each) => getComputedStyle(each).borderTopStyle)"""


def opened(visitor: Visitor, paths: list[str]) -> Iterator[str]:
    """Open each page in turn, unfold everything on it, and yield its path."""
    for path in paths:
        visitor.visit(path)
        visitor.page.wait_for_load_state("networkidle")
        visitor.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        yield path


# Both languages share a template, so the gate tests only the language with the longer words.
@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(KINDS, id="kinds"),
        pytest.param(["", *FRENCH], id="french", marks=pytest.mark.soak),
        pytest.param(ENGLISH, id="english", marks=pytest.mark.soak),
    ],
)
def test_the_pages_are_accessible(visitor: Visitor, paths: list[str]) -> None:
    """The pages are tested on a phone, on a wide screen and in dark mode.

    The last two tests are only in French.
    """
    found = {path: barriers(visitor.page, path) for path in opened(visitor, paths)}
    assert [(path, each) for path, each in found.items() if each] == []


def barriers(page: Page, path: str) -> list[str]:
    """Return the accessibility faults of an open page. The last search is in dark mode."""
    found = [*violations(page, coloured=path not in ENGLISH), *small_targets(page)]
    if path in FRENCH:
        page.set_viewport_size(DESKTOP)
        found += [*violations(page), *small_targets(page)]
        page.emulate_media(color_scheme="dark")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert all(int(part) < 64 for part in re.findall(r"\d+", paper))
        found += violations(page, CONTRAST)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(TELEPHONE)
    return found


@pytest.mark.parametrize(
    ("language", "screen"),
    [("fr", TELEPHONE), pytest.param("en", DESKTOP, marks=pytest.mark.soak)],
    ids=LANGUAGES,
)
def test_the_pages_that_answer_a_form_sent_without_scripts_are_accessible(
    visitor: Visitor, tmp_path: Path, language: str, screen: ViewportSize
) -> None:
    visitor.page.set_viewport_size(screen)
    refused = tmp_path / "note.txt"
    refused.write_text("not sealed")
    visitor.visit(f"{language}/sealed")
    visitor.page.set_input_files("#sealed", refused)
    visitor.page.click("form:has(#sealed) button")
    expect(visitor.page.locator("main .warning")).to_be_visible()
    assert visitor.page.url.endswith(f"/{language}/sealed")
    assert violations(visitor.page) == []


def test_the_search_finds_planted_accessibility_faults(visitor: Visitor) -> None:
    """The control for the tests above.

    The faults: a field without a label, low contrast, and targets that are too small.
    """
    visitor.visit("fr/status")
    expect(visitor.page.locator("#token")).to_be_visible()
    visitor.page.evaluate("document.querySelector('label[for=token]').remove()")
    visitor.page.evaluate("document.querySelector('.brand a').style.color = '#bbb'")
    shrunk = "font-size: 9px; min-height: 0"
    visitor.page.evaluate(
        "(style) => { for (const each of document.querySelectorAll('footer a')) each.style = style; }", shrunk
    )
    visitor.page.evaluate("document.querySelector('footer ul').style = 'display: block; font-size: 9px'")
    found = violations(visitor.page)
    wanted = {"color-contrast", "label-title-only", "target-size"}
    assert {each.partition(":")[0] for each in found} >= wanted
    assert any('"/fr/report"' in each for each in small_targets(visitor.page))


@pytest.mark.parametrize(
    "paths", [KINDS, pytest.param(FRENCH, marks=pytest.mark.soak)], ids=["kinds", "french"]
)
def test_at_400_percent_zoom_nothing_is_cut_off_or_covered(visitor: Visitor, paths: list[str]) -> None:
    """A window of 1280 by 1024 pixels then shows 320 by 256.

    “Leave quickly” never covers the focused element.
    """
    visitor.page.set_viewport_size({"width": 320, "height": 256})
    for path in opened(visitor, paths):
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == 320, path
        assert covered(visitor.page) == [], path


def covered(page: Page) -> list[str]:
    """Return the focused elements that are covered at their lower left corner, or just above the bar."""
    found = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const {activeElement: at} = document;
              if (at === document.body) return null;
              const {left, top, right, bottom} = at.getBoundingClientRect();
              const bar = document.querySelector(".leave").getBoundingClientRect();
              const end = bar.top > 0 && !at.closest(".leave") ? bar.top : innerHeight;
              const hit = document.elementFromPoint(left + 2, Math.min(bottom, end) - 2);
              return [at.outerHTML.slice(0, 80), Boolean(hit && (at.contains(hit) || hit.contains(at)))];
            }"""
        )
        if seen is None:
            break
        if not seen[1]:
            found.append(seen[0])
    return found


def test_forced_colours_keep_the_borders_of_links_and_notices_and_buttons(visitor: Visitor) -> None:
    visitor.page.emulate_media(forced_colors="active")
    for path in ("fr/", "en/verify"):
        visitor.visit(path)
        assert set(visitor.page.evaluate(EFFECTS)) == {"solid"}, path


def test_the_pages_need_no_image_and_no_font(visitor: Visitor) -> None:
    for path in PAGES:
        tags = {tag for tag, _ in Markup(visitor.site.client.get(f"/{path}").text).elements}
        assert tags & {"img", "picture", "svg", "canvas", "video", "object", "embed", "iframe"} == set(), path
    assert b"url(" not in assets.load()["/static/style.css"].content


def test_the_style_sheet_uses_exactly_the_font_sizes_that_its_first_lines_name() -> None:
    style = (ROOT / "portal" / "style.css").read_text("utf-8")
    named = style.partition("Sizes of type: ")[2].partition("Spaces:")[0]
    screen, paper = (re.findall(r"[\d.]+(?= \(| or )", each) for each in named.split(";"))
    assert len(screen) + len(paper) < 14
    # The second is the size of the text, or less in a low window with large type.
    used = {*re.findall(r"\n +font(?:-size)?: ([^;/]+)", style)} - {"inherit", "min(1em, 5vw)"}
    assert used == {*(f"{size}rem" for size in screen), *(f"{size}pt" for size in paper)}


# A declaration of a space, with a comment on its line.
SPACE = re.compile(r"^ +(?:margin|padding|(?:row-|column-)?gap)[a-z-]*: ([^;]+);(?: /\*.*)?$", re.MULTILINE)


def test_each_space_of_the_style_sheet_on_a_screen_is_one_of_those_that_its_first_lines_name() -> None:
    """A comment on the same line gives the reason for any other space.

    Paper has its own spaces, in millimetres.
    """
    style = (ROOT / "portal" / "style.css").read_text("utf-8")
    named = {*re.findall(r"[\d.]+(?=,| rem)", style.partition("Spaces: ")[2].partition(" rem")[0] + " rem")}
    assert len(named) == 6
    spaces = [each for each in SPACE.finditer(style) if "/*" not in each[0]]
    used = {size: each[0] for each in spaces for size in re.findall(r"([\d.]+)rem", each[1])}
    assert {*used} == named, [used[size] for size in {*used} - named]
    in_pixels = [each[0] for each in spaces if re.search(r"(?<!\b1)px|%|(?<!r)em\b", each[1])]
    assert in_pixels == [], in_pixels
    assert len(spaces) > 100


def test_all_hints_have_the_same_size_and_colour(visitor: Visitor) -> None:
    """The test reads the hidden hints, too. The control is the text of the page, which looks different."""
    found: dict[str, list[str]] = {}
    for path in FRENCH:
        visitor.visit(path)
        for look in visitor.page.evaluate(HINTS, ".hint"):
            found.setdefault(look, []).append(path)
    assert len(found) == 1, found
    ((look, paths),) = found.items()
    assert len(paths) > len({*paths}) > 5
    assert visitor.page.evaluate(HINTS, "main") != [look]


def test_all_cards_have_the_same_frame(visitor: Visitor) -> None:
    """The test reads the hidden cards, too. The control is the notices, which look different."""
    found: dict[str, list[str]] = {}
    notices: set[str] = set()
    for path in FRENCH:
        visitor.visit(path)
        for frame in visitor.page.evaluate(FRAMES, CARDS):
            found.setdefault(frame, []).append(path)
        notices.update(visitor.page.evaluate(FRAMES, ".notice"))
    assert len(found) == 1, found
    ((frame, paths),) = found.items()
    assert len(paths) > len({*paths}) > 5
    assert notices
    assert frame not in notices


def test_the_first_paint_of_the_home_page_and_of_the_report_page_needs_few_bytes(
    visitor: Visitor, chromium: Browser
) -> None:
    """The control is the page alone, which is smaller than the page with its style sheet."""
    for path in ("", *(f"{language}/{name}" for language in LANGUAGES for name in ("", "report"))):
        painted, _ = journey.loaded(chromium, f"{visitor.address}/{path}")
        alone = len(brotli.compress(visitor.site.client.get(f"/{path}").data))  # type: ignore[no-untyped-call]
        assert alone < painted <= MOST_PAINTED, path


def test_the_ring_around_a_focused_heading_covers_no_text_that_is_unfolded(visitor: Visitor) -> None:
    """The text begins right below the heading, so the ring must be inside the heading."""
    visitor.visit("fr/device")
    heading = visitor.page.locator("main summary").first
    heading.press("Enter")
    expect(heading).to_be_focused()
    assert 0 == heading.evaluate(
        """(each) => {
          const { outlineOffset, outlineWidth } = getComputedStyle(each);
          return parseFloat(outlineOffset) + parseFloat(outlineWidth);
        }"""
    )


@pytest.mark.parametrize("step", ["#protect", "#files"])
def test_a_choice_is_a_row_of_44_pixels_that_can_be_pressed_anywhere(visitor: Visitor, step: str) -> None:
    """The optional step has all its questions unfolded. The last press is at the end of a row."""
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    visitor.turn_to(step)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    rows = page.evaluate(ROWS)
    assert len(rows) > 10
    assert [text for text, height, spare, whole in rows if height < 44 or spare > 1 or not whole] == []
    row = page.locator(".choice:visible").first
    box = row.bounding_box()
    assert box
    row.click(position={"x": box["width"] - 4, "y": 4})
    expect(row.locator("input")).to_be_checked()


def test_making_a_report_loads_few_bytes(
    visitor: Visitor, record_property: Callable[[str, object], None]
) -> None:
    """The test counts the home page, the report page and all their files, compressed with gzip."""
    visitor.visit("")
    visitor.page.wait_for_load_state("networkidle")
    visitor.report()
    asked = [urlsplit(each.url).path for each in visitor.requests if each.method == "GET"]
    assert {"/", "/fr/report", "/static/js/report.js", "/static/style.css", "/keyring.json"} <= set(asked)
    client = visitor.site.client
    sizes = {path: len(gzip.compress(client.get(path).data, mtime=0)) for path in asked}
    # The browser caches nothing (Cache-Control: no-store), so each page loads the files again.
    total = sum(sizes[path] for path in asked)
    record_property("one reporting journey, gzip", f"{total:,} bytes")
    assert total <= LIMIT, sizes
