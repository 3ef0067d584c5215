"""The French texts of catalogues, of TOML files and of documents."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from templates import catalogues
from templates.catalogues import Domain

# Parts of a document that are not French prose: code, targets of links, and the ruling of tables.
_NO_PROSE = re.compile(r"```.*?```|`[^`]*`|!(?=\[)|(?<=\])\([^)]*\)|^\|[-| ]+\|$", re.DOTALL | re.MULTILINE)


def of_document(page: Path) -> str:
    """Return the prose of a French document, with its lines. Each part that is not prose becomes an X."""
    return _NO_PROSE.sub("X", page.read_text("utf-8"))


def of_catalogue(domain: Domain) -> Iterator[str]:
    """Yield every translation in a French catalogue, unchanged."""
    with catalogues.path(domain, "fr").open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield from (message.string,) if isinstance(message.string, str) else message.string


def of_toml(value: Any, *, french_here: bool) -> Iterator[str]:
    """Yield all texts of a French TOML file, or the values of `fr` in another TOML file."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from of_toml(each, french_here=french_here or name == "fr")
    elif isinstance(value, list):
        for each in value:
            yield from of_toml(each, french_here=french_here)
    elif isinstance(value, str) and french_here:
        yield value
