"""The inbox shows answers with the labels of their questionnaire version.

Warnings come first, and odd answers are marked.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto import questionnaire
from crypto.messages import QuestionnaireRef
from inbox.questionnaire import summary
from inbox.vault.tables import QuestionnaireFile
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, first
from tests.support.questionnaires import FIRST, LAST, as_version


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An office whose first questionnaire is no longer in use."""
    office = Office.found(tmp_path_factory.mktemp("office"))
    former = questionnaire.parse(FIRST)
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(QuestionnaireFile(hash=former.hash, id=former.id, version=former.version, raw=FIRST))
    return World(office)


@pytest.fixture(scope="module")
def shown(former: World, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Any], str]]:
    """One case for each of REPORTS, as JSON and as printed lines."""
    portal = Portal(former, tmp_path_factory.mktemp("medium"))
    for n, changes in enumerate(REPORTS, 1):
        reporter = Reporter(former)
        sent = Sent(reporter.report(edit=lambda r, c=changes: replace(r, **c)), reporter.keys.case_id)
        said = former.office.run(
            "exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint
        )
        assert said.code == 0, n
    numbers = [str(n) for n in range(1, len(REPORTS) + 1)]
    return [
        (former.office.json("case", "show", n), former.office.run("case", "show", n).out) for n in numbers
    ]


REPORTS: list[dict[str, Any]] = [
    {"questionnaire": QuestionnaireRef("customs", 1), "answers": {"what": "Old", "coi": "unsure"}},
    {
        "language": "en",
        "answers": {
            "path": "approached",
            "danger_now": "yes",
            "what": "They came twice\nto the car park",
            "means": ("money", "gift"),
            "how_many": "only_me",
            "protect": "the car park",
        },
    },
    {"answers": {"path": "saw", "means": ("money",), "category": "bribe", "extra": "x", "where": ("a", "b")}},
    {"answers": {"path": "saw", "category": "access", "protect": "never this"}},
    {
        "questionnaire": QuestionnaireRef("elsewhere", 9),
        "answers": {
            "alpha": "Made by hand",
            "danger_now": "yes",
            "protect": "the yellow truck",
            "what": "Seen",
        },
    },
]


def test_a_report_for_an_earlier_questionnaire_is_shown_with_the_labels_of_that_version(
    shown: list[tuple[dict[str, Any], str]],
) -> None:
    """The inbox keeps every questionnaire that was ever in use."""
    case, lines = shown[0]
    assert "Does it concern the inspectorate or a likely reader?\n│ I am not sure" in lines
    assert ({}, []) == (case["odd"], case["cautions"])


def test_labels_are_in_the_language_of_the_report(shown: list[tuple[dict[str, Any], str]]) -> None:
    """If a question has several answers, each is on its own line."""
    assert "With what?\n│ Money\n│ Gift, favour" in shown[1][1]
    assert "Sujet" not in shown[1][1]


def test_a_case_shows_warnings_and_protected_words_before_other_answers(
    shown: list[tuple[dict[str, Any], str]],
) -> None:
    """The warnings are about danger, a reporter at risk, and details that must never be repeated."""
    case, lines = shown[1]
    assert ["danger", "source_risk", "protect"] == case["cautions"]
    assert next(iter(case["answers"])) == "protect"
    order = [
        lines.index(words)
        for words in (
            "DANGER",
            "REPORTER AT RISK",
            "NEVER REPEAT",
            "Which detail must we not repeat?",
            "twice",
        )
    ]
    assert sorted(order) == order


def test_warnings_also_come_first_in_a_report_for_an_unknown_questionnaire(
    former: World, shown: list[tuple[dict[str, Any], str]]
) -> None:
    """Such a report is made by hand and has no labels.

    The questionnaire in use decides which warnings the report gets. The leak check also protects the words of
    such a report.
    """
    case, lines = shown[4]
    assert (["danger", "protect"], "protect", {}) == (
        case["cautions"],
        next(iter(case["answers"])),
        case["odd"],
    )
    assert (
        lines.index("NEVER REPEAT") < lines.index("protect\n│ the yellow truck") < lines.index("Made by hand")
    )
    said = former.office.run("message", "reply", "5", "--text", "Where was the yellow truck?")
    assert (1, True) == (said.code, "the reporter asked never to repeat it" in said.err)


def test_odd_answers_are_shown_and_marked_as_odd(shown: list[tuple[dict[str, Any], str]]) -> None:
    """Reports made by hand or by a modified page contain odd answers.

    No answer is lost, and nothing fails.
    """
    case, lines = shown[2]
    odd = {
        "means": "not-asked",
        "category": "unknown-answer",
        "extra": "unknown-question",
        "where": "unknown-answer",
    }
    assert odd == case["odd"]
    assert "With what? (not asked, given the other answers)\n│ Money" in lines
    assert "extra (not a question of this questionnaire)\n│ x" in lines
    assert "Where? (not an answer that the page offers)\n│ a\n│ b" in lines


def test_the_line_of_a_case_in_the_list_never_contains_protected_words(
    former: World, shown: list[tuple[dict[str, Any], str]]
) -> None:
    """The line shows the first text, or the subject of the report if there is no text.

    The line must not consist only of the path that the reporter chose.
    """
    assert len(shown) == len(REPORTS)
    lines = [case["summary"] for case in former.office.json("case", "list")["cases"]]
    topic = "Prêt de badge, clé, tenue, véhicule ; accès facilité"
    assert ["Old", "They came twice", "", topic, "Seen"] == lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x" * 80, "x" * 80),
        ("x" * 70 + " CSQU3054383", "x" * 70 + "…"),
        ("\n  \n first \nsecond", "first"),
        ("\n", ""),
    ],
)
def test_a_shortened_line_of_the_list_ends_with_an_ellipsis(text: str, line: str) -> None:
    """Otherwise a shortened container number would look complete."""
    assert line == summary.first_line([text])


def test_a_protected_answer_is_recognised_by_its_flag(tmp_path: Path) -> None:
    """Another questionnaire may use another id for the question.

    The answer is shown first, and no dossier offers to include it.
    """
    other = tmp_path / "other.toml"
    other.write_bytes(as_version(LAST + 1).replace(b'"protect"\n', b'"silence"\n', 1))
    office = Office.found(tmp_path / "office")
    assert 0 == office.run("office", "questionnaire", "replace", other).code
    world = World(office)
    said = {"what": "Seen", "silence": "the yellow truck"}
    ref = QuestionnaireRef("customs", LAST + 1)
    sent = first(Reporter(world), edit=lambda r: replace(r, questionnaire=ref, answers=said))
    portal = Portal(world, tmp_path / "medium")
    office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    case = office.json("case", "show", "1")
    assert (["silence"], ["silence", "what"]) == (case["protected"], list(case["answers"]))
    with sitting(office) as client:
        marked = client.page("/en/case/1").split('<div class="answer protect">')[1].split("</div>")[0]
        assert "the yellow truck" in marked
        assert 'value="silence"' not in client.page("/en/case/1/dossier")
