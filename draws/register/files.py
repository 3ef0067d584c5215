"""The file of the register, and tables that go into it and come out of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from crypto.toml_schema import Schema
from draws import csv_files
from draws.csv_files import Columns
from draws.register import entries
from draws.register.entries import Register, RegisterRefused, What
from draws.register.state import State, state
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

_SCHEMA = Schema("columns", {"type": "object"})
_OUT = (
    "n", "day", "what", "ceremony", "item", "list", "previous", "end", "sample", "refuser", "unit", "shift",
    "stratum", "first", "broker", "haulier", "by", "result", "reason", "new_seal", "month",
)  # fmt: skip


def load(path: Path) -> tuple[Register, State]:
    """Return the register of a file with its state; a file that does not exist is an empty register."""
    register = (
        entries.parse(given_files.content(path, csv_files.LARGEST_FILE)) if path.exists() else Register()
    )
    return register, state(register)


def add(path: Path, day: date, new: Iterable[tuple[What, Mapping[str, str]]]) -> Register:
    """Append entries to the register: all of them, or none if one is refused."""
    register, current = load(path)
    lines = [path.read_bytes()] if path.exists() else []
    for what, values in new:
        line, register = entries.added(register, day, what, values)
        current.take(register.entries[-1])
        lines.append(line)
    atomic_files.write(path, lines)
    return register


def outcomes(raw: bytes, ceremony: str) -> list[tuple[What, Mapping[str, str]]]:
    """Return the entries for a CSV with outcomes: each line has a result, or a reason if nothing was done."""
    return [_outcome(row | {"ceremony": ceremony}) for row in csv_files.read(raw, _columns())]


def exported(register: Register) -> bytes:
    """Return all entries as CSV, without formulas."""
    rows = [
        [str(entry.n), entry.day.isoformat(), entry.what, *(entry[name] for name in _OUT[3:])]
        for entry in register.entries
    ]
    return csv_files.write([_OUT, *rows])


def _outcome(row: Mapping[str, str]) -> tuple[What, Mapping[str, str]]:
    result, reason = row.get("result", ""), row.get("reason", "")
    if bool(result) == bool(reason):
        raise RegisterRefused(
            sentence("item {item} needs a result or a reason, and not both", item=row["item"]),
            sentence("correct the file: nothing was recorded"),
        )
    if reason:
        return What.NOT_DONE, row
    return What.DONE, {**row, "result": _file("results").get(result.lower(), result)}


def _columns() -> Columns:
    read = _file("outcomes")
    return Columns(read["names"], frozenset(read["required"]))


@cache
def _file(kind: str) -> dict[str, Any]:
    return dict(_SCHEMA.parse(files("draws.register").joinpath("columns.toml").read_bytes())[kind])
