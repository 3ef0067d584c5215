"""The requests that a visit makes, and what happens if the network, the clock or the browser fails."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Dialog, expect

from crypto.messages import FollowUp, Report
from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import TEXT, Visitor
from tests.support.portal_site import slot_for

pytestmark = [pytest.mark.browser, pytest.mark.long]

STATIC = re.compile(r"GET /(static/js/[\w.]+\.js|static/style\.css|static/icon\.svg|favicon\.ico)")
NO_RANDOM = "Object.defineProperty(window, 'crypto', {value: undefined})"
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
    Object.defineProperty(window, name, {get() { throw new DOMException("refused", "SecurityError"); }});
const refuse = () => { throw new DOMException("refused", "SecurityError"); };
Object.defineProperty(Document.prototype, "cookie", {get: refuse, set: refuse});"""
KEYS = ["GET /keyring.json", "GET /keyring.sig"]


def asked(visitor: Visitor) -> list[str]:
    """Return all requests in order, except those for scripts and style."""
    found = [f"{each.method} {urlsplit(each.url).path}" for each in visitor.requests]
    assert all(each.url.startswith(visitor.site.address) for each in visitor.requests)
    return sorted(each for each in found if not STATIC.fullmatch(each))


def journey(visitor: Visitor, text: str) -> tuple[list[str], list[int]]:
    """Send a report, read the case and write again. Return the requests, and the size of each body."""
    visitor.requests.clear()
    visitor.report(text)
    visitor.open()
    visitor.opened()
    visitor.follow_up(text)
    return asked(visitor), [len(body) for body in visitor.bodies() if body]


def test_a_visit_makes_only_the_expected_requests_and_their_sizes_reveal_nothing(visitor: Visitor) -> None:
    """The sizes are the same for a text of one character and for a text of eight thousand characters."""
    short, sizes = journey(visitor, "x")
    expected = [
        *["GET /fr/report", "GET /fr/status", *KEYS, *KEYS, "POST /api/slot"],
        *["GET /api/work", "POST /api/envelopes"] * 2,
    ]
    assert sorted(expected) == short
    assert (short, sizes) == journey(visitor, "é" * 8_000)
    sent = [each for each in visitor.requests if "/api/" in each.url]
    assert [each.url for each in sent if {"cookie", "referer"} & set(each.all_headers())] == []


def test_if_the_keys_of_the_site_cannot_be_fetched_both_pages_say_so(visitor: Visitor) -> None:
    visitor.page.route("**/keyring.json", lambda route: route.abort())
    visitor.visit("fr/report")
    visitor.shows("#closed", "offline")
    expect(visitor.page.locator("#what")).to_be_hidden()
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "offline")
    assert visitor.page.input_value("#token") == "abandon " * 11 + "about"


def test_the_page_offers_no_form_if_its_script_does_not_load(visitor: Visitor) -> None:
    visitor.page.route("**/report.js", lambda route: route.abort())
    visitor.visit("fr/report")
    expect(visitor.page.locator("#loading")).to_be_visible()
    expect(visitor.page.locator("#what")).to_be_hidden()


@pytest.mark.parametrize("path", ["fr/report", "en/status"])
def test_advice_for_a_long_wait_appears_only_after_a_while(visitor: Visitor, path: str) -> None:
    """Until then, the page shows at most two words about the wait. Nothing moves when the advice appears."""
    visitor.page.route(re.compile(r"/(report|status)\.js$"), lambda route: route.abort())
    visitor.visit(path)
    loading, late = visitor.page.locator("#loading"), visitor.page.locator("#loading .late")
    expect(loading).to_be_visible()
    expect(late).to_be_hidden()
    assert len(loading.inner_text().split()) <= 2
    before = loading.bounding_box()
    waits = late.evaluate("(each) => each.getAnimations()[0].effect.getComputedTiming().endTime")
    assert 5_000 <= waits <= 30_000
    late.evaluate("(each) => each.getAnimations()[0].finish()")
    expect(late.locator("a")).to_be_visible()
    assert loading.bounding_box() == before


