"""Outbox bundles that were applied, and the slots from them (SPEC 8.2)."""

from datetime import date

from sqlalchemy import Connection, func, insert, select, update

from crypto.bundle import IMPORTS, NOTHING, Applied, Import, Link, Manifest
from portal import days
from portal.store.expiry import Term
from portal.store.inserts import insert_new
from portal.store.schema import cases, outboxes, withdrawals


def record(  # noqa: PLR0913 - one parameter for each fact about the bundle
    connection: Connection, channel: str, n: int, manifest: Manifest, day: date, *, restored: bool = False
) -> None:
    """Store the manifest of a bundle applied on ``day``.

    ``restored`` says that the bundle was applied by an earlier portal, which was then lost.
    """
    row = insert(outboxes).values(channel=channel, n=n, hash=manifest.hash, day=days.number(day))
    connection.execute(row.values(raw=manifest.raw, signature=manifest.signature, restored=restored))


def last(connection: Connection, channel: str) -> Link:
    """Return the link of the newest bundle applied for the channel, or NOTHING before the first bundle."""
    newest = select(func.max(outboxes.c.n)).where(outboxes.c.channel == channel).scalar_subquery()
    found = select(outboxes.c.n, outboxes.c.hash).where(outboxes.c.channel == channel, outboxes.c.n == newest)
    row = connection.execute(found).one_or_none()
    return NOTHING if row is None else Link(row.n, row.hash)


def may_skip(connection: Connection, channel: str, link: Link) -> bool:
    """Return whether the channel's next outbox, the one after ``link``, may skip numbers.

    The first outbox may skip numbers, and so may the first outbox after a restore. After a restore, the
    portal may have lost newer outboxes, and the inbox may no longer have those outboxes either.
    """
    found = select(outboxes.c.restored).where(outboxes.c.channel == channel, outboxes.c.n == link.n)
    return link == NOTHING or connection.execute(found).scalar_one()


def imports(connection: Connection, channel: str) -> Applied:
    """Return the newest bundle applied for the channel, and the days of the last imports (SPEC 8.1)."""
    newest = select(outboxes.c.n, outboxes.c.day).where(outboxes.c.channel == channel)
    rows = connection.execute(newest.order_by(outboxes.c.n.desc()).limit(IMPORTS)).all()
    link = last(connection, channel)
    return Applied(link.n, link.hash, tuple(Import(row.n, days.day(row.day)) for row in reversed(rows)))


def applied(connection: Connection, channel: str, n: int) -> bytes | None:
    """Return the hash of the manifest applied as number ``n``, or None."""
    found = select(outboxes.c.hash).where(outboxes.c.channel == channel, outboxes.c.n == n)
    return connection.execute(found).scalar_one_or_none()


def channels(connection: Connection) -> list[str]:
    """Return the channels with at least one applied bundle."""
    return list(
        connection.execute(select(outboxes.c.channel).distinct().order_by(outboxes.c.channel)).scalars()
    )


def numbers(connection: Connection, channel: str) -> list[int]:
    """Return the numbers of all bundles applied for the channel, ascending.

    The numbers of applied bundles are never deleted.
    """
    kept = select(outboxes.c.n).where(outboxes.c.channel == channel).order_by(outboxes.c.n)
    return list(connection.execute(kept).scalars())


def manifest(connection: Connection, channel: str, n: int) -> Manifest:
    """Return the manifest applied as number ``n``, unchanged."""
    found = select(outboxes.c.raw, outboxes.c.signature).where(
        outboxes.c.channel == channel, outboxes.c.n == n
    )
    row = connection.execute(found).one()
    return Manifest(row.raw, row.signature)


def belongs_elsewhere(connection: Connection, channel: str, case_id: bytes) -> bool:
    """Return whether a case belongs only to other channels, or belonged only to them before it was withdrawn.

    Withdrawals count only if no channel has the case itself, because anybody can file a report under a known
    case id and then withdraw the report.
    """
    known = set(connection.execute(select(cases.c.channel).where(cases.c.case_id == case_id)).scalars())
    left = select(withdrawals.c.channel).where(withdrawals.c.case_id == case_id)
    channels = known or set(connection.execute(left).scalars())
    return bool(channels) and channel not in channels


def withdrawn(connection: Connection, case_id: bytes) -> bool:
    """Return whether the case was withdrawn and the inbox has not confirmed the withdrawal yet."""
    known = select(cases.c.case_id).where(cases.c.case_id == case_id)
    waits = select(withdrawals.c.case_id).where(withdrawals.c.case_id == case_id, ~known.exists())
    return connection.execute(waits).first() is not None


def put_slot(connection: Connection, channel: str, case_id: bytes, slot: bytes) -> None:
    """Store the newest slot of a case.

    If this portal does not know the case, the case was filed with an earlier portal. The inbox already has
    such a case, so the case is stored as collected.
    """
    insert_new(connection, cases, case_id=case_id, channel=channel, collected=True)
    connection.execute(update(cases).where(cases.c.case_id == case_id).values(slot=slot))


def reopen(connection: Connection, case_id: bytes) -> None:
    """Remove the day on which a case expires, because newer slots will follow."""
    connection.execute(update(cases).where(cases.c.case_id == case_id).values(expires=None))


def close(connection: Connection, case_id: bytes, term: Term) -> None:
    """Draw the day on which a closed case expires, unless it already has such a day."""
    open_ = (cases.c.case_id == case_id, cases.c.expires.is_(None))
    connection.execute(update(cases).where(*open_).values(expires=term.draw()))
