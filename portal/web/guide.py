"""What the inspectorate can change: the guide to recognising an approach, the accessibility statement."""

from dataclasses import dataclass
from pathlib import Path

from crypto.toml_schema import BadDocument, Node, Schema, list_of, table, text
from portal.errors import BadConfiguration
from portal.web import translation

GUIDE = "guide"
STATEMENT = "accessibility"
# More of them would not fit on one printed sheet.
MOST = 4_000


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the guide: a text, a list, or both; a text that is not there is empty."""

    heading: str
    text: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide or statement in one language."""

    title: str
    lead: str
    sections: tuple[Section, ...]


_SECTION = table({"heading": text()}, {"text": text(), "items": list_of(text(), least=0)})
_FILES = {
    name: Schema(name, table({"title": text(), "lead": text(), "section": list_of(_SECTION)}))
    for name in (GUIDE, STATEMENT)
}


def load(folder: Path, language: str, name: str = GUIDE) -> Guide:
    """Return what ``<name>.<language>.toml`` holds; BadConfiguration names the first mistake."""
    path = folder / f"{name}.{language}.toml"
    try:
        raw = translation.spaced(language, path.read_text("utf-8")).encode("utf-8")
        return _made(name, _FILES[name].parse(raw))
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise BadConfiguration(
            f"{name} {path} was not read: {reason}", "every language needs its own in the folder `guide`"
        ) from error
    except (UnicodeDecodeError, BadDocument) as error:
        raise BadConfiguration(f"{path}: {error}", "mend the file; the shipped one shows the form") from error


def _made(name: str, document: Node) -> Guide:
    guide = Guide(
        document["title"],
        document["lead"],
        tuple(_section(number, each) for number, each in enumerate(document["section"], 1)),
    )
    if (length := _length(guide)) > MOST:
        raise BadDocument(f"{name}: {length} characters are more than fit on one sheet: at most {MOST}")
    return guide


def _section(number: int, section: Node) -> Section:
    if section.keys() == {"heading"}:
        raise BadDocument(f"section {number}: it needs 'text' or 'items'")
    return Section(section["heading"], section.get("text", ""), tuple(section.get("items", ())))


def _length(guide: Guide) -> int:
    sections = (len(each.heading) + len(each.text) + sum(map(len, each.items)) for each in guide.sections)
    return len(guide.title) + len(guide.lead) + sum(sections)
