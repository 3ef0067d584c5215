"""The report and status pages in a real browser: the journey, and whatever may go wrong on it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from crypto import casetoken, messages
from crypto.messages import FollowUp, Received, Reply, Status
from crypto.padding import SMALLEST
from tests.builders import INSPECTORATE, OUTSIDE, Site, make_keyring, today
from tests.portal_site import REPLY, PortalSite, closed, slot_for

pytestmark = pytest.mark.browser

TEXT = "Ils m'ont abordé·e à Noël 😀\nDeuxième ligne."
FILE = bytes(range(256)) * 10_000  # three pieces when sealed
SLOW = 30_000
ENVELOPES = "**/api/envelopes"
ENVELOPE = "**/api/envelopes/*"
ALL_PAGES = ["", "fr/", "en/", "fr/report", "en/report", "fr/status", "en/status"]


class Visitor:
    """A person at the pages of one site."""

    def __init__(self, page: Page, site: PortalSite) -> None:
        self.page = page
        self.site = site
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self.words: list[str] = []
        page.on("request", self.requests.append)
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def visit(self, path: str) -> None:
        self.page.goto(f"{self.site.address}/{path}")

    def write(self, text: str = TEXT, files: list[Path] | None = None, channel: str = INSPECTORATE) -> None:
        """Fill in the report page up to the token."""
        self.visit("fr/report")
        self.page.check(f"#channels-{channel}")
        self.page.fill("#what", text)
        self.page.check("#coi-unsure")
        self.page.set_input_files("#files", files or [])
        self.to_token()

    def to_token(self) -> None:
        self.page.click("#continue")
        expect(self.page.locator("#token-words li")).to_have_count(12)
        self.words = self.page.locator("#token-words li").all_inner_texts()

    def confirm(self) -> None:
        """Retype the two words asked for, and send."""
        self.page.click("#noted")
        for number in (1, 2):
            asked = self.page.locator(f"#confirm-{number}")
            asked.fill(self.words[int(asked.get_attribute("data-place") or -1)])
        self.page.click("#send")

    def report(self, text: str = TEXT, files: list[Path] | None = None, channel: str = INSPECTORATE) -> None:
        self.write(text, files, channel)
        self.confirm()
        self.arrived()

    def arrived(self) -> None:
        expect(self.page.locator("#done")).to_be_visible(timeout=SLOW)

    def open(self, words: str = "") -> None:
        """Type the token on the status page."""
        self.visit("fr/status")
        self.page.fill("#token", words or " ".join(self.words))
        self.page.click("#open")

    def opened(self) -> None:
        expect(self.page.locator("#case")).to_be_visible(timeout=SLOW)

    def shows(self, place: str, code: str) -> None:
        """Expect the text of this code, whatever values stand in it."""
        expect(self.page.locator(place)).to_be_visible(timeout=SLOW)
        wanted = self.page.locator(f"#texts [data-code={code}]").text_content() or ""
        parts = re.split(r"\{\w+\}", wanted)
        expect(self.page.locator(place)).to_have_text(re.compile(".+".join(map(re.escape, parts))))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PortalSite]:
    made = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    try:
        with made.serving():
            yield made
    finally:
        made.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 390, "height": 844})
    yield made
    made.close()


@pytest.fixture
def visitor(context: BrowserContext, site: PortalSite) -> Visitor:
    return Visitor(context.new_page(), site)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "IMG_un nom.jpg"
    made.write_bytes(FILE)
    return made


def times(count: int, act: Callable[[Route], object]) -> Callable[[Route], None]:
    """Return a handler that does ``act`` to the first requests and lets the others pass."""
    left = [count]

    def handle(route: Route) -> None:
        left[0] -= 1
        if left[0] >= 0:
            act(route)
        else:
            route.fallback()

    return handle


def lose(route: Route) -> None:
    """Let the request arrive, but not its answer."""
    route.fetch()
    route.abort()


def methods(visitor: Visitor) -> list[str]:
    return [request.method for request in visitor.requests if "/api/envelopes" in request.url]


@pytest.mark.parametrize("path", ALL_PAGES)
def test_every_page_loads_without_a_complaint(visitor: Visitor, path: str) -> None:
    """None from the console, and so none about policy, integrity or a file that is missing."""
    visitor.visit(path)
    if path.endswith("report"):
        expect(visitor.page.locator("#what")).to_be_visible()
    if path.endswith("status"):
        expect(visitor.page.locator("#token")).to_be_visible()
    assert visitor.complaints == []
    assert all(request.url.startswith(visitor.site.address) for request in visitor.requests)


def test_the_console_would_tell_of_an_inline_script(visitor: Visitor) -> None:
    """Control of the test above, and of the policy."""
    visitor.visit("en/")
    visitor.page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))"
    )
    assert "Content Security Policy" in " ".join(visitor.complaints)
    assert (
        visitor.page.evaluate("(() => { try { document.body.innerHTML = 'x' } catch { return 1 } })()") == 1
    )


@pytest.mark.parametrize("path", ALL_PAGES)
def test_a_narrow_screen_never_scrolls_sideways(visitor: Visitor, path: str) -> None:
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    visitor.visit(path)
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize(("path", "field"), [("fr/report", "#what"), ("en/status", "#token")])
def test_without_a_script_the_page_says_why_nothing_can_be_sent(
    chromium: Browser, site: PortalSite, path: str, field: str
) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{site.address}/{path}")
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator(field)).to_be_hidden()
    expect(page.locator("#loading")).to_be_hidden()
    plain.close()


def test_a_report_arrives_as_it_was_written(visitor: Visitor, file: Path) -> None:
    visitor.report(files=[file])
    report, files = visitor.site.report()
    assert {"what": TEXT, "coi": "unsure"} == report.answers
    assert {1: FILE} == files
    assert [("", "image/jpeg")] == [(each.name, each.type) for each in report.files]
    keys = casetoken.derive(casetoken.parse(" ".join(visitor.words))["fr"], visitor.site.site.deployment)
    assert (keys.case_id, keys.author_key) == (report.case_id, report.author_key)
    assert visitor.complaints == []


def test_the_channel_that_was_chosen_gets_it(visitor: Visitor) -> None:
    visitor.report(channel=OUTSIDE)
    assert visitor.site.report()[0].channel == OUTSIDE


def test_nothing_stays_behind_a_report(visitor: Visitor, context: BrowserContext) -> None:
    visitor.report()
    page = visitor.page
    assert page.url == f"{visitor.site.address}/fr/report"
    assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    assert page.evaluate("[sessionStorage.length, caches ? 0 : 0, history.state, history.length]") == [
        0,
        0,
        None,
        2,
    ]
    page.reload()
    assert page.input_value("#what") == ""
    assert page.locator("#token-words li").count() == 0
    sent = [(request.url, request.post_data_buffer or b"") for request in visitor.requests]
    assert all(word not in url for word in visitor.words for url, _ in sent)
    assert all(" ".join(visitor.words).encode() not in body for _, body in sent)


def test_nothing_is_sent_before_two_words_were_retyped(visitor: Visitor) -> None:
    visitor.write()
    visitor.page.click("#noted")
    expect(visitor.page.locator("#token-words")).to_be_hidden()
    visitor.page.fill("#confirm-1", "autre")
    visitor.page.click("#send")
    visitor.shows("#confirm-error", "confirm-wrong")
    visitor.page.click("#show-words")
    expect(visitor.page.locator("#token-words")).to_be_visible()
    assert methods(visitor) == []
    assert visitor.site.received() == []


def test_texts_of_different_length_make_requests_of_one_size(visitor: Visitor) -> None:
    sizes = set()
    for text in ("x", "y" * 8_000):
        visitor.report(text)
        sizes |= {
            len(r.post_data_buffer or b"") for r in visitor.requests if r.url.endswith("/api/envelopes")
        }
    assert len(sizes) == 1
    assert min(sizes) > SMALLEST


def test_the_token_can_be_seen_again_until_the_page_is_left(visitor: Visitor) -> None:
    visitor.report()
    visitor.page.click("#show-token")
    assert visitor.page.locator("#token-again li").all_inner_texts() == visitor.words


def test_a_text_that_was_not_confirmed_is_sent_again_as_the_same_bytes(visitor: Visitor) -> None:
    """The answer is lost once, so the inspectorate may see the envelope twice, but not two reports."""
    visitor.page.route(ENVELOPES, times(1, lose))
    visitor.report()
    bodies = [request.post_data_buffer for request in visitor.requests if request.method == "POST"]
    assert len(bodies) == 2
    assert len(set(bodies)) == 1
    assert len({repr(message) for message, _ in visitor.site.received()}) == 1


def test_a_report_that_failed_is_kept_and_sent_on_request(visitor: Visitor) -> None:
    def refuse(route: Route) -> None:
        problem = '{"code": "unavailable"}'
        route.fulfill(status=500, body=problem, content_type="application/problem+json")

    visitor.page.clock.install()
    visitor.write()
    visitor.page.route(ENVELOPES, times(4, refuse))
    visitor.confirm()
    for _ in range(4):
        visitor.page.wait_for_timeout(200)
        visitor.page.clock.fast_forward(10_000)
    visitor.shows("#send-error", "unavailable")
    visitor.page.click("#retry")
    visitor.arrived()
    bodies = {request.post_data_buffer for request in visitor.requests if request.method == "POST"}
    assert len(bodies) == 1
    assert visitor.site.report()[0].answers["what"] == TEXT


def test_after_a_failure_the_text_can_be_changed(visitor: Visitor) -> None:
    visitor.write()
    visitor.page.route(ENVELOPES, times(1, lambda route: route.fulfill(status=400, body="{}")))
    visitor.confirm()
    visitor.shows("#send-error", "refused-by-portal")
    visitor.page.click("#back")
    assert visitor.page.input_value("#what") == TEXT
    visitor.page.fill("#what", "Autre chose")
    words = visitor.words
    visitor.to_token()
    assert visitor.words == words
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == "Autre chose"


def test_an_upload_goes_on_where_the_portal_stands(visitor: Visitor, file: Path) -> None:
    """The second piece arrives without its answer: it is not sent again."""
    visitor.page.route(ENVELOPE, times(1, lambda route: route.fallback()))
    visitor.page.route(
        ENVELOPE,
        times(2, lambda r: lose(r) if r.request.headers.get("upload-offset") != "0" else r.fallback()),
    )
    visitor.report(files=[file])
    assert methods(visitor) == ["POST", "PATCH", "PATCH", "HEAD", "PATCH"]
    assert visitor.site.report()[1] == {1: FILE}


@pytest.mark.parametrize(
    "answer",
    [
        lambda route: route.fulfill(status=404, body="{}"),
        lambda route: route.fulfill(status=200, headers={"Upload-Offset": "5"}),
        lambda route: route.fulfill(status=200, headers={"Upload-Offset": "99999999"}),
        lambda route: route.fulfill(status=200),
    ],
    ids=["forgotten", "behind", "ahead", "silent"],
)
def test_what_cannot_be_resumed_is_sealed_anew(
    visitor: Visitor, file: Path, answer: Callable[[Route], None]
) -> None:
    """Never the same key for other bytes: each envelope begins with another header."""

    def stumble(route: Route) -> None:
        if route.request.method == "HEAD":
            answer(route)
        elif route.request.headers["upload-offset"] == "0":
            route.fallback()
        else:
            route.abort()

    visitor.page.route(ENVELOPE, times(3, stumble))
    visitor.report(files=[file])
    assert methods(visitor) == ["POST", "PATCH", "PATCH", "HEAD", "POST", "PATCH", "PATCH", "PATCH"]
    first = [r.post_data_buffer or b"" for r in visitor.requests if r.headers.get("upload-offset") == "0"]
    assert len({body[:1_627] for body in first}) == 2
    assert visitor.site.report()[1] == {1: FILE}


def test_a_file_that_vanished_is_named(visitor: Visitor, file: Path) -> None:
    visitor.write(files=[file])
    file.write_bytes(b"changed")
    visitor.confirm()
    visitor.shows("#send-error", "file-unreadable")
    expect(visitor.page.locator("#send-error")).to_contain_text(file.name)
    assert visitor.site.received() == []


def test_a_file_can_be_taken_away(visitor: Visitor, file: Path) -> None:
    visitor.visit("en/report")
    visitor.page.set_input_files("#files", [file, file])
    visitor.page.set_input_files("#files", [file])
    expect(visitor.page.locator("#files-list li")).to_have_count(3)
    visitor.page.locator("#files-list button").first.click()
    expect(visitor.page.locator("#files-list li")).to_have_count(2)


def test_a_report_without_text_and_file_is_not_taken(visitor: Visitor) -> None:
    visitor.visit("fr/report")
    visitor.page.fill("#what", " \n")
    visitor.page.click("#continue")
    visitor.shows("#error", "empty-report")
    visitor.page.fill("#what", "x")
    expect(visitor.page.locator("#error")).to_be_hidden()
    visitor.page.click("#continue")
    visitor.shows("#error", "no-channel-chosen")


def test_a_long_text_is_counted_and_never_cut(visitor: Visitor) -> None:
    visitor.visit("fr/report")
    visitor.page.fill("#what", "é" * 7_999 + "😀😀")
    visitor.shows("#what-left", "characters-over")
    visitor.page.click("#continue")
    visitor.shows("#error", "too-long")
    visitor.page.fill("#what", "é" * 7_999 + "😀")
    visitor.shows("#what-left", "characters-left")


def test_with_one_channel_there_is_nothing_to_choose(visitor: Visitor) -> None:
    visitor.site.publish(make_keyring(visitor.site.site, bodies=[visitor.site.site.inspectorate]))
    visitor.visit("fr/report")
    visitor.page.fill("#what", "x")
    expect(visitor.page.locator("#channels")).to_be_hidden()
    visitor.to_token()


@pytest.mark.parametrize(
    "code", ["keyring-expired", "clock-behind", "channel-closed", "questionnaire-differs"]
)
def test_what_prevents_sealing_is_said_before_anything_is_written(visitor: Visitor, code: str) -> None:
    usual = make_keyring(visitor.site.site).value
    asked = replace(usual.questionnaire, version=usual.questionnaire.version + 1)
    visitor.site.publish_changed(
        {
            "keyring-expired": make_keyring(visitor.site.site, day=today() - timedelta(40)).value,
            "clock-behind": make_keyring(visitor.site.site, day=today() + timedelta(2)).value,
            "channel-closed": closed(usual),
            "questionnaire-differs": replace(usual, questionnaire=asked),
        }[code]
    )
    visitor.visit("fr/report")
    visitor.shows("#closed", code)
    expect(visitor.page.locator("#what")).to_be_hidden()
    expect(visitor.page.locator("#loading")).to_be_hidden()


def test_a_keyring_that_the_root_key_did_not_sign_is_refused(visitor: Visitor) -> None:
    visitor.site.publish(make_keyring(visitor.site.site, root_seed=bytes(32)))
    visitor.visit("fr/report")
    visitor.shows("#closed", "keyring-invalid")
    expect(visitor.page.locator("#what")).to_be_hidden()


def test_a_keyring_of_another_deployment_is_refused(visitor: Visitor) -> None:
    site = visitor.site.site
    visitor.site.publish(make_keyring(Site(root_seed=site.root_seed)))
    visitor.visit("fr/report")
    visitor.shows("#closed", "keyring-invalid")


def test_a_portal_out_of_reach_is_said(visitor: Visitor) -> None:
    visitor.page.route("**/keyring.sig", lambda route: route.abort())
    visitor.visit("fr/report")
    visitor.shows("#closed", "offline")


def test_a_page_left_open_past_its_keyring_asks_for_the_next(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.write()
    visitor.page.clock.set_system_time(int(make_date_ms(31)))
    visitor.site.publish(make_keyring(visitor.site.site, serial=2, day=today() + timedelta(20)))
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[0].keyring.serial == 2


def test_a_case_is_waiting_until_the_inspectorate_has_signed(visitor: Visitor) -> None:
    visitor.report()
    visitor.open()
    visitor.opened()
    visitor.shows("#status-label", "not-confirmed")
    visitor.shows("#claim", "state-waiting")
    visitor.shows("#no-messages", "no-messages")
    expect(visitor.page.locator("#confirmed")).to_be_hidden()
    assert visitor.page.input_value("#token") == ""


@pytest.mark.parametrize("status", list(Status))
def test_a_signed_slot_is_shown_whole(visitor: Visitor, status: Status) -> None:
    visitor.report()
    report, _ = visitor.site.report()
    slot = slot_for(report)
    second = Reply(3, today(), "<b>Où ?</b>\u202e")
    received = Received(2, (bytes(8), bytes(8)), today())
    shown = replace(
        slot, serial=3, status=status, earlier=4, messages=(*slot.messages, second), received=received
    )
    visitor.site.answer(report, shown)
    visitor.open()
    visitor.opened()
    page = visitor.page
    visitor.shows("#status-label", f"status-{status}")
    for place, code in (("confirmed", "confirmed"), ("issued", "issued"), ("next-by", "next-by")):
        visitor.shows(f"#{place}", code)
    visitor.shows("#earlier", "earlier")
    visitor.shows("#follow-ups-received", "follow-ups-received")
    assert [REPLY, second.text] == page.locator("#messages .written").all_text_contents()
    assert [str(today())] * 2 == [
        each.get_attribute("datetime") for each in page.locator("#messages time").all()
    ]
    expect(page.locator("#overdue")).to_be_hidden()
    expect(page.locator("#claim")).to_be_hidden()
    assert visitor.complaints == []


def test_an_update_that_does_not_come_is_pointed_out(visitor: Visitor) -> None:
    visitor.report()
    report, _ = visitor.site.report()
    visitor.site.answer(report, replace(slot_for(report), next_by=today() - timedelta(1)))
    visitor.open()
    visitor.shows("#overdue", "overdue")
    expect(visitor.page.locator("#next-by")).to_be_hidden()


@pytest.mark.parametrize("forged", ["signer", "case", "channel"])
def test_a_slot_that_is_not_from_the_reader_of_the_case_is_not_shown(visitor: Visitor, forged: str) -> None:
    visitor.report()
    report, _ = visitor.site.report()
    slot = slot_for(report)
    other = visitor.site.site.outside
    if forged == "signer":
        visitor.site.answer(report, slot, seed=other.reply_seed)
    elif forged == "case":
        visitor.site.answer(report, replace(slot, case_id=bytes(32)))
    else:
        visitor.site.answer(report, replace(slot, channel=other.id))
    visitor.open()
    visitor.opened()
    visitor.shows("#status-fault", "channels-differ" if forged == "channel" else "slot-tampered")
    visitor.shows("#status-label", "not-confirmed")
    expect(visitor.page.locator("#messages li")).to_have_count(0)
    expect(visitor.page.locator("#follow-up")).to_be_visible(visible=forged != "channel")


@pytest.mark.parametrize(("next_by", "believed"), [(0, True), (-1, False)])
def test_a_slot_by_a_key_past_its_days_holds_until_the_next_is_due(
    visitor: Visitor, next_by: int, *, believed: bool
) -> None:
    visitor.report()
    report, _ = visitor.site.report()
    usual = make_keyring(visitor.site.site, serial=2).value
    past = [
        replace(
            each, reply_keys=tuple(replace(key, not_after=today() - timedelta(1)) for key in each.reply_keys)
        )
        for each in usual.channels
    ]
    visitor.site.publish_changed(replace(usual, channels=tuple(past)))
    visitor.site.answer(report, replace(slot_for(report), next_by=today() + timedelta(next_by)))
    visitor.open()
    visitor.opened()
    if believed:
        visitor.shows("#confirmed", "confirmed")
    else:
        visitor.shows("#status-fault", "slot-stale")


def test_follow_ups_are_signed_by_the_author_and_arrive(visitor: Visitor, file: Path) -> None:
    visitor.report()
    report, _ = visitor.site.report()
    visitor.site.answer(report, replace(slot_for(report), serial=7))
    visitor.open()
    for text, files in (("Encore : la même voiture.", []), ("", [file])):
        visitor.page.fill("#follow-up-text", text)
        visitor.page.set_input_files("#follow-up-files", files)
        visitor.page.click("#follow-up-send")
        visitor.shows("#follow-up-done", "follow-up-sent")
        expect(visitor.page.locator("#follow-up-text")).to_have_value("")
    expect(visitor.page.locator("#messages .you")).to_have_count(2)
    sent = [(each, files) for each, files in visitor.site.received() if isinstance(each, FollowUp)]
    assert {("Encore : la même voiture.", b""), ("", FILE)} == {(m.text, f.get(1, b"")) for m, f in sent}
    assert {(report.case_id, INSPECTORATE, 7)} == {(m.case_id, m.channel, m.seen) for m, _ in sent}
    assert len({message.id for message, _ in sent}) == 2


def test_a_follow_up_that_failed_is_sent_again_under_the_same_id(visitor: Visitor) -> None:
    visitor.report()
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "Encore")
    visitor.page.route(ENVELOPES, times(1, lambda route: route.fulfill(status=400, body="{}")))
    before = len(visitor.requests)
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "refused-by-portal")
    assert visitor.page.input_value("#follow-up-text") == "Encore"
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    bodies = [request.post_data_buffer for request in visitor.requests[before:]]
    assert len(bodies) == 2
    assert len(set(bodies)) == 1


def test_an_empty_follow_up_is_not_sent(visitor: Visitor) -> None:
    visitor.report()
    visitor.open()
    visitor.opened()
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "empty-report")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "wrong-count"),
        ("abandon " * 11, "wrong-count"),
        ("abandon " * 11 + "abandonn", "unknown-word"),
        ("abandon " * 12, "wrong-checksum"),
        ("ABANDON, " * 11 + "Abou", "unknown-case"),
    ],
)
def test_a_token_that_opens_nothing_is_explained(visitor: Visitor, typed: str, code: str) -> None:
    visitor.open(typed)
    visitor.shows("#error", code)
    assert [r for r in visitor.requests if r.url.endswith("/api/slot")] == [] or code == "unknown-case"


def test_words_may_be_typed_as_people_do(visitor: Visitor) -> None:
    """Capitals, no accents, four letters, commas and line ends."""
    visitor.report()
    typed = ",\n".join(casetoken._plain(word)[0][:4].upper() for word in visitor.words)
    visitor.open(typed)
    visitor.opened()


def test_whoever_is_sure_of_the_words_may_write_to_a_portal_that_forgot(visitor: Visitor) -> None:
    """The channel is asked for, as nothing authentic names it."""
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
    visitor.page.click("#write-anyway")
    visitor.page.fill("#follow-up-text", "Toujours là ?")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "no-channel-chosen")
    visitor.page.check(f"#follow-up-channels-{OUTSIDE}")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    ((sent, _),) = visitor.site.received()
    assert isinstance(sent, messages.FollowUp)
    assert (OUTSIDE, 0) == (sent.channel, sent.seen)


def test_the_token_is_veiled_until_asked_for(visitor: Visitor) -> None:
    visitor.visit("en/status")
    veil = "getComputedStyle(document.getElementById('token')).webkitTextSecurity"
    assert visitor.page.evaluate(veil) == "disc"
    visitor.page.click("#show-words")
    assert visitor.page.evaluate(veil) == "none"


def test_an_old_page_of_the_back_button_is_empty(visitor: Visitor) -> None:
    visitor.report()
    visitor.visit("fr/")
    visitor.page.go_back()
    expect(visitor.page.locator("#what")).to_be_visible()
    assert visitor.page.input_value("#what") == ""
    assert visitor.page.locator("#token-words li").count() == 0


def test_the_whole_report_works_by_keyboard(visitor: Visitor) -> None:
    """Each step begins at its heading, from where Tab leads on."""
    visitor.visit("en/report")
    press = visitor.page.keyboard.press
    focused = "document.activeElement.id || document.activeElement.tagName"
    expect(visitor.page.locator("#what")).to_be_visible()

    def tab_to(wanted: str) -> None:
        for _ in range(30):
            press("Tab")
            if visitor.page.evaluate(focused) == wanted:
                return
        raise AssertionError(wanted)

    tab_to(f"channels-{INSPECTORATE}")
    press("Space")
    tab_to("what")
    visitor.page.keyboard.type("By keyboard")
    tab_to("continue")
    press("Enter")
    assert visitor.page.evaluate(focused) == "H1"
    visitor.words = visitor.page.locator("#token-words li").all_inner_texts()
    tab_to("noted")
    press("Enter")
    assert visitor.page.evaluate(focused) == "confirm-1"
    for number in (1, 2):
        place = visitor.page.locator(f"#confirm-{number}").get_attribute("data-place")
        visitor.page.keyboard.type(visitor.words[int(place or -1)])
        press("Tab")
    press("Enter")
    visitor.arrived()
    assert visitor.page.evaluate(focused) == "H1"
    assert visitor.site.report()[0].answers == {"what": "By keyboard"}


def make_date_ms(days: int) -> float:
    """Return noon of the day ``days`` from today, in milliseconds since 1970."""
    return ((today() + timedelta(days)).toordinal() - 719_163) * 86_400_000 + 43_200_000
