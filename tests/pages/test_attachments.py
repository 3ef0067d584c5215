"""Files on the report page in a real browser: added, dropped, changed, too large or too many."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import page_modules, pictures
from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import SLOW, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]

DROP = """(names) => {
  const dropped = new DataTransfer();
  for (const name of names) dropped.items.add(new File([name], name));
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: dropped });
    document.querySelector("h1").dispatchEvent(event);
    if (!event.defaultPrevented) throw new Error("the browser would open the file in place of the page");
  }
}"""
# Delays the event that tells the page which files were chosen.
HOLD = """() => addEventListener(
  "change", (event) => event.stopImmediatePropagation(), { capture: true, once: true })"""
LET_GO = "document.querySelector('#files').dispatchEvent(new Event('change'))"
# From now on, a disk takes a second for each file.
SLOW_DISK = """() => {
  const read = Blob.prototype.arrayBuffer;
  Blob.prototype.arrayBuffer = async function () {
    await new Promise((done) => setTimeout(done, 1_000));
    return read.call(this);
  };
}"""
SEAL_CHANGED = """async () => {
  const { age, casetoken, channels, days, keyrings, sealing, site: { site } } = modules;
  const keys = await casetoken.derive(casetoken.generate(), site.deployment);
  const address = channels.addressOf(await keyrings.fetchKeyring(), "inspectorate", days.today());
  const blob = new Blob(["other bytes"]);
  const file = { blob, patches: [], name: "", type: "", shown: "", digest: new Uint8Array(32) };
  const begun = await age.begin(address.key.recipient);
  try {
    const { sealed } = sealing.sealReport(begun, address, keys, { answers: {}, files: [file] });
    for await (const piece of sealed) void piece;
  } catch (error) { return [error.code, error.number]; }
}"""


@pytest.fixture
def page(visitor: Visitor) -> Page:
    visitor.visit("en/report")
    visitor.page.fill("#what", "kept")
    visitor.turn_to("#channels")
    visitor.page.check(f"#channels-{INSPECTORATE}")
    visitor.turn_to("#files")
    return visitor.page


def rows(page: Page, count: int) -> None:
    """Expect this many files in the list, all of them examined.

    The row of a removed file keeps its place for a moment.
    """
    row = "#files-list > li:not(.removed)"
    expect(page.locator(row)).to_have_count(count, timeout=SLOW)
    expect(page.locator(f"{row}[aria-busy=false]")).to_have_count(count, timeout=SLOW)


def sparse(path: Path, size: int) -> Path:
    path.touch()
    os.truncate(path, size)
    return path


def test_files_dropped_anywhere_on_the_page_are_added(visitor: Visitor, page: Page) -> None:
    page.evaluate(DROP, ["a.txt", "b.txt"])
    rows(page, 2)
    assert page.input_value("#what") == "kept"
    visitor.to_token()
    page.evaluate(DROP, ["late.txt"])
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[1] == {1: b"a.txt", 2: b"b.txt"}


def test_names_of_files_are_sent_only_on_request(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    """One switch applies to all files, including those added later.

    The switch appears with the first file.
    """
    names = page.get_by_label("Send the names of the files, too")
    expect(names).to_be_hidden()
    for name in ("one.txt", "Quai é 4.txt"):
        (tmp_path / name).write_text(name)
    page.set_input_files("#files", [tmp_path / "one.txt"])
    rows(page, 1)
    expect(names).not_to_be_checked()
    names.check()
    page.set_input_files("#files", [tmp_path / "Quai é 4.txt"])
    rows(page, 2)
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert ["one.txt", "Quai é 4.txt"] == [each.name for each in visitor.site.report()[0].files]


def test_names_of_files_are_not_sent_by_default(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    (tmp_path / "Quai é 4.txt").write_text("x")
    page.set_input_files("#files", [tmp_path / "Quai é 4.txt"])
    rows(page, 1)
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert [""] == [each.name for each in visitor.site.report()[0].files]


def test_a_photo_taken_on_a_phone_is_cleaned_of_metadata_like_any_other_picture(
    visitor: Visitor, chromium: Browser, tmp_path: Path
) -> None:
    """The button opens the camera. A device without a touch screen has no button for the camera."""
    telephone = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    at_hand = Visitor(telephone.new_page(), visitor.address, "en")
    at_hand.site = visitor.site
    at_hand.visit("en/report")
    at_hand.turn_to("#files-camera")
    expect(at_hand.page.get_by_text("Take a photo")).to_be_visible()
    camera = at_hand.page.locator("#files-camera")
    assert [camera.get_attribute(each) for each in ("accept", "capture")] == ["image/*", "environment"]
    camera.set_input_files(pictures.picture(tmp_path / "photo.jpg"))
    rows(at_hand.page, 1)
    expect(at_hand.page.locator("#files-list > li")).to_contain_text("removed from what will be sent")
    telephone.close()
    visitor.visit("en/report")
    visitor.turn_to("#files")
    expect(visitor.page.get_by_text("Take a photo")).to_be_hidden()


def test_before_files_are_added_the_page_says_which_kinds_of_files_it_cleans(page: Page) -> None:
    said = page.locator("#files-hint li")
    expect(said.first).to_contain_text("M4A and 3GP recordings: this page removes place, day and device")
    expect(said.nth(1)).to_contain_text("PDF, Word and all other files: they are sent as they are")
    expect(page.locator("#files")).to_have_accessible_description(re.compile("HEIC"))


def test_each_file_has_a_progress_bar_while_it_is_examined(page: Page, tmp_path: Path) -> None:
    """The bar only moves forward, and disappears at the end."""
    page.evaluate(
        """() => {
          window.seen = [];
          const seeing = new MutationObserver(() => {
            const bars = document.querySelectorAll("#files-list progress");
            for (const bar of bars) seen.push([bar.ariaLabel, bar.value]);
          });
          const changes = { attributes: true, childList: true, subtree: true };
          seeing.observe(document.querySelector("#files-list"), changes);
        }"""
    )
    # The test presses the mouse only once. For a second after a press, the page postpones any change that
    # would move other elements.
    page.clock.install()
    page.click("h1:visible")
    page.clock.fast_forward(1_100)
    page.set_input_files("#files", [sparse(tmp_path / "film.bin", 8 << 20)])
    rows(page, 1)
    labels, parts = zip(*page.evaluate("seen"), strict=True)
    assert {*labels} == {"Looking inside…"}
    assert list(parts) == sorted(parts)
    assert len({*parts}) > 2
    assert parts[-1] <= 1
    expect(page.locator("#files-list progress")).to_have_count(0)


@pytest.mark.parametrize("name", ["f", "film " * 12], ids=["a short name", "a long name"])
def test_on_a_telephone_the_name_of_a_file_has_a_line_of_its_own(
    page: Page, tmp_path: Path, name: str
) -> None:
    """The size is below the name, on the same line as the button that removes the file."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.set_input_files("#files", [sparse(tmp_path / f"{name}.bin", 5)])
    rows(page, 1)
    title, size, button = page.evaluate(
        """() => ["bdi", "bdi + *", "button"].map((each) => {
          const text = document.createRange();
          text.selectNodeContents(document.querySelector(`#files-list > li > ${each}`));
          const { left, top, bottom } = text.getBoundingClientRect();
          return { left: Math.round(left), top, bottom };
        })"""
    )
    assert title["left"] == size["left"] < button["left"]
    assert title["bottom"] <= min(size["top"], button["top"])
    assert size["top"] < button["bottom"]
    assert button["top"] < size["bottom"]


