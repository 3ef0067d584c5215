"""The settings of codecs, in the descriptions of tracks and in the properties of pictures."""

from collections.abc import Callable
from dataclasses import dataclass

from crypto.errors import Malformed
from inbox.files.media.boxes import Box, Cursor
from inbox.files.media.plan import Media, Take
from inbox.files.media.streams.colour_profile import profile
from inbox.files.media.streams.frames import scan_parts
from inbox.files.media.streams.units import Notes, clear

# Profiles of H.264 whose settings have four more bytes (ISO 14496-15, 5.3.3.1).
_HIGH = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 144)
_HIGH_FIELDS = 4  # The form and depth of colours, and the number of more settings.
# The settings of ALAC with version and flags, without and with the places of its channels, which have a type.
_ALAC, _ALAC_PLACED, _PLACES = 28, 44, 32
_AV1_HEADER = 4  # The bytes before the parts in the settings of AV1.
# Descriptors of ISO 14496-1, 7.2.2.1, and their flags for an address or another stream.
_STREAM, _DECODER, _OWN, _SYNC = 3, 4, 5, 6
_ELSEWHERE = 0xE0
_LONGEST_OWN = 1_024
# The type of the first block of a FLAC stream, and of empty blocks (RFC 9639, 8.1).
_FLAC_INFO, _FLAC_PADDING = 0, 1
_FLAC_INFO_SIZE = 34
_LONGEST_SIZE = 4
_END = bytes(4).decode()  # The type of the box that ends a list of QuickTime.

Units = Callable[[str, int], None]


def types(media: Media, units: Units = lambda _form, _width: None) -> dict[str, Take]:
    """Return what to do with each setting. ``units`` is called with the width of the sizes of units."""

    def small(most: int) -> Take:
        def check(box: Box) -> None:
            if box.size > most:
                raise Malformed("settings of a codec are too long")

        return check

    def vendor(size: int) -> Take:
        def keep(box: Box) -> None:
            media.limit(box, size)
            media.patches.fill(box.body, 5)

        return keep

    plain: dict[str, Take] = {
        "esds": lambda box: _streams(media, box),
        "alac": lambda box: media.limit(box, _alac(media, box)),
        "damr": vendor(9),
        "enda": media.fixed(2),
        "frma": media.fixed(4),
        "chan": lambda box: media.limit(box, 16 + 20 * media.reader.uint(box.body + 12, 4)),
    }
    wave = plain | {"mp4a": media.fixed(0), "samr": vendor(9), _END: media.fixed(0)}
    sizes = {"vpcC": 12, "pasp": 8, "clap": 32, "btrt": 12, "fiel": 2, "clli": 4, "mdcv": 24, "dvcC": 24}
    sizes |= {"dvvC": 24, "ccst": 8, "dac3": 3, "pcmC": 6, "srat": 8}
    return {
        **plain,
        **{kind: media.fixed(size) for kind, size in sizes.items()},
        "dapa": small(64),
        "dec3": lambda box: media.limit(box, _dolby(media.whole(box))),
        "dOps": lambda box: media.limit(box, _opus(media.whole(box))),
        "av1C": lambda box: scan_parts(media, box.body + _AV1_HEADER, box.end),
        "d263": vendor(7),
        "avcC": lambda box: units("avc", _avc(media, box)),
        "hvcC": lambda box: units("hevc", _hevc(media, box, 21)),
        "lhvC": lambda box: _hevc(media, box, 4),
        "colr": lambda box: _colours(media, box),
        "dfLa": lambda box: _flac(media, box),
        "wave": lambda box: media.within(box, wave),
    }


def _alac(media: Media, box: Box) -> int:
    is_placed = box.size >= _ALAC_PLACED and media.reader.type(box.body + _PLACES) == "chan"
    return _ALAC_PLACED if is_placed else _ALAC


def _avc(media: Media, box: Box) -> int:
    """Read the settings of H.264 (ISO 14496-15, 5.3.3.1). Return the width of sizes."""
    cursor = Cursor(media.whole(box), 4)
    width = (cursor.uint(1) & 3) + 1
    _clear(media, box, cursor, "avcC", cursor.uint(1) & 31)
    _clear(media, box, cursor, "avcC", cursor.uint(1))
    if cursor.data[1] in _HIGH and len(cursor.data) - cursor.at >= _HIGH_FIELDS:
        cursor.take(3)
        _clear(media, box, cursor, "avcC", cursor.uint(1))
    media.limit(box, cursor.at)
    return width


