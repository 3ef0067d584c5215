"""Pictures of all pages for reporters, in every state, for a reader who looks for visual defects.

    python -m tests.support.page_sheets FOLDER

The program writes contact sheets for each width, language and colour scheme, and for the printed pages. The
file index.txt names the commit, and the pictures on each sheet. `--width 360 --language fr` writes only the
sheets of that width and language.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal.app import load_questionnaire
from portal.web import pages
from templates.catalogues import LANGUAGES
from tests.support import browsing
from tests.support.contact_sheets import Sheets
from tests.support.offline_form import OfflineVisitor
from tests.support.page_states import WAYS
from tests.support.page_visitor import SLOW, Visitor
from tests.support.paths import ROOT
from tests.support.portal_room import Room
from tests.support.portal_site import PortalSite

# For each width of a screen: its height in pixels, and the scale of its pictures on a sheet.
SCREENS = {320: (640, 0.8), 360: (640, 0.8), 768: (1024, 0.55), 1280: (800, 0.45)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PRINT = "print"
# An address without a page, such as a mistyped one.
NOWHERE = "/nowhere"
# Pages to save and open from disk.
_FROM_DISK = ("offline.html", "proof.html", "sheet.html")
# On a picture of a whole page, “Leave quickly” would cover the text at the foot or at the top of the screen.
_UNCOVER = """() => {
  scrollTo(0, 0);
  const leave = document.querySelector(".leave");
  if (!leave) return;
  document.body.style.position = leave.style.position = document.body.style.minHeight = "";
  if (getComputedStyle(leave).position !== "fixed") return;
  document.body.style.position = "relative";
  document.body.style.minHeight = "100vh"; // on a short page, too, the bar is at the foot of the screen
  leave.style.position = "absolute";
}"""
_PAPER_SCALE = 0.96  # three sheets of A4 side by side
_UNFOLD = "for (const each of document.querySelectorAll('details')) each.open = true"


class Camera:
    """Takes pictures of pages in one language, at each width and in each colour scheme, and on paper."""

    def __init__(self, folder: Path, language: str, widths: Sequence[int] = tuple(SCREENS)) -> None:
        title = commit()
        folder.mkdir(parents=True, exist_ok=True)

        def sheets(name: str, scale: float) -> Sheets:
            return Sheets(folder, name, f"{name.replace('-', ' · ')} · {title}", scale)

        self.screens = {
            (width, scheme): sheets(f"{width}-{language}-{scheme}", SCREENS[width][1])
            for width in widths
            for scheme in SCHEMES
        }
        self.paper = sheets(f"{PRINT}-{language}", _PAPER_SCALE)

    def take(self, page: Page, caption: str) -> None:
        """Take all pictures of what a page shows."""
        for (width, scheme), sheets in self.screens.items():
            page.set_viewport_size({"width": width, "height": SCREENS[width][0]})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(_UNCOVER)
            picture = page.screenshot(full_page=True, caret="hide")
            sheets.add(Image.open(BytesIO(picture)).convert("RGB"), caption)
        # The dark colour scheme is still set here, to show that its colours do not appear on paper.
        with closing(pypdfium2.PdfDocument(page.pdf(format="A4"))) as document:
            for number, sheet in enumerate(document, 1):
                part = f", page {number} of {len(document)}" if len(document) > 1 else ""
                self.paper.add(sheet.render().to_pil().convert("RGB"), caption + part)

    def close(self) -> dict[str, list[str]]:
        """Write the last sheets. Return the captions on each sheet, by the name of its file."""
        every = (*self.screens.values(), self.paper)
        for each in every:
            each.write()
        return {file: captions for each in every for file, captions in each.index.items()}


def commit() -> str:
    """Return the id of the commit, with "-dirty" if a file has changed since."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def routes(site: Room, language: str) -> list[str]:
    """Return the addresses of all pages in a language, and of those without a language."""
    found = pages.render(site.settings, load_questionnaire(site.settings))
    others = tuple(f"/{each}/" for each in LANGUAGES if each != language)
    return [*(path for path in found if not path.startswith(others)), NOWHERE]


def take_pages(camera: Camera, visitor: Visitor, folder: Path) -> None:
    """Take pictures of each page as it opens, and again with everything unfolded."""
    page = visitor.page
    for path in routes(visitor.site, visitor.language):
        address = visitor.address + path
        if path.endswith(_FROM_DISK):
            saved = folder / path.rpartition("/")[2]
            saved.write_bytes(visitor.site.client.get(path).data)
            address = saved.as_uri()
        page.goto(address, wait_until="networkidle")
        camera.take(page, path)
        if page.locator("details:not([open]) > summary:visible").count():
            page.evaluate(_UNFOLD)
            camera.take(page, f"{path} unfolded")


def take_from_disk(camera: Camera, chromium: Browser, visitor: Visitor, folder: Path) -> None:
    """Take pictures of a report by the offline form, and of the answers to forms sent without a script."""
    person = OfflineVisitor(chromium, folder / "stick", visitor.address, visitor.language)
    for context in person.contexts:
        context.set_default_timeout(SLOW)
    refused = folder / "note.txt"
    refused.write_text("not sealed")
    person.post(refused)
    camera.take(person.plain, "sealed: a file is refused")
    person.save()
    person.start()
    expect(person.page.locator("#to-report")).to_be_visible(timeout=SLOW)
    camera.take(person.page, "offline form: keys chosen")
    person.write()
    camera.take(person.page, "offline form: twelve words")
    sealed = person.seal()
    camera.take(person.page, "offline form: sealed")
    person.post(sealed)
    camera.take(person.plain, "sealed: a file is kept")
    person.start()
    person.locate()
    camera.take(person.page, "offline form: where the answer is")
    person.close()


@contextmanager
def _visiting(chromium: Browser, language: str) -> Iterator[tuple[Visitor, Path]]:
    with tempfile.TemporaryDirectory(prefix="fanal-sheets-") as folder:
        site = PortalSite(Path(folder), "sqlite:///portal.sqlite")
        with site.serving(), closing(chromium.new_context()) as context:
            context.set_default_timeout(SLOW)
            visitor = Visitor(context.new_page(), site.address, language)
            visitor.site = site
            yield visitor, Path(folder)
        site.close()


def take_all(camera: Camera, chromium: Browser, language: str) -> None:
    """Take pictures of all pages and states in a language."""
    with _visiting(chromium, language) as (visitor, folder):
        take_pages(camera, visitor, folder)
    for way in WAYS:
        with _visiting(chromium, language) as (visitor, folder):
            for name, place in way(visitor, folder):
                expect(visitor.page.locator(place).first).to_be_visible(timeout=SLOW)
                camera.take(visitor.page, f"{way.__name__}: {name}")
    with _visiting(chromium, language) as (visitor, folder):
        take_from_disk(camera, chromium, visitor, folder)


def main() -> None:
    """Write the sheets and their index."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.page_sheets")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, choices=SCREENS, action="append")
    parser.add_argument("--language", choices=LANGUAGES, action="append")
    chosen = parser.parse_args()
    lines = [f"commit {commit()}\n"]
    expect.set_options(timeout=SLOW)
    with sync_playwright() as playwright, closing(browsing.launch(playwright.chromium)) as chromium:
        for language in chosen.language or LANGUAGES:
            camera = Camera(chosen.folder, language, chosen.width or tuple(SCREENS))
            take_all(camera, chromium, language)
            for file, captions in camera.close().items():
                lines += [f"\n{file}\n", *(f"  {each}\n" for each in captions)]
    (chosen.folder / "index.txt").write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
