"""How long a closed case is kept, and what prevents its destruction (2019/1937, article 18)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import update

from crypto.bundle import Link
from inbox.casework.measures import records
from inbox.casework.measures.details import Taken
from inbox.deadlines import clocks as legal_clocks
from inbox.deadlines import retention_schedule, visas, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.office import Practice
from inbox.deadlines.retention_schedule import UnopenedTerm
from inbox.deadlines.workflow import Disclosure
from inbox.deadlines.working_days import Calendar
from inbox.dossiers import recording
from inbox.language.errors import Locked, Refused
from inbox.retention import destroy_cases
from inbox.session.actions import TABLE, Actor, Code
from inbox.vault import casework_tables
from inbox.vault.casework_tables import Duty, Measure, Workflow
from inbox.vault.destroyed_tables import VisaList
from inbox.vault.tables import Case, IntakeBundle
from templates.law.rules import MeasureRole
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, first, read_outbox, today
from tests.support.inbox_clock import Clock
from tests.support.inbox_ending import dated_by_portal, tell_portal, work_on
from tests.support.inbox_trio import Trio, undone
from tests.support.inbox_visas import agreed
from tests.support.laws import FILES, FRENCH, OTHER, edited

DAY = date(2030, 3, 1)
FRANCE_AT_WORK = Practice(FRENCH, Calendar(FRENCH.calendar), "internal")


def refused(office: Office, *words: str) -> str:
    """Return why nothing is destroyed. Check that nothing has changed."""
    before = office.state()
    said = office.run("retention", "destroy", *words)
    assert (1, before) == (said.code, office.state())
    return said.err


def destroyed_due(office: Office) -> Any:
    """Destroy all cases that are due. The archives have given their visa."""
    agreed(office)
    dated_by_portal(office)
    return office.json("retention", "destroy", "--due")


def terms(office: Office) -> list[tuple[str, str, bool, list[str]]]:
    """Return the retention of each case, and its obstacles without the visa.

    For the visa, see test_visas.
    """
    return [
        (each["rule"], each["day"], each["due"], [what for what in each["obstacles"] if what != "visa"])
        for each in office.json("retention", "list")["cases"]
    ]


def in_two_months(day: date) -> str:
    month = day.month + 2
    year, month = (day.year + 1, month - 12) if month > 12 else (day.year, month)
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day
    return date(year, month, min(day.day, last)).isoformat()


def test_an_inadmissible_case_is_kept_for_two_months_after_its_closing(closed: Office, clock: Clock) -> None:
    due = in_two_months(today())
    assert [("inadmissible", due, False, [])] == terms(closed)
    clock.day = date.fromisoformat(due) - timedelta(1)
    assert f"case 1: not due before {due}" in refused(closed, "1")
    assert f"nothing is due before {due}" in refused(closed, "--due")
    clock.wait(1)
    dated_by_portal(closed)
    assert [("inadmissible", due, True, [])] == terms(closed)
    assert {"cases": [1]}.items() <= destroyed_due(closed).items()
    assert [] == terms(closed)
    assert "nothing is due" in refused(closed, "--due")


def test_a_later_message_of_the_reporter_restarts_the_retention_period(
    closed: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    clock.wait(40)
    late = portal.bundle(
        Sent(reporter.follow_up()), edit=lambda intake: build.replace(
            intake,
            exported=clock.day,
            entries=tuple(build.replace(each, day=clock.day) for each in intake.entries),
        )
    )  # fmt: skip
    closed.json("exchange", "collect", late)
    waits = ["unread", "portal", "prosecutor", "persons"]
    assert [("inadmissible", in_two_months(clock.day), False, waits)] == terms(closed)
    closed.json("case", "show", "1")
    decided_anew(closed)
    tell_portal(closed, portal)
    clock.wait(100)
    assert [1] == destroyed_due(closed)["cases"]


def test_a_case_with_an_unread_message_is_not_destroyed(
    closed: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    """The message is from the day of the closing and is collected later.

    The message does not postpone the destruction, but an officer must read it first.
    """
    closed.json("exchange", "collect", portal.bundle(Sent(reporter.follow_up("on me menace"))))
    tell_portal(closed, portal)
    waits = ["unread", "prosecutor", "persons"]
    assert [("inadmissible", in_two_months(today()), False, waits)] == terms(closed)
    clock.wait(100)
    assert "nothing is due" in refused(closed, "--due")
    assert "case 1: nobody has read what the reporter wrote" in refused(closed, "1")
    assert "waits: nobody has read what the reporter wrote" in closed.run("retention", "list").out
    closed.json("case", "show", "1")
    decided_anew(closed)
    assert [1] == destroyed_due(closed)["cases"]


def decided_anew(office: Office) -> None:
    """Repeat the decisions that a message of the reporter reopened."""
    for choice in ("no_transmission", "not_needed"):
        office.json("case", "decide", "1", choice, "--reason", "x")


def test_a_case_in_quarantine_is_destroyed_without_being_read(
    closed: Office, portal: Portal, reporter: Reporter, clock: Clock
) -> None:
    """The destruction does not wait until officers may read the case.

    The reopened decisions are still required.
    """
    work_on(closed, quarantined=today())
    closed.json("exchange", "collect", portal.bundle(Sent(reporter.follow_up("un secret"))))
    decided_anew(closed)
    tell_portal(closed, portal)
    clock.wait(100)
    assert [1] == destroyed_due(closed)["cases"]


@pytest.mark.parametrize("code", FRENCH.outcomes)
def test_the_outcome_of_a_case_sets_its_retention_period(closed: Office, clock: Clock, code: str) -> None:
    """The period includes the archive period, if the outcome has an archive period.

    The register of destroyed cases names the period.
    """
    work_on(closed, outcome=code)
    due = (
        today()
        + {"admissible": relativedelta(years=6), "inadmissible": relativedelta(months=2)}[
            FRENCH.outcomes[code].retention
        ]
    )
    assert [(FRENCH.outcomes[code].retention, due.isoformat(), False, [])] == terms(closed)
    assert [due.isoformat()] == kept_until(closed)
    clock.day = due
    assert [1] == destroyed_due(closed)["cases"]
    assert (
        FRENCH.outcomes[code].retention == closed.json("retention", "list-destroyed")["destroyed"][0]["rule"]
    )


def test_a_case_without_an_outcome_is_kept_for_the_longest_retention_period(closed: Office) -> None:
    work_on(closed, outcome="")
    assert [("admissible", (today() + relativedelta(years=6)).isoformat(), False, [])] == terms(closed)


def test_junk_is_due_after_thirty_days_if_the_portal_has_been_told_to_close_its_slot(
    world: World, portal: Portal, reporter: Reporter, collect: Any, clock: Clock
) -> None:
    """Until the thirtieth day, the slot is refreshed like any other, with the same status as before."""
    office = world.office
    collect(portal.bundle(first(reporter)))
    office.json("case", "junk", "1", "--reason", "flood")
    due = today() + timedelta(30)
    assert [("junk", due.isoformat(), False, ["portal"])] == terms(office)
    closed = []
    for n, days in enumerate((29, 1, 1), 1):
        clock.wait(days)
        office.json("exchange", "outbox", "--out", office.out)
        outbox, made, files = read_outbox(office.out / f"outbox-inspection-{n}.tar", world)
        closed.append((len(outbox.slots), len(outbox.closed)))
        assert (
            "received" == build.read_slot(next(iter(files.values())), reporter).status
            if outbox.slots
            else True
        )
        office.json("exchange", "collect", portal.bundle(applied=Link(n, made.hash)))
    assert [(1, 0), (1, 1), (0, 0)] == closed
    assert [1] == destroyed_due(office)["cases"]


def test_the_portal_reopens_the_slot_of_a_junk_case_that_is_recovered(
    world: World, portal: Portal, reporter: Reporter, collect: Any, clock: Clock
) -> None:
    """In this test, the portal had been told to close the slot.

    If the case is closed later, the portal is told again to close the slot.
    """
    office = world.office
    collect(portal.bundle(first(reporter)))
    office.json("case", "junk", "1", "--reason", "flood")
    clock.wait(30)
    tell_portal(office, portal)
    office.json("case", "unjunk", "1", "--reason", "none")
    assert (1, 0) == slots_in(office, world)
    office.json("case", "junk", "1", "--reason", "flood after all")
    clock.wait(30)
    assert (1, 1) == slots_in(office, world)
    office.json("case", "unjunk", "1", "--reason", "none")
    office.close("1")
    assert (1, 1) == slots_in(office, world)


def slots_in(office: Office, world: World) -> tuple[int, int]:
    """Return how many slots the next outbox fills, and how many cases it closes."""
    outbox, _, _ = read_outbox(Path(office.json("exchange", "outbox", "--out", office.out)["file"]), world)
    return len(outbox.slots), len(outbox.closed)


@pytest.mark.copy_of("founded_offence")
def test_an_original_is_not_due_before_its_duplicate(office: Office) -> None:
    """The duplicate refers to the original.

    The controls are a link of another relation, and a linked case with another outcome.
    """
    link = casework_tables.Link
    with office.opened() as inbox, inbox.transaction() as session:
        for number, days in ((1, 40), (2, 0)):
            work = session.get_one(Workflow, number)
            work.closed, work.outcome = today() - timedelta(days), "inadmissible"
        session.add_all(link(case=a, other=b, kind="", since=today()) for a, b in ((1, 2), (2, 1)))
        own = in_two_months(today() - timedelta(40))
        for outcome, kind, is_later in (
            ("inadmissible", "duplicate", False),
            ("duplicate", "same_facts", False),
            ("duplicate", "duplicate", True),
        ):
            session.get_one(Workflow, 2).outcome = outcome
            session.execute(update(link).values(kind=kind))
            found = {each.case: each.day for each in retention_schedule.listing(inbox.home, session)}
            assert found[2].isoformat() > own
            assert (found[2].isoformat() if is_later else own) == found[1].isoformat()
        session.rollback()


def test_a_case_on_hold_cannot_be_destroyed(closed: Office, clock: Clock) -> None:
    work_on(closed, held=today())
    clock.wait(400)
    assert [True, ["held"]] == [terms(closed)[0][1] < clock.day.isoformat(), terms(closed)[0][3]]
    assert "held for a procedure" in refused(closed, "1")
    assert "nothing is due" in refused(closed, "--due")


@pytest.mark.parametrize(
    ("kind", "put_off", "what"),
    [("art40", "", "prosecutor"), ("art14", "", "persons"), ("art14", "defer", "persons")],
    ids=["prosecutor", "persons", "put-off"],
)
def test_a_case_with_a_pending_decision_cannot_be_destroyed(
    closed: Office, clock: Clock, kind: str, put_off: str, what: str
) -> None:
    """After the destruction, nobody could decide. Other cases can be destroyed meanwhile."""
    clock.wait(90)
    with closed.opened() as inbox, inbox.transaction() as session:
        day = clock.day + timedelta(30)
        session.merge(Duty(case=1, kind=kind, known=today(), due=day, decided=None, decision=put_off))
    assert [(False, [what])] == [each[2:] for each in terms(closed)]
    assert "nothing is due" in refused(closed, "--due")
    if kind == "art14":
        closed.json("case", "decide", "1", "no_transmission", "--reason", "no offence")
    choice = "no_transmission" if kind == "art40" else "informed"
    closed.json("case", "decide", "1", choice, "--reason", "it is over")
    assert [1] == destroyed_due(closed)["cases"]


def kept_until(office: Office) -> list[str]:
    """Return the day of destruction that the case shows, as a list.

    If there is no such day, the list is empty.
    """
    clocks = office.json("case", "show", "1")["work"]["clocks"]
    return [each["day"] for each in clocks if each["clock"] == legal_clocks.RETENTION]


def test_only_measures_that_open_proceedings_suspend_the_retention_period(closed: Office) -> None:
    """The retention list and the deadlines agree, so oversight does not count the case as overdue."""
    pursued = {
        "art40_transmission", "judicial_investigation", "disciplinary_opened", "disciplinary_sanction",
        "suspension", "prosecutor_phoned",
    }  # fmt: skip
    found = set()
    with closed.opened() as inbox, inbox.transaction() as session:
        for kind in FRENCH.measures:
            row = Measure(case=1, position=1, kind=kind, day=today(), recorded=today())
            session.add(row)
            session.flush()
            (due,) = retention_schedule.listing(inbox.home, session)
            clocks = [
                *workflow.clocks(session, 1),
                *(each for _, all_of in workflow.every(session) for each in all_of),
            ]
            is_kept = Obstacle.PROCEEDINGS in due.facts
            assert is_kept is not any(each.clock == legal_clocks.RETENTION for each in clocks)
            found |= {kind} if is_kept else set()
            session.delete(row)
            session.flush()
    assert pursued == found


def test_a_case_in_proceedings_is_kept_until_two_officers_record_the_decision(
    closed: Office, clock: Clock
) -> None:
    """Until the decision, the case has no deadline, and the queue shows no deadline."""
    work_on(closed, acknowledged=today(), answered=today())
    closed.json("case", "set-source-risk", "1", "low", "--reason", "x")
    assert in_two_months(today()) == closed.json("case", "show", "1")["work"]["deadline"]
    closed.json("case", "measure", "add", "1", "disciplinary_opened")
    closed.json(
        "case", "decide", "1", "informed", "--reason", "x"
    )  # the measure reopened the decision whether to inform the persons
    assert closed.json("case", "show", "1")["work"]["deadline"] is None
    clock.wait(400)
    work_on(closed, category="threat")
    assert ["proceedings"] == terms(closed)[0][3]
    assert (
        "waits: proceedings are under way: kept until the final decision"
        in closed.run("retention", "list").out
    )
    assert "proceedings are open: the case is kept until two officers record the final decision" in shown(
        closed
    )
    assert "case 1: proceedings are under way: kept until the final decision" in refused(closed, "1")
    assert "nothing is due" in refused(closed, "--due")
    closed.json("case", "measure", "add", "1", "office_decision")
    assert [("proceedings", a_year_after(clock.day), False, [])] == terms(closed)
    assert [a_year_after(clock.day)] == kept_until(closed)
    assert "proceedings" not in refused(closed, "1")
    clock.wait(366)
    destroyed_due(closed)
    (line,) = closed.json("retention", "list-destroyed")["destroyed"]
    assert ("proceedings", clock.day.isoformat()) == (line["rule"], line["destroyed"])
    day = today().isoformat()
    assert (day, day, "threat", "out_of_scope") == tuple(
        line[name] for name in ("received", "closed", "category", "outcome")
    )
    (entry,) = [
        each for each in closed.json("journal", "list")["entries"] if each.get("action") == "end-proceedings"
    ]
    assert ({"kind": "office_decision"}, 1) == (entry["values"], entry["case"])


def test_judicial_proceedings_and_office_proceedings_end_only_with_a_decision_of_the_same_kind(
    closed: Office,
) -> None:
    closed.json("case", "measure", "add", "1", "prosecutor_phoned")
    closed.json("case", "decide", "1", "no_transmission", "--reason", "x")
    closed.json("case", "set-source-risk", "1", "low", "--reason", "x")
    none = "case 1 has no pending proceedings that this decision could end"
    assert none in closed.run("case", "measure", "add", "1", "office_decision").err
    closed.json(
        "case",
        "measure",
        "add",
        "1",
        "disciplinary_opened",
        "--despite-warning",
        "no hearing before the word",
    )
    assert ["proceedings", "persons"] == terms(closed)[0][3]
    closed.json("case", "decide", "1", "not_needed", "--reason", "x")
    ends = ("office_decision", "final_decision")
    for kind, left in zip(ends, (["proceedings"], []), strict=True):
        closed.json("case", "measure", "add", "1", kind)
        assert left == terms(closed)[0][3], kind
        assert none in closed.run("case", "measure", "add", "1", kind).err


def shown(office: Office) -> str:
    return office.run("case", "show", "1").out


def came_long_ago(office: Office) -> None:
    """Set the receipt of case 1 to a day long ago, because a final decision must be later than the report."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 1).received = today() - timedelta(600)


