"""Read TOML files from officers by their schema, and report the first mistake in both languages."""

from typing import Any

from crypto.toml_schema import BadDocument, Document, Fault, Mismatch, Schema
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence

# The expected values, by the codes that schemas use.
_EXPECTED = {
    "one-of": sentence("one of {known}", known=""),
    "number": sentence("a number from {least} to {most}", least="", most=""),
    "text": sentence("a text"),
    "text-up-to": sentence("a text of 1 to {most} characters", most=""),
    "text-not-empty": sentence("a text that is not empty"),
    "texts": sentence("a French text (fr) and an English text (en)"),
    "text-or-texts": sentence("a text, or a list of texts"),
    "table": sentence("a table"),
    "table-not-empty": sentence("a table with at least one entry"),
    "list": sentence("a list"),
    "list-not-empty": sentence("a list with at least one entry"),
    "yes-or-no": sentence("true or false"),
    "answer-ids": sentence("a list of answer ids"),
    "id": sentence("an id of at most 32 characters (a-z, 0-9 and _) that starts with a letter"),
    "own-id": sentence("a unique id"),
    "span": sentence("a duration such as 7 days, 1 working day, 3 months, 2 years, or same day"),
    "rhythm": sentence("a duration such as 1 working day or 3 days"),
    "longer": sentence("a duration longer than {limit}", limit=""),
    "shorter": sentence("a duration of at most {limit}", limit=""),
    "telephone": sentence("a telephone number: digits and spaces, with or without a + before them"),
    "telephones": sentence("a list of one to four telephone numbers without duplicates"),
    "country": sentence(
        "the code of a country, such as FR, whose public holidays and telephone numbers the program knows"
    ),
    "weekdays": sentence("a list of one to six weekdays without duplicates"),
    "one-default": sentence("a table with exactly one entry that has default = true"),
    "one-threat": sentence("a table with exactly one entry that has threat = {role}", role=""),
    "one-fill": sentence("a table with exactly one section that has fill = {fill}", fill=""),
    "one-role": sentence("a table with exactly one entry that has role = {role}", role=""),
    "one-clock": sentence(
        "a table with exactly one clock that ends with {event} in the regime {regime}", event="", regime=""
    ),
    "some-clock": sentence(
        "a table with a clock that ends with {event} in the regime {regime}", event="", regime=""
    ),
    "other-event": sentence("an event other than {event}", event=""),
    "one-of-both": sentence("a table with either {one} or {other}", one="", other=""),
    "braces": sentence("a text with matching braces"),
    "fields": sentence("a text without {stray!r}; allowed names: {known}", stray="", known=""),
    "same-fields": sentence(
        "a text whose French (fr) and English (en) versions have the same names in braces"
    ),
    "some-referral": sentence("a table with an entry that has referral = true"),
    "some-answering": sentence(
        "a table with an entry that has answers_danger = true and is not the measure of a decision"
    ),
    "some-acknowledging": sentence("a table with an entry that has acknowledges = true"),
    "some-feedback": sentence("a table with an entry that has answers = true and does not close a case"),
    "one-closing": sentence("a table with at most one entry that has closes = true"),
    "untold": sentence("an outcome that allows replies other than the reply with closes = true"),
    "one-extending": sentence("a table with exactly one entry that has extends = true"),
    "some-reply": sentence("true only if a reply in replies.toml has decision = {decision}", decision=""),
    "settling": sentence("a table with a decision that has effect = settles"),
    "recording": sentence("a table with a decision that has measure = {measure}", measure=""),
    "one-duty": sentence("a code that the duty {duty} does not already use", duty=""),
    "one-ground": sentence("a code that no other decision uses as a ground"),
    "only-with": sentence("changed: {value} is allowed only with {role}", value="", role=""),
    "some-received": sentence("a table with an entry that has event = received"),
    "counted-once": sentence("a table of events that no other total counts"),
    "codes-once": sentence("a list of codes without duplicates; no other group lists these codes"),
    "independent": sentence(
        "a code that does not depend on {other}, by which another table divides the same events; or the table"
        " must divide one group of that table",
        other="",
    ),
    "acknowledged": sentence(
        "a list of groups that each contain one of {known}, because another table counts what follows an"
        " acknowledgement",
        known="",
    ),
    "folder": sentence("a folder, not a link"),
    "regular-file": sentence("a regular file, not a link, folder, pipe or device"),
    "file-up-to": sentence("a file of at most {most} KiB", most=""),
}


# Messages about rules that concern all entries together. These messages are for officers who see a form with
# the entries instead of the file.
_OF_ALL = {
    "some-acknowledging": sentence("one of the replies must acknowledge the report"),
    "some-feedback": sentence("at least one reply that does not close a case must count as feedback"),
    "one-closing": sentence(
        "at most one of the replies can close a case without stating the outcome of the case"
    ),
    "one-extending": sentence("exactly one of the replies must say that feedback takes longer"),
    "some-referral": sentence("one authority must be named for reports that are not for this office"),
}


class FileRefused(Refused):
    """A file has a mistake.

    ``key`` is the dotted key of the mistake, or "" if the mistake concerns no key. ``here``
    describes the expected value, for officers who see a form field instead of the file.
    """

    def __init__(self, error: BadDocument) -> None:
        super().__init__(
            sentence("not accepted: {error}", error=_said(error)),
            sentence("correct the file, then try again"),
        )
        self.key, self.here = "", self.what
        if isinstance(error, Mismatch):
            self.key = error.key
            expected = _EXPECTED["id"] if error.fault is Fault.UNKNOWN else _expected(error)
            said = sentence("enter {expected}", expected=expected)
            self.here = _OF_ALL.get(error.expected.code, said)


def read(schema: Schema, raw: bytes) -> dict[str, Any]:
    """Return the content of a file. Raises Refused for the first mistake in the file."""
    return dict(document(schema, raw).value)


def document(schema: Schema, raw: bytes) -> Document:
    """Return a file together with its content. Raises Refused for the first mistake in the file."""
    try:
        return schema.read(raw)
    except BadDocument as error:
        raise refused(error) from error


def refused(error: BadDocument) -> FileRefused:
    """Return the error to raise for a file with a mistake."""
    return FileRefused(error)


def _said(error: BadDocument) -> Sentence | str:
    said = _mistake(error) if isinstance(error, Mismatch) else error.said
    return said if error.line is None else sentence("line {line}: {said}", line=error.line, said=said)


def _mistake(error: Mismatch) -> Sentence:
    place, key, expected = error.place, error.key, _expected(error)
    match error.fault:
        case Fault.MISSING:
            return sentence("{place}: {key!r} is missing", place=place, key=key)
        case Fault.UNKNOWN:
            return sentence("{place}: {key!r} is not known here", place=place, key=key)
        case Fault.NOT_TOML:
            return sentence("{place} is not TOML: {expected}", place=place, expected=expected)
        case Fault.WRONG if key:
            return sentence("{place}: {key!r} must be {expected}", place=place, key=key, expected=expected)
        case Fault.WRONG:
            return sentence("{place} must be {expected}", place=place, expected=expected)


def _expected(error: Mismatch) -> Sentence | str:
    form, values = _EXPECTED.get(error.expected.code), error.expected.values
    return form.filled(*map(values.__getitem__, form.values)) if form else error.expected.text
