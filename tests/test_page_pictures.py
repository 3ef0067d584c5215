"""The pictures in README and in the officer's guides are up to date, small, and described in words."""

import re
import tomllib
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from PIL.PngImagePlugin import PngImageFile

from inbox.language import labels
from templates import shipped
from tests.support.page_pictures import HEADINGS, WORDS
from tests.support.paths import ROOT
from tests.support.values import strings

DOCUMENTS = [ROOT / name for name in ("README.md", "docs/officer-guide.md", "docs/fr/guide-agent.md")]
_PICTURE = re.compile(r"^ *!\[(.+?)\]\((.+?\.png)\)\n\n *\*(.+?)\*$", re.MULTILINE | re.DOTALL)


def pictures(document: Path) -> list[Path]:
    """Return the pictures in a document that have a caption below them."""
    found = _PICTURE.findall(document.read_text("utf-8"))
    return [(document.parent / name).resolve() for _, name, _ in found]


def named(path: Path) -> str:
    """Return the name of a file for the name of a test."""
    return path.stem


PICTURES = [path for document in DOCUMENTS for path in pictures(document)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_pictures_are_small_and_have_a_caption(document: Path) -> None:
    """The pictures load on a slow line, and a reader who cannot see them can read the caption."""
    found = pictures(document)
    assert 0 < len(found) == document.read_text("utf-8").count(".png")
    assert [path.name for path in found if path.stat().st_size > 100_000] == []


def test_every_picture_in_the_folder_is_shown_in_a_document() -> None:
    assert {*PICTURES} == {*(ROOT / "docs").rglob("*.png")}


def texts_in(path: Path) -> dict[str, str]:
    """Return the texts stored in a PNG by their keywords."""
    with PngImageFile(path) as picture:
        return {keyword: str(text) for keyword, text in picture.text.items()}


def known() -> re.Pattern[str]:
    """Return a pattern of all texts that pages can show; it allows any value in place of a parameter."""
    files = [shipped.QUESTIONNAIRE, Path(labels.__file__).with_name("labels.toml")]
    texts = {text for file in files for text in strings(tomllib.loads(file.read_text("utf-8")))}
    for catalogue in shipped.TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        for message in read_po(BytesIO(catalogue.read_bytes())):
            for part in (message.id, message.string):
                texts.update([part] if isinstance(part, str) else part)
    pieces = [re.split(r"%\(\w+\)[sd]|\{\w+\}", " ".join(text.split())) for text in texts]
    # A text that consists only of parameters would match everything.
    return re.compile(
        "|".join(".+".join(map(re.escape, each)) for each in pieces if re.search(r"[^\W\d]", "".join(each)))
    )


def unknown(headings: list[str]) -> list[str]:
    """Return the headings that no page can show."""
    pattern = known()
    return [each for each in headings if not pattern.fullmatch(" ".join(each.split()))]


def test_the_search_finds_a_heading_that_no_page_has() -> None:
    """Pages no longer have this heading, an earlier name of the twelve words.

    The control is the heading that pages have today.
    """
    assert ["Your case token"] == unknown(["Your case token", "Your twelve words"])


@pytest.mark.parametrize("path", PICTURES, ids=named)
def test_pictures_show_only_headings_that_pages_still_have(path: Path) -> None:
    """If the test fails, take the pictures again: `python -m tests.support.page_pictures`."""
    texts = texts_in(path)
    headings = texts[HEADINGS].splitlines()
    assert {*headings} & {*texts[WORDS].splitlines()}
    assert [] == unknown(headings)


@pytest.mark.parametrize("path", PICTURES, ids=named)
def test_no_picture_shows_a_placeholder_of_the_configuration(path: Path) -> None:
    """If the inspectorate's name is not configured, the portal shows a placeholder in brackets."""
    assert "[" not in texts_in(path)[WORDS]
