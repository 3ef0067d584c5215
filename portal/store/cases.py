"""Cases as the portal knows them: find the slot of a case, withdraw a report (SPEC 7.2, 7.3)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, or_, select, union, update

from crypto.bundle import Opened
from portal import days
from portal.store import quotas
from portal.store.inserts import insert_new
from portal.store.keyrings import lock
from portal.store.schema import cases, envelopes, instance, whole, withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The public data of a new case, sent with its first envelope. The lengths are 32, 60 and 32 bytes."""

    case_id: bytes
    memo: bytes
    withdraw_id: bytes


@dataclass(frozen=True, slots=True)
class Case:
    """The data for the answer to a slot request; a value is None if the portal does not have it."""

    memo: bytes | None
    day: date | None
    slot: bytes | None
    collected: bool


def find(connection: Connection, case_id: bytes) -> Case | None:
    """Return the data of a case, or None if it is unknown.

    The database reads the same number of bytes for known and unknown cases, so that the time reveals nothing.
    """
    read = func.coalesce(cases.c.slot, instance.c.decoy).label("read")
    bare = cases.c.slot.is_(None).label("bare")
    columns = select(cases.c.memo, cases.c.day, cases.c.collected, bare, read)
    row = connection.execute(columns.select_from(instance.outerjoin(cases, cases.c.case_id == case_id))).one()
    if row.collected is None:
        return None
    day = None if row.day is None else days.day(row.day)
    return Case(memo=row.memo, day=day, slot=None if row.bare else row.read, collected=row.collected)


def begin(
    connection: Connection, channel: str, given: Report | Opened, day: date, *, collected: bool
) -> None:
    """Store a new case that arrived on ``day``; ``collected`` says whether the inbox has it already.

    A known case is not changed, because a second envelope with the same case id may be from somebody else.
    When the inbox opens a case, the reporter's page may already have set its values.
    """
    insert_new(
        connection,
        cases,
        case_id=given.case_id,
        channel=channel,
        memo=given.memo,
        withdraw_id=given.withdraw_id,
        day=days.number(day),
        collected=collected,
    )


def is_filed(connection: Connection, withdraw_id: bytes) -> bool:
    """Return whether the store has a case or an envelope with this ``withdraw_id``."""
    parts = (
        select(table.c.withdraw_id).where(table.c.withdraw_id == withdraw_id) for table in (cases, envelopes)
    )
    return connection.execute(select(or_(*(part.exists() for part in parts)))).scalar_one()


def withdraw(connection: Connection, hour: int, withdraw_id: bytes, withdraw_key: bytes) -> None:
    """Delete everything filed under ``withdraw_id`` that was not exported; store the key for the inbox.

    An unknown id changes nothing. Waits until a running import has ended, because the import could otherwise
    restore the slot.
    """
    lock(connection)
    # Another transaction may be storing the last piece of this report, which opens the case. Wait for it.
    connection.execute(select(envelopes.c.id).where(envelopes.c.withdraw_id == withdraw_id).with_for_update())
    known = union(
        select(cases.c.case_id, cases.c.channel).where(cases.c.withdraw_id == withdraw_id),
        select(envelopes.c.case_id, envelopes.c.channel).where(envelopes.c.withdraw_id == withdraw_id, whole),
    )
    for case_id, channel in connection.execute(known).all():
        insert_new(connection, withdrawals, case_id=case_id, channel=channel, withdraw_key=withdraw_key)
    connection.execute(delete(cases).where(cases.c.withdraw_id == withdraw_id))
    filed = envelopes.c.withdraw_id == withdraw_id
    quotas.delete_envelopes(connection, hour, filed, envelopes.c.bundle.is_(None))
    connection.execute(update(envelopes).where(filed).values(memo=None))
