"""The public pages in any browser: no console messages, any width, and advice without scripts."""

import inspect

import pytest
from playwright.sync_api import Browser, expect

from portal.app import load_questionnaire
from portal.config import Settings
from portal.web import guide, pages
from templates.catalogues import LANGUAGES
from tests.support.gate import chosen
from tests.support.page_visitor import Visitor

pytestmark = pytest.mark.browser

NAMES = (
    *("", "before", "device", "report", "status", "guide", "verify", "sealed", "paper"),
    *("scenarios", "rehearsal"),
    *guide.NOTICES,
)
ALL_PAGES = ["", *(f"{language}/{name}" for language in LANGUAGES for name in NAMES)]


def test_every_page_loads_without_a_message_in_the_console(visitor: Visitor) -> None:
    """A breach of the policy, a failed integrity check or a missing file would cause a message."""
    for path in ALL_PAGES:
        visitor.visit(path)
        if path.endswith("report"):
            expect(visitor.page.locator("#what")).to_be_visible()
        if path.endswith("status"):
            expect(visitor.page.locator("#token")).to_be_visible()
    none_signed = "error: Failed to load resource: the server responded with a status of 404 (NOT FOUND)"
    assert [each for each in visitor.complaints if each != none_signed] == []
    assert all(request.url.startswith(visitor.site.address) for request in visitor.requests)


def test_a_page_loads_two_scripts_before_it_requests_the_keyring(visitor: Visitor) -> None:
    """Over Tor each request costs a second.

    One script is for “Leave quickly”, the other for everything else.
    """
    for path, script in (("fr/report", "report"), ("en/status", "status"), ("fr/verify", "verify")):
        visitor.requests.clear()
        visitor.visit(path)
        visitor.page.wait_for_load_state("networkidle")
        asked = [request.url.removeprefix(visitor.site.address) for request in visitor.requests]
        scripts = [f"/static/js/{name}.js" for name in ("leave", script)]
        assert sorted(each for each in asked if each.endswith(".js")) == sorted(scripts)
        assert "/keyring.json" not in asked[: max(map(asked.index, scripts))]


def test_the_console_reports_a_planted_inline_style(visitor: Visitor) -> None:
    """The control for the test above, and for the content security policy."""
    visitor.visit("en/")
    visitor.page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))"
    )
    assert "Content Security Policy" in " ".join(visitor.complaints)
    assert (
        visitor.page.evaluate("(() => { try { document.body.innerHTML = 'x' } catch { return 1 } })()") == 1
    )


@pytest.mark.parametrize("language", chosen(LANGUAGES, "fr"))
def test_a_narrow_screen_never_scrolls_sideways(visitor: Visitor, language: str) -> None:
    """The gate tests the language with the longer words; `make soak walks` tests the other language."""
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    paths = ["", *(f"{language}/{name}" for name in NAMES)]
    widths = {}
    for path in paths:
        visitor.visit(path)
        visitor.page.wait_for_load_state("networkidle")
        widths[path] = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert dict.fromkeys(paths, 320) == widths


@pytest.mark.parametrize(
    ("path", "heading", "reason"),
    [
        ("fr/report", "Écrire un signalement", "sans script, rien ne peut être chiffré ni envoyé"),
        ("en/status", "Read the answer", "nothing can be opened"),
    ],
)
def test_a_page_without_scripts_says_why_it_cannot_send_or_read_anything(
    chromium: Browser, visitor: Visitor, path: str, heading: str, reason: str
) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{visitor.site.address}/{path}")
    expect(page.locator("noscript h1")).to_have_text(heading)
    expect(page.locator("noscript .warning")).to_contain_text(reason)
    expect(page.locator("noscript p").filter(has_text="Tor Browser")).to_be_visible()
    assert [each for each in page.locator("input, textarea").all() if each.is_visible()] == []
    expect(page.locator("#loading")).to_be_hidden()
    plain.close()


ONION = f"http://{'a' * 56}.onion"


def rendered(path: str, settings: Settings, language: str = "en") -> str:
    """Return a page of a site with these settings."""
    found: dict[str, bytes] = inspect.unwrap(pages.render)(settings, load_questionnaire(settings))
    return found[f"/{language}/{path}"].decode()


@pytest.mark.parametrize(
    ("language", "copy_it", "lost"),
    [
        ("en", "First copy the address of this page", "restarts the browser, and this page is lost"),
        ("fr", "adresse de cette page.", "relance le navigateur, et cette page est perdue"),
    ],
)
@pytest.mark.parametrize("path", ["report", "status"])
def test_the_pages_advise_visitors_to_copy_the_address_before_changing_the_level_of_tor_browser(
    path: str, language: str, copy_it: str, lost: str
) -> None:
    """Since version 14.5.4 the browser restarts for this change, and loses the open page."""
    told = {}
    for settings in (Settings(onion=ONION), Settings()):
        page = rendered(path, settings, language)
        told[settings.onion] = page[page.index("<noscript") : page.index("</noscript>")]
    copying = {ONION: f"{ONION}/{language}/{path}</code>", "": copy_it}
    for onion, page in told.items():
        assert page.index(copying[onion]) < page.index(lost)
    assert ".onion" not in told[""]


# For each language: the heading of the advice, the next heading, and the parts of the advice in order.
PHONE = {
    "en": ["Tor on a phone", "What brings you here?", "First copy this address", "F-Droid"],
    "fr": ["Tor sur un téléphone", "est-ce qui vous amène", "abord cette adresse", "F-Droid"],
}
PHONE["en"] += ["Onion Browser from the App Store", "restarts the browser, and the page is lost"]
PHONE["fr"] += ["Onion Browser depuis", "relance le navigateur, et la page est perdue"]


@pytest.mark.parametrize("language", PHONE)
def test_advice_for_tor_on_a_phone_begins_with_copying_the_address(language: str) -> None:
    """The advice then names a browser for each kind of phone.

    The advice also warns that changing the level loses the page.
    """
    first, end, copy_it, *told = PHONE[language]
    page = rendered("before", Settings(onion=ONION), language)
    page = page[page.index(first) : page.index(end)]
    places = [page.index(each) for each in (copy_it, f"{ONION}/{language}/report</code>", *told)]
    assert places == sorted(places)
    assert ".onion" not in rendered("before", Settings(), language)
