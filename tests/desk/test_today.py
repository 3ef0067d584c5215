"""An officer's day begins with what waits, the most pressing first, as far as that officer may see it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox.overview import today as todays
from inbox.vault.casework_tables import Measure, Workflow
from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, passphrase_of, today

pytestmark = pytest.mark.copy_of("founded_three")


@pytest.fixture
def three_cases(office: Office, tmp_path: Path) -> Office:
    """Case 1 tells of danger and is due today, 2 is overdue, 3 is due tomorrow."""
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    for answers in ({"what": "a", "danger_now": "yes"}, {"what": "b"}, {"what": "c"}):
        # Each in a bundle of its own: in one, those of a day come in no order.
        tell(world, portal, answers | {"coi": "no"})
    office.json("declare", "1", "2", "3")
    with office.opened() as inbox, inbox.transaction() as session:
        for number, days in ((1, 0), (2, -2), (3, 1)):
            session.get_one(Workflow, number).deadline = today() + timedelta(days)
    return office


def part(page: str, name: str) -> str:
    """Return a section of the page as text."""
    (found,) = re.findall(rf'<section[^>]*aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found).split())


def test_no_officer_hides_a_danger_by_a_low_score_nor_one_that_another_judged(three_cases: Office) -> None:
    """Answers count, and so does what an officer found: on the day's page, in the row, in bulk.

    The third, in which nobody is in danger, is the control.
    """
    for number, danger in (("1", "0"), ("2", "3"), ("3", "2")):
        three_cases.json("judge", number, "--danger", danger, "--reason", "x")
    with sitting(three_cases) as alice:
        told = part(alice.page("/en/today"), "danger")
        assert ["Case 1", "Case 2"] == sorted(re.findall(r"Case \d", told))
        assert 1 == told.count("Danger")
    rows = {row["case"]: row["cautions"] for row in three_cases.json("queue")["cases"]}
    assert {1: ["danger"], 2: ["danger"], 3: []} == rows
    assert {1, 2} == {row["case"] for row in three_cases.json("queue", "--danger")["cases"]}
    assert ["danger"] == three_cases.json("show", "2")["cautions"]
    assert [3] == three_cases.json("acknowledge", "1", "2", "3")["acknowledged"]


def test_danger_stands_before_all_else_until_a_measure_answers_it(three_cases: Office) -> None:
    """One officer who asks for protection, or has logs kept, takes it from nobody's page."""
    with sitting(three_cases) as alice:
        shown = alice.page("/en/today")
        assert "Case 1" in part(shown, "danger")
        assert shown.index('id="danger"') < shown.index('id="due"')
        alice.send("/en/case/1/assess", risk="low", reason="x")
        for kind in ("protection_requested", "log_preservation"):
            assert 303 == alice.send("/en/case/1/measure", kind=kind, day="", degree="0").status_code
            assert "Case 1" in part(alice.page("/en/today"), "danger")
        alice.send("/en/case/1/measure", kind="protection_granted", day="", degree="0")
        assert 'id="danger"' not in alice.page("/en/today")


def test_the_most_pressing_danger_comes_first(three_cases: Office) -> None:
    """By the score, whichever number a case has."""
    three_cases.json("judge", "1", "--danger", "0", "--immediacy", "0", "--reason", "x")
    three_cases.json("measure", "1", "prosecutor_phoned", "--addressee", "X")  # now the score alone counts
    with three_cases.opened() as inbox, inbox.transaction() as session:
        for row in session.scalars(select(Measure)):
            session.delete(row)
    three_cases.json("judge", "3", "--danger", "3", "--immediacy", "3", "--severity", "3", "--reason", "x")
    with sitting(three_cases) as alice:
        assert ["Case 3", "Case 1"] == re.findall(r"Case \d", part(alice.page("/en/today"), "danger"))


