"""No case is destroyed before the archives have approved a list with the case.

This approval is called a visa.
"""

import contextlib
import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from crypto.journal import Presence
from inbox.casework import withholding
from inbox.deadlines import visas as agreed_cases
from inbox.language.errors import CaseRefused, Locked, Refused
from inbox.retention import destroy_cases, visas
from inbox.retention.visas import Given
from inbox.session.actions import Actor
from inbox.vault.casework_tables import AccessRequest, Identity, Workflow
from inbox.vault.tables import Case, Unopened
from inbox.vault.unopened_reasons import Kind
from tests.support import inbox_builders as build
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Portal, Reporter, Scene, Sent, World, first, today
from tests.support.inbox_clock import Clock
from tests.support.inbox_ending import aged, dated_by_portal, tell_portal, work_on
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import CANARY, KEPT, Trio
from tests.support.laws import FILES, edited

DAY = today().isoformat()


pytestmark = pytest.mark.copy_of("founded_due")


@pytest.fixture(scope="module")
def founded_due(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """An inbox with two reports: one was closed today, and the other is open."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("due"))
    office = scene.world.office
    for each in (first(scene.reporter, text=CANARY), first(Reporter(scene.world))):
        scene.collect(each)
    office.json("case", "show", "1")
    office.settle(1, 2)
    office.tell_no_prosecutor(1)
    work_on(office, waits=False, closed=today(), outcome="out_of_scope", category="threat")
    tell_portal(office, scene.portal)
    return scene


@pytest.fixture
def due(world: World, clock: Clock) -> Office:
    """The same inbox after the retention period of the closed case."""
    clock.wait(100)
    dated_by_portal(world.office)
    return world.office


def listed(office: Office, *words: str) -> Any:
    return office.json("retention", "visa", "request", *words, "--out", office.out / "lists")


REF = ("--reference", "AD 76, 2026/114")


def agreeing(name: str, day: str | None = None) -> tuple[str, ...]:
    return "retention", "visa", "add", name, "--day", day or (today() + timedelta(100)).isoformat(), *REF


def agree(office: Office, name: str, day: str | None = None) -> None:
    office.json(*agreeing(name, day))


def obstacles(office: Office) -> list[str]:
    found: list[str] = office.json("retention", "list")["cases"][0]["obstacles"]
    return found


def test_a_case_is_destroyed_only_after_the_archives_have_given_their_visa(due: Office) -> None:
    """A list without a visa is not enough. The list of destroyed cases names the visa."""
    assert ["visa"] == obstacles(due)
    with sitting(due) as client:
        page = client.page("/en/retention")
    assert re.findall(r'type="checkbox"[^>]*>', page) == ['type="checkbox" name="case" value="1">']
    assert "Without a chosen case: all cases due.</p>" in page
    assert "case 1: the archives have not given their visa" in refused(due, "retention", "destroy", "1")
    assert "no case due for destruction has the archives' visa yet; cases waiting for a visa: 1" in refused(
        due, "retention", "destroy", "--due"
    )
    made = listed(due)
    assert ["visa"] == obstacles(due)
    assert "have not given their visa" in refused(due, "retention", "destroy", "1")
    agree(due, made["list"])
    assert [] == obstacles(due)
    assert [1] == due.json("retention", "destroy", "--due")["cases"]
    (line,) = due.json("retention", "list-destroyed")["destroyed"]
    assert f"{made['list']}, AD 76, 2026/114" == line["visa"]


def test_on_a_visa_list_the_archives_see_only_numbers_years_and_rules(due: Office) -> None:
    """Paper and JSON contain no word of the report, no exact day, no category and no outcome.

    The paper list is in both languages.
    """
    made = listed(due)
    said = json.dumps([made["cases"], 0, "None"], sort_keys=True)
    assert f"1-{hashlib.sha256(said.encode()).hexdigest()[:8]}" == made["list"]
    paper, plain = (Path(each).read_text("utf-8") for each in made["files"])
    year = today().year
    assert [{"case": 1, "received": year, "closed": year, "rule": "inadmissible"}] == made["cases"]
    assert made["cases"] == json.loads(plain)["cases"]
    with due.opened() as inbox, inbox.transaction() as session:
        received = session.get_one(Case, 1).received.isoformat()
    for said in (paper, plain):
        assert not [word for word in (CANARY, received, "threat", "out_of_scope") if word in said]
    for words in (
        "BORDEREAU D\u2019ÉLIMINATION",
        f"Bordereau / list: {made['list']}",
        "Code du patrimoine, articles L212-2",
        "Signalement irrecevable ou hors champ / Report that is inadmissible or out of scope",
    ):
        assert words in paper


def test_recording_a_visa_takes_two_officers_and_is_shown_in_the_journal_and_the_oversight_report(
    due: Office,
) -> None:
    name = listed(due)["list"]
    day = today() + timedelta(100)
    with due.unlocked() as opened:
        alone = Actor(dict(list(opened.present.items())[:1]), day)
        with pytest.raises(Locked):
            visas.record(opened.inbox, alone, name, Given(day, "AD"))
    agree(due, name)
    entries = due.json("journal", "list")["entries"]
    noted = {each["action"]: (each["case"], each["values"]) for each in entries if "visa" in each["action"]}
    assert {
        "list-for-visa": (None, {"list": name}),
        "record-visa": (None, {"list": name, "day": day.isoformat(), "reference": "AD 76, 2026/114"}),
    } == noted
    assert 1 == due.json("office", "oversight")["actions"]["record-visa"]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (("retention", "hold", "1", "--reason", "x"), ["held", "visa"]),
        (("case", "measure", "add", "1", "process_fix"), ["visa"]),
        (("case", "note", "1", "--text", "read again"), []),
        (("case", "show", "1"), []),
    ],
    ids=["hold", "measure", "note", "reading"],
)
@pytest.mark.parametrize("is_agreed", [False, True], ids=["listed", "agreed"])
def test_work_on_a_case_removes_the_case_from_the_visa_list(
    due: Office, change: tuple[str, ...], left: list[str], *, is_agreed: bool
) -> None:
    """Reading the case or adding a staff note does not remove the case from the list.

    Both rules apply before and after the visa.
    """
    due.json("case", "set-source-risk", "1", "low", "--reason", "x")
    name = listed(due)["list"]
    if is_agreed:
        agree(due, name)
    due.json(*change)
    if is_agreed:
        assert left == obstacles(due)
    elif left:
        assert f"the list {name} is unknown, or nothing" in refused(due, *agreeing(name))
    if "held" in left:
        due.json("retention", "unhold", "1", "--reason", "x")
        assert ["visa"] == obstacles(due)


def test_a_follow_up_removes_its_case_from_the_visa_list(
    due: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    agree(due, listed(due)["list"])
    late = portal.bundle(
        Sent(reporter.follow_up()), edit=lambda intake: build.replace(intake, exported=clock.day)
    )
    due.json("exchange", "collect", late)
    assert ["unread", "visa", "prosecutor", "persons"] == [
        each for each in obstacles(due) if each != "portal"
    ]


def test_a_case_that_was_restored_from_junk_needs_a_new_visa(due: Office) -> None:
    """The old visa does not count again, even if the case is marked as junk once more."""
    for kind in ("prosecutor_phoned", "final_decision"):
        due.json("case", "measure", "add", "1", kind, "--day", DAY)
    due.json("case", "decide", "1", "no_transmission", "--reason", "x")
    work_on(due, closed=None, junked=today())
    aged(due)
    agree(due, listed(due, "1")["list"])
    assert [] == obstacles(due)
    due.json("case", "unjunk", "1", "--reason", "x")
    work_on(due, waits=False, junked=today())
    assert "visa" in obstacles(due)


def test_an_access_request_about_a_case_removes_the_case_from_the_visa_list(due: Office) -> None:
    """The case then shows how the request was answered."""
    agree(due, listed(due)["list"])
    with due.opened() as inbox, inbox.transaction() as session:
        days = dict.fromkeys(("received", "earliest", "due"), today())
        session.add(AccessRequest(n=1, way="letter", names=CANARY, **days))
        session.flush()
        withholding.about(session, 1, 1)
    assert "visa" in obstacles(due)


def test_a_case_that_was_reopened_and_closed_again_needs_a_new_visa(due: Office) -> None:
    """The old visa does not count, even if the outcome and the day are the same."""
    agree(due, listed(due)["list"])
    due.json("case", "reopen", "1", "--reason", "x")
    due.json(
        "case", "close", "1", "out_of_scope", "--to", "ministry", "--disclosure", "withheld", "--reason", "x"
    )
    assert "visa" in obstacles(due)


def test_a_visa_covers_only_the_cases_on_its_list(due: Office) -> None:
    """A case whose destruction day comes later needs another list."""
    first_list = listed(due)["list"]
    with due.opened() as inbox, inbox.transaction() as session:
        case = session.get_one(Case, 2)
        case.status, case.withdrawn, case.new = "closed", True, False
    due.json("case", "show", "2")
    due.json("case", "declare", "2")
    with due.opened() as inbox, inbox.transaction() as session:
        work = session.get_one(Workflow, 2)
        work.waits, work.closed, work.outcome = False, today(), "out_of_scope"
    agree(due, first_list)
    rows = {each["case"]: each["obstacles"] for each in due.json("retention", "list")["cases"]}
    assert {1: [], 2: ["visa"]} == rows
    assert "case 2: the archives have not given their visa" in refused(due, "retention", "destroy", "1", "2")
    assert [1] == due.json("retention", "destroy", "--due")["cases"]


def test_officers_can_list_a_case_by_its_number_before_its_destruction_day(closed: Office) -> None:
    """Even then, the case is destroyed only on its destruction day.

    A list contains a case before its day only if officers give the number of the case.
    """
    for command in ("hold", "unhold"):
        closed.json("retention", command, "1", "--reason", "x")
    assert "no case due for destruction is waiting for the archives' visa" in refused(
        closed, "retention", "visa", "request", "--out", "x"
    )
    made = listed(closed, "1")
    assert ["inadmissible"] == [each["rule"] for each in made["cases"]]
    agree(closed, made["list"], DAY)
    assert "case 1: not due before" in refused(closed, "retention", "destroy", "1")
    aged(closed)
    assert [1] == closed.json("retention", "destroy", "1")["cases"]


def test_a_case_cannot_be_listed_long_before_its_destruction_day(closed: Office) -> None:
    """In 2026, nobody knows which cases will be destroyed in 2032.

    A case can be listed no earlier than six months before its destruction day.
    """
    for command in ("hold", "unhold"):
        closed.json("retention", command, "1", "--reason", "x")
    with closed.opened() as inbox, inbox.transaction() as session:
        work, last = session.get_one(Workflow, 1), today() + relativedelta(months=6)
        for days, is_listed in ((1, False), (0, True)):
            work.closed = last - relativedelta(months=2) + timedelta(days)
            session.flush()
            with contextlib.nullcontext() if is_listed else pytest.raises(Refused, match="is not due until"):
                visas._named(inbox.home, session, [1], today())


def test_a_case_cannot_be_listed_if_it_is_open_or_on_hold_or_unknown(due: Office) -> None:
    due.json("retention", "hold", "1", "--reason", "x")
    assert "no case due for destruction is waiting" in refused(
        due, "retention", "visa", "request", "--out", "x"
    )
    assert "case 1: held for a procedure" in refused(due, "retention", "visa", "request", "1", "--out", "x")
    assert "case 2: still open" in refused(due, "retention", "visa", "request", "2", "--out", "x")
    assert "there is no case 7" in refused(due, "retention", "visa", "request", "7", "--out", "x")


def test_an_invalid_visa_is_refused(due: Office) -> None:
    """The number of a list alone is not enough.

    Before a backup was restored, that number may have belonged to another list.
    """
    name = listed(due)["list"]
    early, late = (today() + timedelta(99)).isoformat(), (today() + timedelta(101)).isoformat()
    for given, day, why in (
        (name.partition("-")[0], DAY, "or nothing on it still needs a visa"),
        ("2-00000000", DAY, "or nothing on it still needs a visa"),
        (name, early, "before the list was made"),
        (name, late, "is in the future"),
    ):
        assert why in refused(due, "retention", "visa", "add", given, "--day", day, *REF)
    for reference in (" ", "x" * 201):
        said = refused(due, "retention", "visa", "add", name, "--day", late, "--reference", reference)
        assert "must have 1 to 200 characters" in said
    again = listed(due)["list"]
    agree(due, name)
    assert [name] == [each["list"] for each in due.json("retention", "list")["lists"]]
    assert "or nothing on it still needs a visa" in refused(
        due, "retention", "visa", "add", again, "--day", late, *REF
    )
    assert "has had its visa since" in refused(due, "retention", "visa", "add", name, "--day", late, *REF)
    assert "case 1 needs no visa, or already has one" in refused(
        due, "retention", "visa", "request", "1", "--out", "x"
    )


def test_an_excluded_officer_finds_the_case_on_no_visa_list(trio: Trio, tmp_path: Path) -> None:
    """A list that consists only of this case is hidden from the officer.

    The officer cannot record a visa for such a list either.
    """
    portal = Portal(World(trio.others), tmp_path / "medium")
    trio.others.json("exchange", "collect", portal.bundle(), "--new-instance", portal.fingerprint)
    tell_portal(trio.others, portal)
    for number in ("1", "2", "3"):
        trio.others.json("case", "show", number)
        trio.others.json("case", "decide", number, "no_transmission", "--reason", "x")
    aged(trio.others)
    out = ("--out", str(tmp_path))
    whole = trio.others.json("retention", "visa", "request", "1", str(KEPT), *out)["list"]
    alone = trio.others.json("retention", "visa", "request", str(KEPT), *out)["list"]
    seen = {each["list"]: each["cases"] for each in trio.excluded.json("retention", "list")["lists"]}
    assert ([1], False) == (seen[whole], alone in seen)
    assert (
        "or nothing on it still needs a visa"
        in trio.excluded.run("retention", "visa", "add", alone, "--day", DAY, *REF).err
    )
    assert {whole: [1, KEPT], alone: [KEPT]}.items() <= {
        each["list"]: each["cases"] for each in trio.others.json("retention", "list")["lists"]
    }.items()


def test_in_france_junk_needs_no_visa_unless_proceedings_were_recorded(due: Office) -> None:
    work_on(due, closed=None, junked=today())
    assert [] == obstacles(due)
    for kind in ("prosecutor_phoned", "final_decision"):
        due.json("case", "measure", "add", "1", kind, "--day", DAY)
    due.json("case", "decide", "1", "no_transmission", "--reason", "x")
    assert ["visa"] == obstacles(due)


def test_unfiled_envelopes_need_a_visa_where_the_law_requires_one(
    due: Office, tmp_path: Path, clock: Clock
) -> None:
    """French law requires no visa.

    Under another law, the list states the number of envelopes. The list does not cover envelopes due
    later. A list of named cases covers no envelopes.
    """
    text = FILES["fr"]["retention.toml"].decode()
    junk = text.partition("[unopened]")[2]
    asking = edited(tmp_path / "law", "retention.toml", junk, junk.replace("visa = false", "visa = true"))

    def came(number: int, days: int) -> None:
        with due.opened() as inbox, inbox.transaction() as session:
            lost = {"kind": Kind.NOT_FOR_US, "received": today(), "tried": bytes(32)}
            day = clock.day - timedelta(days)
            session.add(Unopened(number=number, intake=1, collected=day, **lost))

    came(1, 99)
    assert {"discardable": 1}.items() <= due.json("retention", "list")["unopened"].items()
    due.json("law", "replace", asking)
    assert {"discardable": 0}.items() <= due.json("retention", "list")["unopened"].items()
    assert "do not have the archives' visa" in refused(due, "exchange", "unopened", "discard")
    assert 0 == listed(due, "1")["unopened"]
    made = listed(due)
    assert 1 == made["unopened"]
    paper = Path(made["files"][0]).read_text("utf-8")
    assert "unfiled envelopes, without readable content: 1" in paper
    assert "do not have" in refused(due, "exchange", "unopened", "discard")
    agree(due, made["list"])
    came(2, 98)
    assert {"discarded": 1} == due.json("exchange", "unopened", "discard")
    assert "do not have" in refused(due, "exchange", "unopened", "discard")


def test_a_case_that_loses_its_visa_during_the_confirmation_is_not_destroyed(due: Office) -> None:
    agree(due, listed(due)["list"])
    with due.unlocked() as opened:
        day = today() + timedelta(100)

        def confirm(*_: object) -> dict[str, Presence]:
            with opened.inbox.vault.transaction() as session:
                agreed_cases.take_out(session, 1)
            return dict.fromkeys(opened.present, Presence.CONFIRMED)

        who = Actor(opened.present, day, confirm)
        planned = destroy_cases.plan_due(opened.inbox, who)
        with pytest.raises(CaseRefused, match="have not given their visa"):
            destroy_cases.destroy(opened.inbox, who, planned)


@pytest.mark.parametrize("length", [1, 200])
def test_the_reference_of_a_visa_may_have_1_to_200_characters(due: Office, length: int) -> None:
    day = (today() + timedelta(100)).isoformat()
    words = ("--day", day, "--reference", "x" * length)
    due.json("retention", "visa", "add", listed(due)["list"], *words)
    assert [] == obstacles(due)


def test_the_reference_of_a_visa_must_not_name_the_reporter_of_a_case_on_the_list(due: Office) -> None:
    name = listed(due)["list"]
    with due.opened() as inbox, inbox.transaction() as session:
        session.add(Identity(case=1, day=today(), text="Odon Verrier"))
    day = (today() + timedelta(100)).isoformat()
    words = ("--day", day, "--reference", "AD 76, Verrier")
    assert "could identify somebody" in refused(due, "retention", "visa", "add", name, *words)
