"""Every state of the reporters' pages: errors, unfolded sections, sending and answers.

Each way is a generator that leads a visitor through the pages, and yields each state that the visitor
reaches.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

from mnemonic import Mnemonic
from playwright.sync_api import Locator, Page, Route, expect

from crypto import casetoken
from crypto.messages import Status
from tests.support import pictures
from tests.support.builders import OUTSIDE, make_keyring, today
from tests.support.hostile_answers import answering, received, without_memo
from tests.support.page_visitor import ENVELOPES, SLOW, Visitor, times
from tests.support.portal_site import closed, slot_for, with_receipt, without

# The name of a state, and an element that is visible in it.
State = tuple[str, str]
Way = Callable[[Visitor, Path], Iterator[State]]
# How long a page waits before it sends again for the first time (`WAITS_MS` of delivery.js).
_FIRST_WAIT_MS = 1_000
# A slow disk: it delivers a byte each second, so the page never finds that the bytes have stopped coming.
_SLOW_DISK = """(() => {
  const pull = async (to) => {
    await new Promise((done) => setTimeout(done, 1_000));
    to.enqueue(new Uint8Array(1));
  };
  Blob.prototype.stream = () => new ReadableStream({ type: "bytes", pull });
})()"""


def stop_clock(page: Page) -> None:
    """Stop the installed clock of a page, so that the page stays the same while pictures are taken.

    The clock first jumps ahead by an hour, as it cannot stop at a moment that has passed.
    """
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))


def let_clock_run(page: Page) -> None:
    """Let the clock of a page run again if ``stop_clock`` has stopped it.

    ``stop_clock`` moves the clock an hour ahead. On a page that uses the real clock, ``resume`` would install
    a clock that begins in 1970.
    """
    if page.evaluate("Date.now() / 1000") > (datetime.now(UTC) + timedelta(minutes=30)).timestamp():
        page.clock.resume()


def write(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states in which the questions of a report are answered."""
    page = visitor.page
    visitor.visit(f"{visitor.language}/report")
    expect(page.locator("#what")).to_be_visible()
    yield "first step", "#what"
    visitor.turn_to("#protect")
    yield "second step", "#protect"
    visitor.go_on()
    yield "what is missing", "#error li"
    visitor.turn_to("#what")
    page.fill("#what", "x" * 8_001)
    page.click("#continue")
    yield "a text that is too long", "#error li"
    page.fill("#what", "Quai 4")
    visitor.turn_to("#protect")
    for chosen in ("danger_now-yes", "how_many-only_me", "coi-unsure"):
        page.check(f"#{chosen}")
    # The page shows a notice only once the page has been still for a moment.
    for asked in ("danger_now", "how_many"):
        expect(_notices(page, asked)).to_have_count(1)
    yield "danger, few who know, and readers to choose from", "#channels"
    page.click("#more")
    yield "optional step", "#files-hint"
    for fold in page.locator("[data-part=optional] summary").all():
        if fold.is_visible():
            fold.click()
    for chosen in ("path-gave_in", "category-other"):
        page.check(f"#{chosen}")
    page.fill("#refs", "CSQU3054384")
    page.press("#refs", "Tab")
    expect(_notices(page, "path")).to_have_count(1)
    yield "help to choose, and a number that does not fit", "[data-field=refs] [role=status]"


def _notices(page: Page, question: str) -> Locator:
    """Return the visible notices below the answers to a question."""
    below = page.locator(f"[data-field={question}] :is([data-danger], .notice)")
    return below.locator("visible=true")


def attach(visitor: Visitor, folder: Path) -> Iterator[State]:
    """Yield the states while files are added, and the state with the twelve words."""
    page = visitor.page
    visitor.visit(f"{visitor.language}/report")
    visitor.fill_in()
    visitor.turn_to("#files")
    page.set_input_files("#files", attached(folder))
    expect(page.locator("#files-list > li[aria-busy=false]")).to_have_count(4, timeout=SLOW)
    for fold in page.locator("#files-list summary").all():
        fold.click()
    yield "files, one of which cannot be cleaned", "#files-list details p"
    page.click("#continue")
    yield "a file that is refused", "#error li"
    page.check("#files-list input[id$=send-broken]")
    page.click("#continue")
    yield "twelve words", "#token-words li"
    page.click("details:has(#copy-token) summary")
    page.click("#copy-token")
    yield "the words copied", "#copied"
    page.focus("#confirm-2")
    yield "two words asked for", "#confirm-2"
    page.fill("#confirm-1", "x")
    page.fill("#confirm-2", "x")
    page.click("#send")
    yield "a word that is wrong", "#confirm-error"


def examine(visitor: Visitor, folder: Path) -> Iterator[State]:
    """Yield the state in which the person has pressed “Continue”, but the page still examines a file."""
    page = visitor.page
    visitor.visit(f"{visitor.language}/report")
    visitor.fill_in()
    visitor.turn_to("#files")
    page.evaluate(_SLOW_DISK)
    film = folder / "film.bin"
    film.write_bytes(bytes(1_000))
    page.set_input_files("#files", film)
    expect(page.locator("#files-list progress")).to_be_visible()
    page.press("#continue", "Enter")
    yield "files still being checked", "#files-waiting"