def test_an_empty_file_is_not_added_and_a_message_says_why(page: Page, tmp_path: Path) -> None:
    (tmp_path / "nothing.jpg").touch()
    (tmp_path / "some.txt").write_text("x")
    page.set_input_files("#files", [tmp_path / "nothing.jpg", tmp_path / "some.txt"])
    expect(page.locator("#files-note")).to_contain_text("“nothing.jpg” is empty")
    expect(page.locator("#files-note")).to_have_class("wrong")
    rows(page, 1)
    (tmp_path / "other.txt").write_text("x")
    page.set_input_files("#files", tmp_path / "other.txt")
    rows(page, 2)
    expect(page.locator("#files-note")).to_have_class("hint")


def test_the_page_says_that_a_text_with_the_name_of_a_picture_is_sent_as_it_is(
    page: Page, tmp_path: Path
) -> None:
    (tmp_path / "note.jpg").write_text("x")
    page.set_input_files("#files", tmp_path / "note.jpg")
    told = page.locator("#files-list")
    expect(told).to_contain_text("Its name ends in “jpg”, but it is not such a file.")
    expect(told).to_contain_text("It is sent as it is.")


def test_two_hundred_files_are_too_many_but_ninety_nine_are_accepted(
    visitor: Visitor, page: Page, tmp_path: Path
) -> None:
    """The page lists all files, so that the reporter can choose which to keep.

    The text of the report is kept too.
    """
    files = [tmp_path / f"{n}.txt" for n in range(200)]
    for file in files:
        file.write_text(file.name)
    page.set_input_files("#files", files)
    rows(page, 200)
    visitor.shows("#files-note", "too-many-files")
    page.click("#continue")
    visitor.shows("#error", "too-many-files")
    # The error is visible at the field, but not a second time in the note below the button.
    said = page.locator("[data-part=optional]").get_by_text(page.locator("#error a").inner_text())
    assert [each.is_visible() for each in said.all()] == [True, False]
    assert page.input_value("#what") == "kept"
    page.evaluate("[...document.querySelectorAll('#files-list button')].slice(99).forEach((b) => b.click())")
    expect(page.locator("#files-note")).to_contain_text("Number of files: 99 ")
    expect(page.locator("#files-note")).to_be_visible()
    visitor.to_token()


