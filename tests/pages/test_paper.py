"""The form to print for a letter: two pages, nothing cut off, and nothing that is false on paper."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crypto.questionnaire import Field, Kind
from portal.web import translation
from templates.catalogues import LANGUAGES
from tests.support import firefox_peer
from tests.support.accessibility import CONTRAST, violations
from tests.support.page_visitor import DESKTOP, TELEPHONE, Visitor
from tests.support.paper_form import ADDRESS, AddressedSite, Sheet, compact, cut, printed, sheets
from tests.support.printed_page import printed_lines
from tests.support.questionnaires import SHIPPED_PARSED

pytestmark = pytest.mark.browser

ASKED = [field for field in SHIPPED_PARSED.fields if field.paper]
LEFT_OUT = [field for field in SHIPPED_PARSED.fields if not field.paper]
# The default margins of browsers range from none to a centimetre.
MARGINS = ["0", "1cm"]
# Words that apply to the site but not to a letter.
OF_THE_SITE = re.compile(
    r"javascript|script|navigateur|browser|scell|seal|chiffr|encrypt|étape|\bstep|bouton|button|cliqu|click"
    r"|\bécran|\bscreen\b|cette page|this page|ce site|this site|par messages|by messages",
    re.IGNORECASE,
)
# The printed colours of texts and visible borders, and of backgrounds that are not transparent.
COLOURS = """() => {
  const clear = "rgba(0, 0, 0, 0)";
  const found = new Set();
  for (const each of document.querySelectorAll(".form, .form *")) {
    for (const style of [getComputedStyle(each), getComputedStyle(each, "::before")]) {
      found.add(`ink ${style.color}`);
      if (style.backgroundColor !== clear) found.add(`paper ${style.backgroundColor}`);
      for (const side of ["top", "right", "bottom", "left"])
        if (parseFloat(style.getPropertyValue(`border-${side}-width`)))
          found.add(`ink ${style.getPropertyValue(`border-${side}-color`)}`);
    }
  }
  return [...found].sort();
}"""
BLACK_ON_WHITE = ["ink rgb(0, 0, 0)", "paper rgb(255, 255, 255)"]
# The questions that are split between two columns.
IN_TWO_COLUMNS = """() => [...document.querySelectorAll("[data-question]")]
  .filter((each) => each.getClientRects().length > 1).map((each) => each.dataset.question)"""
# Puts a block of this height before the questions, and allows the questions to be cut anywhere.
SPOIL = """(height) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@media print { .leaf { display: block !important; min-height: 0 !important }
    .parts, .questions, .boxes, .question { columns: auto !important; display: block !important;
      break-inside: auto !important }
    .head { display: block !important; height: ${height}mm } }`);
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.fixture(scope="module", name="addressed")
def addressed_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AddressedSite]:
    made = AddressedSite(tmp_path_factory.mktemp("portal"), "sqlite:///portal.sqlite")
    with made.serving():
        yield made
    made.close()


@pytest.fixture(params=LANGUAGES)
def form(request: pytest.FixtureRequest, addressed: AddressedSite, chromium: Browser) -> Iterator[Page]:
    """The page with the form, in each language, on a phone."""
    context = chromium.new_context(viewport=TELEPHONE)
    page = context.new_page()
    page.goto(f"{addressed.address}/{request.param}/paper")
    yield page
    context.close()


def language_of(page: Page) -> str:
    return str(page.locator("html").get_attribute("lang"))


def texts(field: Field, language: str) -> list[str]:
    """Return all texts of a question of the questionnaire."""
    notices = [option.notice for option in field.options]
    said = [field.label, field.hint, field.warning, *(option.label for option in field.options), *notices]
    return [getattr(each, language) for each in said if each]


def found_in(found: list[Sheet], text: str) -> bool:
    return any(compact(text) in sheet.text for sheet in found)


@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_paper_form_prints_on_two_pages(form: Page, paper: str, margin: str) -> None:
    assert len(printed(form, paper, margin)) == 2


@pytest.mark.soak
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_firefox_prints_the_whole_paper_form_on_two_pages(
    addressed: AddressedSite, tmp_path: Path, paper: str
) -> None:
    """Tor Browser is based on Firefox, and prints the form in the same way."""
    with firefox_peer.browsing({}) as peer:
        for language in LANGUAGES:
            file = tmp_path / f"{language}.pdf"
            peer.does("print", address=f"{addressed.address}/{language}/paper", paper=paper, file=str(file))
            found = sheets(file.read_bytes())
            assert len(found) == 2
            wanted = [text for field in ASKED for text in texts(field, language)]
            assert [text for text in wanted if not found_in(found, text)] == []


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_each_question_of_the_paper_form_is_on_one_page_with_all_its_boxes_and_lines(
    form: Page, paper: str
) -> None:
    found = printed(form, paper)
    assert cut(found, form) == []
    assert sum(sheet.squares for sheet in found) == sum(len(field.options) for field in ASKED)
    lines = {Kind.TEXT: 2, Kind.LINE: 1, Kind.PERIOD: 2}
    wanted = sum(16 if field.most > 4000 else lines.get(field.kind, 0) for field in ASKED)
    assert sum(sheet.lines for sheet in found) >= wanted


def test_the_paper_form_splits_no_question_between_two_columns(form: Page) -> None:
    """Several paper widths are tested.

    As a control, some questions are split if the rules that keep each question together are absent.
    """
    form.emulate_media(media="print")
    assert in_two_columns(form) == []
    form.evaluate(
        "for (const each of document.querySelectorAll('.question')) each.style.breakInside = 'auto'"
    )
    assert in_two_columns(form) != []


def in_two_columns(page: Page) -> list[str]:
    found: list[str] = []
    for width in (794, 816, 760, 730, 700, 670):
        page.set_viewport_size({"width": width, "height": 1123})
        found += page.evaluate(IN_TWO_COLUMNS)
    return found


def test_the_search_finds_a_question_that_is_cut(form: Page) -> None:
    """Without the rules that keep a question together, one of these heights cuts a question in two."""
    spoiled = []
    for height in range(10, 60, 5):
        form.evaluate(SPOIL, height)
        spoiled += cut(printed(form), form)
    assert spoiled != []


def test_the_paper_form_asks_in_order_all_questions_that_suit_a_letter_and_no_others(form: Page) -> None:
    language, found = language_of(form), printed(form)
    order = [each.get_attribute("data-question") for each in form.locator("[data-question]").all()]
    assert order == [field.id for field in ASKED]
    wanted = [text for field in ASKED for text in texts(field, language)]
    assert len(wanted) > 150
    assert [text for text in wanted if not found_in(found, text)] == []
    assert LEFT_OUT
    assert [field.id for field in LEFT_OUT if found_in(found, getattr(field.label, language))] == []


def test_the_paper_form_has_the_address_and_says_what_a_letter_cannot_do(form: Page) -> None:
    found, words = printed(form), translation.load(language_of(form)).gettext
    assert [line for line in ADDRESS if not found_in(found[:1], line)] == []
    for english in (
        "A letter gives you no twelve words. You cannot read an answer, and nobody can ask you anything.",
        "Write in capitals: people can recognise your handwriting.",
        "Paper keeps fingerprints. Wear gloves. Lick neither stamp nor envelope.",
        "The postmark tells the day and the area. Post it far from home and work, without a sender.",
    ):
        assert found_in(found[:1], words(english)), english
    prosecutor = SHIPPED_PARSED.options("path")[2]
    assert prosecutor.id == "gave_in"
    assert prosecutor.notice
    assert found_in(found, getattr(prosecutor.notice, language_of(form)))


def test_the_paper_form_says_nothing_that_is_true_only_of_the_site(form: Page) -> None:
    """The offered answers are left out, because they name things such as seals.

    The control is the web form.
    """
    answers = {getattr(o.label, language_of(form)) for field in ASKED for o in field.options}
    lines = [line for line in printed_lines(form) if line not in answers]
    assert len(lines) > 60
    assert [line for line in lines if OF_THE_SITE.search(line)] == []
    assert len([line for line in form.inner_text("body").splitlines() if OF_THE_SITE.search(line)]) > 2


def test_only_the_form_itself_is_printed(form: Page) -> None:
    """The header, “Leave quickly”, the footer and the advice on printing are not printed."""
    lines = printed_lines(form)
    form.emulate_media(media="print")
    assert lines == [line for line in form.inner_text(".form").splitlines() if line.strip()]
    form.emulate_media(media="screen")
    assert len(lines) < len([line for line in form.inner_text("body").splitlines() if line.strip()])


def test_the_title_of_the_paper_form_reveals_nothing_to_a_printer(form: Page) -> None:
    """Printers and print servers store titles."""
    assert form.title() in {"Formulaire à imprimer", "Form to print"}


def test_the_paper_form_is_black_on_white(form: Page) -> None:
    """Colours must not depend on dark mode or on the printer. The control is a grey line."""
    form.emulate_media(media="print", color_scheme="dark")
    assert form.evaluate(COLOURS) == BLACK_ON_WHITE
    form.evaluate("document.querySelector('.boxes').style.borderTop = '1px solid #777'")
    assert form.evaluate(COLOURS) != BLACK_ON_WHITE


def test_the_page_with_the_paper_form_is_accessible(form: Page) -> None:
    """The page is tested on a phone, on a wide screen, in dark mode, and in print."""
    found = violations(form)
    form.set_viewport_size(DESKTOP)
    form.emulate_media(color_scheme="dark")
    found += violations(form)
    form.emulate_media(media="print")
    found += violations(form, CONTRAST)
    assert found == []


def test_the_page_with_the_paper_form_warns_of_traces_before_it_says_how_to_print(form: Page) -> None:
    words = translation.load(language_of(form)).gettext
    page = form.inner_text("main")
    said = ("Printing and paper leave traces.", "How to print it", "Report by letter")
    places = [page.index(words(each)) for each in said]
    assert places == sorted(places)


def test_the_paper_form_prints_the_same_without_a_script(addressed: AddressedSite, chromium: Browser) -> None:
    found = []
    for enabled in (True, False):
        context = chromium.new_context(java_script_enabled=enabled)
        page = context.new_page()
        page.goto(f"{addressed.address}/fr/paper")
        found.append(printed(page))
        context.close()
    assert found[0] == found[1]


def test_the_paper_form_takes_two_pages_even_without_an_address(visitor: Visitor) -> None:
    """The shipped texts have no address, because some inspectorates want to send the form to another body."""
    for language in LANGUAGES:
        visitor.visit(f"{language}/paper")
        assert len(printed(visitor.page)) == 2
        assert "[" not in visitor.page.inner_text(".to")


def test_pages_that_mention_paper_have_a_link_to_the_paper_form(chromium: Browser, visitor: Visitor) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for name in ("report", "sealed", "legal", "help", "guide"):
        page.goto(f"{visitor.address}/fr/{name}")
        assert page.locator("main a[href='/fr/paper']").count() == 1, name
    page.click("main a[href='/fr/paper']")
    page.click("main a[href='/fr/']")
    assert page.url == f"{visitor.address}/fr/"
    context.close()
