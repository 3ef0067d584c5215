"""Send one report with a real browser: `python -m benchmarks.reporting ADDRESS`."""

import sys

from playwright.sync_api import sync_playwright

from benchmarks.journey import PHONE, SENTENCES, Reporter
from tests.support import browsing

LANGUAGE = "en"
TEXT = SENTENCES[LANGUAGE].strip()


def main() -> None:
    """Go from the home page to the receipt. Nobody has signed the certificate of the site."""
    with sync_playwright() as playwright:
        browser = browsing.launch(playwright.chromium)
        context = browser.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, ignore_https_errors=True
        )
        Reporter(context.new_page(), sys.argv[1], LANGUAGE).report()
        browser.close()


if __name__ == "__main__":
    main()
