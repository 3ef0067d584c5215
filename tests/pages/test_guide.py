"""The guide to recognising a corrupt approach: on screen, on one printed sheet, and without a network."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from portal.app import create_app, load_questionnaire
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.web import guide, pages, translation
from portal.web.guide import MOST, Guide
from templates.catalogues import LANGUAGES
from tests.support.markup import Markup
from tests.support.page_visitor import Visitor
from tests.support.paths import ROOT
from tests.support.printed_page import sheets

ROOM = Settings().guide_folder
WAY = ROOT / "docs/reporters-way.md"
# The rows of the table with the heights of the home page and the guide.
HEIGHTS = re.compile(r"^\| ((?:home|guide) \| \w\w \| \d+ \| \d+) \|", re.MULTILINE)
# Who can help, besides the numbers to call.
HELPERS = {
    "fr": ["psychologue", "avocat", "syndicats", "médecin du travail"],
    "en": ["psychologist", "lawyer", "unions", "company doctor"],
}
# What a legal notice must name (article 1-1 of Act 2004-575), and where reports on paper go.
LEGAL = {
    "the publisher": {
        "fr": r"Qui le publie Directeur de la publication : \[nom\]\. Téléphone : \[numéro\]",
        "en": r"Who publishes it Responsible for publication: \[name\]\. Telephone: \[number\]",
    },
    "the host": {
        "fr": r"Qui l.héberge \[nom, adresse et téléphone de l.hébergeur\]",
        "en": r"Who hosts it \[name, address and telephone of the host\]",
    },
    "the address": {
        "fr": r"\[nom du service\] \[rue et numéro\] \[code postal et ville\]",
        "en": r"\[name of the office\] \[street and number\] \[postcode and town\]",
    },
}
WHOLE = 'title = "T"\nlead = "L"\n[[section]]\nheading = "H"\nitems = ["a", "b"]\n'


def test_the_smallest_valid_guide_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "guide.en.toml").write_text(WHOLE)
    assert guide.load(tmp_path, "en") == Guide("T", "L", (guide.Section("H", "", ("a", "b")),))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title =", "is not TOML"),
        ("", "guide: 'title' is missing"),
        (WHOLE + "colour = 1", "line 6: guide, section 1: 'colour' is not known"),
        ("titel = 1\n" + WHOLE, "guide: 'titel' is not known"),
        (WHOLE.replace('"T"', "5"), "guide: 'title' must be a text that is not empty"),
        (WHOLE.replace('"L"', '" "'), "guide: 'lead' must be a text that is not empty"),
        (WHOLE.replace('["a", "b"]', '"a"'), "section 1: 'items' must be a list"),
        (WHOLE.replace('"b"', '""'), "section 1, items 2 must be a text that is not empty"),
        (WHOLE + "[[section]]\nheading = 'X'\n", "line 6: guide, section 2: it needs 'text' or 'items'"),
        (WHOLE + "[[section]]\nheading = 'X'\nfolded = true\n", "section 2: it needs 'text' or 'items'"),
        (WHOLE + "call = ['17']\n", "section 1: 'call' has “17”, which is not in its texts"),
        (WHOLE + "[[section]]\nheading = 'X'\ncall = ['17']\n", "section 2: it needs 'text' or 'items'"),
        (WHOLE + "folded = 1\n", "section 1: 'folded' must be true or false"),
        (WHOLE.replace("[[section]]", "[section]"), "'section' must be a list"),
        ("section = []\n" + WHOLE.partition("[[")[0], "'section' must be a list with at least one entry"),
        ("address = 'A'\n" + WHOLE, "guide: 'address' is not known"),
        (WHOLE.replace('"T"', f'"{"x" * MOST}"'), f"4004 characters, but at most {MOST} are allowed"),
    ],
)
def test_an_error_in_a_guide_names_the_file_and_the_place(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "guide.fr.toml").write_text(text)
    with pytest.raises(BadConfiguration, match=words) as caught:
        guide.load(tmp_path, "fr")
    assert str(tmp_path / "guide.fr.toml") in str(caught.value)
    assert caught.value.hint


def test_the_legal_notice_shows_the_postal_address(tmp_path: Path) -> None:
    """The address has the same lines as on an envelope. A portal without an address does not start."""
    for path in ROOM.glob("*.toml"):
        shutil.copy(path, tmp_path)
    settings = Settings(folder=tmp_path, guide=".")
    notice = tmp_path / "legal.fr.toml"
    notice.write_text(WHOLE)
    with pytest.raises(BadConfiguration, match="legal: 'address' is missing"):
        create_app(settings)
    notice.write_text('address = """Inspection\n1 rue X"""\n' + WHOLE)
    shown = pages.render(settings, load_questionnaire(settings))["/fr/legal"].decode()
    assert '<p class="written">Inspection\n1 rue X</p>' in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legal_notice_names_the_publisher_and_the_host_and_the_address(language: str) -> None:
    shown = pages.render(Settings(), load_questionnaire(Settings()))[f"/{language}/{guide.LEGAL}"].decode()
    main = shown.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    page = " ".join(re.sub(r"<[^>]+>|\s", " ", main).split())
    assert Settings().name.in_(language) in page
    assert [part for part, words in LEGAL.items() if not re.search(words[language], page)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_page_names_who_can_support_and_advise(language: str) -> None:
    """The test reads only the text that the inspectorate writes, not the advice of the law."""
    text = str(guide.load(ROOM, language, guide.HELP))
    assert [helper for helper in HELPERS[language] if helper not in text] == []


def test_phone_numbers_of_a_section_become_links_wherever_its_text_has_them() -> None:
    section = guide.Section("H", "17 or 116 006 <b>", ("call 17", "2017"), call=("116 006", "17"))
    assert section.parts(section.text) == [
        *(("", ""), ("17", "17"), (" or ", ""), ("116 006", "116006"), (" <b>", "")),
    ]
    assert section.parts("nobody") == [("nobody", "")]
    assert guide.Section("H", "17", ()).parts("17") == [("17", "")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phone_number_on_the_help_page_is_a_link(language: str) -> None:
    """The text of the link is the number as it is usually written."""
    shown = pages.render(Settings(), load_questionnaire(Settings()))[f"/{language}/help"].decode()
    links = re.findall(r'<a href="tel:(\d+)">([\d ]+)</a>', shown)
    assert ("3114", "3114") in links
    assert ("116006", "116 006") in links
    plain = re.sub(r"(?s)<a\b.*?</a>|<[^>]+>", "", shown.partition("<main")[2].partition("</main>")[0])
    assert re.findall(r"\b(?:3\d{3}|11\d \d{3}|0\d(?: \d\d){4})\b", plain) == []


@pytest.mark.parametrize("name", guide.NAMES)
def test_a_portal_does_not_start_if_a_guide_or_notice_lacks_a_language(tmp_path: Path, name: str) -> None:
    for path in ROOM.glob("*.toml"):
        shutil.copy(path, tmp_path)
    (tmp_path / f"{name}.en.toml").unlink()
    with pytest.raises(BadConfiguration, match=rf"{name}\.en\.toml was not read: no such file"):
        create_app(Settings(folder=tmp_path, guide="."))


@pytest.mark.parametrize("name", guide.NAMES)
def test_guides_and_notices_have_the_same_parts_in_both_languages(name: str) -> None:
    french, english = (guide.load(ROOM, language, name) for language in translation.LANGUAGES[:2])
    shape = [[(bool(each.text), len(each.items)) for each in found.sections] for found in (french, english)]
    assert shape[0] == shape[1]
    assert len(shape[0]) >= 3


@pytest.mark.parametrize(("language", "most"), [("fr", (124, 51)), ("en", (131, 53))])
def test_home_and_guide_link_to_situations_and_rehearsal_without_growing_longer(
    language: str, most: tuple[int, int]
) -> None:
    """The limits are the numbers of words before the links were added; the guide itself is not counted."""
    found = pages.render(Settings(), load_questionnaire(Settings()))
    home, around = (
        found[f"/{language}/{name}"].decode().partition(begin)[2].partition("</main>")[0]
        for name, begin in (("", '<main id="main" tabindex="-1">'), ("guide", '<div class="screen">'))
    )
    for part, limit in zip((home, around), most, strict=True):
        for name in ("scenarios", "rehearsal"):
            assert part.count(f'href="/{language}/{name}"') == 1
        words = [each for each in re.sub(r"<[^>]+>", " ", part).split() if re.search(r"\w", each)]
        assert 40 < len(words) <= limit


@pytest.mark.browser
@pytest.mark.parametrize(("name", "part"), [("home", "main"), ("guide", "main > .screen")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_home_and_guide_are_no_higher_than_before_the_links_were_added(
    visitor: Visitor, language: str, name: str, part: str
) -> None:
    """The document has the heights in pixels before. Of the guide, only what the program adds is measured."""
    rows = [re.findall(r"\w+", row) for row in HEIGHTS.findall(WAY.read_text("utf-8"))]
    limits = {
        int(width): int(most)
        for page, language_of, width, most in rows
        if (page, language_of) == (name, language)
    }
    assert [*limits] == [320, 360, 1280]
    for width, most in limits.items():
        visitor.page.set_viewport_size(ViewportSize(width=width, height=640))
        visitor.visit(f"{language}/" if name == "home" else f"{language}/{name}")
        box = visitor.page.locator(part).bounding_box()
        assert box
        assert most / 2 < box["height"] < most + 1


@pytest.mark.parametrize("language", translation.LANGUAGES)
def test_the_guide_lists_the_numbers_to_call(language: str) -> None:
    text = str(guide.load(ROOM, language))
    assert [number for number in ("17", "112", "114") if number not in text] == []


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_and_its_saved_file_each_print_on_one_sheet(
    visitor: Visitor, tmp_path: Path, language: str
) -> None:
    """The saved file opens from disk, loads nothing, has its own style, and does not name the site."""
    visitor.visit(f"{language}/guide")
    assert sheets(visitor.page) == 1
    with visitor.page.expect_download() as download:
        visitor.page.click("a[download]")
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    visitor.requests.clear()
    visitor.page.goto(saved.as_uri())
    assert [request.url for request in visitor.requests] == [saved.as_uri()]
    assert visitor.page.evaluate("getComputedStyle(document.body).maxWidth") == "714px"
    assert sheets(visitor.page) == 1
    text = saved.read_text("utf-8")
    assert [word for word in ("Fanal", "http", "/static", visitor.address) if word in text] == []
    markup = Markup(text)
    assert {tag for tag, _ in markup.elements} & {"script", "link", "img", "a", "form"} == set()
    expect(visitor.page.locator("h2")).to_have_count(7)


@pytest.mark.browser
def test_the_longest_guide_that_the_portal_accepts_prints_on_one_sheet(visitor: Visitor) -> None:
    visitor.visit("fr/guide")
    lengthen = "(text) => { document.querySelector('.sections li').textContent += text }"
    left = MOST - len(visitor.page.locator("article").inner_text())
    visitor.page.evaluate(lengthen, "abcdefghi " * (left // 10))
    assert sheets(visitor.page) == 1
    visitor.page.evaluate(lengthen, "abcdefghi " * 300)
    assert sheets(visitor.page) > 1, "the control of this test"


@pytest.mark.browser
def test_the_guide_shows_all_its_text_without_a_script(chromium: Browser, visitor: Visitor) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{visitor.address}/en/guide")
    sections = guide.load(ROOM, "en").sections
    assert page.locator("article h2").all_inner_texts() == [each.heading for each in sections]
    assert page.locator("article li").all_inner_texts() == [item for each in sections for item in each.items]
    plain.close()
