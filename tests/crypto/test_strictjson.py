"""What the vectors do not test of strict JSON: what may be written, and the memory for reading (SPEC 1.3)."""

import tracemalloc
from typing import Any

import pytest

from crypto import strictjson
from crypto.errors import Malformed

MIB = 1 << 20


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [nested(9), {"A": 1}, {"": 1}, {"a": {"-b": 1}}, 2**53, -(2**53), ["\ud800"], {"a": ["\udfff"]}],
)
def test_a_value_that_a_reader_would_refuse_is_not_written(value: Any) -> None:
    with pytest.raises(Malformed):
        strictjson.encode(value)


@pytest.mark.parametrize(
    "value",
    [
        *(nested(8), {"a_1": {"b": []}}, {"a": {}, "b": [{}, []]}, [], {}, "é\n", "", True, None),
        *(2**53 - 1, 1 - 2**53, 0, [{"a": 1, "b": [1, "x", None]}, False]),
    ],
)
def test_written_json_is_read_unchanged(value: Any) -> None:
    assert strictjson.decode(strictjson.encode(value)) == value


def test_reading_a_long_list_takes_little_memory() -> None:
    """At most, the memory contains the text and all items, or two copies of all items."""
    raw = strictjson.encode({"a": ["x" * MIB] * 8})
    tracemalloc.start()
    strictjson.decode(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2.5 * len(raw)
