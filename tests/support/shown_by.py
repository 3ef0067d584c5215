"""Write docs/law-tests.md: which tests check that the program follows each rule of the French law.

`python -m tests.support.shown_by` writes the page from four files: `tests/golden/jurisdictions/shown_by.toml`
has the rules, `tests/golden/hostile_referent.toml` has the attempts of readers in the role of a hostile
référent, `tests/golden/law_errors.toml` has earlier errors, and `tests/golden/jurisdictions/sentences.toml`
has a sentence for each test. A row is about a table (`clock.feedback`), or about some keys (`measure.*.told`,
for every code). A key belongs to the most specific row.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "law-tests.md"
ROWS = ROOT / "tests" / "golden" / "jurisdictions" / "shown_by.toml"
TRIES = ROOT / "tests" / "golden" / "hostile_referent.toml"
ERRORS = ROOT / "tests" / "golden" / "law_errors.toml"
SENTENCES = ROOT / "tests" / "golden" / "jurisdictions" / "sentences.toml"
FRANCE = "templates/jurisdictions/fr"
# Modules whose tests only repeat the values of the law.
VALUES = ("templates/test_law.py", "templates/test_french_values.py")
SURFACES = ("portal", "command line", "desk")
Path = tuple[str, ...]
# If the texts of one row have more characters than this, the page says only where they are.
_LONG_TEXTS = 1_000
# The keys for the origin of a rule. The page shows the source; docs/law.md lists what counsel has to confirm.
_BASIS = ("source", "confirm")
_TEXTS = {"fr", "en"}


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a law, and its line in the file. For a text, the value is the French version."""

    file: str
    path: Path
    line: int
    value: Any
    is_text: bool = False

    @property
    def key(self) -> str:
        """The place of the value in the file, such as `clock.feedback.within`."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Row:
    """Some rules of a file, and the tests that check that the program follows these rules.

    ``keys`` are the keys of the rules. A test is given by its path below `tests/` and its function. If no
    test does more than repeat the values, ``unheld`` says why.
    """

    file: str
    keys: tuple[str, ...]
    tests: tuple[str, ...]
    unheld: str = ""

    @property
    def of_program(self) -> list[str]:
        """The tests that fail if the program does not follow the law."""
        return [each for each in self.tests if each.partition("::")[0] not in VALUES]


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt: its aim, what is tried, the rule that stops it, and the tests (as in a Row)."""

    aim: str
    tried: str
    stopped: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Error:
    """An earlier error: its number, what was ``wrong``, what ``holds`` today, its files, and its tests."""

    number: str
    wrong: str
    holds: str
    where: tuple[str, ...]
    tests: tuple[str, ...]

    def held_on(self, surface: str) -> list[str]:
        """Return the tests of the portal, of the desk, or of the command line."""
        return [each for each in self.tests if _surface(each) == surface]


def _surface(test: str) -> str:
    room = test.partition("/")[0]
    return {"portal": "portal", "pages": "portal", "desk": "desk"}.get(room, "command line")


def errors(text: str) -> list[Error]:
    """Return the errors in a TOML text, in order."""
    return [
        Error(**each | {"where": tuple(each["where"]), "tests": tuple(each["tests"])})
        for each in tomllib.loads(text)["error"]
    ]


def tries(text: str) -> list[Try]:
    """Return the attempts in a TOML text, in order."""
    return [Try(**each | {"tests": tuple(each["tests"])}) for each in tomllib.loads(text)["try"]]


@functools.cache
def sentences() -> Mapping[str, str]:
    """Return, for the path and function of each test, a sentence that says what the test checks."""
    document = tomllib.loads(SENTENCES.read_text("utf-8"))
    return {
        f"{module}::{function}": said
        for module, functions in document.items()
        for function, said in functions.items()
    }


def rows(text: str) -> list[Row]:
    """Return the rows in a TOML text, in order."""
    return [
        Row(f"{file}.toml", tuple(each["keys"]), tuple(each["tests"]), each.get("unheld", ""))
        for file, found in tomllib.loads(text).items()
        for each in found
    ]


@functools.cache
def read(file: str, text: str) -> tuple[Place, ...]:
    """Return every value of a file, except sources and what counsel has to confirm."""
    lines = _lines(text)

    def line(path: Path) -> int:
        return next(lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines)

    return tuple(Place(file, path, line(path), *rest) for path, *rest in _values(tomllib.loads(text), ()))


