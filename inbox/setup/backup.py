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

from crypto import shape
from crypto.errors import CryptoError
from crypto.shape import binary, integer, list_of, record, text
from inbox.keys import key_store
from inbox.keys.officers import Credential
from inbox.language.errors import FileRefused, Refused
from inbox.language.messages import sentence
from inbox.session import inbox as unlocking
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.setup import init
from inbox.system import atomic_files, given_files
from inbox.system.home import Home, keystore_name
from inbox.vault import case_numbers, schema_version
from inbox.vault.tables import KeyStoreKey

LIST = "backup.json"
# Both have a line for each attachment.
_LARGEST_LIST = _LARGEST_KEY_STORE = 256 << 20
_NAME = "|".join(
    (
        r"vault\.json",
        r"vault-[1-9][0-9]{0,9}\.sqlite",
        r"(attachments|unopened)/[A-Za-z0-9_-]{1,64}\.age",
        r"outbox/[a-z0-9-]{1,64}\.tar",
    )
)
_MOST = 10_000_000
_HASH = 32

Progress = Callable[[int, int], None]
# What the officers bring to the inbox in a folder.
Bring = Callable[[Path], Sequence[Credential]]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a backup, by its path in the home, with its SHA-256."""

    name: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup is: its day, its files, and the key store that belongs to it but is not among them."""

    day: date
    keystore: int
    keystore_hash: bytes
    files: tuple[File, ...]


# More cases than the lost inbox can have had since the copy was taken, where nobody knows.
_LEAP = 1_000


@dataclass(frozen=True, slots=True)
class Made:
    """Where a backup and its key store are; ``shares`` are the files of the home that it does not hold."""

    folder: Path
    keystore: Path
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A backup with its key store, to be put back.

    ``last_case`` is the highest number that the lost inbox gave to a case. Where nobody knows it, numbers
    leap by 1,000: on paper two cases of the same number would be one.
    """

    folder: Path
    keystore: Path
    last_case: int | None


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


_FILE = record(File, {"name": text(128, _NAME), "hash": binary(_HASH)})
_BACKUP = record(
    Backup,
    {
        "day": shape.day,
        "keystore": integer(1),
        "keystore_hash": binary(_HASH),
        "files": list_of(_FILE, _MOST),
    },
    kind="backup",
)


def make(inbox: Inbox, who: Actor, out: Path, keys: Path, *, progress: Progress) -> Made:
    """Copy the home into a new folder in ``out``, and its key store into the folder ``keys``.

    This process holds the home and, while it copies, the vault: nothing changes meanwhile. The folder is
    there whole or not at all. Raises Refused, also if a folder lies within the other or within the home.
    """
    _check_apart(inbox.home.root, out, keys)
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
        with inbox.vault.transaction():
            hashed = _keep(inbox.home.keystore(generation), copy)
            files = tuple(_copy_all(inbox.home, aside, _names(inbox), progress))
        made = Backup(day=who.today, keystore=generation, keystore_hash=hashed, files=files)
        atomic_files.write(aside / LIST, [_BACKUP.encode(made)])
    return Made(folder, copy, tuple(sorted(path.name for path in inbox.home.root.glob("*.share"))))


def restore(source: Source, root: Path, bring: Bring, *, today: date, progress: Progress) -> Restored:
    """Make the inbox in the folder ``root`` from a backup with its key store, and note that in its journal.

    Every file is compared with the list of the backup, and vault and key store are opened, before anything
    is at ``root``. Raises HomeRefused if something is there, Refused for what does not belong together or a
    number below one that is in the backup, and what opening raises.
    """
    init.check_free(root)
    backup = _read(source.folder)
    with _aside(root.absolute()) as aside:
        home = Home(aside)
        for each in home.folders:
            atomic_files.make_folder(each)
        _check(_copy(source.keystore, home.keystore(backup.keystore)), backup.keystore_hash)
        for done, file in enumerate(backup.files, 1):
            _check(_copy(source.folder / file.name, aside / file.name), file.hash)
            progress(done, len(backup.files))
        return _opened(home, bring, backup, today, source.last_case)


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


def _opened(home: Home, bring: Bring, backup: Backup, today: date, last_case: int | None) -> Restored:
    """Open vault and key store; note what was done, and where numbers go on, if the vault can take it."""
    next_case = None
    opened = unlocking.open_any(home, lambda: bring(home.root))
    with closing(opened.vault):
        opened.vault.check()
        with opened.vault.transaction() as session:
            key_store.load(home, session)
            if opened.version == schema_version.newest():
                last = last_case or case_numbers.last(session) + _LEAP
                case_numbers.go_on_after(session, last)
                next_case = last + 1
                restored = action(Code.RESTORE, backup=backup.day, next_case=next_case)
                journal.note(session, Actor(opened.officers, today), restored)
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


def _names(inbox: Inbox) -> list[str]:
    home = inbox.home
    folders = (home.attachments, home.unopened, home.outbox)
    paths = [home.header, home.vault(inbox.header.generation)]
    paths += [
        path for folder in folders for path in sorted(folder.iterdir()) if path.suffix != atomic_files.PART
    ]
    return [home.name_of(path) for path in paths]


def _copy_all(home: Home, aside: Path, names: Sequence[str], progress: Progress) -> Iterator[File]:
    for each in home.folders:
        atomic_files.make_folder(aside / each.name)
    for done, name in enumerate(names, 1):
        yield File(name, _copy(home.root / name, aside / name))
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


def _read(folder: Path) -> Backup:
    try:
        backup = _BACKUP.parse(given_files.content(folder / LIST, _LARGEST_LIST))
    except (CryptoError, FileRefused, OSError):
        raise Refused(
            sentence("{folder} is no backup of an inbox", folder=folder),
            sentence("give the folder that has backup.json"),
        ) from None
    if len({file.name for file in backup.files}) < len(backup.files):
        raise Refused(sentence("the list of the backup names a file twice"), sentence("give another backup"))
    return backup
