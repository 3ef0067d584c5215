"""The pictures in README.md and the officer's guides, from a real portal and a real desk with invented data.

    python -m tests.support.page_pictures

The program writes the pictures to docs/ and docs/pictures/. Each picture carries its visible words, so that
a test notices when a page has changed.
"""

import json
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from templates.catalogues import LANGUAGES
from tests.support import browsing
from tests.support.desk_room import seen, serving, tell
from tests.support.inbox_builders import Office, World
from tests.support.inbox_builders import Portal as Carrier
from tests.support.installation import Installation, PortalForked, free_port
from tests.support.page_visitor import TELEPHONE, Visitor
from tests.support.paths import ROOT

# The keywords under which a PNG stores its texts.
WORDS, HEADINGS = "Description", "Headings"
_DESK = ViewportSize(width=1200, height=1000)
_CASE = ViewportSize(width=1200, height=628)
# A narrow window keeps the text large in a guide. The picture has more pixels than the window.
_GUIDE = ViewportSize(width=900, height=1000)
_SCALE = 4 / 3
_GAP_PIXELS = 16
_GREY = "#808080"
# With fewer colours, the red of danger would be lost, because it covers only a small part of the queue.
_COLOURS = 256
_NAME = {"fr": "Inspection des douanes", "en": "Customs inspectorate"}
_OFFICERS = ("morel", "garnier")

_REPORT = (
    "Someone I met at the gym offered to pay my car loan if I tell him which containers are checked on "
    "Thursdays. I said I would think about it. He knows where my daughter goes to school."
)
_ANSWER = (
    "Thank you for writing. Do not meet him alone, and keep everything that he sends you. "
    "Does he write to you, or does he only come to the gym?"
)

# Invented reports, in French and in English.
_REPORTS = Path(__file__).with_name("page_reports.toml")

# The words of elements inside the viewport. Of a heading, inner elements such as a number are left out.
_READ = """([selector, whole]) => {
  const ownWords = (element) =>
    [...element.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE)
      .map((each) => each.data).join("");
  const isSeen = (element) => {
    const { top, bottom, left } = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true })
      && top >= 0 && bottom <= innerHeight && left >= 0 && bottom > top;
  };
  return [...document.querySelectorAll(selector)].filter(isSeen)
    .map((each) => (whole ? each.innerText : ownWords(each)).trim().replace(/\\s+/g, " ")).filter(Boolean);
}"""
# The first and the last pixel of an element, counted from the top of the page.
_TOP = "each => Math.floor(each.getBoundingClientRect().top + scrollY)"
_BOTTOM = "each => Math.ceil(each.getBoundingClientRect().bottom + scrollY)"
_EVERYTHING = "h1, h2, h3, h4, p, li, dt, dd, th, td, label, legend, summary, button, a"
_FIXED = "h1, h2, h3:not(li h3), thead th, dt, legend, summary, button, main label, nav a"


@dataclass(frozen=True)
class Picture:
    """A picture of a page, and the words that are visible in it."""

    image: Image.Image
    words: Sequence[str]
    headings: Sequence[str]


def taken(page: Page) -> Picture:
    """Return a picture of the visible part of a page."""
    shot = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    return Picture(shot, page.evaluate(_READ, [_EVERYTHING, True]), page.evaluate(_READ, [_FIXED, False]))


def between(page: Page, first: str, last: str) -> Picture:
    """Return a picture of a page from the element ``first`` to the element ``last``, both given by selectors.

    If ``first`` is not at the top of the page, the page must continue below ``last``.
    """
    end = page.locator(last)
    end.wait_for()
    top = 0 if first == "body" else page.locator(first).evaluate(_TOP) - _GAP_PIXELS
    bottom = end.evaluate(_BOTTOM) + _GAP_PIXELS
    page.set_viewport_size(ViewportSize(width=_GUIDE["width"], height=bottom - top))
    page.evaluate("top => scrollTo(0, top)", top)
    picture = taken(page)
    page.set_viewport_size(_GUIDE)
    return picture


def beside(pictures: Sequence[Picture]) -> Picture:
    """Return pictures of the same size in a row, with a grey gap between them."""
    width, height = pictures[0].image.size
    row = Image.new("RGB", (len(pictures) * (width + _GAP_PIXELS) - _GAP_PIXELS, height), _GREY)
    for place, each in enumerate(pictures):
        row.paste(each.image, (place * (width + _GAP_PIXELS), 0))
    words = [word for each in pictures for word in each.words]
    return Picture(row, words, [heading for each in pictures for heading in each.headings])


def write(picture: Picture, name: str) -> None:
    """Write a picture to docs/, with one line for each visible text."""
    texts = PngInfo()
    texts.add_text(WORDS, "\n".join(dict.fromkeys(picture.words)))
    texts.add_text(HEADINGS, "\n".join(dict.fromkeys(picture.headings)))
    few = picture.image.quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(ROOT / "docs" / name, optimize=True, pnginfo=texts)


