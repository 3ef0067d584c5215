"""Back up an inbox, and restore an inbox from a backup.

A backup holds the home except the key store and the shares: header, vault, sealed files, unfiled envelopes
and outboxes not yet confirmed. A quorum of shares opens the vault of the backup, just as it opens the vault
in use. The key store goes to another disk under its own name, so that it can be destroyed there (SPEC 9.2).
Without the key store, no report and no file of a case can be opened.
"""

import glob
import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crypto.backup import Backup, File, Listed, encode
from crypto.journal import Head, Value
from inbox.deadlines import visas
from inbox.keys.officers import Credential
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import anchors, journal
from inbox.session import inbox as unlocking
from inbox.session.actions import Actor, Code, action
from inbox.session.anchors import Paper
from inbox.session.inbox import Inbox
from inbox.setup import backup_list, init
from inbox.system import apart, atomic_files, given_files, media
from inbox.system.home import Home, keystore_name
from inbox.vault import case_numbers, queries_office, schema_version
from inbox.vault.tables import KeyStoreKey

# The key store has a line for each attachment.
_LARGEST_KEY_STORE = 256 << 20

Progress = Callable[[int, int], None]
# Asks officers for the shares and passphrases that open the inbox in a folder.
Bring = Callable[[Path], Sequence[Credential]]


# How many numbers are skipped if nobody knows the last case number: more than the lost inbox can have used
# since the backup.
_LEAP = 1_000


