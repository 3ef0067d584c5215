"""The columns of a list of controls, and the strata that they form."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import repeat
from typing import Any

from crypto.toml_schema import Schema
from draws import containers
from draws.csv_files import Columns, Table

# A stratum is a combination of these columns: unit, kind of check, origin risk, "nothing found", cancelled.
STRATUM = ("unit", "check", "origin_risk", "nothing_found", "cancelled")
_YES, _NO = "yes", "no"
_SCHEMA = Schema("columns", {"type": "object"})


@cache
def columns() -> Columns:
    """Return the columns of ``columns.toml``."""
    read = _file()
    return Columns({name: read["names"][name] for name in read["names"]}, frozenset(read["required"]))


def strata(of: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the values of ``STRATUM`` for each line of these columns."""
    by = of.get("cancelled_by")
    cancelled = repeat(_NO, len(of["unit"])) if by is None else (_YES if cell else _NO for cell in by)
    nothing = map(_is_nothing, of["result"])
    return zip(of["unit"], of["check"], of["origin_risk"], nothing, cancelled, strict=True)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lines a list has, and each stratum in the order of their values.

    ``mistyped`` are the lines, from 2 on, whose container has a wrong check digit.
    """

    total: int
    strata: Mapping[tuple[str, ...], int]
    mistyped: Sequence[int]


def counted(tables: Iterable[Table]) -> Counted:
    """Count the lines of a list."""
    total, found, mistyped = 0, Counter[tuple[str, ...]](), list[int]()
    for table in tables:
        found.update(strata(table.columns))
        numbers = enumerate(table.columns["container"], total + 2)
        mistyped += [line for line, number in numbers if containers.is_mistyped(number)]
        total += len(table)
    return Counted(total, dict(sorted(found.items())), mistyped)


@lru_cache(1_000)
def _is_nothing(result: str) -> str:
    """Return whether a result means that nothing was found; long lists have few different results."""
    return _YES if result.lower() in _file()["nothing_found"] else _NO


@cache
def _file() -> dict[str, Any]:
    return dict(_SCHEMA.parse(files("draws").joinpath("columns.toml").read_bytes()))
