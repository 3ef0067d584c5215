"""The questions for a report, read from questionnaire.toml; portal and inbox share the file (SPEC 5.5)."""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
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
    text,
    texts,
)

__all__ = ["BadDocument", "Texts", "parse"]

# The largest number of characters in all answers together. JSON takes up to six bytes for each character, so
# the answers fit into a message (SPEC 4.1).
MOST_IN_ALL = 160_000
# The number of characters in two dates separated by a slash.
PERIOD = 21

When: TypeAlias = Mapping[str, tuple[str, ...]]
# The path of a mistake in the file, and its description.
Mistake: TypeAlias = tuple[Path, str]


class Kind(StrEnum):
    """The kinds of answers."""

    TEXT = "text"
    LINE = "line"
    CHOICE = "choice"
    CHOICES = "choices"
    PERIOD = "period"


class Flag(StrEnum):
    """A warning that an answer raises, which officers must see before they read on."""

    DANGER = "danger"
    SOURCE_RISK = "source_risk"
    PROTECT = "protect"


class Concern(StrEnum):
    """The subject of an answer: the facts, or the reporter, whom the answer could reveal."""

    FACTS = "facts"
    REPORTER = "reporter"


_REVEALING = {Flag.SOURCE_RISK, Flag.PROTECT}
_TYPED = {Kind.TEXT, Kind.LINE}
_CHOSEN = {Kind.CHOICE, Kind.CHOICES}
_CHECKS = ("container",)
# The longest answer that still counts as short, in characters.
_LONG = 4_000


class Outside(StrEnum):
    """How an answer changes the choice of readers.

    ``ONLY``: all channels are offered except the first. ``FIRST``: the others are offered before the first.
    """

    ONLY = "only"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that people can choose.

    ``notice`` is shown once the option is chosen; ``outside`` changes the choice of readers. ``group`` is a
    heading. Under this heading, a page folds this option and the options after it, up to the next option with
    a group.
    """

    id: str
    label: Texts
    notice: Texts | None
    flag: Flag | None
    outside: Outside | None
    group: Texts | None


@dataclass(frozen=True, slots=True)
class Field:
    """A question.

    Pages ask the question only if each question in ``when`` has one of the answers listed there. ``most`` is
    in characters; it is 0 for choices. A report with an answer to an ``enough`` question can be
    sent. ``warning`` says how an answer could reveal the reporter. If no answer could reveal the reporter,
    ``safe`` says why; only people who edit the file see this text. ``paper`` tells whether the paper form has
    the question.
    """

    id: str
    kind: Kind
    concerns: Concern
    label: Texts
    hint: Texts | None
    warning: Texts | None
    when: When | None
    most: int
    options: tuple[Option, ...]
    enough: bool
    flag: Flag | None
    check: str | None
    safe: str
    paper: bool

    @property
    def is_long(self) -> bool:
        """Whether the answer can be a whole story, so that pages and the paper form give it more room."""
        return self.most > _LONG

    @property
    def groups(self) -> tuple[tuple[Texts | None, tuple[Option, ...]], ...]:
        """The options in order, under their headings; options before the first heading have no heading."""
        runs: list[tuple[Texts | None, list[Option]]] = []
        for option in self.options:
            if option.group or not runs:
                runs.append((option.group, []))
            runs[-1][1].append(option)
        return tuple((heading, tuple(options)) for heading, options in runs)


# The questions, keyed by their paths in the file.
Places: TypeAlias = Mapping[tuple[str | int, ...], Field]


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together, under an optional title.

    A page shows each section as a separate step, but shows all ``folded`` sections together, because they are
    optional.
    """

    fields: tuple[Field, ...]
    title: Texts | None
    text: Texts | None
    when: When | None
    folded: bool


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All questions in the order shown. ``raw`` has the bytes of the file."""

    id: str
    version: int
    raw: bytes
    sections: tuple[Section, ...]
    # The questions of all sections, collected once, because each report asks for them several times.
    fields: tuple[Field, ...] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fields = tuple(field for section in self.sections for field in section.fields)
        object.__setattr__(self, "fields", fields)

    @property
    def hash(self) -> bytes:
        """SHA-256 of the file (32 bytes)."""
        return hashlib.sha256(self.raw).digest()

    @property
    def reference(self) -> Reference:
        """The reference to this questionnaire in a keyring."""
        return Reference(self.id, self.version, self.hash)

    def options(self, question: str) -> tuple[Option, ...]:
        """Return the options of the question with this id, or an empty tuple if the id is unknown."""
        return next((field.options for field in self.fields if field.id == question), ())

    def flagged(self, flag: Flag) -> tuple[str, ...]:
        """Return the ids of the questions that carry this flag themselves, not through an option."""
        return tuple(field.id for field in self.fields if field.flag is flag)

    @staticmethod
    def element_ids(field: Field) -> list[str]:
        """Return the ids of the page's elements for a question and for its hint and warning."""
        ends = [option.id for option in field.options]
        ends += ["first", "last"] if field.kind is Kind.PERIOD else []
        ends += [end for end, said in (("hint", field.hint), ("warning", field.warning)) if said]
        written = [field.id] if field.kind in _TYPED else []
        return written + [f"{field.id}-{end}" for end in ends]


