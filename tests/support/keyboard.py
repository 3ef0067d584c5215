"""A person who uses the public pages with only a keyboard, in any browser."""

import time
from typing import Any, Protocol

from playwright.sync_api import Page

from crypto.messages import FollowUp
from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import SLOW
from tests.support.portal_site import REPLY, PortalSite, slot_for

MOST_STOPS = 120
SCROLLED_SECONDS = 3
# Tells whether the focused element is the wanted one, and what is wrong with its display. The label of a
# hidden file field shows the focus. If an element is already partly visible,
# Firefox does not scroll to it; WCAG 2.4.11 allows this.
STOP = """(wanted) => {
  const at = document.activeElement;
  const shown = at.matches(".unseen") ? at.nextElementSibling : at;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const points = [...shown.getClientRects()].flatMap(({ left, width, top, bottom }) =>
    [top + 3, (top + bottom) / 2, bottom - 3].map((y) => document.elementFromPoint(left + width / 2, y)));
  const wrong = [];
  if (outlineStyle !== "solid" || parseFloat(outlineWidth) < 2) wrong.push("no ring");
  const isSeen = points.some((hit) => shown.contains(hit));
  if (!isSeen) wrong.push(points.some(Boolean) ? "covered" : "out of sight");
  return { wrong, name: at.outerHTML.slice(0, 80), isWanted: at.matches(wanted) };
}"""
PLACE = "(selector) => Number(document.querySelector(selector).dataset.place)"


class Hands(Protocol):
    """The actions of a person with a keyboard, and the parts of the page that the test sees."""

    def go(self, address: str) -> None:
        """Open an address."""

    def press(self, key: str) -> None:
        """Press Tab, Enter, or the space bar. The space bar is given as a space character."""

    def write(self, text: str) -> None:
        """Type a text."""

    def texts(self, selector: str) -> list[str]:
        """Wait until a matching element is visible; return the texts of all matching elements."""

    def ask(self, function: str, argument: str) -> Any:
        """Return what a JavaScript function returns in the page."""


class ChromiumHands:
    """The keyboard of a page in Playwright."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, address: str) -> None:
        self.page.goto(address)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def texts(self, selector: str) -> list[str]:
        found = self.page.locator(selector)
        found.first.wait_for(timeout=SLOW)
        return found.all_inner_texts()

    def ask(self, function: str, argument: str) -> Any:
        return self.page.evaluate(function, argument)


class KeyboardWalk:
    """A walk through the pages. ``wrong`` lists each element whose focus was hard to see.

    ``patience`` is the time in seconds that each element has to become visible.
    """

    def __init__(self, hands: Hands, patience: float = SCROLLED_SECONDS) -> None:
        self.hands = hands
        self.patience = patience
        self.wrong: list[str] = []

    def reach(self, wanted: str) -> None:
        """Press Tab until the focus is on an element that matches the selector."""
        for _ in range(MOST_STOPS):
            self.hands.press("Tab")
            stop = self._stop(wanted)
            self.wrong += [f"{each}: {stop['name']}" for each in stop["wrong"]]
            if stop["isWanted"]:
                return
        raise AssertionError(wanted)

    def _stop(self, wanted: str) -> dict[str, Any]:
        """Return the result of STOP as soon as it finds no fault, or when the time limit is reached.

        WebKit moves the focus first, and scrolls to it a little later.
        """
        end = time.monotonic() + self.patience
        while True:
            stop: dict[str, Any] = self.hands.ask(STOP, wanted)
            # At the end of the page, the focus moves to the browser's own buttons.
            if stop["name"].startswith("<body"):
                stop["wrong"] = []
            if not stop["wrong"] or time.monotonic() > end:
                return stop

    def press(self, wanted: str, key: str = "Enter") -> None:
        self.reach(wanted)
        self.hands.press(key)

    def fill(self, wanted: str, text: str) -> None:
        self.reach(wanted)
        self.hands.write(text)

    def report(self, address: str, text: str) -> list[str]:
        """Go from the first page to the receipt of a report; return its words."""
        hands = self.hands
        hands.go(f"{address}/")
        hands.texts(".doors")
        self.press(".doors a[href='/fr/report']")
        hands.texts("#what")
        self.fill("#what", text)
        self.press("#continue")
        hands.texts("#channels")
        self.press(f"#channels-{INSPECTORATE}", " ")
        self.press("#more")
        hands.texts("[data-part=optional] summary")
        self.press("[data-part=optional] summary")
        self.press("#continue")
        words = hands.texts("#token-words li")
        for field in ("#confirm-1", "#confirm-2"):
            self.reach(field)
            hands.write(words[hands.ask(PLACE, field)])
        self.press("#send")
        hands.texts("#done")
        return words

    def read(self, address: str, words: list[str]) -> list[str]:
        """Unfold the fingerprint on the receipt, then go from the first page to the answer; return its texts.

        The receipt has no link to the answer.
        """
        self.press("#done summary")
        self.hands.texts("#done .fingerprint")
        self.hands.go(f"{address}/")
        self.hands.texts(".doors")
        self.press(".doors a[href='/fr/status']")
        self.hands.texts("#token")
        self.fill("#token", " ".join(words))
        self.press("#open")
        self.hands.texts("#case")
        return self.hands.texts("#messages .written")

    def add(self, text: str) -> None:
        """Write again."""
        self.fill("#follow-up-text", text)
        self.press("#follow-up-send")
        self.hands.texts("#follow-up-done")


def walk(hands: Hands, site: PortalSite, text: str) -> list[str]:
    """Go from the first page to a report, its answer, and a message in return.

    Return each element whose focus was hard to see.
    """
    person = KeyboardWalk(hands)
    words = person.report(site.address, text)
    report, _ = site.report()
    site.answer(report, slot_for(report))
    assert person.read(site.address, words) == [REPLY]
    person.add("Encore.")
    (again,) = [message for message, _ in site.received() if isinstance(message, FollowUp)]
    assert (text, "Encore.", report.case_id) == (report.answers["what"], again.text, again.case_id)
    return person.wrong
