"""An edition as a page: it obeys the portal's policy, and everybody can read it."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate

import pytest
from playwright.sync_api import Browser, Page, Request
from pyphen import Pyphen

from inbox.figures.published.page import page, syllables
from portal.web import headers
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.accessibility import violations
from tests.support.editions import PLAN, publish, some_years
from tests.support.markup import Markup
from tests.support.paths import ROOT

ADDRESS = "https://portal.test/fr/figures"
WORD = "anticonstitutionnellement"
LONG = f'fr = "Autrement, de plusieurs façons à la fois, {WORD} parlant, ou de façon inconnue"'


def made(language: str = "fr", years: int = 5, said: str = PLAN) -> bytes:
    return page(publish(some_years(years), years, said).edition(language))


@contextmanager
def shown(
    chromium: Browser, content: bytes, width: int = 1280
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """Serve a page with the portal's headers; yield it, the browser's complaints, and all its requests."""
    with chromium.new_context(viewport={"width": width, "height": 800}) as context:
        opened = context.new_page()
        complaints: list[str] = []
        requests: list[str] = []

        def note(request: Request) -> None:
            requests.append(request.url)

        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("request", note)
        said = {**headers.ALWAYS, "Content-Type": "text/html; charset=utf-8"}
        opened.route("**/*", lambda route: route.fulfill(body=content, headers=said))
        opened.goto(ADDRESS)
        yield opened, complaints, requests


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_obeys_the_policy_of_the_portal_and_loads_nothing(chromium: Browser, language: str) -> None:
    with shown(chromium, made(language)) as (opened, complaints, requests):
        opened.wait_for_load_state("networkidle")
        assert complaints == []
        assert requests == [ADDRESS]


@pytest.mark.parametrize(
    "planted",
    [
        b"<style>p { color: red }</style>",
        b'<p style="color: red">x</p>',
        b"<script>1</script>",
        b'<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">',
        b'<link rel="stylesheet" href="https://portal.example/style.css">',
    ],
)
def test_the_browser_complains_about_a_planted_violation(chromium: Browser, planted: bytes) -> None:
    """The test above needs this control."""
    with shown(chromium, made().replace(b"</main>", planted + b"</main>")) as (opened, complaints, _):
        opened.wait_for_load_state("networkidle")
        assert any("Content Security Policy" in each for each in complaints)


def test_the_page_has_no_script_no_style_and_no_reference_to_another_file() -> None:
    markup = Markup(made().decode())
    tags = {tag for tag, _ in markup.elements}
    assert "svg" in tags
    assert not tags & {
        "script",
        "style",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "image",
        "use",
    }
    names = {name for _, attributes in markup.elements for name in attributes}
    assert not {
        name for name in names if name in {"style", "src", "href", "xlink:href"} or name.startswith("on")
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("years", [1, 5, 20])
def test_axe_finds_no_barrier(chromium: Browser, language: str, years: int) -> None:
    with shown(chromium, made(language, years)) as (opened, _, _):
        assert violations(opened) == []
        assert opened.evaluate("document.documentElement.lang") == language


def test_axe_finds_a_planted_chart_without_a_title(chromium: Browser) -> None:
    """The test above needs this control."""
    content = re.sub(rb' aria-labelledby="total[^"]*"|<(title|desc) id=.*?</\1>', b"", made())
    with shown(chromium, content) as (opened, _, _):
        assert any(each.startswith("svg-img-alt") for each in violations(opened))


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", [PLAN, PLAN.replace('fr = "Autre situation ou non précisé"', LONG)])
def test_nobody_has_to_scroll_sideways(chromium: Browser, width: int, said: str, language: str) -> None:
    with shown(chromium, made(language, 6, said), width) as (opened, _, _):
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("language", "word", "pieces"),
    [
        ("fr", "signalement", "si gna le ment"),
        ("fr", "approchées", "ap pro chées"),
        ("fr", "Méditerranée,", "Mé di ter ra née,"),
        ("fr", "évolutions", "évo lu tions"),
        ("fr", "graphiques", "gra phiques"),
        ("fr", "comptent", "comptent"),
        ("en", "approached", "ap proached"),
        ("en", "prosecutor", "prosecutor"),
        ("en", "administrative", "administra tive"),
        ("en", "creation", "creation"),
        ("en", "witness", "witness"),
        ("en", "2027-2029", "2027-2029"),
    ],
)
def test_only_long_words_can_be_broken_and_only_between_syllables(
    language: str, word: str, pieces: str
) -> None:
    label = 'label = { fr = "A été approché", en = "Was approached" }'
    said = PLAN.replace(label, f'label = {{ fr = "{word} a été", en = "{word} here" }}')
    assert said != PLAN
    assert (
        f">{pieces.replace(' ', '&shy;')} {'a été' if language == 'fr' else 'here'}</th>"
        in made(language, said=said).decode()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_headings_and_captions_are_not_broken(language: str) -> None:
    """They have a whole line each. The words in a row of a table, which are the control, can be broken."""
    lines = made(language).decode().splitlines()
    broken = {each[1 : each.index(">")].split()[0] for each in lines if "&shy;" in each}
    assert broken == {"th"}


def texts(said: object, language: str) -> Iterator[str]:
    """Yield the texts of a TOML document in a language."""
    match said:
        case {"fr": str(), "en": str()}:
            yield said[language]
        case dict():
            yield from (text for each in said.values() for text in texts(each, language))
        case list():
            yield from (text for each in said for text in texts(each, language))


# Pyphen never divides a word after “con”, nor a French word in which two syllables are left.
CAUTIOUS = {"Conteneurs", "Contrôles", "confiance", "confidentiel", "contient", "contrôle", "contrôles"}


@pytest.mark.parametrize(("language", "lists"), [("fr", ["fr"]), ("en", ["en_US", "en_GB"])])
def test_a_list_of_hyphenated_words_divides_every_word_there_too(language: str, lists: list[str]) -> None:
    """English words are divided differently in America and in Britain; either way is correct."""
    files = (
        shipped.FOLDER / "publication" / "fr.toml",
        ROOT / "inbox" / "figures" / "published" / "words.toml",
    )
    said = " ".join(
        text for file in files for text in texts(tomllib.loads(file.read_text("utf-8")), language)
    )
    known = [Pyphen(lang=each, left=2, right=2) for each in lists]
    divided = {word: syllables(word, language) for word in re.findall(r"[^\W\d_]{8,}", said)}
    assert len([word for word, pieces in divided.items() if len(pieces) > 1]) > 25
    wrong = []
    for word, pieces in divided.items():
        places = set(accumulate(map(len, pieces[:-1])))
        allowed = {place for each in known for place in each.positions(word)}
        if places - allowed and word not in CAUTIOUS:
            wrong.append("-".join(pieces))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_ends_within_a_period_or_a_number(chromium: Browser, language: str) -> None:
    """A text that fits on one line has one rectangle, whatever it is part of."""
    find = """() => {
        const found = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const text = walker.currentNode.data;
            for (const match of text.matchAll(/\\d[\\d\\u202f,]*(?:[-\\u00a0](?:to|à|%)?\\u00a0?\\d*)?/g)) {
                const range = document.createRange();
                range.setStart(walker.currentNode, match.index);
                range.setEnd(walker.currentNode, match.index + match[0].trimEnd().length);
                const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.top)));
                found.push([match[0], lines.size]);
            }
        }
        return found;
    }"""
    with shown(chromium, made(language, 6), 320) as (opened, _, _):
        found = opened.evaluate(find)
        assert len([text for text, _ in found if "2027" in text and "2032" in text]) > 5
        assert [text for text, lines in found if lines > 1] == []
        planted = " ".join("x" * size + " 2027-2032" for size in range(20))
        opened.evaluate("(said) => { document.querySelector('p').textContent = said; }", planted)
        assert [text for text, lines in opened.evaluate(find) if lines > 1]


def test_lines_are_short_enough_to_read_and_charts_are_not_wider_than_the_text(chromium: Browser) -> None:
    with shown(chromium, made()) as (opened, _, _):
        widths = opened.evaluate(
            "[...document.querySelectorAll('main, svg')].map((each) => each.clientWidth)"
        )
        assert 500 < widths[0] <= 700
        assert all(300 < width <= 400 for width in widths[1:])


def test_every_id_is_unique_and_every_chart_has_a_title_and_a_text_alternative() -> None:
    markup = Markup(made().decode())
    ids = [attributes["id"] for _, attributes in markup.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    charts = markup.all("svg")
    assert len(charts) > 5
    for each in charts:
        assert set(each["aria-labelledby"].split()) <= set(ids)


def test_titles_and_labels_are_text_not_markup() -> None:
    said = PLAN.replace('fr = "A été approché"', "fr = \"<b onclick='x'>A</b>\"")
    assert not [each for each in Markup(made(said=said).decode()).all("b") if each]
    assert b"&lt;b onclick=" in made(said=said)