def _hevc(media: Media, box: Box, at: int) -> int:
    """Read the settings of H.265 (ISO 14496-15, 8.3.3.1 and 9.6.3), from the width of sizes on; return it."""
    cursor = Cursor(media.whole(box), at)
    width = (cursor.uint(1) & 3) + 1
    for _ in range(cursor.uint(1)):
        cursor.take(1)
        _clear(media, box, cursor, "hvcC", cursor.uint(2))
    media.limit(box, cursor.at)
    return width


def _clear(media: Media, box: Box, cursor: Cursor, form: str, count: int) -> None:
    for _ in range(count):
        size = cursor.uint(2)
        at = box.body + cursor.at
        clear(media, form, at, size, cursor.take(size))


@dataclass(frozen=True, slots=True)
class _Descriptor:
    tag: int
    body: int
    end: int


def _streams(media: Media, box: Box) -> None:
    """Keep the descriptors that a decoder needs (ISO 14496-14, 5.6), and overwrite all others."""
    data = media.whole(box)
    stream = _descriptor(data, 4, len(data))
    flags = data[stream.body + 2] if stream.body + 2 < len(data) else _ELSEWHERE
    if stream.tag != _STREAM or flags & _ELSEWHERE:
        raise Malformed("descriptor of a stream is unexpected")
    for each in _descriptors(data, stream.body + 3, stream.end):
        if each.tag == _DECODER:
            _decoder(media, box, data, each)
        else:
            kept = min(1, each.end - each.body) if each.tag == _SYNC else 0
            media.patches.fill(box.body + each.body + kept, each.end - each.body - kept)
    media.limit(box, stream.end)


def _decoder(media: Media, box: Box, data: bytes, parent: _Descriptor) -> None:
    for each in _descriptors(data, parent.body + 13, parent.end):
        if each.tag != _OWN:
            media.patches.fill(box.body + each.body, each.end - each.body)
        elif each.end - each.body > _LONGEST_OWN:
            raise Malformed("settings of a codec are too long")
        else:
            notes = Notes(media)
            notes.search(data[each.body : each.end], box.body + each.end)
            notes.finish(box.body + each.end)


def _descriptors(data: bytes, at: int, end: int) -> list[_Descriptor]:
    found = []
    while at < end:
        found.append(_descriptor(data, at, end))
        at = found[-1].end
    return found


def _descriptor(data: bytes, at: int, end: int) -> _Descriptor:
    cursor = Cursor(data[:end], at)
    tag, size = cursor.uint(1), 0
    for _ in range(_LONGEST_SIZE):
        byte = cursor.uint(1)
        size = size * 128 + (byte & 0x7F)
        if not byte & 0x80:
            break
    if cursor.at + size > end:
        raise Malformed("descriptor ends early")
    return _Descriptor(tag, cursor.at, cursor.at + size)


def _flac(media: Media, box: Box) -> None:
    """Keep the format of the sound, and overwrite comments, pictures and other blocks."""
    cursor = Cursor(media.whole(box), 4)
    while cursor.at < len(cursor.data):
        at = box.body + cursor.at
        kind, size = cursor.uint(1), cursor.uint(3)
        cursor.take(size)
        is_first = at == box.body + 4
        if not (kind & 0x7F == _FLAC_INFO and is_first and size == _FLAC_INFO_SIZE):
            media.patches.write(at, bytes([kind & 0x80 | _FLAC_PADDING]))
            media.patches.fill(at + 4, size)


def _opus(data: bytes) -> int:
    """Return the size of the settings of Opus (its encapsulation in boxes, 4.3.2)."""
    cursor = Cursor(data, 1)
    channels = cursor.uint(1)
    cursor.take(8)
    family = cursor.uint(1)
    return cursor.at + (2 + channels if family else 0)


def _dolby(data: bytes) -> int:
    """Return the size of the settings of Dolby Digital Plus (TS 102 366, F.6)."""
    cursor = Cursor(data)
    for _ in range((cursor.uint(2) & 7) + 1):
        cursor.take(2)
        # The number of dependent streams, and the channels in these.
        if cursor.uint(1) & 0x1E:
            cursor.take(1)
    return min(cursor.at + 2, len(data))  # Two more bytes mark sound with objects.


def _colours(media: Media, box: Box) -> None:
    kind = media.reader.type(box.body)
    if kind in {"nclx", "nclc"}:
        media.limit(box, 11 if kind == "nclx" else 10)
    elif kind in {"prof", "rICC"}:
        profile(media, box)
    else:
        media.remove(box)
