"""The questions that a report answers, from questionnaire.toml (SPEC 5.5): both rooms read the same file."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from crypto.keyring import Questionnaire as Reference
from crypto.keyring import Texts
from crypto.questionnaire_ids import OF_THE_PAGE
from crypto.toml_lines import Path
from crypto.toml_schema import (
    IDENTIFIER,
    TEXT,
    YES_OR_NO,
    BadDocument,
    Document,
    Fault,
    Node,
    Schema,
    expected,
    list_of,
    map_of,
    number,
    one_of,
    table,
    texts,
)

__all__ = ["BadDocument", "Texts", "parse"]

# A character takes up to six bytes in JSON: answers of this many in all fit into a message (SPEC 4.1).
MOST_IN_ALL = 160_000
# Two days with a stroke between them.
PERIOD = 21

When: TypeAlias = Mapping[str, tuple[str, ...]]


class Kind(StrEnum):
    """What an answer may be."""

    TEXT = "text"
    LINE = "line"
    CHOICE = "choice"
    CHOICES = "choices"
    PERIOD = "period"


class Flag(StrEnum):
    """What staff must know before they read on, because of an answer."""

    DANGER = "danger"
    SOURCE_RISK = "source_risk"
    PROTECT = "protect"


class Concern(StrEnum):
    """What an answer tells of: the facts, or who reports them, whom it could reveal."""

    FACTS = "facts"
    REPORTER = "reporter"


_REVEALING = {Flag.SOURCE_RISK, Flag.PROTECT}
_TYPED = {Kind.TEXT, Kind.LINE}
_CHOSEN = {Kind.CHOICE, Kind.CHOICES}
_CHECKS = ("container",)


class Outside(StrEnum):
    """What an answer asks of the choice of readers: others than the first alone, or others before it."""

    ONLY = "only"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to a choice; ``notice`` is shown once it is chosen, ``outside`` asks for other readers."""

    id: str
    label: Texts
    notice: Texts | None = None
    flag: Flag | None = None
    outside: Outside | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A question. It is asked if ``when`` holds: each question named there has one of those answers.

    ``most`` is in characters, 0 for choices. One answer that is ``enough`` makes a report.
    """

    id: str
    kind: Kind
    concerns: Concern
    label: Texts
    hint: Texts | None = None
    warning: Texts | None = None
    when: When | None = None
    most: int = 0
    options: tuple[Option, ...] = ()
    enough: bool = False
    flag: Flag | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together, under a title if there is one; a ``folded`` one opens on request."""

    fields: tuple[Field, ...]
    title: Texts | None = None
    text: Texts | None = None
    when: When | None = None
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All questions in the order shown; ``raw`` is the file, ``skip`` the words for "no answer"."""

    id: str
    version: int
    raw: bytes
    sections: tuple[Section, ...]
    skip: Texts | None = None

    @property
    def hash(self) -> bytes:
        """H of the file (32 bytes)."""
        return hashlib.sha256(self.raw).digest()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All questions, whatever their section."""
        return tuple(field for section in self.sections for field in section.fields)

    @property
    def reference(self) -> Reference:
        """What the keyring says of it."""
        return Reference(self.id, self.version, self.hash)

    def options(self, question: str) -> tuple[Option, ...]:
        """Return what there is to choose from for the question of this id, nothing for an unknown one."""
        return next((field.options for field in self.fields if field.id == question), ())

    def flagged(self, flag: Flag) -> tuple[str, ...]:
        """Return the ids of the questions that bear a flag themselves."""
        return tuple(field.id for field in self.fields if field.flag is flag)

    def element_ids(self, field: Field) -> list[str]:
        """Return the ids of the elements of the page that ask a question, and say what stands beside it."""
        ends = [option.id for option in field.options]
        ends += ["-skip"] if field.options and self.skip else []
        ends += ["first", "last"] if field.kind is Kind.PERIOD else []
        ends += [end for end, said in (("hint", field.hint), ("warning", field.warning)) if said]
        written = [field.id] if field.kind in _TYPED else []
        return written + [f"{field.id}-{end}" for end in ends]


_MOST = 200_000
_FLAG = {"flag": one_of(tuple(Flag))}
_WHEN = {"when": map_of(list_of(TEXT, **expected("answer-ids")))}
_OPTION = table(
    {"id": IDENTIFIER, "label": texts()}, {"notice": texts(), "outside": one_of(tuple(Outside)), **_FLAG}
)
# What a field has besides depends on its type.
_FIELD = table(
    {
        "id": IDENTIFIER,
        "type": one_of(tuple(Kind)),
        "concerns": one_of(tuple(Concern)),
        "label": texts(),
    },
    {
        "hint": texts(),
        "warning": texts(),
        "enough": YES_OR_NO,
        "most": number(1, _MOST),
        "check": one_of(_CHECKS),
        "option": list_of(_OPTION),
        **_WHEN,
        **_FLAG,
    },
)
_NEEDED = {kind: "most" if kind in _TYPED else "option" for kind in _TYPED | _CHOSEN}
_OF_TYPED = ("most", "check")
_OF_CHOSEN = ("option",)
_SECTION = table(
    {"field": list_of(_FIELD)}, {"title": texts(), "text": texts(), "folded": YES_OR_NO, **_WHEN}
)
_FILE = Schema(
    "questionnaire",
    table({"id": IDENTIFIER, "version": number(1, _MOST), "section": list_of(_SECTION)}, {"skip": texts()}),
)


