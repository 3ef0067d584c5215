"""A page as it is printed."""

from playwright.sync_api import Page


def printed_lines(page: Page) -> list[str]:
    """Return each line that the printed page has, without the numbers of a list."""
    page.emulate_media(media="print")
    lines: list[str] = page.evaluate("document.body.innerText").splitlines()
    page.emulate_media(media="screen")
    return [line for line in lines if line.strip()]
