"""Strict JSON, which Python and JavaScript cannot read differently (SPEC 1.3)."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn, TypeAlias

from crypto.errors import Malformed

LARGEST = 2**53 - 1
DEEPEST = 8
# Up to this size in bytes, a value is encoded as a whole, which is three times as fast.
_SMALL = 1 << 16

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_KEY = re.compile(r"[a-z][a-z0-9_.-]*", re.ASCII)
_LONE = re.compile("[\ud800-\udfff]")

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


def decode(raw: bytes) -> Json:
    """Return the value of ``raw``. Raise Malformed unless encoding the value again gives the same bytes."""
    try:
        value: Json = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        is_compact = _is_encoded(value, raw)
    except (ValueError, RecursionError) as error:
        raise Malformed("text is not JSON as SPEC 1.3 requires") from error
    if not is_compact:
        raise Malformed("JSON is not in its compact form")
    return value


def encode(value: Json) -> bytes:
    """Return ``value`` as compact JSON in UTF-8. Raise Malformed if SPEC 1.3 does not allow the value."""
    _check(value, DEEPEST)
    return _encode(value)


def _is_encoded(value: Json, raw: bytes) -> bool:
    """Return whether ``raw`` is the encoding of ``value``.

    The complete encoding of a large value is not built at once.
    """
    _check(value, DEEPEST)
    if len(raw) <= _SMALL:
        return _encode(value) == raw
    at = 0
    for piece in _pieces(value):
        if not raw.startswith(piece, at):
            return False
        at += len(piece)
    return at == len(raw)


def _pieces(value: Json) -> Iterator[bytes]:
    """Yield the encoding of ``value``.

    Large values are lists directly inside an object, so each item of such a list is one piece.
    """
    if not isinstance(value, dict) or not value:
        yield _encode(value)
        return
    before = b"{"
    for key, member in value.items():
        yield b"%s%s:" % (before, _encode(key))
        yield from _items(member)
        before = b","
    yield b"}"


def _items(value: Json) -> Iterator[bytes]:
    if not isinstance(value, list) or not value:
        yield _encode(value)
        return
    before = b"["
    for item in value:
        yield before
        yield _encode(item)
        before = b","
    yield b"]"


def _encode(value: Json) -> bytes:
    return _ENCODER.encode(value).encode("utf-8")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise Malformed("JSON object repeats a key")
    return record


def _refuse(_: str) -> NoReturn:
    raise Malformed("JSON numbers must be integers")


def _check(value: Json, depth: int) -> None:
    match value:
        case dict() | list() if depth == 0:
            raise Malformed("JSON is nested too deeply")
        case dict() if not all(map(_KEY.fullmatch, value)):
            raise Malformed("JSON key has an unexpected form")
        case dict() | list():
            for member in value.values() if isinstance(value, dict) else value:
                _check(member, depth - 1)
        case str() if not value.isascii() and _LONE.search(value):
            raise Malformed("JSON text holds half a surrogate pair")
        case int() if abs(value) > LARGEST:
            raise Malformed("JSON integer is too large for a browser")
