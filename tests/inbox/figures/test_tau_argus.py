"""τ-ARGUS, the reference program for hiding small counts, hides the same small groups as our rule.

Both then hide more groups: τ-ARGUS hides the cheapest ones, and our rule hides the first ones. A cross-table
divides each group of another table, and we publish no sums of its columns. τ-ARGUS publishes them, so it also
protects each column.
"""

import contextlib
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest
from pytauargus import protect

from inbox.figures import rule
from inbox.figures.rule import Layout, Table, Total
from tests.support import inference
from tests.support.attacker import splits

K = 3
Hidden = frozenset[int]
_TABLES = [split for total in range(K, 11) for split in splits(total, 3)]


def _small_and_all(counts: Sequence[int], folder: Path) -> tuple[Hidden, Hidden]:
    """Return the groups that τ-ARGUS finds too small, and all groups that it hides."""
    status = _status({(f"group{place}",): count for place, count in enumerate(counts)}, folder)

    def those(*wanted: str) -> Hidden:
        return frozenset(place for place in range(len(counts)) if status.get((f"group{place}",)) in wanted)

    return those("U"), those("U", "M")


def _status(counts: Mapping[tuple[str, ...], int], folder: Path) -> dict[tuple[str, ...], str]:
    """Return what τ-ARGUS does with each cell of a table: U for a small count, M for another hidden one.

    ``counts`` has the count of each cell by its places in the dimensions of the table. A sum of the table has
    the place "Total". A row or column without events is missing.
    """
    names = [f"dimension{place}" for place in range(len(next(iter(counts))))]
    events = [cell for cell, count in counts.items() for _ in range(count)]
    rows = {name: [cell[place] for cell in events] for place, name in enumerate(names)}
    # A count is too small below K. The second number concerns sums of money only.
    done = protect(
        rows | {"events": [1] * len(events)},
        names,
        response="events",
        safety_rules=f"FREQ({K},30)",
        suppress="OPT(1)",
        workdir=str(folder),
    )
    return {tuple(row[name] for name in names): row["status"] for row in done.tables[0].rows}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, ...], tuple[Hidden, Hidden]]:
    logging.disable(logging.INFO)
    try:
        # The solver leaves its logs in the current folder.
        with contextlib.chdir(tmp_path_factory.mktemp("logs")):
            return {
                counts: _small_and_all(counts, tmp_path_factory.mktemp("tau"))
                for counts in _TABLES
                if any(0 < count < K for count in counts)
            }
    finally:
        logging.disable(logging.NOTSET)


def _disagreements(counts: Sequence[int], theirs: Hidden) -> Iterator[str]:
    """Return why our rule and τ-ARGUS differ, for each group where they do."""
    ours = rule.to_hide(counts, K)
    for place in ours ^ theirs:
        if place in theirs:
            enough = 0 in ours and sum(counts[each] for each in ours) >= 2 * K - 1
            yield (
                "they hide the cheapest group, we have hidden enough" if enough else f"unexplained: {counts}"
            )
        elif counts[place] == 0:
            yield "they show a group without events, and thereby that its count is 0"
        elif counts[place] >= K and {*range(place)} <= ours:
            yield "we hide the first groups, whatever their counts"
        else:
            yield f"unexplained: {counts}"


def test_our_rule_hides_each_group_that_tau_argus_finds_too_small(
    theirs: dict[tuple[int, ...], tuple[Hidden, Hidden]],
) -> None:
    assert len(theirs) > 100
    for counts, (small, _) in theirs.items():
        assert small, counts
        assert small <= rule.to_hide(counts, K), counts


def test_each_disagreement_with_tau_argus_has_a_reason(
    theirs: dict[tuple[int, ...], tuple[Hidden, Hidden]],
) -> None:
    why = Counter(
        reason for counts, (_, hidden) in theirs.items() for reason in _disagreements(counts, hidden)
    )
    assert len(why) == 3, why
    assert not any(reason.startswith("unexplained") for reason in why)


def test_an_attacker_can_narrow_the_counts_that_tau_argus_hides_but_not_those_that_our_rule_hides(
    theirs: dict[tuple[int, ...], tuple[Hidden, Hidden]],
) -> None:
    """Which group is the cheapest depends on the hidden counts, and so reveals something of them."""

    def of_tau_argus(counts: Sequence[int], k: int) -> set[int]:
        assert k == K
        return {*theirs[*counts][1]} if tuple(counts) in theirs else set()

    table = Table(("all",), ("0", "1", "2"), K)
    layout = Layout([Total("all", K)], [table])

    def narrowed(used: inference.Rule) -> int:
        found = 0
        for counts in _TABLES:
            hidden = used(counts, K)
            shown = {group: None if place in hidden else counts[place] for place, group in enumerate("012")}
            found += bool(inference.narrowed(layout, [], {"all": sum(counts), **shown}, used))
        return found

    assert narrowed(rule.to_hide) == 0
    assert narrowed(of_tau_argus) > len(theirs) // 5


