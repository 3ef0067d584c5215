"""Shapes: one description of a value, for both reading the value from strict JSON and writing it.

A shape returns a valid value or raises Malformed. Writing a value that was read gives the
same JSON again (SPEC 1.3). The browser's ``shape.js`` uses the same names.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from crypto import base64url, strictjson
from crypto.errors import Malformed
from crypto.strictjson import LARGEST, Json

T = TypeVar("T")

VERSION = 1
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2199, 12, 31)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """Two inverse functions between JSON and a value. An ``optional`` member may be absent from a record."""

    read: Callable[[Json], T]
    write: Callable[[T], Json]
    optional: bool = False

    def parse(self, raw: bytes) -> T:
        """Return the value of ``raw``. Raise Malformed unless ``raw`` is strict JSON of this shape."""
        return self.read(strictjson.decode(raw))

    def encode(self, value: T) -> bytes:
        """Return ``value`` as strict JSON: the inverse of ``parse`` for all input that ``parse`` accepts."""
        return strictjson.encode(self.write(value))


def _plain(read: Callable[[Json], Any]) -> Shape[Any]:
    return Shape(read, lambda value: value)


def text(most: int, pattern: str = r"(?s:.*)") -> Shape[str]:
    """A text of at most ``most`` code points that matches ``pattern`` from start to end."""
    form = re.compile(pattern, re.ASCII)

    def read(value: Json) -> str:
        if not isinstance(value, str) or len(value) > most:
            raise Malformed("text is missing or too long")
        if not form.fullmatch(value):
            raise Malformed("text has an unexpected form")
        return value

    return _plain(read)


def integer(least: int = 0, most: int = LARGEST) -> Shape[int]:
    """An integer between ``least`` and ``most``, both included."""

    def read(value: Json) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Malformed("number is missing or out of range")
        return value

    return _plain(read)


def one_of(*allowed: str | int) -> Shape[Any]:
    """One of the allowed values."""

    def read(value: Json) -> str | int:
        if not isinstance(value, str | int) or isinstance(value, bool) or value not in allowed:
            raise Malformed("value is not one of the allowed ones")
        return value

    return _plain(read)


def binary(size: int) -> Shape[bytes]:
    """Exactly ``size`` bytes in base64url."""

    def read(value: Json) -> bytes:
        raw = base64url.decode(value) if isinstance(value, str) else b""
        if len(raw) != size:
            raise Malformed("binary value has the wrong length")
        return raw

    return Shape(read, base64url.encode)


def _read_day(value: Json) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Malformed("day is not written YYYY-MM-DD")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise Malformed("day does not exist") from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Malformed("day is outside 2000 to 2199")
    return day


day: Shape[date] = Shape(_read_day, date.isoformat)


def list_of(shape: Shape[T], most: int) -> Shape[tuple[T, ...]]:
    """A list of at most ``most`` values of one shape."""

    def read(value: Json) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Malformed("list is missing or too long")
        return tuple(shape.read(item) for item in value)

    return Shape(read, lambda items: [shape.write(item) for item in items])


def map_of(shape: Shape[T], most: int, pattern: str) -> Shape[dict[str, T]]:
    """An object of at most ``most`` members, in the order read. Each key matches ``pattern`` completely."""
    form = re.compile(pattern, re.ASCII)

    def read(value: Json) -> dict[str, T]:
        if not isinstance(value, dict) or len(value) > most:
            raise Malformed("object is missing or too large")
        if not all(map(form.fullmatch, value)):
            raise Malformed("id has an unexpected form")
        return {key: shape.read(member) for key, member in value.items()}

    return Shape(read, lambda members: {key: shape.write(member) for key, member in members.items()})


def either(first: Shape[Any], second: Shape[Any]) -> Shape[Any]:
    """A text of the shape ``first``, or a list of the shape ``second``."""

    def pick(value: object) -> Shape[Any]:
        return first if isinstance(value, str) else second

    return Shape(lambda value: pick(value).read(value), lambda value: pick(value).write(value))


def optional(shape: Shape[T]) -> Shape[T | None]:
    """A member that may be absent; its value is then None."""
    return Shape(shape.read, lambda value: None if value is None else shape.write(value), optional=True)


def record(make: Callable[..., T], members: Mapping[str, Shape[Any]], kind: str = "") -> Shape[T]:
    """An object with exactly these members in this order; ``make(**members)`` turns it into a value.

    If ``kind`` is given, the object begins with ``v`` (always 1) and ``kind``, like every signed object.
    """
    head: dict[str, Json] = {"v": VERSION, "kind": kind} if kind else {}

    def read(value: Json) -> T:
        if not isinstance(value, dict):
            raise Malformed("record is missing")
        present = [name for name, shape in members.items() if name in value or not shape.optional]
        if list(value) != [*head, *present]:
            raise Malformed("record does not have the members that SPEC lists, in that order")
        if any(value[name] is True or value[name] != expected for name, expected in head.items()):
            raise Malformed("record has another version or kind")
        return make(**{name: members[name].read(value[name]) for name in present})

    def write(value: T) -> Json:
        written = {name: shape.write(getattr(value, name)) for name, shape in members.items()}
        return head | {name: member for name, member in written.items() if member is not None}

    return Shape(read, write)
