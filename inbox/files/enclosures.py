"""Files that officers add to a case, sealed like the files of reporters.

From the photos, films and sound of phones, place, day and device are removed first, as the report page does.
"""

import mimetypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from crypto.container import FileDigest
from crypto.messages import File
from inbox.files import sealing
from inbox.files.cleaning import Cleaned, cleaned
from inbox.keys import key_store
from inbox.language.messages import listed, sentence
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault.tables import Attachment

_STAYING = {
    "stays-cropped": sentence("edges that are cut off when it is shown"),
    "stays-cut": sentence("passages that are cut out when it is played"),
    "stays-depth": sentence("another layer of the picture, such as depth or brightness"),
    "stays-pictures": sentence("other pictures or films"),
    "stays-preview": sentence("small previews"),
    "stays-sounds": sentence("several soundtracks"),
}


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A sealed file that is not yet in the attachments folder: its description and its random id.

    ``notes`` say what was removed from it, and what it still contains.
    """

    file: File
    id: bytes
    notes: tuple[str, ...]


def seal(home: Home, session: Session, paths: Sequence[Path], *, unchanged: bool) -> list[Enclosed]:
    """Seal each file to its own seed, and add the seeds to the key store. Raises FileRefused or OSError.

    If ``unchanged``, nothing is removed from the files.
    """
    seeds, enclosed = {}, []
    for number, path in enumerate(paths, 1):
        with given_files.opened_to_copy(path, home.arriving) as opened:
            found = None if unchanged else cleaned(opened)
            opened.seek(0)
            counted = _Counted(found.pieces if found else atomic_files.pieces(opened))
            kept = sealing.seal(home, counted)
        kind = mimetypes.guess_type(path.name)[0] or ""
        described = File(number, path.name, kind, counted.size, counted.digest.digest())
        enclosed.append(Enclosed(described, kept.id, tuple(_notes(path.name, found))))
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


def _notes(name: str, found: Cleaned | None) -> Iterator[str]:
    if found is None:
        yield sentence("{name} was sealed as it is: it may tell who made it, where and when", name=name)
        return
    yield sentence("place, day and device were removed from the sealed copy of {name}", name=name)
    if parts := [_STAYING[code] for code in found.staying if code in _STAYING]:
        yield sentence("{name} still contains: {parts}", name=name, parts=listed(parts))


class _Counted:
    """Pieces of a file to read once, and afterwards their hash and their size together."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.digest = FileDigest()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.digest.update(piece)
            self.size += len(piece)
            yield piece
