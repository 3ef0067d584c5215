"""An invented deployment, and what the files of its awareness kit show, as other programs read them."""

import ctypes
import html
import itertools
import json
import re
import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

from crypto.keyring import Texts
from portal.kit.deployment import Deployment
from templates.catalogues import LANGUAGES

ONION = f"http://{'abcdefg2' * 7}.onion"
HOST = "signalement.example"
URL = f"https://{HOST}"
SHOWN = Deployment(
    Texts(fr="Inspection des douanes", en="Customs inspectorate"),
    URL,
    ONION,
    "AAAA BBBB CCCC DDDD EEEE FFFF GGGG HHHH",
)
# The width, height and margin of each file, in mm.
PDFS = {
    "poster-a4.pdf": (210, 297, 14),
    "poster-a3.pdf": (297, 420, 20),
    "card.pdf": (210, 297, 18),
    "slide.pdf": (338.7, 190.5, 20),
    "notes.pdf": (210, 297, 19),
}
EVERY = [f"{language}/{name}" for language, name in itertools.product(LANGUAGES, PDFS)]
DPI = 300
# Units of pdftotext in a mm.
_POINTS = 72 / 25.4
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>')
_TAGGED = re.compile(r'^  (\w+)(?: \(block\))?\n    "(.*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page, with its box in mm from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def pictures(pdf: bytes, scale: float = 2) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]


def printed(pdf: bytes) -> Image.Image:
    """Return the first page as poppler prints it in 300 dots per inch, in shades of grey."""
    made = _poppler("pdftocairo", "-png", "-singlefile", "-r", str(DPI), "-", "-", pdf=pdf)
    return Image.open(BytesIO(made)).convert("L")


def words(pdf: bytes) -> list[list[Word]]:
    """Return the words of each page, as poppler finds them."""
    _, *pages = _poppler("pdftotext", "-bbox", "-", "-", pdf=pdf).decode().split("<page ")
    return [
        [
            Word(html.unescape(text), *(float(each) / _POINTS for each in box))
            for *box, text in _WORD.findall(page)
        ]
        for page in pages
    ]


def drawings(pdf: bytes) -> list[list[Word]]:
    """Return the filled boxes and the lines of each page, as PDFium finds them. A frame is four lines."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            height, boxes = page.get_height(), []
            for each in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
                left, bottom, right, top = each.get_bounds()
                sides = (left, height - top, right, height - bottom)
                box = Word("drawn", *(side / _POINTS for side in sides))
                boxes += [box] if _is_filled(each) else _lines(box)
            found.append(boxes)
    return found


def _is_filled(drawn: pypdfium2.PdfObject) -> bool:
    mode, is_stroked = ctypes.c_int(), ctypes.c_int()
    assert pypdfium2.raw.FPDFPath_GetDrawMode(drawn, mode, is_stroked)
    return mode.value != pypdfium2.raw.FPDF_FILLMODE_NONE


def _lines(box: Word) -> list[Word]:
    """Return the sides of a frame, or the line itself."""
    line = 1
    if min(box.right - box.left, box.bottom - box.top) < line:
        return [box]
    return [
        Word("side", box.left, box.top, box.left + line, box.bottom),
        Word("side", box.right - line, box.top, box.right, box.bottom),
        Word("side", box.left, box.top, box.right, box.top + line),
        Word("side", box.left, box.bottom - line, box.right, box.bottom),
    ]


def tagged(pdf: bytes) -> list[tuple[str, str]]:
    """Return each tag of a document with its text, in the order in which a program reads them aloud."""
    return _TAGGED.findall(_poppler("pdfinfo", "-struct-text", "-", pdf=pdf).decode())


def objects(pdf: Path) -> list[dict[str, Any]]:
    """Return the dictionaries of a file, as qpdf finds them."""
    made = subprocess.run(["qpdf", "--json", str(pdf)], capture_output=True, check=True).stdout
    values = (each.get("value") for each in json.loads(made)["qpdf"][1].values())
    return [each for each in values if isinstance(each, dict)]


def said(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).split())


def codes(pdf: bytes) -> list[str]:
    return [each.text for page in pictures(pdf, 3) for each in zxingcpp.read_barcodes(page)]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _poppler(*command: str, pdf: bytes) -> bytes:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
