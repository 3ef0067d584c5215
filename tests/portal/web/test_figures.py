"""The portal serves published editions as they are, lists them, and refuses every other file."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crypto import signing
from portal.app import create_app, load_questionnaire
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.ops import running
from portal.ops.checks import doctor
from portal.ops.cli import portal
from portal.site import freeze, manifest, site_files
from portal.web import headers, pages
from templates.catalogues import LANGUAGES
from templates.findings import Level
from tests.support.editions import FINGERPRINT, FIRST, IMPRINT, public_folder, signed
from tests.support.portal_room import Room

LAST = FIRST + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two editions, as the inbox publishes them."""
    found = tmp_path / "figures"
    found.mkdir()
    public_folder(found, 2)
    return found


@pytest.fixture
def settings(same_room: Room, folder: Path) -> Settings:
    return replace(same_room.settings, figures=str(folder), figures_key=FINGERPRINT)


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    app = Flask("portal", static_folder=None)
    pages.init_app(app, settings, load_questionnaire(settings))
    headers.init_app(app, "")
    return app.test_client()


def test_every_file_is_served_unchanged_and_with_its_type_and_with_the_policy(
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


def refused(settings: Settings) -> str:
    """Return why the portal neither serves nor lists nor freezes its pages."""
    questions = load_questionnaire(settings)
    with pytest.raises(BadConfiguration) as listed:
        site_files.files(settings, questions)
    with pytest.raises(BadConfiguration) as served:
        pages.init_app(Flask("portal", static_folder=None), settings, questions)
    assert str(listed.value) == str(served.value)
    assert listed.value.hint
    return str(listed.value)


@pytest.mark.parametrize(
    "name",
    [
        # The restricted folder of an edition has files of these names.
        f"exact-{FIRST}.csv",
        f"exact-{FIRST}.json",
        "notes.txt",
        f"edition-{FIRST}.fr.html.minisig.html",
        f"edition-{FIRST}.xx.html",
        f"plan-{LAST}.toml",
        f"figures-{LAST + 1}.json",
    ],
)
def test_a_folder_with_any_other_file_is_refused_even_if_the_file_is_signed(
    settings: Settings, folder: Path, name: str
) -> None:
    made = signed({name: b"x"})
    said = f"{folder} has a file that is not part of an edition: {name}"
    for each in ({name}, {name, f"{name}.minisig"}, {f"{name}.minisig"}):
        for one in each:
            (folder / one).write_bytes(made[one])
        assert refused(settings).startswith(said)
        for one in each:
            (folder / one).unlink()


def test_a_folder_without_any_one_of_its_files_is_refused(settings: Settings, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        kept = path.read_bytes()
        path.unlink()
        is_signature = path.suffix == ".minisig"
        said = "has a file without a signature" if is_signature else "lacks a file of an edition"
        assert f"{folder} {said}: {path.name.removesuffix('.minisig')}" == refused(settings)
        path.write_bytes(kept)


def test_a_missing_file_is_noticed_without_its_signature_too(settings: Settings, folder: Path) -> None:
    for path in sorted(folder.glob("*.minisig")):
        file = folder / path.name.removesuffix(".minisig")
        kept = {each: each.read_bytes() for each in (file, path)}
        for each in kept:
            each.unlink()
        assert f"{folder} lacks a file of an edition: {file.name}" == refused(settings)
        for each, content in kept.items():
            each.write_bytes(content)


def test_the_plans_and_figures_of_all_earlier_years_belong_to_an_edition(
    settings: Settings, tmp_path: Path
) -> None:
    """Plans cover three years, so a later plan tells in which year the first one began."""
    folder = tmp_path / "last"
    folder.mkdir()
    public_folder(folder, 4)
    for year in range(FIRST, FIRST + 3):
        for part in ("edition", "certificate"):
            for path in folder.glob(f"{part}-{year}.*"):
                path.unlink()
    last = replace(settings, figures=str(folder))
    assert site_files.files(last, load_questionnaire(last))
    lacking = [f"figures-{FIRST}.json", f"figures-{FIRST + 1}.json", f"plan-{FIRST}.toml"]
    kept = {name: (folder / name).read_bytes() for name in lacking}
    for name in lacking:
        for each in (name, f"{name}.minisig"):
            (folder / each).unlink()
    for name in lacking:
        assert f"{folder} lacks a file of an edition: {name}" == refused(last)
        (folder / name).write_bytes(kept[name])


def test_a_folder_with_a_changed_file_is_refused_whatever_part_of_the_file_changed(
    settings: Settings, folder: Path
) -> None:
    for path in sorted(folder.iterdir()):
        raw = path.read_bytes()
        # A signature and a key begin with a comment that minisign does not trust.
        begin = raw.index(b"\n") + 1 if path.suffix in {".minisig", ".pub"} else 0
        for place in (begin, (begin + len(raw)) // 2, len(raw) - 1):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            said = refused(settings)
            name = path.name.removesuffix(".minisig")
            assert path.suffix == ".pub" or f"{folder} has a file without a valid signature: {name}" == said
        path.write_bytes(raw)
    assert site_files.files(settings, load_questionnaire(settings))


def test_two_signed_files_cannot_take_each_others_place(settings: Settings, folder: Path) -> None:
    """The signatures move with the files, and each is valid for its file."""
    for end in ("", ".minisig"):
        one, other = (folder / f"edition-{year}.fr.html{end}" for year in (FIRST, LAST))
        early, late = one.read_bytes(), other.read_bytes()
        one.write_bytes(late)
        other.write_bytes(early)
    assert f"{folder} has a file without a valid signature: edition-{FIRST}.fr.html" == refused(settings)


def test_files_that_another_key_signed_are_refused_with_its_fingerprint(
    settings: Settings, folder: Path
) -> None:
    """An attacker signs everything again, and also replaces the key in the folder."""
    seed = bytes(32)
    parts = {
        path.name: path.read_bytes() for path in folder.iterdir() if path.suffix not in {".minisig", ".pub"}
    }
    page = f"edition-{LAST}.fr.html"
    parts[page] = parts[page].replace(b"</h1>", b" (forged)</h1>")
    for name, content in signed(parts, seed).items():
        (folder / name).write_bytes(content)
    foreign = signing.fingerprint(signing.public_key(seed))
    assert refused(settings) == (
        f"the figures in {folder} are signed by another key than `figures_key`: {foreign}"
    )
    (folder / "figures.pub").write_bytes(signed({})["figures.pub"])
    assert "without a valid signature" in refused(settings)
    (folder / "figures.pub").write_bytes(b"minisign\n")
    assert f"{folder} has no public key in figures.pub" == refused(settings)


def test_figures_are_refused_as_long_as_the_configuration_names_no_key(settings: Settings) -> None:
    assert "setting 'figures_key' is empty" in refused(replace(settings, figures_key=""))


def test_a_fingerprint_is_the_same_with_other_spaces_and_in_lower_case(settings: Settings) -> None:
    for typed in (FINGERPRINT.lower(), FINGERPRINT.replace(" ", ""), f" {FINGERPRINT} "):
        assert site_files.files(replace(settings, figures_key=typed), load_questionnaire(settings))


def test_a_refused_folder_leaves_the_frozen_site_and_the_list_of_pages_as_they_were(
    settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, frozen, listed = folder.with_name("a.toml"), folder.with_name("site"), folder.with_name("list")
    file.write_text(
        f'deployment = "{settings.deployment}"\nroot_key = "{settings.root_key}"\n'
        f'figures = "figures"\nfigures_key = "{FINGERPRINT}"\n'
    )
    name = f"edition-{LAST}.fr.pdf"

    def run() -> list[int]:
        commands = (("freeze", str(frozen)), ("manifest", "--out", str(listed)))
        return [running.run(portal, "portal", ["--config", str(file), *words]) for words in commands]

    assert [0, 0] == run()
    before = {path: path.read_bytes() for path in (listed, *frozen.rglob("*")) if path.is_file()}
    assert (folder / name).read_bytes() in before.values()
    (folder / name).write_bytes(b"%PDF-")
    capsys.readouterr()
    assert [2, 2] == run()
    assert 2 == capsys.readouterr().err.count(f"has a file without a valid signature: {name}")
    after = {path: path.read_bytes() for path in (listed, *frozen.rglob("*")) if path.is_file()}
    assert before == after


def test_a_portal_that_restarts_with_a_refused_folder_serves_everything_else_without_figures(
    settings: Settings, folder: Path
) -> None:
    """Whether somebody can report never depends on figures."""

    def started(settings: Settings) -> FlaskClient:
        app = create_app(settings)
        app.extensions["portal"].database.close()
        return app.test_client()

    without, first = started(replace(settings, figures="")), started(settings)
    page = folder / f"edition-{LAST}.fr.html"
    assert first.get(f"/figures/{page.name}").status_code == 200
    page.write_bytes(page.read_bytes() + b" ")
    again = started(settings)
    for path in folder.iterdir():
        assert again.get(f"/figures/{path.name}").status_code == 404
    for path in ("/", "/fr/", "/en/report", "/fr/answer", "/questionnaire.toml", "/fr/figures", "/nowhere"):
        there, here = without.get(path), again.get(path)
        assert (here.status_code, here.data) == (there.status_code, there.data), path
    assert again.get("/en/report").status_code == 200
    assert again.get("/fr/figures").status_code == 404
    page.write_bytes(page.read_bytes()[:-1])
    assert started(settings).get("/fr/figures").status_code == 200


def test_doctor_reports_refused_figures_as_wrong(same_room: Room, settings: Settings, folder: Path) -> None:
    def wrong() -> list[str]:
        found = doctor.examine(settings, settings.folder / "portal.toml", same_room.day)
        return [each.what for each in found if each.level is Level.WRONG and "figures" in each.what]

    assert [] == wrong()
    page = folder / f"edition-{LAST}.fr.html"
    page.write_bytes(page.read_bytes() + b" ")
    assert [f"{folder} has a file without a valid signature: {page.name}"] == wrong()


def test_a_missing_folder_is_refused(settings: Settings) -> None:
    with pytest.raises(BadConfiguration, match="were not read"):
        site_files.files(replace(settings, figures="nowhere"), load_questionnaire(settings))
