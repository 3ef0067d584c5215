"""French texts for reporters are easy to read."""

from pathlib import Path

import pytest

from portal.config import Settings
from portal.web import guide
from tests.support import reporter_texts
from tests.support.paths import ROOT
from tests.support.readability import LIMIT, MOST_WORDS, ease, fails, judged, known, length

WORST = ROOT / "tests" / "golden" / "worst_sentences.txt"


def errors(limit: float) -> float:
    """Return the share of easy sentences that fail at this limit, plus the share of hard ones that pass."""
    easy, hard = known("easy", "school"), known("law")
    return sum(ease(each) < limit for each in easy) / len(easy) + sum(
        ease(each) >= limit for each in hard
    ) / len(hard)


def test_the_limit_is_as_strict_as_possible_without_failing_a_sentence_of_a_school_book() -> None:
    """Of all limits, this one best separates statutes from easier texts.

    The texts of the portal were not used to set the limit.
    """
    assert int(min(map(ease, known("easy", "school")))) == LIMIT
    assert errors(LIMIT) == min(map(errors, range(101)))
    assert sum(ease(each) < LIMIT for each in known("law")) / len(known("law")) > 0.8
    assert len(known("easy")) >= 20
    assert len(known("school")) >= 20
    assert len(known("law")) >= 10


def test_easy_texts_keep_to_the_maximum_number_of_words_and_most_statutes_do_not() -> None:
    """The maximum is that of GOV.UK."""
    assert max(map(length, known("easy"))) < MOST_WORDS
    assert sum(length(each) > MOST_WORDS for each in known("law")) / len(known("law")) > 0.5


def test_every_text_for_reporters_is_easy_enough_to_read() -> None:
    """`python -m tests.support.reporter_texts` lists the hard texts with their scores."""
    assert reporter_texts.hard() == {}


def test_the_check_covers_texts_of_every_kind() -> None:
    """As a control, texts come from all sources, from the catalogues to the officers' handouts."""
    texts = list(reporter_texts.texts())
    assert len({place for place, _ in texts}) == 15
    assert sum(len(list(judged(text))) for _, text in texts) > 250


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            "templates/jurisdictions/fr/authorities.toml",
            "Il oriente et protège les lanceurs d\N{RIGHT SINGLE QUOTATION MARK}alerte.",
        ),
        ("templates/jurisdictions/fr/authorities.toml", "en cas de danger, appelez le 17"),
        ("portal/scenarios.toml", "Cinq minutes suffisent pour sortir un conteneur."),
        ("portal/kit.toml", "Dire non tôt protège."),
        *((f"portal/{name}.fr.toml", "") for name in guide.NAMES),
    ],
)
def test_the_check_covers_texts_about_help_and_rights_and_the_site_itself(place: str, words: str) -> None:
    """The texts are about authorities, or are the sections of the guide and of the notices."""
    found = "\n".join(text for source, text in reporter_texts.texts() if source == place)
    assert words.lower() in found.lower()
    assert found
    if not words:
        for each in guide.load(Settings().guide_folder, "fr", Path(place).name.partition(".")[0]).sections:
            assert each.heading.replace("\N{NO-BREAK SPACE}", " ") in found.replace("\N{NO-BREAK SPACE}", " ")


def test_the_worst_sentences_of_an_earlier_version_fail() -> None:
    """A reader chose ten sentences from the pages and answers of 30 November 2026."""
    worst = WORST.read_text("utf-8").splitlines()
    assert len({*worst}) >= 10
    assert [each for each in worst if not fails(each)] == []


def test_the_search_finds_hard_and_long_sentences_but_no_short_easy_ones() -> None:
    statute = known("law")[0]
    long = "Le chat dort, " * 8 + "et le chien aussi."
    text = f"Le chat dort bien au chaud sur le lit, tout près de vous. {statute} Confidentialité. {long}"
    assert [statute, long] == [each for each in judged(text) if fails(each)]
    assert ease(long) > LIMIT
