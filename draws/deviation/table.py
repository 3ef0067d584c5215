"""Drawn controls as the deviation test sees them: numbers in cells of the same unit, shift and stratum."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

# The columns whose values are people or firms. Equal names in two columns are two different things.
PARTIES = ("first", "by", "broker", "haulier")
MISS = "miss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One drawn control. People and firms are pseudonyms; an empty text means unknown.

    ``first`` made the check that the draw checks again, and ``by`` carried out the draw. ``is_done`` is False
    if the draw was not carried out. ``is_missed`` means that the second check found what the first missed.
    """

    day: date
    unit: str
    shift: str
    stratum: str
    first: str
    broker: str
    haulier: str
    by: str = ""
    is_done: bool = True
    is_missed: bool = False

    @property
    def is_possible_miss(self) -> bool:
        """Whether the first check missed something, or nobody can know that it did not."""
        return self.is_missed or not self.is_done


@dataclass(frozen=True, slots=True)
class Table:
    """Drawn controls, sorted by cell: for each row the number of its cell, and numbers for its values.

    ``columns`` are PARTIES and MISS. Number 0 means unknown, or no possible miss. ``names`` has the values of
    PARTIES by number.
    """

    cells: Sequence[int]
    columns: Mapping[str, Sequence[int]]
    names: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        return len(self.cells)


def tabled(drawn: Iterable[Drawn]) -> Table:
    """Return the table of these controls, which does not depend on their order."""
    rows = sorted(drawn, key=_order)
    columns: dict[str, Sequence[int]] = {MISS: [int(row.is_possible_miss) for row in rows]}
    names: dict[str, Sequence[str]] = {}
    for party in PARTIES:
        values = [getattr(row, party) for row in rows]
        names[party] = ["", *sorted({*values} - {""})]
        columns[party] = _numbered(values, names[party])
    cells = [(row.unit, row.shift, row.stratum) for row in rows]
    return Table(_numbered(cells, sorted({*cells})), columns, names)


def expected(table: Table, members: Sequence[str]) -> dict[tuple[int, ...], float]:
    """Return how often chance brings each combination of values of these columns together, on average.

    In a cell with n rows, two values that occur a and b times meet a·b/n times on average if they are
    independent, and three values a·b·c/n² times. Unknown values are left out.
    """
    margins: dict[int, list[Counter[int]]] = {}
    sizes = Counter(table.cells)
    for at, member in enumerate(members):
        for cell, value in zip(table.cells, table.columns[member], strict=True):
            margin = margins.setdefault(cell, [Counter() for _ in members])
            if value:
                margin[at][value] += 1
    found: dict[tuple[int, ...], float] = {}
    for cell, size in sizes.items():
        partial: dict[tuple[int, ...], float] = {(): float(size)}
        for counts in margins[cell]:
            partial = {
                (*values, value): mean * count / size
                for values, mean in partial.items()
                for value, count in counts.items()
            }
        for values, mean in partial.items():
            found[values] = found.get(values, 0.0) + mean
    return found


def _order(row: Drawn) -> tuple[object, ...]:
    place = (row.unit, row.shift, row.stratum, row.day)
    return (*place, *(getattr(row, party) for party in PARTIES), row.is_done, row.is_missed)


def _numbered(values: Sequence[object], names: Sequence[object]) -> list[int]:
    number = {name: n for n, name in enumerate(names)}
    return [number[value] for value in values]
