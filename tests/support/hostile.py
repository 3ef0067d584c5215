"""Small hostile files, generated here, each with its true type and how it may be shown."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from PIL import Image

from tests.support.hostile_pdfs import SCRIPT as SCRIPT_OF_PDF
from tests.support.hostile_pdfs import drawn, packed, paper

SCRIPT = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
JINJA = "{{ 7 * 7191 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}"
RENDERED = str(7 * 7191)
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b1;1H\x1bP+q\x1b\\\x1b]8;;http://owned/\x07link\x1b]8;;\x07"
BIDI = "invoice\u202egpj.exe\u2066\u200f"
ALIKE = "p\u0430ypal \u0392ank"  # a Cyrillic a, and a Greek B
# A browser treats each line as a single letter, however long: a Korean syllable, a family, marks on an o.
JOINED = "\u1100" * 300 + "\n" + "\U0001f468\u200d" * 300 + "\n" + "o" + "\u0336\u20dd" * 300
FORMULAS = '=cmd|\' /C calc\'!A0,+1+1,-1+1,@SUM(1),\t=1\r\n"=HYPERLINK(""http://owned/"")"'
PIXELS, TEXT, NOTHING = "pixels", "text", "nothing"
JPEG, PNG, GIF, PDF, ZIP = "image/jpeg", "image/png", "image/gif", "application/pdf", "application/zip"


@dataclass(frozen=True)
class Hostile:
    """A file with the name and type under which it is sent, its true type, and how it is shown.

    Every test worker collects these files, but only one worker reads them. So content that is slow to make is
    given as a function. ``said`` are parts of the expected texts: warnings, reasons why the file is not
    shown, or contents of the file.
    """

    name: str
    type: str
    content: bytes | Callable[[], bytes]
    true: str
    shown: str = NOTHING
    said: tuple[str, ...] = ()

    @cached_property
    def data(self) -> bytes:
        """The content."""
        return self.content if isinstance(self.content, bytes) else self.content()


def corpus() -> list[Hostile]:
    """Return all hostile files."""
    return [*pictures(), *archives(), *papers(), *polyglots(), *texts(), *liars()]


def image(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """Return a harmless picture."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def pictures() -> Iterator[Hostile]:
    """Yield pictures that declare huge sizes, are damaged, or carry metadata."""
    yield Hostile("bomb.png", PNG, png(60_000, 60_000), PNG, said=("60000 x 60000",))
    yield Hostile("bomb.gif", GIF, gif(65_535, 65_535), GIF, said=("65535 x 65535",))
    yield Hostile("bomb.tiff", "image/tiff", tiff(200_000, 200_000), "image/tiff", said=("200000 x 200000",))
    yield Hostile("bomb.webp", "image/webp", partial(webp, 16_383, 16_383), "image/webp", said=("damaged",))
    yield Hostile("bomb.bmp", "image/bmp", bmp(100_000, 100_000), "image/bmp", said=("100000 x 100000",))
    # This picture has 81 megapixels in ten kilobytes. The limit on pixels allows such a picture.
    yield Hostile("large.png", PNG, partial(png, 9_000, 9_000, whole=True), PNG, PIXELS)
    yield Hostile("frames.gif", GIF, partial(frames, 600), GIF, PIXELS)
    yield Hostile("text-bomb.png", PNG, _with_squeezed, PNG, said=("damaged",))
    yield Hostile("fine.avif", "image/avif", image("AVIF"), "image/avif", PIXELS)
    yield Hostile("cut.avif", "image/avif", image("AVIF")[:400], "image/avif", said=("damaged",))
    yield Hostile("cut.jpg", JPEG, image("JPEG")[:300], JPEG, said=("damaged",))
    yield Hostile("head.jpg", JPEG, b"\xff\xd8\xff\xe0", JPEG, said=("damaged",))
    yield Hostile("photo.heic", "image/heif", heic(_exif()), "image/heic", said=("HEIC needs", "Make: \x1b]"))
    yield Hostile("bad.heif", "image/heic", heic(b"Exif\0\0II*\0\xff\xff"), "image/heic", said=("damaged",))
    yield Hostile("made.jpg", JPEG, _with_exif(), JPEG, PIXELS, said=(f"Make: {ESCAPES[:7]}",))


