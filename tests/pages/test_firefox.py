"""From a report to its answer and a follow-up, in Firefox and in a browser without a compiler (JIT)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crypto import age, padding
from crypto.messages import FollowUp
from portal.api.sealed_file import HEADER
from tests.support import browsing, firefox_peer, phone_kinds
from tests.support.firefox_peer import FirefoxPeer
from tests.support.keyboard import walk
from tests.support.page_visitor import FILE, TEXT, Visitor
from tests.support.portal_site import REPLY, PortalSite, slot_for

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.soak]

# Tor Browser has this setting at every level. The level “Safer” turns off the settings below on every site
# (see Tor Browser's SecurityLevel.sys.mjs). Tor Browser includes NoScript, which turns off WebGL.
TOR = {"privacy.resistFingerprinting": True}
OFF = [
    *(f"javascript.options.{name}" for name in ("ion", "baselinejit", "native_regexp", "asmjs", "wasm")),
    "gfx.font_rendering.graphite.enabled",
    "gfx.font_rendering.opentype_svg.enabled",
    "dom.security.https_only_mode_send_http_background_request",
]
SAFER = {**TOR, **dict.fromkeys(OFF, False), "mathml.disabled": True, "webgl.disabled": True}
MOST_SECONDS = 5  # for sending a report without files, from the last press to the receipt
Record = Callable[[str, object], None]


def check(site: PortalSite, report: str, follow_up: str) -> None:
    """Expect that the inspectorate received both messages unchanged, and from the same reporter."""
    first, _ = site.report()
    assert first.answers["what"] == report
    (second,) = [message for message, _ in site.received() if isinstance(message, FollowUp)]
    assert (follow_up, first.case_id, 1) == (second.text, second.case_id, second.seen)


@dataclass(frozen=True)
class Firefox:
    """A Firefox with its security level, a reporter, and the folder for saved files."""

    level: str
    peer: FirefoxPeer
    stick: Path


@pytest.fixture(name="started", scope="module", params=["standard", "safer"])
def started_fixture(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox]:
    """A plain Firefox, and a Firefox with the settings of Tor Browser's level “Safer”.

    Both browsers are started once, because starting one takes seconds.
    """
    stick = tmp_path_factory.mktemp("stick")
    saving = {"browser.download.folderList": 2, "browser.download.dir": str(stick)}
    preferences = {**saving, **(SAFER if request.param == "safer" else {})}
    with firefox_peer.browsing(preferences) as peer:
        yield Firefox(request.param, peer, stick)


@pytest.fixture
def firefox(started: Firefox, site: PortalSite) -> Firefox:
    """A running Firefox, used by a French reporter who has not been on this site before."""
    started.peer.does("visit", address=site.address, language="fr")
    return started


def test_in_firefox_a_reporter_can_report_and_read_the_answer_and_write_again(
    site: PortalSite, firefox: Firefox, record_property: Record
) -> None:
    text, peer = TEXT.replace("\n", " "), firefox.peer
    sent = peer.does("report", text=text)
    assert sent["compiles"] == (firefox.level == "standard")
    site.answer(site.report()[0], slot_for(site.report()[0]))
    opened = peer.does("open", words=" ".join(sent["words"]))
    assert {"status": "En cours d\u2019évaluation", "messages": [REPLY]} == opened
    again = peer.does("write", text="Encore : la même voiture.")
    if firefox.level == "standard":
        kept = peer.does("return")
        assert kept == {"control": "unsent words", "reloaded": "", "returned": ""}
    record_property(f"whole submit, firefox {firefox.level}", f"{sent['seconds']:.1f} s")
    assert max(sent["seconds"], again["seconds"]) < MOST_SECONDS
    check(site, text, "Encore : la même voiture.")


def test_in_firefox_a_report_and_its_answer_need_only_the_keyboard_on_a_small_screen(
    site: PortalSite, firefox: Firefox
) -> None:
    """Each focused element has a visible ring, and the bar with “Leave quickly” never covers it."""
    firefox.peer.does("size", width=360, height=640)
    assert walk(firefox.peer, site, TEXT.replace("\n", " ")) == []


def test_pressing_the_leave_key_three_times_leaves_the_page_in_firefox(
    site: PortalSite, firefox: Firefox
) -> None:
    """Tor Browser does not tell pages when Shift, Ctrl or Alt is pressed."""
    peer = firefox.peer
    peer.go(f"{site.address}/fr/report")
    peer.texts("#what")
    # Tests do not open the real harmless page on the internet.
    peer.ask("(href) => Object.assign(document.querySelector('[data-leave]'), { href }).href", "/fr/guide")
    for _ in range(3):
        peer.press("Escape")
    assert peer.texts("footer [aria-current][href='/fr/guide']") != []


def test_in_firefox_the_back_button_shows_an_empty_page_after_leaving_a_report_quickly(
    site: PortalSite, firefox: Firefox
) -> None:
    """Going back once more shows the page before the report."""
    peer = firefox.peer
    peer.go(f"{site.address}/fr/guide")
    peer.go(f"{site.address}/fr/report")
    peer.texts("#what")
    peer.ask("(selector) => !document.querySelector(selector).click()", "#continue")
    peer.texts("#protect")
    peer.ask("(href) => Object.assign(document.querySelector('[data-leave]'), { href }).href", "/fr/rights")
    for _ in range(3):
        peer.press("Escape")
    peer.texts("footer [aria-current][href='/fr/rights']")
    peer.does("back", address="about:blank")
    assert peer.ask("() => document.documentElement.textContent", "") == ""
    peer.does("back", address=f"{site.address}/fr/guide")


def test_the_offline_form_seals_and_reads_in_firefox(
    site: PortalSite, firefox: Firefox, record_property: Record
) -> None:
    """The form is opened from disk without a network.

    The form makes a file to send and a locator, and reads an answer.
    """
    stick, peer = firefox.stick, firefox.peer
    for path in ("fr/offline.html", "keyring.json", "keyring.sig"):
        (stick / Path(path).name).write_bytes(site.client.get(f"/{path}").data)
    opened = {
        "form": (stick / "offline.html").as_uri(),
        "keys": [str(stick / name) for name in ("keyring.json", "keyring.sig")],
    }
    sealed = peer.does("seal", text="Écrit hors ligne", **opened)
    posted = site.client.post("/fr/sealed", data={"sealed": (whole(stick / "sealed.bin"), "x")})
    assert posted.status_code == 200
    report, _ = site.report()
    site.answer(report, slot_for(report))
    located = peer.does("locate", words=" ".join(sealed["words"]), **opened)
    slot = site.client.post("/fr/slot", data=located)
    (stick / "slot.bin").write_bytes(slot.data)
    read = peer.does("read", slot=str(stick / "slot.bin"))
    assert {"status": "En cours d\u2019évaluation", "messages": [REPLY]} == read
    assert report.answers["what"] == "Écrit hors ligne"
    record_property(f"offline form, sealing, firefox {firefox.level}", f"{sealed['seconds']:.1f} s")
    assert sealed["seconds"] < MOST_SECONDS


def test_in_firefox_a_file_of_each_kind_of_phones_is_cleaned_and_sent(
    site: PortalSite, firefox: Firefox, tmp_path: Path
) -> None:
    """The bytes are the same as after cleaning at the inbox."""
    made = phone_kinds.kinds(tmp_path)
    firefox.peer.does("choose", files=[str(path) for path in made], text=TEXT)
    assert firefox.peer.does("send")["said"] == ""
    assert dict(enumerate(made.values(), 1)) == site.report()[1]


def test_in_firefox_a_photo_of_four_megabytes_is_examined_in_a_second(
    site: PortalSite, firefox: Firefox, tmp_path: Path, record_property: Record
) -> None:
    """Firefox with the settings of “Safer” has no compiler."""
    peer = firefox.peer
    photo = phone_kinds.large_photo(tmp_path / "photo.heic")

    def examined() -> float:
        peer.go(f"{site.address}/fr/report")
        peer.texts("#what")
        peer.ask(phone_kinds.EXAMINED, "")
        peer.does("bring", files=[str(photo)])
        peer.texts("html[data-examined]")
        return float(peer.ask(phone_kinds.SECONDS, ""))

    seconds = phone_kinds.least(examined)
    record_property(f"a photo of 4 MB, firefox {firefox.level}", f"{seconds:.2f} s")
    assert 0 < seconds < phone_kinds.MOST_SECONDS


def whole(path: Path) -> BytesIO:
    """Return the content of a file that the browser saves, once all its bytes are there."""
    for _ in range(200):
        if path.exists() and path.stat().st_size == HEADER + age.sealed_size(padding.SMALLEST):
            return BytesIO(path.read_bytes())
        time.sleep(0.05)
    raise AssertionError(sorted(each.name for each in path.parent.iterdir()))


CHANGES: dict[str, Callable[[Path], object]] = {
    "same length": lambda path: path.write_bytes(FILE[::-1]),
    "longer": lambda path: path.write_bytes(FILE[::-1] * 2),
    "shorter": lambda path: path.write_bytes(FILE[:-1]),
    "replaced": lambda path: path.with_suffix(".new").rename(path),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("started", ["standard"], indirect=True)
def test_in_firefox_a_file_that_changed_after_it_was_chosen_is_not_sent(
    site: PortalSite, started: Firefox, tmp_path: Path
) -> None:
    """If a file was changed, Firefox reads it without an error, but ignores bytes appended later."""
    said, peer = {}, started.peer
    peer.does("visit", address=site.address, language="en")
    for name, change in CHANGES.items():
        film = tmp_path / f"{name}.bin"
        film.write_bytes(FILE)
        film.with_suffix(".new").write_bytes(FILE[::-1])
        peer.does("choose", files=[str(film)], text=TEXT)
        change(film)
        said[name] = peer.does("send")["said"]
        assert site.received() == []
    film = tmp_path / "goes on.bin"
    film.write_bytes(FILE)
    peer.does("choose", files=[str(film)], text=TEXT)
    film.write_bytes(FILE + b"more")
    assert peer.does("send") == {"said": ""}
    assert "can no longer be read" in said.pop("gone")
    assert all("is no longer what you added" in each for each in said.values()), said
    assert site.report()[1] == {1: FILE}


def test_without_a_compiler_a_reporter_can_report_and_read_the_answer_and_write_again(
    chromium: Browser, site: PortalSite, record_property: Record
) -> None:
    """The browser is Chromium with --jitless, which also turns off WebAssembly."""
    browser = browsing.launch(chromium.browser_type, "--js-flags=--jitless")
    visitor = Visitor(browser.new_page(), site.address)
    visitor.write()
    assert visitor.page.evaluate("typeof WebAssembly") == "undefined"
    since = "performance.now() / 1000"
    begun = visitor.page.evaluate(since)
    visitor.confirm()
    visitor.arrived()
    seconds = visitor.page.evaluate(since) - begun
    site.answer(site.report()[0], slot_for(site.report()[0]))
    visitor.open()
    visitor.opened()
    visitor.shows("#status-label", "status-assessing")
    visitor.follow_up("Encore.")
    browser.close()
    record_property("whole submit, chromium --jitless", f"{seconds:.1f} s")
    assert seconds < MOST_SECONDS
    check(site, TEXT, "Encore.")
