"""Pages show the rules of the law in use, for French law and for an invented law."""

import html
import re
import shutil
from pathlib import Path

import pytest

from portal.app import create_app, load_questionnaire
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.web import pages
from templates.catalogues import LANGUAGES
from templates.law import reader
from tests.support.laws import FOLDERS, FRENCH, LAWS
from tests.support.markup import Markup
from tests.support.paths import ROOT

MOST_WORDS = 140
# This is how often each page shows the emergency numbers. The report page shows the numbers above its first
# question. The page also shows the numbers for two answers to the question whether somebody is in danger. The
# offline form also shows the numbers above a reply.
TIMES = {"": 1, "report": 6, "offline.html": 9, "help": 1}
OTHER = ROOT / "tests" / "golden" / "jurisdictions" / "xx"


def page(settings: Settings, path: str) -> str:
    return with_plain_spaces(pages.render(settings, load_questionnaire(settings))[path].decode())


def with_plain_spaces(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_pages_say_how_often_the_inspectorate_opens_reports() -> None:
    assert "récupérés et ouverts chaque jour ouvré" in page(Settings(), "/fr/before")
    other = Settings(jurisdiction=str(OTHER))
    assert "récupérés et ouverts au moins tous les 3 jours" in page(other, "/fr/before")
    assert "at least every 3 days" in page(other, "/en/before")


def test_pages_can_promise_that_reports_are_opened_every_two_working_days(tmp_path: Path) -> None:
    for path in Settings().law_folder.iterdir():
        text = path.read_text("utf-8").replace('every = "1 working day"', 'every = "2 working days"')
        (tmp_path / path.name).write_text(text, "utf-8")
    assert "au moins tous les 2 jours ouvrés" in page(Settings(jurisdiction=str(tmp_path)), "/fr/before")


@pytest.mark.parametrize("language", LANGUAGES)
def test_guarantees_and_authorities_come_from_the_law(language: str) -> None:
    settings = Settings(jurisdiction=str(OTHER))
    law = reader.read(OTHER)
    for path, named in (
        ("rights", [each.text.in_(language) for each in law.guarantees.values()]),
        ("help", [each.name.in_(language) for each in law.authorities.values()]),
    ):
        shown = page(settings, f"/{language}/{path}")
        assert named
        assert [each for each in named if each not in shown] == []
        assert "Défenseur des droits</dt>" not in shown


# Templates must not contain these names and numbers, because they exist only in France. Inspectorates edit
# the questionnaire and the guide themselves.
OF_FRANCE = re.compile(r"Défenseur des droits|Defender of Rights|CNIL|17 (?:ou|or) (?:le )?112|\b114\b")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bodies_to_contact_come_from_the_law(language: str) -> None:
    """The control: with French law, the same pages name French authorities."""
    said = reader.read(OTHER).reporters
    told = (said.advice, said.passed_on, said.directly, said.instead)
    texts = [each.in_(language) for each in told]
    places = ["", "", "report", "paper"]
    other = Settings(jurisdiction=str(OTHER))
    shown = [text in page(other, f"/{language}/{path}") for text, path in zip(texts, places, strict=True)]
    assert shown == [True] * len(texts)
    assert OF_FRANCE.search(page(Settings(), f"/{language}/"))
    assert not OF_FRANCE.search(page(other, f"/{language}/"))


@pytest.mark.parametrize("path", TIMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_emergency_number_of_the_law_is_a_link_that_starts_a_call_or_a_text_message(
    language: str, path: str
) -> None:
    """Pages have no other such links, except those in the inspectorate's own texts.

    If a law has no number for text messages, the page has no link to send one.
    """
    shown = {
        law: links(page(Settings(jurisdiction=str(FOLDERS[law])), f"/{language}/{path}")) for law in FOLDERS
    }
    numbers = {"fr": ["tel:17", "tel:112", "sms:114"], "xx": ["tel:080015"]}
    own = ["tel:17", "tel:112", "tel:3114", "tel:116006"] if path == "help" else []
    assert shown == {law: own + found * TIMES[path] for law, found in numbers.items()}


def links(shown: str) -> list[str]:
    """Return the links that start a call or send a text message."""
    found = [attributes.get("href") or "" for tag, attributes in Markup(shown).elements if tag == "a"]
    return [each for each in found if each.startswith(("tel:", "sms:"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_says_which_information_the_inspectorate_must_pass_on(language: str) -> None:
    """People read the information before they report, and on the page for those who have reported."""
    said = {law: LAWS[law].reporters.passed_on.in_(language) for law in FOLDERS}
    names = {"fr": "procureur", "en": "prosecutor"}[language]
    for path in ("", "before"):
        shown = {
            law: page(Settings(jurisdiction=str(FOLDERS[law])), f"/{language}/{path}") for law in FOLDERS
        }
        assert dict.fromkeys(FOLDERS, 1) == {law: shown[law].count(said[law]) for law in FOLDERS}
        assert {"fr": 1, "xx": 0} == {law: shown[law].lower().count(names) for law in FOLDERS}


def test_no_template_names_french_authorities() -> None:
    """Catalogues of further languages are not searched, because they also translate the texts of the law."""
    french = ROOT / "templates" / "translations" / "fr" / "LC_MESSAGES" / "public.po"
    sources = [*(ROOT / "templates" / "portal").glob("*.html"), french]
    assert len(sources) > 20
    assert [each.name for each in sources if OF_FRANCE.search(each.read_text("utf-8"))] == []


@pytest.mark.parametrize(("language", "said"), [("fr", "demander à être entendu"), ("en", "ask to be heard")])
def test_a_hearing_is_offered_only_if_the_regime_requires_it(language: str, said: str) -> None:
    shown = {code: said in page(Settings(regime=code), f"/{language}/rights") for code in FRENCH.regimes}
    assert {code: each.oral for code, each in FRENCH.regimes.items()} == shown
    assert set(shown.values()) == {True, False}


@pytest.mark.parametrize("code", ["", *FRENCH.regimes])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_describe_the_procedure_of_the_regime(language: str, code: str) -> None:
    """Nothing is shown that is true only under another regime."""
    shown = html.unescape(page(Settings(regime=code), f"/{language}/rights"))
    said = {
        each: with_plain_spaces(rule.reporters.in_(language)) in shown
        for each, rule in FRENCH.regimes.items()
    }
    assert {each: each == (code or FRENCH.default_regime) for each in FRENCH.regimes} == said


def test_a_regime_that_the_law_does_not_define_is_refused() -> None:
    with pytest.raises(BadConfiguration, match="'regime' has a wrong value: single") as caught:
        create_app(Settings(regime="single"))
    assert "internal, external" in str(caught.value.hint)
    assert "at the lantern" in page(Settings(regime="single", jurisdiction=str(OTHER)), "/en/rights")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_visible_text_of_the_first_page_is_short(language: str) -> None:
    """People in a hurry or in fear read little. Collapsed text does not count."""
    shown = unfolded(page(Settings(), f"/{language}/"))
    assert len(re.sub(r"<[^>]*>", " ", shown).split()) <= MOST_WORDS


@pytest.mark.parametrize("path", ["", "rights"])
@pytest.mark.parametrize(
    ("language", "said"), [("fr", "chercher à savoir qui vous êtes"), ("en", "try to find out who wrote")]
)
def test_the_warning_about_courts_is_always_visible(language: str, said: str, path: str) -> None:
    """People read the warning on the first page and on the page about rights, even if they expand nothing."""
    assert said in unfolded(page(Settings(), f"/{language}/{path}"))


def unfolded(shown: str) -> str:
    """Return the main part of a page without collapsed text."""
    main = shown.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<details.*?</details>", "", main, flags=re.DOTALL)


@pytest.mark.parametrize("step", [1, -1], ids=["as shipped", "the other way round"])
def test_help_and_advice_are_listed_before_the_authorities(tmp_path: Path, step: int) -> None:
    """Advisers come first. A prosecutor and the ministry itself come last.

    The order in the law's file counts only within each group.
    """
    order = (
        ("police",),
        ("lawyer", "doctor", "union"),
        ("defender_of_rights", "anticorruption_agency"),
        ("prosecutor", "jirs", "pnf", "pnaco"),
        ("ministry",),
    )
    for path in Settings().law_folder.iterdir():
        shutil.copy(path, tmp_path)
    file = tmp_path / "authorities.toml"
    head, *tables = re.split(r"(?m)^(?=\[authority\.|\[guarantee\.)", file.read_text("utf-8"))
    file.write_text("\n\n".join([head, *tables[::step]]), "utf-8")
    shown = page(Settings(jurisdiction=str(tmp_path)), "/fr/help")
    codes = {each.name.fr: code for code, each in reader.read(tmp_path).authorities.items()}
    names = re.findall("<dt>(.*?)</dt>", shown)
    assert [code for kind in order for code in kind[::step]] == [codes[each] for each in names]


def test_the_portal_does_not_serve_a_law_with_a_mistake(tmp_path: Path) -> None:
    """The error names the mistake."""
    settings = Settings(folder=tmp_path, jurisdiction="law")
    with pytest.raises(BadConfiguration, match="law was not read: no such file"):
        create_app(settings)
    (tmp_path / "law").mkdir()
    for path in Settings().law_folder.iterdir():
        (tmp_path / "law" / path.name).write_bytes(path.read_bytes().replace(b"every =", b"evry ="))
    with pytest.raises(BadConfiguration, match=r"deadlines\.toml: 'exchange\.every' is missing"):
        create_app(settings)