def test_files_that_together_exceed_a_gigabyte_are_refused(
    visitor: Visitor, page: Page, tmp_path: Path
) -> None:
    """Neither of the two files is too large by itself.

    The page examines only the first file, which is small.
    Once a file is removed, the error is no longer shown.
    """
    small, rest = (sparse(tmp_path / f"{size}.bin", size << 20) for size in (8, 1_020))
    page.set_input_files("#files", [small])
    rows(page, 1)
    expect(page.locator("#files-note")).not_to_contain_text("too large")
    page.set_input_files("#files", [rest])
    visitor.shows("#files-note", "files-too-large")
    page.click("#continue")
    visitor.shows("#error", "files-too-large")
    page.locator("#files-list button").last.click()
    expect(page.locator("#files")).to_have_attribute("aria-invalid", "false")
    expect(page.locator("#error li:not(.corrected)")).to_have_count(0)
    expect(page.locator("#files-note")).not_to_contain_text("Too big")


def test_a_file_that_is_too_large_by_itself_is_not_examined(
    visitor: Visitor, page: Page, tmp_path: Path
) -> None:
    """Examining such a file would take a long time and be useless.

    The control is a small file, which is examined.
    """
    page.set_input_files("#files", [sparse(tmp_path / "film.bin", 2 << 30)])
    visitor.shows("#files-note", "files-too-large")
    expect(page.locator("#files-list > li")).not_to_contain_text("Looking inside")
    page.set_input_files("#files", [sparse(tmp_path / "note.bin", 9)])
    expect(page.locator("#files-list > li").last).to_contain_text(
        "It is sent as it is: it may tell who made it, where and when."
    )
    expect(page.locator("#files-list > li").first.locator("p, progress")).to_have_count(0)


def test_on_a_slow_device_the_page_says_in_advance_how_long_sealing_takes(page: Page, tmp_path: Path) -> None:
    """The page measures the speed of the device."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 8})
    page.set_input_files("#files", [sparse(tmp_path / "film.bin", 900 << 20)])
    expect(page.locator("#files-note")).to_contain_text(
        re.compile(r"about \d+ (minutes|seconds)"), timeout=30_000
    )


def test_adding_files_makes_no_request(visitor: Visitor, page: Page, tmp_path: Path) -> None:
    """An observer of the network learns nothing before the report is sent."""
    page.wait_for_load_state("networkidle")
    before = len(visitor.requests)
    page.set_input_files(
        "#files", [pictures.picture(tmp_path / "a.jpg"), pictures.picture(tmp_path / "b.png")]
    )
    rows(page, 2)
    page.locator("#files-list button").first.click()
    rows(page, 1)
    assert len(visitor.requests) == before


def test_a_picture_that_changed_after_it_was_cleaned_is_not_sent(
    visitor: Visitor, page: Page, tmp_path: Path
) -> None:
    """The text is kept, and the file can be added again. The report then has other words.

    The visitor must read these words, even if the page still examines the file.
    """
    picture = pictures.picture(tmp_path / "photo.jpg")
    page.set_input_files("#files", [picture])
    rows(page, 1)
    visitor.to_token()
    pictures.picture(picture, 3)
    visitor.confirm()
    visitor.shows("#send-error", "file-unreadable")
    assert visitor.site.received() == []
    page.click("#back")
    assert page.input_value("#what") == "kept"
    visitor.turn_to("#files")
    page.locator("#files-list button").click()
    page.evaluate(SLOW_DISK)
    page.set_input_files("#files", [picture])
    earlier = visitor.words
    visitor.to_token()
    assert visitor.words != earlier
    visitor.confirm()
    visitor.arrived()


def test_sealing_stops_if_a_file_differs_from_the_one_that_was_examined(page: Page) -> None:
    """The digest reveals the change even if the browser does not notice it."""
    page_modules.load(page, "age", "casetoken", "channels", "days", "keyrings", "sealing", "site")
    assert ["file-changed", 1] == page.evaluate(SEAL_CHANGED)


def test_a_file_that_disappeared_before_it_was_added_is_named_in_the_error(
    page: Page, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.txt"
    gone.write_text("x")
    page.evaluate(HOLD)
    page.set_input_files("#files", [gone])
    gone.unlink()
    page.evaluate(LET_GO)
    expect(page.locator("#files-note")).to_contain_text("“gone.txt” is empty, a folder, or no longer there")
    rows(page, 0)


def test_the_button_for_files_works_with_the_keyboard(page: Page) -> None:
    opened: list[bool] = []
    page.on("filechooser", lambda chooser: opened.append(chooser.is_multiple()))
    for key in ("Enter", "Space"):
        page.locator("#files").focus()
        with page.expect_event("filechooser"):
            page.keyboard.press(key)
    assert opened == [True, True]
