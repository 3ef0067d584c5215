"""Forms for the texts that an office can edit: reply templates, letters and authorities.

The schemas of the law define the valid contents. This module lists the parts of an entry that have a form
field, and writes an entry back into its file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

from inbox.language import toml_edits
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.toml_edits import Value
from templates.catalogues import LANGUAGES
from templates.law import folder
from templates.law.schemas import FILES


class Kind(StrEnum):
    """The kinds of entries; labels are in labels.toml."""

    REPLY = "reply"
    LETTER = "letter"
    AUTHORITY = "authority"


class Shape(Enum):
    """What a part of an entry contains.

    ``LINE`` is a line in each language, ``TEXT`` is a text in each language, and ``WORDS`` is a line without
    a language.
    """

    LINE = auto()
    TEXT = auto()
    WORDS = auto()
    FLAG = auto()
    CODE = auto()
    CODES = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A key of an entry.

    If ``codes`` names a list of labels, the key accepts the codes of that list. An ``optional`` key is
    omitted from the file if its field is empty.
    """

    key: str
    shape: Shape
    codes: str = ""
    optional: bool = False

    @property
    def name(self) -> str:
        """The name of the part in a form, and in labels.toml."""
        return f"entry-{self.key}"

    @property
    def fields(self) -> Mapping[str, str]:
        """The language of each form field of this part, by the name of the field.

        The language is "" for a field without a language.
        """
        if self.shape in {Shape.LINE, Shape.TEXT}:
            return {f"{self.name}-{each}": each for each in LANGUAGES}
        return {self.name: ""}


@dataclass(frozen=True, slots=True)
class Form:
    """The file and the table with the entries of a kind, and the parts of an entry.

    ``fixed`` is true if the rest of the law decides which entries exist. Entries can then be neither added
    nor removed.
    """

    file: str
    parts: Sequence[Part]
    fixed: bool = False


_CONFIRM = Part("confirm", Shape.TEXT, optional=True)
FORMS: Mapping[Kind, Form] = {
    Kind.REPLY: Form(
        "replies.toml",
        (
            Part("title", Shape.LINE),
            Part("text", Shape.TEXT),
            Part("status", Shape.CODES, "status"),
            Part("outcome", Shape.CODE, "outcome", optional=True),
            Part("decision", Shape.CODE, "decision", optional=True),
            Part("closes", Shape.FLAG, optional=True),
            Part("acknowledges", Shape.FLAG, optional=True),
            Part("asks", Shape.FLAG, optional=True),
            Part("extends", Shape.FLAG, optional=True),
            Part("answers", Shape.FLAG, optional=True),
        ),
    ),
    Kind.LETTER: Form(
        "letters.toml",
        (
            Part("name", Shape.LINE),
            Part("law", Shape.LINE),
            Part("text", Shape.TEXT),
            Part("source", Shape.WORDS),
            _CONFIRM,
        ),
        fixed=True,
    ),
    Kind.AUTHORITY: Form(
        "authorities.toml",
        (
            Part("name", Shape.LINE),
            Part("reach", Shape.TEXT),
            Part("address", Shape.TEXT, optional=True),
            Part("kind", Shape.CODE, "authority_kind"),
            Part("referral", Shape.FLAG),
            Part("source", Shape.WORDS),
            _CONFIRM,
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An entry that officers add, change or remove with a form.

    ``values`` are its values by key, or None to remove the entry. ``is_new`` is true for a new entry.
    """

    kind: Kind
    code: str
    values: Mapping[str, Value] | None
    is_new: bool = False


def in_file(kind: Kind, raw: bytes) -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of this kind in a valid file, by code."""
    found: Mapping[str, Mapping[str, Any]] = FILES[FORMS[kind].file].read(raw).value[kind.value]
    return found


def edited(raw: bytes, edit: Edit) -> bytes:
    """Return the file with the entry from the form, not yet validated.

    Raises Refused if the entry to change does not exist, if the entry to add already exists, or if the file
    would get too large.
    """
    known, form = in_file(edit.kind, raw), FORMS[edit.kind]
    if edit.is_new and edit.code in known:
        raise Refused(
            sentence("the short name {code} is taken", code=edit.code), sentence("choose another short name")
        )
    if (edit.code not in known and not edit.is_new) or (form.fixed and (edit.is_new or edit.values is None)):
        raise Refused(
            sentence("there is no text {code}", code=edit.code),
            sentence("another officer may have removed the text: look at the list"),
        )
    if edit.values is None:
        return toml_edits.without(raw, edit.kind.value, edit.code)
    values = {part.key: _kept(part, edit.values.get(part.key)) for part in form.parts}
    made = toml_edits.changed(raw, edit.kind.value, edit.code, values)
    if len(made) > folder.LARGEST:
        raise Refused(
            sentence("these texts together are larger than {most} KiB", most=folder.LARGEST >> 10),
            sentence("shorten them"),
        )
    return made


def _kept(part: Part, value: Value) -> Value:
    """Return a part as the file contains it; None for an optional part without a value."""
    is_empty = not any(value.values()) if isinstance(value, Mapping) else not value
    return None if part.optional and is_empty else value
