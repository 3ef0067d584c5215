"""The file of the register, and tables that go into it and come out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from crypto.toml_schema import Schema
from draws import csv_files, headings
from draws.csv_files import Columns
from draws.language import headings_of, said
from draws.register import entries
from draws.register.entries import STRATUM, Entry, Register, RegisterRefused, What
from draws.register.state import State, state
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

_SCHEMA = Schema("columns", {"type": "object"})
_OUT = (
    "n", "day", "what", "ceremony", "item", "list", "previous", "end", "sample", "refuser", "unit", "shift",
    "stratum", "first", "broker", "haulier", "by", "result", "reason", "new_seal", "corrects", "month",
)  # fmt: skip

# These columns have codes.
_CODES = frozenset({"what", "sample", "result", "reason"})


def load(path: Path) -> tuple[Register, State]:
    """Return the register of a file with its state; a file that does not exist is an empty register."""
    register = (
        entries.parse(given_files.content(path, csv_files.LARGEST_FILE)) if path.exists() else Register()
    )
    return register, state(register)


@dataclass(slots=True)
class _Longer:
    """A register with new entries that are not written yet."""

    path: Path
    day: date
    register: Register
    state: State
    lines: list[bytes]

    def take(self, what: What, values: Mapping[str, str]) -> None:
        """Add an entry. Raises RegisterRefused."""
        line, self.register = entries.added(self.register, self.day, what, values)
        self.state.take(self.register.entries[-1])
        self.lines.append(line)

    def written(self) -> Register:
        """Write the file with all new entries."""
        atomic_files.write(self.path, self.lines)
        return self.register


def add(path: Path, day: date, new: Iterable[tuple[What, Mapping[str, str]]]) -> Register:
    """Append entries to the register: all of them, or none if one is refused."""
    longer = _longer(path, day)
    for what, values in new:
        longer.take(what, values)
    return longer.written()


def add_outcomes(path: Path, day: date, raw: bytes, ceremony: str, *, is_correction: bool) -> Register:
    """Append the outcomes in a CSV: each line has a result, or a reason if nothing was done.

    A correction replaces outcomes that were recorded: their entries stay, and each new one names its old one.
    Nothing is recorded if a line is refused. Raises RegisterRefused with the number of the line.
    """
    longer = _longer(path, day)
    for line, row in enumerate(csv_files.read(raw, outcome_columns()), 2):
        try:
            what, values = _outcome(row | {"ceremony": ceremony})
            number = longer.state.correcting(ceremony, row["item"]) if is_correction else ""
            longer.take(what, {**values, "corrects": number})
        except RegisterRefused as error:
            raise RegisterRefused(
                sentence("line {line}: {what}", line=line, what=error.what), error.hint
            ) from None
    return longer.written()


def _longer(path: Path, day: date) -> _Longer:
    register, current = load(path)
    return _Longer(path, day, register, current, [path.read_bytes()] if path.exists() else [])


def exported(register: Register) -> bytes:
    """Return all entries as CSV, without formulas."""
    rows = [
        [str(entry.n), entry.day.isoformat(), *(_cell(entry, name) for name in _OUT[2:])]
        for entry in register.entries
    ]
    return csv_files.write([headings_of(_OUT), *rows])


def _cell(entry: Entry, name: str) -> str:
    """Return a cell of the exported register, with its codes as words."""
    value = entry.what if name == "what" else entry[name]
    if name == "stratum" and value:
        return said(headings.stratum(value.split(STRATUM)))
    return said(headings.WORDS.get(value, value)) if name in _CODES else value


def _outcome(row: Mapping[str, str]) -> tuple[What, Mapping[str, str]]:
    result, reason = row.get("result", ""), row.get("reason", "")
    if bool(result) == bool(reason):
        raise RegisterRefused(
            sentence("item {item} needs a result or a reason, and not both", item=row["item"]),
            sentence("correct the file: nothing was recorded"),
        )
    if reason:
        return What.NOT_DONE, {**row, "reason": _file("reasons").get(reason.lower(), reason)}
    return What.DONE, {**row, "result": _file("results").get(result.lower(), result)}


def outcome_columns() -> Columns:
    """Return the columns of a file with outcomes."""
    read = _file("outcomes")
    return Columns(read["names"], frozenset(read["required"]))


@cache
def _file(kind: str) -> dict[str, Any]:
    return dict(_SCHEMA.parse(files("draws.register").joinpath("columns.toml").read_bytes())[kind])
