"""If a report contains a corpus of hostile files, each file is shown with its true type and does no harm."""

import hashlib
import io
from dataclasses import replace

import pytest
from PIL import Image

from crypto.printable import visible
from inbox.files import attachments, previews
from inbox.files.previews import Preview
from inbox.language.views import View
from inbox.session.inbox import Inbox
from templates.catalogues import LANGUAGES
from tests.support import hostile, hostile_pdfs, inbox_builders
from tests.support.desk_room import sitting
from tests.support.gate import chosen
from tests.support.hostile import Hostile
from tests.support.hostile_pages import unlike_text
from tests.support.inbox_builders import Office, Portal, Reporter, World, first

pytestmark = pytest.mark.long

MOST = 99
CORPUS = hostile.corpus()
ENDLESS = Hostile("endless form.pdf", hostile.PDF, hostile_pdfs.endless(), hostile.PDF)
FILES = [*CORPUS, ENDLESS]
# For each decoder, the corpus has a valid file, a bomb and a truncated file. The corpus also has files with a
# false type or active content.
KINDS = [
    *("bomb.png", "bomb.gif", "bomb.webp", "frames.gif", "text-bomb.png", "fine.avif", "cut.avif", "cut.jpg"),
    *(
        "photo.heic",
        "made.jpg",
        "bomb.zip",
        "nested.zip",
        "overlapping.zip",
        "slip.zip",
        "bomb.gz",
        "slip.tar",
    ),
    *("made.docx", "own.odt", "squeezed.docx", "fine.pdf", "cut.pdf", "active.pdf", "encrypted.pdf"),
    *("loop.pdf", "wide.pdf", "script.gif", "both.pdf", "drawing.svg", "note.txt", "table.csv", "photo.jpg"),
    *("scan.pdf", "zeros"),
]
FILES += [Hostile(f"{n}.txt", "", b"x", "text/plain") for n in range(MOST - len(FILES))]


