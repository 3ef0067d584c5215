"""The reporter presses “Continue” while files are being examined, or the bytes of a file stop coming."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.builders import INSPECTORATE
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import SLOW, TELEPHONE, Visitor, go_on, turn_to

pytestmark = [pytest.mark.browser, pytest.mark.long]

# A slow disk: if a file has more than 1 MiB, the page at first gets only one piece. The page gets the next
# piece after `one()`, and all others after `deliver()`.
SLOW_DISK = """(() => {
  const read = Blob.prototype.stream;
  let isOpen = false;
  let let_go = () => undefined;
  window.one = () => let_go();
  window.deliver = () => { isOpen = true; let_go(); };
  Blob.prototype.stream = function () {
    let pieces = 0;
    const transform = async (piece, to) => {
      if (pieces++ && !isOpen) await new Promise((done) => (let_go = done));
      to.enqueue(piece);
    };
    const bytes = read.call(this);
    return this.size > 1 << 20 ? bytes.pipeThrough(new TransformStream({ transform })) : bytes;
  };
})()"""
# From now on, the slow disk does not deliver even the first piece.
NOTHING = """(() => {
  const read = Blob.prototype.stream;
  Blob.prototype.stream = function () {
    return this.size > 1 << 20 ? new ReadableStream() : read.call(this);
  };
})()"""
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PLACES = """[...document.querySelectorAll("a, button, label")].filter((each) => each.checkVisibility())
  .map((each) => [each.textContent, each.getBoundingClientRect().top])"""
WAITING = "#files-waiting"
CANNOT = "can no longer be read"


def sparse(path: Path, size: int = 8 << 20) -> Path:
    path.touch()
    os.truncate(path, size)
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file that the slow disk does not deliver at once."""
    return sparse(tmp_path / "film.bin")


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A report on a phone with a slow disk, at the step with the files."""
    visitor.page.set_viewport_size(TELEPHONE)
    visitor.page.add_init_script(SLOW_DISK)
    visitor.visit("en/report")
    visitor.page.fill("#what", "kept")
    visitor.turn_to("#channels")
    visitor.page.check(f"#channels-{INSPECTORATE}")
    visitor.turn_to("#files")
    return visitor.page


def add(page: Page, *files: Path) -> None:
    page.set_input_files("#files", files)
    expect(page.locator("#files-list progress").first).to_be_visible()


def examined(page: Page, count: int) -> None:
    expect(page.locator("#files-list > li[aria-busy=false]")).to_have_count(count, timeout=SLOW)


def settled(page: Page) -> None:
    """Let the page run the tasks that waited for a file."""
    page.evaluate(PAINTED)


def test_pressing_continue_shows_at_once_that_files_are_examined_and_then_leads_to_the_next_step(
    page: Page, film: Path
) -> None:
    """The space for the text is reserved, so nothing moves."""
    add(page, film)
    expect(page.locator(WAITING)).to_be_hidden()
    page.locator("#continue").focus()
    places = page.evaluate(PLACES)
    page.press("#continue", "Enter")
    expect(page.locator(WAITING)).to_have_text("One moment: your files are still being checked.")
    expect(page.locator(WAITING)).to_be_visible()
    expect(page.locator("[role=status]").filter(has=page.locator(WAITING))).to_have_count(1)
    assert page.evaluate(PLACES) == places
    page.press("#continue", "Enter")
    expect(page.locator(WAITING)).to_be_visible()
    page.evaluate("deliver()")
    expect(page.locator("#token-words li")).to_have_count(12, timeout=SLOW)


def test_without_files_the_page_reserves_no_space_for_the_text_about_waiting(page: Page, film: Path) -> None:
    expect(page.locator(WAITING)).to_have_attribute("hidden", "")
    add(page, film)
    expect(page.locator(WAITING)).not_to_have_attribute("hidden", "")
    page.locator("#files-list button").click()
    expect(page.locator(WAITING)).to_have_attribute("hidden", "")


@pytest.mark.parametrize(
    "act",
    [
        lambda page: page.press("#previous", "Enter"),
        lambda page: page.go_back(),
        lambda page: page.locator("#files-list button").last.press("Enter"),
        lambda page: page.locator("[data-part=optional] textarea").first.fill("more"),
    ],
    ids=["back", "browser's back", "remove", "type"],
)
def test_the_page_stays_on_its_step_if_the_person_does_something_else_while_files_are_examined(
    visitor: Visitor, page: Page, film: Path, act: Callable[[Page], object]
) -> None:
    """The next press of “Continue” leads to the next step."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    add(page, film, sparse(film.with_name("second.bin")))
    page.press("#continue", "Enter")
    expect(page.locator(WAITING)).to_be_visible()
    act(page)
    expect(page.locator(WAITING)).to_be_hidden()
    page.evaluate("deliver()")
    examined(page, page.locator("#files-list > li").count())
    settled(page)
    expect(page.locator("#step-token")).to_be_hidden()
    expect(page.locator("#error")).to_be_hidden()
    visitor.to_token()


