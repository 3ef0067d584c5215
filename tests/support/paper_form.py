"""The paper form as a browser prints it: the content of each page, and the questions split between pages."""

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, PdfMargins
from pypdfium2 import PdfDocument, PdfPage
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from portal.app import create_app
from portal.config import Settings
from portal.web import translation
from tests.support.portal_site import PortalSite

ADDRESS = ("Inspection des douanes", "11 rue des Deux-Mondes", "93558 Montreuil Cedex")
_EMPTY = re.compile(r'(?<=address = """).*?(?=""")', re.DOTALL)
# In points. Browsers draw a border as a separate shape, and the size of the printed squares varies by a
# pixel.
_SQUARE = range(8, 12)
_SHORTEST_LINE = 50
_THICKEST_LINE = 1.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed page: its text without spaces, and how many complete squares and writing lines it has."""

    text: str
    squares: int
    lines: int


def printed(page: Page, paper: str = "A4", margin: str = "0") -> list[Sheet]:
    """Return the pages that Chromium prints; margins are those of the browser, in CSS units."""
    margins = PdfMargins(top=margin, right=margin, bottom=margin, left=margin)
    return sheets(page.pdf(format=paper, margin=margins))


def sheets(pdf: bytes) -> list[Sheet]:
    """Return the pages of a PDF."""
    with PdfDocument(pdf) as document:
        return [_sheet(each) for each in document]


def cut(found: list[Sheet], page: Page) -> list[str]:
    """Return the questions whose text is not complete on any printed page."""
    questions = page.locator("[data-question]")
    texts = {str(each.get_attribute("data-question")): compact(each.inner_text()) for each in questions.all()}
    return [name for name, text in texts.items() if not any(text in sheet.text for sheet in found)]


def compact(text: str) -> str:
    """Return a text without spaces, because spaces in a PDF are unreliable."""
    return re.sub(r"\s+", "", text)


def addressed(folder: Path) -> Path:
    """Return a folder with the shipped texts of a portal, in which the postal address is filled in."""
    made = folder / "guide"
    made.mkdir()
    for path in Settings().guide_folder.glob("*.toml"):
        shutil.copy(path, made)
    for language in translation.LANGUAGES:
        notice = made / f"legal.{language}.toml"
        text, found = _EMPTY.subn("\n".join(ADDRESS), notice.read_text("utf-8"))
        assert found == 1
        notice.write_text(text, "utf-8")
    return made


class AddressedSite(PortalSite):
    """A portal whose inspectorate has given its postal address."""

    def _application(self) -> Flask:
        app = create_app(replace(self.settings, guide=str(addressed(self.folder))))
        app.extensions["portal"].database.close()
        return app


def _sheet(page: PdfPage) -> Sheet:
    width, height = page.get_size()
    squares = lines = 0
    for each in page.get_objects(filter=[FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = each.get_bounds()
        if left < 0 or bottom < 0 or right > width or top > height:
            continue  # a shape that is cut off, or the white behind the page
        across, down = right - left, top - bottom
        squares += int(across) in _SQUARE and int(down) in _SQUARE
        lines += across > _SHORTEST_LINE and down < _THICKEST_LINE
    return Sheet(compact(page.get_textpage().get_text_range()), squares, lines)
