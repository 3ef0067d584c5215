"""What the checks of `portal doctor` and `inbox doctor` return, how both print it, and a common check."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from templates import disks


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


def data(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Return findings as values for JSON."""
    return [{"level": each.level.value, "what": each.what, "hint": each.hint} for each in found]


def lines(found: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines that tell a person the findings, each with its hint below it."""
    for each in found:
        yield f"{each.level.value}: {each.what}"
        if each.hint:
            yield f"  hint: {each.hint}"
