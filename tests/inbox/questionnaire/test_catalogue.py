"""A stored questionnaire that a stricter parser refuses does not stop the inbox.

Reports for that questionnaire are shown with question ids.
"""

from pathlib import Path

import pytest

from crypto import questionnaire
from crypto.questionnaire import BadDocument
from inbox.vault.tables import QuestionnaireFile
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Portal, Reporter, World, first
from tests.support.questionnaires import SHIPPED

UNREADABLE = SHIPPED.replace(b'type = "period"', b'type = "date"')


@pytest.fixture
def unreadable(world: World, tmp_path: Path) -> World:
    """An office with one case, whose questionnaire the parser now refuses."""
    collect(world, Portal(world, tmp_path / "before"), "read by its questionnaire")
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.get_one(QuestionnaireFile, questionnaire.parse(SHIPPED).hash).raw = UNREADABLE
    with pytest.raises(BadDocument):
        questionnaire.parse(UNREADABLE)
    return world


def collect(world: World, portal: Portal, text: str) -> None:
    bundle = portal.bundle(first(Reporter(world), text=text))
    world.office.json("exchange", "collect", bundle, "--new-instance", portal.fingerprint)


def test_the_keyring_and_the_outbox_still_name_a_questionnaire_that_the_parser_refuses(
    unreadable: World,
) -> None:
    named = unreadable.office.keyring()[0].questionnaire
    unreadable.office.json("exchange", "outbox", "--out", unreadable.office.out)
    unreadable.office.json("exchange", "keyring", "--out", unreadable.office.out)
    opened = unreadable.office.keyring()[0]
    assert (2, named) == (opened.serial, opened.questionnaire)


def test_a_report_for_a_refused_questionnaire_is_collected_and_shown_with_its_question_ids(
    unreadable: World, tmp_path: Path
) -> None:
    """Such reports are treated like reports for a questionnaire that the inbox never had."""
    collect(unreadable, Portal(unreadable, tmp_path / "after"), "collected since")
    for number, text in (("1", "read by its questionnaire"), ("2", "collected since")):
        case = unreadable.office.json("case", "show", number)
        assert ({"what": text, "coi": "no"}, {}) == (case["answers"], case["labels"])
        assert f"what\n│ {text}" in unreadable.office.run("case", "show", number).out
    assert "collected since" in unreadable.office.run("case", "list").out


def test_officers_can_read_and_answer_reports_whose_questionnaire_was_refused(unreadable: World) -> None:
    """The questions have no labels.

    Officers cannot enter a report by hand until they adopt another questionnaire.
    """
    with sitting(unreadable.office) as client:
        assert "read by its questionnaire" in client.page("/en/")
        assert "read by its questionnaire" in client.page("/en/case/1")
        assert "read by its questionnaire" in client.page("/en/case/1/minimise")
    unreadable.office.json("message", "reply", "1", "--text", "thank you")
    assert ["thank you"] == [each["text"] for each in unreadable.office.json("case", "show", "1")["messages"]]