@dataclass(frozen=True, slots=True)
class Places:
    """The places for a backup: its folder goes to ``out``, and its key store goes to ``keys``.

    ``out`` and ``keys`` must be on different disks from the home, unless ``same_disk`` is set.
    """

    out: Path
    keys: Path
    same_disk: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """Where a backup and its key store are.

    ``shares`` are the share files of the home, which the backup does not contain. ``faults`` are the files
    that are recorded in the vault but are missing or altered in the home. Officers write down ``head``, the
    last entry of the journal, to distinguish this backup from older backups.
    """

    folder: Path
    keystore: Path
    shares: tuple[str, ...]
    faults: tuple[str, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Source:
    """A backup to be restored, with its key store.

    ``last_case`` is the highest case number that the lost inbox assigned. If nobody knows this number, 1,000
    numbers are skipped, because two cases with the same number could not be told apart on paper. ``written``
    is a journal head of the lost inbox that somebody wrote down. A backup with an older head is refused.
    """

    folder: Path
    keystore: Path
    last_case: int | None
    written: Paper | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A backup that is about to be restored: its day, the last entry of its journal, and its faulty files.

    ``newer`` is the day of the newest backup in the same place that claims to be newer than this backup, or
    None if there is no such backup. ``law`` is the SHA-256 (32 bytes) of the backup's law in use, or None for
    a vault of an earlier version.
    """

    day: date
    head: Head
    faults: tuple[str, ...]
    newer: date | None
    law: bytes | None


# Receives the backup that is about to be restored; raises Refused to stop the restore.
Look = Callable[[Found], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """The day of a restored backup, and the version of its vault.

    ``next_case`` is the number of the next case; None if the vault is too old to record it.
    """

    day: date
    version: str
    next_case: int | None

    @property
    def is_old(self) -> bool:
        """Whether the vault must be upgraded before it can be used."""
        return self.version != schema_version.newest()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the journal records about backups: the last backup, and the last restore of this inbox.

    ``backed_up`` is None before the first backup. ``restored`` is the day of the restore, ``taken`` is the
    day of the restored backup, and ``next_case`` is the next case number at that time. All three are None if
    the inbox was never restored. ``rejoined`` is the last day since the restore on which the inbox resumed
    the exchange with its portal despite missing bundles; None if there is no such day.
    """

    backed_up: date | None
    keystore: str
    restored: date | None
    taken: str
    next_case: Value | None
    rejoined: date | None


def look(inbox: Inbox, who: Actor) -> Standing:
    """Return what the journal records about backups of this inbox.

    Raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        noted = (Code.BACK_UP, Code.RESTORE, Code.ACCEPT_GAP)
        made, back, gap = (journal.newest(session, code) for code in noted)
        return Standing(
            backed_up=made.day if made else None,
            keystore=str(made.values["keystore"]) if made else "",
            restored=back.day if back else None,
            taken=str(back.values["backup"]) if back else "",
            next_case=back.values.get("next_case") if back else None,
            rejoined=gap.day if gap and back and gap.n > back.n else None,
        )


def make(inbox: Inbox, who: Actor, places: Places, *, progress: Progress) -> Made:
    """Copy the home into a new folder, and its key store elsewhere.

    This process locks the home and, while it copies, the vault, so that nothing changes during the copy. The
    folder appears complete or not at all. Only files that are recorded in the vault are copied; a missing
    file is reported as a fault. Raises Refused, for example if one of the folders is inside another, or if
    two of them share a disk.
    """
    out, keys = places.out, places.keys
    _check_apart(inbox.home.root, out, keys)
    for folder in (out, keys):
        apart.check(inbox.home, folder)
    for folder in (out, keys):
        media.check_carried(folder, inbox.home.root, same_disk=places.same_disk)
    if not places.same_disk:
        media.check_apart(out, keys)
    folder = out / f"backup-{who.today}"
    if folder.exists():
        raise Refused(
            sentence("{folder} already exists", folder=folder),
            sentence("choose another --out: nothing is overwritten"),
        )
    with inbox.transaction() as session:
        generation = session.get_one(KeyStoreKey, 1).generation
    copy = keys / keystore_name(generation)
    with inbox.acting(who, action(Code.BACK_UP, keystore=copy.name)):
        pass  # The backup is recorded first, so that the copy's own journal mentions it.
    with _aside(folder) as aside:
        inbox.vault.check()
        with inbox.vault.transaction() as session:
            head, known = journal.head(session), backup_list.known(inbox.home, session)
            hashed = _keep(inbox.home.keystore(generation), copy)
            there = sorted(name for name in known if (inbox.home.root / name).is_file())
            names = [*map(inbox.home.name_of, _base(inbox)), *there]
            files = tuple(_copy_all(inbox.home, aside, names, progress))
        made = Backup(
            day=who.today,
            journal=head,
            keystore=generation,
            keystore_hash=hashed,
            faults=tuple(sorted(known - {*there} | backup_list.altered(files))),
            files=files,
        )
        atomic_files.write(aside / backup_list.LIST, [encode(made, inbox.backup_key)])
    shares = tuple(sorted(path.name for path in inbox.home.root.glob("*.share")))
    return Made(folder, copy, shares, made.faults, head)


def restore(  # noqa: PLR0913 - keywords
    source: Source, root: Path, bring: Bring, look: Look, *, today: date, progress: Progress
) -> Restored:
    """Restore an inbox into the folder ``root`` from a backup and its key store; make a journal entry.

    Nothing appears at ``root`` before all checks have succeeded:

    - every file matches the list of the backup;
    - the vault and the key store can be opened;
    - the list is authentic, and matches the vault;
    - ``look`` accepts the backup.

    Raises HomeRefused if ``root`` is not empty. Raises Refused if the files do not belong together, if the
    journal is older than the head that was written down, or if ``last_case`` is lower than a case number in
    the backup. Also raises the errors of opening the vault, and the errors that ``look`` raises.
    """
    init.check_free(root)
    listed = backup_list.read(source.folder)
    backup = listed.backup
    with _aside(root.absolute()) as aside:
        home = Home(aside)
        for each in home.folders:
            atomic_files.make_folder(each)
        _check(_copy(source.keystore, home.keystore(backup.keystore)), backup.keystore_hash)
        for done, file in enumerate(backup.files, 1):
            _check(_copy_into(source.folder / file.name, aside / file.name), file.hash)
            progress(done, len(backup.files))
        return _opened(home, bring, listed, source, look, today)


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Yield a new folder that becomes ``folder`` when the block ends, and is deleted if the block fails."""
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.{'?' * 16}{atomic_files.PART}"):
        shutil.rmtree(left)
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}{atomic_files.PART}")
    try:
        atomic_files.make_folder(aside)
        yield aside
        for each in (*(path for path in aside.iterdir() if path.is_dir()), aside):
            atomic_files.sync_folder(each)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    atomic_files.sync_folder(folder.parent)


