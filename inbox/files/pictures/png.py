"""Clean PNG files (third edition), including animated files.

Texts, times, Exif, colour profiles, unknown chunks and trailing bytes are removed.
"""

import re
import zlib

from crypto.errors import Malformed
from inbox.files.pictures import orientation as exif
from inbox.files.pictures.parts import part

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = (
    *(b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT"),
    *(b"acTL", b"fcTL", b"IDAT", b"fdAT", b"IEND"),
)
_TYPE = re.compile(rb"[A-Za-z]{4}")
_FRAME = 12  # The bytes of a chunk around its data: size, type and checksum.
_HEADER = 13
_LARGEST = 1 << 31


def clean(data: bytes) -> list[bytes]:
    """Return the parts of the picture alone. Raises Malformed if a decoder could not read it to the end."""
    if not data.startswith(SIGNATURE):
        raise Malformed("not a PNG")
    kept: list[bytes] = []
    seen: list[bytes] = []
    turned: float = exif.UPRIGHT
    at = len(SIGNATURE)
    while not seen or seen[-1] != b"IEND":
        size, kind = int.from_bytes(part(data, at, 4)), part(data, at + 4, 4)
        if size >= _LARGEST or not _TYPE.fullmatch(kind):
            raise Malformed("PNG holds an unexpected chunk")
        chunk = part(data, at, size + _FRAME)
        if kind in _KEPT:
            kept.append(chunk)
        elif kind == b"eXIf":
            found = exif.orientation(chunk[8:-4])
            turned = found if found > exif.UPRIGHT else turned
        seen.append(kind)
        at += len(chunk)
    if seen[0] != b"IHDR" or len(kept[0]) != _HEADER + _FRAME or b"IDAT" not in seen:
        raise Malformed("PNG holds no picture")
    own = [] if turned == exif.UPRIGHT else [_chunk(b"eXIf", exif.only(turned))]
    return [SIGNATURE, kept[0], *own, *kept[1:]]


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return len(data).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)
