"""Count how often a person at the desk has to press something."""

from playwright.sync_api import Locator, Page


class Presses:
    """Presses buttons and links as a person would, and counts the presses. Typed text does not count."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, what: str | Locator) -> None:
        """Press something: a button by its name, or the first match of a locator."""
        self.count += 1
        self._named(what).click()

    def choose(self, where: Locator, value: str) -> None:
        """Choose an option of a list, and count this as one press."""
        self.count += 1
        where.select_option(value)

    def fill(self, where: Locator, text: str) -> None:
        """Type into a field. Typed characters do not count."""
        where.fill(text)

    def _named(self, what: str | Locator) -> Locator:
        return (self.page.get_by_role("button", name=what) if isinstance(what, str) else what).first


class Keys(Presses):
    """Presses with only the keyboard, and counts every key, including those that move the focus.

    Every key counts except the characters typed into a field.
    """

    _FARTHEST = 60
    _CHOSEN = "each => each.type === 'radio' ? each.checked : each.value"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.keys = 0

    def __call__(self, what: str | Locator, by: str = "") -> None:
        """Press something. First press the key ``by``, if given, which moves the focus near the target."""
        self.count += 1
        target = self._named(what)
        kind = target.get_attribute("type")
        self._reach(target, by, f"[name='{target.get_attribute('name')}']" if kind == "radio" else "")
        if kind == "checkbox":
            self._press("Space")
        elif kind == "radio":
            self._arrow(target, wanted=True)
        else:
            with self.page.expect_navigation():
                self._press("Enter")

    def choose(self, where: Locator, value: str) -> None:
        """Choose an option of a list with the arrow keys, and count this as one press."""
        self.count += 1
        self._reach(where)
        self._arrow(where, wanted=value)

    def fill(self, where: Locator, text: str) -> None:
        """Go to a field and type into it. Only the keys that move the focus to the field count."""
        self._reach(where)
        self.page.keyboard.insert_text(text)

    def key(self, key: str) -> None:
        """Press a key that acts like a click, such as Enter on a button."""
        self.count += 1
        self._press(key)

    def _reach(self, target: Locator, by: str = "", group: str = "") -> None:
        """Move the focus to something, or to the first member of its ``group`` that takes the focus."""
        target.wait_for()
        if by:
            self._press(by)
        elif target.evaluate("each => !!each.closest('main')") and self._is_at_the_top():
            # The first Tab stop of a page skips its header. After a jump within the page, no Tab stop skips
            # the header.
            self._press("Tab")
            if self.page.locator(".skip:focus").count():
                self._press("Enter")
        back = target.evaluate(
            "each => each.compareDocumentPosition(document.activeElement)"
            " === Node.DOCUMENT_POSITION_FOLLOWING"
        )
        for _ in range(self._FARTHEST):
            if target.evaluate(
                "(each, group) => each === document.activeElement"
                " || (group && document.activeElement.matches(group))",
                group,
            ):
                return
            self._press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard does not lead to {target}")

    def _arrow(self, target: Locator, *, wanted: str | bool) -> None:
        for _ in range(self._FARTHEST):
            if target.evaluate(self._CHOSEN) == wanted:
                return
            self._press("ArrowDown")
        raise AssertionError(f"the arrow keys do not lead to {wanted} in {target}")

    def _is_at_the_top(self) -> bool:
        found: bool = self.page.evaluate(
            "!document.activeElement || document.activeElement === document.body"
        )
        return found

    def _press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)
