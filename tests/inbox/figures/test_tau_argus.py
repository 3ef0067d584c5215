"""τ-ARGUS, the reference program for hiding small counts, hides the same small groups as our rule.

Both then hide more groups: τ-ARGUS hides the cheapest ones, and our rule hides the first ones. A cross-table
divides each group of another table. Nobody publishes the sums of its columns, so each of its rows counts as a
table of its own.
"""

import contextlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
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
    names = [f"group{place}" for place in range(len(counts))]
    rows = {
        "name": [name for name, count in zip(names, counts, strict=True) for _ in range(count)],
        "events": [1] * sum(counts),
    }
    # A count is too small below K. The second number concerns sums of money only.
    rules = f"FREQ({K},30)"
    done = protect(
        rows, ["name"], response="events", safety_rules=rules, suppress="OPT(1)", workdir=str(folder)
    )
    status = {row["name"]: row["status"] for row in done.tables[0].rows if row["name"] in names}

    def those(*wanted: str) -> Hidden:
        return frozenset(place for place, name in enumerate(names) if status.get(name) in wanted)

    return those("U"), those("U", "M")


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
