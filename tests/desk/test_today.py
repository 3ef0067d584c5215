"""The page of the day lists open work that the officer may see, the most urgent first."""

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox.deadlines import workflow
from inbox.overview import today as todays
from inbox.vault.casework_tables import AccessRequest, Duty, Measure, Workflow
from inbox.vault.tables import Case, IntakeKey
from tests.support.backup_media import Copies
from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, passphrase_of, today

pytestmark = pytest.mark.copy_of("founded_three")


@pytest.fixture
def three_cases(office: Office, tmp_path: Path) -> Office:
    """Case 1 reports a danger and is due today, case 2 is overdue, and case 3 is due tomorrow."""
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    for answers in ({"what": "a", "danger_now": "yes"}, {"what": "b"}, {"what": "c"}):
        # Each report has its own bundle, because reports of one bundle are numbered at random.
        tell(world, portal, answers | {"coi": "no"})
    office.json("case", "declare", "1", "2", "3")
    with office.opened() as inbox, inbox.transaction() as session:
        for number, days in ((1, 0), (2, -2), (3, 1)):
            session.get_one(Workflow, number).deadline = today() + timedelta(days)
    return office


DECLARE = (
    "This case may mention danger. Declare that you have no conflict of interest in it, and read it first:"
)
DECLARE_ALL = (
    "These cases may mention danger. Declare that you have no conflict of interest in them,"
    " and read them first:"
)


