"""Texts that the inspectorate writes: the guide to approaches, and the notices at the foot of each page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crypto.toml_schema import YES_OR_NO, BadDocument, Document, Node, Schema, list_of, table, text
from portal.errors import BadConfiguration, why
from templates import typography

GUIDE = "guide"
STATEMENT = "accessibility"
RIGHTS = "rights"
PRIVACY = "privacy"
HELP = "help"
LEGAL = "legal"
# The maximum number of characters in a guide, which must fit on one printed sheet.
MOST = 4_000
# The maximum number of characters in each file. The law requires long texts on rights and data.
_MOST = {GUIDE: MOST, RIGHTS: 12_000, PRIVACY: 12_000, HELP: MOST, LEGAL: MOST, STATEMENT: MOST}
NAMES = tuple(_MOST)
# The notices at the foot of every page, in this order.
NOTICES = (RIGHTS, PRIVACY, HELP, LEGAL, STATEMENT)
_TO_FILL_IN = re.compile(r"\[[^\]]*\]")
_NOT_DIALLED = re.compile(r"[^\d+]")


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a guide: a text, a list, or both. A missing text is empty.

    A ``folded`` section shows only its heading until a reader opens it. A number in ``call`` can be called
    with one touch, wherever it is in the text or the list.
    """

    heading: str
    text: str
    items: tuple[str, ...]
    folded: bool = False
    call: tuple[str, ...] = ()

    def parts(self, text: str) -> list[tuple[str, str]]:
        """Split a text at the numbers in ``call``.

        Return each part with the number to dial, or with "" if the part is not a number.
        """
        parts = re.split(f"({'|'.join(map(re.escape, self.call))})", text) if self.call else [text]
        return [(part, _NOT_DIALLED.sub("", part) if part in self.call else "") for part in parts]


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide or notice in one language.

    Only the legal notice has an ``address``: a postal address of several lines.
    """

    title: str
    lead: str
    sections: tuple[Section, ...]
    address: str = ""

    @property
    def to_fill_in(self) -> list[str]:
        """The placeholders in square brackets, which the inspectorate must replace."""
        return _TO_FILL_IN.findall("\n".join(_texts(self)))

    @property
    def postal(self) -> str:
        """The address, or "" while parts of it are not filled in, because a letter would not arrive."""
        return "" if _TO_FILL_IN.search(self.address) else self.address


_SECTION = table(
    {"heading": text()},
    {"text": text(), "items": list_of(text(), least=0), "call": list_of(text()), "folded": YES_OR_NO},
)
_GUIDE = {"title": text(), "lead": text(), "section": list_of(_SECTION)}
_FILES = {
    name: Schema(name, table({**_GUIDE, "address": text()} if name == LEGAL else _GUIDE)) for name in NAMES
}


def file_of(folder: Path, language: str, name: str) -> Path:
    """Return the file of a text in one language."""
    return folder / f"{name}.{language}.toml"


def load(folder: Path, language: str, name: str = GUIDE) -> Guide:
    """Return the content of ``<name>.<language>.toml``; raises BadConfiguration for the first mistake."""
    path = file_of(folder, language, name)
    try:
        raw = typography.spaced(language, path.read_text("utf-8")).encode("utf-8")
        return _made(_FILES[name].read(raw))
    except OSError as error:
        raise BadConfiguration(
            f"{name} {path} was not read: {why(error)}",
            "the folder `guide` needs this file for every language",
        ) from error
    except (UnicodeDecodeError, BadDocument) as error:
        raise BadConfiguration(
            f"{path}: {error}", "correct the file; the shipped one shows the format"
        ) from error


def _made(document: Document) -> Guide:
    said = document.value
    for n, section in enumerate(said["section"]):
        path, place = ("section", n), f"{document.kind}, section {n + 1}"
        if section.keys() <= {"heading", "folded", "call"}:
            raise document.refused(path, f"{place}: it needs 'text' or 'items'")
        said_here = [section.get("text", ""), *section.get("items", ())]
        for number in section.get("call", ()):
            if not any(number in each for each in said_here):
                raise document.refused(path, f"{place}: 'call' has “{number}”, which is not in its texts")
    sections = tuple(map(_section, said["section"]))
    guide = Guide(said["title"], said["lead"], sections, said.get("address", ""))
    if (length := sum(map(len, _texts(guide)))) > (most := _MOST[document.kind]):
        raise BadDocument(f"{document.kind}: {length} characters, but at most {most} are allowed")
    return guide


def _section(section: Node) -> Section:
    return Section(
        section["heading"],
        section.get("text", ""),
        tuple(section.get("items", ())),
        section.get("folded", False),
        tuple(section.get("call", ())),
    )


def _texts(guide: Guide) -> Iterator[str]:
    yield from (guide.title, guide.lead, guide.address)
    for section in guide.sections:
        yield from (section.heading, section.text, *section.items)
