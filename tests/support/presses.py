"""What a person presses at the desk, counted."""

from playwright.sync_api import Locator, Page


class Presses:
    """Presses what a person would, and counts it; what is typed does not count."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, what: str | Locator) -> None:
        self.count += 1
        (self.page.get_by_role("button", name=what) if isinstance(what, str) else what).first.click()
