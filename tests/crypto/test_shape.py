"""Shapes accept values within their limits, and refuse all other values."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from crypto import shape
from crypto.errors import Malformed
from crypto.shape import Shape, binary, integer, list_of, map_of, one_of, optional, record, text
from crypto.strictjson import LARGEST


@dataclass
class Pair:
    a: int
    b: str | None = None


PAIR = record(Pair, {"a": integer(), "b": optional(text(1))})
SIGNED = record(Pair, {"a": integer()}, kind="pair")


@pytest.mark.parametrize(
    ("form", "taken", "refused"),
    [
        (text(2), ["", "é😀"], ["abc", 1, None, ["a"]]),
        (text(2, "[a-z]*"), ["", "ab"], ["a1", "a\n", "é"]),
        (integer(), [0, LARGEST], [-1, True, "1", None]),
        (integer(1, 3), [1, 3], [0, 4]),
        (one_of("a", 1), ["a", 1], ["b", 2, True, None, ["a"]]),
        (binary(2), ["AAA"], ["AA", "AAAA", "AAB", "A A", 0, None]),
        (shape.day, ["2000-01-01", "2199-12-31"], ["1999-12-31", "2200-01-01"]),
        (shape.day, ["2024-02-29"], ["2023-02-29", "2023-2-01", "20230201", "2023-02-01T00", 1, None]),
        (list_of(integer(), 2), [[], [1, 2]], [[1, 2, 3], ["a"], "ab", None, {"a": 1}]),
        (map_of(integer(), 2, "[ab]"), [{}, {"b": 1, "a": 2}], [{"c": 1}, {"ab": 1}, {"a": "a"}, [], None]),
        (map_of(integer(), 1, "[ab]"), [{"a": 1}], [{"a": 1, "b": 1}]),
        (shape.either(text(1), list_of(text(1), 1)), ["a", ["a"]], ["ab", ["ab"], 1, None]),
        (PAIR, [{"a": 1}, {"a": 1, "b": "b"}], [{}, {"b": "b", "a": 1}, {"a": 1, "c": 1}, [], None]),
        (PAIR, [], [{"b": "b"}, {"a": 1, "b": None}, {"v": 1, "kind": "pair", "a": 1}]),
        (SIGNED, [{"v": 1, "kind": "pair", "a": 1}], [{"a": 1}, {"kind": "pair", "v": 1, "a": 1}]),
        (SIGNED, [], [{"v": 2, "kind": "pair", "a": 1}, {"v": True, "kind": "pair", "a": 1}]),
        (SIGNED, [], [{"v": 1, "kind": "other", "a": 1}]),
    ],
)
def test_a_shape_reads_a_valid_value_and_writes_it_unchanged(
    form: Shape[Any], taken: list[Any], refused: list[Any]
) -> None:
    for wrong in refused:
        with pytest.raises(Malformed):
            form.read(wrong)
    for value in taken:
        raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        assert form.encode(form.parse(raw)) == raw
