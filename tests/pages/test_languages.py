"""A further language needs only a catalogue and guides. Then every page exists in that language."""

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from playwright.sync_api import Browser, expect

from crypto import questionnaire
from crypto.keyring import Texts
from portal.config import Settings
from portal.site import freeze
from portal.web import guide, scenarios
from templates import shipped
from templates.law import reader
from tests.support.installation import free_port
from tests.support.marked_texts import public
from tests.support.page_visitor import Visitor
from tests.support.paths import ROOT
from tests.support.portal_server import Server

LANGUAGE = "eo"
ROOMS = ("crypto", "portal", "templates")
LETTERS = str.maketrans("aceghijlnorsuyACEGIJLNORSUY", "àćéğĥîĵļñôŕšûÿÀĆÉĞÎĴĻÑÔŔŠÛŸ")
PSEUDO = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{2,}")
# Words that are not translated: names, and the id of the questionnaire at the foot of the paper form.
UNTRANSLATED = {"Fanal", "Français", "English", "Android", "iPhone", "customs"}
NOT_TEXT = {"script", "style", "code", "pre"}


class Copy(Server):
    """A portal that runs from a copy of this project with one additional language."""

    def command(self, *arguments: str | Path) -> list[str]:
        start = (
            f"import sys; sys.path.insert(0, {str(self.folder)!r}); from portal.ops.cli import main; main()"
        )
        return [sys.executable, "-c", start, *super().command(*arguments)[1:]]

    def configure(self, **settings: str | float) -> None:
        """Write the configuration. The name is on each page and in no catalogue."""
        super().configure(**settings)
        with (self.folder / "portal.toml").open("a", encoding="utf-8") as file:
            file.write(f'[name]\nfr = "Port"\nen = "{pseudo("Port inspectorate")}"\n')


class Fulltext(HTMLParser):
    """Finds the words of a page that belong to no translated text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within.append(tag)
        for name, value in attrs:
            if name in {"aria-label", "title", "placeholder", "alt"}:
                self.handle_data(value or "")

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not NOT_TEXT & set(self._within):
            while (
                rest := PSEUDO.sub("", data)
            ) != data:  # the longest text first, because one text may be part of another
                data = rest
            self.found |= set(WORD.findall(rest)) - UNTRANSLATED


def pseudo(english: str) -> str:
    """Return the text with other letters and a third longer: it stays readable and keeps its parameters."""
    parts = re.split(r"(\{\w+\}|%\(\w+\)s)", english)
    longer = "".join(part if part.startswith(("{", "%(")) else part.translate(LETTERS) for part in parts)
    return f"⟦{longer}{' ļô' * (len(english) // 9)}⟧"


def texts_of(value: object) -> Iterator[str]:
    """Yield every English text of a questionnaire or a law."""
    if isinstance(value, Texts):
        yield value.en
    elif is_dataclass(value):
        yield from (text for each in fields(value) for text in texts_of(getattr(value, each.name)))
    elif isinstance(value, Mapping):
        yield from (text for each in value.values() for text in texts_of(each))
    elif isinstance(value, tuple):
        yield from (text for each in value for text in texts_of(each))


def write_catalogue(folder: Path) -> None:
    """Write the language's catalogues for templates, questionnaire, law and scenarios."""
    asked = questionnaire.parse(shipped.QUESTIONNAIRE.read_bytes())
    others = (asked, reader.read(Settings().law_folder), scenarios.load(Settings().guide_folder))
    catalogue = Catalog(locale=LANGUAGE, fuzzy=False)
    for english in public().union(*map(texts_of, others)):
        catalogue.add(english, pseudo(english))
    written = BytesIO()
    write_po(written, catalogue)
    place = folder / "templates" / "translations" / LANGUAGE / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "public.po").write_bytes(written.getvalue())


def write_guide(folder: Path, name: str) -> None:
    """Write the guide or a notice in the language as TOML."""
    english = guide.load(Settings().guide_folder, "en", name)

    def line(name: str, value: str | list[str]) -> str:
        return f"{name} = {json.dumps(value, ensure_ascii=False)}\n"

    lines = [line("title", pseudo(english.title)), line("lead", pseudo(english.lead[:90]))]
    if english.address:
        lines.append(line("address", pseudo(english.address)))
    for each in english.sections:
        items = [pseudo(item[:60]) for item in each.items or (each.text,)]
        lines += ["[[section]]\n", line("heading", pseudo(each.heading)), line("items", items)]
    (folder / "portal" / f"{name}.{LANGUAGE}.toml").write_text("".join(lines), "utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    write_catalogue(folder)
    for name in guide.NAMES:
        write_guide(folder, name)
    made = Copy(folder, free_port())
    made.make()
    return made


@pytest.fixture(scope="module")
def frozen(copy: Copy) -> Path:
    """Return the pages of the site as files."""
    copy.run("freeze", copy.folder / "frozen")
    return copy.folder / "frozen" / freeze.SITE


@pytest.mark.slow
def test_every_page_exists_in_the_added_language_without_untranslated_words(frozen: Path) -> None:
    pages = sorted((frozen / LANGUAGE).glob("*.html"))
    assert [page.name for page in pages] == sorted(page.name for page in (frozen / "fr").glob("*.html"))
    left = {page.name: Fulltext(page.read_text("utf-8")).found for page in pages}
    assert {name: words for name, words in left.items() if words} == {}


def test_the_search_finds_an_untranslated_word(frozen: Path) -> None:
    """The control for the test above."""
    assert {"Report", "anonymously"} <= Fulltext((frozen / "en" / "index.html").read_text("utf-8")).found


@pytest.mark.parametrize("path", ["index.html", "404.html", "fr/report.html", "en/verify.html"])
def test_pages_in_other_languages_have_a_link_to_the_added_language(frozen: Path, path: str) -> None:
    assert f'href="/{LANGUAGE}/' in (frozen / path).read_text("utf-8")


@pytest.mark.browser
def test_a_report_can_be_written_in_the_added_language(chromium: Browser, copy: Copy) -> None:
    """The texts are a third longer than in English and still fit a narrow screen.

    The token has words of the English list.
    """
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    with copy.serving():
        visitor = Visitor(context.new_page(), f"http://127.0.0.1:{copy.port}", LANGUAGE)
        for name in ("", "guide", "status"):
            visitor.visit(f"{LANGUAGE}/{name}")
            assert visitor.page.evaluate("document.documentElement.scrollWidth") == 320, name
        visitor.report()
        visitor.open()
        visitor.opened()
        visitor.shows("#status-label", "not-confirmed")
        expect(visitor.page.locator("html")).to_have_attribute("lang", LANGUAGE)
    context.close()
