"""Each page of the kit has all of its texts, in its own language, where a reader can read them."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops

from portal import config
from portal.kit import folder, texts
from templates.catalogues import LANGUAGES
from tests.support.kit_room import (
    DPI,
    EVERY,
    ONION,
    PDFS,
    SHOWN,
    URL,
    Word,
    bare,
    drawings,
    objects,
    printed,
    said,
    tagged,
    words,
)
from tests.support.paths import ROOT
from tests.support.values import strings

# The tables of the texts that each file contains whole, and single texts of the table `where`.
PARTS = {
    "poster-a4.pdf": ("poster", "where"),
    "poster-a3.pdf": ("poster", "where"),
    "card.pdf": ("card",),
    "slide.pdf": ("slide",),
    "notes.pdf": ("notes",),
    "intranet.txt": ("intranet",),
}
ALSO = {"slide.pdf": ("device",), "intranet.txt": ("address", "onion", "fingerprint")}
# What must never be lost or reversed, also if somebody edits the shipped file.
WARNINGS = {
    "fr": {
        "poster": ["Écrivez depuis votre propre appareil", "Jamais depuis un appareil du service"],
        "slide": ["Écrivez depuis votre propre appareil", "Jamais depuis un appareil du service"],
        "card": ["Ne rien accepter", "Noter chez soi", "Ne rien chercher", "17 ou 112", "Signaler", "Avocat"],
        "notes": ["Ne demandez à personne", "N\u2019enregistrez rien", "40\N{EN DASH}45 min"],
        "intranet": ["N\u2019ouvrez pas l\u2019adresse ci-dessous au travail", "votre propre appareil"],
    },
    "en": {
        "poster": ["Write from your own device", "Never use a work device"],
        "slide": ["Write from your own device", "Never use a work device"],
        "card": [
            "Accept nothing",
            "Take notes at home",
            "Look nothing up",
            "17 or 112",
            "Report soon",
            "lawyer",
        ],
        "notes": ["Ask nobody", "Record nothing", "40\N{EN DASH}45 min"],
        "intranet": ["Do not open the address below at work", "use your own device"],
    },
}
# The points of the poster, the steps of the card, and the parts of the notes.
COUNTS = {("poster", "points"): 4, ("card", "steps"): 5, ("notes", "before"): 3, ("notes", "part"): 6}
# The guide says how wide the code is without its white border, in mm: first on A4, then on A3.
DEPLOYING = ROOT / "docs/deploying.md"
QUIET = 4
CARDS = 4
DARK = 128
MM_PER_DOT = 25.4 / DPI


def told(kit: Mapping[str, bytes], name: str) -> str:
    return bare(kit[name].decode() if name.endswith(".txt") else said(kit[name]))


@pytest.mark.parametrize("name", PARTS)
def test_each_part_of_the_kit_has_all_of_its_texts_in_its_own_language(
    kit: Mapping[str, bytes], name: str
) -> None:
    loaded = texts.load(texts.SHIPPED)
    for language, other in itertools.permutations(LANGUAGES, 2):
        shown = told(kit, f"{language}/{name}")
        own, foreign = (
            [
                *(text for part in PARTS[name] for text in strings(loaded[each][part])),
                *(loaded[each]["where"][key] for key in ALSO.get(name, ())),
            ]
            for each in (language, other)
        )
        assert len(own) > 2
        assert [each for each in own if bare(each) not in shown] == []
        assert [each for each in foreign if each not in own and bare(each) in shown] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_texts_keep_every_warning_point_and_step(kit: Mapping[str, bytes], language: str) -> None:
    loaded = texts.load(texts.SHIPPED)[language]
    assert {place: len(loaded[place[0]][place[1]]) for place in COUNTS} == COUNTS
    for part, said_there in WARNINGS[language].items():
        for name in (each for each in PARTS if each.startswith(part)):
            shown = told(kit, f"{language}/{name}")
            assert [each for each in said_there if bare(each) not in shown] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_of_the_notes_has_the_name_and_its_number(kit: Mapping[str, bytes], language: str) -> None:
    pages = [" ".join(word.text for word in page) for page in words(kit[f"{language}/notes.pdf"])]
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        assert f"{SHOWN.name.in_(language)} \N{MIDDLE DOT} {number}" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_four_cards_is_whole(kit: Mapping[str, bytes], language: str) -> None:
    shown, card = told(kit, f"{language}/card.pdf"), texts.load(texts.SHIPPED)[language]["card"]
    for each in (card["title"], card["always"], *card["steps"]):
        assert shown.count(bare(each)) == CARDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_for_the_intranet_ends_with_the_addresses_the_fingerprint_and_the_name(
    kit: Mapping[str, bytes], language: str
) -> None:
    where = texts.load(texts.SHIPPED)[language]["where"]
    assert kit[f"{language}/intranet.txt"].decode().split("\n\n")[-4:] == [
        f"{where['address']}\n{URL}",
        f"{where['onion']}\n{ONION}",
        f"{where['fingerprint']}\n{SHOWN.fingerprint}",
        f"{SHOWN.name.in_(language)}\n",
    ]


@pytest.mark.parametrize("name", EVERY)
def test_no_word_covers_another(kit: Mapping[str, bytes], name: str) -> None:
    """The control is the same page with each word shifted by a few mm, which covers its neighbour."""
    for page in words(kit[name]):
        assert len(page) > 10
        assert covering(page) == []
        moved = [Word(each.text, each.left + 3, *(each.top, each.right + 3, each.bottom)) for each in page]
        assert covering([*page, *moved])


def covering(page: list[Word]) -> list[tuple[str, str]]:
    """Return the pairs of words whose boxes have more in common than their edges, which may touch."""
    return [
        (one.text, two.text)
        for one, two in itertools.combinations(page, 2)
        if min(one.right, two.right) - max(one.left, two.left) > 0.2
        and min(one.bottom, two.bottom) - max(one.top, two.top) > 0.2
    ]


def test_the_longest_host_name_fits_on_every_page() -> None:
    """The control: the configuration refuses a name that is one letter longer."""
    longest = f"{'w' * 63}.{'w' * 28}.example"
    assert config.is_host(longest)
    assert not config.is_host(longest.replace(".example", "w.example"))
    shown = replace(SHOWN, address=f"https://{longest}")
    for name, content in folder.make(texts.load(texts.SHIPPED), shown).items():
        if "poster" in name or "slide" in name:
            assert f"https://{longest}" in bare(said(content)), name
            width, _, margin = PDFS[name.partition("/")[2]]
            (page,) = words(content)
            assert min(each.left for each in page) >= margin
            assert max(each.right for each in page) <= width - margin
            assert covering(page) == []


@pytest.mark.parametrize("name", EVERY)
def test_no_line_bar_or_code_is_drawn_through_a_word(kit: Mapping[str, bytes], name: str) -> None:
    """The control is a word that is moved to each drawing."""
    for page, drawn in zip(words(kit[name]), drawings(kit[name]), strict=True):
        assert drawn
        assert [each for each in drawn if covering([*page, each]) != []] == []
        word = page[0]
        size = (word.right - word.left, word.bottom - word.top)
        for each in drawn:
            moved = Word("moved", each.left, each.top, each.left + size[0], each.top + size[1])
            assert covering([moved, each]) == [("moved", each.text)]


@pytest.mark.parametrize("name", [each for each in EVERY if "poster" in each])
def test_the_code_on_a_poster_is_as_wide_as_the_guide_says_and_has_a_white_border(
    kit: Mapping[str, bytes], name: str
) -> None:
    """A reader needs four white modules on each side (ISO/IEC 18004)."""
    page = printed(kit[name])
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text == ONION
    one, two = code.position.top_left, code.position.bottom_right
    stated = int(re.findall(r"(\d+) mm\s+wide", DEPLOYING.read_text("utf-8"))["a3" in name])
    for side in (two.x - one.x, two.y - one.y):
        assert side * MM_PER_DOT == pytest.approx(stated, abs=1)
    border = round(QUIET * (two.x - one.x) / modules(code)) - 2
    inside = dark(page, (one.x - 2, one.y - 2, two.x + 2, two.y + 2))
    assert dark(page, (one.x - border, one.y - border, two.x + border, two.y + border)) == inside > 0


def modules(code: zxingcpp.Barcode) -> int:
    """Return how many modules wide a code is, which follows from its version (ISO/IEC 18004)."""
    return 17 + 4 * int(code.extra["Version"])


def dark(page: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Return how many dots in a box are dark."""
    return sum(page.crop(box).histogram()[:DARK])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_card_folds_at_dashes_in_its_middle_to_the_size_of_a_bank_card(
    kit: Mapping[str, bytes], language: str
) -> None:
    """The lines to cut along are solid. The first three steps are above the fold, the others below."""
    raw = kit[f"{language}/card.pdf"]
    page = printed(raw)
    rows = [*page.resize((1, page.height), Image.Resampling.BOX).tobytes()]
    # A line along both cards of a row is dark in four fifths of the width.
    cuts = [y for y, (before, each) in enumerate(pairwise(rows)) if each < 70 <= before]
    assert len(cuts) == 3
    for top, bottom in pairwise(cuts):
        assert (bottom - top) * MM_PER_DOT == pytest.approx(2 * 54, abs=0.5)
        middle = (top + bottom) // 2
        fold = min(range(middle - 6, middle + 6), key=rows.__getitem__)
        line = page.crop((0, fold, page.width, fold + 1)).tobytes()
        runs = [(is_dark, len([*each])) for is_dark, each in groupby(dot < DARK for dot in line)]
        dashes = [length * MM_PER_DOT for is_dark, length in runs if is_dark]
        assert len(dashes) > 30
        assert max(dashes) < 5
    left, _, right, _ = ImageChops.invert(page).getbbox() or (0, 0, 0, 0)
    assert (right - left) * MM_PER_DOT == pytest.approx(2 * 85.6, abs=0.5)
    steps = [each for each in words(raw)[0] if re.fullmatch(r"[1-9]\.", each.text)]
    assert len(steps) == CARDS * 5
    fold_line = (cuts[1] + cuts[2]) / 2 * MM_PER_DOT
    lowest = {each.text: each.bottom for each in sorted(steps, key=lambda each: each.bottom)}
    assert [text for text, bottom in lowest.items() if bottom < fold_line] == ["1.", "2.", "3."]