# Two rows with three columns.
_FIRST_ROWS = [*product((0, 2, 8), repeat=3)]
_SECOND_ROWS = [(9, 9, 9), (1, 9, 9), (0, 4, 9)]
_CROSSED = [(one, other) for one, other in product(_FIRST_ROWS, _SECOND_ROWS) if {1, 2} & {*one, *other}]
Crossed = tuple[tuple[int, ...], tuple[int, ...]]


def _ours(crossed: Crossed) -> dict[tuple[str, ...], int | None]:
    """Return what our rule shows of the sums of the rows, and of the cells."""
    rows = ("0", "1")
    cells = {
        (row, f"{place}"): n for row, line in zip(rows, crossed, strict=True) for place, n in enumerate(line)
    }
    sums = {(row, "Total"): sum(line) for row, line in zip(rows, crossed, strict=True)}
    keys = {"/".join(cell): cell for cell in (*sums, *cells)}
    tables = [Table(("all",), tuple(f"{row}/Total" for row in rows), K)]
    tables += [Table((f"{row}/Total",), tuple(f"{row}/{place}" for place in range(3)), K) for row in rows]
    counts = {"/".join(cell): n for cell, n in {**sums, **cells}.items()}
    shown = rule.protect(Layout([Total("all", K)], tables), {"all": sum(sums.values()), **counts})
    return {cell: shown[key] for key, cell in keys.items()}


def _crossed_disagreements(crossed: Crossed, theirs: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """Return why our rule and τ-ARGUS differ, for each cell and each sum of a row where they do."""
    ours = _ours(crossed)
    for (row, place), shown in ours.items():
        line = crossed[int(row)]
        count = sum(line) if place == "Total" else line[int(place)]
        row_is_hidden = ours[row, "Total"] is None
        in_row = [each for each in range(len(line)) if ours[row, f"{each}"] is None]
        by_them = theirs.get((row, place)) in {"U", "M"}
        if by_them == (shown is None):
            continue
        if by_them and place != "Total" and not in_row:
            yield "they publish sums of columns, and hide more to protect a cell of another row"
        elif by_them and place != "Total" and rule.is_enough({each: line[each] for each in in_row}, K):
            yield "they hide the cheapest group, or protect a column; we have hidden enough"
        elif not by_them and count == 0:
            yield "they show a group without events, and thereby that its count is 0"
        elif not by_them and place != "Total" and row_is_hidden:
            yield "we hide all groups of a hidden sum"
        elif not by_them and count >= K and (place == "Total" or {*range(int(place))} <= {*in_row}):
            yield "we hide the first groups, whatever their counts"
        else:
            yield f"unexplained: {crossed}, row {row}, {place}"


@pytest.fixture(scope="module")
def crossed_theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[Crossed, dict[tuple[str, ...], str]]:
    logging.disable(logging.INFO)
    try:
        with contextlib.chdir(tmp_path_factory.mktemp("logs")):
            return {
                crossed: _status(
                    {
                        (f"{row}", f"{place}"): count
                        for row, line in enumerate(crossed)
                        for place, count in enumerate(line)
                    },
                    tmp_path_factory.mktemp("tau"),
                )
                for crossed in _CROSSED
            }
    finally:
        logging.disable(logging.NOTSET)


def test_our_rule_hides_each_cell_of_a_cross_table_that_tau_argus_finds_too_small(
    crossed_theirs: dict[Crossed, dict[tuple[str, ...], str]],
) -> None:
    found = 0
    for crossed, status in crossed_theirs.items():
        ours = _ours(crossed)
        small = [cell for cell, said in status.items() if said == "U" and cell in ours]
        assert all(ours[cell] is None for cell in small), crossed
        found += len(small)
    assert found > 100


def test_each_disagreement_with_tau_argus_about_a_cross_table_has_a_reason(
    crossed_theirs: dict[Crossed, dict[tuple[str, ...], str]],
) -> None:
    why = Counter(
        reason
        for crossed, status in crossed_theirs.items()
        for reason in _crossed_disagreements(crossed, status)
    )
    assert not any(reason.startswith("unexplained") for reason in why), why
    assert len(why) == 5, why
