"""A person with the offline form on disk, and a browser without scripts at the portal."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, expect

from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import SLOW, TEXT, go_on, turn_to

KEYS = ("keyring.json", "keyring.sig")


class OfflineVisitor:
    """A person who saves the portal's files, works from disk, and posts plain forms."""

    def __init__(self, chromium: Browser, folder: Path, address: str, language: str = "fr") -> None:
        self.folder, self.address, self.language = folder, address, language
        self.folder.mkdir(exist_ok=True)
        phone = {"viewport": {"width": 390, "height": 844}}
        # Two browser contexts, like two devices.
        self.contexts = [
            chromium.new_context(java_script_enabled=False, **phone),
            chromium.new_context(offline=True, **phone),
        ]
        self.plain, self.page = (context.new_page() for context in self.contexts)
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self.words: list[str] = []
        watch(self.page, self.requests, self.complaints)

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def save(self) -> None:
        """Save the three files that the page for browsers without scripts names."""
        self.plain.goto(f"{self.address}/{self.language}/sealed")
        files = {f"{self.language}/offline.html": "offline.html", **dict(zip(KEYS, KEYS, strict=True))}
        for path, name in files.items():
            with self.plain.expect_download() as download:
                self.plain.click(f"a[href='/{path}']")
            download.value.save_as(self.folder / name)

    def start(self, *keys: str) -> None:
        """Open the form from disk, with the keys in the same folder."""
        self.page.goto(f"file://{self.folder}/offline.html")
        self.page.set_input_files("#keys", [self.folder / name for name in keys or KEYS])

    def write(self, text: str = TEXT, files: Sequence[Path] = (), channel: str = INSPECTORATE) -> None:
        """Write a report, up to the step with the twelve words."""
        self.page.click("#to-report")
        expect(self.page.locator("#what")).to_be_visible()
        self.page.fill("#what", text)
        self.page.set_input_files("#files", files)
        turn_to(self.page, "#channels")
        if self.page.locator("#channels").is_visible():
            self.page.check(f"#channels-{channel}")
        go_on(self.page)
        expect(self.page.locator("#token-words li")).to_have_count(12, timeout=SLOW)
        self.words = self.page.locator("#token-words li").all_inner_texts()

    def confirm(self) -> None:
        """Retype the two requested words."""
        for number in (1, 2):
            asked = self.page.locator(f"#confirm-{number}")
            asked.fill(self.words[int(asked.get_attribute("data-place") or -1)])

    def seal(self) -> Path:
        """Retype the requested words, and return the sealed file."""
        self.confirm()
        return self.saved("#send", "sealed.bin")

    def saved(self, button: str, name: str) -> Path:
        """Press a button. Return the file that the form saves under this name."""
        with self.page.expect_download(timeout=SLOW) as download:
            self.page.click(button)
        assert download.value.suggested_filename == name
        path = self.folder / name
        download.value.save_as(path)
        return path

    def post(self, sealed: Path) -> str:
        """Send a file with the plain form. Return the heading of the answer."""
        self.plain.goto(f"{self.address}/{self.language}/sealed")
        self.plain.set_input_files("#sealed", sealed)
        self.plain.click(f"form[action='/{self.language}/sealed'] button")
        return self.plain.inner_text("h1")

    def locate(self, words: str = "") -> str:
        """Type the words into the form. Return the locator."""
        # A click might be taken for a second click on the previous button.
        self.page.press("#to-case", "Enter")
        self.page.fill("#token", words or " ".join(self.words))
        self.page.press("#locate", "Enter")
        expect(self.page.locator("#located")).to_be_visible(timeout=SLOW)
        return self.page.inner_text("#locator")

    def fetch(self, locator: str | Path) -> Path:
        """Fetch the slot with the plain form, for a locator that is typed or in a file."""
        self.plain.goto(f"{self.address}/{self.language}/sealed")
        if isinstance(locator, Path):
            self.plain.set_input_files("#file", locator)
        else:
            self.plain.fill("#locator", locator)
        with self.plain.expect_download() as download:
            self.plain.click(f"form[action='/{self.language}/slot'] button")
        path = self.folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def shows(self, place: str, code: str) -> None:
        """Expect the text with this code."""
        wanted = self.page.locator(f"#texts [data-code={code}]").first.text_content() or ""
        parts = [re.escape(part) for part in re.split(r"\{\w+\}", wanted)]
        expect(self.page.locator(place)).to_have_text(re.compile(".+".join(parts)), timeout=SLOW)


def watch(page: Page, requests: list[Request], complaints: list[str]) -> None:
    """Record every request and error of a page."""
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - Playwright marks it
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
