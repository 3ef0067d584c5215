"""All numbers in the files of a published edition, and all numbers that follow from its shown cells."""

import re
from collections.abc import Iterator
from html import unescape
from importlib.resources import files
from itertools import pairwise

from inbox.figures.events import Kind
from inbox.figures.published.figures import Figures
from tests.support.editions import IMPRINT, PLAN

WORDS = files("inbox.figures.published").joinpath("words.toml").read_text("utf-8")


def numbers(text: str) -> set[str]:
    """Return the numbers in a text. Spaces between digits are part of a number, as in French."""
    return {re.sub(r"\D", "", each) for each in re.findall(r"\d+(?:[\u202f,]\d{3})*", text)}


def of_page(page: bytes) -> str:
    """Return the texts of a page, also those of its charts, without its markup."""
    return unescape(re.sub(r"<[^>]*>", " ", page.decode()))


def unexplained(text: str, figures: Figures) -> set[str]:
    """Return the numbers in a text that are neither shown cells nor computed from shown cells."""
    return numbers(text) - {str(abs(each)) for each in _explained(figures)} - _fixed()


def _fixed() -> set[str]:
    said = [
        WORDS,
        *re.findall(r"(?:title|label) = .*", PLAN),
        IMPRINT.day.strftime("%-d %Y"),
        IMPRINT.licence,
    ]
    return numbers(" ".join(said))


def _explained(figures: Figures) -> Iterator[int]:
    years = figures.years
    yield from range(years[0], years[-1] + 3)
    for plan in figures.plans:
        yield from (plan.k, 2 * plan.k - 1, *(table.k for table in plan.tables.values()))
    yield from (count for count in figures.shown.values() if count is not None)
    rows: list[list[int | None]] = [
        [figures.total(name, year) for year in years] for name in figures.plan.totals
    ]
    came, gone = (
        [
            next(
                figures.total(name, year)
                for name, each in figures.of(year).totals.items()
                if each.event is kind
            )
            for year in years
        ]
        for kind in (Kind.RECEIVED, Kind.CLOSED)
    )
    still: list[int | None] = []
    for end in range(1, len(years) + 1):
        parts = [*came[:end], *gone[:end]]
        is_known = None not in parts and figures.plans[0].opens
        still.append(sum(n or 0 for n in came[:end]) - sum(n or 0 for n in gone[:end]) if is_known else None)
    for row in (*rows, still):
        yield from (count for count in row if count is not None)
        yield from (now - before for before, now in pairwise(row) if now is not None and before is not None)
    for tables in figures.tables.values():
        for table in tables:
            if table.whole is not None:
                yield table.whole
                known = [count for count in table.counts if count is not None]
                yield from (int(count * 100 / table.whole + 0.5) for count in known if table.whole)
