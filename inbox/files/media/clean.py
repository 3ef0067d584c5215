"""Clean films, sound and pictures made of boxes (MP4, MOV, M4A, 3GP, HEIC, AVIF).

Only boxes that a player needs are kept. Every other box becomes an empty ``free`` box of the same size. Bytes
that no kept track or picture uses become zero. So no offset changes, and picture and sound stay byte for
byte. A file that is not understood completely is refused.
"""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from crypto.errors import Malformed
from inbox.files.media import items
from inbox.files.media.boxes import HEADER, Box
from inbox.files.media.movie import movie
from inbox.files.media.patches import Patch
from inbox.files.media.plan import SPARE, Media, Range, keep_parts
from inbox.files.media.streams.units import scan

_KEPT = ("ftyp", "moov", "mdat")
_TYPES = (*_KEPT, *SPARE, "meta", "moof", "uuid")
_TYPE = re.compile(r"[\x20-\x7e\xa9]{4}")  # As opposed to bytes that somebody appended.
# Brands that many devices and programs write. Others can name a maker.
_BRANDS = (
    *("isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "avc1", "hvc1"),
    *("hev1", "av01", "dby1", "qt  ", "M4A ", "M4B ", "M4V ", "3gp4", "3gp5", "3gp6", "3gp7", "3g2a", "mif1"),
    *("mif2", "msf1", "miaf", "heic", "heix", "heim", "heis", "hevc", "hevx", "MiHB", "MiHE", "MiHA", "MiPr"),
    *("avif", "avis", "MA1A", "MA1B"),
)
_LARGEST_BRANDS = 1_024
_VERSION = 4  # The offset of the version among the brands.
# A text can begin with “The free”.
_HEAD = re.compile(rb".{4}(?:ftyp|moov|mdat|pnot)|\0.{3}(?:wide|free|skip)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be overwritten to clean a file, and the codes of what stays in it."""

    patches: list[Patch]
    staying: list[str]


def is_boxed(head: bytes) -> bool:
    """Whether a file with these first bytes is made of boxes."""
    return _HEAD.match(head) is not None


def understood(file: BinaryIO) -> Plan | None:
    """Return how to clean a file, or None if it is of another kind, or not understood completely.

    Raises OSError.
    """
    file.seek(0)
    try:
        return plan(file) if is_boxed(file.read(HEADER)) else None
    except Malformed:
        return None


def plan(file: BinaryIO) -> Plan:
    """Return how to clean a file. Raises Malformed if it is not understood completely, and OSError."""
    media = Media(file)
    boxes = _tops(media)
    found = {
        kind: [box for box in boxes if box.type == kind] for kind in ("moov", "meta", "moof", "mdat", "ftyp")
    }
    if len(found["moov"]) > 1 or len(found["meta"]) > 1 or found["moof"]:
        raise Malformed("file consists of fragments")
    pictures = [meta for meta in found["meta"] if items.is_album(media, meta)]
    if not found["moov"] and not pictures:
        raise Malformed("file holds neither a film nor a picture")
    media.data = found["mdat"]
    for box in found["ftyp"]:
        _brands(media, box, "mif1" if pictures else "isom")
    for box in found["moov"]:
        movie(media, box)
        media.staying.add("stays-coded")
    for box in pictures:
        items.album(media, box)
    for box in boxes:
        if box.type not in _KEPT and box not in pictures:
            media.remove(box)
    keep_parts(media.patches, media.data, _scanned(media))
    return Plan(media.patches.sorted(), sorted(media.staying))


def _scanned(media: Media) -> Iterator[Range]:
    """Yield the parts to keep in the order of the file, and look for notes in each."""
    for part in heapq.merge(*media.kept, key=lambda each: each.start):
        yield part
        scan(media, part)


def _tops(media: Media) -> list[Box]:
    """Return the boxes of the file, and overwrite what somebody appended after the last box."""
    reader = media.reader
    boxes: list[Box] = []
    at = 0
    while at < reader.size and not (boxes and _is_appended(media, at)):
        boxes.append(reader.box(at, reader.size))
        at = boxes[-1].end
    if rest := reader.size - at:
        # A size of zero means that the box reaches to the end of the file.
        media.patches.write(at, bytes(rest) if rest < HEADER else b"\0\0\0\0free")
        media.patches.fill(at + HEADER, max(rest - HEADER, 0))
    return boxes


def _is_appended(media: Media, at: int) -> bool:
    """Whether the bytes after a box are no box. A box of a known type that is cut short is one."""
    rest = media.reader.size - at
    if rest < HEADER:
        return True
    kind, size = media.reader.type(at + 4), media.reader.uint(at, 4)
    if not _TYPE.fullmatch(kind):
        return True
    return kind not in _TYPES and size != 1 and not HEADER <= size <= rest


def _brands(media: Media, box: Box, common: str) -> None:
    """Keep the brands that do not name a maker, and no version."""
    if not HEADER <= box.size <= _LARGEST_BRANDS:
        raise Malformed("list of brands has an unexpected size")
    data = media.whole(box)
    media.patches.fill(box.body + _VERSION, 4)
    for at in range(0, box.size - 3, 4):
        if at != _VERSION and data[at : at + 4].decode("latin-1") not in _BRANDS:
            media.patches.write(box.body + at, common.encode())
    media.patches.fill(box.end - box.size % 4, box.size % 4)
