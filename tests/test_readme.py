"""README is accurate: its pictures are up to date, and its commands exist."""

import re
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from PIL.PngImagePlugin import PngImageFile

from inbox.language import labels
from templates import shipped
from tests.support.readme_pictures import HEADINGS, WORDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PICTURES = re.findall(r"^!\[.+?\]\((.+?\.png)\)$", README, re.MULTILINE)


def test_pictures_in_readme_are_small_and_have_a_caption() -> None:
    """The pictures load on a slow line, and a reader who cannot see them can read the caption."""
    pictures = re.findall(r"^!\[(.+?)\]\((.+?\.png)\)\n\n\*(.+?)\*$", README, re.MULTILINE | re.DOTALL)
    assert len(pictures) == README.count(".png")
    assert [name for _, name, _ in pictures if (ROOT / name).stat().st_size > 150_000] == []


def texts_in(name: str) -> dict[str, str]:
    """Return the texts stored in a PNG by their keywords."""
    with PngImageFile(ROOT / name) as picture:
        return {keyword: str(text) for keyword, text in picture.text.items()}


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a value from TOML."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from strings(each)
        case list():
            for each in value:
                yield from strings(each)


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


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_in_readme_show_only_headings_that_pages_still_have(name: str) -> None:
    """If the test fails, take the pictures again: `python -m tests.support.readme_pictures`."""
    texts = texts_in(name)
    headings = texts[HEADINGS].splitlines()
    assert {*headings} & {*texts[WORDS].splitlines()}
    assert [] == unknown(headings)


@pytest.mark.parametrize("name", PICTURES)
def test_no_picture_in_readme_shows_a_placeholder_of_the_configuration(name: str) -> None:
    """If the inspectorate's name is not configured, the portal shows a placeholder in brackets."""
    assert "[" not in texts_in(name)[WORDS]


def test_readme_names_the_make_commands_that_newcomers_need_and_only_existing_ones() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", README))
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert {"demo", "test"} <= named <= {*phony[1].split()}
