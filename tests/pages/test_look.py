"""The look of the pages: for any eyes, any screen, any hands, and light to carry."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from portal.web import assets, guide
from templates.catalogues import LANGUAGES
from tests.support.accessibility import CONTRAST, small_targets, violations
from tests.support.markup import Markup
from tests.support.page_visitor import DESKTOP, TELEPHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]

NAMES = (
    *("", "before", "device", "report", "status", "guide", "verify", "sealed", "paper"),
    *(*guide.NOTICES, "nowhere"),
)
PAGES = ["", *(f"{language}/{name}" for language in LANGUAGES for name in NAMES)]
FRENCH, ENGLISH = ([path for path in PAGES if path.startswith(each)] for each in LANGUAGES)
# One of each kind: a choice of languages, forms, a text, a list, what is not there.
KINDS = ["", "fr/", "fr/report", "fr/status", "fr/guide", "fr/verify", "fr/nowhere"]
LIMIT = 110_000  # bytes; what the way to a report may weigh at most, with the words of both languages
EFFECTS = """() => [...document.querySelectorAll(".leave a, .notice, .button")].map(
    (each) => getComputedStyle(each).borderTopStyle)"""


def opened(visitor: Visitor, paths: list[str]) -> Iterator[str]:
    """Open every page in turn, with all that can be unfolded unfolded."""
    for path in paths:
        visitor.visit(path)
        visitor.page.wait_for_load_state("networkidle")
        visitor.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        yield path


# A page is made of one template in both languages: the gate looks at the one whose words are longer.
@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(KINDS, id="kinds"),
        pytest.param(["", *FRENCH], id="french", marks=pytest.mark.soak),
        pytest.param(ENGLISH, id="english", marks=pytest.mark.soak),
    ],
)
def test_no_page_keeps_anybody_out(visitor: Visitor, paths: list[str]) -> None:
    """On a telephone; on a wide screen, too, and in the dark, which are the same in every language."""
    found = {path: barriers(visitor.page, path) for path in opened(visitor, paths)}
    assert [(path, each) for path, each in found.items() if each] == []


def barriers(page: Page, path: str) -> list[str]:
    """Return what keeps people out of an open page; the page is dark while the last of it is looked for."""
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
def test_no_answer_of_the_way_without_a_script_keeps_anybody_out(
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


def test_what_keeps_people_out_would_be_found(visitor: Visitor) -> None:
    """Control of the tests above: a field without a label, grey on grey, and too little for a finger."""
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
def test_at_four_times_the_size_nothing_is_cut_off_or_covered(visitor: Visitor, paths: list[str]) -> None:
    """A window of 1280 by 1024 at 400 % is 320 by 256; what has the focus is never under “Leave quickly”."""
    visitor.page.set_viewport_size({"width": 320, "height": 256})
    for path in opened(visitor, paths):
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == 320, path
        assert covered(visitor.page) == [], path


def covered(page: Page) -> list[str]:
    """Return what the focus meets on its way and does not show at its lower left corner, or at the bar."""
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


def test_forced_colours_keep_the_edges_of_things(visitor: Visitor) -> None:
    visitor.page.emulate_media(forced_colors="active")
    for path in ("fr/", "en/verify"):
        visitor.visit(path)
        assert set(visitor.page.evaluate(EFFECTS)) == {"solid"}, path


def test_no_page_needs_an_image_or_a_font(visitor: Visitor) -> None:
    for path in PAGES:
        tags = {tag for tag, _ in Markup(visitor.site.client.get(f"/{path}").text).elements}
        assert tags & {"img", "picture", "svg", "canvas", "video", "object", "embed", "iframe"} == set(), path
    assert b"url(" not in assets.load()["/static/style.css"].content


def test_the_way_to_a_report_is_light(
    visitor: Visitor, record_property: Callable[[str, object], None]
) -> None:
    """First page, home, report page, and all that one report asks for, as gzip carries it."""
    for path in ("", "fr/"):
        visitor.visit(path)
        visitor.page.wait_for_load_state("networkidle")
    visitor.report()
    asked = [urlsplit(each.url).path for each in visitor.requests if each.method == "GET"]
    assert {"/", "/fr/report", "/static/js/report.js", "/static/style.css", "/keyring.json"} <= set(asked)
    client = visitor.site.client
    sizes = {path: len(gzip.compress(client.get(path).data, mtime=0)) for path in asked}
    # A browser keeps nothing (Cache-Control: no-store), and so asks again on each page.
    total = sum(sizes[path] for path in asked)
    record_property("one reporting journey, gzip", f"{total:,} bytes")
    assert total <= LIMIT, sizes
