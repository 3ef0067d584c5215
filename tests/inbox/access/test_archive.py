"""The restricted archive: what is kept as evidence is read for a day by the two who opened it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from inbox.access import archive
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused, Locked
from inbox.overview import case_view
from inbox.session.actions import TABLE, Actor, Code
from inbox.vault import row_security
from inbox.vault.casework_tables import AccessRequest, ArchiveOpening, Duty, Fulltext, Measure, Workflow
from inbox.vault.tables import Attachment, Case, FollowUp
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Portal, Reporter, Scene, Sent, World, first, today
from tests.support.inbox_clock import Clock
from tests.support.inbox_ending import aged, dated_by_portal, tell_portal
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import CANARY, KEPT, Trio
from tests.support.laws import edited

WHY = ("--reason", "a judge asks for it")
A_YEAR = 366


pytestmark = pytest.mark.copy_of("founded_archive")


@pytest.fixture(scope="module")
def founded_archive(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Case 1, moot and closed today, with words and a file; case 2, open."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("archive"))
    office = scene.world.office
    for each in (scene.reporter, Reporter(scene.world)):
        scene.collect(first(each, text=CANARY, files=[b"x"]))
    for number in ("1", "2"):
        office.json("case", "show", number)
    office.settle(1, 2)
    office.tell_no_prosecutor(1)
    office.json("case", "close", "1", "moot", "--disclosure", "withheld", *WHY)
    tell_portal(office, scene.portal)
    return scene


@pytest.fixture
def office(world: World, clock: Clock) -> Office:
    """The same, more than a year later."""
    clock.wait(A_YEAR)
    return world.office


def closed_lines(office: Office) -> dict[int, Any]:
    return {row["case"]: row for row in office.json("queue", "list", "--closed")["cases"]}


def test_a_case_is_among_the_others_for_as_long_as_it_is_kept_there_and_then_in_the_archive(
    office: Office, clock: Clock
) -> None:
    """In France a year for what is admissible; from that day on."""
    clock.day = today() + timedelta(A_YEAR - 2)
    assert CANARY == office.json("case", "show", "1")["summary"]
    assert CANARY == closed_lines(office)[1]["summary"]
    assert "case 1 is not in the archive" in refused(office, "access", "open-archive", "1", *WHY)
    clock.wait(1)
    assert f"case 1 has been in the archive since {clock.day}: two officers can open it" in refused(
        office, "case", "show", "1"
    )
    line = closed_lines(office)[1]
    assert (clock.day.isoformat(), None) == (line["archived"], line["summary"])
    assert (
        f"in the archive since {clock.day}: two officers can open it"
        in office.run("queue", "list", "--closed").out
    )
    assert {"cases": [1]} == office.json("access", "open-archive", "1", *WHY)


@pytest.mark.parametrize(
    "words",
    [
        ["case", "show", "1"], ["file", "export", "1", "1", "--out", "OUT", *WHY], ["file", "preview", "1",
        "1"],
        ["case", "note", "1", "--text", "x"], ["case", "link", "list", "1"], ["case", "timeline", "1"],
        ["case", "reopen", "1", *WHY],
        ["dossier", "preview", "1", "--for", "disciplinary", "--to", "x"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_whatever_shows_it_says_who_opens_it(office: Office, tmp_path: Path, words: list[str]) -> None:
    given = [str(tmp_path / "out") if word == "OUT" else word for word in words]
    assert "case 1 has been in the archive since" in refused(office, *given)
    assert not (tmp_path / "out").exists()


def test_nothing_of_it_is_read_beneath_every_question(office: Office) -> None:
    """The case, its files, words and the work on it; the control is the program's own work, and case 2."""
    kinds = (Case.number, Attachment.case, Fulltext.case, Workflow.case)
    with office.unlocked() as opened:
        opened.inbox.vault.today = today() + timedelta(A_YEAR)
        with opened.inbox.vault.transaction(opened.officers) as session:
            seen = [set(session.scalars(select(kind))) for kind in kinds]
        with opened.inbox.vault.transaction() as session:
            whole = [set(session.scalars(select(kind))) for kind in kinds]
    assert [{2}] * 4 == seen
    assert [{1, 2}] * 4 == whole
    assert [2] == [row["case"] for row in office.json("queue", "list", "--search", CANARY)["cases"]]
    assert [] == office.json("queue", "list", "--closed", "--search", CANARY)["cases"]


