"""The three pictures in README.md, taken from a real portal and a real desk with invented data.

    python -m tests.support.readme_pictures

The program writes the pictures to docs/. Each picture carries its visible words, so that a test notices when
a page has changed.
"""

import json
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

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
_GAP_PIXELS = 16
_GREY = "#808080"
# The red of danger is a small part of the queue, and would be lost with fewer colours.
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

# Invented reports, in French.
_REPORTS = Path(__file__).with_name("readme_reports.toml")

# The words of elements inside the viewport. A heading is read without the elements in it, such as a number.
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


def at_the_desk(chromium: Browser, folder: Path) -> tuple[Picture, Picture]:
    """Return the queue, and the case with a danger, in French."""
    office = Office.found_by(folder, _OFFICERS, quorum=len(_OFFICERS))
    world = World(office)
    reports = tomllib.loads(_REPORTS.read_text("utf-8"))["report"]
    tell(world, Carrier(world, folder / "medium"), *reports)
    office.json("case", "declare", *map(str, range(1, len(reports) + 1)))
    for case, officer in enumerate(_OFFICERS, 2):
        office.json("case", "assign", str(case), officer)
    with serving(office) as served, seen(chromium, served, viewport=_DESK) as page:
        page.goto(f"{served.root}/fr/")
        queue = taken(page)
        page.set_viewport_size(_CASE)
        page.locator("tbody a").first.click()
        expect(page.locator("h1")).to_contain_text("Dossier")
        expect(page.locator("main")).to_contain_text("Danger")
        return queue, taken(page)


def main() -> None:
    """Write all three pictures."""
    with tempfile.TemporaryDirectory(prefix="fanal-pictures-") as made, sync_playwright() as playwright:
        phone, desk = Path(made, "phone"), Path(made, "desk")
        phone.mkdir()
        desk.mkdir()
        chromium = browsing.launch(playwright.chromium)
        write(on_the_phone(chromium, phone), "pages.png")
        queue, case = at_the_desk(chromium, desk)
        write(queue, "queue.png")
        write(case, "case.png")
        chromium.close()


if __name__ == "__main__":
    main()
