"""Clean WebP files (RFC 9649), still or animated.

Exif, XMP, colour profiles, unknown chunks and trailing bytes are removed.
"""

from collections.abc import Iterator

from crypto.errors import Malformed
from inbox.files.pictures import orientation as exif
from inbox.files.pictures.parts import part

_PICTURES = (b"VP8 ", b"VP8L", b"ANMF")
_KEPT = (*_PICTURES, b"VP8X", b"ALPH", b"ANIM")
_OF_FRAME = (b"ALPH", b"VP8 ", b"VP8L")
_HEADER = 12
_FRAME_HEADER = 16
_FEATURES = 10
# The flags that a cleaned file keeps (transparency and animation), and the flag of Exif data.
_STAYING, _HAS_EXIF = 0x12, 0x08
_EXIF = b"Exif\0\0"


def clean(data: bytes) -> list[bytes]:
    """Return the parts of the picture alone. Raises Malformed if a decoder could not read it to the end."""
    if not data.startswith(b"RIFF") or not data.startswith(b"WEBP", 8):
        raise Malformed("not a WebP")
    size = int.from_bytes(data[4:8], "little")
    if size < len(b"WEBP"):
        raise Malformed("picture ends early")
    chunks = list(_chunks(part(data, _HEADER, size - len(b"WEBP"))))
    if not any(kind in _PICTURES for kind, _ in chunks):
        raise Malformed("WebP holds no picture")
    turned: float = exif.UPRIGHT
    for kind, own in chunks:
        if kind == b"EXIF":
            # Some programs write the prefix of JPEG before the Exif data.
            found = exif.orientation(own.removeprefix(_EXIF))
            turned = found if found > exif.UPRIGHT else turned
    kept = [_rewritten(kind, own, turned) for kind, own in chunks if kind in _KEPT]
    if chunks[0][0] == b"VP8X" and turned > exif.UPRIGHT:
        kept.append(_encoded(b"EXIF", exif.only(turned)))
    return [b"RIFF" + (4 + sum(map(len, kept))).to_bytes(4, "little") + b"WEBP", *kept]


def _rewritten(kind: bytes, data: bytes, turned: float) -> bytes:
    if kind == b"ANMF":
        inside = (_encoded(own, found) for own, found in _chunks(data[_FRAME_HEADER:]) if own in _OF_FRAME)
        return _encoded(kind, part(data, 0, _FRAME_HEADER) + b"".join(inside))
    if kind != b"VP8X":
        return _encoded(kind, data)
    features = part(data, 0, _FEATURES)
    flags = features[0] & _STAYING | (_HAS_EXIF if turned > exif.UPRIGHT else 0)
    return _encoded(kind, bytes([flags, 0, 0, 0]) + features[4:])


def _encoded(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size = int.from_bytes(part(data, at, 8)[4:], "little")
        yield data[at : at + 4], part(data, at + 8, size)
        at += 8 + size + size % 2