def _opened(  # noqa: PLR0913, PLR0917
    home: Home, bring: Bring, listed: Listed, source: Source, look: Look, today: date
) -> Restored:
    """Open the vault and the key store, and check them.

    If the vault is of the newest version, record the restore and the next case number. The parameters are
    everything that is needed to restore a backup.
    """
    next_case, backup = None, listed.backup
    opened = unlocking.open_any(home, lambda: bring(home.root))
    with closing(opened.vault):
        backup_list.check(listed, opened.backup_key)
        opened.vault.check()
        with opened.vault.transaction() as session:
            backup_list.check_complete(home, session, opened.generation, backup)
            if source.written is not None:
                anchors.check(session, None, source.written)
            newer = backup_list.newer_beside(source.folder, backup)
            is_newest = opened.version == schema_version.newest()
            law = queries_office.office(session).law if is_newest else None
            look(Found(backup.day, backup.journal, backup.faults, newer, law))
            if is_newest:
                last = source.last_case or case_numbers.last(session) + _LEAP
                case_numbers.go_on_after(session, last)
                # The lost inbox may since have recorded facts that take cases off the archives' lists.
                visas.take_out_all(session)
                next_case = last + 1
                restored = action(Code.RESTORE, backup=backup.day, next_case=next_case)
                journal.note(session, Actor(opened.present, today), restored)
    return Restored(backup.day, opened.version, next_case)


def _check_apart(home: Path, out: Path, keys: Path) -> None:
    for each in (out, keys):
        if not each.is_dir():
            raise Refused(
                sentence("{each} is not a folder", each=each),
                sentence("create the folder, or mount the disk or USB stick, then try again"),
            )
    places = [each.resolve() for each in (home, out, keys)]
    for one in places:
        if any(one is not other and one.is_relative_to(other) for other in places):
            raise Refused(
                sentence("the home folder, the backup and the key store must not be inside one another"),
                sentence(
                    "write the key store to its own disk or USB stick (--keystore-out): destroyed keys"
                    " must not stay in backups"
                ),
            )


def _base(inbox: Inbox) -> list[Path]:
    return [inbox.home.header, inbox.home.vault(inbox.header.generation)]


def _copy_all(home: Home, aside: Path, names: Sequence[str], progress: Progress) -> Iterator[File]:
    for each in home.folders:
        atomic_files.make_folder(aside / each.name)
    for done, name in enumerate(names, 1):
        yield File(name, _copy_into(home.root / name, aside / name))
        progress(done, len(names))


def _keep(source: Path, target: Path) -> bytes:
    """Copy a key store unless the target already exists; return its SHA-256."""
    if (
        target.exists()
        and len({given_files.content(path, _LARGEST_KEY_STORE) for path in (target, source)}) > 1
    ):
        raise Refused(
            sentence("{target} already exists and is a different key store", target=target),
            sentence("choose another --keystore-out"),
        )
    return _copy(source, target)


def _copy_into(source: Path, target: Path) -> bytes:
    """Copy a file, create its folder if needed, and return its SHA-256."""
    atomic_files.make_folder(target.parent)
    return _copy(source, target)


def _copy(source: Path, target: Path) -> bytes:
    """Copy a file and return its SHA-256."""
    digest = hashlib.sha256()

    def passing() -> Iterator[bytes]:
        for piece in atomic_files.pieces(file):
            digest.update(piece)
            yield piece

    try:
        with given_files.opened_to_copy(source, target.parent) as file:
            atomic_files.write(target, passing())
    except FileNotFoundError:
        raise Refused(
            sentence("{name} is missing", name=source.name), sentence("look for another copy")
        ) from None
    return digest.digest()


def _check(found: bytes, expected: bytes) -> None:
    if found != expected:
        raise Refused(
            sentence("a file does not belong to this backup, or is damaged"),
            sentence("look for another copy of the backup and the key store"),
        )
