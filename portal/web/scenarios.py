"""The situations of the page “Would you recognise it?”, in one file that the inspectorate edits."""

from dataclasses import dataclass
from pathlib import Path

from crypto.keyring import Texts
from crypto.toml_schema import YES_OR_NO, Document, Node, Schema, list_of, table, texts
from portal.config import Settings
from portal.web import plain_texts

FILE = "scenarios.toml"
SHIPPED = Settings().guide_folder / FILE
# More situations would make the page too long to read, and to print.
MOST = 20
_CHOICES = (2, 4)
_LINE, _TEXT = texts(120), texts(300)
_CHOICE = table({"text": _LINE, "answer": _TEXT}, {"good": YES_OR_NO})
_SITUATION = table({"heading": texts(60), "text": _TEXT, "choice": list_of(_CHOICE)})
_FILE = Schema("scenarios", table({"title": texts(60), "lead": _TEXT, "situation": list_of(_SITUATION)}))


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a reader could do. ``answer`` is what an experienced colleague says about it.

    ``good`` tells whether this colleague would do the same.
    """

    text: Texts
    answer: Texts
    good: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation, with two to four choices. At least one choice is good, and at least one is not."""

    heading: Texts
    text: Texts
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Scenarios:
    """All texts of the file."""

    title: Texts
    lead: Texts
    situations: tuple[Situation, ...]
    to_fill_in: tuple[str, ...]
    untranslated: tuple[str, ...]


def file_of(folder: Path) -> Path:
    """Return the inspectorate's file in its folder of texts, or else the shipped file."""
    own = folder / FILE
    return own if own.exists() else SHIPPED


def load(folder: Path) -> Scenarios:
    """Return the scenarios of a folder; raises BadConfiguration for the first mistake."""
    document = plain_texts.read(_FILE, file_of(folder), _check_choices)
    said = document.value
    return Scenarios(
        Texts(**said["title"]),
        Texts(**said["lead"]),
        tuple(map(_situation, said["situation"])),
        tuple(left for _, text in plain_texts.texts(document) for left in plain_texts.to_fill_in(text)),
        tuple(plain_texts.untranslated(document)),
    )


def _check_choices(document: Document) -> None:
    situations = document.value["situation"]
    if len(situations) > MOST:
        raise document.refused(
            ("situation", MOST), f"scenarios: {len(situations)} situations, but at most {MOST} are allowed"
        )
    least, most = _CHOICES
    for n, situation in enumerate(situations):
        place, choices = ("situation", n), situation["choice"]
        where = f"scenarios, situation {n + 1}"
        if not least <= len(choices) <= most:
            raise document.refused(place, f"{where}: it needs {least} to {most} of 'choice'")
        if len({choice.get("good", False) for choice in choices}) == 1:
            raise document.refused(place, f"{where}: some of 'choice' must have good = true, and not all")


def _situation(said: Node) -> Situation:
    choices = (
        Choice(Texts(**each["text"]), Texts(**each["answer"]), each.get("good", False))
        for each in said["choice"]
    )
    return Situation(Texts(**said["heading"]), Texts(**said["text"]), tuple(choices))
