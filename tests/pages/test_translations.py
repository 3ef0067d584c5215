"""Every text of the pages exists in every language, and every code in a script has a text."""

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from babel.support import NullTranslations

from crypto.messages import Status
from portal.web import guide, translation
from templates import catalogues, shipped, typography
from templates.catalogues import Domain
from tests.support import translating
from tests.support.marked_texts import marked, of_draws, public, told
from tests.support.paths import ROOT

SOURCE = "en"
SCRIPTS = ROOT / "portal" / "scripts"
SHOWN = re.compile(
    r'(?:say|Failure|super|found|find|line|caution|tick|ChannelChoice\("[\w-]+",)\(?\s*"([\w-]+)"'
    r'|code(?: =|:) "([\w-]+)"|fault: "([\w-]+)"| [:?] "([a-z_]+(?:-[a-z_]+)+)"'
)
PROBLEM = re.compile(r'(?:Problem|NoRoom|refusal)\(\s*\d+, "(\w+)"')
# Words that are the same in both languages.
SAME = {
    *(
        "Exact",
        "Pages",
        "Page %(page)s",
        "Journal",
        "Note",
        "Notes",
        "Archive",
        "Questionnaire, version %(version)s",
        "Visa",
    ),
    *("{error}", "{why} {place}", "{said}, {part}"),
}
TYPED = re.compile(r"\binbox [a-z]|--[a-z]|PLACE:")
CODE = re.compile(r"[a-z]+(?:[_-][a-z]+)*")
DONE_AT_THE_DESK = [
    *("inbox (case (show|list|link list)|queue list|access handlers|retention list)\\b",),
    *("inbox (message template|exchange (outbox|card|channel|unopened)|key (list|rotate)|officer list)\\b",),
    *("inbox (access conflict list|office (day-off list|set|show)|request add)\\b",),
    *("inbox case (decide|reopen|close|extend|declare|set-source-risk|identity|redact)\\b",),
    *("inbox access (un)?(quarantine|break-glass)\\b",),
    *("--(reason|until|to|ground|early|received|degree|template|disclosure|text-file|person)\\b",),
    *("--(after-restore|regime)\\b",),
]
# Only a faulty page causes these problems. `failure.js` has one text for all problems that lack their
# own text.
DISAGREE = set(
    re.findall(
        r"\w+",
        """
    already_whole channel_missing content_type header_differs length_missing metadata_incomplete
    metadata_malformed metadata_unknown method_not_allowed not_sealed offset_missing offset_moved
    tus_version work_malformed work_missing work_spent work_stale work_unsolved wrong_length wrong_size
        """,
    )
)
# The page first checks these answers against the signed keyring (`contradiction.js`, `keyrings.js`).
OF_THE_KEYRING = {"channel_unknown", "no_keyring"}
# The web framework gives these answers to requests that no page makes.
NEVER_ASKED = {HTTPStatus(code).name.lower() for code in (400, 405)}


ENGLISH = (Domain.OFFICERS, SOURCE)
SOURCES = {
    Domain.PUBLIC: public,
    Domain.OFFICERS: lambda: marked("desk") | told(),
    Domain.DRAWS: of_draws,
}