def a_year_after(day: date) -> str:
    return (day + relativedelta(years=1)).isoformat()


def test_after_a_final_decision_the_longer_of_two_retention_periods_applies(closed: Office) -> None:
    """The period of the outcome starts at the closing; the period of proceedings starts at the decision.

    The retention list and the case show the same day.
    """
    came_long_ago(closed)
    closed.json(
        "case", "measure", "add", "1", "prosecutor_phoned", "--day", (today() - timedelta(500)).isoformat()
    )
    closed.json("case", "decide", "1", "no_transmission", "--reason", "x")
    day = today() - timedelta(330)
    closed.json("case", "measure", "add", "1", "final_decision", "--day", day.isoformat())
    assert [("inadmissible", in_two_months(today()), False, [])] == terms(closed)
    closed.json("case", "measure", "retract", "1", "2", "--reason", "another day")
    closed.json("case", "measure", "add", "1", "final_decision", "--day", (day + timedelta(90)).isoformat())
    later = a_year_after(day + timedelta(90))
    assert [("proceedings", later, False, [])] == terms(closed)
    assert [later] == kept_until(closed)
    work_on(closed, outcome="founded")
    assert ["admissible"] == [each[0] for each in terms(closed)]


def test_junk_that_was_in_proceedings_is_kept_for_the_retention_period_of_proceedings(closed: Office) -> None:
    for kind in ("prosecutor_phoned", "final_decision"):
        closed.json("case", "measure", "add", "1", kind)
    work_on(closed, closed=None, junked=today())
    assert [("proceedings", a_year_after(today()))] == [each[:2] for each in terms(closed)]


