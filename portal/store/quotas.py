"""The total size of the envelopes of each kind, updated in the same transaction as the envelopes.

A deleted envelope counts until the hour is over. Otherwise somebody who keeps trying could see when room
becomes free. The store records only whether the hour was odd or even.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum

from sqlalchemy import Column, ColumnElement, Connection, delete, select, update

from crypto import age, padding
from portal import days
from portal.store import deletion
from portal.store.inserts import add_to
from portal.store.schema import envelopes, scriptless, usage

TEXT = age.sealed_size(padding.SMALLEST)
# Larger envelopes are a separate kind, because a few of them would take the room of all other envelopes.
LARGEST_OF_FILES = age.sealed_size(16 << 20)


class Kind(Enum):
    """The kind of an envelope, which determines the share that it counts towards.

    The kind depends on the size, and on whether the envelope begins a case. Envelopes sent without
    JavaScript, which need no proof of work, are a separate kind.
    """

    REPORT = "report"
    REPORT_WITH_FILES = "report_with_files"
    REPORT_WITH_LARGE_FILES = "report_with_large_files"
    FOLLOW_UP = "follow_up"
    FOLLOW_UP_WITH_FILES = "follow_up_with_files"
    FOLLOW_UP_WITH_LARGE_FILES = "follow_up_with_large_files"
    SCRIPTLESS = "scriptless"

    @classmethod
    def of(cls, size: int, *, begins_case: bool, scriptless: bool) -> "Kind":
        """Return the kind of an envelope of ``size`` bytes."""
        if scriptless:
            return cls.SCRIPTLESS
        if size <= TEXT:
            return cls.REPORT if begins_case else cls.FOLLOW_UP
        if size <= LARGEST_OF_FILES:
            return cls.REPORT_WITH_FILES if begins_case else cls.FOLLOW_UP_WITH_FILES
        return cls.REPORT_WITH_LARGE_FILES if begins_case else cls.FOLLOW_UP_WITH_LARGE_FILES


def used(connection: Connection, hour: int) -> Mapping[Kind, int]:
    """Return how many bytes each kind takes in an hour.

    Declared sizes count, even those of envelopes that were deleted in that hour.
    """
    rows = connection.execute(_USED[(hour - 1) % 2]).all()
    return dict.fromkeys(Kind, 0) | {Kind(kind): size for kind, size in rows}


def count(connection: Connection, kind: Kind, size: int) -> None:
    """Add ``size`` bytes to the sum of a kind.

    Call this function last, because it locks the sum until the transaction ends.
    """
    add_to(connection, usage, {"kind": kind.value}, {"size": size})


def delete_envelopes(connection: Connection, hour: int, *condition: ColumnElement[bool]) -> int:
    """Delete envelopes and return how many. The sizes of deleted envelopes count until ``hour`` is over.

    ``deletion`` deletes the bytes of these envelopes later.
    """
    columns = (
        envelopes.c.id,
        envelopes.c.size,
        envelopes.c.received,
        envelopes.c.case_id,
        envelopes.c.scriptless,
    )
    rows = connection.execute(delete(envelopes).where(*condition).returning(*columns)).all()
    deletion.schedule(connection, [row.id for row in rows if row.received])
    sums: dict[str, int] = {}
    for row in rows:
        kind = Kind.of(row.size, begins_case=row.case_id is not None, scriptless=row.scriptless).value
        sums[kind] = sums.get(kind, 0) + row.size
    # The order is always the same, because otherwise two deletions could block each other.
    for kind in sorted(sums):
        add_to(connection, usage, {"kind": kind}, {"size": 0, _left_in(hour).name: sums[kind]})
    return len(rows)


def settle(connection: Connection, kind: Kind, hour: int) -> None:
    """Subtract the deletions of the hour before ``hour`` from the stored sum; ``used`` stays the same.

    Call this function every hour, in one process or in many. Bytes that are not subtracted in time count for
    another hour.
    """
    left = _left_in(hour - 1)
    there = (usage.c.kind == kind.value, left != 0)
    connection.execute(update(usage).where(*there).values({"size": usage.c.size - left, left.name: 0}))


def add_scriptless(connection: Connection, today: date, size: int) -> int:
    """Add an envelope sent without JavaScript to today's count of texts or of larger envelopes.

    Deletes the counts of earlier days. Returns how many bytes of texts, or of larger envelopes, arrived
    today.
    """
    connection.execute(delete(scriptless).where(scriptless.c.day < days.number(today)))
    counted, other = ("texts", "larger") if size <= TEXT else ("larger", "texts")
    return add_to(connection, scriptless, {"day": days.number(today)}, {counted: size, other: 0})[counted]


def _left_in(hour: int) -> Column[int]:
    return usage.c.left_odd if hour % 2 else usage.c.left_even


# What each kind takes after an even and after an odd hour. Both statements are built once.
_USED = [select(usage.c.kind, usage.c.size - _left_in(hour)) for hour in range(2)]