def png(width: int, height: int, *, whole: bool = False) -> bytes:
    """Return a PNG with one bit per pixel. Only a ``whole`` picture includes the pixels."""
    row = b"\0" + bytes(-(-width // 8))
    pixels = zlib.compress(row * height if whole else row, 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def gif(width: int, height: int) -> bytes:
    """Return a GIF that declares this size."""
    small = bytearray(image("GIF"))
    place = small.index(b",", 13)
    small[6:10] = small[place + 5 : place + 9] = struct.pack("<HH", width, height)
    return bytes(small)


def tiff(width: int, height: int) -> bytes:
    """Return a TIFF that declares this size, in one strip, which is missing."""
    entries = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height)]
    raw = b"".join(
        struct.pack("<HHII", tag, 4, 1, value)
        for tag, value in [*entries, (279, width * height & 0xFFFFFFFF)]
    )
    return b"II*\0" + struct.pack("<IH", 8, len(entries) + 1) + raw + bytes(4)


def webp(width: int, height: int) -> bytes:
    """Return a lossless WebP that declares this size."""
    small = bytearray(image("WEBP", lossless=True))
    place = small.index(b"VP8L") + 9
    bits = struct.unpack_from("<I", small, place)[0] & ~0xFFFFFFF
    struct.pack_into("<I", small, place, bits | (width - 1) | (height - 1) << 14)
    return bytes(small)


def bmp(width: int, height: int) -> bytes:
    """Return a bitmap that declares this size."""
    small = bytearray(image("BMP"))
    struct.pack_into("<ii", small, 18, width, height)
    return bytes(small)


def frames(count: int) -> bytes:
    """Return a GIF of ``count`` pictures with one pixel each."""
    out = io.BytesIO()
    each = [Image.new("P", (1, 1), number % 2) for number in range(count)]
    for number, one in enumerate(each):
        one.putpalette([0, 0, 0, 255, 255, 255])
        one.info["comment"] = str(number).encode()
    each[0].save(out, "GIF", save_all=True, append_images=each[1:])
    return out.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _with_chunk(picture: bytes, name: bytes, data: bytes) -> bytes:
    return picture[:33] + _chunk(name, data) + picture[33:]


def _with_squeezed() -> bytes:
    return _with_chunk(image("PNG"), b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000), 9))


def heic(exif: bytes) -> bytes:
    """Return the beginning of an iPhone picture, with its metadata."""
    return b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + b"infe\2\0\0\1\0\1\0\0Exif\0\0\0\0\x15" + exif


def _with_exif() -> bytes:
    return image("JPEG", exif=_exif())


def _exif() -> bytes:
    exif = Image.Exif()
    exif[271] = ESCAPES
    exif[315] = SCRIPT
    return exif.tobytes()


def archives() -> Iterator[Hostile]:
    """Yield archives that unpack to too many bytes, or to another folder."""
    yield Hostile(
        "bomb.zip", ZIP, declaring(4_000_000_000), ZIP, said=("a bomb: it would unpack to 4000000000",)
    )
    yield Hostile("nested.zip", ZIP, nested(20), ZIP, said=("1 entry",))
    yield Hostile(
        "overlapping.zip", ZIP, overlapping(5_000), ZIP, said=("5000 entries", "a bomb", "and more")
    )
    yield Hostile(
        "slip.zip", ZIP, zipped("../../etc/passwd", f"{ESCAPES}{BIDI}"), ZIP, said=("../../etc/passwd",)
    )
    yield Hostile("cut.zip", ZIP, zipped("a")[:40], ZIP, said=("damaged",))
    yield Hostile(
        "bomb.gz", "application/gzip", partial(gzip.compress, bytes(10_000_000)), "application/x-gzip"
    )
    yield Hostile(
        "slip.tar", "application/x-tar", tarred(), "application/x-tar", said=("../../etc/passwd", "and more")
    )
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    macros = zipped("word/document.xml", "word/vbaProject.bin")
    yield Hostile("letter.docx", office, macros, office, said=("contains macros",))
    yield from documents(office)


def documents(office: str) -> Iterator[Hostile]:
    """Yield documents with metadata about the people who made them, some of it unreadable."""
    core = f"<cp:p><dc:creator>Ren&amp;é {SCRIPT.replace('<', '&lt;')}</dc:creator><x> </x><y>\n</y></cp:p>"
    made = told(core=core, app="<P><Company>Port \x9b2J</Company></P>")
    said = ("creator: Ren&é <script>", "Company: Port \x9b2J")
    yield Hostile("made.docx", office, made, office, said=said)
    odt = "application/vnd.oasis.opendocument.text"
    own = zipped("mimetype", data=odt.encode(), method=zipfile.ZIP_STORED)
    own = zipped("meta.xml", data=b"<m:initial-creator>Paul</m:initial-creator>", before=own)
    yield Hostile("own.odt", odt, own, odt, said=("initial-creator: Paul",))
    unread = ("contains metadata that could not be read", "3 entries")
    for name, core, method in (
        ("squeezed.docx", "x" * 50_000_000, zipfile.ZIP_LZMA),
        ("odd.docx", "<dc:creator>Paul</dc:creator>", zipfile.ZIP_BZIP2),
    ):
        yield Hostile(
            name, office, partial(told, core=core, app="<a>1</a>", method=method), office, said=unread
        )
    whole = bytearray(told(core="<dc:creator>Paul</dc:creator>", app="<a>1</a>"))
    whole[whole.index(b"docProps/core.xml") + 20] ^= 0xFF
    yield Hostile("broken.docx", office, bytes(whole), office, said=unread)
    many = told(core="<b>1" * 20_000 + "<" * 900_000, app="")
    yield Hostile("many.docx", office, many, office, said=("b: 1", "3 entries"))


