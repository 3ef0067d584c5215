"""The pages are tested in WebKit on a small screen, because all browsers on an iPhone use WebKit."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as when

from crypto import proof
from crypto.messages import FollowUp
from tests.support import phone_kinds, pictures, webkit_peer
from tests.support.builders import INSPECTORATE
from tests.support.keyboard import walk
from tests.support.offline_form import KEYS
from tests.support.page_visitor import FILE
from tests.support.portal_site import REPLY, PortalSite, slot_for, with_receipt
from tests.support.swallowing_line import swallowing
from tests.support.webkit_peer import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.soak,
    # Selenium itself uses a deprecated argument for this browser.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]

WIDTH = 360
# The driver cannot type characters outside the basic multilingual plane.
TEXT = "Ils m\N{RIGHT SINGLE QUOTATION MARK}ont abordé·e à Noël."
VALUE = "(selector) => document.querySelector(selector).value"
TOP = "(selector) => document.querySelector(selector).getBoundingClientRect().top"
WIDE = "() => document.documentElement.scrollWidth"
ROWS = "() => document.querySelectorAll('#files-list > li').length"
ENTRIES = "() => history.length"
TEXT_OF = "(code) => document.querySelector(`#texts [data-code=${code}]`).textContent"
# Mark the page, so that the test sees when Back has led to another entry of the history.
MARK = """() => {
  const { dataset } = document.documentElement;
  dataset.at = "before Back";
  addEventListener("popstate", () => (dataset.at = "after Back"));
}"""
AT = "() => document.documentElement.dataset.at"
LEAD_TO = "(href) => Object.assign(document.querySelector('[data-leave]'), { href }).href"


@pytest.fixture(scope="module", name="saved")
def saved_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for the files that the browser saves."""
    return tmp_path_factory.mktemp("saved")


@pytest.fixture(scope="module")
def webkit(saved: Path) -> Iterator[WebKitGTK]:
    """All tests share one browser, because starting it takes seconds."""
    with webkit_peer.browsing(saved, WIDTH) as browser:
        yield browser


@pytest.fixture
def person(webkit: WebKitGTK) -> Person:
    """A reporter on the first page of a new site."""
    return Person(webkit)


def to_token(person: Person) -> list[str]:
    """Press “Continue” on the last step; return the twelve words."""
    person.enter("#continue")
    return person.texts("#token-words li")


def confirm(person: Person, words: list[str]) -> None:
    """Type two of the words, and press “Send”."""
    for field in ("#confirm-1", "#confirm-2"):
        place = person.visible(field).get_attribute("data-place")
        person.fill(field, words[int(place or -1)])
    person.enter("#send")


def send(person: Person, words: list[str]) -> float:
    """Type two of the words and send the report; return the seconds that sending takes."""
    begun = time.monotonic()
    confirm(person, words)
    person.visible("#done")
    return time.monotonic() - begun


def report(person: Person, site: PortalSite) -> list[str]:
    """Send a report; return its words."""
    person.go(f"{site.address}/fr/report")
    person.fill("#what", TEXT)
    person.enter("#continue")
    person.click(f"#channels-{INSPECTORATE}")
    words = to_token(person)
    send(person, words)
    return words


def read(person: Person, site: PortalSite, words: list[str]) -> None:
    person.go(f"{site.address}/fr/status")
    person.fill("#token", " ".join(words))
    person.enter("#open")
    person.visible("#case")


def test_in_webkit_a_report_and_its_answer_need_only_the_keyboard(person: Person, site: PortalSite) -> None:
    """Each focused element has a visible ring, and the bar with “Leave quickly” never covers it."""
    assert walk(person, site, TEXT) == []


