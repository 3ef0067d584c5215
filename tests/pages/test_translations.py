"""Every text of the pages exists in every language, and every code that a script may show has one."""

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from crypto.messages import Status
from inbox.casework.measures import Kind
from portal.web import translation
from tests.support.paths import ROOT

TEMPLATES = ROOT / "templates"
INBOX = ROOT / "inbox"
SCRIPTS = ROOT / "portal" / "scripts"
OPTIONS = {"**.html": {"silent": "false", "trimmed": "true"}}
SHOWN = re.compile(
    r'(?:say|Failure|super|found|line|caution|tick)\(\s*"([\w-]+)"'
    r'|code(?: =|:) "([\w-]+)"|fault: "([\w-]+)"| [:?] "([a-z_]+(?:-[a-z_]+)+)"'
)
PROBLEM = re.compile(r'Problem\(\s*\d+, "(\w+)"')
# Words that are the same in both languages.
SAME = {
    *("Pages", "Messages", "Page %(page)s", "Journal", "Note", "Notes"),
    *("{error}", "page {number}", "1 page", "{count} pages", "danger {value}", "quorum {number}"),
}
FIELD = re.compile(r"\{\w+(?:!r)?\}|%\(\w+\)s")
TYPED = re.compile(r"\binbox [a-z]|--[a-z]|PLACE:")
CODE = re.compile(r"[a-z]+(?:[_-][a-z]+)*")
DONE_AT_THE_DESK = [
    *("inbox (show|queue|list|links|handlers|retention|templates|redirections|outbox)\\b",),
    *("inbox (decide|reopen|close|extend|declare|source-risk|quarantine|break-glass|identity|minimise)\\b",),
    *("--(reason|until|to|ground|early|received|degree|template|disclosure|text-file|person)\\b",),
]
# What only a page at fault brings about: `failure.js` has one text for all that has none.
DISAGREE = set(
    re.findall(
        r"\w+",
        """
    already_whole challenge_expired challenge_for_another challenge_foreign challenge_malformed
    challenge_missing challenge_spent challenge_unsolved channel_missing content_type length_missing
    metadata_incomplete metadata_malformed metadata_unknown method_not_allowed not_sealed offset_missing
    offset_moved tus_version wrong_length wrong_size
        """,
    )
)
# Answers of the web server library to requests that no page makes.
NEVER_ASKED = {HTTPStatus(code).name.lower() for code in (400, 405)}


def extracted() -> set[str]:
    found = extract_from_dir(TEMPLATES, [("**.html", "jinja2")], OPTIONS)
    return {message for _, _, message, _, _ in found if isinstance(message, str)} | told()


