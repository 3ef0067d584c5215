"""Intake bundles: fill the next bundle, and delete the data that the inbox has confirmed (SPEC 8.1)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, insert, select, tuple_, union, update

from crypto.bundle import NOTHING, Entry, Link, Manifest, Withdrawal
from portal import days
from portal.store import expiry, quotas
from portal.store.expiry import Term
from portal.store.schema import cases, envelopes, intakes, whole, withdrawals

# The maximum number of entries in one bundle, so that its manifest stays within its limit (SPEC 8).
MOST_ENVELOPES = 150_000
MOST_WITHDRAWALS = 40_000

_WAITING = (whole, envelopes.c.bundle.is_(None))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waiting envelopes of one channel: their number, and the day of the oldest envelope."""

    channel: str
    count: int
    oldest: date


def channels_waiting(connection: Connection) -> set[str]:
    """Return the channels with envelopes or withdrawals to export."""
    waiting = union(
        select(envelopes.c.channel).where(*_WAITING),
        select(withdrawals.c.channel).where(withdrawals.c.bundle.is_(None)),
    )
    return set(connection.execute(waiting).scalars())


def unexported(connection: Connection) -> list[Waiting]:
    """Return the envelopes that are not yet in an intake bundle, for each channel that has such envelopes."""
    columns = select(envelopes.c.channel, func.count(), func.min(envelopes.c.day))
    waiting = columns.where(*_WAITING)
    rows = connection.execute(waiting.group_by(envelopes.c.channel).order_by(envelopes.c.channel))
    return [Waiting(channel, count, days.day(oldest)) for channel, count, oldest in rows]


def unhashed(connection: Connection, channel: str) -> list[bytes]:
    """Return the ids of the channel's waiting envelopes that have no hash yet."""
    waiting = select(envelopes.c.id).where(
        *_WAITING, envelopes.c.channel == channel, envelopes.c.hash.is_(None)
    )
    return list(connection.execute(waiting).scalars())


def keep_hash(connection: Connection, envelope_id: bytes, digest: bytes, size: int) -> None:
    """Record the SHA-256 of an envelope if it has ``size`` bytes.

    An envelope without a hash is not exported.
    """
    found = (envelopes.c.id == envelope_id, envelopes.c.size == size)
    connection.execute(update(envelopes).where(*found).values(hash=digest))


def fill(connection: Connection, channel: str, n: int) -> tuple[list[Entry], list[Withdrawal]]:
    """Assign withdrawals, and waiting envelopes that have a hash, to bundle ``n``, up to its limits.

    Returns both lists in no particular order.
    """
    ready = (*_WAITING, envelopes.c.channel == channel, envelopes.c.hash.is_not(None))
    taken = select(envelopes.c.id).where(*ready).order_by(envelopes.c.id).limit(MOST_ENVELOPES)
    connection.execute(update(envelopes).where(envelopes.c.id.in_(taken)).values(bundle=n))
    unsent = (withdrawals.c.channel == channel, withdrawals.c.bundle.is_(None))
    both = (withdrawals.c.case_id, withdrawals.c.withdraw_key)
    sent = select(*both).where(*unsent).order_by(*both).limit(MOST_WITHDRAWALS)
    connection.execute(update(withdrawals).where(tuple_(*both).in_(sent)).values(bundle=n))
    entries = select(envelopes).where(envelopes.c.channel == channel, envelopes.c.bundle == n)
    withdrawn = select(withdrawals).where(withdrawals.c.channel == channel, withdrawals.c.bundle == n)
    return (
        [
            Entry(id=row.id, size=row.size, hash=row.hash, day=days.day(row.day), case_id=row.case_id)
            for row in connection.execute(entries)
        ],
        [Withdrawal(row.case_id, row.withdraw_key) for row in connection.execute(withdrawn)],
    )


def record(connection: Connection, channel: str, n: int, manifest: Manifest) -> None:
    """Store the manifest of a bundle until the inbox has confirmed it."""
    row = {"hash": manifest.hash, "raw": manifest.raw, "signature": manifest.signature}
    connection.execute(insert(intakes).values(channel=channel, n=n, **row))


def last(connection: Connection, channel: str) -> Link:
    """Return the link of the channel's newest intake bundle, or NOTHING before the first bundle."""
    newest = select(func.max(intakes.c.n)).where(intakes.c.channel == channel).scalar_subquery()
    found = select(intakes.c.n, intakes.c.hash).where(intakes.c.channel == channel, intakes.c.n == newest)
    row = connection.execute(found).one_or_none()
    return NOTHING if row is None else Link(row.n, row.hash)


def manifest(connection: Connection, channel: str, n: int) -> Manifest | None:
    """Return the manifest of bundle ``n``, or None if it was confirmed or does not exist."""
    row = connection.execute(
        select(intakes).where(intakes.c.channel == channel, intakes.c.n == n)
    ).one_or_none()
    return None if row is None or row.raw is None else Manifest(row.raw, row.signature)


def confirm(connection: Connection, hour: int, channel: str, link: Link, term: Term) -> bool:
    """Delete the content of a bundle, because the inbox has it; return whether there was anything to do.

    The id and size of each envelope are kept for a term, so that a client that missed the answer does not
    send the envelope again. A link to an unknown bundle, or to a bundle confirmed before, changes nothing.
    """
    issued = (intakes.c.channel == channel, intakes.c.n == link.n, intakes.c.hash == link.hash)
    forgotten = update(intakes).where(*issued, intakes.c.raw.is_not(None)).values(raw=None, signature=None)
    if connection.execute(forgotten).rowcount == 0:
        return False
    carried = (envelopes.c.channel == channel, envelopes.c.bundle == link.n)
    filed = select(envelopes.c.case_id).where(*carried, envelopes.c.case_id.is_not(None))
    connection.execute(
        update(cases).where(cases.c.channel == channel, cases.c.case_id.in_(filed)).values(collected=True)
    )
    confirmed = connection.execute(select(envelopes.c.id, envelopes.c.size).where(*carried)).all()
    expiry.leave_remains(connection, [(row.id, row.size) for row in confirmed], term)
    quotas.delete_envelopes(connection, hour, *carried)
    connection.execute(
        delete(withdrawals).where(withdrawals.c.channel == channel, withdrawals.c.bundle == link.n)
    )
    return True
