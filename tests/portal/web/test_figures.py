"""The portal serves published editions as they are, lists them, and refuses every other file."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inbox.figures.published.files import files
from portal.app import load_questionnaire
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.site import freeze, manifest, site_files
from portal.web import headers, pages
from templates.catalogues import LANGUAGES
from tests.support.editions import FIRST, IMPRINT, publish, some_years
from tests.support.portal_room import Room

SIGNATURE = b"untrusted comment: verify with minisign\n"
LAST = FIRST + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two editions, as the inbox publishes them."""
    published = publish(some_years(2), 2)
    made = {f"plan-{FIRST}.toml": published.plans[0], f"certificate-{LAST}.json": b"{}\n"}
    for year, raw in published.releases.items():
        made[f"figures-{year}.json"] = raw
        made |= files(published.plans, published.releases, year, IMPRINT)
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / f"{name}.minisig").write_bytes(SIGNATURE)
    (tmp_path / "figures.pub").write_bytes(b"untrusted comment: minisign public key\n")
    return tmp_path


@pytest.fixture
def settings(same_room: Room, folder: Path) -> Settings:
    return replace(same_room.settings, figures=str(folder))


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    app = Flask("portal", static_folder=None)
    pages.init_app(app, settings, load_questionnaire(settings))
    headers.init_app(app, "")
    return app.test_client()


def test_every_file_is_served_as_it_is_with_its_type_and_under_the_policy(
    client: FlaskClient, folder: Path
) -> None:
    types = {
        ".html": "text/html",
        ".pdf": "application/pdf",
        ".csv": "text/csv",
        ".json": "application/json",
        ".toml": "text/plain",
        ".minisig": "text/plain",
        ".pub": "text/plain",
    }
    found = sorted(folder.iterdir())
    assert {path.suffix for path in found} == types.keys()
    for path in found:
        answer = client.get(f"/figures/{path.name}")
        assert (answer.status_code, answer.data) == (200, path.read_bytes())
        assert answer.content_type == f"{types[path.suffix]}; charset=utf-8"
        assert answer.headers["Content-Security-Policy"] == headers.POLICY


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_lists_the_editions_with_the_latest_first_and_every_page_has_a_link_to_it(
    client: FlaskClient, language: str
) -> None:
    page = client.get(f"/{language}/figures").text
    assert page.index(f"<h2>{LAST}</h2>") < page.index(f"<h2>{FIRST}</h2>")
    for year in (FIRST, LAST):
        for name in (f"{language}.html", f"{language}.pdf", f"{language}.csv", "json"):
            assert page.count(f'href="/figures/edition-{year}.{name}"') == 1
    others = set(LANGUAGES) - {language}
    assert not [each for each in others if f"edition-{FIRST}.{each}." in page]
    assert f'href="/figures/plan-{FIRST}.toml"' in page
    for name in ("", "report", "figures"):
        assert client.get(f"/{language}/{name}").text.count(f'href="/{language}/figures"') == 1


def test_without_an_edition_no_page_mentions_figures(same_room: Room, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    for chosen in ("", str(tmp_path / "none")):
        settings = replace(same_room.settings, figures=chosen)
        shown = pages.render(settings, load_questionnaire(settings))
        assert shown
        assert not [path for path in shown if path.endswith("/figures")]
        assert not [path for path, page in shown.items() if b'/figures"' in page]


def test_editions_are_in_the_manifest_and_in_the_frozen_site(settings: Settings, folder: Path) -> None:
    questions = load_questionnaire(settings)
    found = site_files.files(settings, questions)
    wanted = {f"/figures/{path.name}" for path in folder.iterdir()} | {"/fr/figures", "/en/figures"}
    assert wanted <= found.keys()
    day = IMPRINT.day
    listed = json.loads(manifest.make(settings, questions, 1, day))["files"]
    assert wanted <= {each["path"] for each in listed}
    frozen = freeze.names(found, None)
    assert frozen[f"figures/edition-{LAST}.fr.pdf"] == (folder / f"edition-{LAST}.fr.pdf").read_bytes()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        # The restricted folder of an edition has a file of this name.
        (f"figures-{FIRST}.csv", "not part of an edition"),
        ("notes.txt", "not part of an edition"),
        ("edition-2027.fr.html.minisig.html", "not part of an edition"),
        ("edition-2031.json.minisig", "not part of an edition"),
        ("edition-2031.json", "without a signature"),
    ],
)
def test_a_folder_with_any_other_file_is_refused(
    settings: Settings, folder: Path, name: str, reason: str
) -> None:
    (folder / name).write_bytes(b"x")
    with pytest.raises(BadConfiguration, match=reason):
        site_files.files(settings, load_questionnaire(settings))


def test_a_missing_folder_is_refused(settings: Settings) -> None:
    with pytest.raises(BadConfiguration, match="were not read"):
        site_files.files(replace(settings, figures="nowhere"), load_questionnaire(settings))
