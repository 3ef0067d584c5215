"""How much of a case is told at its end."""

from enum import StrEnum


class Disclosure(StrEnum):
    """How much of what was done about a case its author reads, once it is closed."""

    FULL = "full"
    PARTIAL = "partial"
    WITHHELD = "withheld"