def test_two_officers_open_it_for_a_day_which_is_noted_and_counted(office: Office, clock: Clock) -> None:
    """It is noted once more what each of them then does; the next day it is closed again."""
    assert {"cases": [1]} == office.json("access", "open-archive", "1", *WHY)
    assert CANARY == office.json("case", "show", "1")["summary"]
    row = closed_lines(office)[1]
    assert (True, CANARY) == (row["archived"] is not None, row["summary"])
    noted = [(each["action"], each["reason"]) for each in office.json("journal", "list")["entries"]]
    assert ("open-archived", WHY[1]) in noted
    assert 1 == office.json("office", "oversight")["actions"]["open-archived"]
    clock.wait(1)
    assert "case 1 has been in the archive since" in refused(office, "case", "show", "1")


def test_opening_another_case_leaves_those_opened_earlier_on_that_day_open(
    office: Office, clock: Clock
) -> None:
    """The openings of earlier days are deleted."""
    office.json("case", "close", "2", "moot", "--disclosure", "withheld", *WHY)
    clock.wait(A_YEAR)
    for opened in ({1, 2}, {2}):
        for number in sorted(opened):
            assert {"cases": [number]} == office.json("access", "open-archive", str(number), *WHY)
        with office.opened() as inbox, inbox.transaction() as session:
            kept = {(each.case, each.day) for each in session.scalars(select(ArchiveOpening))}
        assert {(number, clock.day) for number in opened} == kept
        clock.wait(1)


def test_it_takes_two_and_is_open_to_those_two_alone(tmp_path: Path, clock: Clock) -> None:
    """One alone opens nothing, then each of them reads it; not a third who was not there, even beside one."""
    office = Office.found_by(tmp_path, ("alice", "bruno", "chloe"), 2)
    portal = Portal(World(office), tmp_path / "medium")
    confirmed = ("--confirm-instance", portal.fingerprint)
    office.json("exchange", "collect", portal.bundle(first(Reporter(portal.world), text=CANARY)), *confirmed)
    with office.opened() as inbox, inbox.transaction() as session:
        work = session.get_one(Workflow, 1)
        workflow.set_closed(work, today())
        work.outcome, session.get_one(Case, 1).new = "founded", False
        session.execute(update(Duty).values(decided=today()))
        workflow.keep_in_step(session, 1)
    clock.wait(A_YEAR)
    two, others = office.of("alice", "bruno"), office.of("bruno", "chloe")
    with two.unlocked() as opened:
        alone = Actor(dict(list(opened.present.items())[:1]), clock.day)
        with pytest.raises(Locked):
            archive.open_cases(opened.inbox, alone, [1], "x")
        with pytest.raises(CaseRefused, match="in the archive"):
            case_view.read(opened.inbox, alone, 1)
    two.json("access", "open-archive", "1", *WHY)
    two.json("case", "declare", "1")
    assert CANARY == two.json("case", "show", "1")["summary"]
    assert "case 1 has been in the archive since" in others.run("case", "show", "1").err
    reads = {}
    for pair in (two, others):
        with pair.unlocked() as opened:
            for name in opened.officers:
                with opened.inbox.vault.transaction([name]) as session:
                    reads[name] = row_security.readable(session, [1])
    assert {"alice": {1}, "bruno": {1}, "chloe": set()} == reads


