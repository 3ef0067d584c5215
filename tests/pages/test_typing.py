"""Typing the twelve words: for a mistyped word, a button offers a correction, without a request."""

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Page, expect

from crypto import casetoken
from crypto.casetoken import WrongChecksum
from templates.catalogues import LANGUAGES
from tests.support import firefox_peer
from tests.support.offline_form import OfflineVisitor
from tests.support.on_screen import centred, stays
from tests.support.page_visitor import Visitor
from tests.support.portal_site import PortalSite

pytestmark = pytest.mark.browser

OFFERED = "#completions button"


def mistyped(word: str) -> str:
    """Return a word with its second and third letters swapped, a common slip."""
    return word[0] + word[2] + word[1] + word[3:]


def exchanged(words: Sequence[str]) -> Iterator[str]:
    """Yield each order of the words in which the first word and another one are exchanged."""
    for place in range(1, len(words)):
        order = list(words)
        order[0], order[place] = order[place], order[0]
        yield " ".join(order)


def has_wrong_checksum(text: str) -> bool:
    """On average, one of 16 wrong orders has a correct checksum by chance."""
    try:
        casetoken.parse(text)
    except WrongChecksum:
        return True
    return False


def told_to_screen_readers(page: Page, field: str) -> tuple[str, str]:
    """Return how Chromium presents a field to screen readers: whether it is invalid, and its description."""
    session = page.context.new_cdp_session(page)
    found = session.send("Runtime.evaluate", {"expression": f"document.querySelector('{field}')"})
    place = {"objectId": found["result"]["objectId"], "fetchRelatives": False}
    (node,) = session.send("Accessibility.getPartialAXTree", place)["nodes"]
    (invalid,) = (each["value"]["value"] for each in node["properties"] if each["name"] == "invalid")
    return invalid, node["description"]["value"]


def typed(page: Page, text: str) -> None:
    """Type the words while they are visible."""
    page.click("#show-typed")
    page.fill("#token", text)


def test_no_correction_is_offered_while_the_words_are_hidden(visitor: Visitor) -> None:
    visitor.visit("fr/status")
    visitor.page.fill("#token", "vipère exilre ")
    visitor.shows("#typed", "mistyped-veiled")
    expect(visitor.page.locator(OFFERED)).to_have_count(0)
    visitor.page.click("#show-typed")
    expect(visitor.page.locator(OFFERED)).to_have_text(["exiler"])


def test_a_word_that_resembles_no_other_is_pointed_out_without_a_suggestion(visitor: Visitor) -> None:
    visitor.visit("fr/status")
    typed(visitor.page, "vipère qqqqqqqq ")
    visitor.shows("#typed", "unknown-word")
    expect(visitor.page.locator(OFFERED)).to_have_count(0)


