"""French texts for officers use the house vocabulary, which the law folder lists."""

import re
import tomllib
from collections.abc import Iterable, Iterator

from babel.messages.pofile import read_po

from inbox.language import labels
from templates import catalogues, shipped
from templates.catalogues import Domain
from tests.support.laws import FRENCH
from tests.support.paths import ROOT

AVOIDED = sorted({word for each in FRENCH.words.values() for word in each.avoid})
# The pattern includes inflected forms: relevé, relevez; envois; indésirables.
PATTERN = re.compile(
    "|".join(rf"\b{re.escape(word.removesuffix('er'))}\w*" for word in AVOIDED), re.IGNORECASE
)
# These texts are allowed: the full names of the registers that the law requires, and a preferred word itself.
KEPT = re.compile(r"registre des \w+|registres\b|cotation \(A1", re.IGNORECASE)
# To a lawyer, « l'auteur » without a noun is the offender. In « l'auteur du fichier », the word means the
# person who made the file.
REPORTER = re.compile(r"\bauteurs?\b", re.IGNORECASE)
OF_A_REPORT = re.compile(r"signalement|\b(?:son|leurs) auteurs?\b|: \{value\}$")


# Texts of earlier versions, in which the search must find the words that the law says to avoid.
EARLIER = [
    "Relevez l\u2019envoi.",
    "Marquer comme indésirables",
    "Registre",
    "Cotation 2",
    "Mobilité des encadrants",
]

# No text uses these preferred words, and each word is listed with the reason.
UNUSED = {
    "contre-visite": "the program has no part for second inspections; an office may write of one",
    "RDE": "it is written out",
    "bon à délivrer": "where codes are asked for, « code de retrait » says it",
    "BAE": "« mainlevée » says it",
    "cotation (A1 à F6)": "the page of a case says in words how reliable the source and the information are",
}
# The pattern matches a period that a law can set. The pattern does not match a period that the office sets
# for its own work, such as « 7 jours ».
PERIOD = re.compile(r"\b(?:one|two|three|four|six|\d+) (?:working days?|months?|years?)\b", re.IGNORECASE)
# These are examples in messages about how to write a law folder.
PERIODS_OF_NO_LAW = {"or same day", "1 working day or 3 days"}


# Texts for reporters have their own vocabulary, and words.toml lists the words to avoid.
NOT_OFFICERS = {"replies.toml", "words.toml"}


def texts() -> Iterator[str]:
    with catalogues.path(Domain.OFFICERS, "fr").open("rb") as file:
        yield from (str(each.string) for each in read_po(file, locale="fr") if each.id)
    for codes in labels.tables():
        yield from (each.fr for each in labels.of(codes).values())


def public() -> Iterator[str]:
    """Yield each French text that reporters read."""
    with catalogues.path(Domain.PUBLIC, "fr").open("rb") as file:
        yield from (str(each.string) for each in read_po(file, locale="fr") if each.id)
    yield from french(tomllib.loads(shipped.QUESTIONNAIRE.read_text("utf-8")))
    yield from (each.text.fr for each in FRENCH.replies.values())
    yield from (path.read_text("utf-8") for path in (ROOT / "portal").glob("*.fr.toml"))


def avoiding(read: Iterable[str]) -> list[str]:
    """Return the texts that contain a word to avoid."""
    return [text for text in read if PATTERN.search(KEPT.sub("", text))]


def preferred() -> Iterator[str]:
    """Yield each preferred word. Some entries of the list have two words, or a word and its abbreviation."""
    for each in FRENCH.words.values():
        name = each.name.fr.replace(" (RDE)", ", RDE")
        yield from name.split(", ")


def uses(word: str, text: str) -> bool:
    """Return whether a text uses a word or phrase, in the singular or the plural."""
    plural = r"s?\s".join(map(re.escape, word.split()))
    return bool(re.search(rf"(?<!\w){plural}s?(?!\w)", text, re.IGNORECASE))


def written() -> Iterator[str]:
    """Yield each text for officers in the law folder, and in the files for printed pages."""
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
    """Yield the labels of the report's subjects, from each question that offers them."""
    for section in tomllib.loads(shipped.QUESTIONNAIRE.read_text("utf-8"))["section"]:
        for field in section["field"]:
            options = field.get("option", ())
            if any(each["id"] == "control_bypass" for each in options):
                yield from (each["label"]["fr"] for each in options)


def test_no_text_for_officers_uses_a_word_that_the_law_folder_says_to_avoid() -> None:
    """The test covers texts on screens, in the law, and on paper."""
    about = list(subjects())
    assert len(about) > 10
    read = [*texts(), *written(), *about]
    assert {"Suspension de fonctions", "Enveloppes non rattachées", "dossier"} <= set(read)
    assert avoiding(read) == []


def test_no_text_for_officers_confuses_the_reporter_with_the_offender() -> None:
    law = (
        each.name.fr
        for each in (*FRENCH.outcomes.values(), *FRENCH.duties.values(), *FRENCH.measures.values())
    )
    found = [text for text in (*texts(), *law) if REPORTER.search(text)]
    assert len(found) > 50
    assert [text for text in found if not OF_A_REPORT.search(text)] == []
    assert not OF_A_REPORT.search("Répondre à l\u2019auteur")


def test_the_search_finds_each_word_to_avoid() -> None:
    """The search finds a word at the start of a text, within a sentence, and in the plural.

    A verb may be in an inflected form.
    """
    assert avoiding(["Le dossier", *EARLIER]) == EARLIER
    for word in AVOIDED:
        forms = forms_of(word)
        assert forms == avoiding(["Le dossier", *forms, "Registre des communications du dossier 3"])


def forms_of(word: str) -> list[str]:
    forms = [word.capitalize(), f"Le ou la {word} du dossier"]
    plural = f"les {word.removesuffix('s')}s."
    # « Registres » is also the name of the page that lists the registers.
    forms += [] if KEPT.search(plural) else [plural]
    forms += [f"déjà {word.removesuffix('er')}é"] if word.endswith("er") else []
    return forms


def test_each_preferred_word_is_used_or_listed_as_unused() -> None:
    """The texts are those for officers and for reporters.

    A preferred word that the texts use must not be listed as unused.
    """
    read = [*texts(), *written(), *subjects(), *public()]
    words = list(preferred())
    assert {"mainlevée", "RDE", "chef de service ou d\u2019unité"} <= set(words)
    assert sorted(UNUSED) == sorted(word for word in words if not any(uses(word, text) for text in read))


def test_no_text_for_officers_states_a_period_that_the_law_sets() -> None:
    """Another law may set another period, so a page must read the period from the law."""
    with catalogues.path(Domain.OFFICERS, "fr").open("rb") as file:
        said = [str(each.id) for each in read_po(file, locale="fr") if PERIOD.search(str(each.id))]
    assert all(any(known in text for known in PERIODS_OF_NO_LAW) for text in said), said
    assert len(said) == len(PERIODS_OF_NO_LAW)
