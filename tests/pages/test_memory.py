"""Going back does not restore a page from the browser's memory (its back/forward cache)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browsing
from tests.support.page_visitor import SLOW, TEXT
from tests.support.portal_site import PortalSite

pytestmark = pytest.mark.browser

PLAIN = "<textarea id=what></textarea>"


@pytest.fixture(scope="module")
def keeper(chromium: Browser) -> Iterator[Browser]:
    """A Chromium with the back/forward cache, which is off in the other tests."""
    browser = browsing.launch(chromium.browser_type, without=["--disable-back-forward-cache"])
    yield browser
    browser.close()


def leave_and_return(page: Page, elsewhere: str) -> None:
    """Type a text, go to another page, and go back."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#what", TEXT)
    page.goto(elsewhere)
    # Playwright's go_back waits for a load event, which a page from the cache does not have.
    page.evaluate("setTimeout(() => history.back())")


def test_typed_text_is_gone_after_going_back(keeper: Browser, tmp_path: Path) -> None:
    """The header `no-store` makes the browser load the page again."""
    site = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    with site.serving():
        page = keeper.new_context().new_page()
        page.goto(f"{site.address}/fr/report")
        expect(page.locator("#what")).to_be_visible(timeout=SLOW)
        leave_and_return(page, f"{site.address}/fr/")
        page.wait_for_url("**/fr/report", wait_until="commit")
        expect(page.locator("#what")).to_be_visible(timeout=SLOW)
        expect(page.locator("#what")).to_have_value("")
        why = page.evaluate(
            "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
        )
        assert "response-cache-control-no-store" in why
        page.context.close()
    site.close()


def test_going_back_restores_a_page_that_lacks_the_no_store_header(keeper: Browser, tmp_path: Path) -> None:
    """The control for the test above: this browser does keep such a page in its cache."""
    site = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    with site.serving():
        page = keeper.new_context().new_page()
        page.route("**/kept*", lambda route: route.fulfill(body=PLAIN, content_type="text/html"))
        page.goto(f"{site.address}/kept")
        leave_and_return(page, f"{site.address}/kept2")
        page.wait_for_url("**/kept", wait_until="commit")
        expect(page.locator("#what")).to_have_value(TEXT)
        page.context.close()
    site.close()
