"""The rule says who has reached the maximum time, and who comes in the next batch."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations

import pytest

from draws.transfers import rule
from draws.transfers.matching import matched
from draws.transfers.records import Batch, Exposure, Rule
from draws.transfers.rule import BadLine, Held, Line, State

FROZEN = date(2026, 12, 1)
BATCH = Batch(date(2027, 3, 1), 2)
RULE = Rule(
    date(2026, 11, 1),
    (Exposure("high", 36), Exposure("low", 60)),
    (Batch(date(2026, 9, 1), 9), BATCH, Batch(date(2027, 9, 1), 3)),
    ("illness", "pregnancy"),
    closed=24,
)
AGENT, OTHER = "a" * 64, "b" * 64


def person(since: str, exposure: str = "high", exception: str = "") -> Line:
    return Line(AGENT, "P1", "", exposure, date.fromisoformat(since), exception)


def states(*lines: Line) -> list[State]:
    return [*rule.sort(RULE, BATCH, lines).states]


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        ("2024-03-01", 36, "2027-03-01"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-01-31", 3, "2026-04-30"),
    ],
)
def test_months_are_calendar_months_and_end_with_a_shorter_month(start: str, months: int, day: str) -> None:
    assert rule.months_after(date.fromisoformat(start), months).isoformat() == day


def test_nobody_comes_in_a_batch_before_the_maximum_time_is_reached() -> None:
    assert states(person("2024-03-02")) == [State.WITHIN]
    assert states(person("2024-03-01")) == [State.CERTAIN]


def test_each_exposure_has_its_own_maximum() -> None:
    assert states(person("2023-01-01", "low"), person("2023-01-01", "high")) == [State.WITHIN, State.CERTAIN]


def test_a_person_with_an_exception_takes_no_place() -> None:
    lines = [person("2010-01-01", exception=OTHER), person("2020-01-01"), person("2021-01-01")]
    assert states(*lines) == [State.EXCEPTED, State.CERTAIN, State.CERTAIN]


def test_the_longest_overdue_come_first_and_the_others_wait() -> None:
    lines = [person("2022-01-01"), person("2020-01-01"), person("2021-01-01")]
    assert states(*lines) == [State.WAITING, State.CERTAIN, State.CERTAIN]


def test_the_exposure_counts_in_how_long_somebody_is_overdue() -> None:
    """At a post of low exposure since 2019, the maximum was reached later than since 2020 at a high one."""
    lines = [person("2019-06-01", "low"), person("2020-01-01"), person("2021-01-01")]
    assert states(*lines) == [State.WAITING, State.CERTAIN, State.CERTAIN]


def test_people_who_are_equal_at_the_last_place_are_tied_and_chance_decides() -> None:
    lines = [person("2020-01-01"), *[person("2021-01-01")] * 3, person("2022-01-01")]
    found = rule.sort(RULE, BATCH, lines)
    assert [*found.states] == [State.CERTAIN, *[State.TIED] * 3, State.WAITING]
    assert {state: found.drawn(state) for state in State} == {
        State.CERTAIN: 1,
        State.TIED: 1,
        State.WAITING: 0,
        State.WITHIN: 0,
        State.EXCEPTED: 0,
        State.FREE: 0,
    }


def test_nobody_is_tied_if_equal_people_all_have_a_place() -> None:
    lines = [*[person("2021-01-01")] * 2, person("2022-01-01")]
    assert states(*lines) == [State.CERTAIN, State.CERTAIN, State.WAITING]
    assert rule.sort(RULE, BATCH, lines).drawn(State.TIED) == 0


def test_the_next_batch_is_the_first_after_the_list_was_frozen() -> None:
    assert rule.next_batch(RULE, FROZEN) == BATCH
    assert rule.next_batch(RULE, date(2027, 3, 1)) == RULE.batches[2]
    assert rule.next_batch(RULE, date(2027, 9, 1)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"exposures": ()},
        {"batches": ()},
        {"exposures": (Exposure("low", 1), Exposure("high", 1))},
        {"exposures": (Exposure("low", 1), Exposure("low", 2))},
        {"batches": (BATCH, BATCH)},
        {"reasons": ("pregnancy", "illness")},
    ],
)
def test_a_rule_that_can_be_written_in_two_ways_is_not_sound(changed: dict[str, tuple[object, ...]]) -> None:
    values = {each: getattr(RULE, each) for each in ("day", "exposures", "batches", "reasons", "closed")}
    assert rule.is_sound(RULE)
    assert not rule.is_sound(Rule(**values | changed))


PERSON = (AGENT, "P1", "", "high", "2021-01-01", "", "P2:2020-01-01 P3:2021-01-01")
FREE = ("", "P9", "grade-b", "", "", "", "")


@pytest.mark.parametrize(
    ("cells", "at", "cell", "column"),
    [
        (PERSON, 0, "A17", "agent"),
        (PERSON, 1, "", "post"),
        (PERSON, 1, "P 1", "post"),
        (PERSON, 2, "=x", "profile"),
        (PERSON, 3, "extreme", "exposure"),
        (PERSON, 4, "", "since"),
        (PERSON, 4, "2021-02-30", "since"),
        (PERSON, 4, "20210101", "since"),
        (PERSON, 4, "2026-12-02", "since"),
        (PERSON, 4, "1949-12-31", "since"),
        (PERSON, 5, "illness", "exception"),
        (PERSON, 6, "P2", "held"),
        (PERSON, 6, "P2:2020-01-01  P3:2021-01-01", "held"),
        (PERSON, 6, "P3:2021-01-01 P2:2020-01-01", "held"),
        (PERSON, 6, "P2:2027-01-01", "held"),
        (FREE, 1, "", "post"),
        (FREE, 3, "high", "exposure"),
        (FREE, 4, "2021-01-01", "since"),
        (FREE, 5, OTHER, "exception"),
        (FREE, 6, "P2:2020-01-01", "held"),
    ],
)
def test_a_wrong_cell_is_refused_by_its_column(cells: Sequence[str], at: int, cell: str, column: str) -> None:
    wrong = [cell if n == at else each for n, each in enumerate(cells)]
    assert rule.parsed(cells, RULE, FROZEN).post == cells[1]
    with pytest.raises(BadLine) as error:
        rule.parsed(wrong, RULE, FROZEN)
    assert error.value.column == column


def test_a_line_with_a_cell_too_many_is_refused() -> None:
    with pytest.raises(BadLine):
        rule.parsed([*PERSON, ""], RULE, FROZEN)


@pytest.mark.parametrize(
    ("post", "profile", "is_fitting"),
    [
        ("P9", "", True),
        ("P1", "", False),  # comes from it
        ("P2", "", False),  # held it until 2026-01-01
        ("P3", "", True),  # held it until 2025-03-01, 24 months before the batch
        ("P9", "grade-b", False),
    ],
)
def test_a_post_is_closed_to_who_comes_from_it_or_held_it_lately(
    post: str, profile: str, *, is_fitting: bool
) -> None:
    held = (Held("P2", date(2026, 1, 1)), Held("P3", date(2025, 3, 1)))
    who = Line(AGENT, "P1", "", "high", date(2021, 1, 1), "", held)
    assert rule.fits(RULE, BATCH, who, Line("", post, profile)) is is_fitting


def test_a_rule_without_a_closed_time_closes_only_the_post_somebody_comes_from() -> None:
    without = Rule(RULE.day, RULE.exposures, RULE.batches, RULE.reasons)
    who = Line(AGENT, "P1", "", "high", date(2021, 1, 1), "", (Held("P2", FROZEN),))
    assert rule.fits(without, BATCH, who, Line("", "P2", ""))
    assert not rule.fits(without, BATCH, who, Line("", "P1", ""))


def test_the_first_person_leaves_a_post_to_somebody_who_has_no_other() -> None:
    assert matched([[0, 1], [0]]) == [1, 0]
    assert matched([[0, 1], [0, 1]]) == [0, 1]


def test_somebody_for_whom_nothing_is_left_gets_no_post() -> None:
    assert matched([[0], [0], []]) == [0, None, None]
    assert matched([]) == []


def _best(fitting: list[list[int]], posts: int) -> list[int | None]:
    """Return the same from the specification alone: try all ways to give posts."""
    nobody = range(posts, posts + len(fitting))
    ways = {
        tuple(post if post < posts else None for post in way)
        for way in permutations([*range(posts), *nobody], len(fitting))
        if all(post >= posts or post in own for post, own in zip(way, fitting, strict=True))
    }

    def quality(way: tuple[int | None, ...]) -> tuple[list[bool], list[int]]:
        places = [own.index(post) if post is not None else 0 for own, post in zip(fitting, way, strict=True)]
        return ([post is None for post in way], places)

    return [*min(ways, key=quality)]


def test_the_matching_is_that_of_the_definition_in_every_small_case() -> None:
    """All ways in which three people fit three posts: 512 cases, and no case with an unnecessary gap."""
    sets = [[n for n in range(3) if bits >> n & 1] for bits in range(8)]
    for a in sets:
        for b in sets:
            for c in sets:
                assert matched([a, b, c]) == _best([a, b, c], 3), (a, b, c)


def test_a_batch_of_the_largest_size_is_matched_although_everybody_wants_the_same() -> None:
    count = 300
    fitting = [[*range(count)] for _ in range(count - 1)] + [[0]]
    assert matched(fitting) == [*range(1, count), 0]


def test_the_batch_of_a_large_office_is_sorted_by_days() -> None:
    days = [FROZEN - timedelta(days=2_000 + n) for n in range(1_000)]
    found = rule.sort(RULE, BATCH, [person(day.isoformat()) for day in days])
    assert [n for n, state in enumerate(found.states) if state is State.CERTAIN] == [998, 999]
