"""What a person presses at the desk, counted."""

from playwright.sync_api import Locator, Page


class Presses:
    """Presses what a person would, and counts it; what is typed does not count."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, what: str | Locator) -> None:
        self.count += 1
        (self.page.get_by_role("button", name=what) if isinstance(what, str) else what).first.click()


class Keys(Presses):
    """Does the same by the keyboard alone, and counts each key: those that lead to what is pressed, too."""

    _FARTHEST = 120

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.keys = 0

    def __call__(self, what: str | Locator, by: str = "") -> None:
        """Press something; ``by`` is a key of the page that leads near it."""
        self.count += 1
        target = (self.page.get_by_role("button", name=what) if isinstance(what, str) else what).first
        target.wait_for()
        if by:
            self._press(by)
        elif target.evaluate("each => !!each.closest('main')") and self._is_at_the_top():
            # The first stop of a page leads past what every page begins with.
            self._press("Tab")
            self._press("Enter")
        for _ in range(self._FARTHEST):
            if target.evaluate("each => each === document.activeElement"):
                break
            self._press("Tab")
        if target.get_attribute("type") == "checkbox":
            self._press("Space")
            return
        with self.page.expect_navigation():
            self._press("Enter")

    def key(self, key: str) -> None:
        """Press a key that does by itself what a press would."""
        self.count += 1
        self._press(key)

    def _is_at_the_top(self) -> bool:
        found: bool = self.page.evaluate(
            "!document.activeElement || document.activeElement === document.body"
        )
        return found

    def _press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)
