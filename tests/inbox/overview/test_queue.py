"""The queue lists open cases by urgency.

The queue has filters, a search, and scores that officers can adjust.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inbox.cli.commands import queue as commands_queue
from inbox.overview import neighbours, queue, queue_filter
from inbox.overview.neighbours import Neighbours
from inbox.overview.queue_filter import LONGEST_SEARCH, Filter, Order
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import FollowUp
from tests.support.desk_room import sitting
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    Sent,
    World,
    answering,
    drop,
    first,
    today,
)
from tests.support.inbox_ending import heard

# Each report has a text and answers. Each report also has the priority and the score that the rules propose.
REPORTS: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("rien de grave", {"category": "other"}, (4, 0)),
    ("on me menace au port", {"danger_now": "yes", "category": "threat", "where": "atlantic"}, (1, 33)),
    ("un collègue au scanner", {"service_sought": ("scanner",), "how_many": "only_me"}, (4, 6)),
    ("Ils paient l'agent du quai", {"path": "approached", "refs": "CSQU3054383"}, (3, 21)),
]

pytestmark = pytest.mark.copy_of("waiting")


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox with these four reports, a follow-up to the first, and an unsigned report."""
    folder = tmp_path_factory.mktemp("queue")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    reporters = [Reporter(world) for _ in REPORTS]
    sent = [
        first(each, text=text, edit=answering(**answers))
        for each, (text, answers, _) in zip(reporters, REPORTS, strict=True)
    ]
    letter = Sent(reporters[0].follow_up("Le nom était Zacharie"))
    # Each report is in its own bundle, because reports of one day have no order within a bundle.
    for each in [*sent, Sent(drop(world, "lettre anonyme")), letter]:
        office.json("exchange", "collect", portal.bundle(each), "--confirm-instance", portal.fingerprint)
    return office


def numbers(office: Office, *options: str) -> list[int]:
    return [case["case"] for case in office.json("queue", "list", *options)["cases"]]


def one(office: Office, number: int) -> Any:
    (case,) = [case for case in office.json("queue", "list")["cases"] if case["case"] == number]
    return case


def test_the_queue_lists_the_most_urgent_case_first(waiting: Office) -> None:
    """While nothing is overdue, cases are ordered by priority and then by score.

    Officers can also order the queue by the next deadline.
    """
    assert [2, 4, 3, 1, 5] == numbers(waiting)
    assert [(case["priority"], case["score"]) for case in waiting.json("queue", "list")["cases"][:2]] == [
        (1, 33),
        (3, 21),
    ]
    days = [case["deadline"] for case in waiting.json("queue", "list", "--sort", "deadline")["cases"]]
    assert days == sorted(days)
    assert 2 == numbers(waiting, "--sort", "deadline")[0]


def test_equally_urgent_cases_are_ordered_by_their_next_deadline(office: Office) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).deadline = today() + timedelta(90)
    assert [2, 4, 3, 5, 1] == numbers(office)
    assert [1] == numbers(office, "--sort", "deadline")[-1:]


def test_overdue_cases_precede_all_other_cases_except_cases_of_priority_1(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 1 has the lowest priority and score.

    The order is the same on all pages, and for the neighbours of a case.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).deadline = today() - timedelta(1)
        session.get_one(Workflow, 4).deadline = None
    assert [2, 1, 4, 3, 5] == numbers(office)
    with office.unlocked() as opened:
        beside = neighbours.of(opened.inbox, opened.by_opening(today()), 1, (Filter(), Order.PRIORITY), None)
    assert Neighbours(1, 2, 4) == beside
    for module in (queue, commands_queue):
        monkeypatch.setattr(module, "PAGE", 2)
    assert [[2, 1], [4, 3], [5], []] == [numbers(office, "--page", str(page)) for page in (1, 2, 3, 4)]
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).deadline = today()
    assert [2, 4, 3, 1, 5] == [each for page in "123" for each in numbers(office, "--page", page)]


