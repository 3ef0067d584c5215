"""Neither the host nor the network learns from the requests of a page that somebody attaches a file.

The code for files is a part of the one script of a page, so no request is made for it at any time.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from tests.support import pictures
from tests.support.boxed_films import Film
from tests.support.boxed_pictures import Album
from tests.support.page_visitor import TELEPHONE, Visitor, times

pytestmark = pytest.mark.browser

PAINTED = """() => new Promise((resolve) => {
  new PerformanceObserver(() => resolve(true)).observe({ type: "paint", buffered: true });
})"""


@pytest.fixture(name="files")
def files_fixture(tmp_path: Path) -> list[Path]:
    """A film, pictures, a document, and a file of an unknown kind."""
    made = {
        "film.mp4": Film().built(),
        "photo.heic": Album().built(),
        "note.pdf": b"%PDF-1.4\n%%EOF",
        "x.bin": bytes(99),
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return [pictures.picture(tmp_path / "photo.jpg"), *(tmp_path / name for name in made)]


@pytest.fixture(name="newcomer")
def newcomer_fixture(chromium: Browser, visitor: Visitor) -> Iterator[Visitor]:
    """A second person at the same site, whose browser has nothing in its cache."""
    context = chromium.new_context(viewport=TELEPHONE)
    made = Visitor(context.new_page(), visitor.address)
    made.site = visitor.site
    yield made
    context.close()


def written(requests: list[Request]) -> list[tuple[object, ...]]:
    """Return all that the network gets of these requests, in their order."""
    return [
        (each.method, each.url, sorted(each.all_headers().items()), each.post_data_buffer)
        for each in requests
    ]


def paths(requests: list[Request]) -> list[str]:
    return [urlsplit(each.url).path for each in requests]


def to_words(visitor: Visitor, files: list[Path]) -> list[Request]:
    """Fill in a report up to its words; return the requests, which are all that precede “Send”."""
    visitor.visit("en/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    visitor.fill_in(files=files)
    expect(visitor.page.locator("#files-list > li[aria-busy=false]")).to_have_count(len(files))
    visitor.to_token()
    visitor.page.wait_for_load_state("networkidle")
    return visitor.requests


def test_the_requests_of_a_report_are_the_same_with_files_and_without(
    visitor: Visitor, newcomer: Visitor, files: list[Path]
) -> None:
    """Every byte of each request is the same, up to the moment of “Send”."""
    without, with_files = to_words(visitor, []), to_words(newcomer, files)
    scripts = [path for path in paths(without) if path.startswith("/static/js/")]
    assert scripts == ["/static/js/leave.js", "/static/js/report.js"]
    assert written(without) == written(with_files)


def to_message(visitor: Visitor, words: list[str], files: list[Path]) -> list[Request]:
    """Open a case and begin a message; return the requests since the page was opened."""
    begun = len(visitor.requests)
    visitor.words = words
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "The same lorry.")
    visitor.page.set_input_files("#follow-up-files", files)
    expect(visitor.page.locator("#follow-up-files-list > li[aria-busy=false]")).to_have_count(len(files))
    visitor.page.wait_for_load_state("networkidle")
    return visitor.requests[begun:]


def test_the_requests_of_a_message_are_the_same_with_files_and_without(
    visitor: Visitor, newcomer: Visitor, files: list[Path]
) -> None:
    visitor.reported()
    visitor.page.goto("about:blank")
    without = to_message(visitor, visitor.words, [])
    with_files = to_message(newcomer, visitor.words, files)
    assert written(without) == written(with_files)


@pytest.mark.parametrize("path", ["report", "status"])
def test_a_page_is_painted_before_its_script_has_come(visitor: Visitor, path: str) -> None:
    """The code for files is in the script."""
    held: list[Route] = []
    visitor.page.route(f"**/js/{path}.js", times(1, held.append))
    visitor.page.goto(f"{visitor.address}/en/{path}", wait_until="commit")
    assert visitor.page.evaluate(PAINTED)
    (script,) = held
    expect(visitor.page.locator("#what, #token")).to_be_hidden()
    script.continue_()
    expect(visitor.page.locator("#what, #token")).to_be_visible()
