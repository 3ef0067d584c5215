"""The situations that the inspectorate edits: a mistake is refused with its place, and no text is markup."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from portal.app import create_app, load_questionnaire
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.ops.checks import doctor
from portal.site import site_files
from portal.web import pages, scenarios
from templates.catalogues import LANGUAGES
from templates.findings import Level
from tests.support.builders import today

SAID = "Mon conteneur est-il retenu"
HEADING = 'heading = { fr = "« Mon conteneur est-il retenu ? »", en = "“Is my container being held?”" }'


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str], Path]:
    """A function that replaces the first occurrence of a text in the shipped file.

    It returns the folder of the edited file, which also has all other texts of the site.
    """

    def edit(old: str, new: str) -> Path:
        for path in Settings().guide_folder.glob("*.toml"):
            shutil.copy(path, tmp_path)
        shipped = scenarios.SHIPPED.read_text("utf-8")
        assert old in shipped
        (tmp_path / scenarios.FILE).write_text(shipped.replace(old, new, 1), "utf-8")
        return tmp_path

    return edit


def shown(folder: Path, language: str = "fr") -> str:
    settings = Settings(folder=folder, guide=".")
    return pages.render(settings, load_questionnaire(settings))[f"/{language}/scenarios"].decode()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            HEADING,
            'heading = { fr = "« Mon conteneur est-il retenu ? »" }',
            "situation 1: 'heading' must be a French text (fr) and an English text (en)",
        ),
        (
            HEADING,
            'heading = { fr = " ", en = "Held?" }',
            "situation 1: 'heading.fr' must be a text of 1 to 60 characters",
        ),
        (SAID, "x" * 61, "situation 1: 'heading.fr' must be a text of 1 to 60 characters"),
        ("Je regarde vite.", "x" * 121, "situation 1, choice 1: 'text.fr' must be a text of 1 to 120"),
        ("La recherche laisse", "x" * 301, "choice 1: 'answer.fr' must be a text of 1 to 300"),
        (SAID, "<b>retenu</b>", "situation.1.heading.fr: “<b>” is markup, but the texts are plain"),
        (SAID, "**retenu**", "situation.1.heading.fr: “**” is markup"),
        (SAID, "retenu &amp; saisi", "situation.1.heading.fr: “&amp;” is markup"),
        ("Je regarde vite.", "Je\\u202Eregarde.", "choice.1.text.fr: the character <U+202E> is invisible"),
        ("\ngood = true", "\ngood = 1", "choice 3: 'good' must be true or false"),
        ("\ngood = true", "", "situation 1: some of 'choice' must have good = true, and not all"),
        ("[[situation.choice]]", "[[situation.choices]]", "situation 1: 'choice"),
        ("\ntitle = {", "\ntitel = {", "scenarios: 'title' is missing"),
        ("\ntitle = {", "\ntitle = ", "scenarios is not TOML"),
    ],
)
def test_a_portal_does_not_start_with_a_mistake_and_says_where_it_is(
    edited: Callable[[str, str], Path], old: str, new: str, message: str
) -> None:
    """The control is the shipped file, with which every other test starts a portal."""
    folder = edited(old, new)
    with pytest.raises(BadConfiguration, match=re.escape(message)) as refused:
        create_app(Settings(folder=folder, guide="."))
    assert str(refused.value).startswith(f"{folder / scenarios.FILE}: ")
    assert "correct the file" in refused.value.hint


@pytest.mark.parametrize(
    ("count", "message"),
    [(1, "situation 1: it needs 2 to 4 of 'choice'"), (5, "situation 1: it needs 2 to 4 of 'choice'")],
)
def test_a_situation_has_two_to_four_choices(tmp_path: Path, count: int, message: str) -> None:
    """The control is a file with two choices."""
    for each in (2, count):
        (tmp_path / scenarios.FILE).write_text(made(1, each), "utf-8")
        if each == 2:
            assert len(scenarios.load(tmp_path).situations[0].choices) == 2
            continue
        with pytest.raises(BadConfiguration, match=message):
            scenarios.load(tmp_path)


def test_a_file_has_at_most_20_situations(tmp_path: Path) -> None:
    file = tmp_path / scenarios.FILE
    file.write_text(made(scenarios.MOST, 2), "utf-8")
    assert len(scenarios.load(tmp_path).situations) == 20
    file.write_text(made(scenarios.MOST + 1, 2), "utf-8")
    with pytest.raises(BadConfiguration, match=r"line \d+: scenarios: 21 situations, but at most 20"):
        scenarios.load(tmp_path)


def made(situations: int, choices: int) -> str:
    """Return a file with invented texts."""
    text = '{ fr = "Texte", en = "Text" }'
    choice = f"[[situation.choice]]\ntext = {text}\nanswer = {text}\n"
    each = f"[[situation]]\nheading = {text}\ntext = {text}\n{choice * choices}good = true\n"
    return f"title = {text}\nlead = {text}\n{each * situations}"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / scenarios.FILE).mkdir()
    with pytest.raises(BadConfiguration, match=r"scenarios\.toml was not read: "):
        scenarios.load(tmp_path)


def test_a_character_with_a_meaning_in_html_is_shown_as_it_is(edited: Callable[[str, str], Path]) -> None:
    """The check for markup lets such a character through. It never reaches the page unescaped."""
    page = shown(edited(SAID, "Moins de 5 < 6 & \\\"non\\\" 'oui'"))
    assert "Moins de 5 &lt; 6 &amp; &#34;non&#34; &#39;oui&#39;" in page
    assert "5 < 6" not in page


def test_a_folder_without_the_file_has_the_shipped_situations(tmp_path: Path) -> None:
    """Otherwise, a portal with a folder of texts of its own would not start after an upgrade."""
    assert scenarios.file_of(tmp_path) == scenarios.SHIPPED
    assert scenarios.load(tmp_path) == scenarios.load(Settings().guide_folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_all_texts_of_the_shipped_file(language: str) -> None:
    found = scenarios.load(Settings().guide_folder)
    assert len(found.situations) == 10
    page = shown(Settings().guide_folder, language).replace("\N{NO-BREAK SPACE}", " ")
    for situation in found.situations:
        texts = [situation.heading, situation.text]
        texts += [text for each in situation.choices for text in (each.text, each.answer)]
        assert [each for each in texts if each.in_(language) not in page] == []


def test_the_inspectorates_own_texts_are_in_the_files_of_the_frozen_site(
    edited: Callable[[str, str], Path],
) -> None:
    """The same files are listed in the manifest. The control is the site with the shipped texts."""
    own = Settings(folder=edited(SAID, "Ma boîte est-elle retenue"), guide=".")
    for settings, said in ((own, "Ma boîte est-elle"), (Settings(), SAID)):
        found = site_files.files(settings, load_questionnaire(settings))
        assert said in found["/fr/scenarios"].content.decode()
        assert "/en/scenarios" in found


def test_the_doctor_names_what_is_not_filled_in_and_a_kit_that_would_be_refused(
    edited: Callable[[str, str], Path],
) -> None:
    """The control is the folder before the edits, about which the doctor says nothing."""
    folder = edited(SAID, SAID)
    settings = replace(Settings(), folder=folder, guide=".")

    def told() -> list[str]:
        findings = doctor.examine(settings, folder / "portal.toml", today())
        warnings = [each.what for each in findings if each.level is Level.WARNING]
        return [each for each in warnings if "scenarios" in each or "kit" in each]

    assert told() == []
    for file in (folder / scenarios.FILE, folder / "kit.toml"):
        shipped = file.read_text("utf-8")
        file.write_text(
            re.sub(r"(?m)^lead = .*", 'lead = { fr = "Non.", en = "Non." }', shipped, count=1), "utf-8"
        )
        (equal,) = told()
        assert equal == f"{file.name} has texts that are equal in French and in English: Non."
        file.write_text(shipped, "utf-8")
    edited(SAID, "Appelez [nom], ou [numéro]")
    kit = folder / "kit.toml"
    kit.write_text(kit.read_text("utf-8").replace("Dire non tôt protège.", "Appelez [numéro].", 1), "utf-8")
    filled_in, refused = told()
    assert filled_in == "scenarios.toml is not filled in: [nom], [numéro]"
    assert refused.startswith(f"no awareness kit can be made: {kit}: line ")
    assert refused.endswith("kit, poster.lead.fr: “[numéro]” is still to be filled in")
