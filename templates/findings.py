"""The findings of `portal doctor` and `inbox doctor`, how both print them, and the checks that both make."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from templates import disks, version


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


def of_swap(contents: str) -> Iterator[Finding]:
    """Yield a warning for each swap that is not encrypted. ``contents`` names what the swap may contain."""
    plain = disks.plain_swaps()
    for name in plain:
        yield Finding(
            Level.WARNING,
            f"no encryption was found for the swap {name}: {contents} may reach the disk",
            f"run `swapoff {name}` and remove it from /etc/fstab, or encrypt it",
        )
    if not plain:
        yield Finding(Level.OK, "there is no swap, or it is encrypted")


def of_clock(today: date, remedy: str) -> Finding:
    """Compare the day on the clock with the day of this version.

    A clock that shows an earlier day is slow, because nobody can install a version before it is made.
    ``remedy`` says how to set the clock of this machine.
    """
    made = version.day()
    trusted = "compare the date and the time with a clock that you trust"
    if made is None:
        unknown = "cannot tell whether the clock is right: the day of this version is unknown"
        return Finding(Level.WARNING, unknown, trusted)
    said = f"the clock says {today}"
    if today < made:
        return Finding(Level.WRONG, f"{said}, but this version is from {made}", remedy)
    return Finding(Level.OK, f"{said}, and this version is from {made}", trusted)


def data(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Return findings as values for JSON."""
    return [{"level": each.level.value, "what": each.what, "hint": each.hint} for each in found]


def lines(found: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines that show the findings to a person, each finding with its hint below."""
    for each in found:
        yield f"{each.level.value}: {each.what}"
        if each.hint:
            yield f"  hint: {each.hint}"
