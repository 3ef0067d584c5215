"""Slot requests for cases in every state, timed in turns: what an observer with a clock would learn."""

import secrets
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import insert

from crypto import age, casetoken, padding
from portal.store.database import Database
from portal.store.schema import cases
from tests.builders import INSPECTORATE

STATES: Mapping[str, Mapping[str, bool]] = {
    "unknown": {},
    "waiting": {"collected": False},
    "collected": {"collected": True},
    "answered": {"collected": True, "slot": True},
}
_SLOT = age.sealed_size(padding.SLOT)
_ROWS = 1_000
# What a clock beyond a network can hardly tell apart: either is enough.
_APART_MILLISECONDS = 2
_APART = 0.05


def fill(database: Database, count: int) -> Mapping[str, Sequence[bytes]]:
    """Put ``count`` cases into the portal, a third in each known state; return some locators by state."""
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
    """Return the milliseconds of ``ask`` by state, from rounds in which the order turns."""
    taken: dict[str, list[float]] = {name: [] for name in locators}
    names = list(locators)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            locator = secrets.choice(locators[name])
            begun = time.perf_counter()
            ask(locator)
            taken[name].append((time.perf_counter() - begun) * 1_000)
    return taken


def medians(taken: Mapping[str, Sequence[float]]) -> Mapping[str, float]:
    """Return what an observer at a distance would go by."""
    return {name: statistics.median(values) for name, values in taken.items()}


def quickest(taken: Mapping[str, Sequence[float]]) -> Mapping[str, float]:
    """Return what a tenth of the times stays below: they show the work itself, on a busy machine too."""
    return {name: statistics.quantiles(values, n=10)[0] for name, values in taken.items()}


def spread(found: Mapping[str, float]) -> float:
    """Return how far the states lie apart, as a part of the smallest."""
    return max(found.values()) / min(found.values()) - 1


def alike(found: Mapping[str, float]) -> bool:
    """Return whether medians, in milliseconds, are so near to each other that they tell nothing."""
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