def test_the_queue_is_shown_in_pages(waiting: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each case is on one page, and each page states the total number."""
    for module in (queue, commands_queue):
        monkeypatch.setattr(module, "PAGE", 2)
    pages = [waiting.json("queue", "list", "--page", str(page)) for page in (1, 2, 3, 4)]
    assert [[2, 4], [3, 1], [5], []] == [[case["case"] for case in page["cases"]] for page in pages]
    assert {5} == {page["count"] for page in pages}


def test_the_rules_propose_a_priority_and_a_score_for_each_case(waiting: Office) -> None:
    for number, (_, _, expected) in enumerate(REPORTS, 1):
        case = one(waiting, number)
        assert (expected, False) == ((case["priority"], case["score"]), case["judged"])


def test_the_page_of_a_case_names_its_neighbours_in_the_queue(waiting: Office) -> None:
    """The neighbours follow the order and the filter of the queue.

    A case that does not match the filter has no neighbours.
    """
    with waiting.unlocked() as opened:
        to_look = opened.inbox, opened.by_opening(today())
        asked = Filter(), Order.PRIORITY
        for beside in (Neighbours(2, None, 4), Neighbours(3, 4, 1), Neighbours(5, 1, None)):
            assert beside == neighbours.of(*to_look, beside.case, asked, None)
        narrowed = Filter(priority=4), Order.PRIORITY
        for beside in (Neighbours(3, None, 1), Neighbours(2), Neighbours(99)):
            assert beside == neighbours.of(*to_look, beside.case, narrowed, None)


FILTERS = [
    (["--category", "threat"], [2]),
    (["--area", "atlantic"], [2]),
    (["--priority", "1"], [2]),
    (["--priority", "3"], [4]),
    (["--priority", "4"], [3, 1, 5]),
    (["--status", "received"], [2, 4, 3, 1, 5]),
    (["--status", "assessing"], []),
    (["--due", "overdue"], []),
    (["--closed"], []),
    (["--to-read"], [2, 4, 3, 1, 5]),
    (["--search", "AGENT quai"], [4]),
    (["--search", "collegue"], [3]),
    (["--search", "zacharie"], [1]),
    (["--search", "anonyme"], [5]),
    (["--search", "agent zacharie"], []),
    (["--search", "quai", "--category", "threat"], []),
    (["--language", "fr"], [2, 4, 3, 1]),
    (["--language", "en"], []),
    (["--page", "2"], []),
]


def test_a_mistyped_filter_is_refused_and_the_error_lists_the_valid_values(waiting: Office) -> None:
    """The filter is refused when it is used for a list, and when it is saved.

    The control is a valid value that no case has.
    """
    for options, code, told in (
        (("--language", "nl"), 2, "'fr', 'en'"),
        (("--category", "nope"), 1, "threat, "),
        (("--area", "nope"), 1, "atlantic, "),
        (("--priority", "abc"), 2, "'abc' is not a valid number.\n"),
    ):
        for words in (("queue", "list"), ("queue", "view", "save", "mine too")):
            said = waiting.run(*words, *options)
            assert (code, True) == (said.code, told in said.err), said.err
    assert [] == numbers(waiting, "--area", "overseas")


@pytest.mark.parametrize(("options", "found"), FILTERS, ids=[" ".join(row[0]) for row in FILTERS])
def test_the_queue_can_be_filtered(waiting: Office, options: list[str], found: list[int]) -> None:
    """A search ignores upper case and accents, and covers follow-ups and unsigned notes."""
    assert found == numbers(waiting, *options)


SEARCHES = [row for row in FILTERS if "--search" in row[0]]


@pytest.mark.parametrize(("options", "found"), SEARCHES, ids=[" ".join(row[0]) for row in SEARCHES])
def test_a_search_for_frequent_words_finds_the_same_cases_as_a_search_for_rare_words(
    waiting: Office, options: list[str], found: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program looks up frequent words in another way."""
    monkeypatch.setattr(queue_filter, "_DENSE", 1)
    listed = waiting.json("queue", "list", *options)
    assert (found, len(found)) == ([case["case"] for case in listed["cases"]], listed["count"])


ODD = [
    *((sign, [2, 4, 3, 1, 5]) for sign in ('"', "'", "*", "(", "+")),
    ("quai\0agent", [4]),
    *((word, [4]) for word in ("quai*", "^quai", '"quai', "(quai)")),
    *(
        (words, [])
        for words in ("text:quai", "NEAR(agent quai)", "NOT quai", "quai OR menace", "quai AND agent")
    ),
]


@pytest.mark.parametrize(("odd", "found"), ODD)
def test_a_search_has_no_operators(waiting: Office, odd: str, found: list[int]) -> None:
    """Each search word is taken literally, and characters other than letters and digits are ignored."""
    assert found == numbers(waiting, "--search", odd)


def test_the_filter_for_unread_cases_omits_a_case_once_it_is_read(office: Office) -> None:
    """When the reporter writes again, the filter finds the case again.

    Then the reporter's follow-up is unread, but the report is not.
    """
    for number in ("1", "2"):
        office.json("case", "show", number)
    assert [4, 3, 5] == numbers(office, "--to-read")
    with office.opened() as inbox, inbox.transaction() as session:
        session.scalars(select(FollowUp).filter_by(case=1)).one().unread = True
    assert [4, 3, 1, 5] == numbers(office, "--to-read")


def test_an_officer_adjusts_the_score_with_a_reason(office: Office) -> None:
    """The other parts of the score stay unchanged. The journal records the change and the reason."""
    judged = office.json(
        "case", "set-score", "3", "--danger", "3", "--severity", "2", "--reason", "he was followed home"
    )
    assert (1, 27) == (judged["priority"], judged["score"])
    assert {"danger": 3, "severity": 2, "access": 3} == {
        name: value for name, value in judged["parts"].items() if value
    }
    assert (True, [2, 3]) == (one(office, 3)["judged"], numbers(office)[:2])
    (noted,) = [each for each in office.json("journal", "list")["entries"] if each["action"] == "judge"]
    assert (3, {"danger": 3, "severity": 2}, "he was followed home") == (
        noted["case"],
        noted["values"],
        noted["reason"],
    )


def test_the_journal_lists_only_the_parts_of_a_score_that_changed(office: Office) -> None:
    """Confirming the proposed score also counts as an adjustment, and requires a reason."""
    given = [f"--{name}={value}" for name, value in office.json("case", "show", "3")["work"]["parts"].items()]
    before = one(office, 3)
    office.json("case", "set-score", "3", *given, "--reason", "as proposed")
    assert before | {"judged": True} == one(office, 3)
    office.json("case", "set-score", "3", *given, "--danger", "2", "--reason", "armed")
    office.json("case", "set-score", "3", "--danger", "0", "--access", "3", "--reason", "not armed")
    noted = [each for each in office.json("journal", "list")["entries"] if each["action"] == "judge"]
    expected = [({}, "as proposed"), ({"danger": 2}, "armed"), ({"danger": 0}, "not armed")]
    assert expected == [(each["values"], each["reason"]) for each in noted]


@pytest.mark.parametrize(
    "options",
    [
        ["--reason", "none"],
        ["--danger", "4", "--reason", "x"],
        ["--danger", "-1", "--reason", "x"],
        ["--danger", "1"],
    ],
)
def test_a_score_is_adjusted_only_if_there_is_a_reason_and_each_part_is_within_its_range(
    office: Office, options: list[str]
) -> None:
    before = office.state()
    assert 2 == office.run("case", "set-score", "1", *options).code
    assert before == office.state()


def test_the_first_action_on_a_case_and_the_acknowledgement_change_its_next_deadline(office: Office) -> None:
    """For example, adjusting the score is a first action.

    The acknowledgement counts once the portal has received the outbox.
    """
    due = one(office, 2)["deadline"]
    office.settle(2)
    office.json("case", "decide", "2", "no_transmission", "--reason", "x")
    office.json("case", "show", "2")
    office.json("case", "set-score", "2", "--danger", "3", "--reason", "x")
    acknowledge = (today() + timedelta(7)).isoformat()
    assert due <= one(office, 2)["deadline"] == acknowledge
    office.json("exchange", "outbox", "--out", office.out)
    assert acknowledge == one(office, 2)["deadline"]
    # Neither a status nor a question counts as an acknowledgement.
    office.json("case", "set-status", "2", "assessing")
    office.json("message", "reply", "2", "--text", "Avez-vous une date ?")
    office.json("exchange", "outbox", "--out", office.out)
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 2).acknowledged_in is None
    office.json("message", "reply", "2", "--template", "acknowledgement")
    office.json("exchange", "outbox", "--out", office.out)
    assert acknowledge == one(office, 2)["deadline"]
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 2).acknowledged_in is not None
    heard(office, 2)
    assert (today() + timedelta(85)).isoformat() < one(office, 2)["deadline"]


