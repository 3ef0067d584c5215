"""Films and sound that hide values where a cleaner may not look, or whose boxes lie about their sizes."""

import struct
from collections.abc import Iterator

from tests.support.boxed_films import (
    AVC,
    HEVC,
    RDF,
    SECRET,
    SOUND,
    VIDEO,
    XMP,
    Film,
    Track,
    box,
    changed,
    esds,
    full,
    gps,
    large,
    picture,
    sei,
    sound,
    swapped,
    units,
)

_UUIDS = {
    "Sony": bytes.fromhex("50524f4621d24fcebb88695cfac9c740"),
    "Canon": bytes.fromhex("85c0b687820f11e08111f4ce462b6a48"),
    "IPTC": bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"),
    "Exif": b"JpgTiffExif->JP2",
}
_PLACE = b"+48.8534+002.3488/"
# A delimiter, a note of a maker, and a picture.
AV1 = b"\x12\0\x2a\x0c\x04\xb5\0\x31" + SECRET + b"\x80" + b"\x32\x03abc"
_PICTURE = box("avcC", bytes.fromhex("0142c01eff"), b"\xe1\0\x08\x65" + SECRET, b"\0")
_DOLBY = box("dvvC", bytes(24))


def item(name: str, text: bytes) -> bytes:
    """Return a tag of iTunes that a program names itself."""
    return box(
        "----",
        full("mean", b"com.Zorglub"),
        full("name", name.encode()),
        box("data", struct.pack(">2I", 1, 0), text),
    )


def keys(**named: bytes) -> bytes:
    """Return the notes of a film of Apple, each with a name of several words."""
    names = [b"com.apple.quicktime." + name.replace("_", ".").encode() for name in named]
    made = full("keys", struct.pack(">I", len(names)), *(box("mdta", each) for each in names))
    values = [box("data", struct.pack(">2I", 1, 0), value) for value in named.values()]
    rows = (struct.pack(">2I", 8 + len(value), n) + value for n, value in enumerate(values, 1))
    return box("meta", full("hdlr", bytes(4), b"mdta", bytes(12), b"\0"), made, box("ilst", *rows))


def samsung(text: bytes) -> bytes:
    """Return what phones of Samsung append: blocks with names, and a list of them from the end."""
    name = b"MotionPhoto_Data"
    block = struct.pack("<2HI", 0, 0x0A30, len(name)) + name + text
    row = struct.pack("<2H2I", 0, 0x0A30, len(block), len(block))
    return block + b"SEFH" + struct.pack("<2I", 106, 1) + row + struct.pack("<I", 12 + len(row)) + b"SEFT"


def fragmented() -> bytes:
    """Return a film whose first part is whole, and that goes on in a fragment."""
    message = full("emsg", b"urn:Zorglub\0", SECRET + b"\0", bytes(16), SECRET)
    moof = box("moof", full("mfhd", struct.pack(">I", 1)), box("udta", box("name", SECRET)))
    return Film(appended=message + moof + box("mdat", SECRET)).built()


def layered(depth: int, kind: str) -> bytes:
    """Return boxes that lie in each other."""
    heads = (struct.pack(">I4s", 8 * (depth - n) + len(SECRET), kind.encode()) for n in range(depth))
    return b"".join(heads) + SECRET


def with_settings(settings: bytes, *more: bytes) -> bytes:
    """Return a film whose pictures have other settings."""
    return Film((changed(VIDEO, description=picture("avc1", AVC + settings), more=more), SOUND)).built()


def hevc(*hidden: bytes, settings: bytes = b"") -> bytes:
    """Return a film of H.265 with units between its pictures."""
    samples = (units(b"\x26\x01picture one", *hidden), units(b"\x02\x01picture two"))
    track = changed(VIDEO, description=picture("hvc1", HEVC + settings), samples=samples)
    return Film((track, SOUND)).built()


def spoken(description: bytes, *samples: bytes) -> bytes:
    """Return sound alone."""
    return Film((changed(SOUND, description=description, samples=samples or SOUND.samples),)).built()


def av1(part: bytes) -> bytes:
    """Return a film of AV1 with a part between its delimiter and its picture."""
    sample = b"\x12\0" + part + b"\x32\x03abc"
    settings = picture("av01", box("av1C", b"\x81\0\x0c\0"))
    return Film((changed(VIDEO, description=settings, samples=(sample, sample)),)).built()


def prores() -> bytes:
    """Return a film of ProRes. Each frame names the program or device that coded it."""
    frame = b"icpf" + struct.pack(">2H4s", 148, 0, b"Zorg") + bytes(140) + b"picture one"
    samples = tuple(struct.pack(">I", len(frame) + 4) + frame for _ in range(2))
    return Film((changed(VIDEO, description=picture("apcn", b""), samples=samples),)).built()