def test_proceedings_that_are_recorded_after_a_final_decision_prevent_the_destruction(
    closed: Office, clock: Clock
) -> None:
    """Even if these proceedings began earlier, the decision may have been about other proceedings."""
    came_long_ago(closed)
    early = clock.day - timedelta(9)
    for before in (timedelta(0), timedelta(20)):
        closed.json("case", "measure", "add", "1", "prosecutor_phoned", "--day", (early - before).isoformat())
        closed.json("case", "decide", "1", "no_transmission", "--reason", "x")
        assert ["proceedings"] == terms(closed)[0][3]
        closed.json("case", "measure", "add", "1", "final_decision", "--day", early.isoformat())
        assert [] == terms(closed)[0][3]
    closed.json("case", "measure", "add", "1", "prosecutor_phoned")
    closed.json("case", "decide", "1", "no_transmission", "--reason", "x")
    assert ["proceedings"] == terms(closed)[0][3]


def test_a_final_decision_does_not_end_proceedings_that_began_after_it(closed: Office) -> None:
    """A final decision ends only earlier proceedings.

    If there are no earlier proceedings, the decision is refused.
    """
    came_long_ago(closed)
    days = [(today() - timedelta(n)).isoformat() for n in (9, 6, 3)]
    closed.json("case", "measure", "add", "1", "prosecutor_phoned", "--day", days[2])
    said = refused_measure(closed, "final_decision", days[1])
    assert f"a decision of {days[1]} cannot end" in said
    assert f"began later, on {days[2]}" in said
    closed.json("case", "measure", "add", "1", "prosecutor_phoned", "--day", days[0])
    closed.json("case", "decide", "1", "no_transmission", "--reason", "x")
    closed.json("case", "measure", "add", "1", "final_decision", "--day", days[1])
    assert ["proceedings"] == terms(closed)[0][3]
    closed.json("case", "measure", "add", "1", "final_decision", "--day", days[2])
    assert [] == terms(closed)[0][3]