def catalogue(domain: Domain, language: str) -> Catalog:
    with catalogues.path(domain, language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages(domain: Domain, language: str) -> dict[str, Message]:
    return {str(message.id): message for message in catalogue(domain, language) if message.id}


def every(domain: Domain, language: str) -> dict[str, str]:
    """Return each English text with its text in another language."""
    known = catalogues.load(domain, language)
    return {english: catalogues.text(known, english) for english in SOURCES[domain]()}


def texts() -> dict[str, str]:
    files = ("texts.html", "texts_case.html")
    listed = "".join((shipped.FOLDER / "portal" / name).read_text("utf-8") for name in files)
    named = dict(re.findall(r'data-code="([\w-]+)">\{\{ _\("(.+?)"(?:, .+)?\) \}\}', listed))
    for template in (shipped.FOLDER / "portal").glob("*.html"):
        for block in re.findall(r"set own_texts = \{(.+?)\n\} %\}", template.read_text("utf-8"), re.DOTALL):
            named = dict(re.findall(r'"([\w-]+)": _\("(.+)"\)', block)) | named
    return named


# The codes of what stays in a cleaned file.
STAYS = re.compile(r'"(stays-\w+)"')


def codes() -> Iterator[str]:
    for script in SCRIPTS.glob("*.js"):
        for groups in SHOWN.findall(script.read_text("utf-8")):
            yield from filter(None, groups)
    yield from (f"{what}-{status}" for status in Status for what in ("status", "means"))
    yield from (f"connection-{silence}" for silence in ("sending", "slow", "lost"))
    yield from (f"state-{state}" for state in ("unknown", "waiting", "collected"))
    yield from (f"message-{side}" for side in ("you", "them"))
    yield from (f"{form}-{state}" for form in ("picture", "film") for state in ("bare", "cleaned"))
    yield from (code for script in SCRIPTS.glob("*.js") for code in STAYS.findall(script.read_text("utf-8")))


def answered() -> set[str]:
    """Return the codes for which the page without scripts has an answer."""
    page = (shipped.FOLDER / "portal" / "answer.html").read_text("utf-8")
    return set(re.findall(r'code == "(\w+)"', page))


def problems() -> set[str]:
    sources = (ROOT / "portal").rglob("*.py")
    return {code for source in sources for code in PROBLEM.findall(source.read_text("utf-8"))}


def told_by_a_page() -> set[str]:
    """Return the problems that have a text of their own."""
    return {code.removeprefix("problem-") for code in texts() if code.startswith("problem-")}


# Placeholders for codes that people type at a terminal. On a page, people choose a code instead of typing it.
CHOSEN = {"{choice}", "{choices}", "{known}", "{kind}", "{word}"}
TRANSLATED = [(domain, each) for domain in Domain for each in catalogues.LANGUAGES if each != SOURCE]


@pytest.mark.parametrize(("domain", "language"), TRANSLATED)
def test_no_translation_is_missing_or_unused(domain: Domain, language: str) -> None:
    """`make texts LANG=fr` adds and removes entries."""
    found = SOURCES[domain]()
    assert len(found) > 10
    assert found == set(messages(domain, language))
    assert [each for each, message in messages(domain, language).items() if not message.string] == []


@pytest.mark.parametrize(("domain", "language"), TRANSLATED)
def test_no_translation_is_marked_as_fuzzy(domain: Domain, language: str) -> None:
    assert [each for each, message in messages(domain, language).items() if message.fuzzy] == []


@pytest.mark.parametrize(("domain", "language"), [*TRANSLATED, ENGLISH])
def test_each_translation_keeps_the_placeholders_of_its_text(domain: Domain, language: str) -> None:
    for english, said in every(domain, language).items():
        left_out = CHOSEN if TYPED.search(english) else set()
        assert (
            set(translating.FIELD.findall(english)) - left_out
            == set(translating.FIELD.findall(said)) - left_out
        )


def test_no_catalogue_has_a_text_twice() -> None:
    """Otherwise, chance decides which of the two translations is shown."""
    texts = [catalogues.path(domain, each).read_text("utf-8") for domain, each in [*TRANSLATED, ENGLISH]]
    for text in texts:
        names = re.findall(r"^msgid (.+?)^msgstr", text, re.MULTILINE | re.DOTALL)
        assert len(names) > 10
        assert [name for name, times in Counter(names).items() if times > 1] == []


def faults(text: str, language: str) -> list[str]:
    empty = [f"no translation: {each}" for each in translating.empty(text)]
    return translating.faults(text, language) + empty


def test_each_further_language_has_a_complete_home_page_without_faults() -> None:
    """The other pages of the language may be missing. Missing pages are shown in English."""
    further = {*catalogues.languages(Domain.PUBLIC)} - {*catalogues.LANGUAGES}
    texts = {each: catalogues.path(Domain.PUBLIC, each).read_text("utf-8") for each in further}
    assert {each: found for each, text in texts.items() if (found := faults(text, each))} == {}
    for each, text in texts.items():
        guides = {name: guide.load(ROOT / "portal", each, name) for name in guide.NAMES}
        assert "page home: complete" in [*translating.progress(text, guides)]


@pytest.fixture(scope="module")
def dutch() -> str:
    """A catalogue in which only the home page is translated."""
    entries = translating.wanted(Domain.PUBLIC, "nl")
    begun = translating.updated('msgid ""\nmsgstr ""\n', entries, translating.by_page()["home"])
    return re.sub(r'^msgid "(.+)"\nmsgstr ""$', r'msgid "\1"\nmsgstr "NL \1"', begun, flags=re.MULTILINE)


def test_a_page_can_be_translated_without_the_others(dutch: str) -> None:
    assert faults(dutch, "nl") == []
    assert len(translating.translated(dutch)) < len(translating.wanted(Domain.PUBLIC, "nl")) / 3


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('msgstr "NL Skip to the content"', 'msgstr ""', "no translation: Skip to the content"),
        (
            'msgstr "NL Skip to the content"',
            'msgstr "Skip to the content"',
            "the translation is the English text: Skip to the content",
        ),
        ('msgid "Skip to the content"', 'msgid "Skip to it"', "no page has this text: Skip to it"),
        (
            "NL Do not talk about it at work. You can always ask %(whom)s",
            "NL Vraag",
            "different placeholders: Do not talk",
        ),
        ('msgid "Leave quickly"', 'msgid "Leave: Esc "', "missing on the page home: Leave quickly"),
        (
            "NL Safer: Tor",
            "100% safer: Tor",
            "write %% for a percent sign: Safer: Tor Browser.",
        ),
        ("NL Safer: Tor", "100 % so safer: Tor", "write %% for a percent sign: Safer: Tor"),
    ],
    ids=["empty", "copied", "left over", "a value lost", "missing", "percent", "percent and s"],
)
def test_a_mistake_of_a_translator_is_found(dutch: str, before: str, after: str, fault: str) -> None:
    assert dutch.count(before) == 1
    assert any(each.startswith(fault) for each in faults(dutch.replace(before, after), "nl"))


