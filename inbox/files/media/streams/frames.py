"""Notes of programs and devices within the frames of AV1 and ProRes."""

from crypto.errors import Malformed
from inbox.files.media.patches import Patch
from inbox.files.media.plan import Media

# The header of a part (OBU) of AV1 (5.3.2 of its specification), and the longest size in bytes (4.10.5).
_FORBIDDEN, _EXTENSION, _HAS_SIZE = 0x80, 0x04, 0x02
_TYPE_SHIFT, _TYPE_MASK = 3, 15
_LONGEST_SIZE = 8
# Types of parts (6.2.2): those that a decoder needs, notes, and parts that decoders ignore.
_KEPT = (1, 2, 3, 4, 6, 7, 8)
_METADATA = 5
_PADDING = 15
_DELIMITER = 2  # Has no content.
# Notes that stay (6.7.1), with their largest sizes: brightness, colours, layers. Others are times of day and
# notes of makers.
_MESSAGES = {1: 6, 2: 26, 3: 3}
_STOP = 0x80  # The last bits of a part.

# The header of a frame of ProRes (SMPTE RDD 36, 5.1): size, type, size and version of the header, and coder.
_FRAME = b"icpf"
_FRAME_HEADER = 20
_CODER = 12
_COMMON_CODER = b"apl0"  # What the inventor of ProRes writes, and every decoder knows.


def scan_parts(media: Media, at: int, end: int) -> None:
    """Overwrite the parts of AV1 that a decoder does not need.

    Raises Malformed if there is something else than parts with a size.
    """
    while at < end:
        start, head = at, _byte(media, at, end)
        if head & (_FORBIDDEN | _HAS_SIZE) != _HAS_SIZE:
            raise Malformed("part of AV1 has no size")
        size, at = _size(media, at + (2 if head & _EXTENSION else 1), end)
        if size > end - at:
            raise Malformed("part of a picture ends early")
        kind = head >> _TYPE_SHIFT & _TYPE_MASK
        note = _byte(media, at, end) if kind == _METADATA and size else 0
        is_kept = size <= _MESSAGES.get(note, -1) if kind == _METADATA else kind in _KEPT
        if not is_kept or (kind == _DELIMITER and size):
            ignored = _PADDING << _TYPE_SHIFT | head & (_EXTENSION | _HAS_SIZE)
            media.patches.write(start, bytes([ignored]))
            media.patches.add(Patch(at, size, last=_STOP))
        at += size


def _byte(media: Media, at: int, end: int) -> int:
    if at >= end:
        raise Malformed("part of a picture ends early")
    return media.reader.uint(at, 1)


def _size(media: Media, at: int, end: int) -> tuple[int, int]:
    """Return a number whose bytes have seven bits each, the lowest first, and the offset after it."""
    size = 0
    for each in range(_LONGEST_SIZE):
        byte = _byte(media, at + each, end)
        size |= (byte & 0x7F) << 7 * each
        if not byte & 0x80:
            return size, at + each + 1
    raise Malformed("part of AV1 has no size")


def scan_frames(media: Media, at: int, end: int) -> None:
    """Overwrite the name of the program or device in each frame of ProRes.

    Raises Malformed if there is something else than frames.
    """
    while at < end:
        head = media.reader.bytes(at, min(_FRAME_HEADER, end - at))
        size = int.from_bytes(head[:4])
        if head[4:8] != _FRAME or not _FRAME_HEADER <= size <= end - at:
            raise Malformed("frame of ProRes is unexpected")
        if head[_CODER : _CODER + len(_COMMON_CODER)] != _COMMON_CODER:
            media.patches.write(at + _CODER, _COMMON_CODER)
        at += size