# Each case is shown by the questionnaire that it answers: few in all, and each takes 6 ms to read.
@lru_cache(maxsize=8)
def parse(raw: bytes) -> Questionnaire:
    """Return the questionnaire of a TOML file; BadDocument names the first mistake and its remedy."""
    read = _FILE.read(raw)
    _check_kinds(read)
    document = read.value
    found = Questionnaire(
        document["id"],
        document["version"],
        raw,
        tuple(_section(each, f"section {n}") for n, each in enumerate(document["section"], 1)),
        _texts(document, "skip"),
    )
    _check(found)
    return found


def _section(section: Node, place: str) -> Section:
    title, folded = _texts(section, "title"), section.get("folded", False)
    if folded and title is None:
        raise BadDocument(f"{place}: a folded section needs a 'title' to open it by")
    fields = tuple(map(_field, section["field"]))
    return Section(fields, title, _texts(section, "text"), _when(section), folded)


def _field(field: Node) -> Field:
    kind = Kind(field["type"])
    options = tuple(map(_option, field.get("option", ())))
    _distinct(f"option of field {field['id']!r}", [option.id for option in options])
    return Field(
        field["id"],
        kind,
        Concern(field["concerns"]),
        Texts(**field["label"]),
        _texts(field, "hint"),
        _texts(field, "warning"),
        _when(field),
        PERIOD if kind is Kind.PERIOD else field.get("most", 0),
        options,
        field.get("enough", False),
        _flag(field),
        field.get("check"),
    )


def _check_kinds(document: Document) -> None:
    for n, section in enumerate(document.value["section"]):
        for m, field in enumerate(section["field"]):
            _check_kind(document, field, ("section", n, "field", m))


def _check_kind(document: Document, field: Node, path: Path) -> None:
    kind = Kind(field["type"])
    needed = _NEEDED.get(kind)
    if needed and needed not in field:
        raise document.mismatch((*path, needed), Fault.MISSING)
    for others, names in ((_TYPED, _OF_TYPED), (_CHOSEN, _OF_CHOSEN)):
        for name in names:
            if kind not in others and name in field:
                raise document.mismatch((*path, name), Fault.UNKNOWN)


def _option(option: Node) -> Option:
    return Option(
        option["id"],
        Texts(**option["label"]),
        _texts(option, "notice"),
        _flag(option),
        Outside(option["outside"]) if "outside" in option else None,
    )


def _texts(node: Node, name: str) -> Texts | None:
    return Texts(**node[name]) if name in node else None


def _when(node: Node) -> When | None:
    when = node.get("when")
    return None if when is None else {question: tuple(answers) for question, answers in when.items()}


def _flag(node: Node) -> Flag | None:
    return Flag(node["flag"]) if "flag" in node else None


def _check(found: Questionnaire) -> None:
    _distinct("field", [field.id for field in found.fields])
    if sum(field.most for field in found.fields) > MOST_IN_ALL:
        raise BadDocument(f"questionnaire: 'most' of all fields together is at most {MOST_IN_ALL}")
    if not any(field.enough for field in found.fields):
        raise BadDocument("questionnaire: no field is 'enough': without a file nobody could report")
    _check_concerns(found.fields)
    _check_ids(found)
    _check_outside([field for field in found.fields if any(option.outside for option in field.options)])
    before: dict[str, Field] = {}
    for place, section in enumerate(found.sections, 1):
        _check_when(f"section {place}", section.when, before)
        for field in section.fields:
            _check_when(f"field {field.id!r}", field.when, before)
            before[field.id] = field


def _check_concerns(fields: Iterable[Field]) -> None:
    for field in fields:
        flags = {field.flag, *(option.flag for option in field.options)}
        if field.concerns is Concern.FACTS and flags & _REVEALING:
            raise BadDocument(
                f"field {field.id!r}: what bears 'source_risk' or 'protect' concerns the reporter"
            )


def _check_ids(found: Questionnaire) -> None:
    taken = set(OF_THE_PAGE)
    for field in found.fields:
        for each in found.element_ids(field):
            if each in taken:
                raise BadDocument(
                    f"field {field.id!r}: the page uses the id {each!r} already, choose another"
                )
            taken.add(each)


def _check_outside(deciding: list[Field]) -> None:
    # Of two such answers the later would undo the earlier, and who is concerned would read the report.
    if len(deciding) > 1:
        raise BadDocument(f"field {deciding[1].id!r}: 'outside' is for one question alone")
    if deciding and deciding[0].kind is not Kind.CHOICE:
        raise BadDocument(f"field {deciding[0].id!r}: 'outside' is for options of a 'choice'")


def _check_when(place: str, when: When | None, before: Mapping[str, Field]) -> None:
    for question, answers in (when or {}).items():
        if question not in before or not before[question].options:
            raise BadDocument(f"{place}: 'when' names {question!r}, which is no choice further up")
        known = {option.id for option in before[question].options}
        for stray in sorted(set(answers) - known):
            raise BadDocument(f"{place}: 'when' names {stray!r}, which is no option of {question!r}")


def _distinct(what: str, ids: list[str]) -> None:
    repeated = next((each for each, times in Counter(ids).items() if times > 1), None)
    if repeated is not None:
        raise BadDocument(f"{what}: id {repeated!r} is used twice")