def test_a_message_of_its_reporter_brings_it_back_to_be_read(
    office: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    """Whatever day the portal gives it; its time begins anew, and it is found as any other."""
    sent = portal.bundle(
        Sent(reporter.follow_up("on me menace")),
        edit=lambda intake: build.replace(
            intake,
            exported=clock.day,
            entries=tuple(build.replace(each, day=clock.day) for each in intake.entries),
        ),
    )
    office.json("exchange", "collect", sent)
    (row,) = office.json("queue", "list", "--to-read")["cases"]
    assert (1, "closed", CANARY) == (row["case"], row["state"], row["summary"])
    assert "on me menace" in office.run("case", "show", "1").out
    clock.wait(A_YEAR - 2)
    assert CANARY == office.json("case", "show", "1")["summary"]


def test_a_letter_that_is_older_than_the_closing_is_read_before_the_case_goes_back(
    office: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    """It restarts no time: it is read once, and the case is in the archive again."""
    late = portal.bundle(
        Sent(reporter.follow_up("hier")), edit=lambda intake: build.replace(intake, exported=clock.day)
    )
    office.json("exchange", "collect", late)
    with office.opened() as inbox, inbox.transaction() as session:
        session.scalars(select(FollowUp).filter_by(case=1)).one().received = today()
        workflow.keep_in_step(session, 1)
    assert "hier" in office.run("case", "show", "1").out
    for choice in ("not_needed", "no_transmission"):
        assert CANARY == office.json("case", "show", "1")["summary"]
        office.json("case", "decide", "1", choice, "--reason", "x")
    assert "case 1 has been in the archive since" in refused(office, "case", "show", "1")


def test_who_opens_the_case_again_takes_it_out(office: Office) -> None:
    office.json("access", "open-archive", "1", *WHY)
    office.json("case", "reopen", "1", *WHY)
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 1).archive_from is None
    assert "case 1 is not in the archive" in refused(office, "access", "open-archive", "1", *WHY)


@pytest.mark.parametrize("change", ["held", "proceedings"])
def test_what_a_procedure_needs_is_not_in_the_archive(office: Office, change: str) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        if change == "held":
            session.get_one(Workflow, 1).held = today()
        else:
            session.add(Measure(case=1, position=1, kind="prosecutor_phoned", day=today()))
        workflow.keep_in_step(session, 1)
    assert CANARY == office.json("case", "show", "1")["summary"]


def test_after_a_final_decision_it_goes_there_once_both_periods_are_over(
    office: Office, clock: Clock
) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        day = clock.day - timedelta(30)
        session.add(Measure(case=1, position=1, kind="final_decision", day=day))
        workflow.keep_in_step(session, 1)
        assert day.replace(year=day.year + 1) == session.get_one(Workflow, 1).archive_from
    assert CANARY == office.json("case", "show", "1")["summary"]


def test_what_has_no_archive_stays_among_the_others(office: Office) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).outcome = "out_of_scope"
        workflow.keep_in_step(session, 1)
        assert session.get_one(Workflow, 1).archive_from is None


def test_it_is_counted_kept_and_destroyed_like_any_other(office: Office, clock: Clock) -> None:
    """By officers who open nothing: what shows nothing of it goes on."""
    assert 1 == office.json("office", "oversight")["cases"]["closed"]
    assert [1] == [each["case"] for each in office.json("retention", "list")["cases"]]
    office.json("retention", "hold", "1", *WHY)
    office.json("retention", "unhold", "1", *WHY)
    assert "case 1 has been in the archive since" in refused(office, "case", "show", "1")
    aged(office)
    name = office.json("retention", "visa", "request", "1", "--out", office.out / "lists")["list"]
    office.json("retention", "visa", "add", name, "--day", clock.day.isoformat(), "--reference", "AD 76")
    dated_by_portal(office)
    assert [1] == office.json("retention", "destroy", "1")["cases"]


def test_a_law_with_another_period_takes_it_out(office: Office, tmp_path: Path) -> None:
    year, two = (f'keep = "{keep}"\narchive' for keep in ("1 year", "2 years"))
    longer = edited(tmp_path / "law", "retention.toml", year, two)
    office.json("law", "replace", longer)
    assert CANARY == office.json("case", "show", "1")["summary"]


def test_who_asks_what_is_held_is_not_told_before_the_archive_was_looked_at(
    office: Office, clock: Clock
) -> None:
    """It counts as not looked at; once two have opened it, it is found."""
    with office.opened() as inbox, inbox.transaction() as session:
        days = dict.fromkeys(("received", "earliest", "due"), clock.day)
        session.add(AccessRequest(n=1, way="letter", names=CANARY, **days))
    seen = office.json("request", "show", "1")
    assert (1, [2]) == (seen["not_looked_at"], [each["case"] for each in seen["cases"]])
    office.json("access", "open-archive", "1", *WHY)
    seen = office.json("request", "show", "1")
    assert (0, [1, 2]) == (seen["not_looked_at"], [each["case"] for each in seen["cases"]])


def test_who_may_not_read_a_case_opens_none_of_it(trio: Trio, clock: Clock) -> None:
    """Neither those from whom it is kept, to whom it is no line either, nor who is not its handler."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        for number in (1, 2, 3):
            session.get_one(Workflow, number).outcome = "founded"
        session.query(FollowUp).update({"unread": False})
        session.query(Duty).delete()
        for number in (1, 2, 3):
            workflow.keep_in_step(session, number)
    clock.wait(A_YEAR)
    assert KEPT not in closed_lines(trio.excluded)
    assert f"there is no case {KEPT}" in trio.excluded.run("access", "open-archive", str(KEPT), *WHY).err
    trio.others.json("access", "open-archive", "1", *WHY)
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    assert "for its handlers only" in trio.excluded.run("access", "open-archive", "1", *WHY).err
    assert closed_lines(trio.excluded)[1]["for_handlers"]


def test_opening_the_archive_takes_two_and_a_reason() -> None:
    rule = TABLE[Code.OPEN_ARCHIVED]
    assert (2, True) == (rule.officers, rule.oversight)
