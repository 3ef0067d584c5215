"""What the figures count: events. Each has codes and the year in which it is recorded.

A code states one property of an event, such as the path of a report. If an event has several codes of one
kind, the code is `several` (a report can name several vectors). If an event has no code of a kind, the code
is `nothing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SEVERAL, NOTHING = "several", "nothing"


class Kind(StrEnum):
    """The kinds of events."""

    RECEIVED = "received"
    CLOSED = "closed"
    MEASURE = "measure"


# The codes that each kind of event has.
CODES: Mapping[Kind, frozenset[str]] = {
    Kind.RECEIVED: frozenset(
        {
            "path",
            "category",
            "vector",
            "service_sought",
            "means",
            "area",
            "route",
            "identity",
            "role",
            "acknowledged",
            "feedback_given",
            "extended",
            "wrote_again",
            "persons_informed",
            "junk",
        }
    ),
    Kind.CLOSED: frozenset({"outcome", "after"}),
    Kind.MEASURE: frozenset({"kind", "after", "degree"}),
}


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the year ``year``; ``codes`` has one code of each kind in CODES."""

    kind: Kind
    year: int
    codes: Mapping[str, str]