def refused_measure(office: Office, kind: str, day: str) -> str:
    before = office.state()
    said = office.run("case", "measure", "add", "1", kind, "--day", day)
    assert (1, before) == (said.code, office.state())
    return said.err


def test_a_case_is_kept_again_once_two_officers_retract_its_final_decision(
    closed: Office, clock: Clock
) -> None:
    """One officer alone can neither record nor retract a final decision. Oversight counts both actions."""
    closed.json("case", "measure", "add", "1", "prosecutor_phoned")
    closed.json("case", "decide", "1", "no_transmission", "--reason", "x")
    with closed.unlocked() as opened:
        alone = Actor(dict(list(opened.present.items())[:1]), clock.day)
        taken = Taken(kind="final_decision", day=clock.day)
        with pytest.raises(Locked):
            recording.record(opened.inbox, alone, 1, taken)
        recording.record(opened.inbox, opened.by_opening(clock.day), 1, taken)
        with pytest.raises(Locked):
            records.retract(opened.inbox, alone, 1, 2, "another case")
    assert [] == terms(closed)[0][3]
    closed.json("case", "measure", "retract", "1", "2", "--reason", "another case")
    assert ["proceedings"] == terms(closed)[0][3]
    assert "proceedings are under way" in refused(closed, "1")
    counted = closed.json("office", "oversight")["actions"]
    assert {"end-proceedings": 1, "remove-proceedings": 1}.items() <= counted.items()


