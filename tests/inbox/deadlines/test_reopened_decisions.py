"""A decision is valid only for what officers knew at the time.

Something new in a case reopens the decision.
"""

from datetime import timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from inbox.deadlines import legal_duties, workflow
from inbox.vault.casework_tables import Duty, Workflow
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Scene, Sent, World, first, today
from tests.support.inbox_clock import Clock

CLOSED = ("case", "close", "1", "moot", "--disclosure", "withheld", "--reason", "x")

pytestmark = pytest.mark.copy_of("founded_decided")


@pytest.fixture(scope="module")
def founded_decided(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A case that officers have read.

    The officers decided that the case is admissible, that it names nobody, and that the prosecutor is not
    informed.
    """
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("decided"))
    scene.collect(first(scene.reporter))
    office = scene.world.office
    office.json("case", "show", "1")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    for choice in ("admissible", "not_needed", "no_transmission"):
        office.json("case", "decide", "1", choice, "--reason", "x")
    return scene


@pytest.fixture
def office(world: World) -> Office:
    """The inbox of ``world`` for one test."""
    return world.office


def decided(office: Office) -> dict[str, str]:
    """Return each duty with its decision. The decision of a pending duty is empty."""
    return {row["duty"]: row["decision"] for row in office.json("case", "show", "1")["work"]["duties"]}


@pytest.mark.parametrize(
    "words",
    [
        ["case", "set-score", "1", "--severity", "3", "--reason", "x"],
        ["case", "tag", "add", "1", "crime"],
        ["case", "measure", "add", "1", "prosecutor_phoned"],
        ["case", "measure", "add", "1", "judicial_investigation"],
    ],
    ids=lambda words: " ".join(words[1:5]),
)
def test_a_new_offence_or_judicial_measure_reopens_the_decision_not_to_inform_the_prosecutor(
    office: Office, words: list[str]
) -> None:
    """Until the new decision, the case cannot be closed."""
    office.json(*words)
    assert "" == decided(office)["art40"]
    assert (
        "it was decided whether to inform the prosecutor, but something new has been received since"
        in office.run(*CLOSED).err
    )
    with sitting(office) as client:
        form = {"outcome": "moot", "disclosure": "withheld", "reason": "x"}
        assert 409 == client.send("/en/case/1/close", **form).status_code
    said = office.run("case", "timeline", "1").out
    assert "Not transmitted" in said
    office.json("case", "decide", "1", "no_transmission", "--reason", "still none")
    assert "no_transmission" == decided(office)["art40"]
    office.json(*CLOSED)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("hearing", True),
        ("suspension", True),
        ("disciplinary_opened", True),
        ("disciplinary_sanction", True),
        ("access_suspended", True),
        ("mobility", True),
        ("admin_inquiry", False),
        ("judicial_investigation", False),
    ],
)
def test_a_measure_against_somebody_reopens_the_decision_whether_to_inform_the_persons(
    office: Office, kind: str, *, asked: bool
) -> None:
    """The controls are two kinds of inquiry that may concern only facts."""
    degree = ("--degree", "1") if kind == "disciplinary_sanction" else ()
    office.json("case", "measure", "add", "1", kind, *degree)
    assert ("" if asked else "not_needed") == decided(office)["art14"]
    assert ("it was decided whether to inform the persons concerned, but" in office.run(*CLOSED).err) is asked


def test_an_action_without_news_for_a_decision_does_not_reopen_the_decision(office: Office) -> None:
    office.json("case", "set-score", "1", "--severity", "1", "--reason", "x")
    office.json("case", "tag", "add", "1", "quay")
    office.json("case", "measure", "add", "1", "hearing")
    assert "no_transmission" == decided(office)["art40"]
    office.json("case", "set-score", "1", "--severity", "2", "--reason", "x")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "set-score", "1", "--severity", "1", "--reason", "x")
    office.json("case", "tag", "add", "1", "crime")
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    office.json("case", "set-score", "1", "--severity", "3", "--reason", "x")
    assert "transmit" == decided(office)["art40"]


def test_a_follow_up_reopens_the_decisions_on_the_prosecutor_and_on_the_persons(
    office: Office, scene: Scene, collect_all: Any, clock: Clock
) -> None:
    """The new deadlines run from the day of the follow-up.

    A deferral is not reopened. A transmission is reopened, because the prosecutor may also need the
    follow-up.
    """
    clock.wait(60)
    letter = Sent(scene.reporter.follow_up("Il a reçu 5 000 € d'un trafiquant."))
    collect_all(letter)
    assert {"art40": "", "art14": "", "admissibility": "admissible"} == decided(office)
    due = {row["duty"]: row["due"] for row in office.json("case", "show", "1")["work"]["duties"]}
    asked_on = clock.day
    assert (str(asked_on + timedelta(1)), str(asked_on + relativedelta(months=1))) == (
        due["art40"],
        due["art14"],
    )
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    office.json("case", "decide", "1", "defer", "--until", str(asked_on + timedelta(20)), "--reason", "x")
    collect_all(Sent(scene.reporter.follow_up("Voici son nom.")))
    assert {"art40": "", "art14": "defer", "admissibility": "admissible"} == decided(office)
    office.json("case", "show", "1")
    assert (
        "it was decided whether to inform the prosecutor, but something new has been received since"
        in office.run(*CLOSED).err
    )


def test_a_closed_case_with_a_pending_decision_stays_in_the_queue_and_out_of_the_archive(
    office: Office, clock: Clock
) -> None:
    """Both the queue and the “Today” page sort such a case by its deadline, like an open case."""
    until = clock.day + timedelta(60)
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Workflow, 1).acknowledged = today()
    office.json("case", "decide", "1", "defer", "--until", str(until), "--reason", "x")
    office.json(*CLOSED)
    clock.wait(60)
    (row,) = office.json("queue", "list", "--due", "today")["cases"]
    assert (1, "closed", "today") == (row["case"], row["state"], row["urgency"])
    assert [] == office.json("queue", "list", "--closed")["cases"]
    assert (
        "they wait among the open ones: inbox queue list --sort deadline" in office.run("queue", "list").out
    )
    with sitting(office) as client:
        shown = client.page("/en/today")
        assert "Case 1</a> · " in shown
        assert "No deadline by today." not in shown
    clock.wait(800)
    (row,) = office.json("queue", "list", "--due", "overdue")["cases"]
    assert (1, None) == (row["case"], row["archived"])
    assert 1 == office.json("queue", "list")["undecided_closed"]
    office.json("case", "decide", "1", "not_needed", "--reason", "x")
    found = office.json("queue", "list")
    assert (0, 0) == (found["count"], found["undecided_closed"])
    (row,) = office.json("queue", "list", "--closed")["cases"]
    assert row["archived"]


def test_a_junk_case_stays_in_the_queue_only_for_a_deferred_or_reopened_decision(office: Office) -> None:
    """Two officers have found that junk names nobody.

    A duty that was never decided is therefore not pending.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        row, work = session.get_one(Duty, (1, "art14")), session.get_one(Workflow, 1)
        work.junked = today()
        row.decided, row.decision = None, ""
        for decision, anew, waits in (("", False, False), ("defer", False, True), ("", True, True)):
            row.decision, row.anew = decision, anew
            workflow.keep_in_step(session, 1)
            assert waits is work.waits, (decision, anew)
            workflow.renew(session)
            assert waits is work.waits, (decision, anew)


def test_a_closed_case_still_needs_the_decision_on_persons_but_not_the_decision_on_admissibility(
    office: Office,
) -> None:
    """The control is an open case, which is not listed among the closed cases."""
    with office.opened() as inbox, inbox.transaction() as session:
        work = session.get_one(Workflow, 1)
        for duty, closed, owed in (
            ("admissibility", today(), False),
            ("art14", today(), True),
            ("art14", None, False),
        ):
            session.get_one(Duty, (1, duty)).decided, work.closed = None, closed
            session.flush()
            assert owed is (1 in legal_duties.owed_after_end(session)), (duty, closed)


def test_a_junk_case_still_needs_the_decision_on_the_prosecutor(office: Office) -> None:
    """The officers who mark a case as junk have found only that it names nobody."""
    with office.opened() as inbox, inbox.transaction() as session:
        row, work = session.get_one(Duty, (1, "art40")), session.get_one(Workflow, 1)
        row.decided, row.decision, work.junked = None, "", today()
        session.flush()
        assert 1 in legal_duties.owed_after_end(session)