def urgent(page: str) -> list[str]:
    """Return the notices of danger on a page."""
    found = re.findall(r'<p class="notice danger">(.*?)</p>', page, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", each).split()).removeprefix("‼ Danger ") for each in found]


def part(page: str, name: str) -> str:
    """Return the text of a section of the page."""
    (found,) = re.findall(rf'<section[^>]*aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found).split())


def test_an_officer_cannot_hide_a_danger_with_a_low_score(three_cases: Office) -> None:
    """A danger in the answers or in the score counts for the day's page, the queue and bulk actions.

    Case 3, without a danger, is the control.
    """
    for number, danger in (("1", "0"), ("2", "3"), ("3", "2")):
        three_cases.json("case", "set-score", number, "--danger", danger, "--reason", "x")
    with sitting(three_cases) as alice:
        told = part(alice.page("/en/today"), "danger")
        assert ["Case 1", "Case 2"] == sorted(re.findall(r"Case \d", told))
        assert 1 == told.count("Danger")
    rows = {row["case"]: row["cautions"] for row in three_cases.json("queue", "list")["cases"]}
    assert {1: ["danger"], 2: ["danger"], 3: []} == rows
    assert {1, 2} == {row["case"] for row in three_cases.json("queue", "list", "--danger")["cases"]}
    assert ["danger"] == three_cases.json("case", "show", "2")["cautions"]
    assert [3] == three_cases.json("message", "acknowledge", "1", "2", "3")["acknowledged"]


def test_a_danger_is_listed_first_until_an_officer_takes_a_measure_against_it(three_cases: Office) -> None:
    """The danger remains after what one officer can do alone: requesting protection, or keeping logs."""
    with sitting(three_cases) as alice:
        shown = alice.page("/en/today")
        assert "Case 1" in part(shown, "danger")
        assert shown.index('id="danger"') < shown.index('id="due"')
        alice.send("/en/case/1/assess", risk="low", reason="x")
        for kind in ("protection_requested", "log_preservation"):
            assert 303 == alice.send("/en/case/1/measure", kind=kind, day="", degree="0").status_code
            assert "Case 1" in part(alice.page("/en/today"), "danger")
        told = {"kind": "prosecutor_phoned", "addressee": "Mme X", "day": "", "degree": "0"}
        assert 303 == alice.send("/en/case/1/measure", **told).status_code
        assert 'id="danger"' not in alice.page("/en/today")


def test_of_several_dangers_the_most_urgent_is_listed_first(three_cases: Office) -> None:
    """The order depends on the score, not on the case number."""
    three_cases.json("case", "set-score", "1", "--danger", "0", "--immediacy", "0", "--reason", "x")
    three_cases.json(
        "case", "measure", "add", "1", "prosecutor_phoned", "--addressee", "X"
    )  # from here on only the score matters
    with three_cases.opened() as inbox, inbox.transaction() as session:
        for row in session.scalars(select(Measure)):
            session.delete(row)
    three_cases.json(
        "case", "set-score", "3", "--danger", "3", "--immediacy", "3", "--severity", "3", "--reason", "x"
    )
    with sitting(three_cases) as alice:
        assert ["Case 3", "Case 1"] == re.findall(r"Case \d", part(alice.page("/en/today"), "danger"))


def test_quarantine_does_not_hide_a_danger(three_cases: Office) -> None:
    """One officer can quarantine an unread case, so the page lists it until two officers end the quarantine.

    An excluded officer does not see the case, and a case without a danger is not listed.
    """
    three_cases.of("alice", "bruno").json("access", "conflict", "add", "1", "chloe", "--reason", "kin")
    for number in ("1", "3"):
        three_cases.json("access", "quarantine", number, "--reason", "a lawyer's letter")
    # An action on a report that nobody has read is not recorded as the first action.
    three_cases.json("case", "set-source-risk", "1", "low", "--reason", "x")
    with sitting(three_cases) as alice:
        for client in (alice, Client(alice.desk, alice.app, "bruno")):
            shown = client.page("/en/today")
            assert ["Case 1"] == re.findall(r"Case \d", part(shown, "shut"))
            assert 'id="danger"' not in shown
        assert 'id="shut"' not in Client(alice.desk, alice.app, "chloe").page("/en/today")
    with three_cases.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 1).first_act is None
    three_cases.json("access", "unquarantine", "1", "--reason", "no secret")
    with sitting(three_cases) as alice:
        shown = alice.page("/en/today")
        assert ('id="shut"' in shown, "Case 1" in part(shown, "danger")) == (False, True)


def test_due_cases_are_listed_by_deadline_with_the_number_of_days(three_cases: Office) -> None:
    with sitting(three_cases) as alice:
        said = part(alice.page("/en/today"), "due")
        assert ["Case 2", "Case 1"] == re.findall(r"Case \d", said)
        assert "Case 2 · Overdue by 2 days" in said
        assert "Other cases due within the next 7 days: 1" in said
        rows = re.findall(r"<tr[^>]* data-row>.*?</tr>", alice.page("/fr/"), re.DOTALL)
        (row,) = [each for each in rows if '/case/2"' in each]
        assert '<span class="mark late">En retard de 2 jours</span>' in row
        with alice.desk.inbox.transaction() as session:
            session.get_one(Case, 2).received = today() - timedelta(20)
        (head,) = re.findall(r'<dl class="facts">.*?</dl>', alice.page("/fr/case/2"), re.DOTALL)
        assert re.search(r'<span class="mark late">en retard de \d+ jours</span>', head)
        alice.send("/en/today", due_by="today")
        assert ["1", "2"] == sorted(re.findall(r'name="case" value="(\d)"', alice.page("/en/queue/1")))


def test_cases_that_an_officer_may_not_read_are_not_counted(three_cases: Office) -> None:
    """Before the declaration, an officer sees the priority of a case, as in the queue, but not its danger."""
    three_cases.of("alice", "chloe").json("access", "conflict", "add", "2", "bruno", "--reason", "kin")
    with sitting(three_cases) as alice:
        bruno, chloe = (Client(alice.desk, alice.app, name) for name in ("bruno", "chloe"))
        assert ["Case 1"] == re.findall(r"Case \d", part(bruno.page("/en/today"), "due"))
        assert ["Case 1"] == re.findall(r"Case \d", part(bruno.page("/en/today"), "danger"))
        assert ["Case 2", "Case 1"] == re.findall(r"Case \d", part(alice.page("/en/today"), "due"))
        shown = chloe.page("/en/today")
        assert 'id="danger"' not in shown
        assert ["Case 1"] == re.findall(r"Case \d", part(shown, "undeclared"))
        # The list has one case.
        assert "This case may mention danger." in part(shown, "undeclared")
        assert 'id="undeclared"' not in alice.page("/en/today")
    three_cases.of("alice", "bruno").json("access", "conflict", "add", "1", "chloe", "--reason", "kin")
    with sitting(three_cases) as alice:
        assert 'id="undeclared"' not in Client(alice.desk, alice.app, "chloe").page("/en/today")


def test_an_excluded_officer_learns_nothing_of_an_open_duty_in_a_closed_case(three_cases: Office) -> None:
    """The duty was deferred until a day that has passed.

    The controls are other officers, who see the case at the top and in a count.
    """
    with three_cases.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 2).closed = today()
        row = session.get_one(Duty, (2, "art14"))
        row.decision, row.due = "defer", today() - timedelta(2)
        workflow.keep_in_step(session, 2)
    three_cases.of("alice", "chloe").json("access", "conflict", "add", "2", "bruno", "--reason", "kin")
    owed = "Closed cases that still need a decision required by law: 1."
    with sitting(three_cases) as alice:
        bruno = Client(alice.desk, alice.app, "bruno")
        assert ["Case 1"] == re.findall(r"Case \d", part(bruno.page("/en/today"), "due"))
        assert ["Case 2", "Case 1"] == re.findall(r"Case \d", part(alice.page("/en/today"), "due"))
        assert (False, True) == (owed in bruno.page("/en/"), owed in alice.page("/en/"))


