"""Measure the reporter's way from the bare domain to the receipt, on a phone of 360 by 640 pixels.

    python -m benchmarks.journey

The benchmark measures both languages, and writes the figures into the table in docs/reporters-way.md. The
benchmark finds links and buttons by their names, writes a report of 100 words, and answers only the required
questions.
"""

import math
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import brotli
from mnemonic import Mnemonic
from playwright.sync_api import Browser, Locator, Page, Request, Route, ViewportSize, sync_playwright

from benchmarks.keystroke_level import Task
from benchmarks.screen import Screen, read
from crypto import casetoken
from templates import catalogues
from templates.catalogues import LANGUAGES, Domain
from tests.support import browsing
from tests.support.builders import make_keyring
from tests.support.paths import ROOT
from tests.support.portal_site import PortalSite

PAGE = ROOT / "docs" / "reporters-way.md"
# The waiting time depends on the machine, so it is not on the page.
WAITING = "waiting, on this machine"
PHONE = ViewportSize(width=360, height=640)
# The names of buttons and links on the pages, in English. `ENTRANCES` are links from the home page to the
# report, the best link first. Each button in `ONWARD` ends a screen of the report.
ENTRANCES = ("Write a report",)
ONWARD = ("Continue", "Send")
READY_SOON = "Getting ready…"
ARRIVED = "Your report has arrived"
# The page shows these lines only while an answer is late: on a busy machine, or over Tor. They are not
# counted, because the figures must not depend on the machine. docs/reporters-way.md gives their length.
DELAYS = (
    "Not sent yet. Large files take minutes.",
    "Slow connection. Still trying…",
)
# The only required question. A page asks who should read a report only if more than one body can receive the
# report.
READER = "Required: who reads it?"
# 20 words each.
SENTENCES = {
    "fr": "Un homme que je ne connais pas a voulu me parler au parking ; il voulait un code et me payer. ",
    "en": "A man whom I do not know spoke to me in the car park; he wanted one code and paid. ",
}
SENTENCES_OF_A_REPORT = 5
WORDS_OF_A_TOKEN = 12
# How far one flick of a finger scrolls, in heights of the screen.
FLICK = 0.75
# Words a minute in silent reading: Trauzettel-Klosinski and Dietz (2012), the mean of their texts.
READING = {"fr": 195, "en": 228}
_BETWEEN_TAPS_MILLISECONDS = 1_100
_PATIENCE_MILLISECONDS = 60_000
_POLL_MILLISECONDS = 20
_CHOICES = "input[type=radio], input[type=checkbox]"
_BOX = "textarea:visible"
_PAINTED_FROM = {"document", "stylesheet"}


@dataclass(slots=True)
class Journey:
    """The screens and actions of one report.

    Between the home page and the receipt, some screens stay until a button is pressed; ``needing`` lists
    their headings. ``scrolled`` is in screens; ``waits`` are in seconds.
    """

    screens: list[Screen] = field(default_factory=list)
    needing: list[str] = field(default_factory=list)
    task: Task = field(default_factory=Task)
    taps: int = 0
    taps_to_first_word: int = 0
    scrolled: float = 0.0
    choices: int = 0
    above_box: int = 0
    waits: list[float] = field(default_factory=list)

    def words(self) -> tuple[int, int]:
        """Return how many words are visible, and how many are folded away.

        A text that is on several screens counts only once.
        """
        shown, folded = (
            {
                each.text: each.words
                for screen in self.screens
                for each in screen.blocks
                if each.folded == away
            }
            for away in (False, True)
        )
        return sum(shown.values()), sum(words for text, words in folded.items() if text not in shown)


