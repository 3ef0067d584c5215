"""Remove place, day and device from the photos, films and sound of phones, as the report page does."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from crypto.errors import Malformed
from inbox.files.media import clean as media
from inbox.files.media.patches import patched
from inbox.files.pictures import jpeg, png, webp
from inbox.system import atomic_files

# Pictures are cleaned in memory. Larger ones are not cleaned, as on the report page.
_LARGEST_PICTURE = 64 << 20
_HEAD = 12
_Clean = Callable[[bytes], list[bytes]]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The pieces of a cleaned file, to read once, and the codes of what stays in it."""

    pieces: Iterable[bytes]
    staying: Sequence[str] = ()


def cleaned(file: BinaryIO) -> Cleaned | None:
    """Return a file without place, day and device, or None if it is not understood completely.

    Raises OSError.
    """
    if plan := media.understood(file):
        file.seek(0)
        return Cleaned(patched(atomic_files.pieces(file), plan.patches), plan.staying)
    file.seek(0)
    clean = _cleaner(file.read(_HEAD))
    file.seek(0)
    data = file.read(_LARGEST_PICTURE + 1) if clean else b""
    if not clean or len(data) > _LARGEST_PICTURE:
        return None
    try:
        return Cleaned(clean(data))
    except Malformed:
        return None


_BEGINNINGS: Mapping[bytes, _Clean] = {
    b"\xff\xd8\xff": jpeg.clean,
    png.SIGNATURE: png.clean,
    b"RIFF": webp.clean,
}


def _cleaner(head: bytes) -> _Clean | None:
    return next((clean for start, clean in _BEGINNINGS.items() if head.startswith(start)), None)
