"""Rewrite the vectors beside this file; with --check, only compare them, and fail on a difference.

Each vector has a file, and either the file after cleaning, with the codes of what stays in it, or why it is
refused. The Python modules write the clean files. ``tests/inbox/files/test_media.py`` checks them against the
planted values and the samples, and the page scripts must write the same bytes.
"""

import base64
import io
import json
import struct
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from crypto.errors import Malformed
from inbox.files.media import clean
from inbox.files.media.patches import patched
from tests.support import boxed_films as films
from tests.support import nasty_films, nasty_pictures
from tests.support.boxed_films import (
    SECRET,
    SOUND,
    VIDEO,
    Film,
    box,
    changed,
    full,
    gps,
    swapped,
    table,
    units,
)
from tests.support.boxed_pictures import ITEMS, Album, Item, properties

FILE = Path(__file__).with_name("files.json")

HEVC = changed(
    VIDEO,
    description=films.picture("hvc1", films.HEVC),
    samples=(
        units(b"\x26\x01picture one", films.sei(136, SECRET, b"\x4e\x01"), b"\x7e\x01" + SECRET),
        units(b"\x02\x01picture two"),
    ),
)
# A note at the beginning, one within, and one that the next chunk ends.
MPEG4 = changed(
    VIDEO,
    description=films.picture("mp4v", films.esds(b"\0\0\1\xb0\1\0\0\1\xb2" + SECRET + b"\0\0\1\xb3")),
    samples=(
        b"\0\0\1\xb2" + SECRET + b"\0\0\1\xb6picture one\0\0\1\xb2" + SECRET,
        b"\0\0\1\xb2" + SECRET + b"\0\0\1\xb6picture two",
    ),
)
EDITED = full(
    "elst", struct.pack(">I", 2), struct.pack(">I2i", 950, -1, 0x10000), struct.pack(">3I", 100, 0, 0x10000)
)
GROUPS = (
    full("sgpd", b"roll", struct.pack(">2Ih", 2, 1, -1), SECRET, version=1),
    full("sgpd", b"Zorg", struct.pack(">2I", 7, 1), SECRET, version=1),
    full("sbgp", b"roll", struct.pack(">3I", 1, 2, 1), SECRET),
    full("sdtp", b"\1\2", SECRET),
    table("stss", (1,)),
)


# Files that hide values in settings, in parts of samples, and in descriptions of pictures.
NASTY = (
    *("a long note about brightness", "a unit of Dolby in another film", "ProRes", "a note of AV1", "AVIF"),
    *("settings of Opus", "settings of ALAC", "settings of Dolby", "a grid", "layers", "the same picture"),
    *("a map of tones", "a series of pictures", "reserved bytes of a header"),
    *("a layer with a text in its name", "a text in the colours curv", "a text in the colours XYZ "),
    *("a text in the colours para", "a text in the colours sf32"),
    *(name for name, _ in nasty_films.odd()),
)
LYING = ("channels that are a text", "a picture in the list")