def test_the_page_lists_drafts_and_requests_to_confirm(three_cases: Office) -> None:
    with sitting(three_cases) as alice:
        bruno = Client(alice.desk, alice.app, "bruno")
        assert "drafts" not in alice.page("/en/today")
        alice.send("/en/draft/note/3", text="x")
        asking = {"reason": "spam", "case": "3", "ask-another": "on"}
        alice.send("/en/many/junk", **asking, **{"passphrase-alice": passphrase_of("alice")})
        assert "Case 3 · note" in part(alice.page("/en/today"), "drafts")
        assert f'href="{alice.desk.place}/en/case/3/work#notes"' in alice.page("/en/today")
        assert "alice:" in part(bruno.page("/en/today"), "asked")
        assert "No requests from other officers." in part(alice.page("/en/today"), "asked")


def test_the_page_shows_the_next_portal_exchange_and_unread_cases(three_cases: Office) -> None:
    with sitting(three_cases) as alice:
        shown = alice.page("/en/today")
        assert "The next exchange with the portal is due by" in shown
        opened = alice.desk.opened
        day = todays.look(opened.inbox, opened.by_opening(today())).next_exchange
        assert day
        (far,) = re.findall(r"Le prochain échange[^<]*\(([^)]*)\)", alice.page("/fr/today"))
        left = (day - today()).days
        assert far == ("demain" if left == 1 else f"dans {left} jours")
        assert "Unread 3" in part(shown, "unread")
        alice.send("/en/today", to_read="on")
        assert 3 == len(re.findall(r'name="case" value="\d"', alice.page("/en/")))