@pytest.mark.parametrize("name", EVERY)
def test_a_program_that_reads_aloud_finds_each_heading_and_text(kit: Mapping[str, bytes], name: str) -> None:
    """Lines and bars have no text. The ends of lines neither join two words nor divide an address."""
    language, _, file = name.partition("/")
    loaded = texts.load(texts.SHIPPED)[language]
    found = [(tag, spaced(text)) for tag, text in tagged(kit[name])]
    title, *_ = strings(loaded[PARTS[file][0]])
    below = {
        "poster": [("H2", loaded["poster"]["report"])],
        "card": [("H1", title)] * (CARDS - 1),
        "slide": [],
        "notes": [("H2", each) for each in heads(loaded["notes"])],
    }
    headings = [("H1", title), *below[PARTS[file][0]]]
    assert [each for each in found if each[0].startswith("H")] == [
        (tag, spaced(each)) for tag, each in headings
    ]
    read = " | ".join(text for _, text in found)
    own = [text for part in PARTS[file] for text in strings(loaded[part])]
    own += [URL, ONION, SHOWN.fingerprint] if "poster" in file else []
    assert [each for each in own if spaced(each) not in read] == []
    assert ("QR" in read, [text for tag, text in found if tag == "Figure"]) == (
        False,
        [""] * ("poster" in file),
    )