def good() -> Iterator[tuple[str, bytes]]:
    """Yield files that are understood."""
    yield "a film with notes in every box", Film().built()
    yield "sizes and offsets of 64 bits", Film((changed(VIDEO, wide=True), SOUND), data=films.large).built()
    yield "data that no track uses", Film((changed(VIDEO, before=SECRET), SOUND)).built()
    yield "a track of measurements", Film((VIDEO, SOUND, gps())).built()
    yield "a track of texts", Film((VIDEO, SOUND, gps("text"))).built()
    for kind in ("camm", "gpmd", "tmcd", "sbtl"):
        yield f"a track of the kind {kind}", Film((VIDEO, SOUND, gps(kind))).built()
    samsung = box("udta", box("smta", SECRET), box("SDLN", b"SEQ_PLAY"), box("smrd", SECRET))
    yield "notes of a maker", Film(more=(samsung,), appended=box("sefd", SECRET) + b"SEFT").built()
    yield "H.265 with a time code and a unit of a maker", Film((HEVC, SOUND)).built()
    yield "a cut film", Film((changed(VIDEO, edits=box("edts", EDITED)), SOUND)).built()
    yield "two sounds", Film((VIDEO, SOUND, SOUND)).built()
    yield "two films", Film((VIDEO, SOUND, VIDEO)).built()
    yield "sound alone", Film((SOUND,), brands=b"M4A \0\0\0\0M4A Zorg").built()
    yield (
        "sound of a telephone",
        Film((changed(SOUND, description=films.sound("samr", box("damr", b"Zorg\1\0\1\0\1"))),)).built(),
    )
    yield "groups of samples", Film((changed(VIDEO, more=GROUPS), SOUND)).built()
    yield "QuickTime", Film(brands=b"qt  \0\0\0\7qt  ", tops=(box("wide"),)).built()
    yield "bytes after the end", Film(appended=b"\xff\xd8\xff\xe0 Zorglub").built()
    yield "a few bytes after the end", Film(appended=b"Zorg").built()
    yield "a box of a maker after the end", Film(appended=box("SEFT", SECRET)).built()
    yield "a film without tracks", Film((), appended=box("Zorg", SECRET)).built()
    yield "a nested note", Film(more=(nested(50),)).built()
    yield "an empty sample", Film((changed(VIDEO, samples=(*VIDEO.samples, b"")), SOUND)).built()
    yield "a list that ends with a zero", Film(film=lambda moov: longer(moov, bytes(4))).built()
    yield "MPEG-4 video", Film((MPEG4, SOUND)).built()
    yield from _good_pictures()
    yield from _good_nasty()


def _good_pictures() -> Iterator[tuple[str, bytes]]:
    yield "pictures with notes", Album().built()
    yield (
        "pictures whose notes are in the list",
        Album((*ITEMS[:3], *(replace(i, inside=True) for i in ITEMS[3:]))).built(),
    )
    yield "a cropped picture", Album(properties=properties(box("clap", bytes(32), SECRET))).built()
    yield from _good_reserved()
    yield "pictures without an explanation", Album(referring=b"").built()
    yield "pictures and bytes after the end", Album(appended=b"SEFT Zorglub").built()
    yield "pictures and a box with a film", Album(appended=box("mpvd", Film().built())).built()


def _good_reserved() -> Iterator[tuple[str, bytes]]:
    """Yield films with a text in fields that have no meaning."""
    wide, matrix = struct.pack(">2I", 0x10000, 0x1000000), films.MATRIX
    fields = {
        "the film": (wide + bytes(8) + matrix, wide + b"Zorglub\0" + matrix),
        "the film, at once": (wide + bytes(8), wide[:6] + b"Zo" + b"Zorglub\0"),
        "a track": (struct.pack(">I", 1_000) + bytes(16), struct.pack(">I", 1_000) + b"Zorglub\0" + bytes(8)),
        "a track, at its volume": (bytes(14) + b"\0\0" + matrix, bytes(14) + b"Zo" + matrix),
        "a description": (b"\0\x48\0\0" + bytes(4) + b"\0\1", b"\0\x48\0\0Zorg\0\1"),
    }
    for name, (old, new) in fields.items():
        yield f"reserved fields of {name}", Film(film=swapped(old, new)).built()
    yield "an end of a list that is no box", Film(film=lambda moov: longer(moov, SECRET)).built()
    yield "brands with a rest", Film(brands=b"mp42\0\0\0\7isomZor").built()


def _good_nasty() -> Iterator[tuple[str, bytes]]:
    made = (
        *nasty_films.boxes(),
        *nasty_films.tracks(),
        *nasty_films.odd(),
        *nasty_pictures.pictures(),
    )
    for name, data in made:
        if name in NASTY:
            yield name, data


def bad() -> Iterator[tuple[str, bytes]]:
    """Yield files with one fault each."""
    yield from _bad_boxes()
    yield from _bad_codecs()
    yield from _bad_tables()
    yield from _bad_pictures()
    yield from (each for each in nasty_pictures.pictures() if each[0] in LYING)