class Gate:
    """Holds all requests that match a URL pattern until ``open``, so that a waiting screen can be read."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._held: list[Route] = []
        self._open = False
        page.route(pattern, self._pass)

    def _pass(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        """Let the held requests and all later requests pass."""
        self._open = True
        for each in self._held:
            each.continue_()


class Reporter:
    """A person who reports in one language."""

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page, self.address, self.language = page, address, language
        self.journey = Journey()
        self._words: list[str] = []
        self._keys, self._envelopes = (
            Gate(page, pattern) for pattern in ("**/keyring.json", "**/api/envelopes")
        )

    def report(self) -> Journey:
        """Go from the bare domain to the receipt; raises RuntimeError if the pages lead elsewhere."""
        self._arrive()
        self._see()
        self._enter()
        self._write()
        while not self._arrived().is_visible():
            self._see()
            self._choose()
            self._confirm()
            self._press_on()
        self._see()
        return self.journey

    def _arrive(self) -> None:
        """Open the bare domain, and choose the language if the home page there is in another language."""
        self.page.goto(f"{self.address}/")
        if self.page.locator("html").get_attribute("lang") != self.language:
            name = catalogues.name(self.language)
            self._touch(self.page.get_by_role("link", name=name, exact=True), "MP")
            self.page.wait_for_url(f"{self.address}/{self.language}/", timeout=_PATIENCE_MILLISECONDS)

    def _enter(self) -> None:
        ways = [self._named(each, "link").or_(self._named(each, "button")) for each in ENTRANCES]
        self._touch(next(each for each in ways if each.count()).first, "MP")
        self.page.get_by_text(said(READY_SOON, self.language)).wait_for(timeout=_PATIENCE_MILLISECONDS)
        self._see()
        self._keys.open()
        with self._waiting():
            self._box().wait_for(timeout=_PATIENCE_MILLISECONDS)

    def _write(self) -> None:
        journey = self.journey
        journey.choices = self.page.locator(_CHOICES).count()
        journey.above_box = sum(each.words for each in read(self.page).blocks if each.above_box)
        journey.scrolled = self._beyond(self._box())
        self._touch(self._box(), "P")
        journey.taps_to_first_word = journey.taps
        text = (SENTENCES[self.language] * SENTENCES_OF_A_REPORT).strip()
        self._box().fill(text)
        journey.task.add("HH")
        journey.task.text["K"] += len(text)

    def _choose(self) -> None:
        readers = self.page.get_by_role("group", name=said(READER, self.language), exact=True).get_by_role(
            "radio"
        )
        if readers.count() and not any(each.is_checked() for each in readers.all()):
            self._touch(readers.first, "MP")

    def _confirm(self) -> None:
        """Copy the words if the page shows them, and type the words that it asks for."""
        shown = self.page.locator("ol:visible > li:visible").all_inner_texts()
        if len(shown) == WORDS_OF_A_TOKEN and not self._words:
            self._words = shown
            self.journey.task.add("H" + "W" * len(shown) + "H")
        for asked in self.page.locator("main input[type=text]:visible").all() if self._words else []:
            self._type(asked)

    def _type(self, asked: Locator) -> None:
        """Touch a field. The label of the field then says which word to type."""
        self._touch(asked, "P")
        (place,) = re.findall(r"\d+", asked.evaluate("(each) => each.labels[0].textContent"))
        word = self._words[int(place) - 1]
        asked.fill(word)
        # The words are drawn at random. The model counts the keys of a word of mean length, so that each run
        # gives the same time.
        self.journey.task.add("M" + "H" + "K" * mean_length(self.language) + "H")

    def _press_on(self) -> None:
        """Tap the button that ends this screen, and wait for the next screen or for the receipt."""
        self.journey.needing.append(self._heading())
        before = self._shown()
        self._touch(self._onward().first, "MP")
        with self._waiting():
            self._until(lambda: self._shown() != before)
        if refused := self.page.locator("[role=alert]:visible").all_inner_texts():
            raise RuntimeError(f"the page shows an error instead of the next screen: {refused}")
        if not self._arrived().or_(self._onward()).count():
            self._see()
            self._envelopes.open()
        with self._waiting():
            self._until(lambda: bool(self._arrived().or_(self._onward()).count()))

    def _see(self) -> None:
        # ``read`` joins words with plain spaces, even where French uses non-breaking spaces.
        delays = {" ".join(said(each, self.language).split()) for each in DELAYS}
        screen = read(self.page)
        blocks = tuple(each for each in screen.blocks if each.text not in delays)
        self.journey.screens.append(replace(screen, blocks=blocks))

    def _touch(self, target: Locator, operators: str) -> None:
        self.journey.task.add("F" * math.ceil(self._beyond(target) / FLICK) + operators)
        self.journey.taps += 1
        # For a second after a step has changed, the page ignores a second tap at the same place.
        self.page.wait_for_timeout(_BETWEEN_TAPS_MILLISECONDS)
        target.tap()

    def _beyond(self, target: Locator) -> float:
        """Return how far to scroll, in screens, until the first line of a target is visible."""
        place = target.bounding_box()
        assert place
        line = min(place["height"], 44)
        return max(place["y"] + line - PHONE["height"], -place["y"], 0) / PHONE["height"]

    def _named(self, english: str, role: str) -> Locator:
        name = said(english, self.language)
        found = self.page.get_by_role("link" if role == "link" else "button", name=name, exact=True)
        return found.locator("visible=true")

    def _onward(self) -> Locator:
        first, *others = (self._named(each, "button") for each in ONWARD)
        for each in others:
            first = first.or_(each)
        return first

    def _arrived(self) -> Locator:
        name = said(ARRIVED, self.language)
        return self.page.get_by_role("heading", name=name, exact=True).locator("visible=true")

    def _box(self) -> Locator:
        return self.page.locator(_BOX).first

    def _heading(self) -> str:
        return self.page.locator("h1:visible").first.inner_text()

    def _shown(self) -> str:
        return self.page.inner_text("body")

    def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_MILLISECONDS / 1000
        while not done():
            if time.monotonic() > end:
                raise RuntimeError(f"nothing happens on the screen “{self._heading()}”")
            self.page.wait_for_timeout(_POLL_MILLISECONDS)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.journey.waits.append(time.monotonic() - begun)


def said(english: str, language: str) -> str:
    """Return a text of the pages in a language; raises ValueError if no page has this text."""
    french = catalogues.text(catalogues.load(Domain.PUBLIC, "fr"), english)
    if french == english:
        raise ValueError(f"no page has the text “{english}”: change it in benchmarks/journey.py")
    return catalogues.text(catalogues.load(Domain.PUBLIC, language), english)


def mean_length(language: str) -> int:
    """Return the mean length, rounded up, of the words from which the twelve words are drawn."""
    words = Mnemonic(casetoken.LANGUAGES[language]).wordlist
    return math.ceil(sum(map(len, words)) / len(words))


def loaded(browser: Browser, url: str, ready: str = "main") -> tuple[int, int]:
    """Return the Brotli-compressed sizes of the files needed to paint a page, and of the page's other files.

    ``ready`` selects an element that is visible when the page has loaded its other files.
    """
    page = browser.new_page(viewport=PHONE)
    asked: list[Request] = []
    page.on("request", lambda each: asked.append(each))  # noqa: PLW0108 - Playwright marks it
    page.goto(url)
    page.locator(ready).first.wait_for(timeout=_PATIENCE_MILLISECONDS)
    page.wait_for_load_state("networkidle")
    kinds = {each.url: each.resource_type in _PAINTED_FROM for each in asked}
    # The browser does not give access to every response body, so all files are fetched again.
    sizes = [(first, _compressed(page.request.get(each).body())) for each, first in kinds.items()]
    page.close()
    return sum(size for first, size in sizes if first), sum(size for first, size in sizes if not first)


def _compressed(content: bytes) -> int:
    return len(brotli.compress(content))  # type: ignore[no-untyped-call]


def reported(browser: Browser, address: str, language: str) -> Journey:
    """Report once at a portal, in one language."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    way = Reporter(context.new_page(), address, language).report()
    context.close()
    return way


