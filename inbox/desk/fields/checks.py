"""Check the required fields, types and bounds of a form against its page, and report all mistakes at once.

Browsers make the same checks, but name one field at a time, in the language of the browser. The desk's forms
switch the browser's checks off.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from inbox.desk.fields.markup import Control, Form
from inbox.language import days
from inbox.language.messages import Sentence, sentence

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage, MultiDict

# An example of a day as officers type it.
EXAMPLE = "25/11/2026"


class Kind(StrEnum):
    """The type of a field."""

    TEXT = "text"
    CHOICE = "choice"
    TICK = "tick"
    DAY = "day"
    NUMBER = "number"
    FILE = "file"


_OF_INPUTS = {
    "select": Kind.CHOICE,
    "radio": Kind.CHOICE,
    "checkbox": Kind.TICK,
    "number": Kind.NUMBER,
    "file": Kind.FILE,
}


@dataclass(frozen=True, slots=True)
class Need:
    """The requirements of a field. ``least`` and ``most`` bound a number; None means no bound."""

    name: str
    kind: Kind
    is_required: bool
    least: int | None = None
    most: int | None = None


def of(form: Form) -> list[Need]:
    """Return the requirements of a form's fields, in order, one for each name."""
    found: dict[str, Need] = {}
    for each in form.controls:
        need = _need(each)
        if each.name and need is not None:
            found.setdefault(each.name, need)
    return list(found.values())


def _need(control: Control) -> Need | None:
    given = control.tag.attributes
    kind = Kind.DAY if "data-day" in given else _OF_INPUTS.get(control.kind, Kind.TEXT)
    is_required = "required" in given
    if not is_required and kind not in (Kind.DAY, Kind.NUMBER):
        return None
    if kind is not Kind.NUMBER:
        return Need(control.name, kind, is_required)
    return Need(control.name, kind, is_required, _bound(given, "min"), _bound(given, "max"))


def _bound(given: Mapping[str, str], name: str) -> int | None:
    """Return a bound from the attributes of a number field, or None."""
    return int(given[name]) if given.get(name) else None


def written(needs: Sequence[Need]) -> list[list[str | bool | int | None]]:
    """Return requirements as JSON values. ``read`` reverses the conversion."""
    return [list(astuple(each)) for each in needs]


def read(given: object) -> list[Need]:
    """Parse requirements from ``written``. Raises ValueError or TypeError for other values."""
    if not isinstance(given, list):
        raise TypeError(given)
    return [Need(name, Kind(kind), *rest) for name, kind, *rest in given]


def wrong(
    needs: Sequence[Need], given: "MultiDict[str, str]", files: "Mapping[str, FileStorage]"
) -> dict[str, Sentence]:
    """Return the messages for fields that are missing or invalid, in order."""
    return dict(_wrong(needs, given, files))


def _wrong(
    needs: Sequence[Need], given: "MultiDict[str, str]", files: "Mapping[str, FileStorage]"
) -> Iterator[tuple[str, Sentence]]:
    for need in needs:
        if not _is_given(need, given, files):
            if need.is_required:
                yield need.name, _missing(need)
        elif said := _misunderstood(need, given.get(need.name, "")):
            yield need.name, said


def _is_given(need: Need, given: "MultiDict[str, str]", files: "Mapping[str, FileStorage]") -> bool:
    if need.kind is Kind.FILE:
        # If no file is chosen, a browser sends a file without a name.
        return need.name in files and bool(files[need.name].filename)
    return any(map(str.strip, given.getlist(need.name)))


def _missing(need: Need) -> Sentence:
    match need.kind:
        case Kind.CHOICE:
            return sentence("make a choice")
        case Kind.TICK:
            return sentence("tick this box to go on")
        case Kind.DAY:
            return sentence("give a day, such as {example}", example=EXAMPLE)
        case Kind.NUMBER:
            return sentence("give a number")
        case Kind.FILE:
            return sentence("choose a file")
        case _:
            return sentence("this field is required")


def _misunderstood(need: Need, given: str) -> Sentence | None:
    match need.kind:
        case Kind.DAY:
            return None if _is_day(given) else _no_day()
        case Kind.NUMBER:
            return None if _is_number(need, given) else _bounds(need)
        case _:
            return None


def _no_day() -> Sentence:
    """Return the message for a text that is not a valid day."""
    return sentence("this is not a date: write the day first, for example {example}", example=EXAMPLE)


def _is_day(given: str) -> bool:
    try:
        days.read(given)
    except ValueError:
        return False
    return True


def _is_number(need: Need, given: str) -> bool:
    text = given.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(2**63)):
        return False
    return (need.least is None or int(text) >= need.least) and (need.most is None or int(text) <= need.most)


def _bounds(need: Need) -> Sentence:
    if need.least is not None and need.most is not None:
        return sentence("give a number from {least} to {most}", least=need.least, most=need.most)
    if need.least is not None:
        return sentence("give a number of {least} or more", least=need.least)
    return sentence("give a number")