def _values(table: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any, bool]]:
    for key, inner in table.items():
        here = (*path, key)
        if key in _BASIS:
            continue
        if not isinstance(inner, dict):
            yield here, inner, False
        elif "fr" in inner:
            yield here, inner["fr"], True
            yield from _values({name: each for name, each in inner.items() if name not in _TEXTS}, here)
        else:
            yield from _values(inner, here)


def _lines(text: str) -> dict[Path, int]:
    """Return the line on which each table and key begins. Our files have one statement per line."""
    found: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\[([\w.]+)\]$", line):
            table = tuple(header[1].split("."))
            found[table] = number
        elif key := re.match(r"([\w.]+) = ", line):
            path = (*table, *key[1].split("."))
            for end in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:end], number)
    return found


def fits(key: str, path: Path) -> bool:
    """Tell whether the key of a row matches this place."""
    parts = key.split(".")
    return len(parts) <= len(path) and all(
        part in ("*", named) for part, named in zip(parts, path, strict=False)
    )


def _weight(key: str) -> tuple[int, int]:
    parts = key.split(".")
    return len(parts), -parts.count("*")


def covered(rows: Iterable[Row], places: Iterable[Place]) -> dict[Row | None, list[Place]]:
    """Return the places of each row; the key None has the places without a row."""
    found: dict[Row | None, list[Place]] = {row: [] for row in rows}
    for place in places:
        found.setdefault(row_of(list(found), place.file, place.path), []).append(place)
    return found


def row_of(rows: Iterable[Row | None], file: str, path: Path) -> Row | None:
    """Return the most specific row for this place, or None."""
    fitting = [
        (_weight(key), row)
        for row in rows
        if row is not None and row.file == file
        for key in row.keys
        if fits(key, path)
    ]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def page(rows: list[Row], files: Mapping[str, str], errors: list[Error], tries: list[Try]) -> str:
    """Return the page without its head: the rows of each law file, then the errors, then the attempts."""
    return "\n".join([*_page(rows, files), *_mended(errors), *_tried(tries)]).lstrip("\n") + "\n"


def head(text: str) -> str:
    """Return the beginning of the page. People write this part by hand."""
    return text.partition("\n## ")[0].rstrip() + "\n"


def _page(rows: list[Row], files: Mapping[str, str]) -> Iterator[str]:
    for file, text in files.items():
        document = tomllib.loads(text)
        mine = [row for row in rows if row.file == file]
        found = [(row, own) for row, own in covered(mine, read(file, text)).items() if row and own]
        yield f"\n## {file}\n"
        yield "| line | rule | value | source | tests |"
        yield "|---|---|---|---|---|"
        for row, own in sorted(found, key=lambda each: min(place.line for place in each[1])):
            yield _line(row, own, document)
        alone = {key for row in mine for key in row.keys}
        if each_own := list(_tables(file, text, document, alone)):
            yield "\n| line | code | name | source |"
            yield "|---|---|---|---|"
            yield from each_own


def _mended(errors: list[Error]) -> Iterator[str]:
    yield "\n## What was wrong, and what holds today\n"
    yield (
        "For these reasons, the head of a customs inspectorate would not have put this channel into service."
        " The rules marked with a letter are stricter than the head required."
    )
    yield "\n| | what was wrong | what holds today | rule | tests |"
    yield "|---|---|---|---|---|"
    for each in errors:
        held = [f"{name}: {_held(found)}" for name in SURFACES if (found := each.held_on(name))]
        where = "<br>".join(f"[{path.removeprefix(f'{FRANCE}/')}](../{path})" for path in each.where)
        yield _cells(each.number, each.wrong, each.holds, where, "<br>".join(held))


def _tried(tries: list[Try]) -> Iterator[str]:
    yield "\n## What a hostile référent tried\n"
    yield (
        "Five readers, one after the other, played the role of a référent alerte who works against the"
        " office, alone or with a colleague. The readers used real vaults, on the command line and at the"
        " desk. Each reader found gaps in the rules as they were then.\nAll these gaps are closed."
        " [The threat model](../THREAT_MODEL.md) describes what remains possible."
    )
    for aim in dict.fromkeys(each.aim for each in tries):
        yield f"\n### {aim}\n"
        yield "| attempt | what stops it | tests |"
        yield "|---|---|---|"
        for each in tries:
            if each.aim == aim:
                yield _cells(each.tried, each.stopped, _held(each.tests))