def measured(browser: Browser, address: str, language: str, way: Journey) -> dict[str, tuple[str, str]]:
    """Return each measure with its target and its value for a report in one language."""
    home, _ = loaded(browser, f"{address}/{language}/")
    report, later = loaded(browser, f"{address}/{language}/report", _BOX)
    shown, folded = way.words()
    seconds = way.task.seconds()
    return {
        "words from home to receipt": ("≤ 450", f"{shown + folded}"),
        "… of these, folded away": ("", f"{folded}"),
        "… time to read all of them once": ("", f"{(shown + folded) / READING[language] * 60:.0f} s"),
        "words above the first box": ("≤ 60", f"{way.above_box}"),
        "screens to scroll to the first box": ("0", f"{way.scrolled:.1f}"),
        "screens to pass before the receipt": ("≤ 3", f"{len(way.needing)}"),
        "taps until the first word": ("2", f"{way.taps_to_first_word}"),
        "taps in all": ("", f"{way.taps}"),
        "time without typing the report": ("≤ 90 s", f"{seconds:.0f} s"),
        "… of this, copying twelve words by hand": ("", f"{way.task.copying():.0f} s"),
        "time with typing the report": ("", f"{seconds + way.task.typing():.0f} s"),
        WAITING: ("", f"{sum(way.waits):.1f} s"),
        "radio buttons and checkboxes": ("", f"{way.choices}"),
        "first paint of home": ("< 80 kB", f"{home / 1000:.1f} kB"),
        "first paint of report": ("< 80 kB", f"{report / 1000:.1f} kB"),
        "… what it loads then": ("", f"{later / 1000:.1f} kB"),
    }