def test_quarantine_hides_no_danger(three_cases: Office) -> None:
    """One officer can place it at once, unread: the page of each tells of it until two have lifted it.

    Not to whom the case is kept from; and one in which nobody is in danger is not named.
    """
    three_cases.of("alice", "bruno").json("conflict", "exclude", "1", "chloe", "--reason", "kin")
    for number in ("1", "3"):
        three_cases.json("quarantine", number, "--reason", "a lawyer's letter")
    # Done to a report that nobody has read, nothing is a first act.
    three_cases.json("source-risk", "1", "low", "--reason", "x")
    with sitting(three_cases) as alice:
        for client in (alice, Client(alice.desk, alice.app, "bruno")):
            shown = client.page("/en/today")
            assert ["Case 1"] == re.findall(r"Case \d", part(shown, "shut"))
            assert 'id="danger"' not in shown
        assert 'id="shut"' not in Client(alice.desk, alice.app, "chloe").page("/en/today")
    with three_cases.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 1).first_act is None
    three_cases.json("quarantine", "1", "--lift", "--reason", "no secret")
    with sitting(three_cases) as alice:
        shown = alice.page("/en/today")
        assert ('id="shut"' in shown, "Case 1" in part(shown, "danger")) == (False, True)


def test_what_is_due_is_in_order_and_tells_how_far_it_is(three_cases: Office) -> None:
    with sitting(three_cases) as alice:
        said = part(alice.page("/en/today"), "due")
        assert ["Case 2", "Case 1"] == re.findall(r"Case \d", said)
        assert "Case 2 · Overdue by 2 days" in said
        assert "Due in the seven days after that: 1" in said
        alice.send("/en/today", due_by="today")
        assert ["1", "2"] == sorted(re.findall(r'name="case" value="(\d)"', alice.page("/en/")))


def test_what_an_officer_may_not_read_does_not_count(three_cases: Office) -> None:
    """Nor is danger told of what was not declared: an officer who has declared sees it.

    To one who has not, only the priority is told, as in the queue.
    """
    three_cases.of("alice", "chloe").json("conflict", "exclude", "2", "bruno", "--reason", "kin")
    with sitting(three_cases) as alice:
        bruno, chloe = (Client(alice.desk, alice.app, name) for name in ("bruno", "chloe"))
        assert ["Case 1"] == re.findall(r"Case \d", part(bruno.page("/en/today"), "due"))
        assert ["Case 1"] == re.findall(r"Case \d", part(bruno.page("/en/today"), "danger"))
        assert ["Case 2", "Case 1"] == re.findall(r"Case \d", part(alice.page("/en/today"), "due"))
        shown = chloe.page("/en/today")
        assert 'id="danger"' not in shown
        assert ["Case 1"] == re.findall(r"Case \d", part(shown, "undeclared"))
        assert 'id="undeclared"' not in alice.page("/en/today")
    three_cases.of("alice", "bruno").json("conflict", "exclude", "1", "chloe", "--reason", "kin")
    with sitting(three_cases) as alice:
        assert 'id="undeclared"' not in Client(alice.desk, alice.app, "chloe").page("/en/today")


def test_drafts_and_what_waits_for_a_second_officer_are_named(three_cases: Office) -> None:
    with sitting(three_cases) as alice:
        bruno = Client(alice.desk, alice.app, "bruno")
        assert "drafts" not in alice.page("/en/today")
        alice.send("/en/draft/note/3", text="x")
        asking = {"reason": "spam", "case": "3", "ask-another": "on"}
        alice.send("/en/many/junk", **asking, **{"passphrase-alice": passphrase_of("alice")})
        assert "Case 3 · note" in part(alice.page("/en/today"), "drafts")
        assert f'href="{alice.desk.place}/en/case/3/work#notes"' in alice.page("/en/today")
        assert "alice:" in part(bruno.page("/en/today"), "asked")
        assert "Nothing." in part(alice.page("/en/today"), "asked")


def test_the_exchange_that_comes_next_is_told_and_what_nobody_has_read(three_cases: Office) -> None:
    with sitting(three_cases) as alice:
        shown = alice.page("/en/today")
        assert "The next exchange with the portal is due by" in shown
        assert "Not read yet 3" in part(shown, "unread")
        alice.send("/en/today", to_read="on")
        assert 3 == len(re.findall(r'name="case" value="\d"', alice.page("/en/")))


def test_no_more_cases_stand_there_than_one_reads(
    three_cases: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the others the number is told."""
    monkeypatch.setattr(todays, "SHOWN", 1)
    with sitting(three_cases) as alice:
        said = part(alice.page("/en/today"), "due")
        assert (["Case 2"], "Due by today 2") == (re.findall(r"Case \d", said), said[:14])