def test_updating_a_catalogue_leaves_existing_entries_unchanged() -> None:
    """New entries follow the existing ones. Entries that no page uses any more are removed."""
    before = '# By hand.\n#: a.html\nmsgid "A"\nmsgstr  "Un"\n\n#: b.html\nmsgid "Gone"\nmsgstr "Parti"\n'
    after = translating.updated(before, {"A": ["a.html"], "B": ["b.html", "c.html"]}, ["A", "B"])
    kept, new = after.split("\n\n")
    assert kept == before.split("\n\n", maxsplit=1)[0]
    assert new == '#: b.html c.html\nmsgid "B"\nmsgstr ""\n'


def test_the_public_pages_have_no_english_catalogue() -> None:
    assert not catalogues.path(Domain.PUBLIC, SOURCE).exists()


def test_the_english_catalogue_has_only_texts_that_differ_between_the_desk_and_the_commands() -> None:
    """The texts that differ are codes, and hints to type something."""
    held = {english: str(message.string) for english, message in messages(Domain.OFFICERS, SOURCE).items()}
    assert len(held) > 50
    assert held.keys() - SOURCES[Domain.OFFICERS]() == set()
    assert [english for english, said in held.items() if said in {english, ""}] == []
    assert [each for each in held if not (TYPED.search(each) or CODE.fullmatch(each))] == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_desk_never_tells_officers_to_type_a_command_that_the_desk_replaces(language: str) -> None:
    """The desk's hints name its pages, because no command can open the inbox while the desk is open."""
    sentences, said = told(), every(Domain.OFFICERS, language)
    assert [each for each in DONE_AT_THE_DESK if not re.search(each, "\n".join(sentences))] == []
    kept = [said[each] for each in sentences if "inbox journal correct-clock" not in each]
    assert [each for each in kept if any(re.search(command, each) for command in DONE_AT_THE_DESK)] == []


