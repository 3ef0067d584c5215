"""From a report to its answer and back, in Firefox and in engines that do not compile."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crypto.messages import FollowUp
from tests.browsing import CHROMIUM_ARGUMENTS
from tests.firefox_peer import browsing
from tests.page_visitor import TEXT, Visitor
from tests.portal_site import REPLY, PortalSite, slot_for

pytestmark = pytest.mark.browser

# What Tor Browser's level “Safer” turns off on every site, as preferences of Firefox.
SAFER = dict.fromkeys(
    [f"javascript.options.{name}" for name in ("ion", "baselinejit", "native_regexp", "asmjs", "wasm")], False
)
MOST_SECONDS = 30
Record = Callable[[str, object], None]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PortalSite]:
    made = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    with made.serving():
        yield made
    made.close()


def check(site: PortalSite, report: str, follow_up: str) -> None:
    """Expect both messages at the inspectorate, as they were written, of one author."""
    first, _ = site.report()
    assert first.answers["what"] == report
    (second,) = [message for message, _ in site.received() if isinstance(message, FollowUp)]
    assert (follow_up, first.case_id, 1) == (second.text, second.case_id, second.seen)


@pytest.mark.parametrize("level", ["standard", "safer"])
def test_a_case_goes_all_its_way_in_firefox(site: PortalSite, level: str, record_property: Record) -> None:
    """Plain, and with the engine as Tor Browser's level “Safer” leaves it."""
    text = TEXT.replace("\n", " ")
    with browsing(site.address, "fr", SAFER if level == "safer" else {}) as firefox:
        sent = firefox.does("report", text=text)
        assert sent["compiles"] == (level == "standard")
        site.answer(site.report()[0], slot_for(site.report()[0]))
        opened = firefox.does("open", words=" ".join(sent["words"]))
        assert {"status": "En cours d'évaluation", "messages": [REPLY]} == opened
        again = firefox.does("write", text="Encore : la même voiture.")
        if level == "standard":
            kept = firefox.does("return")
            assert kept == {"control": "unsent words", "reloaded": "", "returned": ""}
    record_property(f"whole submit, firefox {level}", f"{sent['seconds']:.1f} s")
    assert max(sent["seconds"], again["seconds"]) < MOST_SECONDS
    check(site, text, "Encore : la même voiture.")


def test_a_case_goes_all_its_way_without_a_compiler(
    chromium: Browser, site: PortalSite, record_property: Record
) -> None:
    """Chromium with --jitless, which takes WebAssembly away too."""
    browser = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"), args=[*CHROMIUM_ARGUMENTS, "--js-flags=--jitless"]
    )
    visitor = Visitor(browser.new_page(), site.address)
    visitor.write()
    assert visitor.page.evaluate("typeof WebAssembly") == "undefined"
    since = "performance.now() / 1000"
    begun = visitor.page.evaluate(since)
    visitor.confirm()
    visitor.arrived()
    seconds = visitor.page.evaluate(since) - begun
    site.answer(site.report()[0], slot_for(site.report()[0]))
    visitor.open()
    visitor.opened()
    visitor.shows("#status-label", "status-assessing")
    visitor.follow_up("Encore.")
    browser.close()
    record_property("whole submit, chromium --jitless", f"{seconds:.1f} s")
    assert seconds < MOST_SECONDS
    check(site, TEXT, "Encore.")