@pytest.fixture(scope="module")
def office(founded: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox whose one case has as many attachments as a report can have.

    The attachments are the whole corpus.
    """
    folder = tmp_path_factory.mktemp("hostile")
    office = founded.copy(folder / "office")
    world = World(office)
    portal = Portal(world, folder / "medium")
    described = inbox_builders.describe

    def named(files: list[bytes]) -> object:
        return tuple(
            replace(file, name=each.name, type=each.type)
            for file, each in zip(described(files), FILES, strict=True)
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox_builders, "describe", named)
        bundle = portal.bundle(first(Reporter(world), files=[each.data for each in FILES]))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    return office


def look(inbox: Inbox, number: int, page: int = 1) -> Preview:
    with inbox.transaction() as session:
        found = attachments.find(inbox.home, session, 1, number)
    return previews.look(inbox.home, found, page)


def number_of(name: str) -> int:
    return next(number for number, each in enumerate(FILES, 1) if each.name == name)


def all_said(view: View) -> list[str]:
    return [*view["warnings"], *view["metadata"], *view["entries"], view["not_shown"], view["measure"]]


@pytest.mark.parametrize(
    "number",
    chosen(range(1, len(CORPUS) + 1), *map(number_of, KINDS)),
    ids=[repr(each.name[:20]) for each in CORPUS],
)
def test_each_hostile_file_is_shown_as_its_true_type(inbox: Inbox, number: int) -> None:
    """The preview shows the hash of the file, the warnings that apply, and the only view that is safe."""
    file, seen = FILES[number - 1], look(inbox, number)
    view = seen.view
    assert (file.true, len(file.data)) == (view["true_type"], view["size"])
    assert hashlib.sha256(file.data).hexdigest() == view["sha256"]
    shown = {hostile.PIXELS: seen.picture is not None, hostile.TEXT: bool(view["text"])}
    assert {name: name == file.shown for name in shown} == shown, view["not_shown"]
    assert (file.shown == hostile.NOTHING) == bool(view["not_shown"])
    # Control characters in facts are already spelled out. The caller spells out the control characters in
    # names and declared types.
    said = [*map(visible, all_said(view))]
    assert [] == [part for part in file.said if not any(visible(part) in each for each in said)], said
    if not file.said:
        assert [] == view["warnings"]


def test_a_preview_has_the_pixels_of_the_page_and_no_other_data_of_the_file(inbox: Inbox) -> None:
    """A red page stays red. The output contains nothing that was hidden in the file."""
    seen = look(inbox, number_of("active.pdf"))
    picture = seen.picture
    assert picture is not None
    with Image.open(io.BytesIO(picture)) as image:
        assert ("PNG", (400, 200), "RGB", {}) == (image.format, image.size, image.mode, image.info)
        assert ((255, 0, 0), (255, 255, 255)) == (image.getpixel((100, 100)), image.getpixel((300, 100)))
    for name in ("script.gif", "hidden.jpg", "made.jpg"):
        picture = look(inbox, number_of(name)).picture
        assert picture is not None
        assert not [word for word in (b"owned", b"PK\x05\x06", b"Exif") if word in picture]


def test_a_missing_page_of_an_attachment_is_reported(inbox: Inbox) -> None:
    """The missing page may be a frame of an animation, or a page that a PDF merely declares.

    No page after page 500 is shown.
    """
    assert (500, [1, 1]) == tuple(
        look(inbox, number_of("frames.gif"), 500).view[name] for name in ("pages", "pixels")
    )
    assert 500 == look(inbox, number_of("repeated.pdf")).view["pages"]
    for name, page in (
        ("frames.gif", 501),
        ("repeated.pdf", 501),
        ("fine.pdf", 2),
        ("many.pdf", 400),
        ("many.pdf", 501),
    ):
        view = look(inbox, number_of(name), page).view
        assert (True, [0, 0]) == (bool(view["not_shown"]), view["pixels"]), name


def test_an_endless_rendering_is_stopped_and_the_true_type_is_still_shown(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "_BOUNDS", replace(previews._BOUNDS, seconds=2.0))
    view = look(inbox, number_of(ENDLESS.name)).view
    assert (hostile.PDF, [0, 0], True) == (
        view["true_type"],
        view["pixels"],
        "was ended" in view["not_shown"],
    )


def test_the_true_type_of_a_file_that_is_too_large_for_a_preview_is_still_shown(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash covers the whole file, although only its beginning was examined."""
    monkeypatch.setattr(previews, "MEGABYTE", 1)
    number = number_of("fine.pdf")
    view = look(inbox, number).view
    assert (hostile.PDF, [0, 0], "larger than 100 MB") == tuple(
        view[name] for name in ("true_type", "pixels", "not_shown")
    )
    assert hashlib.sha256(FILES[number - 1].data).hexdigest() == view["sha256"]


def test_no_hostile_file_can_write_control_characters_to_the_terminal(office: Office) -> None:
    """Every control character in text, names, types, entries and metadata is spelled out.

    No line is forged.
    """
    names = (
        "note.txt",
        "made.jpg",
        "slip.zip",
        hostile.BIDI,
        "alike.txt",
        "table.csv",
        "fine.pdf",
        "typed.txt",
    )
    for name in names:
        said = office.run("file", "preview", "1", str(number_of(name)))
        assert 0 == said.code
        printed = said.out + said.err
        assert [] == [char for char in printed if char != "\n" and visible(char) != char]
    typed = office.run("file", "preview", "1", str(number_of("typed.txt"))).err
    assert typed.startswith("warning: the file was sent as image/<U+001B>]0;owned<U+0007>")
    shown = office.run("file", "preview", "1", str(number_of("note.txt"))).out
    assert "<U+001B>]0;owned<U+0007>" in shown
    assert "invoice<U+202E>gpj.exe" in shown
    assert "│ =cmd|" in office.run("file", "preview", "1", str(number_of("table.csv"))).out


@pytest.mark.parametrize("language", chosen(LANGUAGES, "fr"))
def test_a_page_shows_the_contents_of_a_hostile_file_only_as_text(office: Office, language: str) -> None:
    """The test covers text, names, types, entries and metadata.

    As a control, the page shows each of these texts.
    """
    names = ("note.txt", "page.html", "drawing.svg", "made.jpg", "slip.zip", hostile.BIDI, "fine.pdf")
    names += ("made.docx", "table.csv", next(each.name for each in FILES if hostile.JINJA[:9] in each.name))
    with sitting(office) as client:
        pages = {name: client.page(f"/{language}/case/1/file/{number_of(name)}") for name in names}
    assert {} == {name: found for name, page in pages.items() if (found := unlike_text(page))}
    spelled = {name for name, page in pages.items() if "&lt;U+001B&gt;" in page or "&lt;U+202E&gt;" in page}
    assert {"note.txt", "made.jpg", "slip.zip", hostile.BIDI} == spelled
    written = {name for name, page in pages.items() if "&lt;script&gt;" in page}
    assert {"page.html", "drawing.svg", "made.jpg", "fine.pdf", "made.docx", names[-1]} == written


def test_a_case_lists_all_ninety_nine_hostile_files_by_their_names(office: Office) -> None:
    """The lists of cases work whatever the names contain."""
    assert MOST == len(FILES) == len(office.json("case", "show", "1")["attachments"])
    assert [each.name for each in FILES] == [
        each["name"] for each in office.json("case", "show", "1")["attachments"]
    ]
    for words in (["case", "list"], ["case", "show", "1"], ["queue", "list"]):
        said = office.run(*words)
        assert (0, "") == (said.code, said.err)
        assert hostile.RENDERED not in said.out
    assert MOST == office.json("case", "list")["cases"][0]["attachments"]
