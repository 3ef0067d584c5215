"""A person who uses the public pages in a real browser."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, Route, ViewportSize, expect

from crypto import casetoken
from crypto.messages import Report
from tests.support.builders import INSPECTORATE, make_report_envelope
from tests.support.portal_site import PortalSite

TEXT = "Ils m'ont abordé·e à Noël 😀\nDeuxième ligne."
FILE = bytes(range(256)) * 10_000  # a sealed file of this size has three pieces
_ANSWER_SECONDS = 5
SLOW = 120_000  # milliseconds until a test gives up, which must not happen on a busy machine
TELEPHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)
PARTS = "[...document.querySelectorAll('[data-part]')]"
ENVELOPES = "**/api/envelopes"
ENVELOPE = "**/api/envelopes/*"


class Visitor:
    """A person who uses a portal's pages, and keeps only the case token."""

    site: PortalSite

    def __init__(self, page: Page, address: str, language: str = "fr") -> None:
        self.page = page
        self.address = address
        self.language = language
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self.words: list[str] = []
        self._under_way: set[Request] = set()
        # Playwright marks these functions, and a method cannot be marked.
        page.on("request", lambda request: self._begin(request))  # noqa: PLW0108
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self._under_way.discard(request))  # noqa: PLW0108
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def visit(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}")

    def write(self, text: str = TEXT, files: list[Path] | None = None, channel: str = INSPECTORATE) -> None:
        """Open and fill in the report page, up to the token; ``channel`` is chosen if there is a choice."""
        self.visit(f"{self.language}/report")
        expect(self.page.locator("#what")).to_be_visible()
        self.fill_in(text, files, channel)
        self.to_token()

    def fill_in(self, text: str = TEXT, files: list[Path] | None = None, channel: str = INSPECTORATE) -> None:
        """Fill in the open report page."""
        self.page.fill("#what", text)
        self.turn_to("#coi-unsure")
        if self.page.locator("#channels").is_visible():
            self.page.check(f"#channels-{channel}")
        self.page.check("#coi-unsure")
        self.page.set_input_files("#files", files or [])

    def turn_to(self, element: str) -> None:
        """In the open form, turn to the step with this element, and unfold the parts around it."""
        turn_to(self.page, element)

    def go_on(self) -> None:
        """Press “Continue” on each remaining step of the form."""
        go_on(self.page)

    def to_token(self) -> None:
        self.go_on()
        # While the page still examines files, the hidden step may have the words of an earlier report.
        expect(self.page.locator("#token-words")).to_be_visible(timeout=SLOW)
        expect(self.page.locator("#token-words li")).to_have_count(12)
        self.words = self.page.locator("#token-words li").all_inner_texts()

    def confirm(self, presses: int = 1) -> None:
        """Retype the two requested words, and press “Send” the given number of times."""
        for number in (1, 2):
            asked = self.page.locator(f"#confirm-{number}")
            asked.fill(self.words[int(asked.get_attribute("data-place") or -1)])
        self.page.click("#send", click_count=presses)

    def report(self, text: str = TEXT, files: list[Path] | None = None, channel: str = INSPECTORATE) -> None:
        self.write(text, files, channel)
        self.confirm()
        self.arrived()

    def reported(self, channel: str = INSPECTORATE) -> Report:
        """Send a report without the browser, which would spend a second on the proof of work."""
        entropy = casetoken.generate()
        sealed = make_report_envelope(self.site.site, channel, entropy=entropy)
        assert self.site.send(sealed).status_code == 201
        self.words = list(casetoken.words(entropy, "fr"))
        return self.site.report()[0]

    def arrived(self) -> None:
        expect(self.page.locator("#done")).to_be_visible(timeout=SLOW)

    def open(self, words: str = "") -> None:
        """Type the token on the status page."""
        self.visit(f"{self.language}/status")
        self.page.fill("#token", words or " ".join(self.words))
        self.page.click("#open")

    def opened(self) -> None:
        expect(self.page.locator("#case")).to_be_visible(timeout=SLOW)

    def follow_up(self, text: str, files: list[Path] | None = None) -> None:
        """Write again on the open status page."""
        self.page.fill("#follow-up-text", text)
        self.page.set_input_files("#follow-up-files", files or [])
        # The button is pressed with a key, because a second click just after the page has changed would have
        # no effect.
        self.page.press("#follow-up-send", "Enter")
        expect(self.page.locator("#follow-up-done")).to_be_visible(timeout=SLOW)

    def give_up(self, error: str = "#send-error") -> None:
        """Advance the installed clock until the page no longer retries automatically.

        Requests under way are answered first. Otherwise, the answers would seem to take 10 seconds.
        """
        while self.page.locator(error).is_hidden():
            end = time.monotonic() + _ANSWER_SECONDS
            while self._under_way and time.monotonic() < end:
                self.page.wait_for_timeout(10)
            self.page.clock.fast_forward(10_000)

    def _begin(self, request: Request) -> None:
        self.requests.append(request)
        self._under_way.add(request)

    def bodies(self) -> list[bytes]:
        """Return the bodies of all requests that the page has sent."""
        return [request.post_data_buffer or b"" for request in self.requests]

    def shows(self, place: str, code: str) -> None:
        """Expect the text with this code, with any values filled in."""
        expect(self.page.locator(place)).to_be_visible(timeout=SLOW)
        wanted = self.page.locator(f"#texts [data-code={code}]").text_content() or ""
        parts = re.split(r"\{\w+\}", wanted)
        expect(self.page.locator(place)).to_have_text(re.compile(".+".join(map(re.escape, parts))))


