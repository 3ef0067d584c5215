"""From a home folder with the shares of a quorum to an inbox at work."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import passphrase
from crypto.journal import Presence
from inbox.keys import officers, share_file, vault_header
from inbox.keys.officers import Credential, Opened
from inbox.keys.share_file import ShareFile
from inbox.keys.vault_header import Header
from inbox.language.errors import USED_UP, Locked, Refused, Superseded, WrongPassphrase
from inbox.law import in_use
from inbox.session import comparisons, declared, journal, once, reconcile, unsaid
from inbox.session.actions import Action, Actor, Code
from inbox.session.comparisons import Looks
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault import database, queries_office
from inbox.vault.database import Vault

# Told what is done, how many steps are done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Inbox:
    """An unlocked home: its folder, its open vault, and what vault.json said when it was opened.

    ``progress`` is told of work on the vault that takes long; under ``backup_key`` (32 bytes) lists of
    backups are made. ``read`` is what was noted of reading that is noted once for each session.
    """

    home: Home
    vault: Vault
    header: Header
    progress: Progress = field(repr=False)
    backup_key: bytes = field(repr=False)
    read: set[once.Reading] = field(default_factory=set, repr=False)

    @property
    def quorum(self) -> int:
        """How many officers it takes to open the inbox."""
        return self.header.quorum

    @property
    def is_superseded(self) -> bool:
        """Whether vault.json says something else by now: another vault is valid, with another key store."""
        return vault_header.parse(given_files.content(self.home.header)) != self.header

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
    def acting(
        self, who: Actor, action: Action, *also: Action, new_case: Callable[[Session], int] | None = None
    ) -> Iterator[Session]:
        """Give a session in which ``who`` takes an action, which the journal notes if the block ends.

        What is done to several cases at once is noted of each: ``also`` are the same action on the others,
        or what else is done to the same case. It all takes as many officers as the one that takes most, and
        reaches a case in quarantine only if all of it may.
        Reading is noted once for each session (``once``).
        If the action makes a case, ``new_case`` draws its number in the session, and the entry names it.
        Cases that exclude an officer who acts or confirms are not there, unless the action is the program's
        work on all. It takes two officers also as ``comparisons.takes_two`` says; what is compared in it is
        noted even if the block raises. Raises Undeclared as ``declared.check_actions``, also before anybody
        is asked to confirm; Locked if it takes two officers who do not both confirm it, Superseded, Refused
        as ``journal.note`` does, CaseRefused as ``unsaid.check_reason``.
        """
        self._check_valid()
        self.vault.today = who.today
        action, rule = self._by_enough(who, action, *also), action.rule
        quarantine = all(each.rule.quarantine for each in (action, *also))
        if action.officers > 1:
            with self.vault.transaction(who.officers, quarantine=quarantine) as session:
                declared.check_actions(session, (action, *also))
        noted = who if action.officers == 1 else replace(who, present=self.confirmed(who, action, *also))
        sees = () if rule.all_cases else tuple(dict.fromkeys((*who.officers, *noted.officers)))
        looks, read = Looks(), set[once.Reading]()
        try:
            with self.vault.transaction(sees, quarantine=quarantine) as session:
                looks = comparisons.begin(session, noted)
                made = replace(action, case=new_case(session)) if new_case else action
                for each in (made, *also):
                    found = once.reading(session, noted, each)
                    if not once.was_noted(session, self.read, found):
                        journal.note(session, noted, each)
                    if found:
                        read.add(found)
                declared.check_actions(session, (made, *also))
                for each in (made, *also):
                    if each.case is not None:
                        unsaid.check_reason(session, each.case, each.reason)
                yield session
                comparisons.note(session, noted, looks)
        finally:
            self.note_looks(noted, looks)
        self.read.update(read)
        self.settle()

    @contextmanager
    def choosing(self, who: Actor, *, quarantine: bool = False) -> Iterator[tuple[Session, Looks]]:
        """Give a session in which it is found out which action ``who`` takes, and what is compared in it.

        If the block raises, that is noted. Raises Superseded.
        """
        self._check_valid()
        self.vault.today = who.today
        looks = Looks()
        try:
            with self.vault.transaction(who.officers, quarantine=quarantine) as session:
                looks = comparisons.begin(session, who, is_choosing=True)
                yield session, looks
        except Refused:
            self.note_looks(who, looks)
            raise

    def note_looks(self, who: Actor, looks: Looks) -> None:
        """Note what was compared and is not noted yet, though nothing came of it: it was answered."""
        if looks.found:
            with self.vault.transaction() as session:
                comparisons.note(session, who, looks)

    def _by_enough(self, who: Actor, action: Action, *also: Action) -> Action:
        """Return the action by as many officers as all take that is done with it.

        It takes two if words that come with it are compared before two alone. An alarm waits for nobody: it
        is taken without its reason, which is compared with nothing.
        """
        together = [action, *(each for each in also if each.case == action.case)]
        with self.vault.transaction() as session:
            is_used_up = any(comparisons.takes_two(session, who, each) for each in together)
        if is_used_up and action.rule.alarm:
            return action.without_reason()
        needed = max(each.officers for each in together)
        if is_used_up and needed == 1:
            return action.by(2, USED_UP)
        return action if needed <= action.officers else action.by(needed)

    def settle(self) -> None:
        """Bring the files of the home to where the vault says that they are; Superseded if it may not say."""
        self._check_valid()
        with self.vault.transaction() as session:
            is_unclean = reconcile.settle(self.home, session)
        if is_unclean:
            self.vault.compact(partial(self.progress, "writing the vault anew"))
            with self.vault.transaction() as session:
                reconcile.note_clean(session)

    def confirmed(self, who: Actor, *actions: Action) -> Mapping[str, Presence]:
        """Return who confirms an action: two officers, or the one where there is no other; else Locked.

        What is done to several cases at once is confirmed once, for all of them. Raises Superseded.
        """
        self._check_valid()
        with self.vault.transaction() as session:
            officers = {each.name for each in queries_office.officers(session)}
        needed = self.needed(actions[0].officers)
        confirmed = who.confirm(actions, needed)
        if len(confirmed) < needed or not confirmed.keys() <= officers:
            raise Locked(needed, actions[0].why_two)
        return confirmed

    def needed(self, taken: int) -> int:
        """Return how many officers confirm what takes so many: all of them, where there are fewer."""
        with self.vault.transaction() as session:
            return min(taken, len(queries_office.officers(session)))

    def _check_valid(self) -> None:
        if self.is_superseded:
            raise Superseded


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An inbox and the officers who opened it, with the ``words`` of their shares.

    ``sealed`` has the share file of each officer who has given a passphrase; ``failed`` counts the wrong ones
    that ``prove`` was given since in the name of each.
    """

    inbox: Inbox
    officers: tuple[str, ...]
    words: tuple[str, ...] = field(repr=False)
    sealed: dict[str, ShareFile] = field(repr=False)
    failed: Counter[str] = field(default_factory=Counter, repr=False)

    @property
    def present(self) -> Mapping[str, Presence]:
        """Return how each of those who opened it is there."""
        return {name: _presence(name, self.sealed) for name in self.officers}

    def by_opening(self, today: date) -> Actor:
        """Return those who opened it, for a single command: their passphrases are fresh by themselves."""
        return Actor(self.present, today, self._given, is_fresh=True)

    def signed_in(self, name: str) -> Mapping[str, Presence]:
        """Return how an officer is there who has signed in with a passphrase."""
        return {name: _presence(name, self.sealed)}

    def prove(self, name: str, given: str) -> None:
        """Return if this is the passphrase of an officer whose share is here; else WrongPassphrase."""
        try:
            share_file.unseal(self.sealed[name], given)
        except WrongPassphrase:
            self.failed[name] += 1
            raise

    def bring(self, share: bytes, given: str) -> str:
        """Take in the share file of one more officer, proven by its passphrase; return who it is.

        Raises ShareDamaged, OtherSharing, WrongPassphrase, TooLittleMemory.
        """
        file = share_file.parse(share)
        member = officers.proven(self.inbox.header, self.words, file, given)
        with self.inbox.vault.transaction() as session:
            name = next(each.name for each in queries_office.officers(session) if each.member == member)
        self.sealed[name] = file
        return name

    def _given(self, actions: Sequence[Action], _: int) -> Mapping[str, Presence]:
        """Return whose passphrases came with the command.

        The words of a sheet lie in clear somewhere, for the day on which a passphrase is lost. So they
        confirm that the shares are renewed, and nothing else.
        """
        if actions[0].code is Code.RENEW_SHARES:
            return self.present
        return dict.fromkeys(self.sealed, Presence.OWN)


