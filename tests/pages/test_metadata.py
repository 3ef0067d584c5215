"""The page finds and removes metadata in files, in a real browser; exiftool checks the sent files."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Locator, expect

from inbox.files.media import clean
from inbox.files.media.patches import patched
from tests.support import browsing, pictures
from tests.support.boxed_films import SECRET, SOUND, VIDEO, Film, box
from tests.support.boxed_pictures import Album
from tests.support.builders import INSPECTORATE
from tests.support.page_visitor import Visitor
from tests.support.phone_kinds import EXAMINED, MOST_SECONDS, SECONDS, large_photo
from tests.support.pictures import CANARY
from tests.support.portal_site import PortalSite

pytestmark = pytest.mark.browser

JFIF = {"JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution", "JFIF:YResolution"}
# Tags that the page keeps, because they describe the size and format of the picture.
FORM = {"PNG", "RIFF"}
CORE = f"<cp:coreProperties><dc:creator>{CANARY} Durand</dc:creator></cp:coreProperties>"


@pytest.fixture
def gallery(tmp_path: Path) -> list[Path]:
    """A picture of each kind, with all kinds of metadata.

    One file contains a picture, an older preview of it, and a second picture at the end.
    """
    kinds = ("photo.jpg", "shot.png", "web.webp")
    return [*(pictures.picture(tmp_path / name) for name in kinds), _with_preview(tmp_path)]


def _with_preview(folder: Path) -> Path:
    return pictures.with_thumbnail(pictures.picture(folder / "edited.jpg", 3))


def attached(visitor: Visitor, *files: Path) -> list[Locator]:
    """Add files to an open report page; return their rows once the page has examined all files."""
    visitor.page.set_input_files("#files", files)
    rows = visitor.page.locator("#files-list > li")
    expect(visitor.page.locator("#files-list > li[aria-busy=false]")).to_have_count(len(files))
    return rows.all()


def begun(visitor: Visitor, language: str = "en") -> None:
    visitor.visit(f"{language}/report")
    visitor.turn_to("#channels")
    visitor.page.check(f"#channels-{INSPECTORATE}")
    visitor.turn_to("#files")


def sent(visitor: Visitor) -> dict[int, bytes]:
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    return visitor.site.report()[1]


@pytest.mark.slow
def test_pictures_are_sent_without_metadata_and_with_every_pixel(
    visitor: Visitor, gallery: list[Path], tmp_path: Path
) -> None:
    """In the sent files, exiftool finds only the orientation and the format of the picture.

    In the original files, exiftool finds more metadata.
    """
    begun(visitor)
    rows = attached(visitor, *gallery)
    files = sent(visitor)
    for number, original in enumerate(gallery, 1):
        before = pictures.told(original.read_bytes(), original.suffix, tmp_path)
        assert CANARY in str(before)
        assert CANARY.encode() in original.read_bytes()
        after = pictures.told(files[number], original.suffix, tmp_path)
        left = {tag: value for tag, value in after.items() if tag.split(":")[0] not in FORM | {"JFIF"}}
        assert {"EXIF:Orientation": 3 if original.stem == "edited" else 6} == left
        assert {tag for tag in after if tag.startswith("JFIF")} <= JFIF
        assert CANARY.encode() not in files[number]
        assert _same(original.read_bytes(), files[number])
    assert len(rows) == len(gallery)


@pytest.mark.slow
def test_films_and_pictures_of_phones_are_sent_without_metadata_and_with_every_sample(
    visitor: Visitor, tmp_path: Path
) -> None:
    """The page sends the same bytes as the Python modules, and lists what was found and what stays.

    Attaching a file makes no request, so the network does not learn of it.
    """
    made = {"film.mp4": Film((VIDEO, SOUND, SOUND)).built(), "photo.heic": Album().built()}
    begun(visitor)
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    requests = len(visitor.requests)
    film, photo = attached(visitor, *(tmp_path / name for name in made))
    assert requests == len(visitor.requests)
    for row, words in (
        (film, ("+48.8534+002.3488/", "2026-03-05", "several soundtracks", "picture and sound as they were")),
        (photo, (SECRET.decode(), "small previews", "another layer of the picture")),
    ):
        for each in words:
            expect(row).to_contain_text(each)
    files = sent(visitor)
    for number, data in enumerate(made.values(), 1):
        assert SECRET in data
        assert SECRET not in files[number]
        plan = clean.plan(io.BytesIO(data))
        assert b"".join(patched([data], plan.patches)) == files[number]


def test_without_a_compiler_a_photo_of_four_megabytes_is_examined_in_a_second(
    chromium: Browser, site: PortalSite, tmp_path: Path
) -> None:
    """The browser is Chromium with --jitless, as slow as the safest setting of Tor Browser."""
    photo = large_photo(tmp_path / "photo.heic")
    browser = browsing.launch(chromium.browser_type, "--js-flags=--jitless")
    visitor = Visitor(browser.new_page(), site.address)
    begun(visitor)
    visitor.page.evaluate(EXAMINED)
    attached(visitor, photo)
    seconds = float(visitor.page.evaluate(SECONDS))
    browser.close()
    assert 0 < seconds < MOST_SECONDS


def test_a_film_that_is_not_understood_is_sent_only_as_it_is_and_only_on_request(
    visitor: Visitor, tmp_path: Path
) -> None:
    data = Film(appended=box("moof")).built()
    (tmp_path / "film.mp4").write_bytes(data)
    begun(visitor)
    (row,) = attached(visitor, tmp_path / "film.mp4")
    expect(row).to_contain_text("This file is unusual or damaged")
    visitor.page.get_by_label("Send it as it is all the same").check()
    assert data == sent(visitor)[1]


@pytest.mark.parametrize("name", ["film.mov", "film.3gp", "sound.m4a"])
def test_no_name_of_a_film_is_called_wrong(visitor: Visitor, tmp_path: Path, name: str) -> None:
    """Phones use these endings for files of the same form. The ending of another kind is called wrong."""
    begun(visitor)
    for each in (name, "film.jpg"):
        (tmp_path / each).write_bytes(Film().built())
    right, wrong = attached(visitor, tmp_path / name, tmp_path / "film.jpg")
    expect(right).not_to_contain_text("its content is")
    expect(wrong).to_contain_text("its content is MP4")


def test_the_metadata_that_was_found_is_listed_beside_each_picture(
    visitor: Visitor, gallery: list[Path]
) -> None:
    """Place, device, day and name are shown as they are in the file."""
    begun(visitor)
    for row in attached(visitor, *gallery):
        for words in ("48.8534° N, 2.3488° E", f"{CANARY} 12", "2026-03-04", f"{CANARY} Durand"):
            expect(row).to_contain_text(words)
    expect(visitor.page.locator("#files-list > li").last).to_contain_text("Something after its end")
    expect(visitor.page.locator("#files-list > li").last).to_contain_text("small preview")


def test_the_page_says_that_a_picture_has_no_metadata(visitor: Visitor, tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "bare.png")
    begun(visitor)
    (row,) = attached(visitor, tmp_path / "bare.png")
    expect(row).to_contain_text("Nothing was found besides the picture")
    assert sent(visitor) == {1: (tmp_path / "bare.png").read_bytes()}


def test_the_metadata_of_a_picture_is_sent_only_if_the_reporter_asks_for_it(
    visitor: Visitor, tmp_path: Path
) -> None:
    original = pictures.picture(tmp_path / "photo.jpg")
    begun(visitor)
    (row,) = attached(visitor, original)
    row.get_by_label("Send it with all this: it could identify you").check()
    assert sent(visitor) == {1: original.read_bytes()}


def test_a_damaged_picture_is_sent_only_after_a_warning(visitor: Visitor, tmp_path: Path) -> None:
    """The picture is cut short but still contains the place where it was taken.

    The text of the report is kept, and nothing is sent before the warning.
    """
    broken = tmp_path / "broken.jpg"
    whole = pictures.picture(tmp_path / "photo.jpg").read_bytes()
    broken.write_bytes(whole[:-9])
    begun(visitor)
    visitor.turn_to("#what")
    visitor.page.fill("#what", "kept")
    visitor.turn_to("#files")
    (row,) = attached(visitor, broken)
    expect(row.locator(".caution")).to_contain_text("damaged")
    visitor.page.click("#continue")
    visitor.shows("#error", "file-broken")
    # The warning is beside the label, not inside it.
    expect(visitor.page.locator(":not(label) > .wrong")).to_have_count(1)
    assert visitor.page.input_value("#what") == "kept"
    row.get_by_label("Send it as it is all the same").check()
    assert sent(visitor) == {1: whole[:-9]}


def test_documents_are_listed_with_their_metadata_and_advice_on_removing_it(
    visitor: Visitor, tmp_path: Path
) -> None:
    """Documents are sent unchanged, because only the reporter can clean them."""
    pdf, docx, bare = tmp_path / "note.pdf", tmp_path / "note.docx", tmp_path / "bare.odt"
    Image.new("RGB", (9, 9)).save(pdf, author=f"{CANARY} Durand", title="Draft")
    for path, member, text in ((docx, "docProps/core.xml", CORE), (bare, "meta.xml", "<x/>")):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("[Content_Types].xml", "<Types/>")
            made.writestr(member, text)
    begun(visitor)
    rows = attached(visitor, pdf, docx, bare)
    for row in rows[:2]:
        expect(row).to_contain_text(f"Name: {CANARY} Durand")
    expect(rows[0]).to_contain_text("Draft")
    expect(rows[2]).to_contain_text("cannot be ruled out")
    for row in rows:
        row.locator("summary").click()
        expect(row.locator("details p")).to_be_visible()
    assert sent(visitor) == {n: path.read_bytes() for n, path in enumerate((pdf, docx, bare), 1)}


def test_the_page_examines_a_file_by_its_content_and_ignores_its_name(
    visitor: Visitor, tmp_path: Path
) -> None:
    """A photo with the name of a text file is cleaned, and the inspectorate learns its true type."""
    original = pictures.picture(tmp_path / "photo.jpg")
    lying = original.rename(tmp_path / "notes.txt")
    begun(visitor)
    (row,) = attached(visitor, lying)
    expect(row.locator(".caution")).to_contain_text("ends in “txt”, but its content is JPEG")
    files = sent(visitor)
    assert CANARY.encode() not in files[1]
    assert [each.type for each in visitor.site.report()[0].files] == ["image/jpeg"]


@pytest.mark.parametrize(
    ("name", "data", "warnings"),
    [
        ("film.mp4", b"\0\0\0\x18ftypmp42", 1),
        pytest.param("drawing.svg", b"<svg/>", 1, marks=pytest.mark.soak),
        ("a.txt", b"hello", 0),
    ],
)
def test_the_page_warns_of_a_file_that_it_cannot_examine(
    visitor: Visitor, tmp_path: Path, name: str, data: bytes, warnings: int
) -> None:
    (tmp_path / name).write_bytes(data)
    begun(visitor)
    (row,) = attached(visitor, tmp_path / name)
    expect(row.locator(".caution")).to_have_count(warnings)


def _same(one: bytes, other: bytes) -> bool:
    shown, sent_ = pictures.upright(one), pictures.upright(other)
    return shown.size == sent_.size and ImageChops.difference(shown, sent_).getbbox() is None