def test_in_webkit_nothing_is_lost_by_going_back_or_switching_the_language(
    person: Person, site: PortalSite, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Text and files are kept at every step. The picture arrives without metadata."""
    note = tmp_path / "note.bin"
    note.write_bytes(FILE)
    person.go(f"{site.address}/fr/report")
    person.fill("#what", TEXT)
    person.enter("#continue")
    person.click(f"#channels-{INSPECTORATE}")
    person.fill("#protect", "Quai 4")
    person.enter("#more")
    person.bring("#files", note, pictures.picture(tmp_path / "IMG_2041.jpg"))
    person.visible("#files-list > li[aria-busy=false]:nth-child(2)")
    words = to_token(person)
    person.click("#confirm-1")
    assert person.ask(TOP, "#confirm-1-label") >= 0
    for shown in ("#files-list", "#protect", "#what"):
        assert person.ask(WIDE, "") == WIDTH
        person.back()
        person.visible(shown)
    person.click("a[hreflang=en]")
    person.visible("a[hreflang=fr]")
    assert [person.ask(VALUE, field) for field in ("#what", "#protect")] == [TEXT, "Quai 4"]
    person.enter("#continue")
    person.visible("#protect")
    assert to_token(person) == words
    seconds = send(person, words)
    version = person.browser.capabilities["browserVersion"]
    record_property(f"two words and a whole submit, WebKit {version}", f"{seconds:.1f} s")
    message, files = site.report()
    assert [message.answers[name] for name in ("what", "protect")] == [TEXT, "Quai 4"]
    assert files[1] == FILE
    assert pictures.CANARY.encode() not in files[2]


def test_in_webkit_a_file_of_each_kind_of_phones_is_cleaned_and_sent(
    person: Person, site: PortalSite, tmp_path: Path
) -> None:
    """The bytes are the same as after cleaning at the inbox."""
    made = phone_kinds.kinds(tmp_path)
    person.go(f"{site.address}/fr/report")
    person.fill("#what", TEXT)
    person.enter("#continue")
    person.click(f"#channels-{INSPECTORATE}")
    person.enter("#more")
    person.bring("#files", *made)
    person.visible(f"#files-list > li[aria-busy=false]:nth-child({len(made)})")
    send(person, to_token(person))
    assert dict(enumerate(made.values(), 1)) == site.report()[1]


@pytest.mark.parametrize("compiles", [True, False], ids=["compiler", "no compiler"])
def test_in_webkit_a_photo_of_four_megabytes_is_examined_in_a_second(
    site: PortalSite,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    compiles: bool,  # noqa: FBT001 - the case of the test
) -> None:
    photo = phone_kinds.large_photo(tmp_path / "photo.heic")
    with webkit_peer.browsing(tmp_path, WIDTH, compiles=compiles) as browser:
        person = Person(browser)

        def examined() -> float:
            person.go(f"{site.address}/fr/report")
            person.visible("#what")
            person.ask(phone_kinds.EXAMINED, "")
            person.bring("#files", photo)
            return float(person.wait.until(lambda _: person.ask(phone_kinds.SECONDS, "")))

        seconds = phone_kinds.least(examined)
    name = "with" if compiles else "without"
    record_property(f"a photo of 4 MB, WebKit {name} a compiler", f"{seconds:.2f} s")
    assert 0 < seconds < phone_kinds.MOST_SECONDS


def test_in_webkit_the_back_button_shows_an_empty_page_after_the_reporter_leaves_quickly(
    person: Person, site: PortalSite
) -> None:
    """Going back once more shows the page before the report."""
    person.go(f"{site.address}/fr/guide")
    person.go(f"{site.address}/fr/report")
    person.fill("#what", TEXT)
    person.enter("#continue")
    person.visible("#protect")
    leave_quickly(person)
    goes_back_through_an_empty_page(person, f"{site.address}/fr/guide")


def test_in_webkit_leaving_at_the_step_for_withdrawing_a_report_adds_one_empty_entry_to_the_history(
    person: Person, site: PortalSite
) -> None:
    """Without this step, leaving the answer page adds no entry."""
    words = report(person, site)
    site.answer(site.report()[0], slot_for(site.report()[0]))
    for more in (0, 1):
        person.go(f"{site.address}/fr/guide")
        read(person, site, words)
        entries = person.ask(ENTRIES, "")
        if more:
            person.enter("#to-withdraw")
            person.visible("#withdraw-meant")
        leave_quickly(person)
        assert person.ask(ENTRIES, "") == entries + more
        if more:
            goes_back_through_an_empty_page(person, f"{site.address}/fr/guide")
        else:
            person.back()
            person.wait.until(when.url_to_be(f"{site.address}/fr/guide"))


def test_in_webkit_the_link_to_the_content_adds_nothing_to_the_history(
    person: Person, site: PortalSite
) -> None:
    person.go(f"{site.address}/fr/guide")
    person.go(f"{site.address}/fr/report")
    person.fill("#what", TEXT)
    entries = person.ask(ENTRIES, "")
    person.ask("(link) => document.querySelector(link).focus()", ".skip")
    person.press("Enter")
    assert person.ask("() => document.activeElement.id", "") == "main"
    assert person.ask(ENTRIES, "") == entries
    leave_quickly(person)
    person.back()
    person.wait.until(when.url_to_be(f"{site.address}/fr/guide"))


def test_in_webkit_leaving_the_offline_form_adds_one_empty_entry_to_the_history(
    person: Person, site: PortalSite, tmp_path: Path
) -> None:
    """WebKit shows the address of the form above the empty page."""
    (tmp_path / "before.html").write_text("<title>Before</title>")
    page = tmp_path / "offline.html"
    for path, file in (("/fr/offline.html", page), *((f"/{name}", tmp_path / name) for name in KEYS)):
        file.write_bytes(site.client.get(path).data)
    before = (tmp_path / "before.html").as_uri()
    person.go(before)
    person.go(page.as_uri())
    person.bring("#keys", *(tmp_path / name for name in KEYS))
    person.enter("#to-report")
    person.fill("#what", TEXT)
    entries = person.ask(ENTRIES, "")
    person.enter("#continue")
    person.visible("#protect")
    person.click("[data-leave]")
    person.wait.until(when.url_to_be("about:blank"))
    assert person.ask(ENTRIES, "") == entries + 1
    goes_back_through_an_empty_page(person, before, empty=page.as_uri())


def leave_quickly(person: Person) -> None:
    """Leave quickly with a key. Tests do not open the real harmless page on the internet."""
    person.ask(LEAD_TO, "/fr/rights")
    person.press("Escape", times=3)
    person.visible("footer [aria-current][href='/fr/rights']")


def goes_back_through_an_empty_page(person: Person, before: str, empty: str = "about:blank") -> None:
    """Expect that Back first leads to an empty page with one address, and then to the page ``before``."""
    person.ask(MARK, "")
    person.back()
    person.wait.until(lambda _: person.ask(AT, "") != "before Back")
    person.wait.until(when.url_to_be(empty))
    person.wait.until(lambda _: person.ask("() => document.documentElement.textContent", "") == "")
    person.back()
    person.wait.until(when.url_to_be(before))


def test_in_webkit_a_report_arrives_once_after_a_lost_connection(person: Person, site: PortalSite) -> None:
    """The page first calls the connection slow, then lost, and sends the report again by itself."""
    with swallowing(int(site.address.rpartition(":")[2])) as line:
        person.go(f"http://127.0.0.1:{line.port}/fr/report")
        person.fill("#what", TEXT)
        person.enter("#continue")
        person.click(f"#channels-{INSPECTORATE}")
        words = to_token(person)
        line.go_silent()
        confirm(person, words)
        slow, lost = (person.ask(TEXT_OF, f"connection-{each}") for each in ("slow", "lost"))
        person.wait.until(when.text_to_be_present_in_element((By.ID, "progress-text"), slow))
        person.wait.until(when.text_to_be_present_in_element((By.ID, "progress-text"), lost))
        line.mend()
        person.visible("#done")
        person.go("about:blank")  # closes the connections
    assert site.report()[0].answers["what"] == TEXT


@pytest.mark.parametrize("field", ["#files", "#files-camera"])
def test_in_webkit_a_chosen_file_can_be_removed_and_chosen_again(
    person: Person, site: PortalSite, tmp_path: Path, field: str
) -> None:
    """The field of the camera is hidden here, as on each device without a touch screen."""
    picture = pictures.picture(tmp_path / "IMG_2041.jpg")
    person.go(f"{site.address}/fr/report")
    person.fill("#what", TEXT)
    person.enter("#continue")
    person.click(f"#channels-{INSPECTORATE}")
    person.enter("#more")
    for _ in range(2):
        person.visible("#files-hint")
        person.bring(field, picture)
        person.visible("#files-list > li[aria-busy=false]")
        (told,) = person.texts("#files-list > li")
        assert picture.name in told
        person.enter("#files-list button")
        person.wait.until(lambda _: person.ask(ROWS, "") == 0)
    person.bring(field, picture)
    person.visible("#files-list > li[aria-busy=false]")
    send(person, to_token(person))
    assert [*site.report()[1]] == [1]


def test_in_webkit_a_mistyped_word_is_corrected_and_the_answer_is_read(
    person: Person, site: PortalSite
) -> None:
    """The reporter then starts a message with a prepared sentence, and sends it."""
    words = report(person, site)
    first, _ = site.report()
    site.answer(first, slot_for(first))
    person.go(f"{site.address}/fr/status")
    person.click("#show-typed")
    (longest,) = [max(words, key=len)]
    mistyped = " ".join(f"{longest[:-2]}{longest[:-3:-1]}" if word == longest else word for word in words)
    person.fill("#token", f"{mistyped} ")
    assert person.texts("#completions button") == [longest]
    person.click("#completions button")
    person.enter("#open")
    person.visible("#case")
    assert person.texts("#status-label") == ["En cours d\N{RIGHT SINGLE QUOTATION MARK}évaluation"]
    assert person.texts("#messages .written") == [REPLY]
    assert person.ask(WIDE, "") == WIDTH
    person.click("#begin-again")
    begun = person.ask(VALUE, "#follow-up-text")
    person.write("Mardi.")
    person.enter("#follow-up-send")
    person.visible("#follow-up-done")
    (again,) = [message for message, _ in site.received() if isinstance(message, FollowUp)]
    assert (begun != "", f"{begun}Mardi.") == (True, again.text)


# Brings the button into view, and puts the box of the next step at its place. A second press that counted
# would tick the box.
PUT_BOX_UNDER = """(selector) => {
  const button = document.querySelector(selector);
  button.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top } = button.getBoundingClientRect();
  const place = { position: "fixed", left: `${left}px`, top: `${top}px`, zIndex: 9 };
  Object.assign(document.querySelector("label:has(#withdraw-meant)").style, place);
}"""
PUT_BACK = "() => document.querySelector('label:has(#withdraw-meant)').removeAttribute('style')"
TICKED = "() => document.querySelector('#withdraw-meant').checked"
# For this long after a press, the page ignores another press at the same place (secondpress.js).
IGNORED_MILLISECONDS = 1_000


def test_in_webkit_double_presses_do_not_withdraw_a_report_without_confirmation(
    person: Person, site: PortalSite
) -> None:
    """The first double press only opens the step. The second finds the box unticked, and shows an error."""
    words = report(person, site)
    site.answer(site.report()[0], slot_for(site.report()[0]))
    read(person, site, words)
    person.ask(PUT_BOX_UNDER, "#to-withdraw")
    person.double("#to-withdraw")
    person.texts("#withdraw-meant")
    assert not person.ask(TICKED, "")
    person.ask(PUT_BACK, "")
    pressed = person.ask("() => performance.now()", "")
    person.wait.until(lambda _: person.ask("() => performance.now()", "") > pressed + IGNORED_MILLISECONDS)
    person.double("#withdraw")
    person.texts("#withdraw-error")
    assert len(site.received()) == 1


def test_in_webkit_the_link_to_leave_empties_the_page(person: Person, site: PortalSite) -> None:
    """The test leaves the page by the link and by the Escape key.

    Going back does not restore the typed text.
    """
    for leave in (lambda: person.click("[data-leave]"), lambda: person.press("Escape", times=3)):
        person.go(f"{site.address}/fr/report")
        person.fill("#what", TEXT)
        # Tests do not open the real harmless page on the internet.
        person.ask(LEAD_TO, "/fr/guide")
        leave()
        person.visible("footer [aria-current][href='/fr/guide']")
        person.back()
        assert TEXT not in person.ask("() => document.documentElement.outerHTML", "")


def test_in_webkit_a_proof_can_be_saved_and_then_checked_from_disk(
    person: Person, site: PortalSite, saved: Path
) -> None:
    words = report(person, site)
    first, _ = site.report()
    site.answer(first, with_receipt(slot_for(first), first, site.site))
    read(person, site, words)
    person.click("#proof summary")
    person.click("#save-proof")
    person.visible("#proof-saved")
    file = whole(saved / "proof.json")
    found = proof.open_proof(file.read_bytes(), root_key=site.site.root_key, deployment=site.site.deployment)
    assert found.key.channel == INSPECTORATE
    page = saved / "proof.html"
    page.write_bytes(site.client.get("/fr/proof.html").data)
    person.go(page.as_uri())
    person.click("#to-check")
    person.bring("#proof-file", file)
    person.visible("#proven")
    assert person.ask(WIDE, "") == WIDTH


def whole(path: Path) -> Path:
    """Return the content of a file that the browser saves, once the file has any content."""
    for _ in range(200):
        if path.exists() and path.stat().st_size:
            return path
        time.sleep(0.05)
    raise AssertionError(sorted(each.name for each in path.parent.iterdir()))
