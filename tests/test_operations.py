"""docs/operations.md names parts of the soak that exist, and repeats the figures of their records."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from benchmarks import records, soak
from benchmarks.records import Record
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
RECORDS = records.load(soak.FILE)
SHOWN = re.compile(r"`make soak ([a-z -]+)`")
NO_RECORD = re.compile(r"^No record yet: (.+?)\.\s", re.MULTILINE | re.DOTALL)
# A goal in brackets is not a figure. Digits in backticks belong to a name.
NO_FIGURE = re.compile(r"\(goal: [^)]+\)|`[^`]*`")
# For each row, the patterns that find the row's figures in the records, one pattern for each figure. A row
# whose figures are missing here fails.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "size of `fanal-portal`, `fanal-inbox` and `fanal-draws`": tuple(
        rf"^fanal-{side}: (\d+) MB$" for side in ("portal", "inbox", "draws")
    ),
    "`fanal-portal setup` on a bare machine": (
        r"^sqlite: one command sets up a bare machine in (\d+) s",
        r"^postgresql: one command sets up a bare machine in (\d+) s",
    ),
    "kills of `fanal-portal setup` on a machine with a real systemd": (
        r"^setup: killed (\d+) times, at the changes of (\d+) steps",
    ),
    "size of an installation medium": (r"^a medium has (\d+) MB and (\d+) packages$",),
    "installation on a bare Debian without a network": (r" on a bare Debian without a network in (\d+) s$",),
    "update of the inbox with a corrected library": (r"\bupdated in (\d+) s: ",),
    "changed bytes on a medium": (r"^(\d+) changed bytes refused, each with the name of its file",),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its first cell, all numbers in its cells, and the parts that show them."""

    what: str
    numbers: list[str]
    parts: list[str]


def rows(page: str) -> Iterator[Row]:
    """Yield the rows that name parts of the soak."""
    for line in page.splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        if line.startswith("|") and (shown := SHOWN.search(cells[-1])):
            said = NO_FIGURE.sub("", " ".join(cells[:-1]))
            yield Row(cells[0], re.findall(r"\d+", said), shown[1].split())


def without_record(page: str) -> set[str]:
    """Return the parts for which a page says that they have no record."""
    said = NO_RECORD.search(page)
    return set(re.findall(r"`([a-z-]+)`", said[1])) if said else set()


def unrecorded(page: str, kept: Mapping[str, Record]) -> set[str]:
    """Return the parts that a page names and that have no record."""
    return {part for parts in SHOWN.findall(page) for part in parts.split()} - kept.keys()


def recorded(what: str, parts: list[str], kept: Mapping[str, Record]) -> list[str]:
    """Return the figures of a row in the records of its parts."""
    lines = [line for part in parts for line in kept[part].figures]
    found = [match for each in FIGURES.get(what, ()) for line in lines for match in re.findall(each, line)]
    return [each for match in found for each in ([match] if isinstance(match, str) else match)]


def differing(page: str, kept: Mapping[str, Record]) -> dict[str, tuple[list[str], list[str]]]:
    """Return each row whose figures on the page differ from the records, with both."""
    found = {
        row.what: (row.numbers, recorded(row.what, row.parts, kept))
        for row in rows(page)
        if not {*row.parts} - kept.keys()
    }
    return {what: both for what, both in found.items() if both[0] != both[1]}


def test_the_page_names_only_parts_of_the_soak_that_exist() -> None:
    named = {part for parts in SHOWN.findall(PAGE) for part in parts.split()}
    # In the sentence about all parts, NAME stands for a part.
    assert {"install", "offline"} < named <= soak.PARTS.keys()


def test_the_page_says_which_of_its_parts_have_no_record() -> None:
    """If this test fails after a run, name the parts that have no record, or remove the sentence."""
    assert without_record(PAGE) == unrecorded(PAGE, RECORDS)


def test_the_figures_of_the_page_are_those_of_the_records() -> None:
    """If this test fails after a run, correct the row."""
    assert differing(PAGE, RECORDS) == {}
    assert FIGURES.keys() <= {row.what for row in rows(PAGE)}


RUN = Record("unknown", "2026-12-01", "1.0", ["updated in 49 s: python-stdnum 2.1 became 2.2"])
ROW = "| update of the inbox with a corrected library | 49 s (goal: 600 s) | `make soak offline` |"


def test_a_row_with_the_figure_of_its_record_is_accepted() -> None:
    assert differing(ROW, {"offline": RUN}) == {}


@pytest.mark.parametrize(
    "row",
    [
        ROW.replace("49 s", "48 s"),
        ROW.replace("49 s", "49 s, at most 50 s"),
        ROW.replace("49 s (goal: 600 s)", "quick"),
        ROW.replace("update of", "renewal of"),
    ],
    ids=["another figure", "one more figure", "no figure", "unknown row"],
)
def test_a_row_that_differs_from_its_record_is_found(row: str) -> None:
    assert [*differing(row, {"offline": RUN})] == [row.split("|")[1].strip()]


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("", set()),
        ("No record yet: `install` and\n`offline`. They have run.", {"install", "offline"}),
    ],
)
def test_the_sentence_about_parts_without_a_record_is_read(sentence: str, named: set[str]) -> None:
    page = f"{ROW}\n\n{sentence}\n"
    assert without_record(page) == named
    assert unrecorded(page, {}) == {"offline"}
    assert unrecorded(page, {"offline": RUN}) == set()
