"""Questions to the vault about bundles: what came, what went out, and what became no case."""

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
# The numbers of the outboxes that the portal has applied, for use within other queries.
CONFIRMED = select(OutboxBundle.n).where(OutboxBundle.applied.is_not(None))


def shown_keyrings(session: Session) -> Sequence[ShownKeyring]:
    """Return the keyrings that reports of this inbox named, as the first of them said."""
    return session.scalars(select(ShownKeyring)).all()


def pinned_instance(session: Session) -> Instance | None:
    """Return the portal's instance key, as an officer accepted it last."""
    return session.scalar(select(Instance).order_by(Instance.position.desc()).limit(1))


def instances(session: Session) -> Sequence[Instance]:
    """Return every instance key that an officer accepted, the portal's first, then those before it."""
    return session.scalars(select(Instance).order_by(Instance.position.desc())).all()


def intake(session: Session, instance_key: bytes, n: int) -> IntakeBundle | None:
    """Return a collected intake bundle."""
    return session.get(IntakeBundle, (instance_key, n))


def last_intake(session: Session, instance_key: bytes) -> IntakeBundle | None:
    """Return the intake bundle of an instance that was collected last."""
    newest = select(IntakeBundle).filter_by(instance=instance_key).order_by(IntakeBundle.n.desc()).limit(1)
    return session.scalar(newest)


def newest_intake(session: Session) -> IntakeBundle | None:
    """Return the intake bundle that was collected last, of whichever portal."""
    newest = select(IntakeBundle).order_by(IntakeBundle.collected.desc(), IntakeBundle.exported.desc())
    return session.scalar(newest.limit(1))


def newest_export(session: Session) -> date | None:
    """Return the newest day that a portal gave an export that was collected, None before the first.

    None is newer than the day on which it was collected here: of two clocks the one that is behind counts.
    """
    days = session.execute(select(IntakeBundle.exported, IntakeBundle.collected))
    return max((min(exported, collected) for exported, collected in days), default=None)


def unconfirmed_intakes(session: Session, instance_key: bytes) -> Sequence[IntakeBundle]:
    """Return the intake bundles of which the portal is not known to have heard that we hold them."""
    return session.scalars(
        select(IntakeBundle)
        .filter_by(instance=instance_key)
        .where(IntakeBundle.outbox.is_(None) | IntakeBundle.outbox.not_in(CONFIRMED))
        .order_by(IntakeBundle.n)
    ).all()


def outbox(session: Session, n: int) -> OutboxBundle | None:
    """Return an outbox bundle that was made."""
    return session.get(OutboxBundle, n)


def last_outbox(session: Session) -> OutboxBundle | None:
    """Return the outbox bundle that was made last."""
    return session.scalar(select(OutboxBundle).order_by(OutboxBundle.n.desc()).limit(1))


def first_outbox(session: Session) -> OutboxBundle | None:
    """Return the outbox bundle that was made first."""
    return session.scalar(select(OutboxBundle).order_by(OutboxBundle.n).limit(1))


def outboxes_from(session: Session, n: int) -> Sequence[OutboxBundle]:
    """Return the outbox bundles from number ``n`` on."""
    return session.scalars(select(OutboxBundle).where(OutboxBundle.n >= n)).all()


def confirmed_outboxes(session: Session) -> Sequence[int]:
    """Return the numbers of the outboxes that the portal has applied."""
    return session.scalars(CONFIRMED).all()


def unconfirmed_outboxes(session: Session) -> Sequence[OutboxBundle]:
    """Return the outboxes that the portal is not known to have applied, in order."""
    wanted = select(OutboxBundle).where(OutboxBundle.applied.is_(None))
    return session.scalars(wanted.order_by(OutboxBundle.n)).all()


def unopened(session: Session, *, skip: int, most: int) -> Sequence[Unopened]:
    """Return what came in and became no case, newest first: ``most`` of it behind the first ``skip``."""
    newest = select(Unopened).where(_IS_UNOPENED).order_by(Unopened.number.desc())
    return session.scalars(newest.offset(skip).limit(most)).all()


def count_unopened(session: Session) -> int:
    """Return how much came in and became no case."""
    return session.scalar(select(func.count(Unopened.number)).where(_IS_UNOPENED)) or 0


def caseless_by_day(session: Session) -> dict[date, int]:
    """Return how much of it that names no case of the vault was collected on which day."""
    counted = select(Unopened.collected, func.count(Unopened.number)).where(_IS_UNOPENED, _names_no_case())
    return {day: count for day, count in session.execute(counted.group_by(Unopened.collected))}  # noqa: C416


def caseless(session: Session, days: Collection[date]) -> Sequence[Unopened]:
    """Return what became no case, names none of the vault, and was collected on one of these days."""
    wanted = select(Unopened).where(_IS_UNOPENED, _names_no_case(), Unopened.collected.in_(days))
    return session.scalars(wanted.order_by(Unopened.number)).all()


def _names_no_case() -> ColumnElement[bool]:
    known = select(Case.case_id).where(Case.case_id.is_not(None))
    return Unopened.case_id.is_(None) | Unopened.case_id.not_in(known)


def set_aside(session: Session, kind: Kind) -> Sequence[Unopened]:
    """Return what became no case for this reason, oldest first."""
    wanted = select(Unopened).where(_IS_UNOPENED, Unopened.kind == kind)
    return session.scalars(wanted.order_by(Unopened.number)).all()


def untried(session: Session, keys: bytes) -> Sequence[Unopened]:
    """Return what no key opened, but for what was tried with these (``KeyStore.intake_digest``)."""
    wanted = select(Unopened).where(_IS_UNOPENED, Unopened.kind == Kind.NOT_FOR_US, Unopened.tried != keys)
    return session.scalars(wanted.order_by(Unopened.number)).all()


def envelope_hashes(session: Session) -> set[bytes]:
    """Return the hashes of all envelopes that became no case."""
    hashes = session.scalars(select(Unopened.envelope).where(_IS_UNOPENED))
    return {each for each in hashes if each is not None}


def done_hashes(session: Session) -> set[bytes]:
    """Return the hashes of the envelopes that were set aside and became part of a case at a later try."""
    hashes = session.scalars(select(Unopened.envelope).where(Unopened.case.is_not(None)))
    done = {each for each in hashes if each is not None}
    return done and done - envelope_hashes(session)
