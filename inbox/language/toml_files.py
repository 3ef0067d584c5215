"""TOML files that officers give: read by their schema, refused with the first mistake in both languages."""

from typing import Any

from crypto.toml_schema import BadDocument, Fault, Mismatch, Schema
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, recognised, sentence

# What schemas say of what belongs somewhere.
_EXPECTED = tuple(
    each.template
    for each in (
        sentence("one of {known}", known=""),
        sentence("a number from {least} to {most}", least="", most=""),
        sentence("a text"),
        sentence("a text of 1 to {most} characters", most=""),
        sentence("a text that is not empty"),
        sentence("a text in fr and in en"),
        sentence("a text, or a list of texts"),
        sentence("a table"),
        sentence("a table with at least one entry"),
        sentence("a list"),
        sentence("a list with at least one entry"),
        sentence("true or false"),
        sentence("a list of ids of answers"),
        sentence("a-z, 0-9 and _, from a letter, at most 32"),
    )
)


def read(schema: Schema, raw: bytes) -> dict[str, Any]:
    """Return what a file holds; Refused names its first mistake."""
    try:
        return schema.parse(raw)
    except BadDocument as error:
        raise refused(error) from error


def refused(error: BadDocument) -> Refused:
    """Return the refusal of a file with a mistake."""
    return Refused(
        sentence("not taken: {error}", error=_said(error)), sentence("mend the file, then try again")
    )


def _said(error: BadDocument) -> Sentence | str:
    if not isinstance(error, Mismatch):
        return str(error)
    place, key = error.place, error.key
    expected = recognised(error.expected, _EXPECTED)
    match error.fault:
        case Fault.MISSING:
            return sentence("{place}: {key!r} is missing", place=place, key=key)
        case Fault.UNKNOWN:
            return sentence("{place}: {key!r} is not known here", place=place, key=key)
        case Fault.NOT_TOML:
            return sentence("{place} is not TOML: {expected}", place=place, expected=expected)
        case Fault.WRONG if key:
            return sentence("{place}: {key!r} is {expected}", place=place, key=key, expected=expected)
        case Fault.WRONG:
            return sentence("{place} is {expected}", place=place, expected=expected)