def test_a_final_decision_takes_two_officers_under_every_law() -> None:
    """The law xx would require only one officer."""
    assert 1 == OTHER.measures[OTHER.measure(MeasureRole.FINAL_DECISION)].officers
    assert 2 == TABLE[Code.END_PROCEEDINGS].officers


def test_a_case_is_not_destroyed_before_the_portal_has_confirmed_that_it_is_closed(
    world: World, portal: Portal, reporter: Reporter, collect: Any, clock: Clock
) -> None:
    """After the destruction, the reporter could not be told.

    The case is also kept as long as an unconfirmed outbox contains it.
    """
    collect(portal.bundle(first(reporter)))
    world.office.settle(1)
    world.office.json("case", "decide", "1", "no_transmission", "--reason", "no offence")
    work_on(world.office, waits=False, closed=today(), outcome="out_of_scope")
    assert "the portal has not confirmed the closing yet" in refused(world.office, "1")
    world.office.json("exchange", "outbox", "--out", world.office.out)
    assert "nothing is due" in refused(world.office, "--due")
    _, made, _ = read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    world.office.json("exchange", "outbox", "--out", world.office.out)
    world.office.json("exchange", "collect", portal.bundle(applied=Link(1, made.hash)))
    assert ["portal"] == terms(world.office)[0][3]
    tell_portal(world.office, portal)
    clock.wait(100)
    assert [1] == destroyed_due(world.office)["cases"]


