"""Simulated years of draws, honest and manipulated, for the power of the deviation test.

A year has twelve looks. It counts as found if a look raises an alarm. All random numbers come from a seed, so
that a run can be repeated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random  # noqa: TID251 simulated years keep no secret

from draws.deviation import looks
from draws.deviation.table import Drawn, tabled

# The fewest shuffles at which a look can raise an alarm. More shuffles give a little more power.
SHUFFLES = 1_199


@dataclass(frozen=True, slots=True)
class Office:
    """Who works and trades in a simulated year; shares of firms fall as in a port (Zipf, exponent 0.7).

    If ``crews``, each shift has its own inspectors, brokers and hauliers.
    """

    units: int = 2
    shifts: int = 3
    strata: int = 2
    inspectors: int = 12
    seconds: int = 6
    brokers: int = 30
    hauliers: int = 60
    not_done: float = 0.05
    missed: float = 0.01
    crews: bool = False


@dataclass(frozen=True, slots=True)
class Manipulation:
    """A share of all draws is steered: ``friends`` brokers have one inspector in each unit.

    In a steered draw, that inspector made the first check if ``swapped``; otherwise the draw is not done.
    """

    name: str
    friends: Sequence[int] = ()
    share: float = 0.1
    swapped: bool = True


HONEST = Manipulation("honest", share=0.0)
# Brokers 2 to 5 have about a fifth of all checks; every second check of theirs is steered.
FEW = Manipulation("few brokers", range(2, 6))
ALL = Manipulation("all brokers", range(30))
DROPPED = Manipulation("not carried out", range(2, 6), swapped=False)


# All inspectors work in all shifts.
ROTATING = Office()
CREWS = Office(units=1, inspectors=6, brokers=12, hauliers=24, crews=True)


def month(
    of: int, count: int, manipulation: Manipulation, random: Random, office: Office = ROTATING
) -> Iterator[Drawn]:
    """Yield the draws of a month in one office."""
    brokers = _weights(office.brokers)
    hauliers = _weights(office.hauliers)
    friends = sum(_share(brokers, each) for each in manipulation.friends)
    for _ in range(count):
        unit = random.randrange(office.units)
        broker = random.choices(range(office.brokers), cum_weights=brokers)[0]
        shift = random.randrange(office.shifts)
        haulier = random.choices(range(office.hauliers), cum_weights=hauliers)[0]
        inspector = random.randrange(office.inspectors)
        if office.crews:
            inspector = inspector // office.shifts * office.shifts + shift
            broker = broker // office.shifts * office.shifts + shift
            haulier = haulier // office.shifts * office.shifts + shift
        is_steered = broker in manipulation.friends and random.random() < manipulation.share / friends
        if is_steered and manipulation.swapped:
            inspector = broker % office.inspectors
        is_done = random.random() >= office.not_done
        if is_steered and not manipulation.swapped:
            is_done = False
        yield Drawn(
            day=date(2026, of, 1),
            unit=str(unit),
            shift=str(shift),
            stratum=str(random.randrange(office.strata)),
            first=f"{unit}/{inspector}",
            broker=str(broker),
            haulier=str(haulier),
            by=str(random.randrange(office.seconds)) if is_done else "",
            is_done=is_done,
            is_missed=is_done and random.random() < office.missed,
        )


def found_in(count: int, manipulation: Manipulation, seed: str, office: Office = ROTATING) -> int:
    """Return the month of the first alarm in a year with ``count`` draws a month, or 0."""
    random = Random(seed)  # noqa: S311 simulated years keep no secret, and must be repeatable
    drawn: list[Drawn] = []
    for of in range(1, looks.LOOKS + 1):
        drawn += month(of, count, manipulation, random, office)
        if looks.is_alarm(tabled(drawn), f"{seed}/{of}", shuffles=SHUFFLES):
            return of
    return 0


def _weights(count: int) -> list[float]:
    return list(accumulate((each + 1) ** -0.7 for each in range(count)))


def _share(cumulated: Sequence[float], at: int) -> float:
    return (cumulated[at] - (cumulated[at - 1] if at else 0)) / cumulated[-1]
