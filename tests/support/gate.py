"""Divide tests between the gate and the soak, and mark the tests that need a browser or a database."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pytest

# All tests with the mark `soak`, even those that are not selected, each with its marks.
SOAKED = pytest.StashKey[Mapping[str, frozenset[str]]]()
# A test's fixtures show whether the test needs a browser or a database.
_NEEDS = {
    "browser": {"engine", "chromium"},
    "database": {"postgres_url"},
}


def chosen(values: Iterable[Hashable], *kept: Hashable) -> list[Any]:
    """Return all values as parameters. The gate runs the values in ``kept``, and the soak runs the others.

    Use this function if all values run the same code, and the values in ``kept`` reach every part of that
    code.
    """
    found = [*values]
    assert {*kept} <= {*found}, "no such parameter"
    return [pytest.param(each, marks=() if each in kept else pytest.mark.soak) for each in found]


def crossed(some: Iterable[Hashable], others: Iterable[Hashable]) -> list[Any]:
    """Return all pairs of a value from one list and a value from the other list, as parameters.

    The gate runs each value of one list with the first value of the other list.
    """
    these, those = [*some], [*others]
    return [
        pytest.param(one, other, marks=() if one == these[0] or other == those[0] else pytest.mark.soak)
        for one in these
        for other in those
    ]


def steps(stride: int) -> pytest.MarkDecorator:
    """Return the ``stride`` of a test that stops a process at every ``stride``-th step.

    The soak stops the process at every step.
    """
    return pytest.mark.parametrize("stride", [stride, pytest.param(1, marks=pytest.mark.soak)])


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark the tests that need a browser or a database."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        takes = {*item.fixturenames, *(["postgres_url"] if "postgresql" in given else [])}
        for name, fixtures in _NEEDS.items():
            if takes & fixtures:
                item.add_marker(name)


def soaked(items: Iterable[pytest.Item]) -> dict[str, frozenset[str]]:
    """Return the tests marked `soak`, each with its marks."""
    return {
        item.nodeid: frozenset(each.name for each in item.iter_markers())
        for item in items
        if item.get_closest_marker("soak")
    }
