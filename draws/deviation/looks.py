"""Looks at the register: one a month, which together raise a false alarm in at most 1 % of honest years.

Each of the twelve planned looks has the level 1/1,200; the union bound holds however much their data overlap.
The p-value of a look is (b + 1)/(m + 1), if b of m shuffled tables have an excess at least as large as the
observed one (Phipson and Smyth 2010). It is exact: p ≤ a happens with probability a at most.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from draws.deviation.pairs import Excess, Statistic
from draws.deviation.table import Table

YEAR = Fraction(1, 100)
LOOKS = 12
LEVEL = YEAR / LOOKS
SHUFFLES = 5_999


@dataclass(frozen=True, slots=True)
class Found:
    """A combination above chance. ``p`` is its p-value, adjusted for all combinations of the look."""

    excess: Excess
    p: Fraction

    @property
    def is_signal(self) -> bool:
        """Whether chance alone rarely gives an excess this large. A signal is never proof."""
        return self.p <= LEVEL


def look(table: Table, seed: str, shuffles: int = SHUFFLES) -> list[Found]:
    """Return every combination above chance with its p-value, the largest excess first."""
    statistic = Statistic(table)
    if not (observed := statistic.observed()):
        return []
    chance = sorted(islice(statistic.shuffled(seed), shuffles))
    return [Found(each, _p(chance, each.score)) for each in observed]


def is_alarm(table: Table, seed: str, level: Fraction = LEVEL, shuffles: int = SHUFFLES) -> bool:
    """Return whether a look has a signal; as soon as that is impossible, no more tables are shuffled.

    Simulations need no more than this answer (Besag and Clifford 1991).
    """
    statistic = Statistic(table)
    observed = statistic.observed()
    if not observed:
        return False
    at_least = 0
    for is_reached in islice(statistic.reached(seed, observed[0].score - _ROUNDING), shuffles):
        at_least += is_reached
        if Fraction(at_least + 1, shuffles + 1) > level:
            return False
    return Fraction(at_least + 1, shuffles + 1) <= level


# Sums of the same terms in another order may differ in their last digits. Such values count as equal.
_ROUNDING = 1e-9


def _p(chance: Sequence[float], score: float) -> Fraction:
    """Return the p-value of a score; ``chance`` is sorted."""
    at_least = len(chance) - bisect_left(chance, score - _ROUNDING)
    return Fraction(at_least + 1, len(chance) + 1)
