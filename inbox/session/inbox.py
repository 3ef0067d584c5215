"""From a home folder with the shares of a quorum to an inbox at work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import passphrase
from inbox.keys import officers, vault_header
from inbox.keys.officers import Credential, Opened
from inbox.keys.share_file import ShareFile
from inbox.keys.vault_header import Header
from inbox.language.errors import Locked, Superseded
from inbox.session import journal, reconcile
from inbox.session.actions import IN_QUARANTINE, ON_ALL_CASES, TWO_OFFICERS, Act, Deed
from inbox.session.journal import By
from inbox.system import atomic_files, terminal
from inbox.system.home import Home
from inbox.vault import database, queries_office
from inbox.vault.database import Vault

# Tells officers what is to be done, asks for their passphrases afresh; returns the names of who gave them.
Witnesses = Callable[[Deed], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Inbox:
    """An unlocked home: its folder, its open vault, and which officers are present.

    ``header`` is what vault.json said then, and the shares too. ``sealed`` has the share file of each who
    gave a passphrase. ``witnesses`` stands for the officers' fresh passphrases: those of a single command are
    fresh by themselves.
    """

    home: Home
    vault: Vault
    header: Header
    present: tuple[str, ...]
    sealed: Mapping[str, ShareFile] = field(repr=False)
    witnesses: Witnesses

    @property
    def quorum(self) -> int:
        """How many officers it takes to open the inbox."""
        return self.header.quorum

    @property
    def is_superseded(self) -> bool:
        """Whether vault.json says something else by now: another vault is valid, with another key store."""
        return vault_header.parse(self.home.header.read_bytes()) != self.header

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session of the program's own, then ``settle``; what it finds is not for showing.

        Raises Superseded.
        """
        self._check_valid()
        with self.vault.transaction() as session:
            yield session
        self.settle()

    @contextmanager
    def acting(self, deed: Deed, today: date, *also: Deed) -> Iterator[Session]:
        """Give a session in which officers do something, which the journal notes if the block ends.

        What is done to several cases at once is noted of each: ``also`` are the same act on the others.
        Cases that exclude one of them are not there, unless the act is the program's work on all. Raises
        Locked if it takes two officers who are not both here, Superseded, Refused as ``journal.note`` does.
        """
        self._check_valid()
        by = By(self.confirmed(deed) if deed.act in TWO_OFFICERS else self.present, today)
        present = () if deed.act in ON_ALL_CASES else self.present
        with self.vault.transaction(present, quarantine=deed.act in IN_QUARANTINE) as session:
            journal.begin(session, by)
            for each in (deed, *also):
                journal.note(session, by, each)
            yield session
        self.settle()

    def settle(self) -> None:
        """Bring the files of the home to where the vault says that they are; Superseded if it may not say."""
        self._check_valid()
        with self.vault.transaction() as session:
            reconcile.settle(self.home, session)
            is_unclean = reconcile.is_unclean(session)
        if is_unclean:
            self.vault.compact(partial(terminal.progress, "writing the vault anew"))
            with self.vault.transaction() as session:
                reconcile.note_clean(session)

    def confirmed(self, deed: Deed) -> tuple[str, ...]:
        """Return who confirms a deed: two officers, or the one where there is no other; else Locked.

        Raises Superseded.
        """
        self._check_valid()
        with self.vault.transaction() as session:
            needed = min(2, len(queries_office.officers(session)))
        confirmed = self.witnesses(deed)
        if len(set(confirmed)) < needed or not set(confirmed) <= set(self.present):
            raise Locked(needed)
        return confirmed

    def _check_valid(self) -> None:
        if self.is_superseded:
            raise Superseded


@contextmanager
def unlocked(root: Path, bring: Callable[[], Sequence[Credential]]) -> Iterator[Inbox]:
    """Give the inbox in the folder ``root``, held by this process alone.

    ``bring`` gives what the officers bring, once it is known that there is something to open.
    Raises HomeRefused, HeaderDamaged, VaultMissing, VaultDamaged, or what ``officers.open_master`` does.
    """
    home = Home(root)
    with home.locked():
        found = vault_header.parse(home.header.read_bytes())
        credited = officers.open_master(found, bring())
        with closing(database.load(*_place(home, found, credited))) as opened:
            home.sweep_vaults(found.generation)
            for folder in home.folders:
                atomic_files.make_folder(folder)
            with opened.transaction() as session:
                names = _names(session, credited)
            present = tuple(names.values())
            sealed = {names[member]: file for member, file in sorted(credited.sealed.items())}
            inbox = Inbox(home, opened, found, present, sealed, partial(_given_with, present, tuple(sealed)))
            inbox.settle()
            yield inbox


@dataclass(frozen=True, slots=True)
class OpenedAny:
    """A vault of any version that can be brought to the newest, and the officers who opened it."""

    vault: Vault
    version: str
    present: tuple[str, ...]


def open_any(home: Home, bring: Callable[[], Sequence[Credential]]) -> OpenedAny:
    """Return the vault of a home that nobody else uses, to be closed; raises as ``unlocked`` does."""
    found = vault_header.parse(home.header.read_bytes())
    credited = officers.open_master(found, bring())
    opened, version = database.load_any(*_place(home, found, credited))
    with opened.transaction() as session:
        present = tuple(_names(session, credited).values())
    return OpenedAny(opened, version, present)


def _place(home: Home, found: Header, credited: Opened) -> tuple[Path, bytes]:
    return home.vault(found.generation), passphrase.vault_key(credited.master)


def _names(session: Session, credited: Opened) -> dict[int, str]:
    """Return the names of the officers who opened the inbox by the numbers of their shares, in that order."""
    names = {each.member: each.name for each in queries_office.officers(session)}
    return {member: names[member] for member in sorted(credited.members)}


def _given_with(present: tuple[str, ...], with_passphrase: tuple[str, ...], deed: Deed) -> tuple[str, ...]:
    """Return whose passphrases came with a single command.

    The words of a sheet lie in clear somewhere, for the day on which a passphrase is lost. So they confirm
    that the shares are renewed, and nothing else.
    """
    return present if deed.act is Act.RENEW_SHARES else with_passphrase


def with_witnesses(inbox: Inbox, witnesses: Witnesses) -> Inbox:
    """Return the inbox with another way to ask for fresh passphrases."""
    return replace(inbox, witnesses=witnesses)
