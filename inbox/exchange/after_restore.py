"""Resume the exchange after a restore from a backup, when the portal is ahead of the inbox (SPEC 8.3)."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crypto.bundle import IntakeHead
from inbox.deadlines import workflow
from inbox.exchange import bundle_chain
from inbox.keys import keyring
from inbox.vault import queries_cases, queries_exchange, queries_office
from inbox.vault.casework_tables import Opening
from inbox.vault.tables import Case, IntakeBundle, Message, OutboxBundle

# The lost inbox cannot have issued this many keyrings or cards since the backup.
_LEAP = 1_000


def gap(session: Session, intake: IntakeHead) -> dict[str, int]:
    """Return, for the journal, which bundles of the current portal are missing before this bundle.

    The result is empty if no bundle is missing.
    """
    last = queries_exchange.last_intake(session, intake.instance_key)
    if last is None or intake.n <= last.n:
        return {}
    missing: dict[str, int] = {}
    if bundle_chain.is_gap(session, intake):
        missing |= {"bundle": intake.n, "after_bundle": last.n}
    if _is_ahead(session, intake):
        made = queries_exchange.last_outbox(session)
        missing |= {"outbox": intake.applied.n, "after_outbox": made.n if made else 0}
    return missing


def go_on(session: Session, intake: IntakeHead, today: date) -> None:
    """Take the last outbox's number from the portal; move our serials past those that the portal has seen.

    This inbox does not know the contents of the outboxes that the lost inbox made. The portal is therefore
    told again about every closed case. The serials of slots, keyring and card jump ahead, because a reader
    rejects a lower serial.
    """
    if not _is_ahead(session, intake):
        return
    _forget_from(session, intake.applied.n)
    # The day on which the lost inbox made this outbox is unknown; the portal cannot have applied it earlier.
    applied = intake.applied.imports[-1].day
    session.add(OutboxBundle(n=intake.applied.n, hash=intake.applied.hash, made=min(applied, today)))
    session.flush()
    leap = intake.applied.n  # Each outbox filled a slot at most once.
    unsent = Message.serial > select(Case.serial).where(Case.number == Message.case).scalar_subquery()
    for statement in (
        update(Message).where(unsent).values(serial=Message.serial + leap),
        update(Case).values(serial=Case.serial + leap),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
    session.expire_all()
    office = queries_office.office(session)
    office.card_serial += _LEAP
    if office.root_seed:
        keyring.issue(session, today, skip=_LEAP)


def _is_ahead(session: Session, intake: IntakeHead) -> bool:
    """Return whether the portal has applied an outbox that this inbox did not make."""
    ours = queries_exchange.outbox(session, intake.applied.n)
    return intake.applied.n > 0 and (ours is None or ours.hash != intake.applied.hash)


def _forget_from(session: Session, n: int) -> None:
    """Forget our unconfirmed outboxes that the portal no longer accepts, because it has applied outbox ``n``.

    If an earlier outbox was not confirmed, nobody knows whether the portal applied our outbox or the lost
    inbox's outbox. The contents of our outbox are sent again, because reporters may never have received them.
    """
    n = min([n, *(row.n for row in queries_exchange.unconfirmed_outboxes(session))])
    queries_cases.tell_closings_again(session)
    session.execute(update(IntakeBundle).where(IntakeBundle.outbox >= n).values(outbox=None))
    session.execute(update(Opening).where(Opening.told >= n).values(told=None))
    workflow.forget_told(session)
    for row in queries_exchange.outboxes_from(session, n):
        session.delete(row)
    session.flush()