@contextmanager
def unlocked(root: Path, bring: Callable[[], Sequence[Credential]], progress: Progress) -> Iterator[Unlocked]:
    """Give the inbox in the folder ``root``, held by this process alone.

    ``bring`` gives what the officers bring, once it is known that there is something to open.
    Raises HomeRefused, also for a law that is not as it was adopted, HeaderDamaged, VaultMissing,
    VaultDamaged, or what ``officers.open_master`` does.
    """
    home = Home(root)
    with home.locked():
        found = vault_header.parse(given_files.content(home.header))
        credited = officers.open_master(found, bring())
        with closing(database.load(*_place(home, found, credited))) as opened:
            home.sweep_vaults(found.generation)
            for folder in home.folders:
                atomic_files.make_folder(folder)
            in_use.lies_in(opened, home)
            with opened.transaction() as session:
                in_use.of(session)
                names = _names(session, credited)
            sealed = {names[member]: file for member, file in sorted(credited.sealed.items())}
            inbox = Inbox(home, opened, found, progress, passphrase.backup_key(credited.master))
            inbox.settle()
            yield Unlocked(inbox, tuple(names.values()), credited.words, sealed)


@dataclass(frozen=True, slots=True)
class OpenedAny:
    """A vault of any version that can be brought to the newest, and the officers who opened it.

    ``generation`` is that of its file, ``backup_key`` (32 bytes) that of the list of a backup.
    """

    vault: Vault
    version: str
    present: Mapping[str, Presence]
    generation: int
    backup_key: bytes = field(repr=False)


def open_any(home: Home, bring: Callable[[], Sequence[Credential]]) -> OpenedAny:
    """Return the vault of a home that nobody else uses, to be closed; raises as ``unlocked`` does."""
    found = vault_header.parse(given_files.content(home.header))
    credited = officers.open_master(found, bring())
    opened, version = database.load_any(*_place(home, found, credited))
    in_use.lies_in(opened, home)
    with opened.transaction() as session:
        names = _names(session, credited)
    present = {name: _presence(member, credited.sealed) for member, name in names.items()}
    return OpenedAny(opened, version, present, found.generation, passphrase.backup_key(credited.master))


def _presence(who: object, sealed: Container[object]) -> Presence:
    """Return how an officer is there who gave a passphrase for a share file, or the words of a sheet."""
    return Presence.OWN if who in sealed else Presence.SHEET


def _place(home: Home, found: Header, credited: Opened) -> tuple[Path, bytes]:
    return home.vault(found.generation), passphrase.vault_key(credited.master)


def _names(session: Session, credited: Opened) -> dict[int, str]:
    """Return the names of the officers who opened the inbox by the numbers of their shares, in that order."""
    names = {each.member: each.name for each in queries_office.officers(session)}
    return {member: names[member] for member in sorted(credited.members)}
