"""Changing one entry of a law file stores exactly the given values, and leaves the rest unchanged."""

import tomllib
from typing import Any

import pytest

from inbox.language import toml_edits
from templates import shipped

TABLES = {"replies": "reply", "letters": "letter", "authorities": "authority"}
ODD = [
    "x",
    "a\nb",
    '"""',
    'a"""\nb""""',
    "\\ \\n\n\\",
    "\ttab\n\x07",
    "a\rb\nc",
    "\n lead\n",
    "'''\n",
    '"q"\n"',
    "\0\n",
]


def raw(name: str) -> bytes:
    return (shipped.JURISDICTIONS / "fr" / f"{name}.toml").read_bytes()


def read(content: bytes) -> Any:
    return tomllib.loads(content.decode())


# These are the ways in which the law files write an entry.
FILE = b"""
[reply.dotted]
text.fr = "x"
text.en = "y"
source = "z"

[reply.inline]
text = { fr = "x", en = "y" }

[reply.tables]
source = "z"
[reply.tables.text]
fr = "x"
en = "y"

[other.entry]
source = "z"
"""


@pytest.mark.parametrize("code", ["dotted", "inline", "tables", "quite_new"])
@pytest.mark.parametrize("text", ODD)
def test_any_text_is_read_back_unchanged_and_no_other_entry_changes(code: str, text: str) -> None:
    """The test changes the entry twice, and then removes it."""
    values = {"text": {"fr": text, "en": f"{text}!"}, "source": text, "flag": True, "list": ["a", text]}
    once = toml_edits.changed(FILE, "reply", code, values)
    twice = toml_edits.changed(once, "reply", code, {"flag": None, "later": {"fr": text, "en": text}})
    expected = read(FILE)
    expected["reply"].setdefault(code, {}).update(values | {"later": {"fr": text, "en": text}})
    del expected["reply"][code]["flag"]
    assert expected == read(twice)
    del expected["reply"][code]
    assert expected == read(toml_edits.without(twice, "reply", code))


@pytest.mark.parametrize("name", TABLES)
def test_saving_an_unchanged_entry_does_not_change_a_byte_of_the_file(name: str) -> None:
    """Removing an entry that does not exist leaves the file unchanged, too."""
    table, before = TABLES[name], raw(name)
    for code, entry in read(before)[table].items():
        given = {key: _stripped(each) for key, each in entry.items() if key != "basis"}
        assert before == toml_edits.changed(before, table, code, given | {"nowhere": None})


def _stripped(value: Any) -> Any:
    return {language: text.strip() for language, text in value.items()} if isinstance(value, dict) else value


def test_a_text_of_several_lines_is_written_on_several_lines_and_comments_stay() -> None:
    file = b'# Ours\n[reply.a]\ntext.fr = "x" # why\ntext.en = "y"\n\n# Next\n[reply.b]\nz = 1\n'
    changed = toml_edits.changed(file, "reply", "a", {"text": {"fr": "u\nv", "en": "y"}})
    assert file.replace(b'"x"', b'"""\nu\nv"""') == changed
