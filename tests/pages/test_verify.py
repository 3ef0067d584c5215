"""The page for checking the site shows what was signed, and does not claim that the check is enough."""

import hashlib
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crypto import pages, signing
from tests.support.accessibility import small_targets, violations
from tests.support.builders import today
from tests.support.page_visitor import Visitor
from tests.support.provable import UNTIL, Provable, proving

pytestmark = pytest.mark.browser
# The width of each line of each visible digest, in CSS pixels.
LINES = """() => {
  const seen = [...document.querySelectorAll(".digest")].filter((each) => each.checkVisibility());
  return seen.map((each) => {
    const text = document.createRange();
    text.selectNodeContents(each);
    return [...text.getClientRects()].map(({ width }) => width);
  });
}"""


@pytest.fixture
def checker(chromium: Browser, provable: Provable) -> Iterator[Visitor]:
    """A person who checks a site that has a signed manifest."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    made = Visitor(context.new_page(), provable.address, "en")
    made.site = provable
    yield made
    context.close()


def signed(provable: Provable) -> bytes:
    return (provable.folder / "manifest" / pages.MANIFEST).read_bytes()


def test_the_page_for_checking_shows_the_signed_manifest(checker: Visitor, provable: Provable) -> None:
    checker.visit("en/verify")
    page = checker.page
    expect(page.locator("#digest")).to_have_text(hashlib.sha256(signed(provable)).hexdigest())
    expect(page.locator("#serial")).to_have_text("1")
    expect(page.locator("#until")).to_contain_text(str(UNTIL.year))
    expect(page.locator(".large")).to_have_text(signing.fingerprint(provable.site.root_key))
    expect(page.locator("#fault")).to_be_hidden()
    assert checker.complaints == []


def test_a_page_that_the_manifest_lists_cannot_contain_the_digest_of_the_manifest(provable: Provable) -> None:
    listed = pages.parse(signed(provable), provable.site.deployment).files
    assert {"/fr/verify", "/en/verify", "/static/js/verify.js"} <= {each.path for each in listed}
    served = provable.client.get("/en/verify").text
    assert hashlib.sha256(signed(provable)).hexdigest() not in served


def test_the_page_for_checking_compares_every_file(checker: Visitor) -> None:
    """The page names the files that differ. One of these files is the page for unknown addresses."""
    checker.visit("en/verify")
    checker.page.click("#compare")
    checker.shows("#compared", "files-same")
    checker.page.route("**/en/report", lambda route: route.fulfill(body="another page"))
    checker.page.route("**/404.html", lambda route: route.fulfill(body="another page"))
    checker.page.click("#compare")
    checker.shows("#compared", "files-differ")
    assert checker.page.locator("#differing li").all_inner_texts() == ["/404.html", "/en/report"]


def test_the_list_of_files_that_differ_is_accessible(checker: Visitor) -> None:
    checker.visit("fr/verify")
    checker.page.route("**/fr/report", lambda route: route.fulfill(body="another page"))
    checker.page.click("#compare")
    expect(checker.page.locator("#differing li")).to_have_count(1)
    assert violations(checker.page) == []
    assert small_targets(checker.page) == []
    checker.page.evaluate("document.querySelector('#differing').append(document.createElement('p'))")
    assert violations(checker.page, "list") != [], "the control"


def test_a_file_that_cannot_be_fetched_is_not_reported_as_a_difference(checker: Visitor) -> None:
    checker.visit("en/verify")
    expect(checker.page.locator("#compare")).to_be_visible()
    checker.page.route("**/en/report", lambda route: route.abort())
    checker.page.click("#compare")
    checker.shows("#compared", "offline")
    expect(checker.page.locator("#compare")).to_be_enabled()


@pytest.mark.parametrize("forged", ["signature", "content"])
def test_a_manifest_that_the_root_key_did_not_sign_is_not_shown(
    checker: Visitor, provable: Provable, forged: str
) -> None:
    raw = signed(provable)
    if forged == "signature":
        checker.page.route("**/manifest.sig", lambda route: route.fulfill(body=bytes(64)))
    else:
        other = raw.replace(b'"serial":1,', b'"serial":2,')
        assert other != raw
        checker.page.route("**/manifest.json", lambda route: route.fulfill(body=other))
    checker.visit("en/verify")
    checker.shows("#fault", "manifest-forged")
    expect(checker.page.locator("#listed")).to_be_hidden()


def test_an_expired_manifest_is_pointed_out(checker: Visitor, tmp_path: Path) -> None:
    with proving(tmp_path) as late:
        late.alter(valid_until=today() - timedelta(1))
        with late.serving():
            checker.page.goto(f"{late.address}/en/verify")
            checker.shows("#fault", "pages-expired")
    expect(checker.page.locator("#listed")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_lines_of_a_digest_have_equal_length(checker: Visitor, width: int) -> None:
    """People would probably not compare a few digits alone on a line."""
    checker.page.set_viewport_size({"width": width, "height": 800})
    for path in ("en/verify", "fr/sealed"):
        checker.visit(path)
        if path.endswith("verify"):
            expect(checker.page.locator("#digest")).to_have_text(re.compile(r"^\w{64}$"))
        lines = checker.page.evaluate(LINES)
        assert len(lines) == (3 if path.endswith("verify") else 1)
        for each in lines:
            assert len(each) in {2, 4}
            assert max(each) - min(each) < 1


def test_if_a_site_has_no_manifest_the_page_says_so_first_and_offers_no_comparison(visitor: Visitor) -> None:
    visitor.visit("fr/verify")
    visitor.shows("#fault", "manifest-none")
    assert visitor.page.evaluate("document.querySelector('h1 + :not([hidden])').id") == "fault"
    expect(visitor.page.locator("#comparing")).to_be_hidden()
    expect(visitor.page.locator("#proof")).to_be_visible()
    assert "dans la liste" not in visitor.page.inner_text("main")


def test_the_commands_on_the_page_give_the_same_digest_without_a_script(
    chromium: Browser, provable: Provable
) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{provable.address}/en/verify")
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("#listed")).to_be_hidden()
    command = page.locator("code.command").first.inner_text().replace("ADDRESS", provable.address)
    plain.close()
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split()[0] == hashlib.sha256(signed(provable)).hexdigest()