_MOST = 200_000
_FLAG = {"flag": one_of(tuple(Flag))}
_WHEN = {"when": map_of(list_of(TEXT, **expected("answer-ids")))}
_OPTION = table(
    {"id": IDENTIFIER, "label": texts()},
    {"notice": texts(), "group": texts(), "outside": one_of(tuple(Outside)), **_FLAG},
)
# A field's type determines which of the optional members it may have.
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
        "safe": text(),
        "enough": YES_OR_NO,
        "paper": YES_OR_NO,
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
    table({"id": IDENTIFIER, "version": number(1, _MOST), "section": list_of(_SECTION)}),
)


# Each case is shown with the questionnaire that it answers. There are few questionnaires, and reading one
# takes 6 ms.
@lru_cache
def parse(raw: bytes) -> Questionnaire:
    """Return the questionnaire in a TOML file. Raise BadDocument, which names the first mistake."""
    document = _FILE.read(raw)
    _check_kinds(document)
    said = document.value
    found = Questionnaire(said["id"], said["version"], raw, tuple(map(_section, said["section"])))
    _check(document, found)
    return found


def _section(section: Node) -> Section:
    return Section(
        tuple(map(_field, section["field"])),
        _texts(section, "title"),
        _texts(section, "text"),
        _when(section),
        section.get("folded", False),
    )


def _field(field: Node) -> Field:
    kind = Kind(field["type"])
    options = tuple(map(_option, field.get("option", ())))
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
        field.get("safe", ""),
        field.get("paper", True),
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
        _texts(option, "group"),
    )


def _texts(node: Node, name: str) -> Texts | None:
    return Texts(**node[name]) if name in node else None


def _when(node: Node) -> When | None:
    when = node.get("when")
    return None if when is None else {question: tuple(answers) for question, answers in when.items()}


def _flag(node: Node) -> Flag | None:
    return Flag(node["flag"]) if "flag" in node else None


def _check(document: Document, found: Questionnaire) -> None:
    places: Places = {
        ("section", n, "field", m): field
        for n, section in enumerate(found.sections)
        for m, field in enumerate(section.fields)
    }
    of_fields = (_distinct(places), _concerns(places), _risk(places), _ids(found, places), _outside(places))
    for mistakes in (_folded(found), *of_fields, _order(found), _never_asked(found)):
        for path, said in mistakes:
            raise document.refused(path, said)
    if sum(field.most for field in found.fields) > MOST_IN_ALL:
        raise BadDocument(f"questionnaire: the sum of 'most' over all fields is more than {MOST_IN_ALL}")
    if not any(field.enough for field in found.fields):
        raise BadDocument("questionnaire: one field must be 'enough', or nobody could report without a file")


def _folded(found: Questionnaire) -> Iterator[Mistake]:
    for n, section in enumerate(found.sections):
        if section.folded and section.title is None:
            yield ("section", n, "folded"), f"section {n + 1}: a folded section needs a 'title' to open it by"
        if section.when and not section.folded:
            yield ("section", n, "when"), f"section {n + 1}: with a 'when' it must be 'folded'"


def _distinct(places: Places) -> Iterator[Mistake]:
    """Yield a mistake for each id that is shared by two fields, or by two options of one field."""
    fields: set[str] = set()
    for path, field in places.items():
        options: set[str] = set()
        for n, option in enumerate(field.options):
            if option.id in options:
                yield (*path, "option", n), f"option of field {field.id!r}: id {option.id!r} is used twice"
            options.add(option.id)
        if field.id in fields:
            yield (*path, "id"), f"field: id {field.id!r} is used twice"
        fields.add(field.id)


