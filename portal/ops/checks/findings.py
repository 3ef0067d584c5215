"""What the checks of `portal doctor` return.

A finding never depends on what has arrived: monitoring stores the findings, and would show when reports
arrived. Findings contain days of expiry, names of settings and states, but no counts, sizes or days of
envelopes (THREAT_MODEL). Only three states change with the data: a share that is nearly full, a database that
is too large to be rewritten daily, and a disk that is nearly full.
"""

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
