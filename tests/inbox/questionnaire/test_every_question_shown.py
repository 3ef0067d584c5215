"""Officers see every question of the shipped questionnaire.

A dossier contains only the questions about the facts.

The tests read the questions from the file itself, so they notice a question that the program overlooks.
"""

import html
import json
import tomllib
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pytest

from tests.support import dossier_room
from tests.support.desk_room import sitting
from tests.support.dossier_room import Room
from tests.support.inbox_builders import Office, Portal, Reporter, World, first
from tests.support.questionnaires import SHIPPED

FIELDS: dict[str, dict[str, Any]] = {
    field["id"]: field for section in tomllib.loads(SHIPPED.decode())["section"] for field in section["field"]
}
ABOUT_FACTS = {name for name, field in FIELDS.items() if field["concerns"] == "facts"}
# Each question has one word that stands for it. The words occur nowhere else, and differ too much to be
# confused with each other.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
WORDS = {name: sha256(name.encode()).hexdigest()[:12].translate(_LETTERS) for name in FIELDS}


@dataclass(frozen=True)
class Shown:
    """A report that answers every question, as plain text.

    The report is read at the desk, on the command line, and in a dossier.
    """

    desk: str
    command: str
    dossier: str
    entries: list[str]


def answer(field: dict[str, Any]) -> str | tuple[str, ...]:
    """Answer a question with its last option, with all options, with days, or with words."""
    options = [option["id"] for option in field.get("option", ())]
    return {
        "choice": lambda: options[-1],
        "choices": lambda: tuple(options),
        "period": lambda: "2026-03-01/2026-03-02",
    }.get(field["type"], lambda: WORDS[field["id"]])()


def expected(field: dict[str, Any]) -> list[str]:
    """Return the texts that must be shown for a question in English: its label and its answer."""
    given = answer(field)
    chosen = [each["label"]["en"] for each in field.get("option", ()) if each["id"] in given]
    return [field["label"]["en"], *(chosen or [str(given)])]


def plain(text: str) -> str:
    """Return a text as a single line, without HTML escapes and without the bars of quotations."""
    return " ".join(html.unescape(text).replace("│", "").split())


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """One report that answers every question.

    The test reads this report at the desk, on the command line and in a dossier.
    """
    folder = tmp_path_factory.mktemp("every")
    office = Office.found(folder)
    world = World(office)
    portal, reporter = Portal(world, folder / "medium"), Reporter(world)
    answers = {name: answer(field) for name, field in FIELDS.items()}
    sent = first(reporter, edit=lambda report: replace(report, language="en", answers=answers))
    office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    dossier_room.tell_prosecutor(office)
    dossier = Room(office, reporter, folder).make("1.age", "--language", "en")
    with sitting(office) as client:
        desk = client.page("/en/case/1").split('<div class="answers">')[1]
    parts = dossier_room.opened(dossier)
    entries = [entry["place"] for entry in json.loads(parts["dossier.json"])["entries"]]
    return Shown(
        plain(desk),
        plain(office.run("case", "show", "1").out),
        plain(dossier_room.printed(parts["dossier.pdf"])),
        entries,
    )


@pytest.mark.parametrize("question", FIELDS)
def test_officers_read_a_question_with_its_answer(shown: Shown, question: str) -> None:
    for words in map(plain, expected(FIELDS[question])):
        assert words in shown.desk
        assert words in shown.command


@pytest.mark.parametrize("question", FIELDS)
def test_a_dossier_has_exactly_the_questions_that_are_about_the_facts(shown: Shown, question: str) -> None:
    """If a question is about the reporter, the dossier has neither its label nor its answer."""
    label, *answers = map(plain, expected(FIELDS[question]))
    is_there = question in ABOUT_FACTS
    assert (is_there, is_there) == (question in shown.entries, label in shown.dossier)
    if is_there:
        assert all(words in shown.dossier for words in answers)
    else:
        assert WORDS[question] not in shown.dossier


def test_a_dossier_has_entries_only_for_the_questions_about_the_facts(shown: Shown) -> None:
    assert ABOUT_FACTS == {*shown.entries}
    assert ABOUT_FACTS < {*FIELDS}