def test_a_closed_case_leaves_the_queue_and_returns_when_it_is_reopened(office: Office) -> None:
    office.json("case", "decide", "2", "no_transmission", "--reason", "x")
    office.json("case", "measure", "add", "2", "none")
    office.close("2")
    assert [4, 3, 1, 5] == numbers(office)
    assert [2] == numbers(office, "--closed")
    office.json("case", "reopen", "2", "--reason", "more came")
    assert 2 == numbers(office)[0]


def test_the_queue_reports_unread_follow_ups_to_closed_cases(office: Office) -> None:
    """Such cases do not count as open."""
    office.json("case", "show", "1")
    office.close("1")
    assert 0 == office.json("queue", "list")["unread_closed"]
    with office.opened() as inbox, inbox.transaction() as session:
        session.scalars(select(FollowUp)).one().unread = True
    assert (1, [1]) == (
        office.json("queue", "list")["unread_closed"],
        numbers(office, "--closed", "--to-read"),
    )
    assert (
        "closed cases with unread messages: 1; see: inbox queue list --closed --to-read"
        in office.run("queue", "list").out
    )
    with sitting(office) as client:
        assert "Closed cases with a follow-up that nobody has read: 1." in client.page("/en/")
    office.json("case", "show", "1")
    assert 0 == office.json("queue", "list")["unread_closed"]
    assert "nobody has read" not in office.run("queue", "list").out


