"""An onion address in a browser that treats it as insecure, such as Onion Browser on an iPhone."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from crypto.messages import FollowUp
from tests.support import browsing
from tests.support.page_visitor import FILE, TEXT, Visitor
from tests.support.portal_site import PortalSite, slot_for

pytestmark = pytest.mark.browser

NAME = f"{'a' * 56}.onion"


@pytest.fixture
def person(chromium: Browser, site: PortalSite) -> Iterator[Visitor]:
    """A reporter at an address that has no TLS and is not the device's own address."""
    browser = browsing.launch(chromium.browser_type, f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
    made = Visitor(browser.new_page(), f"http://{NAME}:{urlsplit(site.address).port}")
    made.site = site
    yield made
    browser.close()


def test_a_report_and_its_answer_work_without_webcrypto(person: Visitor, file: Path) -> None:
    """The page itself computes everything: sealing, the proof of work and opening."""
    person.write(files=[file])
    assert person.page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    person.confirm()
    person.arrived()
    report, files = person.site.report()
    assert (report.answers["what"], files) == (TEXT, {1: FILE})
    person.site.answer(report, slot_for(report))
    person.open()
    person.opened()
    person.shows("#status-label", "status-assessing")
    person.follow_up("Encore.")
    (more,) = [message for message, _ in person.site.received() if isinstance(message, FollowUp)]
    assert more.text == "Encore."
    person.page.click("#to-withdraw")
    person.page.check("#withdraw-meant")
    person.page.click("#withdraw")
    expect(person.page.locator("#withdrawn")).to_be_visible()
    # The browser reports that it ignores a security header at an insecure address.
    assert [each for each in person.complaints if "Cross-Origin-Opener-Policy" not in each] == []


@pytest.mark.parametrize("path", ["report", "status"])
def test_if_scripts_are_blocked_without_notice_the_page_links_to_the_page_without_a_script(
    person: Visitor, path: str
) -> None:
    """Onion Browser blocks scripts at its highest level, and still hides <noscript>."""
    person.page.route("**/*.js", lambda route: route.abort())
    person.visit(f"fr/{path}")
    expect(person.page.locator("noscript h1")).to_be_hidden()
    expect(person.page.locator("#loading")).to_contain_text("scripts")
    person.page.click("#loading a")
    expect(person.page).to_have_url(f"{person.address}/fr/sealed")