def test_a_report_survives_a_network_that_fails_while_the_reporter_writes(
    visitor: Visitor, file: Path
) -> None:
    """The network returns after the failed attempt.

    One complete report arrives, and its words are those that were noted.
    """
    page = visitor.page
    page.clock.install()
    visitor.visit("fr/report")
    expect(page.locator("#what")).to_be_visible()
    page.context.set_offline(True)
    page.fill("#what", TEXT)
    visitor.turn_to("#channels")
    page.check(f"#channels-{INSPECTORATE}")
    page.set_input_files("#files", [file])
    visitor.to_token()
    visitor.confirm()
    visitor.give_up()
    visitor.shows("#send-error", "offline")
    assert visitor.site.received() == []
    page.click("#back")
    assert page.input_value("#what") == TEXT
    visitor.to_token()
    visitor.confirm()
    visitor.give_up()
    visitor.shows("#send-error", "offline")
    page.context.set_offline(False)
    page.click("#retry")
    visitor.arrived()
    report, files = visitor.site.report()
    assert (TEXT, 1) == (report.answers["what"], len(files))
    visitor.open()
    visitor.opened()


def test_a_message_survives_a_network_that_fails_on_the_status_page(visitor: Visitor) -> None:
    visitor.reported()
    page = visitor.page
    visitor.visit("fr/status")
    expect(page.locator("#token")).to_be_visible()
    page.clock.install()
    page.context.set_offline(True)
    page.fill("#token", " ".join(visitor.words))
    page.click("#open")
    visitor.shows("#error", "offline")
    assert page.input_value("#token") == " ".join(visitor.words)
    page.context.set_offline(False)
    page.click("#open")
    visitor.opened()
    page.context.set_offline(True)
    page.fill("#follow-up-text", "Encore.")
    page.click("#follow-up-send")
    visitor.give_up("#follow-up-error")
    visitor.shows("#follow-up-error", "offline")
    assert page.input_value("#follow-up-text") == "Encore."
    page.click("#to-withdraw")
    page.check("#withdraw-meant")
    page.click("#withdraw")
    visitor.shows("#withdraw-error", "offline")
    page.click("#keep-report")
    page.context.set_offline(False)
    page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    messages = [message for message, _ in visitor.site.received()]
    assert sorted(type(message).__name__ for message in messages) == ["FollowUp", "Report"]


@pytest.mark.parametrize(("years", "code"), [(-8, "clock-behind"), (9, "keyring-expired")])
def test_an_error_replaces_the_form_if_the_clock_is_wrong_by_years(
    visitor: Visitor, years: int, code: str
) -> None:
    """The reporter can still read an answer. The page says why nothing can be written."""
    visitor.reported()
    page = visitor.page
    page.clock.install(time=datetime.now(UTC) + timedelta(days=365 * years))
    visitor.visit("fr/report")
    visitor.shows("#closed", code)
    expect(page.locator("#what")).to_be_hidden()
    visitor.open()
    visitor.opened()
    visitor.shows("#cannot-write", code)


class Held:
    """A reporter who stays whenever the page asks for confirmation before leaving.

    The class counts these questions.
    """

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.asked = 0
        self.page.on("dialog", self._stay)

    def _stay(self, dialog: Dialog) -> None:
        assert dialog.type == "beforeunload"
        self.asked += 1
        dialog.dismiss()

    def tries(self, leave: str) -> None:
        """Leave the page with a script, and expect that the page asks for confirmation."""
        before = self.asked
        self.page.evaluate(f"setTimeout(() => {leave})")
        for _ in range(50):
            self.page.wait_for_timeout(20)
            if self.asked > before:
                return
        raise AssertionError(leave)


