"""Clean JPEG files (ITU-T T.81).

Exif, XMP, IPTC, colour profiles, comments, previews and trailing bytes are removed.
"""

from crypto.errors import Malformed
from inbox.files.pictures import orientation as exif
from inbox.files.pictures.parts import part

_MARK = 0xFF
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _ADOBE, _APP15 = 0xE0, 0xE1, 0xEE, 0xEF
# Frames (SOF0 to SOF15), and segments that a decoder needs: tables, restart intervals, numbers of lines.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = (0xC4, 0xCC, 0xDB, 0xDC, 0xDD)
# Marks within a scan: a stuffed byte, and restarts.
_WITHIN = (0, *range(0xD0, 0xD8))
_EXIF = b"Exif\0\0"
_JFIF = b"JFIF\0"
_JFIF_SIZE, _ADOBE_SIZE = 18, 16
_LENGTH = 2


def clean(data: bytes) -> list[bytes]:
    """Return the parts of the picture alone. Raises Malformed if a decoder could not read it to the end."""
    if data[:2] != bytes([_MARK, _START]):
        raise Malformed("not a JPEG")
    kept: list[bytes] = []
    turned: float = exif.UPRIGHT
    scans, at = 0, 2
    code, at = _marker(data, at)
    while code != _END:
        segment = part(data, at, 2 + _length(data, at + 2))
        kept += _kept(code, segment)
        if code == _APP1 and segment.startswith(_EXIF, 4):
            found = exif.orientation(segment[4 + len(_EXIF) :])
            turned = found if found > exif.UPRIGHT else turned
        at += len(segment)
        if code == _SCAN:
            end = _end_of_scan(data, at)
            kept.append(data[at:end])
            at = end
            scans += 1
        code, at = _marker(data, at)
    if not scans:
        raise Malformed("JPEG holds no picture")
    return [_beginning(turned), *kept, bytes([_MARK, _END])]


def _kept(code: int, segment: bytes) -> list[bytes]:
    """Return what stays of a segment, which begins with its marker."""
    if code == _SCAN or code in _FRAMES or code in _TABLES:
        return [segment]
    if code == _APP0 and segment.startswith(_JFIF, 4) and len(segment) >= _JFIF_SIZE:
        # The density stays, but no preview.
        return [bytes([_MARK, _APP0, 0, _JFIF_SIZE - 2]) + segment[4:16] + bytes(2)]
    if code == _ADOBE and segment.startswith(b"Adobe", 4):
        # The information on the colours stays, but no bytes after it.
        return [bytes([_MARK, _ADOBE, 0, _ADOBE_SIZE - 2]) + part(segment, 4, _ADOBE_SIZE - 4)]
    if _APP0 <= code <= _APP15 or code == _COMMENT:
        return []
    raise Malformed("JPEG holds an unexpected marker")


def _beginning(turned: float) -> bytes:
    start = bytes([_MARK, _START])
    if turned == exif.UPRIGHT:
        return start
    own = _EXIF + exif.only(turned)
    return start + bytes([_MARK, _APP1, 0, _LENGTH + len(own)]) + own


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the code of a marker, and its offset after fill bytes."""
    if data[at : at + 1] != bytes([_MARK]):
        raise Malformed("JPEG lacks a marker")
    while data[at + 1 : at + 2] == bytes([_MARK]):
        at += 1
    return part(data, at + 1, 1)[0], at


def _length(data: bytes, at: int) -> int:
    size = int.from_bytes(part(data, at, _LENGTH))
    if size < _LENGTH:
        raise Malformed("JPEG holds a segment without size")
    return size


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the coded data ends: at the first marker that is not stuffing or a restart."""
    while (at := data.find(_MARK, at)) >= 0:
        following = data[at + 1] if at + 1 < len(data) else 0
        if following != _MARK and following not in _WITHIN:
            return at
        at += 1 if following == _MARK else 2
    raise Malformed("JPEG ends early")
