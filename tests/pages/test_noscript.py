"""Reporting without scripts, in a real browser: the offline form opened from disk, and the plain forms."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crypto.messages import FollowUp
from tests.support import phone_kinds
from tests.support.accessibility import small_targets, violations
from tests.support.builders import OUTSIDE, today
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import FILE, SLOW, TEXT, go_on, turn_to
from tests.support.portal_site import REPLY, PortalSite, slot_for, without
from tests.support.printed_page import printed_lines

KEEP = "Votre fichier est arrivé"


@pytest.fixture
def person(
    site: PortalSite, chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[OfflineVisitor]:
    """A reporter who reads French, or another language if a test names one."""
    language = getattr(request, "param", "fr")
    made = OfflineVisitor(chromium, tmp_path / "stick", site.address, language)
    yield made
    made.close()


def test_the_offline_form_refuses_invalid_keys_and_gives_the_reason(
    person: OfflineVisitor, site: PortalSite
) -> None:
    """The keys are altered or expired, or one of the two files is missing. The form then seals nothing."""
    person.save()
    person.start("keyring.json")
    person.shows("#keys-error", "file-not-brought")
    whole = (person.folder / "keyring.json").read_bytes()
    (person.folder / "keyring.json").write_bytes(whole.replace(b"Douane", b"douane", 1))
    person.start()
    person.shows("#keys-error", "keyring-invalid")
    expect(person.page.locator("#ways")).to_be_hidden()
    days = {"issued": today() - timedelta(31), "valid_until": today() - timedelta(1)}
    site.publish_changed(replace(site.keyring, **days))
    person.save()
    person.start()
    person.page.click("#to-report")
    person.shows("#keys-error", "keyring-expired")
    expect(person.page.locator("#step-write")).to_be_hidden()


def test_an_offline_form_that_was_left_open_does_not_seal_with_expired_keys(person: OfflineVisitor) -> None:
    """The day of sealing counts, not the day on which the form was opened. The text is kept."""
    person.save()
    person.page.clock.install()
    person.start()
    person.write()
    person.confirm()
    person.page.clock.set_system_time(f"{today() + timedelta(36)}T12:00:00Z")
    person.page.click("#send")
    person.shows("#confirm-error", "keyring-expired")
    person.page.click("#back-to-text")
    turn_to(person.page, "#what")
    expect(person.page.locator("#what")).to_be_visible()
    expect(person.page.locator("#what")).to_have_value(TEXT)


def test_a_report_that_is_too_large_for_the_offline_form_is_refused_before_sealing(
    person: OfflineVisitor, tmp_path: Path
) -> None:
    """The limit is 16 MiB for the whole report. The form asks the reporter to remove files."""
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(17 << 20))
    person.save()
    person.start()
    person.write(files=[large])
    person.confirm()
    person.page.click("#send")
    person.shows("#confirm-error", "too-large-sealed")


def test_the_offline_form_cleans_a_file_of_each_kind_of_phones(
    person: OfflineVisitor, site: PortalSite, tmp_path: Path
) -> None:
    """The bytes are the same as after cleaning at the inbox."""
    made = phone_kinds.kinds(tmp_path)
    person.save()
    person.start()
    person.write(files=list(made))
    assert person.post(person.seal()) == KEEP
    assert dict(enumerate(made.values(), 1)) == site.report()[1]


def test_the_offline_form_makes_no_request_from_the_report_to_the_follow_up(
    person: OfflineVisitor, site: PortalSite, file: Path
) -> None:
    """The reporter saves the form, seals a report with a file, posts it, and then reads the answer."""
    person.save()
    person.start()
    person.write(files=[file])
    assert person.post(person.seal()) == KEEP
    report, files = site.report()
    assert (report.answers["what"], files) == (TEXT, {1: FILE})
    site.answer(report, slot_for(report))
    person.page.on("dialog", lambda dialog: dialog.accept())
    person.start()
    typed = person.locate()
    saved = person.saved("#save-locator", "locator.txt")
    assert saved.read_text() == f"{typed}\n"
    assert (person.fetch(typed).read_bytes(), len(typed)) == (person.fetch(saved).read_bytes(), 64)
    person.page.set_input_files("#slot-file", person.folder / "slot.bin")
    expect(person.page.locator("#messages .them .written")).to_have_text(REPLY, timeout=SLOW)
    person.page.fill("#follow-up-text", "encore")
    assert person.post(person.saved("#follow-up-send", "sealed.bin")) == KEEP
    person.shows("#follow-up-done", "follow-up-sent")
    (more,) = [message for message, _ in site.received() if isinstance(message, FollowUp)]
    assert (more.text, more.case_id, more.seen) == ("encore", report.case_id, 1)
    assert {request.url.partition(":")[0] for request in person.requests} == {"file"}
    assert len(person.requests) == 2, "the form itself, twice"
    assert person.complaints == []


def test_each_kind_of_invalid_answer_has_its_own_message_in_the_offline_form(
    person: OfflineVisitor, site: PortalSite
) -> None:
    """The answers belong to another case or to an unknown case, are unreadable, or are cut short."""
    person.save()
    person.start()
    person.write()
    person.post(person.seal())
    report, _ = site.report()
    site.answer(report, slot_for(report))
    own = person.fetch(_locator(person)).read_bytes()
    filler = person.fetch("A" * 52).read_bytes()
    codes = {"unknown-case": filler, "answer-malformed": own[:-1], "slot-of-another": own[:5] + filler[5:]}
    codes["slot-tampered"] = own[:-1] + bytes([own[-1] ^ 1])
    for code, content in codes.items():
        (person.folder / "other.bin").write_bytes(content)
        person.page.set_input_files("#slot-file", person.folder / "other.bin")
        person.shows("#status-fault" if code == "slot-tampered" else "#case-error", code)


def _locator(person: OfflineVisitor) -> str:
    person.page.on("dialog", lambda dialog: dialog.accept())
    person.start()
    return person.locate()


def test_the_offline_form_makes_no_request_even_if_a_script_tries(person: OfflineVisitor) -> None:
    """The form's policy forbids fetch, images, frames and beacons.

    The control is a page without this policy.
    """
    tries = """(to) => {
      new Image().src = to;
      const frame = document.createElement("iframe");
      frame.src = to;
      document.body.append(frame);
      try { navigator.sendBeacon(to); } catch { /* refused */ }
      return fetch(to, { mode: "no-cors" }).then(() => "sent", () => "refused");
    }"""
    person.save()
    person.contexts[1].set_offline(False)
    (person.folder / "bare.html").write_text("<!doctype html><body></body>")
    for name, asks in (("offline.html", False), ("bare.html", True)):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(2)
            person.page.goto(f"file://{person.folder}/{name}")
            person.page.evaluate(
                f"to => {{ ({tries})(to); }}", f"http://127.0.0.1:{listener.getsockname()[1]}/"
            )
            asked = any(_sends(listener) for _ in range(3))
        assert asked is asks, name


def _sends(listener: socket.socket) -> bool:
    """Return whether somebody connects and sends data. Browsers may connect in advance and send nothing."""
    try:
        with listener.accept()[0] as connection:
            connection.settimeout(2)
            return connection.recv(1) != b""
    except TimeoutError:
        return False


def test_the_offline_form_does_not_run_on_a_site(person: OfflineVisitor) -> None:
    """The site's policy blocks the script of the form, and the form tells the person to save it first."""
    person.contexts[1].set_offline(False)
    page = person.page
    page.goto(f"{person.address}/fr/offline.html")
    expect(page.locator("#loading")).to_be_visible()
    expect(page.locator("#step-keys")).to_be_hidden()
    assert [line for line in person.complaints if "Content Security Policy" in line] != []


