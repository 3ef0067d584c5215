"""After every change to the vault, bring the files of the home in line with the vault.

A file that is already in its place is kept, even if the vault has no record of the file. The vault may be a
restored older copy, while the portal no longer has the message. Only files that the vault lists as finished
are removed.
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
    """Move new files to their places. Remove finished files, and files left by interrupted work.

    Returns whether the vault must be rewritten, so that no removed data remains in its pages.
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
    """Record that the vault was rewritten."""
    session.execute(delete(Leaving).where(Leaving.name == VAULT))


def _take_away(home: Home, session: Session, names: set[str]) -> None:
    """Remove the files of destroyed data, unless the vault still uses the same file for something else."""
    known = set(map(home.envelope, queries_exchange.envelope_hashes(session)))
    for path in {home.root / name for name in names} - known:
        path.unlink(missing_ok=True)
    for folder in (home.attachments, home.unopened):
        atomic_files.sync_folder(folder)
    session.execute(delete(Leaving).where(Leaving.name != VAULT))


def _bring_in(home: Home, session: Session) -> None:
    """Move files that are recorded in the vault to their places.

    Remove the remains of interrupted or refused work.
    """
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
