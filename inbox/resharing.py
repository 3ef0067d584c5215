"""Another circle of officers for an inbox: new shares, a new vault, a new key store, the same intake keys.

All of it is made beside what is valid. vault.json, replaced last, is the one moment at which it changes.
"""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import passphrase
from inbox import (
    conflicts,
    disk,
    journal,
    keystore,
    officers,
    papers,
    records,
    settling,
    sharefile,
    vault,
)
from inbox.acts import Deed
from inbox.header import encode
from inbox.home import Home
from inbox.journal import By
from inbox.papers import Handout, Papers
from inbox.sharing import Circle, Proven, Sharing, prove, share, withdraw
from inbox.unlocking import Inbox
from inbox.vault import Vault


@dataclass(frozen=True, slots=True)
class Reshared:
    """The shares as they were tried, the papers if there are any."""

    proven: Proven
    papers: Papers | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to the circle and by whom, as the journal will say; the officers confirmed it."""

    deed: Deed
    by: By


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
        with closing(vault.load(home.vault(generation), key)) as opened:
            with opened.transaction() as session:
                minutes = _rewrite(home, session, proven, change)
                deployment = records.office(session).name
            written = handout.write(proven, deployment, minutes) if handout else None
            disk.sync_folder(home.root)
            disk.write(home.header, [encode(sharing.header(generation))])
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
    before = {officer.name for officer in records.officers(session)}
    officers.appoint(session, names, proven.day)
    keystore.save(home, session, keystore.load(home, session))
    journal.note(
        session, change.by, replace(change.deed, about=f"{change.deed.about}; {proven.sharing.about}")
    )
    # Nothing was kept from one who was alone, nor looked for: with a colleague it begins.
    joined = [name for name in names if len(before) == 1 or name not in before]
    for name in joined if len(names) > 1 else ():
        conflicts.search_for(session, change.by, name)
    return papers.record(session, proven, "Fanal: record of a change of officers")


def _take_back(inbox: Inbox, sharing: Sharing, folder: Path, generation: int) -> None:
    withdraw(sharing, folder)
    inbox.home.sweep_vaults(generation)
    inbox.settle()


def _sweep(home: Home, opened: Vault, sharing: Sharing, generation: int) -> None:
    """Remove what was valid before: vault, key store, a share that lay in the home."""
    home.sweep_vaults(generation)
    with opened.transaction() as session:
        settling.settle(home, session)
    for path in home.root.glob("*.share"):
        if sharefile.sharing_of(path.read_bytes()) not in {None, sharing.id}:
            path.unlink()
