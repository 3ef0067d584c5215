"""Rewrite the vectors beside this file; with --check, only compare them, and fail on a difference.

Each vector has a picture, and either the picture after cleaning or why it is refused. The Python modules
write the clean pictures, and the page scripts must write the same bytes.
"""

import base64
import json
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crypto.errors import Malformed
from inbox.files.pictures import jpeg, png, webp

FILE = Path(__file__).with_name("files.json")
SECRET = b"Zorglub was here"
CLEAN = {"jpeg": jpeg.clean, "png": png.clean, "webp": webp.clean}


def segment(code: int, *parts: bytes) -> bytes:
    """Return a segment of a JPEG."""
    data = b"".join(parts)
    return struct.pack(">2BH", 0xFF, code, 2 + len(data)) + data


def chunk(kind: bytes, *parts: bytes) -> bytes:
    """Return a chunk of a PNG."""
    data = b"".join(parts)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def riff(kind: bytes, *parts: bytes) -> bytes:
    """Return a chunk of a WebP."""
    data = b"".join(parts)
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def tiff(*rows: tuple[int, int, int, bytes], order: str = ">") -> bytes:
    """Return Exif data with these tags, types, counts and values of four bytes."""
    entries = b"".join(
        struct.pack(f"{order}2HI", tag, kind, count) + value for tag, kind, count, value in rows
    )
    mark = b"MM\0*" if order == ">" else b"II*\0"
    return mark + struct.pack(f"{order}IH", 8, len(rows)) + entries + bytes(4) + SECRET


TURNED = tiff((0x0112, 3, 1, b"\0\6\0\0"), (0x010F, 2, 4, b"Zorg"))
# Orientations in another order of bytes, and in forms that a camera does not write.
ORIENTATIONS = {
    "little-endian": tiff((0x0112, 3, 1, b"\3\0\0\0"), order="<"),
    "a byte": tiff((0x0112, 1, 1, b"\5\0\0\0")),
    "a text": tiff((0x0112, 2, 1, b"6\0\0\0")),
    "a fraction": tiff((0x0112, 5, 1, struct.pack(">I", 26))),
    "an unknown type": tiff((0x0112, 99, 1, b"\7\0\0\0")),
    "without a value": tiff((0x0112, 3, 0, b"\0\6\0\0")),
    "too large": tiff((0x0112, 3, 1, b"\0\x09\0\0")),
    "repeated": tiff((0x0112, 3, 1, b"\0\6\0\0"), (0x0112, 3, 1, b"\0\3\0\0")),
    "elsewhere": tiff((0x0112, 4, 2, struct.pack(">I", 18)), (0, 0, 0, b"\0\0\0\2")),
    "cut short": TURNED[:20],
    "nothing": b"",
}
SCAN = segment(0xDA, bytes(range(10))) + b"ab\xff\0cd\xff\xd3ef\xff\xff\0gh"
FRAME = segment(0xC0, bytes(range(15))) + segment(0xDB, bytes(65))
END = b"\xff\xd9"


def photo(*more: bytes, scan: bytes = SCAN, after: bytes = b"") -> bytes:
    """Return a JPEG with more segments."""
    return b"\xff\xd8" + b"".join(more) + FRAME + scan + END + after


def drawing(*more: bytes, header: bytes = chunk(b"IHDR", bytes(range(13))), after: bytes = b"") -> bytes:
    """Return a PNG with more chunks."""
    return png.SIGNATURE + header + b"".join(more) + chunk(b"IDAT", bytes(40)) + chunk(b"IEND") + after


def web(*more: bytes, features: bytes = riff(b"VP8X", b"\x3c" + bytes(9)), after: bytes = b"") -> bytes:
    """Return a WebP with more chunks."""
    return riff(b"RIFF", b"WEBP", features, riff(b"ALPH", bytes(5)), *more, riff(b"VP8 ", bytes(21))) + after


