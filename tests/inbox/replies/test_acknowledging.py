"""Acknowledging several reports at the same time, each in its language.

Officers acknowledge reports of danger one by one.
"""

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, answering, drop, first

pytestmark = pytest.mark.copy_of("arrived")


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Cases 1 to 4: two plain reports, one report whose reporter is in danger, and one unsigned report."""
    folder = tmp_path_factory.mktemp("arrived")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    sent = [
        first(Reporter(world), text="un"),
        first(Reporter(world), text="two"),
        first(Reporter(world), text="vite", edit=answering(danger_now="yes")),
        Sent(drop(world, "lettre anonyme")),
    ]
    for each in sent:
        office.json("exchange", "collect", portal.bundle(each), "--confirm-instance", portal.fingerprint)
    return office


def test_bulk_acknowledgement_skips_and_lists_reports_of_danger_and_unsigned_reports(office: Office) -> None:
    done = office.json("message", "acknowledge", "1", "2", "3", "4")
    assert {"acknowledged": [1, 2], "left_out": {"3": "danger", "4": "mute"}} == done
    shown = [office.json("case", "show", str(number)) for number in (1, 2, 3)]
    assert ["acknowledged", "acknowledged", "received"] == [each["status"] for each in shown]
    assert [1, 1, 0] == [len(each["messages"]) for each in shown]


def test_the_desk_shows_the_acknowledgement_before_it_is_sent(office: Office) -> None:
    """The page lists the cases, and says which of the cases nobody has opened.

    Only the second click acknowledges the cases.
    """
    office.json("case", "show", "1")
    chosen = {"case": ["1", "2", "3", "4"]}
    with sitting(office) as client:
        page = client.send("/en/many/acknowledge", **chosen).text
        assert "Nothing is acknowledged yet." in page
        assert "agents habilités" in page
        assert re.findall(r'name="case" value="(\d)"', page) == ["1", "2"]
        assert page.partition("Nobody has opened yet: ")[2].partition("</p>")[0] == "Case 2"
    assert [[], []] == [office.json("case", "show", number)["messages"] for number in ("1", "2")]
    with sitting(office) as client:
        done = client.send("/en/many/acknowledge", case=["1", "2"], read="on").text
        assert "2 reports are acknowledged" in done


def test_bulk_acknowledgement_skips_an_acknowledged_case(office: Office) -> None:
    office.json("message", "acknowledge", "1")
    assert {"acknowledged": [2], "left_out": {"1": "acknowledged"}} == office.json(
        "message", "acknowledge", "1", "2"
    )
    assert 1 == len(office.json("case", "show", "1")["messages"])


def test_a_report_of_danger_that_was_acknowledged_is_no_longer_listed_as_unanswered(office: Office) -> None:
    office.json("message", "reply", "3", "--template", "acknowledgement")
    assert {"3": "acknowledged"} == office.json("message", "acknowledge", "3")["left_out"]


def test_the_journal_has_one_entry_for_each_acknowledged_case(office: Office) -> None:
    office.json("message", "acknowledge", "1", "2", "3")
    found = [each for each in office.json("journal", "list")["entries"] if each["action"] == "reply"]
    assert [1, 2] == [each["case"] for each in found]


def test_bulk_acknowledgement_writes_nothing_if_all_cases_are_skipped_or_one_is_unknown(
    office: Office,
) -> None:
    before = office.state()
    assert {"acknowledged": [], "left_out": {"3": "danger"}} == office.json("message", "acknowledge", "3")
    assert 1 == office.run("message", "acknowledge", "1", "9").code
    assert before == office.state()


def test_bulk_acknowledgement_skips_a_closed_case(office: Office) -> None:
    office.settle(1)
    office.json("message", "acknowledge", "2")
    office.json("case", "junk", "2", "--reason", "spam")
    assert {"2": "over"} == office.json("message", "acknowledge", "2")["left_out"]


@pytest.mark.copy_of("founded")
def test_each_acknowledgement_is_in_the_language_of_its_report(world: World, portal: Portal) -> None:
    """One command acknowledges a French and an English report."""
    reports: list[Any] = [
        first(Reporter(world), edit=lambda report: _in(report, "fr")),
        first(Reporter(world), edit=lambda report: _in(report, "en")),
    ]
    for each in reports:
        world.office.json(
            "exchange", "collect", portal.bundle(each), "--confirm-instance", portal.fingerprint
        )
    world.office.json("message", "acknowledge", "1", "2")
    french, english = (world.office.json("case", "show", n)["messages"][0]["text"] for n in ("1", "2"))
    assert [True, True] == [french.startswith("Votre signalement"), english.startswith("Your report")]


def _in(report: Any, language: str) -> Any:
    return replace(report, language=language)
