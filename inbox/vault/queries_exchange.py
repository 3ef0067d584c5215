"""Questions to the vault about bundles: what came, what went out, and what became no case."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from inbox.vault.tables import (
    Instance,
    IntakeBundle,
    OutboxBundle,
    ShownKeyring,
    Unopened,
)
from inbox.vault.unopened_reasons import Kind


def shown_keyrings(session: Session) -> Sequence[ShownKeyring]:
    """Return the keyrings that reports of this inbox named, as the first of them said."""
    return session.scalars(select(ShownKeyring)).all()


def pinned_instance(session: Session) -> Instance | None:
    """Return the portal's instance key, as an officer accepted it last."""
    return session.scalar(select(Instance).order_by(Instance.position.desc()).limit(1))


def intake(session: Session, instance_key: bytes, n: int) -> IntakeBundle | None:
    """Return a collected intake bundle."""
    return session.get(IntakeBundle, (instance_key, n))


def last_intake(session: Session, instance_key: bytes) -> IntakeBundle | None:
    """Return the intake bundle of an instance that was collected last."""
    newest = select(IntakeBundle).filter_by(instance=instance_key).order_by(IntakeBundle.n.desc()).limit(1)
    return session.scalar(newest)


def unconfirmed_intakes(session: Session, instance_key: bytes) -> Sequence[IntakeBundle]:
    """Return the intake bundles of which the portal is not known to have heard that we hold them."""
    heard = select(OutboxBundle.n).where(OutboxBundle.confirmed)
    return session.scalars(
        select(IntakeBundle)
        .filter_by(instance=instance_key)
        .where(IntakeBundle.outbox.is_(None) | IntakeBundle.outbox.not_in(heard))
        .order_by(IntakeBundle.n)
    ).all()


def outbox(session: Session, n: int) -> OutboxBundle | None:
    """Return an outbox bundle that was made."""
    return session.get(OutboxBundle, n)


def last_outbox(session: Session) -> OutboxBundle | None:
    """Return the outbox bundle that was made last."""
    return session.scalar(select(OutboxBundle).order_by(OutboxBundle.n.desc()).limit(1))


def outboxes_from(session: Session, n: int) -> Sequence[OutboxBundle]:
    """Return the outbox bundles from number ``n`` on."""
    return session.scalars(select(OutboxBundle).where(OutboxBundle.n >= n)).all()


def confirmed_outboxes(session: Session) -> Sequence[int]:
    """Return the numbers of the outboxes that the portal has applied."""
    return session.scalars(select(OutboxBundle.n).where(OutboxBundle.confirmed)).all()


def confirm_outboxes(session: Session, n: int) -> None:
    """Note that the portal has applied all outboxes up to ``n``."""
    session.execute(update(OutboxBundle).where(OutboxBundle.n <= n).values(confirmed=True))


def unopened(session: Session) -> Sequence[Unopened]:
    """Return what came in and became no case, oldest first."""
    return session.scalars(select(Unopened).where(Unopened.case.is_(None)).order_by(Unopened.number)).all()


def set_aside(session: Session, kind: Kind) -> Sequence[Unopened]:
    """Return what became no case for this reason, oldest first."""
    return [row for row in unopened(session) if row.kind == kind]


def envelope_hashes(session: Session) -> set[bytes]:
    """Return the hashes of all envelopes that became no case."""
    return {row.envelope for row in unopened(session) if row.envelope is not None}


def done_hashes(session: Session) -> set[bytes]:
    """Return the hashes of the envelopes that were set aside and became part of a case at a later try."""
    hashes = session.scalars(select(Unopened.envelope).where(Unopened.case.is_not(None)))
    done = {each for each in hashes if each is not None}
    return done and done - envelope_hashes(session)


def last_unopened_number(session: Session) -> int:
    """Return the highest number given to what became no case, 0 for none."""
    return session.scalar(select(func.max(Unopened.number))) or 0
