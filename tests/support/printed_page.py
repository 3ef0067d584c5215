"""The text of a printed page."""

from playwright.sync_api import Page


def printed_lines(page: Page) -> list[str]:
    """Return the lines of the printed page, without the numbers of lists."""
    page.emulate_media(media="print")
    lines: list[str] = page.evaluate("document.body.innerText").splitlines()
    page.emulate_media(media="null")
    return [line for line in lines if line.strip()]