def test_the_page_lists_a_limited_number_of_cases_and_counts_the_rest(
    three_cases: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(todays, "SHOWN", 1)
    with sitting(three_cases) as alice:
        said = part(alice.page("/en/today"), "due")
        assert (["Case 2"], "Due by today 2") == (re.findall(r"Case \d", said), said[:14])


def test_the_page_says_when_a_backup_is_due(three_cases: Office, tmp_path: Path) -> None:
    """A backup is due if none was made yet, or if the last backup is more than a week old."""
    with sitting(three_cases) as alice:
        assert "No backup has been made yet: make the first one." in part(alice.page("/en/today"), "office")
        assert "office/backup" in alice.page("/en/today").partition('id="office"')[2]
    Copies(tmp_path).of(three_cases)
    with sitting(three_cases) as alice:
        assert 'id="office"' not in alice.page("/en/today")
        opened = alice.desk.opened
        for days, needs_backup in ((0, False), (7, False), (8, True)):
            found = todays.look(opened.inbox, opened.by_opening(today() + timedelta(days)))
            assert (today(), needs_backup) == (found.backed_up, found.needs_backup)


def test_the_page_lists_tasks_of_the_office(three_cases: Office) -> None:
    """The tasks are keys that expire soon, and access requests. The control is the page without tasks."""
    with sitting(three_cases) as alice:
        assert "intake key" not in alice.page("/en/today")
        with alice.desk.inbox.transaction() as session:
            for key in session.scalars(select(IntakeKey)):
                key.not_after = today() + timedelta(7)
            days = {"received": today(), "earliest": today(), "due": today() + timedelta(3)}
            session.add(AccessRequest(n=1, way="letter", names="x", **days))
        said = part(alice.page("/en/today"), "office")
        assert "the last intake key expires in 7 days" in said
        assert "Access requests to be answered: 1" in said
        assert "/en/access" in alice.page("/en/today").partition('id="office"')[2]


def test_a_case_in_the_queue_has_a_mark_for_each_reason_to_be_careful(office: Office, tmp_path: Path) -> None:
    """The reasons are danger, details to protect, and a reporter who could be recognised.

    No mark hides another mark.
    """
    world = World(office)
    answers = {"danger_now": "yes", "protect": "my car", "how_many": "few", "coi": "no"}
    tell(world, Portal(world, tmp_path / "medium"), answers)
    office.json("case", "declare", "1")
    with sitting(office) as alice:
        (cell,) = re.findall(r'<td class="summary">(.*?)</td>', alice.page("/en/"))
    assert 3 == len(set(re.findall(r'class="mark (\w+)"', cell)))


def shown(client: Client, view: str) -> list[str]:
    """Return the numbers of the cases in a view of the queue."""
    assert 303 == client.send("/en/queue/view", view=view).status_code
    return re.findall(r'name="case" value="(\d)"', client.page("/en/"))


def test_officers_can_view_the_due_cases_or_their_own_cases_and_see_the_workload(
    three_cases: Office,
) -> None:
    """Any officer with cases can be marked as absent."""
    three_cases.json("case", "assign", "3", "alice")
    three_cases.json("case", "assign", "2", "bruno")
    with three_cases.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 3).deadline = today() + timedelta(60)
        session.get_one(Workflow, 2).deadline = today() - timedelta(2)
    with sitting(three_cases) as alice:
        assert [["2", "1"], ["3"]] == [shown(alice, "week"), shown(alice, "mine")]
        page = alice.page("/en/")
        (loads,) = re.findall(r'<h2 id="workload">.*?</table>', page, re.DOTALL)
        cells = re.findall(r"<t[hd](?: scope=.row.)?>([^<]*)</t[hd]>", loads)
        assert ["alice", "1", "\N{EN DASH}", "bruno", "1", "1"] == cells
        (absent,) = re.findall(r'<select id="absent".*?</select>', page, re.DOTALL)
        assert ["", "alice", "bruno"] == re.findall(r'value="(\w*)"', absent)
        assert ["1", "2", "3"] == sorted(shown(alice, "open"))
        assert 200 == alice.send("/en/many/pass-on", absent="alice", deputy="bruno").status_code
        assert [] == shown(alice, "mine")


def test_cases_of_an_absent_officer_move_to_the_deputy(
    three_cases: Office,
) -> None:
    """The sessions of both officers show the change. The control is what each of the officers saw before."""
    for number, officer in (("1", "alice"), ("2", "bruno"), ("3", "alice")):
        three_cases.json("case", "assign", number, officer)
    views = []
    for passes in (True, False):
        for officer in ("alice", "bruno"):
            with sitting(three_cases, officer=officer) as client:
                views.append(sorted(shown(client, "mine")))
        if passes:
            with sitting(three_cases, officer="bruno") as bruno:
                form = {"absent": "alice", "deputy": "bruno"}
                assert 200 == bruno.send("/en/many/pass-on", **form).status_code
    assert [["1", "3"], ["2"], [], ["1", "2", "3"]] == views


