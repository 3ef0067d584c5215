"""Pictures made of boxes (ISO 23008-12), built byte by byte with planted values in every box and item."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.boxed_films import HEVC, OWN, RDF, SECRET, box, full, sei, unchanged, units

TIFF = b"MM\0*\0\0\0\x08\0\1\x01\x0f\0\2\0\0\0\x08\0\0\0\x1a\0\0\0\0" + SECRET + b"\0"
EXIF = bytes(4) + TIFF
CODED = units(b"\x26\x01picture one", sei(5, OWN, b"\x4e\x01"))
SMALL = units(b"\x26\x01preview one")
LAYER = units(b"\x26\x01brightness")


@dataclass(frozen=True)
class Item:
    """A picture, or a note about one. If ``inside``, its bytes are in the box ``idat``."""

    number: int
    kind: str
    content: bytes
    form: bytes = b""
    inside: bool = False
    method: int = -1


ITEMS = (
    Item(1, "hvc1", CODED),
    Item(2, "hvc1", SMALL),
    Item(3, "hvc1", LAYER),
    Item(4, "Exif", EXIF),
    Item(5, "mime", RDF, b"application/rdf+xml\0"),
    Item(6, "mime", b"<note>Zorglub</note>", b"text/xml\0"),
)


def profile() -> bytes:
    """Return a colour profile (ICC.1) with a text and a curve."""
    texts = b"desc" + bytes(4) + SECRET.ljust(12, b"\0")
    curve = b"curv" + bytes(8)
    tags = struct.pack(">4s2I4s2I", b"desc", 156, len(texts), b"rTRC", 156 + len(texts), len(curve))
    head = b"\0\0\0\0Zorg\4\0\0\0mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(8) + b"Zorg" + bytes(4) + b"Zorg"
    return head.ljust(128, b"\0") + struct.pack(">I", 2) + tags + texts + curve


def references(*rows: tuple[str, int, tuple[int, ...]]) -> bytes:
    """Return the references between items."""
    made = (
        box(kind, struct.pack(f">{2 + len(to)}H", start, len(to), *to), SECRET) for kind, start, to in rows
    )
    return full("iref", *made)


def properties(*more: bytes) -> bytes:
    """Return the properties of all pictures."""
    kept = box("ipco", HEVC, full("ispe", struct.pack(">2I", 64, 48)), box("colr", b"prof", profile()), *more)
    rows = b"".join(struct.pack(">HB3B", number, 3, 0x81, 2, 3) for number in (1, 2, 3))
    return box("iprp", kept, full("ipma", struct.pack(">I", 3), rows))


@dataclass(frozen=True)
class Album:
    """A file with pictures and notes about them. ``gap`` lies between the items, and belongs to none."""

    items: tuple[Item, ...] = ITEMS
    primary: int = 1
    referring: bytes = field(
        default_factory=lambda: references(
            ("thmb", 2, (1,)), ("auxl", 3, (1,)), ("cdsc", 4, (1,)), ("cdsc", 5, (1,)), ("Zorg", 6, (1,))
        )
    )
    properties: bytes = field(
        default_factory=lambda: properties(
            full("auxC", b"urn:com:apple:photo:2020:aux:hdrgainmap\0" + SECRET), box("irot", b"\1")
        )
    )
    gap: bytes = SECRET
    meta: Callable[[bytes], bytes] = unchanged
    tops: bytes = b""
    appended: bytes = b""

    def built(self) -> bytes:
        """Return the file."""
        ftyp = box("ftyp", b"heic\0\0\0\0mif1heicZorg") + self.tops
        empty = self._meta(0)
        return self._joined(ftyp, self._meta(len(ftyp) + len(empty) + 8))

    def _joined(self, ftyp: bytes, meta: bytes) -> bytes:
        outside = (self.gap + each.content for each in self.items if not each.inside)
        return ftyp + meta + box("mdat", *outside, SECRET) + self.appended

    def _meta(self, start: int) -> bytes:
        rows = []
        inside = b""
        at = start
        for each in self.items:
            if each.inside:
                offset, method = len(inside) + len(self.gap), 1
                inside += self.gap + each.content
            else:
                at += len(self.gap)
                offset, method = at, 0
                at += len(each.content)
            method = method if each.method < 0 else each.method
            rows.append(struct.pack(">4H2I", each.number, method, 0, 1, offset, len(each.content)))
        entries = (
            full(
                "infe",
                struct.pack(">2H4s", each.number, 0, each.kind.encode()),
                SECRET if not each.form else b"",
                b"\0",
                each.form,
                version=2,
            )
            for each in self.items
        )
        meta = full(
            "meta",
            full("hdlr", bytes(4), b"pict", bytes(12), SECRET + b"\0"),
            full("pitm", struct.pack(">H", self.primary)),
            full("iinf", struct.pack(">H", len(self.items)), *entries),
            full("iloc", b"\x44\0", struct.pack(">H", len(self.items)), *rows, SECRET, version=1),
            self.referring,
            self.properties,
            box("idat", inside, SECRET) if inside else b"",
            box("grpl", SECRET),
        )
        return self.meta(meta)