def test_the_queue_prints_one_line_for_each_case(waiting: Office) -> None:
    """A question mark follows a score that no officer has adjusted."""
    said = waiting.run("queue", "list", "--search", "menace").out
    assert said.startswith("1 case\n    2  P1 33 proposed  due ")
    assert "on me menace au port" in said
    judged = waiting.run("case", "set-score", "2", "--danger", "3", "--reason", "x").out
    assert "case 2: priority 1, score 33 of 54\n  danger         3 of 3, weight 5\n" in judged


def test_a_search_that_is_too_long_is_refused(office: Office) -> None:
    """A search that is too long would make all other officers wait.

    The control is a search of the maximum length, on both surfaces.
    """
    assert 0 == office.run("queue", "list", "--search", "é" * LONGEST_SEARCH).code
    said = office.run("queue", "list", "--search", "é" * (LONGEST_SEARCH + 1))
    assert (1, True) == (said.code, "a search can have at most 200 characters" in said.err)
    with sitting(office) as client:
        assert 409 == client.send("/en/queue", search="é" * (LONGEST_SEARCH + 1), sort="priority").status_code
        assert 200 == client.ask("/en/").status_code


def test_a_row_of_the_queue_shows_whether_the_report_or_a_follow_up_is_unread(office: Office) -> None:
    """A row is marked as unread until an officer has read the page with the unread messages.

    The other rows are the control.
    """
    assert {1: (True, 1)} | dict.fromkeys(range(2, 6), (True, 0)) == {
        row["case"]: (row["new"], row["unread_follow_ups"]) for row in office.json("queue", "list")["cases"]
    }
    assert 1 == office.run("queue", "list").out.count("NOT READ YET: the report, 1 follow-up")
    with sitting(office) as client:
        assert 1 == client.page("/en/").count("new follow-up</span>")
        client.page("/en/case/1")
        assert 1 == client.page("/en/").count("new follow-up</span>")
        assert 'class="mark">new</span></th>' not in row(client.page("/en/"), 1)
        client.page("/en/case/1/dialogue")
        assert "new follow-up" not in client.page("/en/")


def row(page: str, number: int) -> str:
    """Return the table row of a case."""
    (found,) = re.findall(rf'<tr[^>]* data-row>\n<td><input[^>]* value="{number}".*?</tr>', page, re.DOTALL)
    return str(found)