def test_uncollected_bundles_are_announced_first(office: Office, tmp_path: Path, stick: Path) -> None:
    """A bundle may contain a report of a danger. After the collection, the page marks that case."""
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    tell(world, portal, {"what": "a", "coi": "no"})
    reporter = Reporter(world)
    edit = partial(replace, answers={"what": "b", "danger_now": "yes"})
    bundle = portal.bundle(Sent(reporter.report(edit=edit), reporter.keys.case_id))
    with sitting(office, stick) as client:
        assert "not been collected yet" not in client.page("/en/today")
        shutil.copy(bundle, stick)
        page = client.page("/en/today")
        assert page.index("1 bundle on the medium has not been collected yet.") < page.index("<h1>")
        collected = client.send("/en/medium/collect", bundle=bundle.name).text
        assert 'Case 2</a> <span class="priority p1">P1</span>' in collected
        # The case with the danger is the only one that is named at the top.
        assert [f"{DECLARE} Case 2"] == urgent(collected)
        assert "not been collected yet" not in client.page("/en/today")


def test_a_follow_up_asks_for_the_declaration_only_until_it_is_made(
    office: Office, tmp_path: Path, stick: Path
) -> None:
    """Cases 1 and 3 report a danger. The notices do not mention case 2, which reports no danger."""
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    dangers: tuple[dict[str, str], ...] = ({"danger_now": "yes"}, {}, {"danger_now": "yes"})
    # Each report has its own bundle, because reports of one bundle are numbered at random.
    calls = [*(tell(world, portal, {"what": "a", "coi": "no"} | each)[0] for each in dangers)]
    said = []
    with sitting(office, stick) as client:
        for declared in (), (1,), (3,):
            for case in declared:
                client.send(f"/en/case/{case}/declare")
            bundle = portal.bundle(*(Sent(each.follow_up()) for each in calls))
            shutil.copy(bundle, stick)
            said.append(urgent(client.send("/en/medium/collect", bundle=bundle.name).text))
    new = (
        "There is a new message in this case, which may mention danger. Read it first:",
        "There are new messages in these cases, which may mention danger. Read them first:",
    )
    assert [[f"{DECLARE_ALL} Case 1 , Case 3"], [f"{DECLARE} Case 3", f"{new[0]} Case 1"]] == said[:2]
    assert [[f"{new[1]} Case 1 , Case 3"]] == said[2:]


def test_the_menu_shows_all_cases_again_after_an_officer_followed_a_shortcut_on_the_day_page(
    three_cases: Office,
) -> None:
    """The sort order is kept. A list that leaves out a case with a danger says so."""
    left_out = "1 case that mentions danger, or may, is not in this list."
    with sitting(three_cases) as client:
        client.page("/en/case/1")
        shown = client.send("/en/today", to_read="on")
        assert shown.location.endswith("/en/queue/1")
        page = client.page("/en/queue/1")
        assert ("/en/case/1" in page, left_out in page, "Only shown:" in page) == (False, True, True)
        page = client.page("/en/")
        assert ("/en/case/1" in page, left_out in page, "Only shown:" in page) == (True, False, False)
        client.send("/en/queue", to_read="on", sort="priority")
        assert left_out in client.page("/en/")
        client.send("/en/queue/facet", choice="danger:True")
        assert left_out in client.page("/en/")
        client.send("/en/queue/clear", clear="to_read")
        assert left_out not in client.page("/en/")
    found = three_cases.json("queue", "list", "--to-read")
    assert 1 == found["danger_left_out"]
    assert (
        "report danger, or may do so, but are not in this list: 1"
        in three_cases.run("queue", "list", "--to-read").out
    )
