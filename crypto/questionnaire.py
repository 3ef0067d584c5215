"""The questions that a report answers, from questionnaire.toml (SPEC 5.1): both rooms read the same file."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crypto.errors import Malformed
from crypto.keyring import Questionnaire as Reference
from crypto.keyring import Texts
from crypto.messages import ID

MOST = 200_000
# A character takes up to six bytes in JSON: answers of this many in all fit into a message (SPEC 4.1).
MOST_IN_ALL = 160_000


class BadQuestionnaire(Malformed):
    """questionnaire.toml has a mistake; the message names the place and what belongs there."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to a choice."""

    id: str
    label: Texts


@dataclass(frozen=True, slots=True)
class Field:
    """A question: a text of at most ``most`` characters, or a choice where ``options`` are given."""

    id: str
    label: Texts
    hint: Texts
    most: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All questions in the order shown; ``hash`` is H of the file."""

    id: str
    version: int
    hash: bytes
    fields: tuple[Field, ...]

    @property
    def reference(self) -> Reference:
        """What the keyring says of it."""
        return Reference(self.id, self.version, self.hash)


def parse(raw: bytes) -> Questionnaire:
    """Return the questionnaire of a TOML file; BadQuestionnaire names the first mistake."""
    try:
        document = tomllib.loads(raw.decode("utf-8"))
    except ValueError as error:
        raise BadQuestionnaire(f"questionnaire is not TOML: {error}") from error
    top = _Table("questionnaire", document, {"id", "version", "field"})
    fields = tuple(_field(table) for table in top.tables("field"))
    _distinct("field", [field.id for field in fields])
    if sum(field.most for field in fields) > MOST_IN_ALL:
        raise BadQuestionnaire(f"questionnaire: 'most' of all fields together is at most {MOST_IN_ALL}")
    return Questionnaire(top.id(), top.number("version"), hashlib.sha256(raw).digest(), fields)


def _field(table: Mapping[str, Any]) -> Field:
    is_choice = table.get("type") == "choice"
    own = {"option"} if is_choice else {"most"}
    field = _Table(f"field {table.get('id')!r}", table, {"id", "type", "label", "hint"} | own)
    if table.get("type") not in {"text", "choice"}:
        raise BadQuestionnaire(f'{field.place}: type is "text" or "choice"')
    options = tuple(_option(field.place, each) for each in field.tables("option")) if is_choice else ()
    _distinct(f"option of {field.place}", [option.id for option in options])
    most = 0 if is_choice else field.number("most")
    return Field(field.id(), field.texts("label"), field.texts("hint"), most, options)


def _option(place: str, table: Mapping[str, Any]) -> Option:
    option = _Table(f"{place}, option {table.get('id')!r}", table, {"id", "label"})
    return Option(option.id(), option.texts("label"))


def _distinct(what: str, ids: list[str]) -> None:
    repeated = next((each for each in ids if ids.count(each) > 1), None)
    if repeated is not None:
        raise BadQuestionnaire(f"{what}: id {repeated!r} is used twice")


class _Table:
    """A TOML table with the place to name in errors."""

    def __init__(self, place: str, table: Mapping[str, Any], members: set[str]) -> None:
        self.place = place
        self._table = table
        for stray in sorted(set(table) ^ members):
            verb = "is not known" if stray in table else "is missing"
            raise BadQuestionnaire(f"{place}: {stray!r} {verb}")

    def id(self) -> str:
        value = self._table["id"]
        if not isinstance(value, str) or not re.fullmatch(ID, value):
            raise BadQuestionnaire(f"{self.place}: id is a-z, 0-9 and _, from a letter, at most 32")
        return value

    def number(self, name: str) -> int:
        value = self._table[name]
        if type(value) is not int or not 1 <= value <= MOST:
            raise BadQuestionnaire(f"{self.place}: {name!r} is a number from 1 to {MOST}")
        return value

    def texts(self, name: str) -> Texts:
        value = self._table[name]
        if not isinstance(value, dict) or set(value) != {"fr", "en"}:
            raise BadQuestionnaire(f"{self.place}: {name!r} needs a text in fr and in en")
        if not all(isinstance(text, str) and text.strip() for text in value.values()):
            raise BadQuestionnaire(f"{self.place}: {name!r} has an empty text")
        return Texts(**value)

    def tables(self, name: str) -> list[Mapping[str, Any]]:
        value = self._table[name]
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            raise BadQuestionnaire(f"{self.place}: {name!r} needs at least one entry")
        return value
