"""Read the rows that a backup contains, and put them into a new database (SPEC 8.6)."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, insert, select

from crypto.portal_backup import Case, Outbox, Withdrawal
from portal import days
from portal.store import outboxes as applied
from portal.store.expiry import Term
from portal.store.schema import cases, outboxes, withdrawals

# The maximum number of rows in memory at once. A slot takes 16 KiB.
_ROWS = 100


def cases_and_slots(connection: Connection, today: date) -> Iterator[tuple[Case, bytes | None]]:
    """Yield the cases that the inbox has and that have not expired, each with its slot.

    The cases are sorted by case id, which is random. Their field ``slot`` is None.
    """
    kept = cases.c.expires.is_(None) | (cases.c.expires > days.number(today))
    found = select(cases).where(cases.c.collected, kept).order_by(cases.c.case_id)
    for row in connection.execute(found, execution_options={"yield_per": _ROWS}):
        case = Case(
            case_id=row.case_id,
            channel=row.channel,
            memo=row.memo,
            withdraw_id=row.withdraw_id,
            day=_day(row.day),
            expires=_day(row.expires),
        )
        yield case, row.slot


def waiting_withdrawals(connection: Connection) -> Iterator[Withdrawal]:
    """Yield the withdrawals that the inbox has not confirmed, sorted by case id and key."""
    found = select(withdrawals).order_by(withdrawals.c.case_id, withdrawals.c.withdraw_key)
    for row in connection.execute(found):
        yield Withdrawal(case_id=row.case_id, withdraw_key=row.withdraw_key, channel=row.channel)


def applied_outboxes(connection: Connection) -> Iterator[tuple[Outbox, bytes]]:
    """Yield every outbox that was applied, each with the bytes of its manifest, by channel and number."""
    # PostgreSQL may sort text in a different order from Python.
    for channel in sorted(applied.channels(connection)):
        found = select(outboxes).where(outboxes.c.channel == channel).order_by(outboxes.c.n)
        for row in connection.execute(found, execution_options={"yield_per": _ROWS}):
            outbox = Outbox(
                channel=channel, n=row.n, hash=row.hash, signature=row.signature, day=days.day(row.day)
            )
            yield outbox, row.raw


def put_case(connection: Connection, case: Case, slot: bytes | None, term: Term) -> None:
    """Store a case, unless it has expired.

    A case without a day of expiry gets such a day, because the inbox may have destroyed the case since the
    backup. The next outbox that names the case as open removes this day.
    """
    expires = term.draw() if case.expires is None else days.number(case.expires)
    if expires <= days.number(term.today):
        return
    row = insert(cases).values(case_id=case.case_id, channel=case.channel, collected=True, expires=expires)
    day = None if case.day is None else days.number(case.day)
    connection.execute(row.values(memo=case.memo, withdraw_id=case.withdraw_id, day=day, slot=slot))


def put_withdrawals(connection: Connection, waiting: Sequence[Withdrawal]) -> None:
    """Store withdrawals for the next intake bundle."""
    rows = [
        {"case_id": each.case_id, "withdraw_key": each.withdraw_key, "channel": each.channel}
        for each in waiting
    ]
    if rows:
        connection.execute(insert(withdrawals), rows)


def _day(count: int | None) -> date | None:
    return None if count is None else days.day(count)
