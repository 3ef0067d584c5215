"""A printed page: its text, and its sheets."""

from playwright.sync_api import Page
from pypdfium2 import PdfDocument


def printed_lines(page: Page) -> list[str]:
    """Return the lines of the printed page, without the numbers of lists."""
    page.emulate_media(media="print")
    lines: list[str] = page.evaluate("document.body.innerText").splitlines()
    page.emulate_media(media="null")
    return [line for line in lines if line.strip()]


def sheets(page: Page) -> int:
    """Return how many A4 sheets the page takes when printed."""
    with PdfDocument(page.pdf(format="A4", prefer_css_page_size=True)) as document:
        return len(document)