def _bad_boxes() -> Iterator[tuple[str, bytes]]:
    whole = Film().built()
    yield "nothing but a type", whole[:24]
    yield "a truncated film", whole[:-40]
    yield "a film that ends within its samples", Film().head + whole[len(Film().head) : -40][:60]
    yield "a box of one byte", Film(tops=(b"\0\0\0\1free\0\0\0\0\0\0\0\1",)).built()
    yield "a box of seven bytes in a film", Film(more=(b"\0\0\0\7free",)).built()
    yield "a size above 53 bits", Film(tops=(b"\0\0\0\1free" + b"\xff" * 8,)).built()
    yield "a box larger than the film", Film(more=(struct.pack(">I4s", 500, b"free"),)).built()
    yield "a known box larger than the file", Film(appended=struct.pack(">I4s", 99, b"free")).built()
    yield "two films in one file", Film(more=()).built() + box("moov")
    yield "fragments", Film(appended=box("moof")).built()
    yield "a film made for fragments", Film(more=(box("mvex"),)).built()
    yield "films in other files", Film(more=(box("rmra", SECRET),)).built()
    yield "two headers of a film", Film(film=lambda moov: longer(moov, moov[8:116])).built()
    yield "a compressed film", Film(more=(box("cmov"),)).built()
    yield "thirty-three tracks", Film((SOUND,) * 33).built()
    yield "a header of an unknown version", Film(film=swapped(b"mvhd\0", b"mvhd\2")).built()


def _bad_codecs() -> Iterator[tuple[str, bytes]]:
    yield (
        "an unknown codec of a picture",
        Film((changed(VIDEO, description=films.picture("jpeg", b"")), SOUND)).built(),
    )
    yield (
        "an unknown codec of a sound",
        Film((VIDEO, changed(SOUND, description=films.sound("Zorg", b"")))).built(),
    )
    yield (
        "an encrypted film",
        Film((changed(VIDEO, description=films.picture("encv", films.AVC)), SOUND)).built(),
    )
    yield (
        "H.264 without settings",
        Film((changed(VIDEO, description=films.picture("avc1", b"")), SOUND)).built(),
    )
    yield (
        "samples in another file",
        Film((changed(VIDEO, reference=full("url ", b"file:Zorglub\0")), SOUND)).built(),
    )
    yield (
        "AV1 without sizes",
        Film((changed(VIDEO, description=films.picture("av01", b""), samples=(b"\x30abc",)),)).built(),
    )
    yield (
        "frames that are not ProRes",
        Film(
            (changed(VIDEO, description=films.picture("apcn", b""), samples=(b"\0\0\0\x14" + bytes(16),)),)
        ).built(),
    )
    yield (
        "a unit longer than its sample",
        Film((changed(VIDEO, samples=(b"\0\0\0\x63\x65picture", b"")), SOUND)).built(),
    )


def _bad_tables() -> Iterator[tuple[str, bytes]]:
    film = Film()
    head = len(film.head) + 8
    mdat = box("mdat", *(a + b for a, b in zip(VIDEO.samples, SOUND.samples, strict=True)))
    one, two, three, _ = (
        len(each) for pair in zip(VIDEO.samples, SOUND.samples, strict=True) for each in pair
    )
    right = [[head, head + one + two], [head + one, head + one + two + three]]
    yield "a sample outside the data", film.assembled(mdat, [[head, head + len(mdat)], right[1]])
    yield "a sample before the data", film.assembled(mdat, [right[0], [0, right[1][1]]])
    yield "tracks that overlap", film.assembled(mdat, [right[0], [head + 1, right[1][1]]])
    sounds = replace(film, tracks=(SOUND, SOUND))
    yield (
        "sounds that overlap",
        sounds.assembled(box("mdat", mdat[8:], SECRET), [right[1], [each + 1 for each in right[1]]]),
    )
    yield "a track against the order of the file", film.assembled(mdat, [right[0], right[1][::-1]])
    for name, tables in TABLES.items():
        yield name, Film((changed(VIDEO, tables=tables), SOUND)).built()


