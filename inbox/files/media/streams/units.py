"""Notes of programs and devices within the samples of a film, between the parts of its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from crypto.errors import Malformed
from inbox.files.media.boxes import WINDOW
from inbox.files.media.patches import Patch
from inbox.files.media.plan import Media, Range
from inbox.files.media.streams.frames import scan_frames, scan_parts

_FILLER = 0xFF
_STOP = 0x80
_LARGEST = 1 << 16
_START = b"\0\0\1"
_NOTE = 0xB2
_SPACE = 0x20
# A byte that keeps a start code from appearing, and the bytes before it (H.264, 7.4.1).
_EMULATION = 3
_ZEROS = b"\0\0"
_MORE = 0xFF  # The number goes on in the next byte (H.264, 7.3.2.3.1).


@dataclass(frozen=True, slots=True)
class _Form:
    """What a decoder needs (H.264 and H.265, tables 7-1 and annexes D; in H.265 also F.14).

    ``header`` is the size of the header of a unit, and ``ignored`` the header of a unit that decoders ignore.
    ``kept`` has the types of units, and ``notes`` those with supplemental information. Of this information,
    only ``messages`` stay, each with its largest size in bytes: when pictures are shown, where decoding can
    begin, colours and brightness, hashes. ``marks`` are units that mark a beginning or an end, with at most
    one byte after the header.
    """

    header: int
    shift: int
    mask: int
    kept: frozenset[int]
    notes: frozenset[int]
    marks: frozenset[int]
    messages: Mapping[int, int]
    ignored: bytes

    def type_of(self, unit: bytes) -> int:
        return unit[0] >> self.shift & self.mask if unit else 0


_MESSAGES = {0: 64, 6: 5, 45: 24, 47: 8, 137: 24, 144: 4, 147: 1}
_HEVC = _Form(
    2,
    1,
    0x3F,
    kept=frozenset([*range(10), *range(16, 22), *range(32, 38)]),
    notes=frozenset([39, 40]),
    marks=frozenset([35, 36, 37]),
    messages=_MESSAGES | {1: 64, 128: 64, 129: 32, 130: 16, 132: 49},
    ignored=bytes([38 << 1, 1]),
)
_AVC = _Form(
    1,
    0,
    0x1F,
    kept=frozenset([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 19, 20, 21]),
    notes=frozenset([6]),
    marks=frozenset([9, 10, 11]),
    messages=_MESSAGES,
    ignored=bytes([12]),
)
_FORMS = {
    "avc": _AVC,
    "hevc": _HEVC,
    # The type 62 has the dynamic range.
    "dolby": replace(_HEVC, kept=_HEVC.kept | {62}),
    # Settings have no pictures.
    "avcC": replace(_AVC, kept=frozenset([7, 8, 13, 15])),
    "hvcC": replace(_HEVC, kept=frozenset([32, 33, 34])),
}


def scan(media: Media, part: Range) -> None:
    """Look for notes in a part of a file, and overwrite them.

    Raises Malformed if the part does not consist of units.
    """
    if part.codec.form == "mpeg4":
        _scan_for_notes(media, part)
    elif part.codec.form == "av1":
        scan_parts(media, part.start, part.end)
    elif part.codec.form == "prores":
        scan_frames(media, part.start, part.end)
    elif part.codec.form:
        _scan_units(media, part)


def _scan_units(media: Media, part: Range) -> None:
    form, width, at = part.codec.form, part.codec.width, part.start
    while at < part.end:
        size = media.reader.uint(at, width)
        at += width
        if size > part.end - at:
            raise Malformed("part of a picture ends early")
        unit = media.reader.bytes(at, min(size, 1))
        if _FORMS[form].type_of(unit) in _FORMS[form].notes:
            if size > _LARGEST:
                raise Malformed("note in a film is too large")
            unit = media.reader.bytes(at, size)
        clear(media, form, at, size, unit)
        at += size


def clear(media: Media, form: str, at: int, size: int, unit: bytes) -> None:
    """Overwrite a unit that a decoder does not need.

    ``unit`` has all bytes of supplemental information, and at least the first byte of other units.
    """
    how = _FORMS[form]
    kind = how.type_of(unit)
    is_long = kind in how.marks and size > how.header + 1
    if size <= how.header or (not is_long and kind in how.kept):
        return
    if kind in how.notes and not _is_unneeded(unit[how.header :], how.messages):
        return
    media.patches.add(Patch(at, size, how.ignored, fill=_FILLER, last=_STOP))


def _is_unneeded(escaped: bytes, kept: Mapping[int, int]) -> bool:
    """Whether a message has an unknown type, or is too long, or the messages cannot be read."""
    payload = bytes(
        byte
        for at, byte in enumerate(escaped)
        if not (byte == _EMULATION and escaped[max(at - len(_ZEROS), 0) : at] == _ZEROS)
    )
    at = 0
    while at < len(payload) - 1:
        kind, at = _number(payload, at)
        size, at = _number(payload, at)
        if at + size > len(payload) or size > kept.get(kind, -1):
            return True
        at += size
    return False


def _number(payload: bytes, at: int) -> tuple[int, int]:
    value = 0
    while at < len(payload) and payload[at] == _MORE:
        value += _MORE
        at += 1
    # After the end, return a number that is too large.
    return (value + payload[at], at + 1) if at < len(payload) else (len(payload), at)


def _scan_for_notes(media: Media, part: Range) -> None:
    found = Notes(media)
    at = part.start
    while at < part.end:
        data = media.reader.bytes(at, min(WINDOW, part.end - at))
        at += len(data)
        found.search(data, at)
    found.finish(part.end)


class Notes:
    """Overwrites the notes of programs in MPEG-4 video (ISO 14496-2, 6.2.2.1), between start codes."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._last = b""
        self._note: int | None = None

    def search(self, part: bytes, end: int) -> None:
        """Search the part that ends at the offset ``end`` and follows the part before."""
        data = self._last + part
        start = end - len(data)
        at = data.find(_START)
        while 0 <= at < len(data) - len(_START):
            self.finish(start + at)
            if data[at + len(_START)] == _NOTE:
                self._note = start + at + len(_START) + 1
            at = data.find(_START, at + 1)
        self._last = data[-len(_START) :]

    def finish(self, end: int) -> None:
        """End a note that has begun."""
        if self._note is not None:
            self._media.patches.fill(self._note, end - self._note, _SPACE)
        self._note = None
