"""What the checks of `portal doctor` and `inbox doctor` return, and how both commands print it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How urgent a finding is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. ``hint`` is empty if no action is needed."""

    level: Level
    what: str
    hint: str = ""


def data(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Return findings as values for JSON."""
    return [{"level": each.level.value, "what": each.what, "hint": each.hint} for each in found]


def lines(found: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines that tell a person the findings, each with its hint below it."""
    for each in found:
        yield f"{each.level.value}: {each.what}"
        if each.hint:
            yield f"  hint: {each.hint}"
