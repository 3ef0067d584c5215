"""The report page in Chromium without JIT, like Tor Browser at its security level “Safer”."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support import browsing
from tests.support.page_visitor import Visitor

# After a longer pause, people notice that a key press lags. The page must stay below this limit.
LIMIT_MILLISECONDS = 100
FILE_BYTES = 3 << 20

# Chromium reports only tasks of 50 ms and more.
_WATCH = """
window.tasks = [0];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.tasks.push(task.duration);
}).observe({ type: "longtask", buffered: true });
"""


def longest_task(address: str, folder: Path) -> tuple[float, float]:
    """Return the longest task while a report is sent, in ms, and the seconds from "send" to the receipt."""
    file = folder / "photo.jpg"
    file.write_bytes(bytes(range(256)) * (FILE_BYTES // 256))
    with _page() as page:
        page.add_init_script(_WATCH)
        visitor = Visitor(page, address, "en")
        visitor.write("A lorry, always the same one.", [file])
        begun = time.perf_counter()
        visitor.confirm()
        visitor.arrived()
        seconds = time.perf_counter() - begun
        return max(page.evaluate("window.tasks")), seconds


@contextmanager
def _page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = browsing.launch(playwright.chromium, "--js-flags=--jitless", command=browsing.WHOLE)
        yield browser.new_page()
        browser.close()
