"""The text of a journal entry, in French or English. The labels of codes are in labels.toml."""

from collections.abc import Mapping

from crypto import shape
from crypto.errors import Malformed
from crypto.journal import Presence, Value
from inbox.language import days, labels
from inbox.session.actions import TABLE, Code, Field, Form

# A timeline also lists two events that are not actions: an incoming message, and a measure on its own day.
_EVENTS = {"kind": Field(Form.CODE, "measure"), "follow_up": Field(Form.NUMBER)}


def action(code: str, language: str) -> str:
    """Return the name of an action, or its code if it has no label."""
    label = labels.of("action").get(code)
    return label.in_(language) if label else code


def officers(given: Mapping[str, Presence], language: str) -> str:
    """Return one line that names the officers, and says how each took part."""
    words = labels.of("presence")
    return ", ".join(f"{name} ({words[how].in_(language)})" for name, how in given.items())


def values(code: str, given: Mapping[str, Value], language: str) -> str:
    """Return the values of an action on one line, or "" if it has none. Unlabelled values are kept."""
    fields = TABLE[Code(code)].values if code in set(Code) else _EVENTS
    return ", ".join(_value(name, value, fields.get(name), language) for name, value in given.items())


def _value(name: str, value: Value, field: Field | None, language: str) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    if field and field.form is Form.CODE:
        label = labels.of(field.labels).get(text)
        return label.in_(language) if label else text
    if field and field.form is Form.DAY:
        text = _day(text, language)
    label = labels.of("value").get(name)
    return label.in_(language).format(value=text) if label else text


def _day(text: str, language: str) -> str:
    try:
        return days.long(language, shape.day.read(text))
    except Malformed:
        return text