def told() -> set[str]:
    """Return what the inbox tells officers, of which the desk speaks both languages."""
    found = extract_from_dir(INBOX, [("**.py", "python")], keywords={"sentence": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def catalogue(language: str) -> Catalog:
    with (TEMPLATES / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages(language: str) -> dict[str, Message]:
    return {str(message.id): message for message in catalogue(language) if message.id}


def texts() -> dict[str, str]:
    files = ("texts.html", "texts_case.html")
    listed = "".join((TEMPLATES / "portal" / name).read_text("utf-8") for name in files)
    named = dict(re.findall(r'data-code="([\w-]+)">\{\{ _\("(.+)"\) \}\}', listed))
    for template in (TEMPLATES / "portal").glob("*.html"):
        for block in re.findall(r"set own_texts = \{(.+?)\n\} %\}", template.read_text("utf-8"), re.DOTALL):
            named = dict(re.findall(r'"([\w-]+)": _\("(.+)"\)', block)) | named
    return named


def codes() -> Iterator[str]:
    for script in SCRIPTS.glob("*.js"):
        for groups in SHOWN.findall(script.read_text("utf-8")):
            yield from filter(None, groups)
    yield from (f"{what}-{status}" for status in Status for what in ("status", "means"))
    yield from (f"measure-{kind}" for kind in Kind)
    yield from (f"state-{state}" for state in ("unknown", "waiting", "collected"))
    yield from (f"message-{side}" for side in ("you", "them"))


def answered() -> set[str]:
    """Return the codes that the way without a script has an answer for."""
    page = (TEMPLATES / "portal" / "answer.html").read_text("utf-8")
    return set(re.findall(r'code == "(\w+)"', page))


def problems() -> set[str]:
    sources = (ROOT / "portal").rglob("*.py")
    return {code for source in sources for code in PROBLEM.findall(source.read_text("utf-8"))}


@pytest.mark.parametrize("language", translation.LANGUAGES)
def test_no_text_is_missing_or_left_over(language: str) -> None:
    """Run what stands in templates/babel.toml to see where a text stands."""
    found = extracted()
    assert len(found) > 100
    assert found == set(messages(language))
    assert [each for each, message in messages(language).items() if not message.string] == []


@pytest.mark.parametrize("language", translation.LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [each for each, message in messages(language).items() if message.fuzzy] == []


@pytest.mark.parametrize("language", translation.LANGUAGES)
def test_a_translation_keeps_the_places_for_values(language: str) -> None:
    for english, message in messages(language).items():
        assert set(FIELD.findall(english)) == set(FIELD.findall(str(message.string)))


def test_english_is_the_text_of_the_templates() -> None:
    """But for what the desk cannot say as the command line does: a hint to type something, and a code."""
    said = {english: str(message.string) for english, message in messages("en").items()}
    others = {english for english in said if said[english] != english}
    assert len(others) > 50
    assert [each for each in others if not (TYPED.search(each) or CODE.fullmatch(each))] == []


@pytest.mark.parametrize("language", translation.LANGUAGES)
def test_nobody_at_the_desk_is_told_to_type_what_the_desk_does_itself(language: str) -> None:
    """Its hints name its pages: while it is open, no command gets at the inbox."""
    sentences, catalogued = told(), messages(language)
    assert [each for each in DONE_AT_THE_DESK if not re.search(each, "\n".join(sentences))] == []
    said = [str(catalogued[each].string) for each in sentences if "inbox journal clock" not in each]
    assert [each for each in said if any(re.search(command, each) for command in DONE_AT_THE_DESK)] == []


def test_french_differs_from_english() -> None:
    same = [each for each, message in messages("fr").items() if each == message.string]
    assert set(same) == SAME


def test_every_code_of_a_script_has_a_text() -> None:
    assert set(codes()) - set(texts()) == set()


def test_every_problem_that_a_page_may_meet_has_a_text() -> None:
    found = problems()
    assert len(found) > 10
    assert DISAGREE <= found - set(texts())
    assert found - set(texts()) - DISAGREE - answered() - NEVER_ASKED == set()


def test_no_text_is_for_a_code_that_nobody_shows() -> None:
    assert set(texts()) - set(codes()) - problems() == set()


def test_statuses_bear_the_labels_of_the_domain() -> None:
    """As a reporter sees them, in both languages."""
    expected = {
        "Received": "Reçu",
        "Acknowledged": "Accusé de réception",
        "Under assessment": "En cours d'évaluation",
        "More information requested": "Précisions demandées",
        "Follow-up under way": "Suites en cours",
        "Closed": "Clos",
    }
    french = translation.load("fr")
    assert expected == {texts()[f"status-{s}"]: french.gettext(texts()[f"status-{s}"]) for s in Status}


def test_a_text_without_translation_is_shown_in_english() -> None:
    words = translation.load("fr")
    assert words.gettext("Nobody wrote this") == "Nobody wrote this"
    assert [words.ngettext("Report", "Messages", count) for count in (1, 2)] == ["Signaler", "Messages"]


def test_a_language_is_called_by_its_own_name() -> None:
    assert [translation.load(language).name for language in translation.LANGUAGES[:2]] == [
        "Français",
        "English",
    ]


def test_french_signs_stay_with_their_words() -> None:
    """A space before a colon or within quotation marks may not end a line; in English it may."""
    text = "Danger ? « Non » ; si : oui !"
    assert translation.spaced("fr", text).replace("\xa0", "_") == "Danger_? «_Non_»_; si_: oui_!"
    assert translation.spaced("en", text) == text
