"""The deviation test: honest draws seldom raise an alarm, and a steered pair does."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import islice, permutations, product
from math import isclose
from random import Random  # noqa: TID251 simulated draws keep no secret

import pytest

from benchmarks import draws as simulated
from draws.deviation import looks
from draws.deviation.pairs import Kind, Statistic, score
from draws.deviation.shares import Share
from draws.deviation.shuffling import Shuffles
from draws.deviation.table import MISS, Drawn, expected, tabled

# Stated before the first run: with 200 honest tables and a level of 5 %, more than 19 alarms have a
# probability below 0.5 %.
TABLES, LEVEL, MOST_ALARMS = 200, Fraction(1, 20), 19


def months(
    count: int,
    manipulation: simulated.Manipulation,
    seed: str,
    of: int = 6,
    office: simulated.Office = simulated.ROTATING,
) -> list[Drawn]:
    random = Random(seed)  # noqa: S311 simulated draws keep no secret
    return [
        each for at in range(1, of + 1) for each in simulated.month(at, count, manipulation, random, office)
    ]


def alarms(office: simulated.Office, *, shift: bool = True) -> int:
    """Return how many honest tables raise an alarm, with the shift or without it."""
    found = 0
    for n in range(TABLES):
        drawn = months(20, simulated.HONEST, f"gate/{n}", 3, office)
        known = drawn if shift else [replace(each, shift="") for each in drawn]
        found += looks.is_alarm(tabled(known), str(n), LEVEL, 99)
    return found


@pytest.mark.parametrize("office", [simulated.ROTATING, simulated.CREWS], ids=["rotating", "crews"])
def test_honest_draws_raise_no_more_alarms_than_stated(office: simulated.Office) -> None:
    """In the second office, each shift has its own inspectors, brokers and hauliers."""
    assert alarms(office) <= MOST_ALARMS


@pytest.mark.slow
def test_without_the_shift_an_honest_office_with_crews_raises_many_alarms() -> None:
    """The control: this is what the column of the shift is for."""
    assert alarms(simulated.CREWS, shift=False) > 2 * MOST_ALARMS


def planted(**steered: str) -> list[Drawn]:
    """Return 400 honest draws, and 40 in which these values always meet."""
    drawn = months(80, simulated.HONEST, "planted", 5)
    chance = Random("planted")  # noqa: S311 simulated draws keep no secret
    more = [replace(chance.choice(drawn), is_done=True, is_missed=False, **steered) for _ in range(40)]
    return [*drawn, *more]


PAIRS = {
    Kind.FIRST_BROKER: {"first": "1/3", "broker": "7"},
    Kind.FIRST_HAULIER: {"first": "1/3", "haulier": "20"},
    Kind.BY_BROKER: {"by": "4", "broker": "20"},
    Kind.BY_HAULIER: {"by": "4", "haulier": "20"},
}


@pytest.mark.parametrize("kind", PAIRS)
def test_each_kind_of_steered_pair_is_named(kind: Kind) -> None:
    """Inspectors of the first and of the second check, with brokers and with hauliers."""
    found = looks.look(tabled(planted(**PAIRS[kind])), "seed", simulated.SHUFFLES)
    assert (found[0].excess.kind, found[0].excess.who) == (kind, tuple(PAIRS[kind].values()))
    assert found[0].is_signal


MISSED = {
    Kind.MISS_FIRST: {"first": "1/3"},
    Kind.MISS_BROKER: {"broker": "7"},
    Kind.MISS_HAULIER: {"haulier": "20"},
    Kind.MISS_FIRST_BROKER: {"first": "1/3", "broker": "7"},
    Kind.MISS_FIRST_HAULIER: {"first": "1/3", "haulier": "20"},
}


@pytest.mark.parametrize("is_done", [True, False], ids=["missed", "not carried out"])
@pytest.mark.parametrize("kind", MISSED)
def test_each_kind_of_possible_miss_is_named(kind: Kind, is_done: bool) -> None:  # noqa: FBT001
    """What the first check missed and what was not carried out count alike."""
    who = MISSED[kind]
    drawn = [
        replace(each, is_done=is_done, is_missed=is_done)
        if all(getattr(each, name) == value for name, value in who.items())
        else replace(each, is_done=True, is_missed=False)
        for each in planted(**who)
    ]
    found = {each.excess.kind: each for each in looks.look(tabled(drawn), "seed", simulated.SHUFFLES)}
    assert found[kind].excess.who == tuple(who.values())
    assert found[kind].is_signal


def test_draws_with_a_steered_pair_raise_an_alarm_that_names_it() -> None:
    """The control, and the planted cheat: inspector 3 of each unit makes the checks of broker 3."""
    cheat = simulated.Manipulation("one broker", friends=[3])
    found = looks.look(tabled(months(60, cheat, "cheat")), "seed", simulated.SHUFFLES)
    assert found[0].is_signal
    assert {each.excess.who for each in found[:2]} == {("0/3", "3"), ("1/3", "3")}
    assert {each.excess.kind for each in found[:2]} == {Kind.FIRST_BROKER}
    # No shuffled table has such an excess. The observed table counts as one of all tables.
    assert found[0].p == Fraction(1, simulated.SHUFFLES + 1)


def test_draws_of_one_broker_that_are_not_carried_out_raise_an_alarm_that_names_it() -> None:
    cheat = simulated.Manipulation("dropped", friends=[3], share=0.06, swapped=False)
    found = looks.look(tabled(months(60, cheat, "cheat")), "seed", simulated.SHUFFLES)
    assert found[0].is_signal
    assert (found[0].excess.kind, found[0].excess.who) == (Kind.MISS_BROKER, ("3",))


def test_the_result_depends_on_neither_the_order_of_the_draws_nor_the_run() -> None:
    drawn = months(30, simulated.HONEST, "order")
    first = looks.look(tabled(drawn), "seed", 49)
    assert first == looks.look(tabled(reversed(drawn)), "seed", 49)
    shuffled = [list(islice(Statistic(tabled(drawn)).shuffled(seed), 5)) for seed in ("seed", "other")]
    assert shuffled[0] != shuffled[1]


def test_the_quick_answer_of_a_simulation_is_that_of_a_look() -> None:
    answers = set()
    for manipulation in (simulated.HONEST, simulated.FEW):
        for n in range(10):
            table = tabled(months(60, manipulation, str(n), 3))
            found = looks.look(table, "s", 99)[0].p <= LEVEL
            assert looks.is_alarm(table, "s", LEVEL, 99) == found
            answers.add(found)
    assert answers == {True, False}


def test_the_levels_of_all_looks_of_a_year_add_up_to_one_percent() -> None:
    assert looks.LEVEL * looks.LOOKS == Fraction(1, 100)
    # With this many shuffles, a look can reach its level.
    assert Fraction(1, looks.SHUFFLES + 1) <= looks.LEVEL
    assert Fraction(1, simulated.SHUFFLES + 1) <= looks.LEVEL


def test_no_draws_and_draws_alone_in_their_cells_raise_no_alarm() -> None:
    assert not looks.look(tabled([]), "seed", 9)
    alone = months(1, simulated.FEW, "alone", 1)
    assert not looks.is_alarm(tabled(alone), "seed", LEVEL, 99)


def test_draws_are_compared_only_within_one_unit_and_shift_and_stratum() -> None:
    def drawn(unit: str, shift: str, stratum: str) -> Drawn:
        who = {"first": "1", "broker": "a", "haulier": "h"}
        return Drawn(day=date(2027, 1, 1), unit=unit, shift=shift, stratum=stratum, **who)

    table = tabled([*(drawn(*each) for each in product("12", "ab", "xy")), drawn("1", "a", "x")])
    assert list(table.cells) == [0, *range(8)]


def test_a_shuffle_moves_rows_only_within_their_cells_and_reaches_every_order() -> None:
    cells = [0, 0, 0, 1, 2, 2]
    shuffles = Shuffles(cells, "seed")
    orders = {tuple(shuffles.order(k)) for k in range(300)}
    assert orders == {(*one, 3, *two) for one, two in product(permutations([0, 1, 2]), permutations([4, 5]))}


def test_a_shuffle_is_the_one_that_the_method_describes() -> None:
    """The order follows from the bytes that `openssl dgst -shake256` gives for the described input."""
    assert Shuffles([0] * 6, "seed").order(1) == [0, 3, 5, 4, 2, 1]


def test_what_is_expected_is_the_mean_over_all_shuffles() -> None:
    def drawn(first: str, broker: str, *, is_done: bool) -> Drawn:
        place = {"unit": "u", "shift": "s", "stratum": "t", "haulier": "h"}
        return Drawn(day=date(2027, 1, 1), first=first, broker=broker, is_done=is_done, **place)

    table = tabled(
        [drawn("1", "a", is_done=True), drawn("1", "b", is_done=False), drawn("2", "a", is_done=False)]
    )
    orders = [*permutations(range(3))]
    first, miss, broker = (table.columns[name] for name in ("first", MISS, "broker"))
    met = sum(
        (first[one[row]], miss[two[row]], broker[row]) == (1, 1, 1)
        for one, two, row in product(orders, orders, range(3))
    )
    assert isclose(expected(table, (MISS, "first", "broker"))[1, 1, 1], met / len(orders) ** 2)


def test_shuffled_tables_keep_what_each_cell_has() -> None:
    table = tabled(months(40, simulated.HONEST, "margins", 2))
    statistic = Statistic(table)
    found = statistic.observed()
    assert all(
        each.count > each.expected and each.score == score(each.count, each.expected) for each in found
    )


@pytest.mark.parametrize(("total", "rate"), [(59, 0.05), (299, 0.01)])
def test_this_many_without_a_miss_exclude_the_rate_and_one_fewer_does_not(total: int, rate: float) -> None:
    assert Share(0, total).high <= rate < Share(0, total - 1).high


def test_the_limits_are_those_of_clopper_and_pearson() -> None:
    """Published values for 95 % one-sided limits, for 3 of 20 and 1 of 10."""
    assert (round(Share(3, 20).low, 4), round(Share(3, 20).high, 4)) == (0.0422, 0.3437)
    assert (round(Share(1, 10).low, 4), round(Share(1, 10).high, 4)) == (0.0051, 0.3942)
    assert (Share(0, 5).low, Share(5, 5).high) == (0.0, 1.0)
