"""JSON that Python and JavaScript cannot read differently (SPEC 1.3)."""

import json
import re
from typing import NoReturn, TypeAlias

from crypto.errors import Malformed

LARGEST = 2**53 - 1
DEEPEST = 8

_KEY = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_LONE = re.compile("[\ud800-\udfff]")

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


def decode(raw: bytes) -> Json:
    """Return the value of ``raw``; Malformed unless encoding it again gives the same bytes."""
    try:
        value: Json = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        again = encode(value)
    except (ValueError, RecursionError) as error:
        raise Malformed("text is not JSON as SPEC 1.3 has it") from error
    if again != raw:
        raise Malformed("JSON is not in its compact form")
    return value


def encode(value: Json) -> bytes:
    """Return ``value`` as compact UTF-8; Malformed if it is outside SPEC 1.3 (floats have no type here)."""
    _check(value, DEEPEST)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise Malformed("JSON object repeats a key")
    return record


def _refuse(_: str) -> NoReturn:
    raise Malformed("JSON numbers are integers here")


def _check(value: Json, depth: int) -> None:
    match value:
        case dict() | list() if depth == 0:
            raise Malformed("JSON is nested too deeply")
        case dict() if not all(map(_KEY.fullmatch, value)):
            raise Malformed("JSON key has an unexpected form")
        case dict() | list():
            for member in value.values() if isinstance(value, dict) else value:
                _check(member, depth - 1)
        case str() if _LONE.search(value):
            raise Malformed("JSON text holds half a surrogate pair")
        case int() if abs(value) > LARGEST:
            raise Malformed("JSON integer is too large for a browser")
