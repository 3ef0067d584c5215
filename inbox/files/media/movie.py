"""The film itself and its tracks (ISO 14496-12, 8.2 to 8.5).

Tracks of anything but picture and sound are removed.
"""

from collections.abc import Iterator, Sequence

from crypto.errors import Malformed
from inbox.files.media.boxes import Box
from inbox.files.media.edits import is_cut
from inbox.files.media.plan import Media, refuse
from inbox.files.media.tables import table

_MOST_TRACKS = 32
_SOUND = "soun"
_PICTURES = ("vide", "pict", "auxv")
_HANDLER = 12  # The bytes up to the end of the kind of a handler.
_NAMED_HANDLER = 24
# The kinds of handlers in QuickTime. ISO files have zeros in this place.
_COMPONENTS = ("mhlr", "dhlr")
_TRACK_HEADER = 84  # The size of version 0.
_FULL_BOX = 4  # The bytes of version and flags (4.2).
_SAME_FILE = 1  # Version 0, and the flag of samples in the same file (8.7.2).
_NO_LANGUAGE = b"\x55\xc4\0\0"  # The language code “und” (8.4.2.3).


def movie(media: Media, box: Box) -> None:
    """Keep the film with its tracks of picture and sound. Raises Malformed if it is not understood."""
    kinds: list[str] = []
    headers: list[Box] = []
    edited: list[tuple[Box, Box]] = []

    def header(each: Box) -> None:
        headers.append(each)
        end = times(media, each, 100, 112)
        for before_end, size in ((74, 10), (28, 24)):
            media.patches.fill(end - before_end, size)

    def either(each: Box) -> None:
        kinds.append(_kind(media, each))
        if len(kinds) > _MOST_TRACKS:
            raise Malformed("film has too many tracks")
        if kinds[-1] == _SOUND or kinds[-1] in _PICTURES:
            edited.extend(_track(media, each, is_sound=kinds[-1] == _SOUND))
        else:
            media.remove(each)

    media.within(
        box,
        {
            "mvhd": header,
            "trak": either,
            "cmov": refuse("film is compressed"),
            "mvex": refuse("film is in fragments"),
            "rmra": refuse("film is in other files"),
        },
        several=("trak",),
    )
    if any(is_cut(media.reader, *each, mvhd) for mvhd in headers for each in edited):
        media.staying.add("stays-cut")
    media.staying.update(_several(kinds))


def _several(kinds: Sequence[str]) -> Iterator[str]:
    if sum(kind in _PICTURES for kind in kinds) > 1:
        yield "stays-pictures"
    if kinds.count(_SOUND) > 1:
        yield "stays-sounds"


def _kind(media: Media, box: Box) -> str:
    """Return the kind of a track, or "" if it has none."""
    reader = media.reader
    found = reader.child(reader.child(box, "mdia"), "hdlr")
    return reader.type(found.body + 8) if found and found.size >= _HANDLER else ""


def _track(media: Media, box: Box, *, is_sound: bool) -> Iterator[tuple[Box, Box]]:
    """Return the edit list and the header of the track, if it has both."""
    tables: list[Box] = []
    lists: list[Box] = []
    clocks: list[Box] = []

    def header(each: Box) -> None:
        end = times(media, each, _TRACK_HEADER, 96)
        # Reserved fields: after the number of the track, after its duration, and after its volume.
        after_number = 68 if end - each.body == _TRACK_HEADER else 72
        for before_end, size in ((after_number, 4), (60, 8), (46, 2)):
            media.patches.fill(end - before_end, size)

    def samples(each: Box) -> None:
        table(media, each, is_sound=is_sound)
        tables.append(each)

    def clock(each: Box) -> None:
        media.patches.write(times(media, each, 24, 36) - 4, _NO_LANGUAGE)
        clocks.append(each)

    def edits(each: Box) -> None:
        media.rows(12, 20)(each)
        lists.append(each)

    information = {
        "vmhd": media.fixed(12),
        "smhd": media.fixed(8),
        "hdlr": lambda each: handler(media, each),
        "dinf": lambda each: media.within(each, {"dref": lambda found: references(media, found)}),
        "stbl": samples,
    }
    own = {
        "mdhd": clock,
        "hdlr": lambda each: handler(media, each),
        "minf": lambda each: media.within(each, information),
    }
    media.within(
        box,
        {
            "tkhd": header,
            "edts": lambda each: media.within(each, {"elst": edits}),
            "mdia": lambda each: media.within(each, own),
        },
    )
    if not tables:
        raise Malformed("track has no samples")
    return zip(lists, clocks, strict=False)


def times(media: Media, box: Box, short: int, long: int) -> int:
    """Overwrite the times at the beginning of a header, and everything after it. Return its end.

    ``short`` and ``long`` are the sizes of versions 0 and 1. Raises Malformed for other versions and sizes.
    """
    version = media.reader.uint(box.body, 1)
    if version > 1:
        raise Malformed("header has an unknown version")
    size, width = (long, 8) if version else (short, 4)
    media.limit(box, size)
    for at in (box.body + 4, box.body + 4 + width):
        media.reader.uint(at, width)  # The page scripts refuse times that are too large.
    media.patches.fill(box.body + 4, 2 * width)
    return box.body + size


def handler(media: Media, box: Box) -> None:
    """Overwrite the maker and the name of a handler (8.4.3). Its kind stays."""
    if box.size < _NAMED_HANDLER:
        raise Malformed("box is too short")
    if media.reader.type(box.body + 4) not in _COMPONENTS:
        media.patches.fill(box.body + 4, 4)
    media.limit(box, _HANDLER)


def references(media: Media, found: Box) -> None:
    """Check that a track has its samples in this file (8.7.2), and overwrite names of files and disks."""

    def inside(box: Box) -> None:
        if box.size < _FULL_BOX or media.reader.uint(box.body, _FULL_BOX) != _SAME_FILE:
            raise Malformed("samples are in another file")
        media.patches.fill(box.body + _FULL_BOX, box.size - _FULL_BOX)

    media.within(found, dict.fromkeys(("url ", "urn ", "alis", "rsrc"), inside), skipped=8)