def _bad_pictures() -> Iterator[tuple[str, bytes]]:
    yield "an item of an unknown type", Album((*ITEMS, Item(7, "Zorg", SECRET))).built()
    yield "an item in another item", Album((replace(ITEMS[0], method=2), *ITEMS[1:])).built()
    yield "a picture in the list itself", Album((replace(ITEMS[0], inside=True), *ITEMS[1:])).built()
    yield "an item in another file", Album(meta=in_another_file).built()
    yield (
        "an item outside the list",
        Album((*ITEMS, Item(7, "mime", SECRET, inside=True)), meta=outside).built(),
    )
    yield "a list without its first picture", Album(primary=9).built()
    yield "a note as the first picture", Album(primary=4).built()
    yield "an item without a size", Album((*ITEMS, Item(7, "mime", b"", b"text/plain\0"))).built()
    yield "items that overlap", Album(meta=later).built()
    yield "notes in one place", Album(meta=shared).built()
    yield "a protected item", Album(meta=swapped(b"\0\1\0\0hvc1", b"\0\1\0\1hvc1")).built()
    yield (
        "two lists of pictures",
        Album(tops=full("meta", full("hdlr", bytes(4), b"pict", bytes(12)))).built(),
    )
    yield "pictures without settings", Album(properties=box("iprp", box("ipco"))).built()
    yield "a profile whose parts overlap", nasty_pictures.profiled(nasty_pictures.overlapping())
    yield "references that end early", Album(referring=full("iref", box("thmb", b"\0\2\0\x63"))).built()


def in_another_file(meta: bytes) -> bytes:
    """Say that the first item is in another file."""
    at = meta.index(b"iloc") + 12 + 4
    return meta[:at] + b"\0\1" + meta[at + 2 :]


def outside(meta: bytes) -> bytes:
    """Say that the item in the list is longer than the list."""
    at = meta.index(b"iloc") + 12 + 6 * 16 + 12
    return meta[:at] + struct.pack(">I", 99) + meta[at + 4 :]


def longer(parent: bytes, more: bytes) -> bytes:
    """Return a box with more bytes at its end."""
    return struct.pack(">I", len(parent) + len(more)) + parent[4:] + more


def later(meta: bytes) -> bytes:
    """Move the place of the second item by one byte, into the first one."""
    at = meta.index(b"iloc") + 12 + 16 + 8
    (offset,) = struct.unpack_from(">I", meta, at)
    return meta[:at] + struct.pack(">I", max(offset - 9, 0)) + meta[at + 4 :]


def shared(meta: bytes) -> bytes:
    """Move the fourth item to the place of the fifth one."""
    at = meta.index(b"iloc") + 12 + 3 * 16
    return meta[: at + 8] + meta[at + 24 : at + 32] + meta[at + 16 :]


def nested(depth: int) -> bytes:
    """Return boxes in boxes."""
    made = b""
    for _ in range(depth):
        made = full("meta", full("hdlr", bytes(4), b"mdir", bytes(12)), box("ilst", made, SECRET))
    return box("udta", made)


RUN = b"stsc" + bytes(4) + b"\0\0\0\1" * 4
TABLES = {
    "a table without rows": swapped(b"stsc\0\0\0\0\0\0\0\1", b"stsc\0\0\0\0\0\0\0\0"),
    "a table with too many rows": swapped(b"stco\0\0\0\0\0\0\0\2", b"stco\0\0\0\0\0\0\0\3"),
    "no table of chunks": swapped(b"stco", b"Zorg"),
    "no table of sizes": swapped(b"stsz", b"Zorg"),
    "more chunks than samples": swapped(b"stsz" + bytes(8) + b"\0\0\0\2", b"stsz" + bytes(8) + b"\0\0\0\1"),
    "a description that is missing": swapped(RUN, RUN[:-1] + b"\2"),
    "a table that begins late": swapped(RUN, RUN[:-9] + b"\2" + RUN[-8:]),
}


def vectors() -> list[dict[str, Any]]:
    """Return all vectors."""
    made = []
    for name, data in good():
        plan = clean.plan(io.BytesIO(data))
        after = b"".join(patched([data], plan.patches))
        made.append({"id": name, "file": _text(data), "clean": _text(after), "staying": plan.staying})
    for name, data in bad():
        try:
            clean.plan(io.BytesIO(data))
        except Malformed as error:
            made.append({"id": name, "file": _text(data), "refused": str(error)})
        else:
            raise AssertionError(f"{name}: not refused")
    return made


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def encode() -> str:
    """Return the file of the vectors on disk."""
    return json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(FILE.read_text("utf-8") != encode())
    FILE.write_text(encode(), "utf-8")