def test_after_an_error_at_a_mistyped_word_the_suggestions_are_still_explained(
    visitor: Visitor,
) -> None:
    """The line with the suggestion replaces the error at the field, and looks like an error.

    A screen reader still reads the error, with the same text as in the summary.
    """
    page = visitor.page
    entropy = casetoken.generate()
    words = list(casetoken.words(entropy, "fr"))
    words[3] = "exilre"
    visitor.visit("fr/status")
    page.fill("#token", " ".join(words))
    page.press("#open", "Enter")
    visitor.shows("#error", "unknown-word")
    visitor.shows("#typed", "mistyped-veiled")
    replaced = page.locator(".typing > .wrong")
    expect(replaced).to_be_hidden()
    looks = replaced.evaluate("(each) => [getComputedStyle(each).color, getComputedStyle(each).fontWeight]")
    expect(page.locator("#typed")).to_have_css("color", looks[0])
    expect(page.locator("#typed")).to_have_css("font-weight", looks[1])
    is_invalid, description = told_to_screen_readers(page, "#token")
    assert ("true", True) == (is_invalid, description.endswith(page.inner_text("#error a")))
    page.press("#show-typed", "Enter")
    visitor.shows("#typed", "mistyped")
    expect(page.locator(OFFERED)).to_have_text(["exiler"])
    page.fill("#token", "abandon")
    page.press("#open", "Enter")
    visitor.shows(".typing > .wrong", "wrong-count")
    expect(page.locator("#typed")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_beside_the_empty_field_and_the_button_that_shows_the_twelve_words_differ_in_name(
    visitor: Visitor, language: str
) -> None:
    visitor.visit(f"{language}/status")
    for typed_, receipt in (("show-words", "show-token"), ("hide-words", "hide-token")):
        names = [
            visitor.page.locator(f"#texts [data-code={each}]").text_content() for each in (typed_, receipt)
        ]
        assert all(names)
        assert names[0] != names[1]
    expect(visitor.page.locator("#show-typed")).to_have_text(
        visitor.page.locator("#texts [data-code=show-words]").text_content() or "?"
    )


@pytest.mark.parametrize(
    ("text", "offered", "becomes"),
    [("vipère exilre azur", ["exiler"], "vipère exiler azur"), ("zoo zebar", [], "zoo zebar")],
    ids=["french", "still typed"],
)
def test_a_mistyped_word_is_replaced_only_when_its_button_is_pressed(
    visitor: Visitor, text: str, offered: list[str], becomes: str
) -> None:
    visitor.visit("fr/status")
    typed(visitor.page, text)
    expect(visitor.page.locator(OFFERED)).to_have_text(offered)
    assert visitor.page.input_value("#token") == text
    for button in visitor.page.locator(OFFERED).all():
        button.click()
        expect(visitor.page.locator("#token")).to_be_focused()
    assert visitor.page.input_value("#token") == becomes
    visitor.shows("#typed", "words-typed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_press_corrects_a_slip_and_the_case_opens(visitor: Visitor, language: str) -> None:
    """The page makes its request only after the correction, so the portal never gets the mistyped word.

    The page stops showing the error as soon as the word is corrected.
    """
    visitor.language = language
    visitor.reported()
    words = visitor.words
    visitor.requests.clear()
    slipped = next(
        at for at, word in enumerate(words) if len(word) > 5 and word.isascii() and mistyped(word) != word
    )
    visitor.open(" ".join([*words[:slipped], mistyped(words[slipped]), *words[slipped + 1 :]]))
    visitor.shows("#error", "unknown-word")
    visitor.page.click("#show-typed")
    title = visitor.page.title()
    visitor.page.locator(OFFERED, has_text=words[slipped]).first.click()
    for place in ("#error", ".typing > .wrong"):
        expect(visitor.page.locator(place)).to_be_hidden()
    expect(visitor.page.locator("#token")).to_have_attribute("aria-invalid", "false")
    assert title.endswith(visitor.page.title())
    assert title != visitor.page.title()
    assert [each.url for each in visitor.requests if each.method == "POST"] == []
    visitor.page.click("#open")
    visitor.opened()


def test_the_message_for_words_in_the_wrong_order_differs_from_that_for_a_wrong_word(
    visitor: Visitor,
) -> None:
    visitor.reported()
    visitor.open(next(filter(has_wrong_checksum, exchanged(visitor.words))))
    visitor.shows("#error", "wrong-checksum")
    visitor.page.press("#token", "End")
    visitor.page.keyboard.insert_text(" ")
    visitor.shows("#typed", "words-typed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_field_and_the_button_are_visible_on_a_small_screen(visitor: Visitor, language: str) -> None:
    """The field and the button are visible without scrolling, above the bar with “Leave quickly”.

    The control is the footer.
    """
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.visit(f"{language}/status")
    expect(page.locator("#open")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    ends = page.evaluate(
        """() => ["#token", "#show-typed", "#open", "footer"].map(
          (each) => document.querySelector(each).getBoundingClientRect().bottom)"""
    )
    bar = page.locator(".leave").bounding_box()
    assert bar
    assert [end <= bar["y"] for end in ends] == [True, True, True, False]


@pytest.mark.parametrize(("width", "most"), [(360, 100), (1280, 60)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_little_empty_room_around_the_field(
    visitor: Visitor, language: str, width: int, most: int
) -> None:
    """The help with typing appears in the same space as the hint."""
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 640})
    visitor.visit(f"{language}/status")
    expect(page.locator("#open")).to_be_visible()
    hint, field, button = (page.locator(each).bounding_box() for each in ("#token-hint", "#token", "#open"))
    assert hint
    assert field
    assert button
    assert 0 <= field["y"] - hint["y"] - hint["height"] < most
    assert 0 <= button["y"] - field["y"] - field["height"] < 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_showing_the_words_moves_nothing_on_a_phone(visitor: Visitor, language: str) -> None:
    """The two labels of the button need the same number of lines. The control is a label that is too long."""
    page = visitor.page
    tops = """() => ["#token", "#show-typed", "#open"].map(
      (each) => document.querySelector(each).getBoundingClientRect().top)"""
    before: list[float] = []
    for width in range(320, 421, 5):
        page.set_viewport_size({"width": width, "height": 640})
        visitor.visit(f"{language}/status")
        expect(page.locator("#open")).to_be_visible()
        before = page.evaluate(tops)
        page.click("#show-typed")
        expect(page.locator("#show-typed")).to_have_attribute("aria-pressed", "true")
        assert page.evaluate(tops) == before, width
        if width == 360:
            place, bar = page.locator("#open").bounding_box(), page.locator(".leave").bounding_box()
            assert place
            assert bar
            assert place["y"] + place["height"] <= bar["y"]
    page.locator("#show-typed").evaluate("(each) => { each.textContent = 'm'.repeat(30); }")
    assert page.evaluate(tops) != before


def test_typing_words_moves_nothing_below_the_field(visitor: Visitor) -> None:
    """Whatever the page offers, nothing below the field moves.

    The test uses a small phone and French, which has longer sentences.
    """
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.visit("fr/status")
    page.click("#show-typed")
    places = set()
    for text in (
        "",
        "vi",
        "vipère",
        "vipère ch",
        "vipère exilre ",
        "vipère coureur ",
        "vipère qqqqq ",
        "abandon " * 14,
    ):
        page.fill("#token", text)
        places.add(page.locator("#open").evaluate("(each) => each.getBoundingClientRect().top + scrollY"))
    assert len(places) == 1
    top = centred(page.locator("#open"))
    page.click("#open")
    visitor.shows("#error", "wrong-count")
    assert stays(page.locator("#open"), top)


def test_all_suggested_words_are_visible_on_a_small_phone(visitor: Visitor) -> None:
    """The suggested words continue on further lines, and no word is cut at the edge."""
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.visit("fr/status")
    typed(page, "vipère coureur ")
    expect(page.locator(OFFERED)).to_have_text(["curseur", "douceur", "fureur", "joueur"])
    for button in page.locator(OFFERED).all():
        expect(button).to_be_in_viewport(ratio=1)
    assert page.locator("#completions").evaluate("(each) => each.scrollWidth <= each.clientWidth")


def test_the_offline_form_offers_the_same_corrections(offline_visitor: OfflineVisitor) -> None:
    offline_visitor.save()
    offline_visitor.start()
    offline_visitor.page.click("#to-case")
    typed(offline_visitor.page, "vipère exilre ")
    expect(offline_visitor.page.locator(OFFERED)).to_have_text(["exiler"])
    assert {request.url.partition(":")[0] for request in offline_visitor.requests} == {"file"}
    assert offline_visitor.complaints == []


@pytest.mark.long
@pytest.mark.soak
def test_firefox_offers_the_same_corrections(site: PortalSite) -> None:
    with firefox_peer.browsing({}) as peer:
        peer.does("visit", address=site.address, language="fr")
        found = peer.does("mistype", words="vipère exilre ")
    assert found == {"offered": ["exiler"], "becomes": "vipère exiler "}
