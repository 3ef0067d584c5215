"""A visitor finds the published figures and reads them in a browser, under the portal's own policy."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route

from portal.app import load_questionnaire
from portal.config import Settings
from portal.web import headers, pages
from templates.catalogues import LANGUAGES
from tests.support.accessibility import violations
from tests.support.editions import FINGERPRINT, FIRST, public_folder

SITE = "https://portal.test"
LINKS = {
    "fr": ("Chiffres annuels", f"Lire les chiffres de {FIRST + 1}"),
    "en": ("Annual figures", f"Read the figures for {FIRST + 1}"),
}


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_finds_and_reads_the_figures(
    chromium: Browser, tmp_path: Path, language: str, width: int
) -> None:
    public_folder(tmp_path, 2)
    settings = Settings(figures=str(tmp_path), figures_key=FINGERPRINT)
    app = Flask("portal", static_folder=None)
    pages.init_app(app, settings, load_questionnaire(settings))
    headers.init_app(app, "")
    client = app.test_client()

    def answer(route: Route) -> None:
        found = client.get(route.request.url.removeprefix(SITE))
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.data)

    with chromium.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.route("**/*", answer)
        page.goto(f"{SITE}/{language}/")
        ways = (f"{language}/figures", f"figures/edition-{FIRST + 1}.{language}.html")
        for link, way in zip(LINKS[language], ways, strict=True):
            page.get_by_role("link", name=link).click()
            page.wait_for_url(f"{SITE}/{way}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert violations(page) == []
        assert page.locator("svg").count() > 5
        assert complaints == []
