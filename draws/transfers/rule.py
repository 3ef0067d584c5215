"""The rule of transfers: who has reached the maximum time, and who comes in the next batch.

Pure functions (docs/draws.md, 11.1 to 11.3).
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from draws.transfers.records import CODE, COLUMNS, COMMITTED, LONGEST_CODE, Batch, Rule

FIRST_DAY = date(1950, 1, 1)
_MONTHS = 12
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class State(StrEnum):
    """What the rule says of a line; the lines of one state form a stratum (11.3)."""

    CERTAIN = "certain"
    TIED = "tied"
    WAITING = "waiting"
    WITHIN = "within"
    EXCEPTED = "excepted"
    FREE = "free"


class BadLine(ValueError):
    """The cells are not a line of a list of transfers. ``column`` names the wrong cell."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


@dataclass(frozen=True, slots=True)
class Held:
    """A post that a person held until a day."""

    post: str
    until: date


@dataclass(frozen=True, slots=True)
class Line:
    """A person at an exposed post or, if ``agent`` is empty, a free post (11.2)."""

    agent: str
    post: str
    profile: str
    exposure: str = ""
    since: date | None = None
    exception: str = ""
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the rule says of each line, for the next batch.

    ``reached`` has, for each line of a person, the day on which the maximum time is reached, otherwise None.
    """

    batch: Batch
    states: tuple[State, ...]
    reached: tuple[date | None, ...]

    def size(self, state: State) -> int:
        """Return how many lines have a state."""
        return self.states.count(state)

    def drawn(self, state: State) -> int:
        """Return how many lines of a state are drawn (11.3)."""
        if state is State.TIED and self.size(State.TIED):
            return self.batch.capacity - self.size(State.CERTAIN)
        return self.size(state) if state in (State.CERTAIN, State.FREE) else 0


def is_sound(rule: Rule) -> bool:
    """Return whether names differ, days of batches ascend, and nothing is missing (11.1)."""
    names = [each.name for each in rule.exposures]
    days = [each.day for each in rule.batches]
    return (
        bool(names)
        and bool(days)
        and names == sorted({*names})
        and [*rule.reasons] == sorted({*rule.reasons})
        and all(before < after for before, after in pairwise(days))
    )


def months_after(start: date, months: int) -> date:
    """Return the day ``months`` calendar months after ``start``, or the last day of a shorter month."""
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def next_batch(rule: Rule, frozen: date) -> Batch | None:
    """Return the first batch after the day on which the list was frozen, or None."""
    return next((each for each in rule.batches if each.day > frozen), None)


def parsed(cells: Sequence[str], rule: Rule, frozen: date) -> Line:
    """Return the line in these cells. Raises BadLine."""
    agent, post, profile, exposure, since, exception, held = _seven(cells)
    _check(not agent or re.fullmatch(COMMITTED, agent), "agent")
    _check(is_code(post), "post")
    _check(not profile or is_code(profile), "profile")
    if not agent:
        for column, cell in zip(COLUMNS[3:], cells[3:], strict=True):
            _check(not cell, column)
        return Line("", post, profile)
    _check(exposure in {each.name for each in rule.exposures}, "exposure")
    began = _day(since, "since")
    _check(FIRST_DAY <= began <= frozen, "since")
    _check(not exception or re.fullmatch(COMMITTED, exception), "exception")
    return Line(agent, post, profile, exposure, began, exception, _held(held, frozen))


def is_code(written: str) -> bool:
    """Return whether a text is a code (11.2)."""
    return len(written) <= LONGEST_CODE and bool(re.fullmatch(CODE, written))


def held_cell(held: Sequence[Held]) -> str:
    """Return the cell with the posts that a person held, in ascending order."""
    return " ".join(sorted({f"{each.post}:{each.until.isoformat()}" for each in held}))


def sort(rule: Rule, batch: Batch, lines: Sequence[Line]) -> Sorted:
    """Return what the rule says of each line for a batch (11.3)."""
    months = {each.name: each.months for each in rule.exposures}
    reached = tuple(
        months_after(each.since, months[each.exposure]) if each.since is not None else None for each in lines
    )
    due = sorted(
        day
        for each, day in zip(lines, reached, strict=True)
        if day is not None and day <= batch.day and not each.exception
    )
    # The day of the last person for whom there is a place, if there are more people than places.
    border = due[batch.capacity - 1] if len(due) > batch.capacity else None
    tied = border is not None and due[batch.capacity] == border

    def state(each: Line, day: date | None) -> State:
        if day is None:
            return State.FREE
        if each.exception:
            return State.EXCEPTED
        if day > batch.day:
            return State.WITHIN
        if border is None or day < border:
            return State.CERTAIN
        if day > border:
            return State.WAITING
        return State.TIED if tied else State.CERTAIN

    return Sorted(batch, tuple(state(*each) for each in zip(lines, reached, strict=True)), reached)


def fits(rule: Rule, batch: Batch, person: Line, post: Line) -> bool:
    """Return whether a person may get a free post (11.4)."""
    closed = rule.closed or 0
    return (
        person.profile == post.profile
        and person.post != post.post
        and not any(
            each.post == post.post and months_after(each.until, closed) > batch.day for each in person.held
        )
    )


def _seven(cells: Sequence[str]) -> Sequence[str]:
    if len(cells) != len(COLUMNS):
        raise BadLine(COLUMNS[0])
    return cells


def _held(cell: str, frozen: date) -> tuple[Held, ...]:
    pairs = [each.partition(":") for each in cell.split(" ")] if cell else []
    held = tuple(Held(post, _day(until, "held")) for post, _, until in pairs)
    _check(all(is_code(each.post) and FIRST_DAY <= each.until <= frozen for each in held), "held")
    _check(held_cell(held) == cell, "held")
    return held


def _day(written: str, column: str) -> date:
    if not _DAY.fullmatch(written):
        raise BadLine(column)
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadLine(column) from None


def _check(holds: object, column: str) -> None:
    if not holds:
        raise BadLine(column)