def _concerns(places: Places) -> Iterator[Mistake]:
    for path, field in places.items():
        flags = {field.flag, *(option.flag for option in field.options)}
        if field.concerns is Concern.FACTS and flags & _REVEALING:
            said = f"field {field.id!r}: flag 'source_risk' or 'protect': it must concern the reporter"
            yield (*path, "concerns"), said


def _risk(places: Places) -> Iterator[Mistake]:
    """Yield a mistake for each question that does not say whether answers could reveal the reporter."""
    for path, field in places.items():
        place = f"field {field.id!r}"
        if not (field.warning or field.safe):
            said = f"{place}: add a 'warning' (how it could reveal the reporter) or 'safe' (why it cannot)"
            yield path, said
        if field.warning and field.safe:
            yield (*path, "safe"), f"{place}: it has a 'warning', so it cannot be 'safe'"
        if field.safe and field.flag in _REVEALING:
            yield (*path, "safe"), f"{place}: with the flag {field.flag.value!r} it cannot be 'safe'"
        for n, option in enumerate(field.options):
            if field.safe and option.flag in _REVEALING and not option.notice:
                said = f"{place}: its option {option.id!r} has the flag {option.flag.value!r}: add a 'notice'"
                yield (*path, "option", n), said


def _ids(found: Questionnaire, places: Places) -> Iterator[Mistake]:
    taken = set(OF_THE_PAGE)
    for path, field in places.items():
        for each in found.element_ids(field):
            if each in taken:
                yield path, f"field {field.id!r}: the page already uses the id {each!r}; choose another"
            taken.add(each)


def _outside(places: Places) -> Iterator[Mistake]:
    deciding = [each for each in places.items() if any(option.outside for option in each[1].options)]
    # With two such questions, the later answer would override the earlier, and the report could reach a
    # person whom it is about.
    for path, field in deciding[1:]:
        yield path, f"field {field.id!r}: only one question may use 'outside'"
    for path, field in deciding:
        if field.kind is not Kind.CHOICE:
            yield path, f"field {field.id!r}: 'outside' is allowed only for options of a 'choice'"


def _order(found: Questionnaire) -> Iterator[Mistake]:
    """Yield a mistake if a condition of a section or field does not name an earlier question."""
    before: dict[str, Field] = {}
    for n, section in enumerate(found.sections):
        yield from _depends(("section", n), f"section {n + 1}", section.when, before)
        for m, field in enumerate(section.fields):
            yield from _depends(("section", n, "field", m), f"field {field.id!r}", field.when, before)
            before[field.id] = field


def _never_asked(found: Questionnaire) -> Iterator[Mistake]:
    """Yield a mistake for each field whose conditions exclude each other. The conditions must be in order.

    The conditions of a field include the conditions of its section. They also include the conditions of each
    question that they name. Conditions about a question with several ``choices`` never exclude each other,
    because one report can give all these answers.
    """
    single = {field.id for field in found.fields if field.kind is Kind.CHOICE}
    needed: dict[str, dict[str, set[str]]] = {}
    for n, section in enumerate(found.sections):
        for m, field in enumerate(section.fields):
            own = needed[field.id] = {}
            named = {*(section.when or {}), *(field.when or {})}
            for when in (section.when or {}, field.when or {}, *(needed[each] for each in named)):
                for question in single & when.keys():
                    own[question] = {*when[question]} & own.get(question, {*when[question]})
            for question in sorted(each for each, answers in own.items() if not answers):
                said = f"it is never asked: its conditions on {question!r} exclude each other"
                yield ("section", n, "field", m, "when"), f"field {field.id!r}: {said}"


def _depends(path: Path, place: str, when: When | None, before: Mapping[str, Field]) -> Iterator[Mistake]:
    for question, answers in (when or {}).items():
        at = (*path, "when", question)
        if question not in before or not before[question].options:
            yield at, f"{place}: 'when' names {question!r}, which is not an earlier choice"
            return
        known = {option.id for option in before[question].options}
        for stray in sorted(set(answers) - known):
            yield at, f"{place}: 'when' names {stray!r}, which is not an option of {question!r}"
