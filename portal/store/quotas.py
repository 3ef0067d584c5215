"""How much of the disk envelopes take, by kind: sums that change with the rows, in the same transaction."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum

from sqlalchemy import ColumnElement, Connection, delete, select

from crypto import age, padding
from portal.store import days
from portal.store.inserts import add_to
from portal.store.schema import envelopes, scriptless, usage

TEXT = age.sealed_size(padding.SMALLEST)

_USAGE = select(usage)


class Kind(Enum):
    """Whose room an envelope takes: of those that begin a case or not, of a text's size or larger.

    What came by the way without script, where no work is asked for, is a kind of its own.
    """

    REPORT = "report"
    REPORT_WITH_FILES = "report_with_files"
    FOLLOW_UP = "follow_up"
    FOLLOW_UP_WITH_FILES = "follow_up_with_files"
    SCRIPTLESS = "scriptless"

    @classmethod
    def of(cls, size: int, *, begins_case: bool, scriptless: bool = False) -> "Kind":
        """Return the kind of an envelope of ``size`` bytes."""
        if scriptless:
            return cls.SCRIPTLESS
        if begins_case:
            return cls.REPORT if size <= TEXT else cls.REPORT_WITH_FILES
        return cls.FOLLOW_UP if size <= TEXT else cls.FOLLOW_UP_WITH_FILES


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes that envelopes of one kind take when all are whole, how many are not, and the bytes of those."""

    size: int = 0
    unfinished: int = 0
    unfinished_size: int = 0

    @classmethod
    def of(cls, size: int, received: int) -> "Usage":
        """Return what one envelope takes."""
        return cls(size, 1, size) if received < size else cls(size)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.size + other.size,
            self.unfinished + other.unfinished,
            self.unfinished_size + other.unfinished_size,
        )

    def __neg__(self) -> "Usage":
        return Usage(-self.size, -self.unfinished, -self.unfinished_size)


def used(connection: Connection) -> Mapping[Kind, Usage]:
    """Return what each kind takes."""
    rows = connection.execute(_USAGE).all()
    return {kind: Usage() for kind in Kind} | {
        Kind(row.kind): Usage(row.size, row.unfinished, row.unfinished_size) for row in rows
    }


def count(connection: Connection, kind: Kind, more: Usage) -> None:
    """Add to what a kind takes; its sums are then locked until the transaction ends, so do this last."""
    add_to(connection, usage, {"kind": kind.value}, asdict(more))


def delete_envelopes(connection: Connection, *condition: ColumnElement[bool]) -> int:
    """Delete envelopes with their bytes, and stop counting them; return how many there were."""
    gone = delete(envelopes).where(*condition)
    rows = connection.execute(
        gone.returning(envelopes.c.size, envelopes.c.received, envelopes.c.case_id, envelopes.c.scriptless)
    ).all()
    sums: dict[Kind, Usage] = {}
    for size, received, case_id, scriptless_ in rows:
        kind = Kind.of(size, begins_case=case_id is not None, scriptless=scriptless_)
        sums[kind] = sums.get(kind, Usage()) + Usage.of(size, received)
    # Always in one order, as two deletions at once would else wait for each other.
    for kind in sorted(sums, key=lambda kind: kind.value):
        count(connection, kind, -sums[kind])
    return len(rows)


def add_scriptless(connection: Connection, today: date, size: int) -> int:
    """Count bytes that came without script; return those of today with them. Other days are forgotten."""
    connection.execute(delete(scriptless).where(scriptless.c.day != days.number(today)))
    return add_to(connection, scriptless, {"day": days.number(today)}, {"size": size})["size"]
