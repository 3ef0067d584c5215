"""Shares with their exact limits: draws not carried out, and the rate of misses that a sample excludes."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``total``, with the limits of Clopper and Pearson: each one-sided at 95 %."""

    count: int
    total: int

    @property
    def low(self) -> float:
        """The smallest rate that gives ``count`` or more with a probability of more than 5 %."""
        if not self.count:
            return 0.0
        return _solved(lambda rate: 1 - at_most(self.count - 1, self.total, rate) >= 1 - CONFIDENCE)

    @property
    def high(self) -> float:
        """The rate from which on ``count`` or fewer have a probability of 5 % at most."""
        if self.count >= self.total:
            return 1.0
        return _solved(lambda rate: at_most(self.count, self.total, rate) <= 1 - CONFIDENCE)


def at_most(count: int, total: int, rate: float) -> float:
    """Return the probability of ``count`` or fewer among ``total`` independent items at this rate."""
    if not 0 < rate < 1:
        return 1.0 if rate <= 0 or count >= total else 0.0
    return min(1.0, sum(exp(_log_term(k, total, rate)) for k in range(count + 1)))


def _log_term(k: int, total: int, rate: float) -> float:
    choose = lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1)
    return choose + k * log(rate) + (total - k) * log1p(-rate)


def _solved(holds: Callable[[float], bool]) -> float:
    """Return the smallest rate for which ``holds`` is true; it is false below, and true above."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
