"""PDFs for the hostile corpus, made by a library or by hand."""

import subprocess
import tempfile
import zlib

from fpdf import FPDF

SCRIPT = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"


def endless() -> bytes:
    """Return a PDF that takes forever: a drawing that draws itself, twice."""
    return drawn(content=b"/X Do", form=True)


def paper(author: str = "x", *, locked: bool = False) -> bytes:
    """Return a PDF with one word in it."""
    made = FPDF()
    made.set_author(author)
    made.add_page()
    made.set_font("Helvetica", size=40)
    made.cell(text="Hello")
    if locked:
        made.set_encryption("owner", "user")
    return bytes(made.output())


def packed(*options: str) -> bytes:
    """Return a PDF with a script in a compressed object, made by qpdf with these options."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(drawn(catalog=SCRIPT))
        file.flush()
        command = ["qpdf", "--object-streams=generate", *options, file.name, "-"]
        return subprocess.run(command, capture_output=True, check=True).stdout


def drawn(  # noqa: PLR0913 - each parameter makes the PDF odd in one way
    *,
    catalog: str = "",
    count: int = 1,
    kids: str = "3 0 R",
    box: str = "0 0 200 100",
    more: str = "",
    content: bytes = b"1 0 0 rg 0 0 100 100 re f",
    font: bool = False,
    form: bool = False,
) -> bytes:
    """Return a PDF made by hand, with a red square unless other content is given."""
    packed = zlib.compress(content, 9)
    junk = b"\0\1\0\0" + bytes(range(256)) * 8
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode(),
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << /Font << /F 5 0 R >>"
        f" /XObject << /X 8 0 R >> >> {more} >>".encode(),
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed),
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Evil /FontDescriptor 6 0 R >>"
        if font
        else b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /FontDescriptor /FontName /Evil /Flags 4 /FontFile2 7 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(junk), junk),
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 11"
        b" /Resources << /XObject << /X 8 0 R >> >> >>\nstream\n/X Do /X Do\nendstream"
        if form
        else b"null",
    ]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)