def test_a_removed_file_does_not_hold_up_the_others(visitor: Visitor, page: Page, film: Path) -> None:
    """One file is removed before its turn, and one while it is examined.

    The disk delivers no more bytes of these two files, and no time limit ends their examination.
    """
    page.evaluate("window.setInterval = () => 0")
    (film.with_name("note.bin")).write_bytes(bytes(9))
    add(page, film, sparse(film.with_name("second.bin")), film.with_name("note.bin"))
    expect(page.locator("#files-list > li").last).to_contain_text("Looking inside")
    page.evaluate(NOTHING)
    page.locator("#files-list button").nth(1).press("Enter")
    page.locator("#files-list button").first.press("Enter")
    examined(page, 1)
    visitor.to_token()


def test_a_file_that_delivers_nothing_for_twenty_seconds_counts_as_unreadable(page: Page, film: Path) -> None:
    """“Continue” reports the unreadable file, and the next file is examined.

    A file whose bytes arrive slowly does not count as unreadable.
    """
    (film.with_name("note.bin")).write_bytes(bytes(9))
    page.clock.install()
    add(page, film, film.with_name("note.bin"))
    first, second = page.locator("#files-list > li").all()
    bar = first.locator("progress")
    for _ in range(2):
        part = bar.evaluate("(bar) => bar.value")
        page.clock.run_for(11_000)
        page.evaluate("one()")
        expect(bar).not_to_have_js_property("value", part)
    page.press("#continue", "Enter")
    page.clock.run_for(21_000)
    expect(first).to_contain_text(CANNOT)
    expect(second).to_contain_text("It is sent as it is")
    expect(page.locator("#error")).to_contain_text(CANNOT)
    expect(page.locator(WAITING)).to_be_hidden()


def test_a_file_that_is_cut_while_it_is_read_counts_as_unreadable(
    visitor: Visitor, page: Page, tmp_path: Path
) -> None:
    """The report can still be sent without the file."""
    film = sparse(tmp_path / "film.bin", 64 << 20)
    add(page, film)
    page.press("#continue", "Enter")
    os.truncate(film, 5 << 20)
    page.evaluate("deliver()")
    expect(page.locator("#error")).to_contain_text(CANNOT, timeout=SLOW)
    expect(page.locator("#files-list > li")).to_contain_text(CANNOT)
    page.locator("#files-list button").press("Enter")
    visitor.to_token()


def test_the_continue_button_does_not_wait_for_files_that_are_too_large_together(
    visitor: Visitor, page: Page, film: Path
) -> None:
    page.evaluate("window.setInterval = () => 0")
    add(page, film, sparse(film.with_name("rest.bin"), 6 << 30))
    page.press("#continue", "Enter")
    visitor.shows("#error", "files-too-large")
    expect(page.locator("#error")).to_contain_text("Remove a file.")


def test_an_examination_survives_the_browsers_garbage_collection(visitor: Visitor, tmp_path: Path) -> None:
    """Chromium discards a file reader without references, even while the page waits for the next bytes."""
    page = visitor.page
    visitor.visit("en/report")
    visitor.turn_to("#files")
    session = page.context.new_cdp_session(page)
    page.set_input_files("#files", sparse(tmp_path / "film.bin", 128 << 20))
    row = page.locator("#files-list > li")
    expect(row).to_be_visible()
    give_up = time.monotonic() + SLOW / 1_000
    while row.get_attribute("aria-busy") == "true" and time.monotonic() < give_up:
        session.send("HeapProfiler.collectGarbage")
    expect(row).to_contain_text("It is sent as it is")


def test_pressing_send_for_a_follow_up_shows_at_once_that_its_files_are_examined(
    visitor: Visitor, film: Path
) -> None:
    visitor.reported()
    page = visitor.page
    page.add_init_script(SLOW_DISK)
    visitor.open()
    visitor.opened()
    page.fill("#follow-up-text", "kept")
    page.set_input_files("#follow-up-files", film)
    expect(page.locator("#follow-up-files-list progress")).to_be_visible()
    page.press("#follow-up-send", "Enter")
    expect(page.locator("#follow-up-files-waiting")).to_be_visible()
    page.locator("#follow-up-files-list button").press("Enter")
    expect(page.locator("#follow-up-files-waiting")).to_be_hidden()
    page.set_input_files("#follow-up-files", film)
    page.press("#follow-up-send", "Enter")
    page.evaluate("deliver()")
    expect(page.locator("#follow-up-done")).to_be_visible(timeout=SLOW)


def test_the_offline_form_also_says_that_files_are_examined(
    offline_visitor: OfflineVisitor, film: Path
) -> None:
    page = offline_visitor.page
    page.add_init_script(SLOW_DISK)
    offline_visitor.save()
    offline_visitor.start()
    page.click("#to-report")
    page.fill("#what", "kept")
    turn_to(page, "#channels")
    page.check(f"#channels-{INSPECTORATE}")
    turn_to(page, "#files")
    add(page, film)
    page.press("#continue", "Enter")
    expect(page.locator(WAITING)).to_have_text("Un instant : vos fichiers sont encore examinés.")
    expect(page.locator(WAITING)).to_be_visible()
    page.locator("#files-list button").press("Enter")
    expect(page.locator(WAITING)).to_be_hidden()
    go_on(page)
    expect(page.locator("#token-words li")).to_have_count(12, timeout=SLOW)