def told(core: str, app: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a document with this metadata."""
    made = zipped("word/document.xml")
    for name, text in (("docProps/core.xml", core), ("docProps/app.xml", app)):
        made = zipped(name, data=text.encode(), method=method, before=made)
    return made


def zipped(*names: str, data: bytes = b"x", method: int = zipfile.ZIP_DEFLATED, before: bytes = b"") -> bytes:
    """Return a zip with the entries of the zip ``before``, followed by entries of these names."""
    out = io.BytesIO(before)
    with zipfile.ZipFile(out, "a", method) as archive:
        for name in names:
            archive.writestr(name, data)
    return out.getvalue()


def declaring(size: int) -> bytes:
    """Return a zip whose list declares an entry of this size."""
    raw = bytearray(zipped("zeros", data=bytes(1000)))
    struct.pack_into("<I", raw, raw.rindex(b"PK\x01\x02") + 24, size)
    return bytes(raw)


def nested(depth: int) -> bytes:
    """Return a zip in a zip in a zip."""
    data = b"x"
    for level in range(depth):
        data = zipped(f"{level}.zip", data=data)
    return data


def overlapping(count: int) -> bytes:
    """Return a zip with ``count`` entries that share the same bytes, each unpacked to a million bytes."""
    raw = zipped("zeros", data=bytes(1_000_000))
    start, end = raw.rindex(b"PK\x01\x02"), raw.rindex(b"PK\x05\x06")
    listed = raw[start:end] * count
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(listed), start, 0)
    return raw[:start] + listed + tail


def tarred() -> bytes:
    """Return a tar that would write outside its folder, through a name and through a link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("../../etc/passwd", "/etc/shadow", *map(str, range(300))):
            archive.addfile(tarfile.TarInfo(name))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
    return out.getvalue()


def papers() -> Iterator[Hostile]:
    """Yield PDFs with active content, and PDFs that cannot be valid."""
    yield Hostile("fine.pdf", PDF, paper(f"{SCRIPT}{ESCAPES}"), PDF, PIXELS, ("Author: <script>",))
    yield Hostile("cut.pdf", PDF, paper()[:200], PDF, said=("damaged",))
    yield Hostile("head.pdf", PDF, b"%PDF-1.7\n", PDF, said=("damaged",))
    yield Hostile("noise.pdf", PDF, b"%PDF-1.7\n" + bytes(range(256)) * 20, PDF, said=("damaged",))
    yield Hostile(
        "active.pdf",
        PDF,
        drawn(
            catalog="/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://owned/'\\)) >>"
            " /AA << /WC << /S /Launch /F (/bin/sh) >> >> /Names << /EmbeddedFiles << /Names [] >> >>"
        ),
        PDF,
        PIXELS,
        ("contains JavaScript", "start a program", "embedded files"),
    )
    named = drawn(catalog=SCRIPT_OF_PDF.replace("JavaScript", "J#61vaScript").replace("/JS", "/J#53"))
    yield Hostile("named.pdf", PDF, named, PDF, PIXELS, ("contains JavaScript",))
    yield Hostile("packed.pdf", PDF, packed, PDF, PIXELS, ("contains JavaScript",))
    secret = partial(packed, "--encrypt", "", "owner", "256", "--")
    yield Hostile("encrypted.pdf", PDF, secret, PDF, PIXELS, ("is encrypted, so its behaviour",))
    odd = drawn(
        more="/Odd 9 0 R >>\nendobj\n9 0 obj\n<< /Type /ObjStm /N 0 /First 0 /Length 2 >>\nstream\nzz"
    )
    yield Hostile("odd.pdf", PDF, odd, PDF, PIXELS, ("packed in a way that could not be read",))
    yield Hostile("repeated.pdf", PDF, drawn(count=600, kids="3 0 R " * 600), PDF, PIXELS)
    yield Hostile("many.pdf", PDF, drawn(count=2_000_000_000), PDF, PIXELS)
    yield Hostile("loop.pdf", PDF, drawn(kids="2 0 R 3 0 R"), PDF, PIXELS)
    yield Hostile("wide.pdf", PDF, drawn(box="0 0 1000000000 1000000000"), PDF, PIXELS)
    yield Hostile("thin.pdf", PDF, drawn(box="0 0 14400 0.001"), PDF, PIXELS)
    yield Hostile("negative.pdf", PDF, drawn(box="0 0 -5 1e38"), PDF, PIXELS)
    yield Hostile("deep.pdf", PDF, drawn(more="/Deep " + "[" * 200_000), PDF, PIXELS)
    yield Hostile("endless.pdf", PDF, drawn(content=b"q 1 0 0 1 0 0 cm " * 200_000), PDF, PIXELS)
    yield Hostile("squeezed.pdf", PDF, partial(drawn, content=b" " * 30_000_000), PDF, PIXELS)
    yield Hostile(
        "font.pdf", PDF, drawn(content=b"BT /F 20 Tf 9 9 Td (\x01Hello\xff) Tj ET", font=True), PDF, PIXELS
    )
    yield Hostile("locked.pdf", PDF, paper(locked=True), PDF, said=("locked with a password",))


def polyglots() -> Iterator[Hostile]:
    """Yield files that are of two types at the same time."""
    script = image("GIF") + b"*/=1;" + SCRIPT.encode()
    yield Hostile(
        "script.gif", GIF, script, GIF, PIXELS, ("some programs would treat the file as text/html",)
    )
    both = drawn() + zipped("setup.exe")
    yield Hostile("both.pdf", PDF, both, PDF, PIXELS, (f"some programs would treat the file as {ZIP}",))
    hidden = image("JPEG") + zipped("secret")
    yield Hostile("hidden.jpg", JPEG, hidden, JPEG, PIXELS, (f"some programs would treat the file as {ZIP}",))
    paged = _with_chunk(image("PNG"), b"tEXt", b"a\0" + drawn()[:500])
    yield Hostile("paged.png", PNG, paged, PNG, PIXELS, (f"some programs would treat the file as {PDF}",))


def texts() -> Iterator[Hostile]:
    """Yield files that are shown as text, although other programs would treat them differently."""
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>{SCRIPT}</svg>"
    yield Hostile("drawing.svg", "image/svg+xml", drawing.encode(), "image/svg+xml", TEXT)
    page = f"<!doctype html><title>{JINJA}</title>{SCRIPT}"
    yield Hostile("page.html", "text/html", page.encode(), "text/html", TEXT)
    yield Hostile("note.txt", "text/plain", f"{ESCAPES}\n{BIDI}\r\nend".encode(), "text/plain", TEXT)
    yield Hostile(
        "alike.txt", "text/plain", ALIKE.encode(), "text/plain", TEXT, ("letters of several alphabets",)
    )
    yield Hostile("table.csv", "text/csv", FORMULAS.encode(), "text/plain", TEXT)
    yield Hostile("wide.txt", "text/plain", "wörds".encode("utf-16"), "text/plain", TEXT)
    yield Hostile("old.txt", "text/plain", b"d\xe9j\xe0 vu, words of an old machine", "text/plain", TEXT)
    long = b"x" * 400_000
    yield Hostile("long.txt", "text/plain", long, "text/plain", TEXT, ("is shown up to character 200000",))
    yield Hostile(
        "typed.txt", f"image/{ESCAPES}", b"fine", "text/plain", TEXT, ("the file was sent as image/\x1b]0",)
    )
    yield Hostile(
        f"{JINJA[:100]}{SCRIPT[:60]}.txt", SCRIPT, b"fine", "text/plain", TEXT, ("the file was sent as",)
    )


def liars() -> Iterator[Hostile]:
    """Yield files whose names or types are wrong."""
    program = b"MZ\x90\0" + bytes(60) + b"PE\0\0" + bytes(100)
    exe = "application/vnd.microsoft.portable-executable"
    yield Hostile(
        "photo.jpg",
        JPEG,
        program,
        exe,
        said=("the file name ends in .jpg, but", "the file was sent as image/jpeg"),
    )
    yield Hostile(
        BIDI,
        JPEG,
        program,
        exe,
        said=("the file name contains invisible characters", "the file was sent as image/jpeg"),
    )
    yield Hostile(
        "scan.pdf", PDF, image("PNG"), PNG, PIXELS, ("the file name ends in .pdf, but the file is image/png",)
    )
    yield Hostile("photo.png", PNG, SCRIPT.encode(), "text/html", TEXT, ("the file name ends in .png",))
    yield Hostile(
        "list.pdf", PDF, b"just words", "text/plain", TEXT, ("the file was sent as application/pdf",)
    )
    yield Hostile("nothing.jpg", JPEG, b"", "application/x-empty")
    yield Hostile("zeros", "", bytes(5_000), "application/octet-stream")
    yield Hostile("noise.bin", "", bytes(range(256)) * 9, "application/octet-stream")