def photos() -> Iterator[tuple[str, bytes]]:
    """Yield pictures of JPEG."""
    yield "bare", photo()
    yield "turned", photo(segment(0xE1, b"Exif\0\0", TURNED))
    for name, exif in ORIENTATIONS.items():
        yield f"turned by {name}", photo(segment(0xE1, b"Exif\0\0", exif))
    yield (
        "turned twice",
        photo(*(segment(0xE1, b"Exif\0\0", each) for each in (TURNED, ORIENTATIONS["little-endian"]))),
    )
    yield (
        "notes",
        photo(
            segment(0xFE, SECRET),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0", SECRET),
            segment(0xE2, b"ICC_PROFILE\0", SECRET),
            segment(0xE2, b"MPF\0", SECRET),
            segment(0xED, b"Photoshop 3.0\0", SECRET),
            segment(0xEF, SECRET),
        ),
    )
    yield (
        "headers",
        photo(
            segment(0xE0, b"JFIF\0\1\2\1\0H\0H\2\2", SECRET),
            segment(0xE0, b"JFXX\0", SECRET),
            segment(0xE0, b"JFIF\0\1"),
        ),
    )
    yield "colours", photo(segment(0xEE, b"Adobe\0\x64\0\0\0\0\1", SECRET), segment(0xEE, SECRET))
    yield "short colours", photo(segment(0xEE, b"Adobe\0"))
    yield "fill bytes", photo(b"\xff\xff" + segment(0xFE, SECRET))
    yield "two scans", photo(scan=SCAN + segment(0xC4, bytes(9)) + SCAN)
    yield "a film after the end", photo(after=b"\0\0\0\x10ftypmp42" + SECRET)
    yield "a picture after the end", photo(after=photo(segment(0xFE, SECRET)))
    yield "an unexpected marker", photo(segment(0xF0, SECRET))
    yield "no scan", b"\xff\xd8" + FRAME + END
    yield "a segment without size", photo(b"\xff\xfe\0\1")
    yield "no end", photo()[:-2]
    yield "no marker", photo(b"\0")
    yield "nothing else", b"\xff\xd8\xff"


def drawings() -> Iterator[tuple[str, bytes]]:
    """Yield pictures of PNG."""
    yield "bare", drawing()
    for name, exif in {"six": TURNED, **ORIENTATIONS}.items():
        yield f"turned by {name}", drawing(chunk(b"eXIf", exif))
    yield (
        "notes",
        drawing(
            *(chunk(kind, SECRET) for kind in (b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"tIME", b"prVt")),
            after=SECRET,
        ),
    )
    yield (
        "an animation",
        drawing(chunk(b"acTL", bytes(8)), chunk(b"fcTL", bytes(26)), chunk(b"fdAT", bytes(9))),
    )
    yield "a number as a type", drawing(chunk(b"tEX1", SECRET))
    yield "no header", drawing(header=b"")
    yield "a long header", drawing(header=chunk(b"IHDR", bytes(14)))
    yield "no picture", png.SIGNATURE + chunk(b"IHDR", bytes(13)) + chunk(b"IEND")
    yield "no end", drawing()[:-1]
    yield "a large chunk", drawing(b"\x80\0\0\0tEXt")


def webs() -> Iterator[tuple[str, bytes]]:
    """Yield pictures of WebP."""
    yield "bare", web(features=b"")
    yield "flags", web()
    for name, exif in {"six": TURNED, "six as in JPEG": b"Exif\0\0" + TURNED, **ORIENTATIONS}.items():
        yield f"turned by {name}", web(riff(b"EXIF", exif))
    yield "turned without features", web(riff(b"EXIF", TURNED), features=b"")
    yield "notes", web(*(riff(kind, SECRET + b"!") for kind in (b"XMP ", b"ICCP", b"abcd")), after=SECRET)
    inside = bytes(range(16)) + riff(b"VP8L", bytes(8)) + riff(b"abcd", SECRET)
    yield "an animation", web(riff(b"ANIM", bytes(6)), riff(b"ANMF", inside))
    yield "a short frame", web(riff(b"ANMF", bytes(9)))
    yield "short features", web(features=riff(b"VP8X", bytes(9)))
    yield "no picture", riff(b"RIFF", b"WEBP", riff(b"XMP ", SECRET))
    yield "a size of zero", b"RIFF" + bytes(4) + web()[8:]
    yield "a size that lies", b"RIFF\xff\xff\0\0" + web()[8:]
    yield "a chunk that ends early", riff(b"RIFF", b"WEBP", b"VP8 \xff\0\0\0")


def vectors() -> list[dict[str, Any]]:
    """Return all vectors."""
    return [
        {"id": name, "format": form, "file": _text(data), **_result(form, data)}
        for form, made in (("jpeg", photos()), ("png", drawings()), ("webp", webs()))
        for name, data in made
    ]


def _result(form: str, data: bytes) -> dict[str, str]:
    try:
        return {"clean": _text(b"".join(CLEAN[form](data)))}
    except Malformed as error:
        return {"refused": str(error)}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def encode() -> str:
    """Return the file of the vectors on disk."""
    return json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(FILE.read_text("utf-8") != encode())
    FILE.write_text(encode(), "utf-8")
