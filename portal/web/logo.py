"""The logo of the inspectorate: a small PNG or SVG that contains only a picture.

The portal serves the logo under its own name, and browsers trust what the portal serves. So the logo may
contain no script, no external link, and no hidden text such as a name or a time.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from xml.parsers import expat

from portal import files
from portal.errors import BadConfiguration, why

# The maximum size of a logo in bytes. Every visitor waits for the logo on the home page.
MOST = 32 << 10
_SIDE = 1_024  # pixels
_HEAD = struct.Struct(">I4s")
_CHECK = struct.Struct(">I")
_SIDES = struct.Struct(">II")
_PNG = b"\x89PNG\r\n\x1a\n"
# The chunks that make a still picture (PNG, 3rd edition, sections 11.2 and 11.3), without texts and times.
_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
_SVG = "http://www.w3.org/2000/svg"
_XML = "http://www.w3.org/XML/1998/namespace"
_ELEMENTS = {
    *("svg", "g", "defs", "title", "desc", "symbol", "clipPath", "mask"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
    *("linearGradient", "radialGradient", "stop"),
}
# Styles would not always be applied, because the policy of the pages forbids styles within files.
_ATTRIBUTE = re.compile(r"(?!on|style$|class$|href$|src$)[a-zA-Z][a-zA-Z0-9-]*")
_LINK = re.compile(r"url\s*\((?!\s*['\"]?#)|:\s*//|javascript:|data:", re.IGNORECASE)


def load(path: Path) -> tuple[str, bytes]:
    """Return the served name and the bytes of a logo; raises BadConfiguration for an unusable logo."""
    try:
        content = files.read(path, MOST)
    except OSError as error:
        raise BadConfiguration(
            f"logo {path} was not read: {why(error)}",
            f"set `logo` to a PNG or SVG of at most {MOST >> 10} KiB, or leave it empty",
        ) from error
    is_png = content.startswith(_PNG)
    try:
        (_check_png if is_png else _check_svg)(content)
    except ValueError as error:
        raise BadConfiguration(
            f"logo {path} was refused: {error}",
            "save it as PNG without metadata, or as plain SVG without styles, links and scripts",
        ) from error
    return "logo.png" if is_png else "logo.svg", content


def _check_png(content: bytes) -> None:
    """Raise ValueError unless this is a complete PNG that contains only a still picture of moderate size."""
    chunks = list(_chunks(content))
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds:
        raise ValueError("the PNG is cut off")
    if others := [kind.decode("latin-1") for kind in kinds if kind not in _CHUNKS]:
        raise ValueError(f"the PNG contains more than a still picture: {others[0]}")
    if max(_SIDES.unpack_from(chunks[0][1])) > _SIDE:
        raise ValueError(f"the PNG is larger than {_SIDE} by {_SIDE} pixels")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the data of each chunk; raise ValueError if a chunk is damaged or cut off."""
    place = len(_PNG)
    while place < len(content):
        try:
            length, kind = _HEAD.unpack_from(content, place)
            data = content[place + _HEAD.size : place + _HEAD.size + length]
            place += _HEAD.size + length
            (check,) = _CHECK.unpack_from(content, place)
        except struct.error:
            raise ValueError("the PNG is cut off") from None
        if check != zlib.crc32(kind + data):
            raise ValueError("the PNG is damaged")
        place += _CHECK.size
        yield kind, data


def _check_svg(content: bytes) -> None:
    """Raise ValueError unless this is an SVG that contains only shapes and plain text."""
    reader = expat.ParserCreate(namespace_separator=" ")
    reader.StartElementHandler = _check_element
    reader.StartDoctypeDeclHandler = partial(_refuse, "a document type")
    reader.ProcessingInstructionHandler = partial(_refuse, "a processing instruction")
    reader.CommentHandler = partial(_refuse, "a comment")
    try:
        reader.Parse(content, True)  # noqa: FBT003 - expat takes no keyword arguments
    except expat.ExpatError:
        raise ValueError("the file is neither a PNG nor an SVG") from None


def _check_element(name: str, attributes: Mapping[str, str]) -> None:
    space, _, own = name.rpartition(" ")
    if space != _SVG or own not in _ELEMENTS:
        _refuse(f"<{own}>")
    for each, value in attributes.items():
        space, _, own = each.rpartition(" ")
        if space not in {"", _XML} or not _ATTRIBUTE.fullmatch(own):
            _refuse(f"the attribute {own}")
        if _LINK.search(value):
            _refuse(f"a link in the attribute {own}")


def _refuse(kind: str, *_: object) -> None:
    raise ValueError(f"the SVG contains {kind}")
