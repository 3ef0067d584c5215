"""Which items a file of pictures has, where they are, and how they refer to others (ISO 14496-12, 8.11)."""

from dataclasses import dataclass

from crypto.errors import Malformed
from inbox.files.media.boxes import Box, Cursor
from inbox.files.media.plan import Media

XMP = b"application/rdf+xml"
_MOST = 4_096
_REFERENCES = ("dimg", "thmb", "auxl", "cdsc", "base", "prem", "tbas", "exbl", "pred")
_WIDTHS = {0, 4, 8}
_VERSIONS = {2, 3}
_NEWEST = 2


@dataclass(frozen=True, slots=True)
class Item:
    """A picture, or a note about one."""

    id: int
    type: str
    is_xmp: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an item. ``at`` is from the beginning of the file, or of ``idat`` if ``is_inside``."""

    at: int
    size: int
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference of a type from one item to others."""

    type: str
    start: int
    to: tuple[int, ...]


def items(media: Media, box: Box) -> list[Item]:
    """Return the items, and overwrite their names (8.11.6). Raises Malformed."""
    found: list[Item] = []

    def read(each: Box) -> None:
        found.append(_item(media, each))
        if len(found) > _MOST:
            raise Malformed("file has too many pictures")

    skipped = 8 if media.reader.uint(box.body, 1) else 6
    media.within(box, {"infe": read}, skipped=skipped, several=("infe",))
    return found


def _item(media: Media, box: Box) -> Item:
    cursor = Cursor(media.whole(box))
    version = cursor.uint(1)
    cursor.take(3)
    if version not in _VERSIONS:
        raise Malformed("item of an unknown version")
    number = cursor.uint(4 if version == max(_VERSIONS) else 2)
    if cursor.uint(2) != 0:
        raise Malformed("item is protected")
    kind = cursor.take(4).decode("latin-1")
    rest = cursor.data[cursor.at :]  # The name, which is usually empty, and the type of a note.
    is_xmp = kind == "mime" and rest[1:].startswith(XMP + b"\0")
    media.limit(box, cursor.at + (2 + len(XMP) if is_xmp and rest[0] == 0 else 0))
    return Item(number, kind, is_xmp)


def locations(media: Media, box: Box) -> dict[int, list[Part]]:
    """Return the parts of each item by its id (8.11.3). Raises Malformed."""
    cursor = Cursor(media.whole(box))
    version = cursor.uint(1)
    cursor.take(3)
    widths = [half for byte in cursor.take(2) for half in (byte >> 4, byte & 15)]
    if version > _NEWEST or not {*widths} <= _WIDTHS:
        raise Malformed("places are of an unknown form")
    wide = 2 if version < _NEWEST else 4
    found: dict[int, list[Part]] = {}
    for _ in range(cursor.uint(wide)):
        number = cursor.uint(wide)
        method = cursor.uint(2) & 15 if version else 0
        if cursor.uint(2) != 0 or method > 1 or number in found:
            raise Malformed("place of an item is unexpected")
        found[number] = _parts(cursor, widths, version, is_inside=method == 1)
    media.limit(box, cursor.at)
    return found


def _parts(cursor: Cursor, widths: list[int], version: int, *, is_inside: bool) -> list[Part]:
    offset, length, base, index = widths
    start = cursor.uint(base)
    parts = []
    for _ in range(cursor.uint(2)):
        cursor.take(index if version else 0)
        at, size = start + cursor.uint(offset), cursor.uint(length)
        if size == 0:
            raise Malformed("item is the whole file")
        parts.append(Part(at, size, is_inside))
    return parts


def references(media: Media, box: Box) -> list[Reference]:
    """Return the references (8.11.12), and remove those of unknown types. Raises Malformed."""
    found: list[Reference] = []
    width = 4 if media.reader.uint(box.body, 1) else 2

    def read(each: Box) -> None:
        cursor = Cursor(media.whole(each))
        start = cursor.uint(width)
        to = tuple(cursor.uint(width) for _ in range(cursor.uint(2)))
        found.append(Reference(each.type, start, to))
        media.limit(each, cursor.at)

    media.within(box, dict.fromkeys(_REFERENCES, read), skipped=4, several=_REFERENCES)
    return found
