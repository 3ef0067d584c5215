"""Files with the boxes that phones write, rebuilt from documents and from the tables of exiftool."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from tests.support.boxed_films import (
    HEVC,
    SECRET,
    SOUND,
    VIDEO,
    Film,
    Track,
    box,
    changed,
    esds,
    full,
    gps,
    picture,
    sei,
    sound,
    units,
)
from tests.support.boxed_pictures import EXIF, ITEMS, LAYER, SMALL, Album, Item, properties, references
from tests.support.nasty_films import keys, samsung

_PLACE = b"+48.8534+002.3488+035.000/"
_GRID = struct.pack(">4B2H", 0, 0, 1, 1, 128, 96)


def quicktime_sound() -> bytes:
    """Return a description of sound in version 1 of QuickTime, with its settings in `wave`."""
    fields = struct.pack(">2HI4H2H", 1, 0, 0, 2, 16, 0xFFFE, 0, 0x1F40, 0) + struct.pack(
        ">4I", 1_024, 0, 0, 2
    )
    wave = box("wave", box("frma", b"mp4a"), box("mp4a", bytes(4)), esds(), box("\0\0\0\0"))
    layout = full("chan", struct.pack(">3I", 0x650000, 0, 0), SECRET)
    return box("mp4a", bytes(7), b"\1", fields, wave, layout)


def iphone_film() -> bytes:
    """Return a film of an iPhone: Dolby Vision, three tracks of measurements, and names in `meta`."""
    description = picture("hvc1", HEVC + box("dvvC", bytes(24)) + box("colr", b"nclc", bytes(6), SECRET))
    samples = (
        units(b"\x26\x01picture one", b"\x7c\x01range one"),
        units(sei(4, b"\xb5\0\x3c" + SECRET, b"\x4e\x01"), b"\x02\x01picture two"),
    )
    shown = changed(VIDEO, description=description, samples=samples)
    named = box("keys", box("\0\0\0\1", box("keyd", b"mdtacom.apple.quicktime.video-orientation")))
    measured = Track("meta", box("mebx", bytes(8), named), (box("\0\0\0\1", _PLACE), SECRET))
    notes = keys(
        location_ISO6709=_PLACE,
        make=b"Apple Zorglub",
        model=SECRET,
        software=SECRET,
        creationdate=b"2026-03-05T04:05:06+0100",
        content_identifier=SECRET,
        camera_lens_model=SECRET,
    )
    tracks = (shown, changed(SOUND, description=quicktime_sound()), measured, measured, measured)
    return Film(tracks, brands=b"qt  \0\0\0\0qt  ", tops=(box("wide"),), more=(notes,)).built()


def samsung_film() -> bytes:
    """Return a film of a Samsung: names in `udta`, and what follows the last box."""
    notes = box(
        "udta",
        box("\xa9xyz", struct.pack(">2H", len(_PLACE), 0x15C7), _PLACE),
        box("SDLN", b"SEQ_PLAY"),
        box("smrd", b"TRUEBLUE" + SECRET),
        full("smta", box("saut", SECRET), box("mdln", b"SM-Zorglub")),
        full("auth", b"\x15\xc7" + SECRET + b"\0"),
    )
    return Film(more=(notes,), appended=box("sefd", samsung(SECRET))).built()


def pixel_film() -> bytes:
    """Return a film of a Pixel: keys of Android, and tracks of motion."""
    notes = keys(manufacturer=b"Google Zorglub", model=SECRET, version=b"16 Zorglub")
    notes = notes.replace(b"com.apple.quicktime.", b"com.android.zzzzzzz.")
    motion = changed(gps("camm"), samples=(struct.pack("<2H3d", 0, 5, 48.8534, 2.3488, 35) + SECRET,) * 2)
    mett = Track("meta", box("mett", bytes(8), b"\0application/zorg\0", SECRET), (SECRET, SECRET))
    return Film((VIDEO, SOUND, motion, mett), brands=b"mp42\0\0\0\0isommp42", more=(notes,)).built()


def voice_memo() -> bytes:
    """Return a memo of the program Voice Memos, which names its program and its day."""
    text = b"com.apple.VoiceMemos (Zorglub 17.4)"
    listed = box(
        "ilst", *(box(each, box("data", struct.pack(">2I", 1, 0), text)) for each in ("\xa9nam", "\xa9too"))
    )
    notes = box(
        "udta",
        box("date", b"2026-03-05T04:05:06Z"),
        full("meta", full("hdlr", bytes(4), b"mdirappl"), listed),
    )
    return Film((SOUND,), brands=b"M4A \0\0\0\0M4A isommp42", more=(notes,)).built()


def telephone_sound() -> bytes:
    """Return a recording of an older telephone in 3GP."""
    notes = box(
        "udta",
        *(
            full(kind, b"\x15\xc7" + SECRET + b"\0")
            for kind in ("titl", "dscp", "cprt", "perf", "auth", "gnre", "albm")
        ),
        full("kywd", b"\x15\xc7\1\x08" + SECRET + b"\0"),
        full("clsf", b"Zorg\0\1\x15\xc7" + SECRET + b"\0"),
        full("yrrc", b"\x07\xea"),
        full("loci", b"\x15\xc7" + SECRET + b"\0\0", struct.pack(">3i", 0x259, 0x30DA00, 0), b"earth\0\0"),
    )
    track = changed(SOUND, description=sound("samr", box("damr", b"Zorg\1\0\1\0\1")))
    return Film((track,), brands=b"3gp4\0\0\2\0isom3gp4", more=(notes,)).built()


def iphone_photo() -> bytes:
    """Return a photo of an iPhone: four tiles, a preview, two more layers, and a map of tones."""
    tiles = tuple(replace(ITEMS[0], number=number) for number in (1, 2, 3, 4))
    shown = Item(5, "grid", _GRID, inside=True)
    tones = Item(6, "tmap", bytes(62), inside=True)
    layers = (Item(7, "hvc1", SMALL), Item(8, "hvc1", LAYER), Item(9, "hvc1", LAYER))
    notes = (Item(10, "Exif", EXIF), Item(11, "mime", ITEMS[4].content, b"application/rdf+xml\0"))
    refers = references(
        ("dimg", 5, (1, 2, 3, 4)),
        ("dimg", 6, (5, 8)),
        ("thmb", 7, (5,)),
        ("auxl", 8, (5,)),
        ("auxl", 9, (5,)),
        ("cdsc", 10, (5, 6)),
        ("cdsc", 11, (9,)),
    )
    own = properties(
        full("auxC", b"urn:com:apple:photo:2020:aux:hdrgainmap\0" + SECRET),
        full("auxC", b"urn:mpeg:hevc:2015:auxid:2\0" + SECRET),
        box("irot", b"\3", SECRET),
        full("pixi", b"\3\x08\x08\x08", SECRET),
        box("clli", bytes(4), SECRET),
    )
    return Album((*tiles, shown, tones, *layers, *notes), 5, refers, own).built()


def samsung_photo() -> bytes:
    """Return a photo of a Samsung with a film in a box, and what follows the last box."""
    return Album(appended=box("mpvd", Film().built()) + box("sefd", samsung(SECRET))).built()


def all_files() -> Iterator[tuple[str, bytes]]:
    """Yield a file of each kind."""
    yield "a film of an iPhone", iphone_film()
    yield "a film of a Samsung", samsung_film()
    yield "a film of a Pixel", pixel_film()
    yield "a memo of an iPhone", voice_memo()
    yield "a recording of an older telephone", telephone_sound()
    yield "a photo of an iPhone", iphone_photo()
    yield "a photo of a Samsung", samsung_photo()
