"""What published counts prove, compared with all exact counts that they allow."""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

import pytest

from crypto.keyring import Texts
from inbox.figures.counting import Kept, Whether
from inbox.figures.plan import Group, Planned
from inbox.figures.published import figures
from inbox.figures.published.figures import Divided, Mismatched, by_length, done
from tests.support.editions import FIRST, PLAN, publish, some_years

Counts: TypeAlias = Sequence[int | None]


def completions(counts: Counts, whole: int) -> Iterator[Sequence[int]]:
    """Yield all exact counts that the shown ones allow."""
    left = whole - sum(count or 0 for count in counts)
    for values in product(*(range(left + 1) if count is None else [count] for count in counts)):
        if sum(values) == whole:
            yield values


def medians(values: Sequence[int], order: Sequence[int]) -> set[int]:
    """Return the groups that contain the two middle events."""
    events = [place for place in order for _ in range(values[place])]
    return {events[(len(events) - 1) // 2], events[len(events) // 2]}


def tables() -> Iterator[tuple[Counts, int]]:
    """Yield all small tables of four groups, each with every choice of hidden groups."""
    for values in product(range(4), repeat=4):
        for hidden in product((False, True), repeat=4):
            if sum(values):
                counts = [None if is_hidden else v for v, is_hidden in zip(values, hidden, strict=True)]
                yield counts, sum(values)


def test_the_group_of_the_median_is_named_exactly_when_all_possible_counts_agree_on_it() -> None:
    order = (1, 2, 3, 0)
    told = 0
    for counts, whole in tables():
        possible = {frozenset(medians(values, order)) for values in completions(counts, whole)}
        only = next(iter(possible)) if len(possible) == 1 else frozenset()
        expected = next(iter(only)) if len(only) == 1 else None
        assert Divided("2027", "", counts, whole).median(order) == expected, (counts, whole)
        told += expected is not None and None in counts
    assert told


def test_a_group_is_called_the_largest_only_if_it_is_the_largest_for_all_possible_counts() -> None:
    told = 0
    for counts, whole in tables():
        place = Divided("2027", "", counts, whole).largest()
        if place is not None:
            assert counts[place] is not None
            for values in completions(counts, whole):
                assert all(values[place] > v for n, v in enumerate(values) if n != place), (counts, whole)
            told += 1
        elif None not in counts:
            values = sorted(count or 0 for count in counts)
            assert values[-1] == values[-2]
    assert told


@pytest.mark.parametrize(
    ("count", "whole", "share"),
    [(1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (None, 9, None), (5, None, None)],
)
def test_a_share_needs_both_numbers_and_is_rounded_half_up(
    count: int | None, whole: int | None, share: int | None
) -> None:
    assert Divided("2027", "", [count, 7], whole).share(0) == share


def grouped(by: str, *groups: Sequence[str]) -> Planned:
    nothing = Texts("", "")
    made = tuple(Group(str(n), nothing, frozenset(codes)) for n, codes in enumerate(groups))
    return Planned("table", nothing, "received", by, 1, 5, made)


def test_times_are_ordered_from_the_shortest_to_the_longest() -> None:
    assert by_length(grouped("after", [], ["month_3", "month_1"], ["month_6", "month_12"])) == [1, 2, 0]


@pytest.mark.parametrize(
    "table",
    [
        grouped("outcome", [], ["month_1"]),
        # The first group contains both shorter and longer times than the second one.
        grouped("after", [], ["month_6"]),
        grouped("after", [], ["month_1", "month_6"], ["month_3"]),
    ],
)
def test_groups_without_an_order_have_no_median(table: Planned) -> None:
    assert by_length(table) == ()


def test_a_group_tells_what_was_done_only_if_it_has_no_other_codes() -> None:
    assert done(grouped("acknowledged", [], ["in_time"])) == 1
    assert done(grouped("acknowledged", [], ["in_time", "late"])) is None
    assert done(grouped("path", [], ["in_time"])) is None


def test_a_first_group_tells_what_was_done_if_the_others_name_all_other_codes() -> None:
    """If the program gets a new code, these lists must get it, too."""
    others = sorted(set(Kept) - {Kept.IN_TIME})
    for by in ("acknowledged", "feedback_given"):
        assert done(grouped(by, [], others)) == 0
        assert done(grouped(by, [], others[:1], others[1:])) == 0
        assert done(grouped(by, [], others[1:])) is None
    assert done(grouped("wrote_again", [], [Whether.NO])) == 0
    assert done(grouped("wrote_again", [], ["yes"])) == 1


def test_the_number_of_open_reports_is_given_only_if_all_numbers_behind_it_are_shown() -> None:
    published = publish(some_years(3), 3)
    assert published.figures.left_open(FIRST + 2) == 41 + 53 + 65 - 26 - 33 - 40
    hidden = json.loads(published.releases[FIRST])
    hidden["cells"][f"{FIRST}/closed"] = None
    releases = {**published.releases, FIRST: json.dumps(hidden).encode()}
    assert figures.read(published.plans, releases, FIRST + 2).left_open(FIRST + 2) is None


def test_reports_that_were_open_before_the_first_edition_count_as_open() -> None:
    published = publish(some_years(1), 1, PLAN.replace("opens = true", "opens = false"))
    raw = json.loads(published.releases[FIRST])
    assert published.figures.left_open(FIRST) is None
    raw["cells"][f"{FIRST}/open"] = 8
    raw["cells"][f"{FIRST}/closed"] = 26
    found = figures.read(published.plans, {FIRST: json.dumps(raw).encode()}, FIRST)
    assert found.left_open(FIRST) == 8 + 41 - 26


def test_files_that_lack_a_cell_or_have_one_more_are_refused() -> None:
    published = publish(some_years(1), 1)
    whole = json.loads(published.releases[FIRST])
    for cells in (
        {name: count for name, count in whole["cells"].items() if name != f"{FIRST}/closed"},
        whole["cells"] | {f"{FIRST}/received/saw": 9},
    ):
        with pytest.raises(Mismatched):
            figures.read(published.plans, {FIRST: json.dumps({"cells": cells}).encode()}, FIRST)


def test_an_edition_does_not_read_later_ones() -> None:
    published = publish(some_years(6), 6)
    found = figures.read(published.plans, published.releases, FIRST + 1)
    assert {name[:4] for name in found.shown} == {str(FIRST), str(FIRST + 1)}