def test_an_open_case_cannot_be_destroyed(
    world: World, portal: Portal, reporter: Reporter, collect: Any
) -> None:
    """Other cases named in the same command are not destroyed either."""
    collect(portal.bundle(first(reporter)))
    assert "case 1: still open" in refused(world.office, "1")
    assert "there is no case 7" in refused(world.office, "7")
    with world.office.unlocked() as opened, pytest.raises(Refused, match="chosen"):
        destroy_cases.plan(opened.inbox, opened.by_opening(today()), [])
    assert "nothing is due" in refused(world.office, "--due")


@pytest.mark.parametrize("words", [[], ["1", "--due"]])
def test_the_command_to_destroy_needs_either_case_numbers_or_the_option_due(
    world: World, words: list[str]
) -> None:
    assert 2 == world.office.run("retention", "destroy", *words).code


@pytest.mark.parametrize(
    ("closed", "disclosure", "feedback", "ended"),
    [
        (False, Disclosure.FULL, False, False),
        (True, Disclosure.WITHHELD, False, False),
        (True, Disclosure.FULL, True, False),
        (True, Disclosure.FULL, False, True),
    ],
)
def test_a_case_counts_as_ended_without_feedback_if_its_reporter_was_told_only_the_outcome(
    *, closed: bool, disclosure: Disclosure, feedback: bool, ended: bool
) -> None:
    """If the outcome is withheld, the reporter must get feedback once the reason to withhold it has ended."""
    work = Workflow(case=1, closed=today() if closed else None, disclosure=disclosure, feedback=feedback)
    assert ended is workflow._ended_without_feedback(work)


def test_the_day_for_destruction_is_the_earlier_of_today_and_the_day_of_the_last_bundle(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Before the first bundle is collected, there is no day of a last bundle."""

    def day(of_ours: date) -> date | None:
        with world.office.opened() as inbox, inbox.transaction() as session:
            return retention_schedule.day_of_two_clocks(session, of_ours)

    assert day(today()) is None
    yesterday, before = today() - timedelta(1), today() - timedelta(2)
    collect(portal.bundle(edit=lambda intake: replace(intake, exported=yesterday)))
    assert [yesterday, before] == [day(today()), day(before)]


def test_unfiled_envelopes_expire_two_months_after_their_collection(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    collect_all(Sent(b"noise" * 400))
    collected = clock.day
    clock.wait(1)
    collect_all(Sent(b"sound" * 400))
    with world.office.opened() as inbox, inbox.transaction() as session:
        first_day = collected + relativedelta(months=2)
        days = [first_day + timedelta(each) for each in (-1, 0)]
        assert [[], [collected]] == [retention_schedule.discardable(session, day) for day in days]
        everything = retention_schedule.discardable(session, first_day + timedelta(9))
        assert {collected, collected + timedelta(1)} == {*everything}


def test_the_archives_approve_envelopes_up_to_the_last_day_of_their_list(
    world: World, collect_all: Callable[..., Any], clock: Clock, tmp_path: Path
) -> None:
    """The French law asks for no approval, so the test uses a law that requires an approval."""
    text = FILES["fr"]["retention.toml"].decode()
    unopened = text.partition("[unopened]")[2]
    needed = unopened.replace("visa = false", "visa = true")
    world.office.json("law", "replace", edited(tmp_path / "law", "retention.toml", unopened, needed))
    approved = clock.day
    for _ in range(2):
        collect_all(Sent(b"noise" * 400))
        clock.wait(1)
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.add(VisaList(n=1, made=approved, sha256=bytes(32), unopened_to=approved, visa=approved))
        assert [approved] == retention_schedule.discardable(session, clock.day + relativedelta(months=3))


@pytest.mark.parametrize("outbox", [None, 1])
def test_retracted_feedback_counts_only_if_an_outbox_contained_it(closed: Office, outbox: int | None) -> None:
    with closed.opened() as inbox, undone(inbox) as session:
        work = workflow.of(session, 1)
        work.feedback, work.answered_in = True, outbox
        workflow.take_back_feedback(session, 1)
        assert work.feedback is (outbox is not None)


@pytest.mark.parametrize(
    ("work", "written", "decided", "archived"),
    [
        ({}, None, None, None),
        ({"closed": DAY, "outcome": "inadmissible"}, None, None, None),
        ({"junked": DAY}, None, None, None),
        ({"junked": DAY}, None, DAY, None),
        ({"closed": DAY, "outcome": "founded"}, None, None, date(2031, 3, 1)),
        ({"closed": DAY, "outcome": "founded"}, DAY + timedelta(9), None, date(2031, 3, 10)),
        ({"closed": DAY, "outcome": "founded"}, None, DAY + timedelta(9), date(2031, 3, 10)),
    ],
)
def test_a_case_is_archived_after_its_periods_if_one_of_them_includes_time_in_the_archive(
    work: dict[str, Any], written: date | None, decided: date | None, archived: date | None
) -> None:
    found = retention_schedule.archive_from(FRANCE_AT_WORK, Workflow(case=1, **work), written, decided)
    assert archived == found


@pytest.mark.parametrize(
    ("needing", "work", "decided", "needed"),
    [
        ((True, False, False), {"closed": DAY}, None, True),
        ((False, True, False), {"closed": DAY}, None, False),
        ((False, True, False), {"closed": DAY}, DAY, True),
        ((False, False, True), {"closed": DAY}, DAY, False),
        ((False, False, True), {"junked": DAY}, None, True),
        ((True, False, False), {"junked": DAY}, None, False),
    ],
)
def test_a_case_needs_a_visa_only_if_a_period_that_applies_to_it_needs_a_visa(
    needing: tuple[bool, bool, bool], work: dict[str, Any], decided: date | None, *, needed: bool
) -> None:
    """The periods that count are those of the outcome, of proceedings and of junk."""
    kept = FRENCH.retention
    of_outcome, of_proceedings, of_junk = needing
    changed = replace(
        kept,
        periods={code: replace(each, visa=of_outcome) for code, each in kept.periods.items()},
        proceedings=replace(kept.proceedings, visa=of_proceedings),
        junk=replace(kept.junk, visa=of_junk),
    )
    how = replace(FRANCE_AT_WORK, law=replace(FRENCH, retention=changed))
    found = retention_schedule._needs_visa(how, Workflow(case=1, outcome="founded", **work), decided)
    assert needed is found


def test_envelopes_are_discarded_only_once_the_inbox_and_the_portal_have_both_reached_the_day_of_expiry(
    world: World, collect_all: Callable[..., Any], clock: Clock
) -> None:
    """One envelope has expired; the two that were collected a day later have not."""
    collect_all(Sent(b"noise" * 400))
    first_day = clock.day + relativedelta(months=2)
    clock.wait(1)
    next_day = clock.day + relativedelta(months=2)
    collect_all(Sent(b"sound" * 400), Sent(b"signal" * 400))
    clock.day = first_day
    none_expired = UnopenedTerm(count=3, due=0, next_day=next_day, unasked=0, unasked_to=None, by_one_clock=0)
    for exported, due, by_one_clock in ((first_day - timedelta(1), 0, 1), (first_day, 1, 0)):
        with world.office.opened() as inbox, inbox.transaction() as session:
            session.execute(update(IntakeBundle).values(exported=exported, collected=exported))
            found = retention_schedule.unopened(session, clock.day)
        assert found == replace(none_expired, due=due, by_one_clock=by_one_clock)


def test_only_a_changed_case_is_removed_from_the_lists_for_the_archives(
    trio: Trio,
) -> None:
    with trio.others.opened() as inbox, undone(inbox) as session:
        assert {1, 2, 3} == {*visas.given(session)}
        visas.take_out(session, 2)
        assert {1, 3} == {*visas.given(session)}


def test_the_name_of_a_list_for_the_archives_contains_eight_digits_of_the_hash_of_the_list() -> None:
    """A number alone could be used twice after a restore."""
    assert "3-0a0b0c0d" == visas.name(3, bytes([10, 11, 12, 13]) + bytes(28))
