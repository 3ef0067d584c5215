"""Measure the times of slot requests for cases in every state, to see what an observer could learn."""

import math
import secrets
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

from sqlalchemy import insert

from crypto import age, casetoken, padding
from portal.store.database import Database
from portal.store.schema import cases
from tests.support.builders import INSPECTORATE

STATES: Mapping[str, Mapping[str, bool]] = {
    "unknown": {},
    "waiting": {"collected": False},
    "collected": {"collected": True},
    "answered": {"collected": True, "slot": True},
}
_SLOT = age.sealed_size(padding.SLOT)
_ROWS = 1_000
# Differences that can hardly be measured through a network. It is enough if a difference stays below one of
# the two limits.
_APART_MILLISECONDS = 2
_APART = 0.05
# On a busy machine, one turn of rounds is too short to separate real differences from noise.
_TURNS = 6
# The limit in standard deviations. States that take equally long exceed this limit only once in 4,000
# comparisons.
_SIGMAS = 3.5


def fill(database: Database, count: int) -> Mapping[str, Sequence[bytes]]:
    """Put ``count`` cases into the portal, a third in each known state. Return some locators by state."""
    known = {name: state for name, state in STATES.items() if state}
    found: dict[str, list[bytes]] = {name: [] for name in STATES}
    for start in range(0, count, _ROWS):
        with database.write() as connection:
            rows = [_row(found, name) for name in (*known,) * (min(_ROWS, count - start) // len(known))]
            connection.execute(insert(cases), rows)
    found["unknown"] = [secrets.token_bytes(32) for _ in found["waiting"]]
    return found


def times(
    ask: Callable[[bytes], object], locators: Mapping[str, Sequence[bytes]], rounds: int
) -> Mapping[str, Sequence[float]]:
    """Return how many milliseconds ``ask`` takes, by state. Each round tries the states in another order."""
    taken: dict[str, list[float]] = {name: [] for name in locators}
    names = list(locators)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            locator = secrets.choice(locators[name])
            begun = time.perf_counter()
            ask(locator)
            taken[name].append((time.perf_counter() - begun) * 1_000)
    return taken


def measured(
    ask: Callable[[bytes], object],
    locators: Mapping[str, Sequence[bytes]],
    rounds: int,
    enough: Callable[[Mapping[str, Sequence[float]]], bool],
) -> Mapping[str, Sequence[float]]:
    """Return the times of all rounds.

    If the rounds are not enough for a judgement, more rounds are added, up to six times. All rounds are
    judged together. The more rounds there are, the less noise counts, because noise affects every state
    equally. A real difference remains. If turns were judged separately, one lucky turn would hide a real
    difference. ``told`` decides whether a difference that remains is due to chance.
    """
    taken: dict[str, list[float]] = {name: [] for name in locators}
    for _ in range(_TURNS):
        for name, values in times(ask, locators, rounds).items():
            taken[name] += values
        if enough(taken):
            break
    return taken


def medians(taken: Mapping[str, Sequence[float]]) -> Mapping[str, float]:
    """Return the medians, which a distant observer would use."""
    return {name: statistics.median(values) for name, values in taken.items()}


def quickest(taken: Mapping[str, Sequence[float]]) -> Mapping[str, float]:
    """Return the first decile of the times, which shows the real work even on a busy machine."""
    return {name: statistics.quantiles(values, n=10)[0] for name, values in taken.items()}


def spread(found: Mapping[str, float]) -> float:
    """Return the difference between the states, relative to the smallest time."""
    return max(found.values()) / min(found.values()) - 1


def told(taken: Mapping[str, Sequence[float]]) -> bool:
    """Tell whether one state takes longer than another in more rounds than chance explains.

    An observer of a machine that is too busy for stable times can make no other comparison either.
    """
    return any(_sigmas(taken[one], taken[other]) > _SIGMAS for one, other in permutations(taken, 2))


def _sigmas(slower: Sequence[float], quicker: Sequence[float]) -> float:
    """Count the rounds in which ``slower`` was slower.

    Return how many standard deviations this count is above half of the rounds.
    """
    count = sum(one > other for one, other in zip(slower, quicker, strict=True))
    return (count - len(slower) / 2) / (math.sqrt(len(slower)) / 2)


def alike(found: Mapping[str, float]) -> bool:
    """Tell whether medians, in milliseconds, are so close that they reveal nothing."""
    apart = max(found.values()) - min(found.values())
    return apart <= _APART_MILLISECONDS or spread(found) <= _APART


def _row(found: dict[str, list[bytes]], name: str) -> dict[str, object]:
    locator, state = secrets.token_bytes(32), STATES[name]
    found[name].append(locator)
    return {
        "case_id": casetoken.case_id(locator),
        "channel": INSPECTORATE,
        "memo": secrets.token_bytes(60),
        "withdraw_id": secrets.token_bytes(32),
        "day": 20_000,
        "slot": secrets.token_bytes(_SLOT) if state.get("slot") else None,
        "collected": state["collected"],
    }
