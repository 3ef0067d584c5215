"""Officers' French texts use the words of the house, which the law folder has."""

import re
import tomllib
from collections.abc import Iterator

from babel.messages.pofile import read_po

from inbox.language import labels
from templates import catalogues, shipped
from templates.catalogues import Domain
from tests.support.laws import FRENCH
from tests.support.paths import ROOT

AVOIDED = sorted({word for each in FRENCH.words.values() for word in each.avoid})
# With their forms: relevé, relevez; envois; indésirables.
PATTERN = re.compile(
    "|".join(rf"\b{re.escape(word.removesuffix('er'))}\w*" for word in AVOIDED), re.IGNORECASE
)
# What belongs to the word of the house itself; the registers that the law asks for, by their whole names.
KEPT = re.compile(r"registre des \w+|registres\b|cotation \(A1", re.IGNORECASE)
# « L'auteur » alone is, to a lawyer, who committed the facts; of a file, it is whoever made it.
REPORTER = re.compile(r"\bauteurs?\b", re.IGNORECASE)
OF_A_REPORT = re.compile(r"signalement|\b(?:son|leurs) auteurs?\b|: \{value\}$")


# What reporters read has its own words; the words of the house name those that they replace.
NOT_OFFICERS = {"replies.toml", "words.toml"}


def texts() -> Iterator[str]:
    with catalogues.path(Domain.OFFICERS, "fr").open("rb") as file:
        yield from (str(each.string) for each in read_po(file, locale="fr") if each.id)
    for codes in labels.tables():
        yield from (each.fr for each in labels.of(codes).values())


def written() -> Iterator[str]:
    """Yield each text that the files of the law and of printed pages have for officers."""
    for folder in (shipped.JURISDICTIONS / "fr", ROOT / "inbox"):
        for path in folder.rglob("*.toml"):
            if path.name not in NOT_OFFICERS:
                yield from french(tomllib.loads(path.read_text("utf-8")))


def french(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for key, text in value.items() if key == "fr")
        yield from (text for each in value.values() for text in french(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in french(each))


def subjects() -> Iterator[str]:
    """Yield by which words officers read what a report is about, in each field that says it."""
    for section in tomllib.loads(shipped.QUESTIONNAIRE.read_text("utf-8"))["section"]:
        for field in section["field"]:
            options = field.get("option", ())
            if any(each["id"] == "control_bypass" for each in options):
                yield from (each["label"]["fr"] for each in options)


def test_no_text_of_officers_uses_a_word_that_the_house_avoids() -> None:
    """On a screen, in the law, or on paper."""
    assert {"envoi", "relever", "indésirables"} <= set(AVOIDED)
    about = list(subjects())
    assert len(about) > 10
    read = [*texts(), *written(), *about]
    assert {"Suspension de fonctions", "Plis qui ne s\u2019ouvrent pas", "dossier"} <= set(read)
    assert [text for text in read if PATTERN.search(KEPT.sub("", text))] == []


def test_no_text_of_officers_takes_the_reporter_for_who_committed_the_facts() -> None:
    law = (
        each.name.fr
        for each in (*FRENCH.outcomes.values(), *FRENCH.duties.values(), *FRENCH.measures.values())
    )
    found = [text for text in (*texts(), *law) if REPORTER.search(text)]
    assert len(found) > 50
    assert [text for text in found if not OF_A_REPORT.search(text)] == []
    assert not OF_A_REPORT.search("Répondre à l\u2019auteur")


def test_what_was_wrong_would_be_seen() -> None:
    """The control: each was the text of a button or a line."""
    assert PATTERN.search("Contrôle évité, orienté ou falsifié")
    wrong = ("Relever", "déjà relevé", "Envoi 3", "deux envois", "Indésirables", "l'issue", "bris de glace")
    assert [text for text in wrong if not PATTERN.search(text)] == []
    assert not PATTERN.search(KEPT.sub("", "Registre des communications du dossier 3"))