def test_only_the_listed_texts_are_the_same_in_french_and_english() -> None:
    said = every(Domain.PUBLIC, "fr") | every(Domain.OFFICERS, "fr")
    assert {english for english, french in said.items() if english == french} == SAME


def test_an_empty_text_stays_empty() -> None:
    """In a catalogue, the empty text is the key of the header, which must not appear on a page."""
    assert catalogues.load(Domain.PUBLIC, "fr").gettext("") != ""
    assert translation.load("fr").gettext("") == ""


def test_every_code_in_a_script_has_a_text() -> None:
    assert set(codes()) - set(texts()) == set()


def test_every_problem_that_a_page_may_meet_has_a_text() -> None:
    found = problems()
    assert len(found) > 10
    assert DISAGREE | OF_THE_KEYRING <= found - told_by_a_page()
    assert found - told_by_a_page() - DISAGREE - OF_THE_KEYRING - answered() - NEVER_ASKED == set()


def test_every_text_is_used_by_a_script_or_for_a_problem() -> None:
    assert set(texts()) - set(codes()) - {f"problem-{problem}" for problem in problems()} == set()


def test_statuses_have_their_labels() -> None:
    """The labels are those that reporters see, in both languages."""
    expected = {
        "Received": "Reçu",
        "Acknowledged": "Réception confirmée",
        "Under assessment": "En cours d\u2019évaluation",
        "More information requested": "Précisions demandées",
        "Follow-up under way": "Suites en cours",
        "Closed": "Clos",
    }
    french = translation.load("fr")
    assert expected == {texts()[f"status-{s}"]: french.gettext(texts()[f"status-{s}"]) for s in Status}


def test_a_text_without_a_translation_is_shown_in_english() -> None:
    words = translation.load("fr")
    assert words.gettext("Nobody wrote this") == "Nobody wrote this"


def test_each_language_is_called_by_its_own_name() -> None:
    assert [translation.load(language).name for language in translation.LANGUAGES[:2]] == [
        "Français",
        "English",
    ]


def test_public_texts_in_english_have_typographic_apostrophes_and_no_contracted_negation() -> None:
    files = [(ROOT / "portal" / f"{each}.en.toml").read_text() for each in guide.NAMES]
    written = [line for file in files for line in file.splitlines() if not line.startswith("#")]
    assert len(public()) > 500
    assert [] == [text for text in (*public(), *written) if re.search(r"\w'\w|n\u2019t\b", text)]


def test_french_punctuation_stays_with_its_words() -> None:
    """A line must not break at the space before a colon or inside quotation marks.

    In English, a line may break at such a space.
    """
    text = "Danger ? « Non » ; si : oui ! 400 % de 1 Go"
    kept = "Danger_? «_Non_»_; si_: oui_! 400_% de 1_Go"
    assert typography.spaced("fr", text).replace("\xa0", "_") == kept
    assert typography.spaced("en", text) == text


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_number_of_a_law_or_a_post_office_stays_on_the_line_of_its_words(language: str) -> None:
    """Pages in every language name French laws and addresses."""
    text = "Loi n° 2016-1691, 75342 Paris CEDEX 07"
    kept = "Loi n°_2016-1691, 75342 Paris CEDEX_07"
    assert typography.spaced(language, text).replace("\xa0", "_") == kept


class Foreign(translation.Translation):
    """A language in which each text of the home page is the word “Neemandsk”. All other texts are English."""

    def gettext(self, english: str) -> str:
        """Return the word, followed by the placeholders of the text."""
        if english not in translating.by_page()["home"]:
            return english
        return " ".join(["Neemandsk", *translating.FIELD.findall(english)])


def words_of_home(said: str) -> set[str]:
    """Replace each text of a TOML file on a home page by ``said``; return the words of the page."""
    foreign = Foreign("nl", NullTranslations())
    page = translating.rendered(foreign, lambda _, english: said or english)["home"]
    shown = " ".join(
        [*re.findall(r">([^<]+)<", page), *re.findall(r'(?:aria-label|title|alt)="([^"]+)"', page)]
    )
    return {*re.findall(r"[^\W\d]+", shown)} - {"Fanal", "Neemandsk", "Français", "English"}


