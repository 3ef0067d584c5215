"""Use JSON Schema to check TOML files that people write; name the first mistake, its line and the remedy.

Schemas use draft 4, because later drafts accept 3.0 as an integer. A schema's ``description`` completes a
sentence such as “'workers' must be a number from 2 to 256”. For translation, ``expected`` describes the
same value by a code and its parameters.
"""

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

import fastjsonschema
from fastjsonschema import JsonSchemaValueException

from crypto.errors import Malformed
from crypto.messages import ID
from crypto.toml_lines import Path, line_of

Node: TypeAlias = Mapping[str, Any]

# A TOML key without quotation marks.
BARE_KEY = "[A-Za-z0-9_-]+"
_DRAFT = "http://json-schema.org/draft-04/schema#"
# The English descriptions of expected values, keyed by code. Every description is listed here.
EXPECTED = {
    "one-of": "one of {known}",
    "number": "a number from {least} to {most}",
    "text": "a text",
    "text-up-to": "a text of 1 to {most} characters",
    "text-not-empty": "a text that is not empty",
    "texts": "a French text (fr) and an English text (en)",
    "text-or-texts": "a text, or a list of texts",
    "table": "a table",
    "table-not-empty": "a table with at least one entry",
    "list": "a list",
    "list-not-empty": "a list with at least one entry",
    "yes-or-no": "true or false",
    "answer-ids": "a list of answer ids",
    "id": "an id of at most 32 characters (a-z, 0-9 and _) that starts with a letter",
    "own-id": "a unique id",
    "span": "a duration such as 7 days, 1 working day, 3 months, 2 years, or same day",
    "rhythm": "a duration such as 1 working day or 3 days",
    "longer": "a duration longer than {limit}",
    "shorter": "a duration of at most {limit}",
    "telephone": "a telephone number: digits and spaces, with or without a + before them",
    "telephones": "a list of one to four telephone numbers without duplicates",
    "country": "the code of a country, such as FR, whose public holidays and telephone numbers"
    " the program knows",
    "weekdays": "a list of one to six weekdays without duplicates",
    "one-default": "a table with exactly one entry that has default = true",
    "one-threat": "a table with exactly one entry that has threat = {role}",
    "one-fill": "a table with exactly one section that has fill = {fill}",
    "one-role": "a table with exactly one entry that has role = {role}",
    "one-clock": "a table with exactly one clock that ends with {event} in the regime {regime}",
    "some-clock": "a table with a clock that ends with {event} in the regime {regime}",
    "other-event": "an event other than {event}",
    "one-of-both": "a table with either {one} or {other}",
    "braces": "a text with matching braces",
    "fields": "a text without {stray!r}; allowed names: {known}",
    "same-fields": "a text whose French (fr) and English (en) versions have the same names in braces",
    "some-referral": "a table with an entry that has referral = true",
    "some-answering": "a table with an entry that has answers_danger = true and is not the measure of a"
    " decision",
    "some-acknowledging": "a table with an entry that has acknowledges = true",
    "some-feedback": "a table with an entry that has answers = true and does not close a case",
    "one-closing": "a table with at most one entry that has closes = true",
    "untold": "an outcome that allows replies other than the reply with closes = true",
    "one-extending": "a table with exactly one entry that has extends = true",
    "some-reply": "true only if a reply in replies.toml has decision = {decision}",
    "settling": "a table with a decision that has effect = settles",
    "recording": "a table with a decision that has measure = {measure}",
    "one-duty": "a code that the duty {duty} does not already use",
    "one-ground": "a code that no other decision uses as a ground",
    "only-with": "changed: {value} is allowed only with {role}",
    "some-received": "a table with an entry that has event = received",
    "counted-once": "a table of events that no other total counts",
    "codes-once": "a list of codes without duplicates; no other group lists these codes",
    "independent": "a code that does not depend on {other}, by which another table divides the same events;"
    " or the table must divide one group of that table",
    "acknowledged": "a list of groups that each contain one of {known}, because another table counts what"
    " follows an acknowledgement",
    "folder": "a folder, not a link",
    "regular-file": "a regular file, not a link, folder, pipe or device",
    "file-up-to": "a file of at most {most} KiB",
}
_TYPES = {"object": "table", "array": "list"}
# For a dotted key, tomllib stores every prefix, so memory grows with the square of the number of parts.
_MOST_PARTS = 16
# Comments and strings, in which dots have no meaning. An unclosed string ends with its line or with the file.
_QUOTED = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?(?:"{3}|\\?\Z)|'{3}.*?(?:'{3}|\Z)|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|#[^\n]*""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Expected:
    """The description of an expected value, in English. ``code`` is a key of EXPECTED, or empty."""

    text: str
    code: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def belongs(code: str, **values: object) -> Expected:
    """Return the description of an expected value with this code."""
    return Expected(EXPECTED[code].format(**values), code, values)


def expected(code: str, **values: object) -> Node:
    """Return a schema's members that describe the expected value."""
    return {"description": belongs(code, **values).text, "expected": {"code": code, "values": values}}


class Fault(StrEnum):
    """The kind of a mistake."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    WRONG = "wrong"
    NOT_TOML = "not-toml"


class BadDocument(Malformed):
    """A TOML file has a mistake. The message names the place and the expected value.

    ``line`` is the line of the mistake, or, for a missing key, the line of its table. ``line`` is None if the
    mistake concerns the entire file or if the line is unknown.
    """

    line: int | None = None

    @property
    def said(self) -> str:
        """The message of the mistake, without the line number."""
        return super().__str__()

    def __str__(self) -> str:
        return self.said if self.line is None else f"line {self.line}: {self.said}"


class Mismatch(BadDocument):
    """The value of ``key`` in ``place`` does not match the schema of its file.

    A key in a nested table is dotted. ``expected`` describes the expected value. If the file is not TOML,
    ``expected`` is the parser's message, which names the line.
    """

    def __init__(self, place: str, fault: Fault, key: str = "", expected: Expected | None = None) -> None:
        self.place, self.fault, self.key = place, fault, key
        self.expected = expected or Expected("")
        said = {
            Fault.MISSING: f"{place}: {key!r} is missing",
            Fault.UNKNOWN: f"{place}: {key!r} is not known here",
            Fault.WRONG: f"{place}: {key!r} must be {self.expected.text}"
            if key
            else f"{place} must be {self.expected.text}",
            Fault.NOT_TOML: f"{place} is not TOML: {self.expected.text}",
        }
        super().__init__(said[fault])


@dataclass(frozen=True, slots=True)
class Document:
    """A file that matches the schema of its kind: its text and its parsed value."""

    kind: str
    text: str
    value: Mapping[str, Any]

    def mismatch(self, path: Path, fault: Fault, expected: Expected | None = None) -> Mismatch:
        """Return a mistake at ``path``. Every key of the path except the last must exist."""
        table = path[:-1] if fault is Fault.MISSING else path
        entries, names = _place(self.value, table)
        key = ".".join([*names, str(path[-1])] if fault is Fault.MISSING else names)
        found = Mismatch(", ".join((self.kind, *entries)), fault, key, expected)
        found.line = line_of(self.text, table)
        return found

    def refused(self, path: Path, said: str) -> BadDocument:
        """Return a mistake that the schema cannot detect, with the line of ``path``."""
        found = BadDocument(said)
        found.line = line_of(self.text, path)
        return found


class Schema:
    """The schema of one kind of file. In each message, the place of the mistake begins with ``kind``."""

    def __init__(
        self, kind: str, root: Node, formats: Mapping[str, Callable[[str], bool]] | None = None
    ) -> None:
        self._kind = kind
        self._root = {"$schema": _DRAFT, "definitions": {"texts": _both(text())}, **root}
        self._formats = dict(formats or {})

    def parse(self, raw: bytes) -> dict[str, Any]:
        """Return the parsed value of a file. Raise Mismatch for the first mistake in the file."""
        return dict(self.read(raw).value)

    def read(self, raw: bytes) -> Document:
        """Return a file's text and its parsed value. Raise Mismatch for the first mistake in the file."""
        try:
            text = raw.decode("utf-8")
            _check_keys(text)
            found = Document(self._kind, text, tomllib.loads(text, parse_float=_finite))
        except (ValueError, RecursionError) as error:
            raise Mismatch(self._kind, Fault.NOT_TOML, expected=Expected(str(error))) from error
        try:
            self._check(found.value)
        except JsonSchemaValueException:
            raise self._mistake(found) from None
        return found

    def _mistake(self, found: Document) -> Mismatch:
        """Return the first mistake in a file that does not match the schema."""
        try:
            self._compiled(with_details=True)(found.value)
        except JsonSchemaValueException as error:
            return _mistake(found, error)
        raise AssertionError("the validation with details found no mistake, but the fast validation did")

    @cached_property
    def _check(self) -> Callable[[Any], Any]:
        # Validation that collects details for messages takes three times as long, and few files need it.
        return self._compiled(with_details=False)

    def _compiled(self, *, with_details: bool) -> Callable[[Any], Any]:
        validate: Callable[[Any], Any] = fastjsonschema.compile(
            self._root, formats=self._formats, use_default=False, detailed_exceptions=with_details
        )
        return validate


def _check_keys(text: str) -> None:
    """Raise ValueError if a key has more than 16 parts. No other TOML syntax contains so many dots."""
    pieces = re.split(r"[\n,]", _QUOTED.sub("x", text))
    if any(piece.count(".") >= _MOST_PARTS for piece in pieces):
        raise ValueError(f"a dotted key has more than {_MOST_PARTS} parts")


def _whole(pattern: str) -> str:
    """Return a pattern that must match the entire text. `$` alone also matches before a final newline."""
    return rf"^(?:{pattern})\Z"


def table(required: Node, optional: Node | None = None, **more: object) -> Node:
    """A table with these members and no others."""
    known = {"type": "object", "properties": {**required, **(optional or {})}, "additionalProperties": False}
    return {**known, **({"required": list(required)} if required else {}), **more}


def map_of(node: Node, pattern: str = ID, **more: object) -> Node:
    """A table with at least one member. All names match ``pattern``, and all values match ``node``."""
    members = {"patternProperties": {_whole(pattern): node}, "additionalProperties": False}
    return {"type": "object", "minProperties": 1, **members, **more}


def list_of(node: Node, least: int = 1, **more: object) -> Node:
    """A list of at least ``least`` items."""
    return {"type": "array", "minItems": least, "items": node, **more}


def one_of(known: Sequence[str]) -> Node:
    """One of the words in ``known``."""
    return {
        "type": "string",
        "enum": [str(each) for each in known],
        **expected("one-of", known=", ".join(known)),
    }


def number(least: int, most: int) -> Node:
    """A whole number from ``least`` to ``most``."""
    return {
        "type": "integer",
        "minimum": least,
        "maximum": most,
        **expected("number", least=least, most=most),
    }


def text(most: int | None = None) -> Node:
    """A text that is not blank."""
    node = {"type": "string", "pattern": r"\S", **expected("text-not-empty")}
    return node if most is None else {**node, "maxLength": most, **expected("text-up-to", most=most)}


def texts(most: int | None = None) -> Node:
    """A text in both languages."""
    return _TEXTS if most is None else _both(text(most))


def _both(node: Node) -> Node:
    return table({"fr": node, "en": node}, **expected("texts"))


# A reference to one definition, so that the library generates its code only once per schema.
_TEXTS: Node = {"$ref": "#/definitions/texts"}
TEXT: Node = {"type": "string", **expected("text")}
YES_OR_NO: Node = {"type": "boolean", **expected("yes-or-no")}
IDENTIFIER: Node = {
    "type": "string",
    "pattern": _whole(ID),
    **expected("id"),
}


def _finite(written: str) -> float | None:
    """Return a number, or None for ``inf`` and ``nan``: schemas refuse None, but bounds would accept nan."""
    value = float(written)
    return value if math.isfinite(value) else None


def _mistake(found: Document, error: JsonSchemaValueException) -> Mismatch:
    node, path = error.definition, _path(found.value, error.path[1:])
    if "description" in node:
        return found.mismatch(path, Fault.WRONG, Expected(node["description"], **node.get("expected", {})))
    if error.rule == "required":
        missing = next(name for name in node["required"] if name not in error.value)
        return found.mismatch((*path, missing), Fault.MISSING)
    if error.rule == "additionalProperties":
        unknown = next(name for name in error.value if not _knows(node, name))
        return found.mismatch((*path, unknown), Fault.UNKNOWN)
    code = _TYPES[node["type"]] + ("-not-empty" if error.rule in {"minItems", "minProperties"} else "")
    return found.mismatch(path, Fault.WRONG, belongs(code))


def _knows(node: Node, name: str) -> bool:
    patterns = node.get("patternProperties", {})
    return name in node.get("properties", {}) or any(re.search(each, name) for each in patterns)


def entry(name: str, number: int, value: object) -> str:
    """Return how messages name a table in a list: by its id or, if it has none, by its number from 1."""
    known = value.get("id") if isinstance(value, dict) else None
    return f"{name} {known!r}" if isinstance(known, str) else f"{name} {number}"


def _path(document: Any, keys: Sequence[str]) -> Path:
    """Return the library's path, with positions in lists converted to numbers."""
    path: list[str | int] = []
    for key in keys:
        path.append(int(key) if isinstance(document, list) else key)
        document = document[path[-1]]
    return path


def _place(document: Any, path: Path) -> tuple[list[str], list[str]]:
    """Return the names of the list entries on a path, and the keys after the last entry."""
    entries: list[str] = []
    names: list[str] = []
    for key in path:
        document = document[key]
        if isinstance(key, int):
            entries.append(entry(".".join(names), key + 1, document))
            names = []
        else:
            names.append(key)
    return entries, names
