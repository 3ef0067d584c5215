"""The unlocked inbox: open a home folder with the shares of a quorum, and provide sessions of work."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import exercise, passphrase
from crypto.journal import Presence
from inbox.keys import officers, share_file, vault_header
from inbox.keys.officers import Credential, Opened
from inbox.keys.share_file import ShareFile
from inbox.keys.vault_header import Header
from inbox.language import marking
from inbox.language.errors import USED_UP, HomeRefused, Locked, Refused, Superseded, WrongPassphrase
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session import comparisons, declared, journal, once, reconcile, unsaid
from inbox.session.actions import Action, Actor, Code
from inbox.session.comparisons import Looks
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault import database, queries_office
from inbox.vault.database import Vault

# Called with the current step, the number of completed steps, and the total number of steps.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Inbox:
    """An unlocked home: its folder, its open vault, and the contents of vault.json when it was opened.

    ``progress`` is called during long work on the vault. ``backup_key`` (32 bytes) authenticates lists of
    backups. ``read`` holds the readings that the journal records once for each session.
    """

    home: Home
    vault: Vault
    header: Header
    progress: Progress = field(repr=False)
    backup_key: bytes = field(repr=False)
    read: set[once.Reading] = field(default_factory=set, repr=False)

    @property
    def quorum(self) -> int:
        """The number of officers it takes to open the inbox."""
        return self.header.quorum

    @property
    def is_exercise(self) -> bool:
        """Whether all reports in this inbox are invented, for an exercise."""
        return self.header.is_exercise

    @property
    def is_superseded(self) -> bool:
        """Whether vault.json has changed since the opening. If so, this vault and key store are outdated."""
        return vault_header.parse(given_files.content(self.home.header)) != self.header

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session for the program's own work, then call ``settle``.

        Never display data from this session. Raises Superseded.
        """
        self._check_valid()
        with self.vault.transaction() as session:
            yield session
        self.settle()

    @contextmanager
    def acting(
        self, who: Actor, action: Action, *also: Action, new_case: Callable[[Session], int] | None = None
    ) -> Iterator[Session]:
        """Yield a session in which ``who`` takes an action, and record the action if the block ends normally.

        An action on several cases has an entry for each. ``also`` contains the same action on the other
        cases, or further actions on the same case. Together, the actions require as many officers as the
        strictest action. The actions apply to a case in quarantine only if each action may apply to such a
        case. Repeated reading gets only one entry in each session (``once``). If the action creates a case,
        ``new_case`` assigns its number in the session, and the entry names that number.

        The session hides cases from which an acting or confirming officer is excluded, unless the action is
        the program's work on all cases. ``comparisons.takes_two`` can also require two officers. Comparisons
        are recorded even if the block raises an exception.

        Raises Superseded if this vault is outdated. Raises Locked if an action takes two officers and they do
        not both confirm it. Also raises the same errors as ``journal.note``, ``unsaid.check_reason`` and
        ``declared.check_actions``. The declarations are checked in the session and, if two officers must
        confirm, also before these officers are asked.
        """
        self._check_valid()
        self.vault.today = who.today
        action, rule = self._by_enough(who, action, *also), action.rule
        quarantine = all(each.rule.quarantine for each in (action, *also))
        noted = self._by_confirmation(who, action, *also, quarantine=quarantine)
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
        """Yield a session for choosing the action of ``who``, and the comparisons made in that session.

        If the block raises an exception, the comparisons are recorded. Raises Superseded.
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
        """Record comparisons without an entry: the officer got an answer, even if the action is refused."""
        if looks.found:
            with self.vault.transaction() as session:
                comparisons.note(session, who, looks)

    def _by_enough(self, who: Actor, action: Action, *also: Action) -> Action:
        """Return the action with the number of officers that all actions taken together need.

        The action requires two officers if only two officers together may still compare its texts. An alarm
        does not wait for a second officer; its reason is then dropped and not compared.
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

    def _by_confirmation(self, who: Actor, action: Action, *also: Action, quarantine: bool) -> Actor:
        """Return who takes the actions: ``who``, or the two officers who confirm an action for two."""
        if action.officers == 1:
            return who
        with self.vault.transaction(who.officers, quarantine=quarantine) as session:
            declared.check_actions(session, (action, *also))
        return replace(who, present=self.confirmed(who, action, *also))

    def settle(self) -> None:
        """Bring the files of the home in line with the vault. Raises Superseded if this vault is outdated."""
        self._check_valid()
        with self.vault.transaction() as session:
            is_unclean = reconcile.settle(self.home, session)
        if is_unclean:
            self.vault.compact(partial(self.progress, "rewriting the vault"))
            with self.vault.transaction() as session:
                reconcile.note_clean(session)

    def confirmed(self, who: Actor, *actions: Action) -> Mapping[str, Presence]:
        """Return the officers who confirm an action: two, or the only officer. Raises Locked otherwise.

        An action on several cases is confirmed once, for all of them. Raises Superseded.
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
        """Return how many officers must confirm: ``taken``, but never more than the inbox has."""
        with self.vault.transaction() as session:
            return min(taken, len(queries_office.officers(session)))

    def _check_valid(self) -> None:
        if self.is_superseded:
            raise Superseded


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An inbox, the officers who opened it, and the ``words`` of their shares.

    ``sealed`` holds the share file of each officer who has given a passphrase. ``failed`` counts, for each
    officer, the wrong passphrases given to ``prove`` since the inbox was opened.
    """

    inbox: Inbox
    officers: tuple[str, ...]
    words: tuple[str, ...] = field(repr=False)
    sealed: dict[str, ShareFile] = field(repr=False)
    failed: Counter[str] = field(default_factory=Counter, repr=False)

    @property
    def present(self) -> Mapping[str, Presence]:
        """Return how each officer who opened the inbox takes part."""
        return {name: _presence(name, self.sealed) for name in self.officers}

    def by_opening(self, today: date) -> Actor:
        """Return the officers who opened the inbox, as the actor of one command, with fresh passphrases."""
        return Actor(self.present, today, self._given, is_fresh=True)

    def signed_in(self, name: str) -> Mapping[str, Presence]:
        """Return how an officer who has signed in with a passphrase takes part."""
        return {name: _presence(name, self.sealed)}

    def prove(self, name: str, given: str) -> None:
        """Check an officer's passphrase against the share file in ``sealed``. Raises WrongPassphrase."""
        try:
            share_file.unseal(self.sealed[name], given)
        except WrongPassphrase:
            self.failed[name] += 1
            raise

    def bring(self, share: bytes, given: str) -> str:
        """Check and add the share file of one more officer; return the officer's name.

        Raises ShareDamaged, OtherSharing, WrongPassphrase and TooLittleMemory.
        """
        file = share_file.parse(share)
        member = officers.proven(self.inbox.header, self.words, file, given)
        with self.inbox.vault.transaction() as session:
            name = next(each.name for each in queries_office.officers(session) if each.member == member)
        self.sealed[name] = file
        return name

    def _given(self, actions: Sequence[Action], _: int) -> Mapping[str, Presence]:
        """Return the officers whose passphrases came with the command.

        The words on a paper sheet are in plain text, in case a passphrase is lost. So a sheet can confirm
        nothing except a renewal of the shares.
        """
        if {each.code for each in actions} == {Code.RENEW_SHARES}:
            return self.present
        return dict.fromkeys(self.sealed, Presence.OWN)