def test_a_completely_translated_home_page_shows_no_english() -> None:
    assert {"Who", "can", "help", "you"} <= words_of_home("")  # the control
    assert words_of_home("Neemandsk") == set()


def test_a_page_with_an_english_title_is_not_complete(dutch: str) -> None:
    """The title of a page is also a link in the footer of every page."""
    english = {name: guide.load(ROOT / "portal", "en", name) for name in guide.NAMES}
    other = {name: guide.load(ROOT / "portal", "fr", name) for name in guide.NAMES}

    def lines(guides: dict[str, guide.Guide]) -> set[str]:
        return {re.sub(r"\d+ texts", "N texts", line) for line in translating.progress(dutch, guides)}

    all_five = "help, rights, privacy, legal, accessibility"
    assert f"page home: 5 of N texts missing; in English: {all_five}" in lines(english)
    only_help = other | {"help": english["help"]}
    assert "page home: 1 of N texts missing; in English: help" in lines(only_help)
    assert "page home: complete" in lines(other)


def test_a_percent_sign_is_doubled_where_a_template_formats_the_text() -> None:
    """Texts of the law are not formatted, so a single percent sign in them is correct."""
    assert not translating.stray_percent("Call %(number)s, 100 %% free")
    shown = [(Domain.PUBLIC, public()), (Domain.OFFICERS, marked("desk"))]
    for domain, texts_of_pages in shown:
        said = every(domain, "fr")
        stray = {
            each for each in texts_of_pages for text in (each, said[each]) if translating.stray_percent(text)
        }
        assert stray == set()