def lying() -> Iterator[tuple[str, bytes]]:
    """Yield films whose sizes lie, or that have too many boxes."""
    yield "the film with a size of 64 bits", Film(film=lambda moov: large("moov", moov[8:])).built()
    yield "notes with a size of 64 bits", Film(more=(large("udta", box("name", SECRET)),)).built()
    yield "notes to the end of the film", Film(more=(b"\0\0\0\0udta" + box("name", SECRET),)).built()
    yield "notes larger than the film", Film(more=(struct.pack(">I4s", 1 << 20, b"udta") + SECRET,)).built()
    yield (
        "notes that cover the next box",
        Film(more=(struct.pack(">I4s", 99, b"udta"), box("uuid", XMP, RDF) * 2)).built(),
    )
    yield "a size of 64 bits that is negative", Film(more=(b"\0\0\0\1udta" + b"\xff" * 8 + SECRET,)).built()
    yield (
        "a size of 64 bits for four bytes",
        Film(more=(b"\0\0\0\1udta" + struct.pack(">Q", 12) + SECRET,)).built(),
    )
    yield "a million notes", Film(more=(box("udta", box("name", SECRET) * 1_000_000),)).built()
    yield "a million empty boxes", Film(appended=box("free") * 1_000_000).built()
    yield "a million boxes in the film", Film(more=(box("name", SECRET) * 1_000_000,)).built()
    yield "ten thousand boxes in each other", Film(more=(layered(10_000, "udta"),)).built()
    yield "ten thousand films in each other", Film(more=(layered(10_000, "moov"),)).built()
    yield "ten thousand tracks in each other", Film(more=(layered(10_000, "trak"),)).built()
    yield "fragments", fragmented()
    yield "a compressed film", Film(more=(box("cmov", box("dcom", b"zlib"), box("cmvd", SECRET)),)).built()
    yield "a film that ends early", Film().built()[:-7]
    yield "two handlers", Film(film=swapped(b"smhd", b"hdlr")).built()


def boxes() -> Iterator[tuple[str, bytes]]:
    """Yield films with values in boxes."""
    yield (
        "a tag that a program names",
        Film(
            more=(
                box(
                    "udta",
                    full(
                        "meta",
                        full("hdlr", bytes(4), b"mdirappl", bytes(8), b"\0"),
                        box(
                            "ilst",
                            item("iTunNORM", SECRET),
                            box("covr", box("data", struct.pack(">2I", 13, 0), b"\xff\xd8\xff" + SECRET)),
                        ),
                    ),
                ),
            )
        ).built(),
    )
    yield (
        "a live photo of Apple",
        Film(more=(keys(content_identifier=SECRET, location_ISO6709=_PLACE, make=SECRET),)).built(),
    )
    for name, uuid in _UUIDS.items():
        yield (
            f"a box of {name}",
            Film(more=(box("uuid", uuid, SECRET),), appended=box("uuid", uuid, RDF)).built(),
        )
    yield "XMP in the film", Film(more=(box("uuid", XMP, RDF),)).built()
    yield "XMP in a track", Film((changed(VIDEO, more=(box("uuid", XMP, RDF),)), SOUND)).built()
    yield "XMP among the samples", Film((changed(VIDEO, before=RDF), SOUND)).built()
    yield (
        "old previews",
        Film(
            tops=(box("pnot", SECRET), box("PICT", SECRET), box("skip", SECRET), box("wide", SECRET))
        ).built(),
    )
    yield (
        "notes about the file",
        Film(
            appended=full(
                "meta", full("hdlr", bytes(4), b"mdta", bytes(12), b"\0"), box("ilst", item("x", SECRET))
            )
        ).built(),
    )
    yield (
        "a list of pictures without any",
        Film(appended=full("meta", full("hdlr", bytes(4), b"pict", bytes(12)), box("xml ", SECRET))).built(),
    )
    yield "what Samsung appends", Film(appended=samsung(SECRET)).built()
    yield "an archive after the end", Film(appended=b"PK\3\4" + SECRET + b"PK\5\6" + bytes(18)).built()
    yield "a document in an empty box", Film(tops=(box("free", b"%PDF-1.4 " + SECRET),)).built()
    yield (
        "a place of a dashboard camera",
        Film(appended=box("free", b"GPS " + bytes(8) + SECRET + _PLACE)).built(),
    )
    yield (
        "a panorama",
        with_settings(box("sv3d", full("svhd", SECRET + b"\0")) + box("st3d", bytes(4), SECRET)),
    )
    yield (
        "reserved bytes of a header",
        Film(
            film=lambda moov: moov.replace(
                struct.pack(">4I", 1, 0, 1_000, 0),
                struct.pack(">I", 1) + b"Zorg" + struct.pack(">2I", 1_000, 0),
            )
        ).built(),
    )


