"""An edition as PDF: its text can be read by programs, and its charts are vectors with a text alternative."""

import re
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from inbox.figures.published.paper import paper
from tests.support.dossier_room import unpacked
from tests.support.editions import IMPRINT, publish, read, some_years


def made(language: str, years: int = 3) -> bytes:
    return paper(publish(some_years(years), years).edition(language), IMPRINT.day)


def told(program: str, pdf: bytes, tmp_path: Path, *options: str) -> str:
    file = tmp_path / "edition.pdf"
    file.write_bytes(pdf)
    return subprocess.run([program, *options, str(file)], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "Signalements"), ("en", "Reports: the figures for 2029")]
)
def test_the_file_states_its_language_and_its_title_and_has_a_text_alternative_for_each_chart(
    language: str, title: str, tmp_path: Path
) -> None:
    pdf = made(language)
    assert title in told("pdfinfo", pdf, tmp_path)
    raw = unpacked(pdf).decode("latin-1")
    assert f"/Lang ({language})" in raw
    charts = [
        each for section in publish(some_years(3), 3).edition(language).sections for each in section.charts
    ]
    assert len(re.findall(r"/Alt ", raw)) == len(charts) > 5


def test_charts_are_vectors_and_all_fonts_are_embedded(tmp_path: Path) -> None:
    pdf = made("fr")
    assert len(told("pdfimages", pdf, tmp_path, "-list").splitlines()) == 2  # the head alone
    fonts = told("pdffonts", pdf, tmp_path).splitlines()[2:]
    assert fonts
    assert all(re.search(r" yes (?:yes|no) +yes ", line) for line in fonts)


def test_programs_can_read_the_text_and_no_line_begins_with_a_colon_or_a_percent_sign() -> None:
    lines = [line.strip() for line in read(made("fr", 20)).splitlines()]
    assert any(
        re.fullmatch(r"• Signalements reçus.: \d+, contre \d+ en 2045 \(.\d+\)\.", line) for line in lines
    )
    assert not [line for line in lines if line.startswith((":", "»", "%", ";"))]


@pytest.mark.parametrize("years", [1, 20])
def test_no_heading_is_the_last_line_of_a_page(years: int, tmp_path: Path) -> None:
    edition = publish(some_years(years), years).edition("en")
    file = tmp_path / "edition.pdf"
    file.write_bytes(paper(edition, IMPRINT.day))
    read = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    pages = [[line.strip() for line in each.splitlines() if line.strip()] for each in read.stdout.split("\f")]
    assert len(pages) > 3
    # The last line is the footer.
    assert not {each.heading for each in edition.sections} & {lines[-2] for lines in pages if len(lines) > 1}


def test_each_table_has_its_caption() -> None:
    edition = publish(some_years(3), 3).edition("en")
    text = " ".join(read(paper(edition, IMPRINT.day)).split())
    captions = [each.table.caption.replace("\u00a0", " ") for each in edition.sections if each.table]
    assert len(captions) > 5
    assert [caption for caption in captions if caption not in text] == []


@pytest.mark.parametrize(("language", "of"), [("fr", "sur"), ("en", "of")])
@pytest.mark.parametrize("years", [1, 20])
def test_each_page_has_its_number_and_the_number_of_all_pages(language: str, of: str, years: int) -> None:
    with closing(PdfDocument(made(language, years))) as document:
        feet = [each.get_textpage().get_text_range().splitlines()[-1] for each in document]
    assert len(feet) > 2
    for number, foot in enumerate(feet, 1):
        assert foot.endswith(f"· page {number} {of} {len(feet)}")


def test_a_list_stays_on_one_page() -> None:
    """In the edition for the ninth year, the last list would otherwise begin near the end of a page."""
    for years in (1, 3, 9, 20):
        edition = publish(some_years(years), years).edition("en")
        method = next(each for each in edition.sections if each.name == "method")
        with closing(PdfDocument(paper(edition, IMPRINT.day))) as document:
            pages = [" ".join(each.get_textpage().get_text_range().split()) for each in document]
        (page,) = [text for text in pages if method.listed[0] in text]
        assert method.listed[-1] in page
