"""Files that officers add to a case, sealed like the files of reporters."""

import mimetypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from crypto.container import FileDigest
from crypto.messages import File
from inbox.files import sealing
from inbox.keys import key_store
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault.tables import Attachment


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A sealed file that is not yet in the attachments folder: its description and its random id."""

    file: File
    id: bytes


def seal(home: Home, session: Session, paths: Sequence[Path]) -> list[Enclosed]:
    """Seal each file to its own seed, and add the seeds to the key store. Raises FileRefused or OSError."""
    seeds, enclosed = {}, []
    for number, path in enumerate(paths, 1):
        digest = FileDigest()
        with given_files.opened_to_copy(path, home.arriving) as opened:
            kept = sealing.seal(home, _digested(atomic_files.pieces(opened), digest))
            size = opened.tell()
        kind = mimetypes.guess_type(path.name)[0] or ""
        enclosed.append(Enclosed(File(number, path.name, kind, size, digest.digest()), kept.id))
        seeds[kept.id] = kept.seed
    if seeds:
        key_store.save(home, session, key_store.load(home, session).with_attachments(seeds))
    return enclosed


def file(session: Session, number: int, enclosed: Sequence[Enclosed]) -> None:
    """Add the sealed files to a new case."""
    for each in enclosed:
        session.add(
            Attachment(
                id=each.id,
                case=number,
                number=each.file.number,
                name=each.file.name,
                type=each.file.type,
                size=each.file.size,
                digest=each.file.digest,
            )
        )


def _digested(pieces: Iterable[bytes], digest: FileDigest) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece
