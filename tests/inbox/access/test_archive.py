"""The restricted archive: two officers open a case together, and only they can read it, for one day."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from inbox.access import archive, handlers
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
    """Case 1 has a text and a file, and was closed today as moot. Case 2 is still open."""
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
    """The office of ``founded_archive``, more than a year later."""
    clock.wait(A_YEAR)
    return world.office


def closed_lines(office: Office) -> dict[int, Any]:
    return {row["case"]: row for row in office.json("queue", "list", "--closed")["cases"]}


def test_a_closed_case_enters_the_archive_at_the_end_of_the_first_retention_period(
    office: Office, clock: Clock
) -> None:
    """In French law, this period is one year for an admissible report."""
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
def test_each_command_on_an_archived_case_is_refused_and_says_who_can_open_the_case(
    office: Office, tmp_path: Path, words: list[str]
) -> None:
    given = [str(tmp_path / "out") if word == "OUT" else word for word in words]
    assert "case 1 has been in the archive since" in refused(office, *given)
    assert not (tmp_path / "out").exists()


def test_no_query_returns_a_row_of_an_archived_case(office: Office) -> None:
    """The test queries cases, files, fulltext and workflow.

    The controls are case 2, and a session of the program itself, which reads both cases.
    """
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


def test_two_officers_open_an_archived_case_for_a_day(office: Office, clock: Clock) -> None:
    """The journal records the opening, and oversight counts it.

    On the next day, nobody can read the case any more.
    """
    assert {"cases": [1]} == office.json("access", "open-archive", "1", *WHY)
    assert CANARY == office.json("case", "show", "1")["summary"]
    row = closed_lines(office)[1]
    assert (True, CANARY) == (row["archived"] is not None, row["summary"])
    noted = [
        (each["action"], each["reason"])
        for each in office.json("journal", "list")["entries"]
        if not each["withheld"]
    ]
    assert ("open-archived", WHY[1]) in noted
    assert 1 == office.json("office", "oversight")["actions"]["open-archived"]
    clock.wait(1)
    assert "case 1 has been in the archive since" in refused(office, "case", "show", "1")


def test_opening_a_second_archived_case_does_not_close_the_first(office: Office, clock: Clock) -> None:
    """Openings on the same day are kept; only openings on earlier days are deleted."""
    office.json("case", "close", "2", "moot", "--disclosure", "withheld", *WHY)
    clock.wait(A_YEAR)
    for opened in ({1, 2}, {2}):
        for number in sorted(opened):
            assert {"cases": [number]} == office.json("access", "open-archive", str(number), *WHY)
        with office.opened() as inbox, inbox.transaction() as session:
            kept = {(each.case, each.day) for each in session.scalars(select(ArchiveOpening))}
        assert {(number, clock.day) for number in opened} == kept
        clock.wait(1)


def test_only_the_two_officers_who_opened_an_archived_case_can_read_it(tmp_path: Path, clock: Clock) -> None:
    """One officer alone cannot open the case.

    A third officer cannot read the case, even if one of the two officers is also signed in.
    """
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


def test_a_new_message_of_the_reporter_takes_the_case_out_of_the_archive(
    office: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    """The first retention period begins again."""
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


def test_a_late_message_takes_a_case_out_of_the_archive_until_officers_have_read_the_message(
    office: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    """The message is from before the closing, so it does not restart the retention period.

    The case then returns to the archive.
    """
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


def test_reopening_a_case_takes_it_out_of_the_archive(office: Office) -> None:
    office.json("access", "open-archive", "1", *WHY)
    office.json("case", "reopen", "1", *WHY)
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 1).archive_from is None
    assert "case 1 is not in the archive" in refused(office, "access", "open-archive", "1", *WHY)


@pytest.mark.parametrize("change", ["held", "proceedings"])
def test_a_case_on_hold_or_in_proceedings_is_not_archived(office: Office, change: str) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        if change == "held":
            session.get_one(Workflow, 1).held = today()
        else:
            session.add(Measure(case=1, position=1, kind="prosecutor_phoned", day=today(), recorded=today()))
        workflow.keep_in_step(session, 1)
    assert CANARY == office.json("case", "show", "1")["summary"]


def test_after_a_final_decision_a_case_is_archived_once_both_periods_have_ended(
    office: Office, clock: Clock
) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        day = clock.day - timedelta(30)
        session.add(Measure(case=1, position=1, kind="final_decision", day=day, recorded=day))
        workflow.keep_in_step(session, 1)
        assert day.replace(year=day.year + 1) == session.get_one(Workflow, 1).archive_from
    assert CANARY == office.json("case", "show", "1")["summary"]


def test_a_case_whose_outcome_has_no_archive_period_is_never_archived(office: Office) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).outcome = "out_of_scope"
        workflow.keep_in_step(session, 1)
        assert session.get_one(Workflow, 1).archive_from is None


def test_officers_can_count_or_hold_or_destroy_archived_cases_without_opening_them(
    office: Office, clock: Clock
) -> None:
    """These actions show no content of the case."""
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


def test_a_new_law_with_a_longer_retention_period_takes_a_case_out_of_the_archive(
    office: Office, tmp_path: Path
) -> None:
    year, two = (f'keep = "{keep}"\narchive' for keep in ("1 year", "2 years"))
    longer = edited(tmp_path / "law", "retention.toml", year, two)
    office.json("law", "replace", longer)
    assert CANARY == office.json("case", "show", "1")["summary"]


def test_an_access_request_finds_an_archived_case_only_after_two_officers_have_opened_it(
    office: Office, clock: Clock
) -> None:
    """Until then, the case counts as not searched."""
    with office.opened() as inbox, inbox.transaction() as session:
        days = dict.fromkeys(("received", "earliest", "due"), clock.day)
        session.add(AccessRequest(n=1, way="letter", names=CANARY, **days))
    seen = office.json("request", "show", "1")
    assert (1, [2]) == (seen["not_looked_at"], [each["case"] for each in seen["cases"]])
    office.json("access", "open-archive", "1", *WHY)
    seen = office.json("request", "show", "1")
    assert (0, [1, 2]) == (seen["not_looked_at"], [each["case"] for each in seen["cases"]])


def test_an_officer_who_may_not_read_a_case_cannot_open_it_from_the_archive(trio: Trio, clock: Clock) -> None:
    """An excluded officer does not even see that the case exists.

    An officer who is not a handler is refused, too.
    """
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
    assert "only its handlers may read case 1" in trio.excluded.run("access", "open-archive", "1", *WHY).err
    assert closed_lines(trio.excluded)[1]["for_handlers"]


def test_opening_an_archived_case_takes_two_officers_and_is_reported_to_oversight() -> None:
    rule = TABLE[Code.OPEN_ARCHIVED]
    assert (2, True) == (rule.officers, rule.oversight)


def test_the_list_of_readers_shows_the_archive_from_its_first_day_on(office: Office, clock: Clock) -> None:
    first_day = today() + timedelta(A_YEAR - 1)
    for day, archived in ((first_day - timedelta(1), None), (first_day, first_day)):
        clock.day = day
        with office.unlocked() as opened:
            assert archived == handlers.look(opened.inbox, opened.by_opening(day), 1).archived