def attached(folder: Path) -> list[Path]:
    """Return a picture that can be cleaned, a damaged one, a document with metadata, and an unknown file."""
    document, broken, unknown = folder / "plan.pdf", folder / "IMG_2.jpg", folder / "unknown.bin"
    document.write_bytes(b"%PDF-1.4\n1 0 obj<</Author (Zorglub)>>endobj trailer<</Info 1 0 R>>")
    broken.write_bytes(b"\xff\xd8\xff\xe1 broken")
    unknown.write_bytes(bytes(20))
    return [pictures.picture(folder / "IMG_1.jpg"), broken, document, unknown]


def refuse(visitor: Visitor, folder: Path) -> Iterator[State]:
    """Yield the states in which the page accepts no report, or refuses some of the files."""
    page = visitor.page
    usual = make_keyring(visitor.site.site)
    visitor.site.publish_changed(closed(usual.value))
    visitor.visit(f"{visitor.language}/report")
    yield "closed before the form", "#closed"
    yield "other ways while closed", "#closed-routes li"
    visitor.site.publish(usual)
    visitor.visit(f"{visitor.language}/report")
    visitor.fill_in()
    visitor.turn_to("#files")
    film = folder / "film.bin"
    film.touch()
    os.truncate(film, 2 << 30)
    page.set_input_files("#files", film)
    yield "files too large", "#files-note"
    page.press("#continue", "Enter")
    yield "files too large for Continue", "#error"


