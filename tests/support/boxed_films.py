"""Films and sound made of boxes (ISO 14496-12), built byte by byte with planted values in every box."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

SECRET = b"Zorglub"
DAY = 3_855_535_567  # 5 March 2026, in seconds since 1904
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
RDF = b'<rdf:Description xmlns:dc="x"><dc:creator>Zorglub</dc:creator></rdf:Description>'
MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: str, *parts: bytes) -> bytes:
    """Return a box with a size of 32 bits."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind.encode("latin-1")) + content


def large(kind: str, *parts: bytes) -> bytes:
    """Return a box with a size of 64 bits."""
    content = b"".join(parts)
    return struct.pack(">I4sQ", 1, kind.encode("latin-1"), 16 + len(content)) + content


def full(kind: str, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def table(kind: str, *rows: Sequence[int], form: str = "I") -> bytes:
    """Return a box with a number of rows, and rows of numbers."""
    return full(
        kind, struct.pack(">I", len(rows)), *(struct.pack(f">{len(row)}{form}", *row) for row in rows)
    )


def units(*contents: bytes) -> bytes:
    """Return a sample of H.264 or H.265, each unit after its size."""
    return b"".join(struct.pack(">I", len(each)) + each for each in contents)


def sei(kind: int, text: bytes, header: bytes = b"\x06") -> bytes:
    """Return a unit with one message of supplemental information."""
    return header + bytes([kind, len(text)]) + text + b"\x80"


OWN = bytes(range(16)) + SECRET + b" encoder"
AVC = box("avcC", bytes.fromhex("0142c01eff"), b"\xe1\0\x04\x67\x42\xc0\x1e", b"\x01\0\x02\x68\xce", SECRET)
HEVC = box(
    "hvcC",
    b"\x01" + bytes(20) + b"\x03\x02",
    b"\x20\0\x01\0\x03\x40\x01\x0c",
    b"\xa7\0\x01" + struct.pack(">H", len(sei(5, OWN, b"\x4e\x01"))) + sei(5, OWN, b"\x4e\x01"),
)


def picture(codec: str, settings: bytes) -> bytes:
    """Return the description of a track of pictures, with a maker and the name of a program."""
    name = bytes([len(SECRET)]) + SECRET.ljust(31, b"\0")
    size = struct.pack(">2H3IH", 64, 48, 0x480000, 0x480000, 0, 1)
    return box(codec, bytes(7), b"\1", bytes(4) + b"Zorg" + bytes(8), size, name, b"\0\x18\xff\xff", settings)


def sound(codec: str, settings: bytes, maker: bytes = b"Zorg") -> bytes:
    """Return the description of a track of sound, with a maker."""
    return box(codec, bytes(7), b"\1", bytes(4), maker, b"\0\1\0\x10", bytes(4), b"\x1f\x40\0\0", settings)


def esds(own: bytes = b"\x15\x88") -> bytes:
    """Return the settings of AAC (ISO 14496-14, 5.6)."""
    note = bytes([0x14, len(SECRET)]) + SECRET
    decoder = (
        bytes([4, 15 + len(own) + len(note), 0x40, 0x15]) + bytes(11) + bytes([5, len(own)]) + own + note
    )
    more = bytes([6, 1, 2, 0x40, len(SECRET)]) + SECRET
    return full("esds", bytes([3, 3 + len(decoder) + len(more), 0, 1, 0]), decoder, more)


def unchanged(made: bytes) -> bytes:
    """Return the same bytes."""
    return made


@dataclass(frozen=True)
class Track:
    """A track with one chunk for each sample. ``before`` lies before each sample, and belongs to no track."""

    kind: str
    description: bytes
    samples: tuple[bytes, ...]
    more: tuple[bytes, ...] = ()
    tables: Callable[[bytes], bytes] = unchanged
    edits: bytes = b""
    before: bytes = b""
    reference: bytes = field(default_factory=lambda: full("url ", flags=1))
    wide: bool = False

    def built(self, offsets: Sequence[int]) -> bytes:
        """Return the track, with the offsets of its samples."""
        sizes = table("stsz", *((len(each),) for each in self.samples))
        stsz = sizes[:12] + bytes(4) + sizes[12:]
        stsz = struct.pack(">I", len(stsz)) + stsz[4:]
        starts = [(each,) for each in offsets]
        stbl = box(
            "stbl",
            full("stsd", struct.pack(">I", 1), self.description),
            table("stts", (len(offsets), 512)),
            table("stsc", (1, 1, 1)),
            stsz,
            table("co64", *starts, form="Q") if self.wide else table("stco", *starts),
            *self.more,
        )
        header = full("vmhd", bytes(8), flags=1) if self.kind == "vide" else full("smhd", bytes(4))
        data = box("dinf", full("dref", struct.pack(">I", 1), self.reference))
        media = box(
            "mdia",
            full("mdhd", struct.pack(">4I2H", DAY, DAY, 1_024, 512 * len(offsets), 0x1AA7, 0)),
            full("hdlr", bytes(4), self.kind.encode(), b"Zorg" + bytes(8), SECRET + b"\0"),
            box("minf", header, data, self.tables(stbl)),
        )
        tkhd = full("tkhd", struct.pack(">5I", DAY, DAY, 1, 0, 1_000), bytes(16), MATRIX, bytes(8), flags=7)
        return box("trak", tkhd, self.edits, media, box("udta", box("name", SECRET)))


VIDEO = Track(
    "vide",
    picture("avc1", AVC),
    (units(sei(5, OWN), b"\x65picture one"), units(b"\x41picture two", sei(6, b"\1\1"))),
)
SOUND = Track("soun", sound("mp4a", esds()), (b"sound one", b"sound two"))


def notes() -> bytes:
    """Return notes of QuickTime, iTunes and 3GPP about a film."""
    place = b"+48.8534+002.3488/"
    data = box("data", struct.pack(">2I", 1, 0), SECRET)
    keys = full("keys", struct.pack(">I", 1), box("mdta", b"com.apple.quicktime.make"))
    listed = box("ilst", box("\xa9nam", data), struct.pack(">2I", 8 + len(data), 1) + data)
    return box(
        "udta",
        box("\xa9xyz", struct.pack(">2H", len(place), 0x15C7), place),
        full("meta", full("hdlr", bytes(4), b"mdir", bytes(12), b"\0"), keys, listed),
        full("auth", b"\x15\xc7" + SECRET + b"\0"),
        full("loci", b"\x15\xc7" + SECRET + b"\0\0", struct.pack(">3i", 0x259, 0x30DA00, 0), b"earth\0\0"),
        bytes(4),
    )


@dataclass(frozen=True)
class Film:
    """A film with its tracks; each sample lies in a chunk of its own, and the tracks take turns."""

    tracks: tuple[Track, ...] = (VIDEO, SOUND)
    brands: bytes = b"mp42\0\0\0\7isomZorgmp42"
    more: tuple[bytes, ...] = ()
    tops: tuple[bytes, ...] = ()
    appended: bytes = b""
    data: Callable[..., bytes] = box
    film: Callable[[bytes], bytes] = unchanged

    @property
    def head(self) -> bytes:
        """Return the boxes before the picture and the sound."""
        return box("ftyp", self.brands) + box("free", SECRET) + b"".join(self.tops)

    def built(self) -> bytes:
        """Return the file."""
        header = 16 if self.data is large else 8
        at = len(self.head) + header
        content = b""
        offsets: list[list[int]] = [[] for _ in self.tracks]
        for turn in range(max((len(each.samples) for each in self.tracks), default=0)):
            for own, track in zip(offsets, self.tracks, strict=True):
                for sample in track.samples[turn : turn + 1]:
                    content += track.before
                    own.append(at + len(content))
                    content += sample
        return self.assembled(self.data("mdat", content, SECRET), offsets)

    def assembled(self, mdat: bytes, offsets: Sequence[Sequence[int]]) -> bytes:
        """Return the file with other data, or with other offsets of the samples."""
        mvhd = full("mvhd", struct.pack(">6I", DAY, DAY, 1_000, 1_000, 0x10000, 0x1000000), bytes(8), MATRIX)
        mvhd = struct.pack(">I", len(mvhd) + 28) + mvhd[4:] + SECRET.ljust(24, b"\0") + struct.pack(">I", 9)
        tracks = [track.built(own) for track, own in zip(self.tracks, offsets, strict=True)]
        moov = self.film(box("moov", mvhd, *tracks, notes(), *self.more))
        return self.head + mdat + moov + box("uuid", XMP, RDF) + self.appended

    def kept(self) -> list[bytes]:
        """Return the bytes of the samples that must not change."""
        return [b"picture one", b"picture two", *(s for t in self.tracks[1:2] for s in t.samples)]


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Return a function that replaces bytes by others of the same length, once or more."""

    def swap(data: bytes) -> bytes:
        assert len(old) == len(new)
        assert old in data
        return data.replace(old, new)

    return swap


def gps(kind: str = "mebx") -> Track:
    """Return a track of measurements."""
    return Track(kind.replace("mebx", "meta"), box(kind, bytes(8), SECRET), (SECRET * 2, SECRET * 3))


def changed(track: Track, **fields: object) -> Track:
    """Return a track with other fields."""
    return replace(track, **fields)  # type: ignore[arg-type]