@contextmanager
def one_body(folder: Path) -> Iterator[PortalSite]:
    """Serve a portal where only one body receives reports."""
    site = PortalSite(folder, "sqlite:///portal.sqlite")
    site.publish(make_keyring(site.site, bodies=[site.site.inspectorate]))
    with site.serving():
        yield site
    site.close()


def documented(page: str) -> dict[str, list[str]]:
    """Return the cells of each row of the page's table, keyed by measure. Omit the row of headings."""
    _, _, *rows = map(_cells, _table(page).splitlines())
    return {measure: values for measure, *values in rows}


def updated(page: str, found: Sequence[Mapping[str, tuple[str, str]]]) -> str:
    """Return the page with new figures: the last columns of its table have one column for each language."""
    lines = _table(page).splitlines()
    for place, line in enumerate(lines):
        measure, *others = _cells(line)
        if measure in found[0]:
            cells = (measure, *others[: -len(found)], *(each[measure][1] for each in found))
            lines[place] = f"| {' | '.join(cells)} |".replace("|  |", "| |")
    return page.replace(_table(page), "\n".join(lines))


def _cells(line: str) -> list[str]:
    return [each.strip() for each in line.split("|")[1:-1]]


def _table(page: str) -> str:
    start = page.index("| measure |")
    return page[start : page.index("\n\n", start)]


def main() -> None:
    """Write the figures into the page; print them, and for how long this machine waited."""
    with tempfile.TemporaryDirectory(prefix="fanal-journey-") as folder, sync_playwright() as playwright:
        browser = browsing.launch(playwright.chromium)
        with one_body(Path(folder)) as site:
            place = site.address
            found = [measured(browser, place, each, reported(browser, place, each)) for each in LANGUAGES]
        browser.close()
    PAGE.write_text(updated(PAGE.read_text("utf-8"), found), "utf-8")
    sys.stdout.write(f"| measure | target | {' | '.join(LANGUAGES)} |\n|---|---|{'---|' * len(LANGUAGES)}\n")
    for measure, (target, _) in found[0].items():
        values = " | ".join(each[measure][1] for each in found)
        sys.stdout.write(f"| {measure} | {target} | {values} |\n")


if __name__ == "__main__":
    main()