def send(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states from “Send” to the receipt, over a bad connection."""
    page = visitor.page
    held: list[Route] = []
    page.clock.install()
    visitor.write()
    stop_clock(page)
    page.route(ENVELOPES, lambda route: route.abort())
    page.route(ENVELOPES, times(2, held.append))  # Playwright uses the newest route first
    with page.expect_request(ENVELOPES):
        visitor.confirm()
    yield "sending", "#progress"
    page.context.set_offline(True)  # otherwise the page would soon call the connection slow
    held.pop().abort()
    while not held:
        page.clock.fast_forward(_FIRST_WAIT_MS)
    yield "connection lost", "#progress-text.lost"
    page.context.set_offline(False)
    held.pop().abort()
    visitor.give_up()
    yield "sending has stopped", "#send-error"
    page.unroute(ENVELOPES)
    page.clock.resume()
    page.click("#retry")
    visitor.arrived()
    yield "receipt", "#day-first"
    page.click("#show-token")
    yield "receipt with the words", "#token-again"
    page.click("#done summary")
    yield "receipt with the fingerprint", "#done .fingerprint"


def type_words(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states with messages about the words, before a case opens."""
    page = visitor.page
    visitor.visit(f"{visitor.language}/status")
    yield "no words yet", "#token"
    page.fill("#token", "vipère exilre ")
    yield "a slip in veiled words", "#typed"
    page.click("#show-typed")
    yield "a correction offered", "#completions button"
    page.fill("#token", "vip")
    yield "words completed", "#completions button"
    page.press("#open", "Enter")
    yield "words missing", "#error"
    page.fill("#token", words_of_both_lists())
    page.press("#open", "Enter")
    yield "words of two languages", "#languages"
    page.fill("#token", " ".join(["abandon"] * 11 + ["about"]))
    page.press("#open", "Enter")
    expect(page.locator("#write-anyway")).to_be_visible(timeout=SLOW)
    yield "words of no report", "#write-anyway"
    page.click("#write-anyway")
    yield "writing all the same", "#follow-up-channels"


def read(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield a state for each kind of answer, and for each action on an answer."""
    page, site = visitor.page, visitor.site
    report = visitor.reported()
    slot = with_receipt(slot_for(report), report, site.site)

    def opened(found: Any = None, **arguments: Any) -> None:
        if found:
            site.answer(report, found, **arguments)
        visitor.open()
        visitor.opened()

    opened()
    yield "no answer yet", "#claim"
    opened(slot, seed=bytes(32))
    yield "an answer that is not believed", "#status-fault"
    opened(replace(slot, status=Status.INFO_REQUESTED))
    yield "a question", "#now.asked"
    opened(slot)
    yield "a message", "#messages .them"
    page.click("#calendar summary")
    page.locator("#calendar-lines button").first.click()
    yield "calendar", "#calendar-copied"
    page.click("#proof summary")
    page.click("#save-proof")
    yield "proof saved", "#proof-saved"
    opened(replace(slot, serial=2, next_by=today() - timedelta(1)))
    yield "an answer that is late", "#overdue"
    opened(replace(slot, serial=3, status=Status.CLOSED))
    yield "closed", "#status-means"


def doubt(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states in which the page warns that it cannot rely on the site, or on the list of readers."""
    page, site = visitor.page, visitor.site

    def opened() -> None:
        visitor.open()
        visitor.opened()

    visitor.reported(channel=OUTSIDE)
    answering(visitor, lambda answer: received(answer, today() + timedelta(36)))
    opened()
    yield "the site claims another day", "#claim-differs"
    answering(visitor, lambda answer: without_memo(received(answer, today())))
    opened()
    visitor.shows("#status-fault", "note-missing")
    yield "the site withholds the note", "#cannot-write"
    page.unroute_all()
    site.publish_changed(without(site.keyring, OUTSIDE))
    opened()
    visitor.shows("#status-fault", "channel-gone")
    yield "a reader is no longer on the list", "#cannot-write"


def write_again(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states from a started message to its confirmation."""
    page = visitor.page
    page.clock.install()
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    visitor.open()
    visitor.opened()
    page.click("#follow-up-send")
    yield "nothing written", "#follow-up-error"
    page.click("#begin-unsafe")
    yield "unsafe", "#danger-now"
    held: list[Route] = []
    page.route(ENVELOPES, times(1, held.append))
    stop_clock(page)
    with page.expect_request(ENVELOPES):
        page.click("#follow-up-send")
    yield "sending a message", "#follow-up-progress"
    page.clock.resume()
    held.pop().continue_()
    expect(page.locator("#follow-up-done")).to_be_visible(timeout=SLOW)
    yield "message sent", "#follow-up-done"


def withdraw(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states in which a report is withdrawn."""
    page = visitor.page
    visitor.reported()
    visitor.open()
    visitor.opened()
    page.press("#to-withdraw", "Enter")
    yield "withdraw?", "#withdraw"
    page.click("#withdraw")
    yield "withdrawal not meant", "#withdraw-error"
    page.check("#withdraw-meant")
    page.context.set_offline(True)
    page.press("#withdraw", "Enter")
    visitor.shows("#withdraw-error", "offline")
    yield "withdrawal without a network", "#withdraw-error"
    page.context.set_offline(False)
    page.press("#withdraw", "Enter")
    expect(page.locator("#withdrawn")).to_be_visible(timeout=SLOW)
    yield "withdrawn", "#withdrawn-read"


def words_of_both_lists() -> str:
    """Return twelve words that happen to be a valid token in both languages."""
    lists = [set(Mnemonic(name).wordlist) for name in ("english", "french")]
    for last in permutations(sorted(lists[0] & lists[1]), 2):
        text = " ".join(["abandon"] * 10 + list(last))
        with suppress(casetoken.WrongChecksum):
            if len(casetoken.parse(text)) == 2:
                return text
    raise AssertionError


def wait(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states while the report page waits for the keys."""
    page = visitor.page
    page.clock.install()
    page.route("**/keyring.json", lambda _route: None)  # never answered
    visitor.visit(f"{visitor.language}/report")
    page.clock.fast_forward(2_000)
    visitor.shows("#loading [role=status]", "connection-slow")
    yield "slow connection before the form", "#loading [role=status]"
    page.evaluate("document.querySelector('#loading .late').getAnimations()[0].finish()")
    yield "advice after a long wait", "#loading .late a"


def stop(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states in which the page says why it cannot switch the language or offer the form."""
    page = visitor.page
    other = "en" if visitor.language == "fr" else "fr"
    visitor.visit(f"{visitor.language}/report")
    page.fill("#what", "Quai 4")
    page.route(f"**/{other}/report", _another_version)
    page.press(f"a[hreflang={other}]", "Enter")
    yield "the other language is another version", "#closed"
    page.on("dialog", lambda dialog: dialog.accept())  # the text is not sent
    page.clock.install(time=datetime.now(UTC) - timedelta(days=8 * 365))
    visitor.visit(f"{visitor.language}/report")
    yield "the clock of the device is behind", "#closed"
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=9 * 365))
    visitor.visit(f"{visitor.language}/report")
    yield "the keys have expired", "#closed"
    page.add_init_script("Object.defineProperty(window, 'crypto', {value: undefined})")
    visitor.visit(f"{visitor.language}/report")
    yield "a browser that cannot encrypt", "#closed"


def _another_version(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("data-version=", "data-version=9", 1))


def leave(visitor: Visitor, _: Path) -> Iterator[State]:
    """Yield the states of “Leave quickly”; the harmless page is empty, so the browser stays on the page."""
    page = visitor.page
    page.route(visitor.site.settings.leave_to, lambda route: route.fulfill(status=204))
    page.clock.install()
    visitor.visit(f"{visitor.language}/status")
    stop_clock(page)  # the page forgets the key after some seconds
    page.keyboard.press("Escape")
    yield "Escape pressed once", "[data-left]"
    page.evaluate("document.querySelector('a[data-leave]').click()")
    yield "left", ".curtain"


WAYS: tuple[Way, ...] = (
    *(write, attach, examine, refuse, send, type_words, read, doubt, write_again),
    *(withdraw, wait, stop, leave),
)