def _tables(file: str, text: str, document: Mapping[str, Any], alone: set[str]) -> Iterator[str]:
    """Yield a line for each table that names a source but has no row."""
    for path, line in _lines(text).items():
        table = _at(document, path)
        if (
            isinstance(table, dict)
            and "source" in table
            and not any(key == ".".join(path) or key.startswith(f"{'.'.join(path)}.") for key in alone)
        ):
            called = table.get("name", table.get("text", {})).get("fr", "")
            yield _cells(_link(file, line), f"`{path[-1]}`", called, table["source"])


def _link(file: str, line: int) -> str:
    return f"[{line}](../{FRANCE}/{file}#L{line})"


def _cells(*cells: str) -> str:
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"


def _line(row: Row, own: list[Place], document: Mapping[str, Any]) -> str:
    first = min(place.line for place in own)
    tables = [key for key in row.keys if "*" not in key]
    named = dict.fromkeys(name for key in tables if (name := _name(document, key)))
    rule = ", ".join(f"`{key}`" for key in row.keys) + "".join(f"<br>{each}" for each in named)
    return _cells(_link(row.file, first), rule, _says(row, own), _sources(document, own), _held_by(row))


def _at(document: Mapping[str, Any], path: Iterable[str]) -> Any:
    for each in path:
        document = document.get(each, {}) if isinstance(document, dict) else {}
    return document


def _name(document: Mapping[str, Any], key: str) -> str:
    """Return the law's name for the table of a key, or for the enclosing table."""
    path = key.split(".")
    for end in range(len(path), 0, -1):
        if named := _at(document, (*path[:end], "name")):
            return str(named["fr"])
    return ""


def _says(row: Row, own: list[Place]) -> str:
    has_pattern = any("*" in key for key in row.keys)
    is_long = sum(len(str(place.value)) for place in own) > _LONG_TEXTS
    if all(place.is_text for place in own) and (has_pattern or is_long):
        return f"{len(own)} texts, lines {own[0].line} to {own[-1].line}"
    if not has_pattern:
        depth = min(key.count(".") + 1 for key in row.keys)
        depth = min([depth, *(len(place.path) - 1 for place in own)])
        shown = [(".".join(place.path[depth:]), place) for place in own]
        return " · ".join(f"{key} = {_value(place)}" for key, place in shown if place.path[-1] != "name")
    by_value: dict[str, list[str]] = {}
    for place in own:
        depth = 1 if len(place.path) > 1 else 0
        keys = {key.split(".")[-1] for key in row.keys}
        last = "" if len(keys) == 1 else f"{place.path[-1]} "
        where = ".".join(place.path[depth:-1]) or place.path[-1]
        by_value.setdefault(f"{last}{_value(place)}", []).append(f"{where} {place.line}")
    return "<br>".join(f"{value}: {', '.join(where)}" for value, where in by_value.items())


def _value(place: Place) -> str:
    if place.is_text:
        return f"« {place.value} »"
    if isinstance(place.value, bool):
        return "yes" if place.value else "no"
    if isinstance(place.value, list):
        return "[" + ", ".join(map(str, place.value)) + "]"
    return str(place.value)


def _sources(document: Mapping[str, Any], own: list[Place]) -> str:
    found = list(dict.fromkeys(filter(None, (_source(document, place.path) for place in own))))
    return found[0] if len(found) == 1 else "each its own"


def _source(document: Mapping[str, Any], path: Path) -> str:
    said = (_at(document, (*path[:end], "source")) for end in range(len(path), -1, -1))
    return next((each for each in said if isinstance(each, str)), "")


def _held_by(row: Row) -> str:
    return "<br>".join(filter(None, [_held(row.tests), row.unheld and f"**{row.unheld}**"]))


def _held(tests: Iterable[str]) -> str:
    modules: dict[str, list[str]] = {}
    for name in tests:
        modules.setdefault(name.partition("::")[0], []).append(sentences()[name])
    return "<br>".join(f"[{module}](../tests/{module}): {' '.join(said)}" for module, said in modules.items())


def shipped() -> dict[str, str]:
    """Return the files of the French law, by name."""
    return {path.name: path.read_text("utf-8") for path in sorted((ROOT / FRANCE).glob("*.toml"))}


if __name__ == "__main__":
    known, mended, tried = (file.read_text("utf-8") for file in (ROWS, ERRORS, TRIES))
    body = page(rows(known), shipped(), errors(mended), tries(tried))
    PAGE.write_text(f"{head(PAGE.read_text('utf-8'))}\n{body}", "utf-8")
