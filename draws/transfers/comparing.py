"""Compare two files of posts: what changed although a person stayed at the same post.

Whoever enters a later day or a lower exposure before a list is frozen keeps somebody out of a batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from draws.transfers.rule import Line


@dataclass(frozen=True, slots=True)
class Change:
    """What changed for a person: ``column``, with both values.

    ``after`` is empty if the person is missing.
    """

    number: str
    column: str
    before: str
    after: str


def changes(before: Sequence[Line], after: Sequence[Line]) -> list[Change]:
    """Return changed days and exposures at the same post, and people who are missing, in their order."""
    now = {each.agent: each for each in after}
    found = list[Change]()
    for old in before:
        new = now.get(old.agent)
        if new is None:
            found.append(Change(old.agent, "number", old.post, ""))
        elif new.post == old.post:
            values = {
                "since": (_written(old.since), _written(new.since)),
                "exposure": (old.exposure, new.exposure),
                "profile": (old.profile, new.profile),
            }
            found += [Change(old.agent, name, *both) for name, both in values.items() if both[0] != both[1]]
    return found


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""