def spaced(text: str) -> str:
    """Return a text with single spaces that can break."""
    return " ".join(text.split())


def heads(notes: Mapping[str, Any]) -> list[str]:
    """Return the headings of the notes, with the minutes of each part."""
    ends = [0, *itertools.accumulate(part["minutes"] for part in notes["part"])]
    timed = zip(ends, ends[1:], notes["part"], strict=False)
    return [
        notes["rules"],
        *(f"{start}\N{EN DASH}{end} min {part['heading']}" for start, end, part in timed),
    ]


@pytest.mark.parametrize("name", EVERY)
def test_a_line_or_bar_has_no_place_among_what_is_read_aloud(
    kit: Mapping[str, bytes], name: str, tmp_path: Path
) -> None:
    """Each element of the document is a text, or the code, which alone has a text in its place."""
    (tmp_path / "kit.pdf").write_bytes(kit[name])
    found = [each for each in objects(tmp_path / "kit.pdf") if each.get("/Type") == "/StructElem"]
    kinds = [each["/S"] for each in found]
    assert {each["/S"] for each in found if "/Alt" in each} <= {"/Figure"}
    read = tagged(kit[name])
    assert sorted(each for each in kinds if each != "/Document") == sorted(f"/{tag}" for tag, _ in read)
    assert all(text for tag, text in read if tag != "Figure")


@pytest.mark.parametrize("name", EVERY)
def test_a_file_says_its_title_its_language_and_what_its_code_contains(
    kit: Mapping[str, bytes], name: str, tmp_path: Path
) -> None:
    """Programs show the title in place of the name of the file."""
    language, _, file = name.partition("/")
    (tmp_path / file).write_bytes(kit[name])
    found = objects(tmp_path / file)
    title, *_ = strings(texts.load(texts.SHIPPED)[language][PARTS[file][0]])
    assert [each["/Title"] for each in found if "/Title" in each] == [f"u:{title}"]
    (catalogue,) = (each for each in found if each.get("/Type") == "/Catalog")
    assert catalogue["/Lang"] == f"u:{language}"
    assert catalogue["/MarkInfo"] == {"/Marked": True}
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    codes = [each["/Alt"] for each in found if each.get("/S") == "/Figure"]
    assert codes == [f"u:QR: {ONION}"] * ("poster" in file)