def tracks() -> Iterator[tuple[str, bytes]]:
    """Yield films with values in tracks and samples."""
    names = box(
        "keys",
        box("\0\0\0\1", box("keyd", b"mdtacom.apple.quicktime.location.ISO6709"), box("dtyp", bytes(8))),
    )
    measured = Track("meta", box("mebx", bytes(8), names), (box("\0\0\0\1", _PLACE),) * 2)
    yield "places of Apple", Film((VIDEO, SOUND, measured)).built()
    code = box("tmcd", bytes(24), box("name", struct.pack(">2H", 7, 0), SECRET))
    yield "a time code with a name", Film((VIDEO, SOUND, changed(gps("tmcd"), description=code))).built()
    for kind in ("camm", "gpmd", "mett", "text", "sbtl", "subt", "hint", "priv"):
        yield f"a track of the kind {kind}", Film((VIDEO, SOUND, gps(kind))).built()
    yield "a long note about brightness", hevc(sei(137, SECRET * 4, b"\x4e\x01"))
    yield "a long note about the display", hevc(sei(47, SECRET * 4, b"\x4e\x01"))
    yield "a unit of Dolby in another film", hevc(b"\x7c\x01" + SECRET)
    yield "a unit of Dolby", hevc(b"\x7c\x01" + SECRET, settings=_DOLBY)
    yield "a user's note", hevc(sei(4, b"\xb5\0\x31" + SECRET, b"\x4e\x01"))
    yield (
        "a long note about recovery",
        Film(
            (
                changed(
                    VIDEO, samples=(units(b"\x65picture one", sei(6, SECRET)), units(b"\x41picture two"))
                ),
                SOUND,
            )
        ).built(),
    )
    yield "ProRes", prores()
    yield "long settings of AAC", spoken(sound("mp4a", esds(b"\x11\x88" + SECRET)))
    yield "settings of Opus", spoken(sound("Opus", box("dOps", bytes(11), SECRET)))
    yield "settings of ALAC", spoken(sound("alac", box("alac", bytes(28), SECRET)))
    yield "settings of Dolby", spoken(sound("ec-3", box("dec3", bytes(5), SECRET)))
    yield (
        "comments of FLAC",
        spoken(sound("fLaC", full("dfLa", b"\0\0\0\x22" + bytes(34), b"\x84\0\0\x07" + SECRET))),
    )
    yield (
        "a note of AV1",
        Film(
            (changed(VIDEO, description=picture("av01", box("av1C", b"\x81\0\x0c\0")), samples=(AV1, AV1)),)
        ).built(),
    )


def odd() -> Iterator[tuple[str, bytes]]:
    """Yield films with a text in a unit or setting that has no room for one."""
    for kind in (35, 36, 37):
        yield f"a mark {kind} with a text", hevc(bytes([kind << 1, 1]) + SECRET)
    for kind in (9, 10, 11):
        pictures = (units(b"\x65picture one", bytes([kind]) + SECRET), units(b"\x41picture two"))
        yield f"an old mark {kind} with a text", Film((changed(VIDEO, samples=pictures), SOUND)).built()
    yield (
        "a picture among settings",
        Film((changed(VIDEO, description=picture("avc1", _PICTURE)), SOUND)).built(),
    )
    settings = box("hvcC", b"\1" + bytes(20) + b"\3\1\x20\0\1\0\x09\x02\1" + SECRET)
    samples = (units(b"\x26\1picture one"), units(b"\x02\1picture two"))
    described = changed(VIDEO, description=picture("hvc1", settings), samples=samples)
    yield "a picture among settings of H.265", Film((described, SOUND)).built()
    for kind, content in (
        (2, SECRET),
        (5, b"\1" + bytes(5) + SECRET),
        (5, b"\2" + bytes(24) + SECRET),
        (5, b"\3\0" + SECRET),
    ):
        part = bytes([kind << 3 | 2, len(content)]) + content
        yield f"a part of AV1 with {len(content)} bytes", av1(part)
    yield (
        "a layer of synchronisation",
        spoken(sound("mp4a", esds().replace(b"\x06\1\2\x40\x07", b"\x06\x0a\2\x40\x07"))),
    )
    yield "places of ALAC", spoken(sound("alac", box("alac", bytes(28), struct.pack(">I", 24), SECRET * 4)))
    yield "settings of AAC in others", spoken(sound("mp4a", box("wave", box("mp4a", SECRET)) + esds()))
    yield (
        "settings of AMR in others",
        spoken(sound("samr", box("wave", box("samr", bytes(9), SECRET)) + box("damr", bytes(9)))),
    )
    yield (
        "a long format of FLAC",
        spoken(sound("fLaC", full("dfLa", b"\x80\0\0\x29" + bytes(34) + SECRET))),
    )
    yield (
        "a second format of FLAC",
        spoken(sound("fLaC", full("dfLa", b"\0\0\0\x22" + bytes(34) + b"\x80\0\0\x22" + SECRET + bytes(27)))),
    )
