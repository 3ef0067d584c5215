"""The frozen site equals the served site, in every content encoding."""

import gzip
import os
from pathlib import Path

import brotli
import pytest
from click.testing import CliRunner

from portal.app import load_questionnaire
from portal.config import Settings
from portal.errors import Refused
from portal.ops.cli import portal
from portal.site import freeze, site_files
from portal.web import headers, translation
from tests.support.portal_room import Room

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def frozen(same_room: Room) -> Path:
    """The folder that `portal freeze` writes."""
    file = same_room.folder / "portal.toml"
    settings = same_room.settings
    file.write_text(f'deployment = "{settings.deployment}"\nroot_key = "{settings.root_key}"\n')
    answer = CliRunner().invoke(portal, ["--config", str(file), "freeze", str(same_room.folder / "frozen")])
    assert answer.exit_code == 0, answer.output
    return same_room.folder / "frozen"


def paths(settings: Settings) -> list[str]:
    return list(site_files.files(settings, load_questionnaire(settings)))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_frozen_files_equal_the_served_files(same_room: Room, frozen: Path) -> None:
    """Each path exists uncompressed, as gzip and as Brotli."""
    for path in paths(same_room.settings):
        file = frozen / freeze.SITE / freeze.name_of(path)
        served = {
            name: same_room.client.get(path, headers={"Accept-Encoding": name}).data
            for name in ("identity", "gzip", "br")
        }
        forms = [file, file.with_name(file.name + ".gz"), file.with_name(file.name + ".br")]
        assert [form.read_bytes() for form in forms] == list(served.values())
        assert served["identity"] == gzip.decompress(served["gzip"]) == brotli.decompress(served["br"])


def test_no_other_file_is_written(same_room: Room, frozen: Path) -> None:
    expected = {
        f"{freeze.SITE}/{freeze.name_of(path)}{suffix}"
        for path in paths(same_room.settings)
        for suffix in ("", ".gz", ".br")
    }
    beside = {freeze.HEADERS, *(f"{freeze.NGINX}/{name}.conf" for name in ("headers", "paths"))}
    codes = ("refused", "too_large", "unavailable")
    answers = ((language, code) for language in translation.LANGUAGES for code in codes)
    beside |= {f"{freeze.ANSWERS}/{language}/{code}.html" for language, code in answers}
    assert tree(frozen).keys() == expected | beside


def test_frozen_pages_have_the_names_that_web_servers_expect() -> None:
    names = {
        path: freeze.name_of(path) for path in ("/", "/fr/", "/fr/report", "/static/js/leave.js", "/404.html")
    }
    assert names == {
        "/": "index.html",
        "/fr/": "fr/index.html",
        "/fr/report": "fr/report.html",
        "/static/js/leave.js": "static/js/leave.js",
        "/404.html": "404.html",
    }


def test_the_headers_are_written_to_a_separate_file(frozen: Path) -> None:
    lines = (frozen / freeze.HEADERS).read_text().splitlines()
    assert dict(line.split(": ", 1) for line in lines) == headers.ALWAYS


def test_only_an_empty_folder_is_accepted_for_the_frozen_site(frozen: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is not empty"):
        freeze.freeze(frozen, {}, {})
    with pytest.raises(Refused, match="not written"):
        freeze.freeze(tmp_path / "none" / "here", {}, {})
    assert os.listdir(tmp_path) == []  # noqa: PTH208


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("identity", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0, br;q=0, *", None),
        ("zstd", None),
    ],
)
def test_a_client_gets_an_encoding_that_it_accepts(
    same_room: Room, accepted: str, encoding: str | None
) -> None:
    answer = same_room.client.get("/fr/report", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Vary" not in answer.headers


def test_answers_about_a_case_are_never_compressed(same_room: Room) -> None:
    """The compressed length of such an answer would depend on its content, and could reveal it."""
    answer = same_room.client.post("/api/slot", data=bytes(32), headers={"Accept-Encoding": "br, gzip"})
    assert (answer.headers.get("Content-Encoding"), len(answer.data)) == (None, 18_108)