@contextmanager
def unlocked(root: Path, bring: Callable[[], Sequence[Credential]], progress: Progress) -> Iterator[Unlocked]:
    """Yield the inbox in the folder ``root``, locked for the exclusive use of this process.

    ``bring`` returns the officers' credentials. ``bring`` is called only if there is something to open.
    Raises HomeRefused (also if the law in use is missing or altered), HeaderDamaged, VaultMissing and
    VaultDamaged. Also raises the same errors as ``officers.open_master``.
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
                deployment = _checked_mark(session, found)
                in_use.of(session)
                names = _names(session, credited)
            sealed = {names[member]: file for member, file in sorted(credited.sealed.items())}
            inbox = Inbox(home, opened, found, progress, passphrase.backup_key(credited.master))
            inbox.settle()
            with marking.marked(deployment):
                yield Unlocked(inbox, tuple(names.values()), credited.words, sealed)


@dataclass(frozen=True, slots=True)
class OpenedAny:
    """A vault of any version that can be upgraded, and the officers who opened it.

    ``generation`` is the generation of its file. ``backup_key`` (32 bytes) authenticates the list of a
    backup.
    """

    vault: Vault
    version: str
    present: Mapping[str, Presence]
    generation: int
    backup_key: bytes = field(repr=False)


def open_any(home: Home, bring: Callable[[], Sequence[Credential]]) -> OpenedAny:
    """Return the vault of a home that nobody else is using. The caller must close the vault.

    Raises the same errors as ``unlocked``.
    """
    found = vault_header.parse(given_files.content(home.header))
    credited = officers.open_master(found, bring())
    opened, version = database.load_any(*_place(home, found, credited))
    in_use.lies_in(opened, home)
    with opened.transaction() as session:
        _checked_mark(session, found)
        names = _names(session, credited)
    present = {name: _presence(member, credited.sealed) for member, name in names.items()}
    return OpenedAny(opened, version, present, found.generation, passphrase.backup_key(credited.master))


def _presence(who: object, sealed: Container[object]) -> Presence:
    """Return how an officer takes part: with the passphrase of a share file, or with the words of a sheet."""
    return Presence.OWN if who in sealed else Presence.SHEET


def _place(home: Home, found: Header, credited: Opened) -> tuple[Path, bytes]:
    return home.vault(found.generation), passphrase.vault_key(credited.master)


def _checked_mark(session: Session, found: Header) -> bytes:
    """Return the deployment id (16 bytes).

    Raises HomeRefused if vault.json and the vault disagree on whether this is an exercise. Only the vault is
    authentic: somebody changed vault.json, or put it beside another vault.
    """
    deployment = queries_office.deployment(session)
    is_exercise = exercise.is_exercise(deployment)
    if is_exercise and not found.is_exercise:
        raise HomeRefused(
            sentence("vault.json hides that this inbox is an exercise"),
            sentence("restore a copy of vault.json; an exercise can never become a real inbox"),
        )
    if found.is_exercise and not is_exercise:
        raise HomeRefused(
            sentence("vault.json says that this inbox is an exercise, but the inbox is real"),
            sentence("restore a copy of vault.json; a real inbox can never become an exercise"),
        )
    return deployment


def _names(session: Session, credited: Opened) -> dict[int, str]:
    """Return the names of the officers who opened the inbox, by share number and in that order."""
    names = {each.member: each.name for each in queries_office.officers(session)}
    return {member: names[member] for member in sorted(credited.members)}
