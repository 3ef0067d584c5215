"""The questions that a report answers, from questionnaire.toml (SPEC 5.5): both rooms read the same file."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from crypto.keyring import Questionnaire as Reference
from crypto.keyring import Texts
from crypto.questionnaire_ids import OF_THE_PAGE
from crypto.questionnaire_table import BadQuestionnaire, Table

__all__ = ["BadQuestionnaire", "Texts", "parse"]

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
    """All questions in the order shown; ``hash`` is H of the file, ``skip`` the words for "no answer"."""

    id: str
    version: int
    hash: bytes
    sections: tuple[Section, ...]
    skip: Texts | None = None

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


def parse(raw: bytes) -> Questionnaire:
    """Return the questionnaire of a TOML file; BadQuestionnaire names the first mistake and its remedy."""
    try:
        document = tomllib.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadQuestionnaire(f"questionnaire is not TOML: {error}") from error
    top = Table("questionnaire", document, {"id", "version", "section"}, {"skip"})
    found = Questionnaire(
        top.id(),
        top.number("version"),
        hashlib.sha256(raw).digest(),
        tuple(_section(table, number) for number, table in enumerate(top.tables("section"), 1)),
        top.optional_texts("skip"),
    )
    _check(found)
    return found


def _section(table: Mapping[str, object], number: int) -> Section:
    section = Table(f"section {number}", table, {"field"}, {"title", "text", "when", "folded"})
    folded = section.flag("folded")
    title = section.optional_texts("title")
    if folded and title is None:
        raise BadQuestionnaire(f"{section.place}: a folded section needs a 'title' to open it by")
    return Section(_fields(section), title, section.optional_texts("text"), section.choices("when"), folded)


def _fields(parent: Table) -> tuple[Field, ...]:
    return tuple(
        _field(table, f"{parent.place}, field {number}")
        for number, table in enumerate(parent.tables("field"), 1)
    )


def _field(table: Mapping[str, object], unnamed: str) -> Field:
    place = f"field {table['id']!r}" if "id" in table else unnamed
    kind = next((each for each in Kind if each == table.get("type")), None)
    if kind is None:
        raise BadQuestionnaire(f"{place}: 'type' is one of {', '.join(Kind)}")
    required, optional = {"id", "type", "concerns", "label"}, {"hint", "warning", "when", "enough", "flag"}
    if kind in _TYPED:
        required, optional = required | {"most"}, optional | {"check"}
    if kind in _CHOSEN:
        required |= {"option"}
    field = Table(place, table, required, optional)
    tables = field.tables("option") if kind in _CHOSEN else []
    options = tuple(_option(place, number, table) for number, table in enumerate(tables, 1))
    _distinct(f"option of {place}", [option.id for option in options])
    return Field(
        field.id(),
        kind,
        _concern(field),
        field.texts("label"),
        field.optional_texts("hint"),
        field.optional_texts("warning"),
        field.choices("when"),
        _most(field, kind),
        options,
        field.flag("enough"),
        _flag(field),
        field.one_of("check", _CHECKS),
    )


def _concern(field: Table) -> Concern:
    named = field.one_of("concerns", tuple(Concern))
    if named is None:
        raise BadQuestionnaire(f"{field.place}: 'concerns' is one of {', '.join(Concern)}")
    return Concern(named)


def _most(field: Table, kind: Kind) -> int:
    if kind in _TYPED:
        return field.number("most")
    return PERIOD if kind is Kind.PERIOD else 0


def _option(field: str, number: int, table: Mapping[str, object]) -> Option:
    named = repr(table["id"]) if "id" in table else number
    option = Table(f"{field}, option {named}", table, {"id", "label"}, {"notice", "flag", "outside"})
    return Option(
        option.id(),
        option.texts("label"),
        option.optional_texts("notice"),
        _flag(option),
        _outside(option),
    )


def _outside(option: Table) -> Outside | None:
    asked = option.one_of("outside", tuple(Outside))
    return Outside(asked) if asked else None


def _flag(table: Table) -> Flag | None:
    named = table.one_of("flag", tuple(Flag))
    return Flag(named) if named else None


def _check(found: Questionnaire) -> None:
    _distinct("field", [field.id for field in found.fields])
    if sum(field.most for field in found.fields) > MOST_IN_ALL:
        raise BadQuestionnaire(f"questionnaire: 'most' of all fields together is at most {MOST_IN_ALL}")
    if not any(field.enough for field in found.fields):
        raise BadQuestionnaire("questionnaire: no field is 'enough': without a file nobody could report")
    _check_concerns(found.fields)
    _check_ids(found)
    _check_outside([field for field in found.fields if any(option.outside for option in field.options)])
    before: dict[str, Field] = {}
    for number, section in enumerate(found.sections, 1):
        _check_when(f"section {number}", section.when, before)
        for field in section.fields:
            _check_when(f"field {field.id!r}", field.when, before)
            before[field.id] = field


def _check_concerns(fields: Iterable[Field]) -> None:
    for field in fields:
        flags = {field.flag, *(option.flag for option in field.options)}
        if field.concerns is Concern.FACTS and flags & _REVEALING:
            raise BadQuestionnaire(
                f"field {field.id!r}: what bears 'source_risk' or 'protect' concerns the reporter"
            )


def _check_ids(found: Questionnaire) -> None:
    taken = set(OF_THE_PAGE)
    for field in found.fields:
        for each in found.element_ids(field):
            if each in taken:
                raise BadQuestionnaire(
                    f"field {field.id!r}: the page uses the id {each!r} already, choose another"
                )
            taken.add(each)


def _check_outside(deciding: list[Field]) -> None:
    # Of two such answers the later would undo the earlier, and who is concerned would read the report.
    if len(deciding) > 1:
        raise BadQuestionnaire(f"field {deciding[1].id!r}: 'outside' is for one question alone")
    if deciding and deciding[0].kind is not Kind.CHOICE:
        raise BadQuestionnaire(f"field {deciding[0].id!r}: 'outside' is for options of a 'choice'")


def _check_when(place: str, when: When | None, before: Mapping[str, Field]) -> None:
    for question, answers in (when or {}).items():
        if question not in before or not before[question].options:
            raise BadQuestionnaire(f"{place}: 'when' names {question!r}, which is no choice further up")
        known = {option.id for option in before[question].options}
        for stray in sorted(set(answers) - known):
            raise BadQuestionnaire(f"{place}: 'when' names {stray!r}, which is no option of {question!r}")


def _distinct(what: str, ids: list[str]) -> None:
    repeated = next((each for each in ids if ids.count(each) > 1), None)
    if repeated is not None:
        raise BadQuestionnaire(f"{what}: id {repeated!r} is used twice")
