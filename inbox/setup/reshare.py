"""Another circle of officers for an inbox: new shares, a new vault, a new key store, the same intake keys.

All of it is made beside what is valid. vault.json, replaced last, is the one moment at which it changes.
"""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import passphrase
from inbox.access import conflicts
from inbox.keys import key_store, officers, share_file
from inbox.keys.secret_sharing import Circle, Proven, Sharing, prove, share, withdraw
from inbox.keys.vault_header import encode
from inbox.session import journal, reconcile
from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox
from inbox.setup import ceremony_papers
from inbox.setup.ceremony_papers import Handout, Papers
from inbox.system import atomic_files
from inbox.system.home import Home
from inbox.vault import database, queries_office
from inbox.vault.database import Vault


@dataclass(frozen=True, slots=True)
class Reshared:
    """The shares as they were tried, the papers if there are any."""

    proven: Proven
    papers: Papers | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to the circle and by whom, as the journal will say; the officers confirmed it."""

    action: Action
    by: Actor


def reshare(inbox: Inbox, circle: Circle, change: Change, handout: Handout | None) -> Reshared:
    """Make ``circle`` the officers, with their shares handed out; else the one share stays in the home.

    The inbox is shut afterwards: it has to be opened with the new shares. Raises Refused, or VaultDamaged or
    KeyStoreDamaged if something to be carried over does not read; then nothing has changed. Whatever else is
    raised, ``inbox.is_superseded`` tells whether the circle is another.
    """
    home, folder = inbox.home, handout.folder if handout else inbox.home.root
    sharing = share(circle)
    key = passphrase.vault_key(sharing.master)
    generation = inbox.header.generation + 1
    try:
        proven = prove(sharing, circle, folder, change.by.today)
        inbox.vault.copy_to(home.vault(generation), key)
        with closing(database.load(home.vault(generation), key)) as opened:
            with opened.transaction() as session:
                minutes = _rewrite(home, session, proven, change)
                deployment = queries_office.office(session).name
            written = handout.write(proven, deployment, minutes) if handout else None
            atomic_files.sync_folder(home.root)
            atomic_files.write(home.header, [encode(sharing.header(generation))])
            inbox.vault.close()
            _sweep(home, opened, sharing, generation)
    except BaseException:
        if not inbox.is_superseded:
            _take_back(inbox, sharing, folder, generation - 1)
        raise
    return Reshared(proven, written)


def _rewrite(home: Home, session: Session, proven: Proven, change: Change) -> str:
    """Bring the new vault up to date, with a key store of its own; return the record of it all."""
    names = tuple(proven.sharing.files)
    before = {officer.name for officer in queries_office.officers(session)}
    officers.appoint(session, names, proven.day)
    key_store.save(home, session, key_store.load(home, session))
    values = {**change.action.values, "sharing": proven.sharing.name, "quorum": proven.sharing.quorum}
    journal.note(session, change.by, replace(change.action, values=values))
    # Nothing was kept from one who was alone, nor looked for: with a colleague it begins.
    joined = [name for name in names if len(before) == 1 or name not in before]
    for name in joined if len(names) > 1 else ():
        conflicts.search_for(session, change.by, name)
    return ceremony_papers.record(session, proven, "Fanal: record of a change of officers")


def _take_back(inbox: Inbox, sharing: Sharing, folder: Path, generation: int) -> None:
    withdraw(sharing, folder)
    inbox.home.sweep_vaults(generation)
    inbox.settle()


def _sweep(home: Home, opened: Vault, sharing: Sharing, generation: int) -> None:
    """Remove what was valid before: vault, key store, a share that lay in the home."""
    home.sweep_vaults(generation)
    with opened.transaction() as session:
        reconcile.settle(home, session)
    for path in home.root.glob("*.share"):
        if share_file.sharing_of(path.read_bytes()) not in {None, sharing.id}:
            path.unlink()