def test_the_page_asks_before_the_reporter_leaves_an_unsent_report(visitor: Visitor) -> None:
    """Reloading and going back are tested. The text is kept."""
    held = Held(visitor)
    visitor.visit("fr/")
    visitor.visit("fr/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    visitor.page.locator("#what").press_sequentially("Noël")
    for leave in ("location.reload()", "history.back()"):
        held.tries(leave)
        assert visitor.page.input_value("#what") == "Noël"


def test_the_page_asks_before_it_closes_a_case_with_an_unsent_message(visitor: Visitor) -> None:
    """Closing, reloading and going back are tested.

    After sending, “Close and forget” leads to the first page, and Back does not return to the case.
    """
    held = Held(visitor)
    page = visitor.page
    visitor.report()
    visitor.open()
    visitor.opened()
    page.locator("#follow-up-text").press_sequentially("Encore")
    ways = ("document.getElementById('close').click()", "location.reload()", "history.back()")
    for leave in ways:
        held.tries(leave)
        assert page.input_value("#follow-up-text") == "Encore"
        expect(page.locator("#case")).to_be_visible()
    page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    page.click("#close")
    expect(page).to_have_url(f"{visitor.site.address}/fr/")
    page.go_back()
    expect(page).to_have_url(f"{visitor.site.address}/fr/report")
    assert held.asked == len(ways)


def test_if_a_button_began_a_message_the_page_asks_before_it_closes_the_case(visitor: Visitor) -> None:
    """The button writes into the field by means of a script, and the message is not sent."""
    held = Held(visitor)
    page = visitor.page
    visitor.reported()
    visitor.open()
    visitor.opened()
    page.press("#begin-unsafe", "Enter")
    begun = page.input_value("#follow-up-text")
    assert begun != ""
    held.tries("document.getElementById('close').click()")
    assert page.input_value("#follow-up-text") == begun


def test_reports_in_two_tabs_have_two_tokens(visitor: Visitor) -> None:
    other = Visitor(visitor.page.context.new_page(), visitor.address)
    visitor.write("Un.")
    other.write("Deux.")
    assert visitor.words != other.words
    for each in (visitor, other):
        each.page.bring_to_front()
        each.confirm()
        each.arrived()
    reports = [message for message, _ in visitor.site.received() if isinstance(message, Report)]
    assert {"Un.", "Deux."} == {each.answers["what"] for each in reports}
    assert len({each.author_key for each in reports}) == 2


def test_a_case_that_is_open_in_two_tabs_accepts_messages_from_both(visitor: Visitor) -> None:
    visitor.reported()
    other = Visitor(visitor.page.context.new_page(), visitor.address)
    for each in (visitor, other):
        each.open(" ".join(visitor.words))
        each.opened()
    other.follow_up("Deux.")
    visitor.page.bring_to_front()
    visitor.follow_up("Un.")
    sent = [message for message, _ in visitor.site.received() if isinstance(message, FollowUp)]
    assert {"Un.", "Deux."} == {each.text for each in sent}
    assert len({each.id for each in sent}) == 2


def test_an_error_replaces_the_form_in_a_browser_that_cannot_seal(visitor: Visitor) -> None:
    visitor.page.add_init_script(NO_RANDOM)
    visitor.visit("fr/report")
    visitor.shows("#closed", "browser-unfit")
    expect(visitor.page.locator("#what")).to_be_hidden()
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "browser-unfit")
    assert [each for each in visitor.bodies() if each] == []


def test_the_pages_work_if_the_browser_offers_no_storage(visitor: Visitor) -> None:
    visitor.page.add_init_script(NO_STORAGE)
    visitor.report()
    refused = "(() => { try { return localStorage.length } catch (error) { return error.name } })()"
    assert visitor.page.evaluate(refused) == "SecurityError"
    visitor.site.answer(visitor.site.report()[0], slot_for(visitor.site.report()[0]))
    visitor.open()
    visitor.opened()
    visitor.follow_up("Encore.")
    assert len(visitor.site.received()) == 2