def turn_to(page: Page, element: str) -> None:
    """In the open form, turn to the step with this element, and unfold the parts around it."""
    wanted = page.evaluate(f"(element) => {PARTS}.findIndex((part) => part.querySelector(element))", element)
    while (shown := _shown(page)) != wanted:
        more = page.locator("#more")
        _press(page, "#previous" if wanted < shown else "#more" if more.is_visible() else "#continue")
    page.evaluate(
        """(element) => {
          let fold = document.querySelector(element).closest("details");
          for (; fold; fold = fold.parentElement.closest("details")) fold.open = true;
        }""",
        element,
    )


def go_on(page: Page) -> None:
    """Press “Continue” on each remaining step of the open form."""
    steps = page.locator("[data-part]:not([data-part=optional])").count()
    for _ in range(max(1, steps - _shown(page))):
        _press(page, "#continue")


def _press(page: Page, button: str) -> None:
    """Press a button of the form with a key, because a second click just after a step has no effect."""
    page.locator(button).wait_for()
    page.press(button, "Enter")


def _shown(page: Page) -> int:
    """Return the place of the step that is shown."""
    return int(page.evaluate(f"{PARTS}.findIndex((part) => !part.hidden)"))


@contextmanager
def visiting(chromium: Browser, folder: Path) -> Iterator[Visitor]:
    """Yield a visitor on a phone's screen, at a portal made for this visitor."""
    site = PortalSite(folder, "sqlite:///portal.sqlite")
    context = chromium.new_context(viewport=TELEPHONE)
    try:
        with site.serving():
            visitor = Visitor(context.new_page(), site.address)
            visitor.site = site
            yield visitor
    finally:
        context.close()
        site.close()


def times(count: int, act: Callable[[Route], object]) -> Callable[[Route], None]:
    """Return a handler that applies ``act`` to the first ``count`` requests and lets the others pass."""
    left = [count]

    def handle(route: Route) -> None:
        left[0] -= 1
        if left[0] >= 0:
            act(route)
        else:
            route.fallback()

    return handle


def lose(route: Route) -> None:
    """Deliver the request, but lose its answer."""
    route.fetch()
    route.abort()


def methods(visitor: Visitor) -> list[str]:
    """Return the methods of all requests about envelopes, in order."""
    return [request.method for request in visitor.requests if "/api/envelopes" in request.url]
