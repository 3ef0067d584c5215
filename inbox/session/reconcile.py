"""The files of the home brought to where the vault says that they are, after every change to it.

A file in its place stays when the vault does not know it: the vault may be an older copy that was put back,
and the portal has long forgotten what came. Only what the vault knows to be done with is removed.
"""

from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inbox.keys import key_store
from inbox.system import atomic_files
from inbox.system.home import Home
from inbox.vault import queries_cases, queries_exchange, queries_office
from inbox.vault.destroyed_tables import VAULT, Leaving


def settle(home: Home, session: Session) -> bool:
    """Move what has arrived to its place; remove what is done with and what was cut short.

    Returns whether the vault must be rewritten, so that no page keeps what was removed.
    """
    key_store.sweep(home, session)
    _bring_in(home, session)
    leaving = set(session.scalars(select(Leaving.name)))
    if names := leaving - {VAULT}:
        _take_away(home, session, names)
    atomic_files.remove(home.unopened, lambda: set(map(home.envelope, queries_exchange.done_hashes(session))))
    atomic_files.remove(home.outbox, lambda: _confirmed(home, session))
    return VAULT in leaving


def _confirmed(home: Home, session: Session) -> set[Path]:
    channel = queries_office.office(session).channel
    return {home.outbox_bundle(channel, n) for n in queries_exchange.confirmed_outboxes(session)}


def note_clean(session: Session) -> None:
    """Note that this was done."""
    session.execute(delete(Leaving).where(Leaving.name == VAULT))


def _take_away(home: Home, session: Session, names: set[str]) -> None:
    """Remove the files of what was destroyed, unless something else that the vault knows is the same file."""
    known = set(map(home.envelope, queries_exchange.envelope_hashes(session)))
    for path in {home.root / name for name in names} - known:
        path.unlink(missing_ok=True)
    for folder in (home.attachments, home.unopened):
        atomic_files.sync_folder(folder)
    session.execute(delete(Leaving).where(Leaving.name != VAULT))


def _bring_in(home: Home, session: Session) -> None:
    """Move what the vault knows to its place; remove what interrupted or refused work left behind."""
    arrived = list(home.arriving.iterdir())
    if not arrived:
        return
    places = {path.name: path for path in map(home.attachment, queries_cases.attachment_ids(session))}
    places |= {path.name: path for path in map(home.envelope, queries_exchange.envelope_hashes(session))}
    for path in arrived:
        if place := places.get(path.name):
            path.replace(place)
        else:
            path.unlink()
    for folder in (home.attachments, home.unopened, home.arriving):
        atomic_files.sync_folder(folder)
