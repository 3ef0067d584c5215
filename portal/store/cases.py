"""Cases as the portal knows them: a slot to hand out, a withdrawal to hand on (SPEC 7.2, 7.3)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, or_, select, union, update

from portal import days
from portal.store import quotas
from portal.store.inserts import insert_new
from portal.store.keyrings import lock
from portal.store.schema import cases, envelopes, instance, whole, withdrawals


@dataclass(frozen=True, slots=True)
class Case:
    """What a slot request is answered from; None for what the portal does not have."""

    memo: bytes | None
    day: date | None
    slot: bytes | None
    collected: bool


def find(connection: Connection, case_id: bytes) -> Case | None:
    """Return what is known of a case, or None.

    As many bytes are read in any case, so that the time taken tells nothing.
    """
    read = func.coalesce(cases.c.slot, instance.c.decoy).label("read")
    bare = cases.c.slot.is_(None).label("bare")
    columns = select(cases.c.memo, cases.c.day, cases.c.collected, bare, read)
    row = connection.execute(columns.select_from(instance.outerjoin(cases, cases.c.case_id == case_id))).one()
    if row.collected is None:
        return None
    day = None if row.day is None else days.day(row.day)
    return Case(memo=row.memo, day=day, slot=None if row.bare else row.read, collected=row.collected)


def is_filed(connection: Connection, withdraw_id: bytes) -> bool:
    """Return whether anything is there of what came under ``withdraw_id``."""
    parts = (
        select(table.c.withdraw_id).where(table.c.withdraw_id == withdraw_id) for table in (cases, envelopes)
    )
    return connection.execute(select(or_(*(part.exists() for part in parts)))).scalar_one()


def withdraw(connection: Connection, hour: int, withdraw_id: bytes, withdraw_key: bytes) -> None:
    """Forget what was filed under ``withdraw_id`` and not exported; remember the key for the inbox.

    Unknown ids change nothing. Waits for a running import, which could else bring the slot back.
    """
    lock(connection)
    # The last piece of the same report may be on its way: what it makes of the report is waited for.
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
