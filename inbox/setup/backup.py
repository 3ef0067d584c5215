"""Copies of an inbox to keep elsewhere, and an inbox put back from one.

A backup holds what the home holds but key store and shares: header, vault, sealed files, envelopes set
aside, outboxes that wait. A quorum's shares open its vault as they do ours. The key store goes to another
medium under its own name, so that it can be destroyed there (SPEC 9.2); without it no file of a case opens,
and no report.
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

# It has a line for each attachment.
_LARGEST_KEY_STORE = 256 << 20

Progress = Callable[[int, int], None]
# What the officers bring to the inbox in a folder.
Bring = Callable[[Path], Sequence[Credential]]


# More cases than the lost inbox can have had since the copy was taken, where nobody knows.
_LEAP = 1_000


@dataclass(frozen=True, slots=True)
class Places:
    """Where a backup goes: its folder is made in ``out``, its key store is put into ``keys``.

    They must be on media of their own, but for ``same_disk``.
    """

    out: Path
    keys: Path
    same_disk: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """Where a backup and its key store are; ``shares`` are the files of the home that it does not hold.

    ``faults`` are the files that the vault knows and that the home no longer has, or not as they came.
    ``head`` is where the journal stands, to be written down: by it an older backup is told from this one.
    """

    folder: Path
    keystore: Path
    shares: tuple[str, ...]
    faults: tuple[str, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Source:
    """A backup with its key store, to be put back.

    ``last_case`` is the highest number that the lost inbox gave to a case. Where nobody knows it, numbers
    leap by 1,000: on paper two cases of the same number would be one. ``written`` is a head of its journal
    that somebody wrote down: a backup from before that is not put back.
    """

    folder: Path
    keystore: Path
    last_case: int | None
    written: Paper | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What is about to be put back: its day, where its journal ends, what it lacks.

    ``newer`` is the day of the newest backup beside it that says it is newer, None if none does; ``law`` the
    SHA-256 (32 bytes) of the law that is in use in it, None in a vault of an earlier version.
    """

    day: date
    head: Head
    faults: tuple[str, ...]
    newer: date | None
    law: bytes | None


# Told what is about to be put back; it raises Refused if that is not to be.
Look = Callable[[Found], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """The day of a backup that was put back, and the version of its vault.

    ``next_case`` is the number of the next case, None where the vault is too old to keep it.
    """

    day: date
    version: str
    next_case: int | None

    @property
    def is_old(self) -> bool:
        """Whether the vault has to be upgraded before it can be used."""
        return self.version != schema_version.newest()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the journal says of copies: the last backup with its key store, and of what this inbox was made.

    ``backed_up`` is None before the first backup. ``restored`` is the day on which the inbox was put back,
    ``taken`` that of the backup, both None if it never was; ``rejoined`` if it has gone on with its portal
    since then where bundles were missing. ``next_case`` is the number of the next case at the time.
    """

    backed_up: date | None
    keystore: str
    restored: date | None
    taken: str
    next_case: Value | None
    rejoined: date | None


def look(inbox: Inbox, who: Actor) -> Standing:
    """Return what is known of backups of this inbox; raises as ``Inbox.acting``."""
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

    This process holds the home and, while it copies, the vault: nothing changes meanwhile. The folder is
    there whole or not at all. A file that the vault does not know stays behind; one that it knows and that is
    not there is named. Raises Refused, also for folders that lie within one another, or share a disk.
    """
    out, keys = places.out, places.keys
    _check_apart(inbox.home.root, out, keys)
    for folder in (out, keys):
        apart.check(inbox.home, folder)
    if not places.same_disk:
        media.check_carried(out, inbox.home.root)
        media.check_carried(keys, inbox.home.root)
        media.check_apart(out, keys)
    folder = out / f"backup-{who.today}"
    if folder.exists():
        raise Refused(
            sentence("{folder} is already there", folder=folder),
            sentence("choose another --out, nothing is overwritten"),
        )
    with inbox.transaction() as session:
        generation = session.get_one(KeyStoreKey, 1).generation
    copy = keys / keystore_name(generation)
    with inbox.acting(who, action(Code.BACK_UP, keystore=copy.name)):
        pass  # noted first: the copy says so of itself, too
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
    """Make the inbox in the folder ``root`` from a backup with its key store, and note that in its journal.

    Every file is compared with the list of the backup, vault and key store are opened, the list is verified
    and compared with what the vault knows, and ``look`` is told what it is, before anything is at ``root``.
    Raises HomeRefused if something is there, Refused for what does not belong together, an older journal than
    the one written down, or a number below one that is in the backup, and what opening and ``look`` raise.
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
    """Give a new folder that becomes ``folder`` if the block ends, and is gone if it raises."""
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


def _opened(  # noqa: PLR0913, PLR0917 - all that one backup is put back with
    home: Home, bring: Bring, listed: Listed, source: Source, look: Look, today: date
) -> Restored:
    """Open vault and key store; note what was done, and where numbers go on, if the vault can take it."""
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
                # What the lost inbox noted since would have taken cases from the archives' lists.
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
                sentence("make it, or mount the medium, then try again"),
            )
    places = [each.resolve() for each in (home, out, keys)]
    for one in places:
        if any(one is not other and one.is_relative_to(other) for other in places):
            raise Refused(
                sentence("home, backup and key store must not lie within one another"),
                sentence(
                    "give --keystore-out a medium of its own: what is destroyed must not live on in backups"
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
    """Copy a key store unless it is there already; return its hash."""
    if (
        target.exists()
        and len({given_files.content(path, _LARGEST_KEY_STORE) for path in (target, source)}) > 1
    ):
        raise Refused(
            sentence("{target} is another key store", target=target),
            sentence("choose another --keystore-out"),
        )
    return _copy(source, target)


def _copy_into(source: Path, target: Path) -> bytes:
    """Copy a file, make its folder if there is none, and return its SHA-256."""
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
            sentence("a file is not the one of this backup, or damaged"),
            sentence("look for another copy of backup and key store"),
        )
