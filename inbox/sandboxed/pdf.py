"""Render a page of a PDF as pixels, and report the active content of the PDF."""

import re
import zlib
from collections.abc import Iterator

from PIL import Image
from pypdfium2 import PdfDocument, PdfiumError, PdfPage
from pypdfium2_raw.bindings import FPDF_ERR_PASSWORD

from inbox.sandboxed.answer import LONGEST_SIDE, MOST_PAGES, Answer, Fact, NotShown, counted, fact
from inbox.sandboxed.pictures import shrunk

_SHARPEST = 2.0  # The highest resolution, in pixels per 1/72 inch.
_SMALLEST = 1.0
_ACTIVE = (
    (rb"/J(avaScript|S)\b", "javascript"),
    (rb"/Launch\b", "launch"),
    (rb"/EmbeddedFiles?\b", "embedded-files"),
    (rb"/(SubmitForm|URI|GoToR|GoToE)\b", "links"),
    (rb"/(RichMedia|Movie|Sound|3D)\b", "media"),
    (rb"/XFA\b", "form"),
)
_ENCRYPTED = fact("caution", "encrypted")
_UNREAD = fact("caution", "unread-objects")
# The maximum number of bytes between the beginning of a stream's dictionary and the stream.
_BEFORE = 400
# The maximum number of bytes to unpack from all object streams together.
_MOST_UNPACKED = 1 << 24


def look(data: bytes, page: int) -> Answer:
    """Return the pixels of a page.

    Raises NotShown for an encrypted PDF, and PdfiumError for a damaged PDF.
    """
    active = tuple(_active(data))
    with _opened(data) as document:
        count = len(document)
        facts = (*active, counted(count, "page", "pages"), *_metadata(document))
        pages = min(count, MOST_PAGES)
        if page > pages:
            return Answer((*facts, fact("why", "page-not-shown", page)), pages=pages)
        shown = shrunk(_drawn(document[page - 1]))
    return Answer(facts, pages=pages, width=shown.width, height=shown.height, pixels=shown.tobytes())


def _active(data: bytes) -> Iterator[Fact]:
    """Yield the active content of a PDF, wherever it is in the file."""
    packed = list(_unpacked(data))
    written = b"\n".join([_plain(data), *packed])
    yield from (fact("caution", code) for sign, code in _ACTIVE if re.search(sign, written))
    if re.search(rb"/Encrypt\b", written):
        yield _ENCRYPTED
    elif not all(packed):
        yield _UNREAD


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield each object stream uncompressed, or empty bytes if it cannot be decompressed."""
    room = _MOST_UNPACKED
    for match in re.finditer(rb"stream\r?\n", data):
        if b"/ObjStm" in _plain(data[max(0, match.start() - _BEFORE) : match.start()]).rpartition(b"obj")[2]:
            objects = _inflated(memoryview(data)[match.end() :], room)
            room -= len(objects)
            yield _plain(objects)


def _inflated(packed: memoryview, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most) if most else b""
    except zlib.error:
        return b""


def _plain(written: bytes) -> bytes:
    """Return names with their escaped letters decoded: PDF allows a letter to be written as its hex code."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), written)


def _opened(data: bytes) -> PdfDocument:
    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            raise NotShown("locked") from None
        raise


def _drawn(page: PdfPage) -> Image.Image:
    width, height = (max(side, _SMALLEST) for side in page.get_size())
    scale = min(_SHARPEST, LONGEST_SIDE / width, LONGEST_SIDE / height)
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return drawn


def _metadata(document: PdfDocument) -> Iterator[Fact]:
    for name, value in document.get_metadata_dict(skip_empty=True).items():
        yield fact("metadata", name, value)
