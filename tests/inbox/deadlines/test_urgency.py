"""Words describe how far away each deadline is. Commands and the desk show overdue deadlines first."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from inbox.deadlines import urgency
from inbox.desk import translate
from inbox.vault.casework_tables import Duty, Workflow
from tests.support.desk_room import sitting, tell
from tests.support.inbox_builders import Office, Portal, World, today

DAY = date(2031, 3, 1)


@pytest.fixture
def two_cases(world: World, tmp_path: Path) -> Office:
    tell(world, Portal(world, tmp_path / "medium"), {"what": "a zebra"}, {"what": "a lemur"})
    return world.office


@pytest.mark.parametrize(
    ("left", "english", "french"),
    [
        (-400, "overdue by 400 days", "En retard de 400 jours"),
        (-2, "overdue by 2 days", "En retard de 2 jours"),
        (-1, "overdue by 1 day", "En retard d\u2019un jour"),
        (0, "today", "Aujourd\u2019hui"),
        (1, "tomorrow", "Demain"),
        (2, "in 2 days", "Dans 2 jours"),
        (730, "in 730 days", "Dans 730 jours"),
        (731, "in 2 years", "Dans 2 ans"),
        (732, "in more than 2 years", "Dans plus de 2 ans"),
        (2192, "in 6 years", "Dans 6 ans"),
        (2191, "in more than 5 years", "Dans plus de 5 ans"),
    ],
)
def test_words_describe_how_far_away_a_deadline_is(left: int, english: str, french: str) -> None:
    said = urgency.said(DAY + timedelta(left), DAY)
    assert (english, french) == (said, translate.told("fr", said))


def test_pending_deadlines_come_before_finished_deadlines_and_each_group_is_sorted_by_day() -> None:
    days = [(waits, DAY + timedelta(left)) for left in (3, -2, 0) for waits in (False, True)]
    found = sorted(days, key=lambda each: urgency.place(each[1], waits=each[0]))
    assert [(waits, (day - DAY).days) for waits, day in found] == [
        (waits, left) for waits in (True, False) for left in (-2, 0, 3)
    ]


def test_the_command_and_the_desk_list_the_deadlines_of_a_case_in_the_same_order(two_cases: Office) -> None:
    """The list contains legal duties, too.

    A duty that was decided late comes after all pending deadlines and is marked as late.
    """
    late = today() - timedelta(3)
    with two_cases.opened() as inbox, inbox.transaction() as session:
        session.add(Duty(case=1, kind="art40", known=late, due=late))
    for first in (True, False):
        shown = two_cases.json("case", "show", "1")["work"]["deadlines"]
        waits = [each["urgency"] is not None for each in shown]
        assert waits == sorted(waits, reverse=True)
        days = [each.get("day") or each["due"] for each in shown]
        assert days[: sum(waits)] == sorted(days[: sum(waits)])
        with sitting(two_cases) as client:
            (listed,) = re.findall('<ul class="clocks">(.*?)</ul>', client.page("/en/case/1"), re.DOTALL)
        items = listed.split("<li>")[1:]
        assert len(shown) == len(items)
        place = 0 if first else -1
        assert "art40" == shown[place].get("duty")
        assert ("overdue by 3 days   " in two_cases.run("case", "show", "1").out) is first
        assert ("overdue by 3 days" if first else '<span class="mark late">late: it was due on ') in items[
            place
        ]
        with two_cases.opened() as inbox, inbox.transaction() as session:
            session.get_one(Duty, (1, "art40")).decided = today()


def test_the_queue_shows_how_far_away_each_deadline_is(two_cases: Office) -> None:
    with two_cases.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).deadline = today() - timedelta(1)
        session.get_one(Workflow, 2).deadline = None
    found = two_cases.json("queue", "list", "--sort", "deadline")["cases"]
    assert [(1, "overdue by 1 day"), (2, None)] == [(each["case"], each["urgency"]) for each in found]
    assert f"due {today() - timedelta(1)}, overdue by 1 day" in two_cases.run("queue", "list").out
    with sitting(two_cases) as client:
        assert "En retard d\u2019un jour" in client.page("/fr/")