def test_a_percent_sign_in_a_text_of_the_law_is_accepted(dutch: str) -> None:
    passed_on = next(each for each in translating.by_page()["home"] if each.startswith("We have to pass"))
    changed = dutch.replace(f'msgstr "NL {passed_on}"', 'msgstr "NL 100% of offences"')
    assert changed != dutch
    assert faults(changed, "nl") == []


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with the catalogues and the TOML files, as in the project."""
    translations = tmp_path / shipped.TRANSLATIONS.relative_to(ROOT)
    shutil.copytree(shipped.TRANSLATIONS, translations)
    (tmp_path / "portal").mkdir()
    for file in (ROOT / "portal").glob("*.toml"):
        shutil.copyfile(file, tmp_path / "portal" / file.name)
    return tmp_path


def of_dutch(root: Path) -> Path:
    return root / catalogues.path(Domain.PUBLIC, "nl").relative_to(ROOT)


def files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_new_language_gets_the_texts_of_one_page_and_copies_of_the_english_files(copied: Path) -> None:
    """All other files stay as they are. The command lists the texts without a translation."""
    before, home = files(copied), translating.by_page()["home"]
    printed = [*translating.run("nl", "home", copied)]
    new = {path: content for path, content in files(copied).items() if path not in before}
    assert before.items() <= files(copied).items()
    portal = copied / "portal"
    english = {portal / f"{each}.nl.toml": before[portal / f"{each}.en.toml"] for each in guide.NAMES}
    assert english == {path: content for path, content in new.items() if path != of_dutch(copied)}
    assert sorted(home) == translating.empty(of_dutch(copied).read_text("utf-8"))
    count = f"{len(home)} texts, {len(home)} of them without a translation"
    assert printed[0] == f"{of_dutch(copied).relative_to(copied)}: {count}"
    assert [f"no translation: {each}" for each in sorted(home)] == printed[1 : len(home) + 1]
    assert {f"portal/{each.name}: copied from English; translate it, too" for each in english} <= {*printed}


def test_a_translated_text_is_not_listed_as_missing_and_is_kept_when_another_page_is_added(
    copied: Path, dutch: str
) -> None:
    of_dutch(copied).parent.mkdir(parents=True)
    of_dutch(copied).write_text(dutch.replace('msgstr "NL Skip to the content"', 'msgstr ""'), "utf-8")
    printed = [*translating.run("nl", "home", copied)]
    assert ["no translation: Skip to the content"] == [each for each in printed if "no transl" in each]
    [*translating.run("nl", "status", copied)]
    after = of_dutch(copied).read_text("utf-8")
    home, status = ({*translating.by_page()[each]} for each in ("home", "status"))
    assert home - {"Skip to the content"} == translating.translated(after).keys()
    assert {*translating.empty(after)} == status - home | {"Skip to the content"}


def test_the_french_catalogue_gets_a_missing_text_back_and_loses_only_texts_that_no_page_has(
    copied: Path,
) -> None:
    path = copied / catalogues.path(Domain.PUBLIC, "fr").relative_to(ROOT)
    text = path.read_text("utf-8")
    assert text.count('msgid "Skip to the content"') == 1
    path.write_text(text.replace('msgid "Skip to the content"', 'msgid "No page has this text"'), "utf-8")
    printed = [*translating.run("fr", root=copied)]
    assert "no translation: Skip to the content" in printed
    assert len(printed) == len(Domain) + 1
    with path.open("rb") as file:
        assert messages(Domain.PUBLIC, "fr").keys() == {str(each.id) for each in read_po(file) if each.id}


def test_an_english_title_in_the_help_file_of_another_language_is_reported(copied: Path, dutch: str) -> None:
    of_dutch(copied).parent.mkdir(parents=True)
    of_dutch(copied).write_text(dutch, "utf-8")
    portal = copied / "portal"
    for name in guide.NAMES:
        shutil.copyfile(portal / f"{name}.fr.toml", portal / f"{name}.nl.toml")
    assert "page home: complete" in [*translating.run("nl", "home", copied)]  # the control
    title = {each: f'title = "{guide.load(portal, each, "help").title}"' for each in catalogues.LANGUAGES}
    text = (portal / "help.nl.toml").read_text("utf-8")
    assert text.count(title["fr"]) == 1
    (portal / "help.nl.toml").write_text(text.replace(title["fr"], title["en"]), "utf-8")
    (line,) = (each for each in translating.run("nl", "home", copied) if each.startswith("page home: "))
    assert re.fullmatch(r"page home: 1 of \d+ texts missing; in English: help", line)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("nl", "hone"),
            ["no page is called hone", "PAGE is one of ", "home", "report", "status", "guide"],
        ),
        (
            ("xx", "home"),
            ["no language has the code xx", "LANG is one of fr, en, or the ISO 639-1 code"],
        ),
        (("fr_FR.UTF-8",), ["no language has the code fr_FR.UTF-8", "fr, en"]),
        (("dutch",), ["no language has the code dutch", "such as nl"]),
        (("../nl",), ["no language has the code ../nl"]),
    ],
)
def test_an_unknown_page_or_language_is_refused_with_the_choices_and_nothing_is_written(
    copied: Path, words: tuple[str, ...], said: list[str]
) -> None:
    before = files(copied)
    with pytest.raises(SystemExit) as refused:
        [*translating.run(*words, root=copied)]
    assert [each for each in said if each not in str(refused.value)] == []
    assert before == files(copied)


@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        *((["LANG=nl", f"PAGE={page}"], f"nl {page}") for page in ("home", "report", "status")),
        (["LANG=nl"], "nl"),
        (["PAGE=home"], "fr home"),
        ([], "fr"),
    ],
)
def test_make_texts_passes_the_language_and_the_page_to_its_program(given: list[str], passed_on: str) -> None:
    """The environment variable LANG contains a locale, which does not count here."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = subprocess.run(
        ["make", "--dry-run", "texts", *given],
        cwd=ROOT,
        env=environment | {"LANG": "de_DE.UTF-8"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert said.splitlines()[-1].split() == [
        ".venv/bin/python",
        "-m",
        "tests.support.translating",
        *passed_on.split(),
    ]
