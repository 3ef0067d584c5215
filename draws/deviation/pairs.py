"""The statistic of the deviation test: the largest excess over chance, among all pairs, people and firms.

The excess of a count x over its expectation m is the log-likelihood ratio x·ln(x/m) - (x - m), or 0 if x is
at most m (Kulldorff, A spatial scan statistic, 1997). The test compares the largest excess with the largest
excess of shuffled tables, so that its level covers all pairs together (Westfall and Young 1993).
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from itertools import count as naturals
from operator import add, ge

from draws.deviation.shuffling import Shuffles
from draws.deviation.table import MISS, Table, expected


class Kind(StrEnum):
    """What is counted: how often a pair occurs, or the possible misses of a pair, a person or a firm."""

    FIRST_BROKER = "first-broker"
    FIRST_HAULIER = "first-haulier"
    BY_BROKER = "by-broker"
    BY_HAULIER = "by-haulier"
    MISS_FIRST = "miss-first"
    MISS_BROKER = "miss-broker"
    MISS_HAULIER = "miss-haulier"
    MISS_FIRST_BROKER = "miss-first-broker"
    MISS_FIRST_HAULIER = "miss-first-haulier"

    @property
    def of_misses(self) -> bool:
        """Whether only possible misses count."""
        return self.startswith(f"{MISS}-")

    @property
    def parties(self) -> tuple[str, ...]:
        """The columns of the people and firms that meet."""
        return tuple(self.removeprefix(f"{MISS}-").split("-"))


@dataclass(frozen=True, slots=True)
class Excess:
    """How far a count lies above chance. ``who`` has the pseudonyms of ``kind.parties``."""

    kind: Kind
    who: tuple[str, ...]
    count: int
    expected: float
    score: float


def score(count: int, mean: float) -> float:
    """Return the excess of ``count`` over ``mean``: 0 or more."""
    return count * math.log(count / mean) - (count - mean) if count > mean else 0.0


class Statistic:
    """Counts and scores the combinations of a table, as it is or shuffled.

    A shuffle moves who made the first check, and independently who carried out the draw, together with its
    outcome. Brokers and hauliers stay. Shuffles do not change what is expected, because each cell keeps its
    people, its firms and its possible misses.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        # A combination is one number, its code: the kind and the numbers of two parties are its digits.
        self._digit = 1 + max(len(names) for names in table.names.values())
        means: dict[int, float] = {}
        self._named: dict[int, tuple[Kind, tuple[str, ...]]] = {}
        for kind in Kind:
            members = (MISS, *kind.parties) if kind.of_misses else kind.parties
            for values, mean in expected(table, members).items():
                parties = values[1:] if kind.of_misses else values
                code = self._code(kind, *parties)
                means[code] = mean
                who = zip(kind.parties, parties, strict=True)
                self._named[code] = kind, tuple(table.names[party][value] for party, value in who)
        self._means = means
        self._scores = _Scores(means)
        self._prepared = {
            kind: [self._code(kind, value) for value in table.columns[kind.parties[0]]]
            for kind in Kind
            if not kind.of_misses
        }

    def observed(self) -> list[Excess]:
        """Return every combination above chance, the largest excess first."""
        asis = range(len(self._table))
        found = [
            Excess(*self._named[code], count, self._means[code], excess)
            for code, count in self._counted(asis, asis).items()
            if (excess := self._scores[code, count]) > 0
        ]
        return sorted(found, key=lambda each: (-each.score, each.kind, each.who))

    def shuffled(self, seed: str) -> Iterator[float]:
        """Yield the largest excess of one shuffled table after another, without end."""
        scores = self._scores.__getitem__
        for counts in self._shuffled(seed):
            yield max(map(scores, counts.items()), default=0.0)

    def reached(self, seed: str, least: float) -> Iterator[bool]:
        """Yield whether the largest excess of each shuffled table is at least ``least``, without end.

        The tables are those of ``shuffled``. To compare counts is quicker than to score them.
        """
        needed = _Needed(self._means, least).__getitem__
        for counts in self._shuffled(seed):
            yield any(map(ge, counts.values(), map(needed, counts)))

    def _shuffled(self, seed: str) -> Iterator[Counter[int]]:
        for firsts, outcomes in Shuffles(self._table.cells, seed).pairs():
            yield self._counted(firsts, outcomes)

    def _counted(self, firsts: Sequence[int], outcomes: Sequence[int]) -> Counter[int]:
        """Count the codes of all combinations, if row k gets who made the first check of row firsts[k]."""
        columns = self._table.columns
        moved = {"first": firsts, "by": outcomes}
        pairs = (
            map(add, map(prepared.__getitem__, moved[kind.parties[0]]), columns[kind.parties[1]])
            for kind, prepared in self._prepared.items()
        )
        return Counter(chain(*pairs, self._misses(firsts, outcomes)))

    def _misses(self, firsts: Sequence[int], outcomes: Sequence[int]) -> Iterator[int]:
        columns = self._table.columns
        miss, first, brokers, hauliers = (columns[name] for name in (MISS, "first", "broker", "haulier"))
        for row, other in enumerate(outcomes):
            if miss[other]:
                who, broker, haulier = first[firsts[row]], brokers[row], hauliers[row]
                yield self._code(Kind.MISS_FIRST, who)
                yield self._code(Kind.MISS_BROKER, broker)
                yield self._code(Kind.MISS_HAULIER, haulier)
                yield self._code(Kind.MISS_FIRST_BROKER, who, broker)
                yield self._code(Kind.MISS_FIRST_HAULIER, who, haulier)

    def _code(self, kind: Kind, one: int, other: int = 0) -> int:
        return (_NUMBER[kind] * self._digit + one) * self._digit + other


_NUMBER = {kind: n for n, kind in enumerate(Kind)}


class _Scores(dict[tuple[int, int], float]):
    """The excess of (code, count), computed once. A code with an unknown party has no excess."""

    def __init__(self, means: dict[int, float]) -> None:
        self._means = means

    def __missing__(self, key: tuple[int, int]) -> float:
        code, count = key
        found = self[key] = score(count, self._means[code]) if code in self._means else 0.0
        return found


class _Needed(dict[int, float]):
    """The smallest count of a code whose excess is at least ``least``. An unknown party never has it."""

    def __init__(self, means: dict[int, float], least: float) -> None:
        self._means, self._least = means, least

    def __missing__(self, code: int) -> float:
        mean = self._means.get(code)
        found = self[code] = math.inf if mean is None else self._of(mean)
        return found

    def _of(self, mean: float) -> int:
        return next(number for number in naturals() if score(number, mean) >= self._least)
