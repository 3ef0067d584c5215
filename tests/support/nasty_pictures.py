"""Pictures in boxes that hide values where a cleaner may not look."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from tests.support.boxed_films import RDF, SECRET, SOUND, VIDEO, XMP, Film, box, full
from tests.support.boxed_pictures import EXIF, HEVC, ITEMS, Album, Item, properties, references
from tests.support.nasty_films import AV1, samsung

_GRID = struct.pack(">4B2H", 0, 0, 0, 0, 64, 48)


def profiled(profile: bytes) -> bytes:
    """Return pictures with a colour profile."""
    kept = box("ipco", HEVC, full("ispe", struct.pack(">2I", 64, 48)), box("colr", b"prof", profile))
    rows = b"".join(struct.pack(">HB3B", number, 3, 0x81, 2, 3) for number in (1, 2, 3))
    return Album(properties=box("iprp", kept, full("ipma", struct.pack(">I", 3), rows))).built()


def overlapping() -> bytes:
    """Return a colour profile whose curve reaches over its name."""
    curve = b"curv" + bytes(8)
    name = b"desc" + struct.pack(">2I", 0, 1 + len(SECRET)) + SECRET + bytes(79)
    tags = struct.pack(
        ">4s2I4s2I", b"rTRC", 156, len(curve) + len(name), b"desc", 156 + len(curve), len(name)
    )
    head = bytes(4) + b"Zorg\2\0\0\0mntrRGB XYZ " + bytes(12) + b"acsp"
    made = head.ljust(128, b"\0") + struct.pack(">I", 2) + tags + curve + name
    return struct.pack(">I", len(made)) + made[4:]


def coloured(curve: bytes) -> bytes:
    """Return a colour profile with this curve."""
    head = (bytes(12) + b"mntrRGB XYZ " + bytes(12) + b"acsp").ljust(128, b"\0")
    made = head + struct.pack(">I4s2I", 1, b"rTRC", 144, len(curve)) + curve
    return struct.pack(">I", len(made)) + made[4:]


def with_film() -> bytes:
    """Return pictures in one file with a film, as a series of pictures is."""
    pictures = Album().built()
    film = Film()
    at = len(pictures) + 8
    content = b""
    offsets: list[list[int]] = [[], []]
    for turn in range(2):
        for own, track in zip(offsets, (VIDEO, SOUND), strict=True):
            own.append(at + len(content))
            content += track.samples[turn]
    whole = film.assembled(box("mdat", content), offsets)
    return pictures + whole[len(film.head) :]


def as_avif() -> bytes:
    """Return AVIF with a note among the parts of the picture."""
    items = tuple(replace(each, kind="av01", content=AV1) if each.kind == "hvc1" else each for each in ITEMS)
    settings = box("ipco", box("av1C", b"\x81\0\x0c\0"), full("ispe", struct.pack(">2I", 64, 48)))
    rows = b"".join(struct.pack(">HB2B", number, 2, 0x81, 2) for number in (1, 2, 3))
    made = Album(items, properties=box("iprp", settings, full("ipma", struct.pack(">I", 3), rows))).built()
    return made.replace(b"heic", b"avif")


def made_of(kind: str, content: bytes) -> bytes:
    """Return a picture that is made from others by this description, which lies in the list itself."""
    shown = Item(9, kind, content, inside=True)
    return Album((shown, *ITEMS), 9, references(("dimg", 9, (1, 2)), ("cdsc", 4, (9,)))).built()


def in_list() -> bytes:
    """Return a picture that lies in the list of pictures, but whose place is given like that of others."""
    made = Album((replace(ITEMS[0], inside=True, method=0), *ITEMS[1:])).built()
    start = made.index(ITEMS[0].content)
    row = made.index(b"iloc") + 4 + 4 + 2 + 2 + 8
    return made[:row] + struct.pack(">I", start) + made[row + 4 :]


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield files of pictures."""
    yield "Exif in the list", Album((*ITEMS[:3], *(replace(each, inside=True) for each in ITEMS[3:]))).built()
    yield "Exif in another item", Album((*ITEMS, Item(7, "Exif", EXIF, method=2))).built()
    yield "Exif that belongs to no picture", Album(referring=b"").built()
    yield "Exif of an unknown type", Album((*ITEMS, Item(7, "exif", EXIF))).built()
    yield "Exif as a text", Album((*ITEMS, Item(7, "mime", EXIF, b"image/tiff\0"))).built()
    yield "Exif with an address", Album((*ITEMS, Item(7, "uri ", EXIF, b"urn:Zorglub\0"))).built()
    yield "a packed note", Album((*ITEMS, Item(7, "mime", SECRET, b"application/rdf+xml\0deflate\0"))).built()
    yield "a region with a name", Album((*ITEMS, Item(7, "rgan", SECRET))).built()
    yield "a picture of JPEG", Album((*ITEMS, Item(7, "jpeg", b"\xff\xd8\xff" + SECRET))).built()
    yield "a grid", made_of("grid", _GRID + SECRET)
    yield "layers", made_of("iovl", bytes(2) + bytes(8) + struct.pack(">2H", 64, 48) + bytes(8) + SECRET)
    yield "the same picture", made_of("iden", SECRET)
    yield "a map of tones", made_of("tmap", bytes(60) + SECRET * 30)
    described = full("udes", b"en\0" + SECRET + b"\0" + SECRET + b"\0tag\0")
    altered = full("altt", SECRET + b"\0en\0")
    more = box("uuid", XMP, RDF) + full("crtt", bytes(8)) + full("mdft", SECRET)
    yield "descriptions of a person", Album(properties=properties(described, altered, more)).built()
    yield "a layer of a maker", Album(properties=properties(full("auxC", b"urn:Zorglub:aux\0"))).built()
    yield (
        "a layer with a text in its name",
        Album(properties=properties(full("auxC", b"urn:com:apple:photo:2020:aux:Zorglub\0"))).built(),
    )
    yield "channels that are a text", Album(properties=properties(full("pixi", b"\7" + SECRET))).built()
    yield "a picture in the list", in_list()
    for kind, numbers in (
        (b"curv", bytes(4)),
        (b"XYZ ", bytes(12)),
        (b"para", bytes(8)),
        (b"sf32", bytes(36)),
    ):
        yield f"a text in the colours {kind.decode()}", profiled(coloured(kind + bytes(4) + numbers + SECRET))
    yield "a profile whose parts overlap", profiled(overlapping())
    yield "a series of pictures", with_film()
    yield "a film after the pictures", Album(appended=Film().built()).built()
    yield "a film in a box", Album(appended=box("mpvd", Film().built())).built()
    yield "what Samsung appends to a picture", Album(appended=samsung(Film().built())).built()
    yield "AVIF", as_avif()
