"""The privacy page contains everything that article 13 of the GDPR requires.

Inspectorates can replace the text of the page.
"""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from portal.app import load_questionnaire
from portal.config import Settings
from portal.web import guide, pages
from templates.catalogues import LANGUAGES
from tests.support.markup import Markup

# Each part of article 13 that applies here, with words of the shipped text. The legal basis is neither
# consent (2)(c) nor legitimate interests (1)(d).
ARTICLE_13 = {
    "(1)(a) controller, and how to reach them": {
        "fr": r"Responsable du traitement : \[nom, adresse et téléphone",
        "en": r"Controller: \[name, address and telephone",
    },
    "(1)(b) data protection officer, and how to reach them": {
        "fr": r"Délégué à la protection des données : \[nom, adresse et courriel",
        "en": r"Data protection officer: \[name, address and e-mail",
    },
    "(1)(c) purposes": {
        "fr": r"Recevoir et traiter les signalements",
        "en": r"To receive and handle reports",
    },
    "(1)(c) legal basis": {"fr": r"article 6, 1, c, du RGPD", "en": r"article 6\(1\)\(c\) of the GDPR"},
    "(1)(e) recipients": {"fr": r"procureur, juge, autorité", "en": r"prosecutor, court, disciplinary"},
    "(1)(f) transfers": {"fr": r"hors de l.Union européenne", "en": r"outside the European Union"},
    "(2)(a) period of storage": {
        "fr": r"jusqu.à la décision définitive",
        "en": r"until the final decision",
    },
    "(2)(b) access": {"fr": r"accéder à ce qui vous concerne", "en": r"see what concerns you"},
    "(2)(b) rectification": {"fr": r"faire rectifier", "en": r"have it corrected"},
    "(2)(b) erasure": {"fr": r"\beffacer", "en": r"\berased"},
    "(2)(b) restriction": {"fr": r"limiter l.usage", "en": r"restrict its use"},
    "(2)(b) objection": {"fr": r"droit d.opposition", "en": r"right to object"},
    "(2)(b) portability": {"fr": r"emporter vos données", "en": r"take your data with you"},
    "(2)(d) complaint, and to whom": {
        "fr": r"réclamation\. Écrivez à la Commission nationale de l.informatique et des libertés.*75334",
        "en": r"complaint\. Write to the Commission nationale de l.informatique et des libertés.*75334",
    },
    "(2)(e) whether it must be given": {
        "fr": r"Aucune loi ni aucun contrat ne vous oblige",
        "en": r"No law and no contract makes you",
    },
    "(2)(e) consequences of not giving it": {
        "fr": r"moins nous pouvons agir",
        "en": r"the less we can do",
    },
    "(2)(f) automated decisions and profiling": {
        "fr": r"Aucune décision n.est automatique, et personne n.est profilé",
        "en": r"No decision is automated, and nobody is profiled",
    },
}


def shown(settings: Settings, language: str) -> str:
    """Return the text of the page's main part, with normal spaces."""
    page = pages.render(settings, load_questionnaire(settings))[f"/{language}/{guide.PRIVACY}"].decode()
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>|\s", " ", main).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_part_of_article_13_is_missing(language: str) -> None:
    page = shown(Settings(), language)
    missing = [part for part, words in ARTICLE_13.items() if not re.search(words[language], page)]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_sections_of_the_privacy_page_except_one_cover_a_part_of_article_13(language: str) -> None:
    """The exception is the section about the data that is kept.

    The control of the test above: no other section is superfluous.
    """
    file = Settings().guide_folder / f"{guide.PRIVACY}.{language}.toml"
    sections = [
        f"{each['heading']} {each['text']}" for each in tomllib.loads(file.read_text("utf-8"))["section"]
    ]
    kept = {"fr": "Ce qui est gardé", "en": "What is kept"}[language]
    idle = [
        each
        for each in sections
        if not any(re.search(words[language], each) for words in ARTICLE_13.values())
    ]
    assert [each.startswith(kept) for each in idle] == [True]
    assert len(sections) >= 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_inspectorate_can_replace_the_privacy_page_with_its_own_text(
    tmp_path: Path, language: str
) -> None:
    """The page then shows only this text. The footer of every page links to the privacy page by its title."""
    own = tmp_path / "texts"
    shutil.copytree(Settings().guide_folder, own, ignore=lambda folder, names: {*names} - {*_texts(folder)})
    (own / f"{guide.PRIVACY}.{language}.toml").write_text(
        'title = "Own title"\nlead = "Own lead."\n[[section]]\nheading = "Own heading"\ntext = "Own text."\n'
    )
    settings = Settings(guide=str(own))
    assert shown(settings, language) == "Own title Own lead. Own heading Own text."
    home = pages.render(settings, load_questionnaire(settings))[f"/{language}/"].decode()
    assert f"/{language}/{guide.PRIVACY}" in [each.get("href") for each in Markup(home).all("a")]
    assert ">Own title</a>" in home


def _texts(folder: str) -> list[str]:
    return [each.name for each in Path(folder).glob("*.toml")]