def on_the_phone(chromium: Browser, folder: Path) -> Picture:
    """Return the home page, a report, the twelve words and the answer, in English."""
    installation = Installation(folder, port=free_port(), portal=PortalForked)
    names = ", ".join(f"{language} = {json.dumps(name)}" for language, name in _NAME.items())
    with installation.portal.config.open("a") as settings:
        settings.write(f"name = {{ {names} }}\n")
    context = chromium.new_context(viewport=TELEPHONE)
    page = context.new_page()
    with installation.portal.serving() as portal:
        person = Visitor(page, portal.address, "en")
        person.visit("en/")
        shown = [taken(page)]
        person.visit("en/report")
        expect(page.locator("#what")).to_be_visible()
        page.fill("#what", _REPORT)
        shown.append(taken(page))
        person.fill_in(_REPORT)
        person.to_token()
        shown.append(taken(page))
        person.confirm()
        person.arrived()
        installation.carry_in(1)
        installation.inbox.run("message", "reply", "1", "--text", _ANSWER)
        installation.inbox.run("case", "set-status", "1", "assessing")
        installation.carry_back(1)
        person.open()
        person.opened()
        shown.append(taken(page))
    context.close()
    return beside(shown)


@contextmanager
def desk(
    chromium: Browser, folder: Path, language: str, *, is_morning: bool, **options: Any
) -> Iterator[tuple[Page, str]]:
    """Yield a page on which an officer has signed in, and the address of the desk in this language.

    Each invented report is a case. In the morning, a bundle is waiting on the medium, and nobody has declared
    that they have no conflict of interest. The browser has these ``options``.
    """
    office = Office.found_by(folder, _OFFICERS, quorum=len(_OFFICERS))
    world = World(office)
    reports = tomllib.loads(_REPORTS.read_text("utf-8"))["report"]
    told = [each | {"what": each["what"][language]} for each in reports]
    portal = Carrier(world, folder / "medium")
    tell(world, portal, *told, language=language)
    if is_morning:
        portal.bundle()
    else:
        office.json("case", "declare", *map(str, range(1, len(told) + 1)))
        for case, officer in enumerate(_OFFICERS, 2):
            office.json("case", "assign", str(case), officer)
    with (
        serving(office, "--medium", portal.folder) as served,
        seen(chromium, served, **options) as page,
    ):
        yield page, f"{served.root}/{language}"


def for_readme(chromium: Browser, folder: Path) -> tuple[Picture, Picture]:
    """Return the queue, and the case with a danger, in French."""
    with desk(chromium, folder, "fr", is_morning=False, viewport=_DESK) as (page, address):
        page.goto(f"{address}/")
        queue = taken(page)
        page.set_viewport_size(_CASE)
        page.locator("tbody a").first.click()
        expect(page.locator("h1")).to_contain_text("Dossier")
        expect(page.locator("main")).to_contain_text("Danger")
        return queue, taken(page)


def for_the_guide(chromium: Browser, folder: Path, language: str) -> Iterator[tuple[str, Picture]]:
    """Yield the name and picture of each page that the officer's guide shows, in the order of a day."""
    sharp: dict[str, Any] = {"viewport": _GUIDE, "device_scale_factor": _SCALE}
    with desk(chromium, folder, language, is_morning=True, **sharp) as (page, address):
        page.goto(f"{address}/medium")
        # The name of the temporary folder would mean nothing to the reader.
        page.locator("main code").first.evaluate("each => each.textContent = '/media/stick'")
        yield "exchange", between(page, "body", "main > :last-child")
        # Officers collect the bundle before they open the page Today. Otherwise, the page would warn that a
        # bundle is waiting.
        for bundle in folder.glob("medium/*.tar"):
            bundle.unlink()
        page.goto(f"{address}/today")
        yield "today", between(page, "body", ":nth-match(main button, 1)")
        page.goto(f"{address}/")
        # The case with a danger comes first, and needs more than this reply.
        page.locator("tbody a").nth(1).click()
        page.locator("main form").wait_for()
        yield "declaration", between(page, "body", "main > :last-child")
        page.locator("main form button").click()
        page.locator(".to-dialogue").click()
        page.locator("#template").select_option("acknowledgement")
        page.locator("form:has(#template) button").first.click()
        yield "reply", between(page, "h1", ".seen")


def main() -> None:
    """Write all pictures."""
    with tempfile.TemporaryDirectory(prefix="fanal-pictures-") as made, sync_playwright() as playwright:
        chromium = browsing.launch(playwright.chromium)
        folders = {name: Path(made, name) for name in ("phone", "desk", *LANGUAGES)}
        for folder in folders.values():
            folder.mkdir()
        write(on_the_phone(chromium, folders["phone"]), "pages.png")
        queue, case = for_readme(chromium, folders["desk"])
        write(queue, "queue.png")
        write(case, "case.png")
        for language in LANGUAGES:
            for name, picture in for_the_guide(chromium, folders[language], language):
                write(picture, f"pictures/{name}-{language}.png")
        chromium.close()


if __name__ == "__main__":
    main()
