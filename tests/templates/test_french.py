"""French typography, articles and sentences. On pages of the desk, also code and empty lists."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from crypto.keyring import Texts
from inbox.desk import rendering
from inbox.language.messages import sentence
from templates import catalogues, shipped
from templates.catalogues import Domain
from templates.law import reader
from tests.support.french import of_catalogue, of_document, of_toml
from tests.support.paths import ROOT

# Parts of a text that are not words: parameters, commands and addresses.
FILLED = re.compile(r"\{[^}]*\}|%\([a-z_]*\)s|https?:\S*|`[^`]*`|\b[\w-]+:[A-Za-z_]\S*|\*:\w+|LIEU:")
NONE_BEFORE = r"(?<![\s\u00a0\u202f;:!?.(…«])[;!?»](?=[\s\u00a0.,;:)]|$)|(?<=[\w)»]):(?=[\s\u00a0]|$)"
LACKING = re.compile(NONE_BEFORE + r"|«(?![\s\u00a0\u202f])")
# An article, a preposition or a comma at the end shows that a French text is incomplete.
CUT = re.compile(
    r"(?:^|[\s(])(?:le|la|les|une?|des|du|de|à|aux?|en|dès|dans|par|pour|sur|sous|avec|sans|et|ou|que?|qui)$|[,\u2019]$"
)
# In a French sentence, a name needs an article, but the names in the configuration have no articles. So a
# French text may have a configured name only next to a colon, in parentheses or in quotation marks.
NAME = "{name}"
ALONE = re.compile(r"^\{name\}\u00a0: |\u00a0: \{name\}|\(\{name\}\)|«\u00a0\{name\}\u00a0»")
# A line could break at such a space, and the next line would begin with the sign or the unit.
BREAKING = re.compile(r"« | [;:!?»]|[\dX] (?:%|[kMG]o\b)")
# Prose has typographic apostrophes.
STRAIGHT = re.compile(r"\w'\w")
MANY = 3000
DOCUMENTS = sorted((ROOT / "docs" / "fr").rglob("*.md"))


def of_catalogues() -> Iterator[str]:
    for domain in Domain:
        yield from of_catalogue(domain)


def of_folder(folder: str) -> Iterator[str]:
    for path in (ROOT / folder).rglob("*.toml"):
        yield from of_toml(tomllib.loads(path.read_text()), french_here=path.name.endswith(".fr.toml"))


def of_law() -> Iterator[str]:
    """Yield every French text of the law as the program reads it."""
    left: list[Any] = [reader.read(shipped.JURISDICTIONS / "fr")]
    while left:
        each = left.pop()
        if isinstance(each, Texts):
            yield each.fr
        elif is_dataclass(each):
            left += [getattr(each, field.name) for field in fields(each)]
        elif isinstance(each, dict):
            left += each.values()
        elif isinstance(each, tuple):
            left += each


def every_text() -> Iterator[str]:
    yield from of_catalogues()
    for folder in ("templates", "inbox", "portal"):
        yield from of_folder(folder)


def test_no_french_text_uses_a_configured_name_where_the_name_would_need_an_article() -> None:
    """Only the pages for cases and proofs are checked.

    On other pages, ``{name}`` is the name of a file.
    """
    pages = ("texts_case.html", "proof.html", "texts.html")
    with catalogues.path(Domain.PUBLIC, "fr").open("rb") as file:
        texts = [
            str(each.string)
            for each in read_po(file)
            if any(place.endswith(pages) for place, _ in each.locations) and NAME in str(each.string)
        ]
    of_files = [text for text in texts if "fichier" in text]
    named = [text for text in texts if text not in of_files]
    assert len(named) > 10
    assert [text for text in named if not ALONE.search(text)] == []


@pytest.mark.parametrize("text", ["{name} a une question pour vous.", "Joignez {name} autrement."])
def test_the_search_finds_a_name_where_an_article_is_needed(text: str) -> None:
    assert not ALONE.search(text)


def test_every_french_text_has_spaces_before_double_punctuation_and_inside_quotation_marks() -> None:
    texts = list(every_text())
    assert len(texts) > MANY
    assert [] == [text for text in texts if LACKING.search(FILLED.sub("X", text))]


def test_no_line_of_a_french_text_can_begin_with_double_punctuation() -> None:
    """A no-break space before the punctuation prevents this.

    The program adds the space when it reads the law, because officers may edit the law.
    """
    texts = [*of_catalogues(), *of_folder("inbox"), *of_law()]
    assert len(texts) > MANY
    assert [] == [text for text in texts if BREAKING.search(FILLED.sub("X", text))]


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_a_french_document_has_french_spaces_and_apostrophes(page: Path) -> None:
    lines = of_document(page).splitlines()
    assert [] == [
        line for line in lines if LACKING.search(line) or BREAKING.search(line) or STRAIGHT.search(line)
    ]


def test_the_search_reads_french_documents_without_their_code(tmp_path: Path) -> None:
    """The control of the test above."""
    (page := tmp_path / "page.md").write_text("Voir `x: l'a` et [lien](a'b: c) :\n\n```sh\nl'a ; b\n```\n")
    assert "Voir X et [lien]X :\n\nX\n" == of_document(page)
    assert BREAKING.search(of_document(page))
    assert STRAIGHT.search("l'auteur")
    assert not STRAIGHT.search("l\N{RIGHT SINGLE QUOTATION MARK}auteur")


def test_each_french_text_on_the_pages_about_destruction_is_a_complete_sentence() -> None:
    """Two officers sign the texts on these pages."""
    with catalogues.path(Domain.OFFICERS, "fr").open("rb") as file:
        texts = [
            str(each.string)
            for each in read_po(file)
            if each.id and any("/retention/" in path for path, _ in each.locations)
        ]
    assert len(texts) > 50
    assert [] == [text for text in texts if CUT.search(text)]
    assert all(
        map(CUT.search, ("À détruire dès le", "Détruit,", "à la demande d\N{RIGHT SINGLE QUOTATION MARK}"))
    )


@pytest.mark.parametrize("odd", ["Motif: x", "Quoi?", "un «mot»", "fin;", "Attention!"])
def test_the_search_finds_a_missing_space(odd: str) -> None:
    """The test above needs this control."""
    assert LACKING.search(odd)


@pytest.mark.parametrize(
    "odd", ["Motif : x", "Quoi ?", "« mot\u00a0»", "«\u00a0mot »", "fin ; et", "Non !", "1 Go", "5 %"]
)
def test_the_search_finds_a_breakable_space_before_double_punctuation(odd: str) -> None:
    """The test above needs this control. The search ignores times and addresses."""
    assert BREAKING.search(odd)
    assert not BREAKING.search("Motif\u00a0: à 12:30, «\u00a0oui\u00a0», https://x/?a ; ".rstrip(" ;"))


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_sentence_of_the_desk_shows_backticks(language: str) -> None:
    """The desk formats a command in backticks as code."""
    with catalogues.path(Domain.OFFICERS, "fr").open("rb") as file:
        typed = [str(each.id) for each in read_po(file) if each.id and "`" in str(each.id)]
    told = rendering.environment(language).filters["told"]
    said = [str(told(sentence(each.replace("{", "{{").replace("}", "}}")))) for each in typed]
    assert [] == [each for each in said if "`" in each]
    assert any("<code>" in each for each in said)
    assert "&lt;b&gt;" in str(told("<b>"))


# Finds texts for empty lists that begin with a word such as “Nothing” instead of naming the items.
NAMELESS = re.compile(
    r"{% el(?:se|if [^%]*) %}\s*<(?:p|span)[^>]*>{{ _\(\"((?:Nothing|None|none|Nobody)\b[^\"]*)\""
)


def test_the_text_for_an_empty_list_of_the_desk_names_the_items() -> None:
    """For an empty list of drafts, for example, the text is “No draft.”."""
    sources = [path.read_text() for path in (shipped.FOLDER / "desk").rglob("*.html")]
    assert [] == [said for source in sources for said in NAMELESS.findall(source)]
    assert [] == [text for text in of_catalogue(Domain.OFFICERS) if text in {"Rien.", "Aucun.", "Aucune."}]
    assert NAMELESS.search('{% else %}<p class="soft">{{ _("Nothing yet.") }}</p>')
    assert sum(source.count('<p class="soft">{{ _("No ') for source in sources) > 15
