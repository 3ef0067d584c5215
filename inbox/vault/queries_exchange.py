"""Queries about intake bundles, outbox bundles, and entries that did not become a case."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from inbox.vault.tables import (
    Case,
    Instance,
    IntakeBundle,
    OutboxBundle,
    ShownKeyring,
    Unopened,
)
from inbox.vault.unopened_reasons import Kind

_IS_UNOPENED = Unopened.case.is_(None)
# The numbers of the outboxes that the portal has applied, for use in other queries.
CONFIRMED = select(OutboxBundle.n).where(OutboxBundle.applied.is_not(None))


def shown_keyrings(session: Session) -> Sequence[ShownKeyring]:
    """Return the keyrings named in reports to this inbox, each as first described in a report."""
    return session.scalars(select(ShownKeyring)).all()


def pinned_instance(session: Session) -> Instance | None:
    """Return the portal's instance key, which is the last instance key that an officer accepted."""
    return session.scalar(select(Instance).order_by(Instance.position.desc()).limit(1))


def instances(session: Session) -> Sequence[Instance]:
    """Return all instance keys that officers accepted, newest first. The first key is the portal's."""
    return session.scalars(select(Instance).order_by(Instance.position.desc())).all()


def intake(session: Session, instance_key: bytes, n: int) -> IntakeBundle | None:
    """Return a collected intake bundle."""
    return session.get(IntakeBundle, (instance_key, n))


def last_intake(session: Session, instance_key: bytes) -> IntakeBundle | None:
    """Return the last collected intake bundle of an instance."""
    newest = select(IntakeBundle).filter_by(instance=instance_key).order_by(IntakeBundle.n.desc()).limit(1)
    return session.scalar(newest)


def newest_intake(session: Session) -> IntakeBundle | None:
    """Return the last collected intake bundle of any portal."""
    newest = select(IntakeBundle).order_by(IntakeBundle.collected.desc(), IntakeBundle.exported.desc())
    return session.scalar(newest.limit(1))


def newest_export(session: Session) -> date | None:
    """Return the newest export day of all collected bundles, or None before the first bundle.

    If the export day is after the day of collection, the portal's clock and ours differ, and the day of
    collection counts.
    """
    days = session.execute(select(IntakeBundle.exported, IntakeBundle.collected))
    return max((min(exported, collected) for exported, collected in days), default=None)


def unconfirmed_intakes(session: Session, instance_key: bytes) -> Sequence[IntakeBundle]:
    """Return the intake bundles that are not yet acknowledged to the portal."""
    return session.scalars(
        select(IntakeBundle)
        .filter_by(instance=instance_key)
        .where(IntakeBundle.outbox.is_(None) | IntakeBundle.outbox.not_in(CONFIRMED))
        .order_by(IntakeBundle.n)
    ).all()


def outbox(session: Session, n: int) -> OutboxBundle | None:
    """Return the outbox bundle with this number."""
    return session.get(OutboxBundle, n)


def last_outbox(session: Session) -> OutboxBundle | None:
    """Return the last outbox bundle."""
    return session.scalar(select(OutboxBundle).order_by(OutboxBundle.n.desc()).limit(1))


def first_outbox(session: Session) -> OutboxBundle | None:
    """Return the first outbox bundle."""
    return session.scalar(select(OutboxBundle).order_by(OutboxBundle.n).limit(1))


def outboxes_from(session: Session, n: int) -> Sequence[OutboxBundle]:
    """Return the outbox bundles from number ``n`` on."""
    return session.scalars(select(OutboxBundle).where(OutboxBundle.n >= n)).all()


def confirmed_outboxes(session: Session) -> Sequence[int]:
    """Return the numbers of the outboxes that the portal has applied."""
    return session.scalars(CONFIRMED).all()


def unconfirmed_outboxes(session: Session) -> Sequence[OutboxBundle]:
    """Return the outboxes that the portal has not confirmed, in order."""
    wanted = select(OutboxBundle).where(OutboxBundle.applied.is_(None))
    return session.scalars(wanted.order_by(OutboxBundle.n)).all()


def unopened(session: Session, *, skip: int, most: int) -> Sequence[Unopened]:
    """Return at most ``most`` entries that did not become a case, newest first, after the first ``skip``."""
    newest = select(Unopened).where(_IS_UNOPENED).order_by(Unopened.number.desc())
    return session.scalars(newest.offset(skip).limit(most)).all()


def count_unopened(session: Session) -> int:
    """Return the number of entries that did not become a case."""
    return session.scalar(select(func.count(Unopened.number)).where(_IS_UNOPENED)) or 0


def caseless_by_day(session: Session) -> dict[date, int]:
    """Return the number of unfiled entries that name no case of the vault, by day of collection."""
    counted = select(Unopened.collected, func.count(Unopened.number)).where(_IS_UNOPENED, _names_no_case())
    return {day: count for day, count in session.execute(counted.group_by(Unopened.collected))}  # noqa: C416


def caseless(session: Session, days: Collection[date]) -> Sequence[Unopened]:
    """Return the unfiled entries that name no case of the vault and were collected on one of these days."""
    wanted = select(Unopened).where(_IS_UNOPENED, _names_no_case(), Unopened.collected.in_(days))
    return session.scalars(wanted.order_by(Unopened.number)).all()


def _names_no_case() -> ColumnElement[bool]:
    known = select(Case.case_id).where(Case.case_id.is_not(None))
    return Unopened.case_id.is_(None) | Unopened.case_id.not_in(known)


def set_aside(session: Session, kind: Kind) -> Sequence[Unopened]:
    """Return the entries that did not become a case for this reason, oldest first."""
    wanted = select(Unopened).where(_IS_UNOPENED, Unopened.kind == kind)
    return session.scalars(wanted.order_by(Unopened.number)).all()


def untried(session: Session, keys: bytes) -> Sequence[Unopened]:
    """Return the entries that no key could open and that have not yet been tried with ``keys``.

    ``keys`` is ``KeyStore.intake_digest``.
    """
    wanted = select(Unopened).where(_IS_UNOPENED, Unopened.kind == Kind.NOT_FOR_US, Unopened.tried != keys)
    return session.scalars(wanted.order_by(Unopened.number)).all()


def envelope_hashes(session: Session) -> set[bytes]:
    """Return the hashes of all envelopes that did not become a case."""
    hashes = session.scalars(select(Unopened.envelope).where(_IS_UNOPENED))
    return {each for each in hashes if each is not None}


def done_hashes(session: Session) -> set[bytes]:
    """Return the hashes of the envelopes that became part of a case only at a later attempt."""
    hashes = session.scalars(select(Unopened.envelope).where(Unopened.case.is_not(None)))
    done = {each for each in hashes if each is not None}
    return done and done - envelope_hashes(session)
