"""The columns of a list of controls, and the strata that they form."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from crypto.toml_schema import Schema
from draws.csv_files import Columns

# A stratum is a combination of these columns: unit, kind of check, origin risk, "nothing found", cancelled.
STRATUM = ("unit", "check", "origin_risk", "nothing_found", "cancelled")
_YES, _NO = "yes", "no"
_SCHEMA = Schema("columns", {"type": "object"})


@cache
def columns() -> Columns:
    """Return the columns of ``columns.toml``."""
    read = _file()
    return Columns({name: read["names"][name] for name in read["names"]}, frozenset(read["required"]))


def stratum(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of ``STRATUM`` for a row of a list."""
    cancelled = _YES if row.get("cancelled_by") else _NO
    return (row["unit"], row["check"], row["origin_risk"], _is_nothing(row["result"]), cancelled)


def counted(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, ...], int]:
    """Return how many rows each stratum has, in the order of their values."""
    return dict(sorted(Counter(map(stratum, rows)).items()))


@lru_cache(1_000)
def _is_nothing(result: str) -> str:
    """Return whether a result means that nothing was found; long lists have few different results."""
    return _YES if result.lower() in _file()["nothing_found"] else _NO


@cache
def _file() -> dict[str, Any]:
    return dict(_SCHEMA.parse(files("draws").joinpath("columns.toml").read_bytes()))