def faults(page: Page) -> list[str]:
    """Return the accessibility faults of the current step on a screen that is 320 pixels wide."""
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    return [*violations(page), *small_targets(page), *([f"{width} pixels wide"] if width > 320 else [])]


def test_every_step_of_writing_in_the_offline_form_is_accessible(person: OfflineVisitor) -> None:
    """The test is in French, the longer language, and goes from wrong keys to the days to come back.

    In between come the right keys, an empty report, the words, and the request for two words.
    """
    page = person.page
    person.save()
    person.start("keyring.json")
    person.shows("#keys-error", "file-not-brought")
    found = faults(page)
    person.start()
    expect(page.locator("#ways")).to_be_visible()
    found += faults(page)
    page.click("#to-report")
    turn_to(page, "#protect")
    found += faults(page)
    turn_to(page, "#files")
    found += faults(page)
    go_on(page)
    person.shows("#error", "empty-report")
    found += faults(page)
    person.start()
    person.write()
    found += faults(page)
    page.focus("#confirm-1")
    found += faults(page)
    person.seal()
    page.click("#show-token")
    expect(page.locator("#token-again li")).to_have_count(12)
    assert [*found, *faults(page)] == []


def test_every_step_of_reading_in_the_offline_form_is_accessible(
    person: OfflineVisitor, site: PortalSite
) -> None:
    """There are two steps: the person enters the locator, then reads the answered case."""
    person.save()
    person.start()
    person.write()
    person.post(person.seal())
    site.answer(site.report()[0], slot_for(site.report()[0]))
    locator = _locator(person)
    found = faults(person.page)
    person.page.set_input_files("#slot-file", person.fetch(locator))
    expect(person.page.locator("#messages .them .written")).to_have_text(REPLY, timeout=SLOW)
    assert [*found, *faults(person.page)] == []


def test_the_search_finds_accessibility_faults_in_the_offline_form(person: OfflineVisitor) -> None:
    """The control for the test above: the form's own policy does not stop axe."""
    person.save()
    person.start()
    person.page.evaluate("document.querySelector('label[for=keys]').remove()")
    person.page.evaluate("document.querySelector('main').append('W'.repeat(2000))")
    person.page.evaluate("document.querySelector('main').style.overflowWrap = 'normal'")
    found = faults(person.page)
    assert "label" in {each.partition(":")[0] for each in found}
    assert found[-1].endswith("pixels wide")


def test_the_twelve_words_can_be_copied_and_printed_from_the_offline_form(person: OfflineVisitor) -> None:
    """The printed sheet has only the twelve words."""
    person.save()
    person.start()
    person.write()
    page = person.page
    page.evaluate("window.print = () => { window.asked = true; }")
    page.click("details:has(#copy-token) summary")
    page.click("#copy-token")
    person.shows("#copied", "token-copied")
    page.click("#print-token")
    assert page.evaluate("window.asked")
    assert printed_lines(page) == person.words


def test_the_offline_form_says_so_if_a_channel_is_no_longer_on_the_list(
    person: OfflineVisitor, site: PortalSite
) -> None:
    """The page that says so is accessible."""
    person.save()
    person.start()
    person.write(channel=OUTSIDE)
    person.post(person.seal())
    site.answer(site.report()[0], slot_for(site.report()[0]))
    site.publish_changed(without(site.keyring, OUTSIDE))
    person.page.on("dialog", lambda dialog: dialog.accept())
    person.save()
    person.start()
    person.page.set_input_files("#slot-file", person.fetch(person.locate()))
    person.shows("#status-fault", "channel-gone")
    person.shows("#cannot-write", "other-ways")
    expect(person.page.locator("#follow-up")).to_be_hidden()
    assert faults(person.page) == []
