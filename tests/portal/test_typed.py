"""Hints name a command of the portal as a person types it on this machine."""

import re
import sys

import click
import pytest

from portal.ops.cli import portal
from portal.typed import PACKAGE, typed
from tests.support import module_texts
from tests.support.paths import ROOT

NAMES = "|".join(portal.list_commands(click.Context(portal)))
# People type `portal` before these commands even if they use the package, because they use another machine.
ELSEWHERE = "backup key|verify-receipt|verify"
NAMED = re.compile(rf"(?<!fanal-)\bportal (?!{ELSEWHERE})(?:{NAMES})\b|`portal\b(?! (?:{ELSEWHERE})\b)")


@pytest.mark.parametrize(
    ("words", "checkout", "package"),
    [
        ("export --again 2", "`portal export --again 2`", "`fanal-portal run export --again 2`"),
        ("init", "`portal init`", "`fanal-portal setup`"),
        ("serve", "`portal serve`", "`fanal-portal setup`"),
        ("upgrade", "`portal upgrade`", "`fanal-portal upgrade`"),
    ],
)
def test_a_hint_names_the_command_of_the_package_or_of_the_checkout(
    words: str, checkout: str, package: str
) -> None:
    assert (typed(words), typed(words, prefix=PACKAGE)) == (checkout, package)
    assert sys.prefix != PACKAGE


def spelled_by_hand(source: str) -> list[str]:
    """Return the texts of a module, except docstrings, that name a command as it is typed in a checkout."""
    return [text for text in module_texts.texts(source) if NAMED.search(text)]


@pytest.mark.parametrize(
    "planted", ['x = "run `portal export` first"', "f'{x}: portal import FILE'", 'x = f"`portal {y}`"']
)
def test_the_search_finds_a_command_that_is_written_out_by_hand(planted: str) -> None:
    """The control."""
    assert spelled_by_hand(planted)
    assert spelled_by_hand("x = f'{typed(1)}: `fanal-portal run export`, `portal backup key`'") == []


def test_each_text_of_the_portal_names_commands_as_people_type_them() -> None:
    paths = [path for path in (ROOT / "portal").rglob("*.py") if path.name != "typed.py"]
    found = {str(path.relative_to(ROOT)): spelled_by_hand(path.read_text("utf-8")) for path in paths}
    assert {path: texts for path, texts in found.items() if texts} == {}
