"""Re-rendered copies show what the attachments show, without their hidden data."""

import io
import json
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from inbox.files import sandbox, sanitise
from tests.support import dossier_room as room_of
from tests.support import hostile, pictures
from tests.support.dossier_room import Room, opened
from tests.support.inbox_builders import Office, Portal, Reporter, World, first
from tests.support.pictures import CANARY

NAMES = {1: "png", 2: "pdf", 3: "txt", 6: "png"}


def paper(pages: int) -> bytes:
    """Return a PDF that names its author and contains a link."""
    made = FPDF()
    made.set_author(CANARY)
    made.set_font("Helvetica", size=40)
    for number in range(pages):
        made.add_page()
        made.cell(text=f"Page {number}", link="http://owned/")
    return bytes(made.output())


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """A photograph, a PDF, a text, a zip, an empty file, a small picture, and a picture that is too large."""
    photograph = pictures.picture(tmp_path_factory.mktemp("sent") / "photo.jpg").read_bytes()
    text = "d\u00e9j\u00e0\u202e vu\r\n<b>\x1b[2J"
    bomb = hostile.png(60_000, 60_000)
    packed, small = hostile.zipped(CANARY), hostile.image("GIF")
    return [photograph, paper(2), text.encode("utf-16"), packed, b"", small, bomb]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, sent: list[bytes]) -> Room:
    """An office with a case that has all of these attachments."""
    folder = tmp_path_factory.mktemp("cleaning")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    bundle = portal.bundle(first(Reporter(world), files=sent))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    room_of.tell_prosecutor(office)
    return Room(office, Reporter(world), folder)


@pytest.fixture(scope="module")
def cleaned(room: Room) -> Path:
    """A dossier with re-rendered copies of all attachments."""
    out = room.folder / "cleaned.age"
    words = [
        "dossier",
        "make",
        "1",
        "--for",
        "prosecutor",
        "--to",
        "X",
        "--attachments",
        "cleaned",
        "--every-file",
    ]
    said = room.office.run(
        *words, "--recipient", room_of.ADDRESSEE.recipient().encode(), "--out", out, "--json"
    )
    assert 0 == said.code
    kept = "could not be re-rendered and is not enclosed; see: inbox file preview"
    assert [f"file {number} {kept}" for number in (4, 5, 7)] == said.json["warnings"]
    return out


@pytest.mark.slow
def test_a_rerendered_copy_has_no_hidden_data(
    cleaned: Path, room: Room, sent: list[bytes], tmp_path: Path
) -> None:
    """The place, device, author, day, file name and link are gone.

    The control reads the originals with exiftool.
    """
    parts = opened(cleaned)
    assert {f"files/{number}.{ending}" for number, ending in NAMES.items()} == {
        name for name in parts if name.startswith("files/")
    }
    for number, ending in NAMES.items():
        part = parts[f"files/{number}.{ending}"]
        assert CANARY.encode() not in part
        if ending != "txt":
            assert CANARY not in str(pictures.told(part, f".{ending}", tmp_path))
    assert CANARY in str(pictures.told(sent[0], ".jpg", tmp_path))
    before = opened(room.make("original.age", "--attachments", "original", "--every-file"))
    assert sent == [before[f"files/{number}"] for number in range(1, len(sent) + 1)]
    assert b"photo 1.jpg" not in parts["dossier.json"]
    assert b"photo 1.jpg" in before["dossier.json"]


def test_a_rerendered_copy_shows_what_the_original_shows(cleaned: Path) -> None:
    """The picture is upright, and both pages consist only of pixels.

    The control characters of the text are spelled out.
    """
    parts = opened(cleaned)
    with Image.open(io.BytesIO(parts["files/1.png"])) as image:
        assert ((32, 48), (0, 0, 255)) == (image.size, near(image.getpixel((28, 4))))
    paper = parts["files/2.pdf"]
    assert "" == room_of.printed(paper)
    raw = room_of.unpacked(paper)
    assert 2 == raw.count(b"/Subtype /Image")
    assert not [word for word in (b"/URI", b"/Annots", b"/Author", b"/JavaScript") if word in raw]
    assert "d\u00e9j\u00e0<U+202E> vu\n<b><U+001B>[2J" == parts["files/3.txt"].decode()


def near(colour: object) -> tuple[int, ...]:
    """Return the nearest primary colour.

    JPEG compression and the colour profile change the original colour slightly.
    """
    assert isinstance(colour, tuple)
    return tuple(255 * (value > 127) for value in colour)


def test_the_dossier_says_which_files_were_rerendered_and_which_files_could_not_be(cleaned: Path) -> None:
    """The dossier lists the hashes of the enclosed copies."""
    parts = opened(cleaned)
    files = json.loads(parts["dossier.json"])["files"]
    assert {4: None, 5: None, 7: None} == {
        file["number"]: file["sha256"] for file in files if file["part"] is None
    }
    said = room_of.printed(parts["dossier.pdf"])
    assert "refaits d\u2019après ce qu\u2019ils montrent" in said
    assert 3 == said.count("Ce fichier n\u2019a pas pu être refait")
    assert all(file["sha256"] in said for file in files if file["part"])


def test_only_chosen_files_are_enclosed_and_at_least_one_must_be_chosen(room: Room) -> None:
    parts = opened(room.make("chosen.age", "--attachments", "original", "--file", "2", "--file", "5"))
    assert {"files/2", "files/5"} == {name for name in parts if name.startswith("files/")}
    words = ["dossier", "preview", "1", "--for", "prosecutor", "--to", "X", "--attachments", "original"]
    assert 1 == room.office.run(*words, "--file", "9").code
    unsaid = room.office.run(*words)
    assert (1, True) == (unsaid.code, "a dossier with attachments, but no file" in unsaid.err)


def test_a_pdf_with_too_many_pages_is_not_enclosed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of only some pages could mislead the reader."""
    monkeypatch.setattr(sanitise, "MOST_PAGES", 1)
    parts = opened(room.make("long.age", "--attachments", "cleaned", "--file", "2"))
    assert not [name for name in parts if name.startswith("files/")]


def test_without_a_sandbox_no_file_is_rerendered(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a sandbox, nothing is written either. Enclosing the originals needs no sandbox."""
    monkeypatch.setattr(sandbox, "_PLACES", str(tmp_path))
    words = ["dossier", "make", "1", "--for", "prosecutor", "--to", "X", "--recipient"]
    words += [
        room_of.ADDRESSEE.recipient().encode(),
        "--out",
        str(tmp_path / "out"),
        "--every-file",
        "--attachments",
    ]
    before = room.office.state()
    said = room.office.run(*words, "cleaned")
    assert (1, True) == (said.code, "the sandbox does not work" in said.err)
    assert before == room.office.state()
    assert [] == [*tmp_path.iterdir()]
    assert 0 == room.office.run(*words, "original").code
