"""Legal duties: decisions that the law requires.

Each duty has a deadline until officers decide, and each decision needs a reason.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, update

from inbox.casework import decisions, exits
from inbox.casework.decisions import Decision
from inbox.deadlines import legal_duties, workflow
from inbox.deadlines import office as office_settings
from inbox.language.errors import Locked
from inbox.law import in_use
from inbox.questionnaire import catalogue, scoring
from inbox.replies import drafts
from inbox.replies.drafts import Draft
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import AccessRequest, Duty, Measure, Setting, Workflow
from inbox.vault.tables import Case
from templates.law.rules import Asked, DutyRole, News
from tests.support.desk_room import sitting
from tests.support.inbox_builders import (
    CLOSING,
    PASSPHRASE,
    Office,
    Portal,
    Reporter,
    Scene,
    World,
    answering,
    charter,
    first,
    today,
)
from tests.support.inbox_clock import moved
from tests.support.inbox_ending import heard
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import undone
from tests.support.laws import FILES, FRANCE, edited

# Every case has these duties.
ALWAYS = {"admissibility", "art14"}
CLOSED = ("case", "close", "1", *CLOSING)
# This command tells the reporter that their identity was disclosed.
NOTICE = ("message", "reply", "1", "--template", "identity_notice", "--text", "À qui le demande.")

pytestmark = pytest.mark.copy_of("founded_offence")


@pytest.fixture(scope="module")
def opened(founded_offence: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """An inbox for this module only. Its tests undo their changes."""
    with founded_offence.copy(tmp_path_factory.mktemp("duties") / "office").opened() as inbox:
        yield inbox


def asked(office: Office, number: int = 1) -> dict[str, Any]:
    """Return the legal duties of a case by their codes."""
    return {row["duty"]: row for row in office.json("case", "show", str(number))["work"]["duties"]}


def test_a_case_of_an_offence_also_needs_a_decision_whether_to_inform_the_prosecutor(
    office: Office,
) -> None:
    """Every case needs the decisions on admissibility and on informing the persons concerned."""
    found = asked(office)
    assert {("", None, False)} == {(row["decision"], row["decided"], row["late"]) for row in found.values()}
    assert {
        "admissibility": FRANCE.after(today(), 7),
        "art14": today() + relativedelta(months=1),
        "art40": today() + timedelta(1),
    } == {name: _day(row["due"]) for name, row in found.items()}
    assert ALWAYS == asked(office, 2).keys()
    shown = office.run("case", "show", "1").out
    due = f"{found['art40']['due']}  {'tomorrow':<18}"
    assert f"  {due}  Informing the prosecutor (art. 40 CPP): to be decided\n" in shown


def test_a_case_shows_its_score_with_the_rules_that_proposed_it(office: Office) -> None:
    """Each part of the score is shown.

    If an officer has changed a part, its proposed value is shown beside it.
    """
    office.json("case", "set-score", "1", "--severity", "3", "--reason", "several")
    seen = office.json("case", "show", "1")["work"]
    assert (3, {"severity": 2, "verifiability": 1}) == (
        seen["parts"]["severity"],
        {name: rule["value"] for name, rule in seen["proposed"].items()},
    )
    shown = office.run("case", "show", "1").out
    assert "  severity       3 of 3  (proposed by the rules: 2 for category: info_leak)\n" in shown
    assert "  verifiability  1 of 3  (proposed by the rules: 1 for who_id: any answer)\n" in shown
    assert "  corroboration  0 of 3\n" in shown


def _day(text: str) -> Any:
    return type(today()).fromisoformat(text)


@pytest.mark.parametrize(
    "words",
    [["case", "set-score", "2", "--severity", "2", "--reason", "x"], ["case", "tag", "add", "2", "Délit"]],
)
def test_a_decision_about_the_prosecutor_is_required_once_an_officer_finds_an_offence(
    office: Office, words: list[str]
) -> None:
    """Two officers must then decide.

    One officer alone cannot avoid the decision by lowering the score or by removing the tag.
    """
    back = (
        ["case", "set-score", "2", "--severity", "1", "--reason", "x"]
        if words[1] == "set-score"
        else ["case", "tag", "remove", "2", "délit"]
    )
    office.json(*words)
    assert ALWAYS | {"art40"} == asked(office, 2).keys()
    office.json(*back)
    assert ALWAYS | {"art40"} == {code for code, row in asked(office, 2).items() if not row["decision"]}
    office.json(*words)
    office.json("case", "decide", "2", "no_transmission", "--reason", "no offence after all")
    office.json(*back)
    assert "no_transmission" == asked(office, 2)["art40"]["decision"]


def test_danger_to_somebody_requires_a_call_to_the_prosecutor_whatever_the_category(
    office: Office,
) -> None:
    """The call is due on the same day. A threat without danger is an offence, which is less urgent.

    The last report of this test has neither danger nor offence.
    """
    said = [
        {"danger_now": "yes"},
        {"danger_now": "unsure"},
        {"danger_now": "yes", "category": "other"},
        {"means": ("threat_me",)},
        {"means": ("threat_family", "money")},
        {"category": "other"},
    ]
    with office.opened() as inbox, inbox.vault.transaction() as session:
        law = in_use.of(session)
        case, found = session.get_one(Case, 2), []
        for answers in said:
            work = Workflow(case=2, feared="danger_now" in answers)
            work.parts = scoring.propose(answers).parts
            asked_of = legal_duties.begin(session, case, work, warns=work.feared)
            found.append({row.kind: row.urgent is not None for row in asked_of})
    duty = law.duty(DutyRole.PROSECUTOR)
    assert [True, True, True, False, False, None] == [each.get(duty) for each in found]


@pytest.mark.parametrize("name", ["offence", "infraction", "délit", "delit", "crime"])
def test_each_tag_that_means_an_offence_requires_a_decision_about_the_prosecutor(
    office: Office, name: str
) -> None:
    """The tags are French and English, with or without accents. The decision is due on the next day."""
    assert ALWAYS == asked(office, 2).keys()
    office.json("case", "tag", "add", "2", name)
    assert (today() + timedelta(1)).isoformat() == asked(office, 2)["art40"]["due"]


def test_a_severity_of_2_requires_a_decision_about_the_prosecutor(office: Office) -> None:
    """With a severity of 1, no decision is required, because the facts concern only discipline."""
    office.json("case", "set-score", "2", "--severity", "1", "--reason", "x")
    assert ALWAYS == asked(office, 2).keys()
    office.json("case", "set-score", "2", "--severity", "2", "--reason", "x")
    assert ALWAYS | {"art40"} == asked(office, 2).keys()


def test_the_queue_lists_a_case_with_an_overdue_decision_as_overdue(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case is acknowledged, and an officer has acted on it. Nothing else is overdue."""
    office.json("case", "set-status", "1", "assessing")
    heard(office)
    clock = moved(monkeypatch)
    clock.day = _day(asked(office)["art40"]["due"])
    assert 0 == office.json("queue", "list", "--due", "overdue", "--category", "info_leak")["count"]
    clock.wait(1)
    assert 1 == office.json("queue", "list", "--due", "overdue", "--category", "info_leak")["count"]
    assert asked(office)["art40"]["late"]
    assert f"  {'overdue by 1 day':<18}  Informing the prosecutor" in office.run("case", "show", "1").out
    office.json("case", "decide", "1", "no_transmission", "--reason", "told already")
    assert 0 == office.json("queue", "list", "--due", "overdue", "--category", "info_leak")["count"]


def test_a_decision_made_late_counts_as_late_even_after_it_is_reopened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a second decision, made in time, would hide that the first decision was thirty days late."""

    def counted() -> tuple[int, int]:
        found = office.json("office", "oversight")["deadlines"]["art40"]
        return found["met"], found["late"]

    clock = moved(monkeypatch)
    clock.wait(30)
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    assert (0, 1) == counted()
    with office.opened() as inbox, inbox.transaction() as session:
        workflow.heard(session, 1, clock.day)
    assert (0, 1) == counted()
    assert not asked(office)["art40"]["late"], "the reopened decision is not late yet"
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    assert (0, 1) == counted()
    assert asked(office)["art40"]["late"]


def test_a_reopened_decision_that_was_taken_on_its_last_day_does_not_count_as_late(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = moved(monkeypatch)
    clock.day = _day(asked(office)["art40"]["due"])
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    clock.wait(5)
    with office.opened() as inbox, inbox.transaction() as session:
        workflow.heard(session, 1, clock.day)
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    assert 0 == office.json("office", "oversight")["deadlines"]["art40"]["late"]
    assert not asked(office)["art40"]["late"]


def test_a_case_shows_the_earlier_decision_after_a_message_has_reopened_it(office: Office) -> None:
    """Otherwise, “to be decided” would hide what the prosecutor already knows.

    The page and the command both show the earlier decision.
    """
    assert asked(office)["art40"]["before"] is None
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    assert asked(office)["art40"]["before"] is None
    with office.opened() as inbox, inbox.transaction() as session:
        workflow.heard(session, 1, today())
    first = {"decision": "no_transmission", "day": today().isoformat(), "sent": False}
    assert asked(office)["art40"]["before"] == first
    said = f"Not transmitted on {today()}; something new has been received since: to be decided again"
    assert said in office.run("case", "show", "1").out
    with sitting(office) as client:
        page = client.page("/fr/case/1/work")
    assert "<strong>Non transmis</strong>" in page
    assert " · un élément nouveau est arrivé depuis" in page


def test_the_obstacle_of_a_reopened_decision_says_that_there_was_an_earlier_decision(office: Office) -> None:
    """If a decision was never taken, its obstacle says that officers have not decided."""
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    with office.opened() as inbox, inbox.transaction() as session:
        workflow.heard(session, 1, today())
    said = "it was decided whether to inform the prosecutor, but something new has been received since"
    assert f"obstacles to closing it:\n  {said}" in office.run("case", "show", "1").out
    assert f"case 1: {said}" in refused(office, *CLOSED)
    with sitting(office) as client:
        page = client.page("/fr/case/1/work").partition('id="closing"')[2]
    assert "il a été décidé si le procureur est avisé, mais un élément nouveau est arrivé depuis" in page
    assert "il reste à décider si le procureur est avisé" not in page
    assert "il reste à décider si les personnes concernées sont informées" in page


def test_a_case_of_an_offence_cannot_be_closed_before_all_its_legal_decisions(office: Office) -> None:
    office.json("case", "show", "1")
    assert "case 1: it has not been decided whether to inform the prosecutor" in refused(office, *CLOSED)
    office.json("case", "decide", "1", "no_transmission", "--reason", "no offence")
    assert "case 1: it has not been decided whether to inform the persons concerned" in refused(
        office, *CLOSED
    )
    office.json("case", "decide", "1", "not_needed", "--reason", "they know")
    assert "case 1: it has not been decided whether the report is admissible" in refused(office, *CLOSED)
    office.json("case", "decide", "1", "admissible", "--reason", "facts of 2026")
    office.json(*CLOSED)


def test_a_case_in_quarantine_can_be_closed_without_a_decision_on_admissibility(office: Office) -> None:
    """No officer can read the report and judge whether it is admissible.

    The decision on the persons concerned is still required.
    """
    office.json("case", "decide", "2", "not_needed", "--reason", "x")
    office.json("access", "quarantine", "2", "--reason", "secret")
    office.json("case", "close", "2", *CLOSING)
    (entry,) = [
        each for each in office.json("journal", "list")["entries"] if each.get("action") == "close-by-two"
    ]
    assert 2 == entry["case"]


def test_the_decision_to_inform_the_prosecutor_is_also_recorded_as_a_measure(office: Office) -> None:
    """Officers must first assess the risk to the reporter. The journal has the decision and its reason."""
    sent = ["--addressee", "Parquet du Havre", "--reference", "26/118", "--reason", "it is corruption"]
    assert "has not been assessed" in refused(office, "case", "decide", "1", "transmit", *sent)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "decide", "1", "transmit", *sent)
    row = asked(office)["art40"]
    assert ("transmit", today().isoformat(), "it is corruption") == tuple(
        row[name] for name in ("decision", "decided", "reason")
    )
    (measure,) = office.json("case", "show", "1")["work"]["measures"]
    assert ("art40_transmission", "Parquet du Havre", "26/118", False) == tuple(
        measure[name] for name in ("kind", "addressee", "reference", "told")
    )
    entries = office.json("journal", "list")["entries"]
    entry = [each for each in entries if each.get("action") == "decide-by-two"][-1]
    decided = {"duty": "art40", "decision": "transmit"}
    assert (1, decided, "it is corruption") == (entry["case"], entry["values"], entry["reason"])


def test_officers_can_defer_the_decision_to_inform_the_persons_concerned(office: Office) -> None:
    """Officers give a reason and a day. The decision is due again on that day."""
    for until in (in_a_year(), (today() + timedelta(90)).isoformat()):
        office.json("case", "decide", "1", "defer", "--until", until, "--reason", "it would warn them")
    row = asked(office)["art14"]
    assert ("defer", None, until) == (row["decision"], row["decided"], row["due"])
    assert "to be decided" in office.run("case", "show", "1").out
    assert (
        f"  {until}  {'in 90 days':<18}  Informing the persons concerned"
        in office.run("case", "show", "1").out
    )
    office.json("case", "decide", "1", "no_transmission", "--reason", "no offence")
    office.json("case", "decide", "1", "informed", "--reason", "the inquiry is over")
    assert today().isoformat() == asked(office)["art14"]["decided"]


def test_persons_concerned_are_informed_only_if_the_prosecutor_knows_and_does_not_object(
    office: Office,
) -> None:
    """No reason overrides this rule. Officers can defer the decision meanwhile."""
    informing = ("case", "decide", "1", "informed", "--reason", "the month is over")
    assert "would warn them too early: the prosecutor" in refused(office, *informing)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "decide", "1", "transmit", "--reason", "it is corruption")
    assert "would warn them too early: the prosecutor" in refused(office, *informing)
    assert "" == asked(office)["art14"]["decision"]
    office.json("case", "decide", "1", "defer", "--until", in_a_year(), "--reason", "it would warn them")
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json(*informing)
    assert "informed" == asked(office)["art14"]["decision"]


def test_persons_concerned_are_never_informed_before_a_decision_on_the_prosecutor(
    office: Office,
) -> None:
    """No rule asks for a decision on the prosecutor in an unscored case, which may be about an offence.

    Officers can defer informing the persons concerned without such a decision.
    """
    informing = ("case", "decide", "2", "informed", "--reason", "the month is over")
    assert "art40" not in asked(office, 2)
    said = refused(office, *informing)
    assert "would warn them too early: the prosecutor" in said
    assert (
        "inbox case decide 2 transmit|no_transmission --reason TEXT; once the prosecutor has said that"
        " there is no objection, record the answer" in said
    )
    office.json("case", "decide", "2", "defer", "--until", in_a_year(), "--reason", "it would warn them")
    assert "would warn them too early: the prosecutor" in refused(office, *informing)
    office.json("case", "decide", "2", "no_transmission", "--reason", "no offence")
    office.json(*informing)
    assert "informed" == asked(office, 2)["art14"]["decision"]


def test_the_decision_not_to_inform_the_persons_concerned_takes_two_officers(office: Office) -> None:
    """The program may miss a name, and nobody can look for one while the case is in quarantine."""
    nobody = Decision(choice="not_needed", reason="x")
    for quarantine in (False, True):
        if quarantine:
            office.json("access", "quarantine", "1", "--reason", "x")
        with office.opened() as inbox, inbox.transaction() as session:
            assert 2 == decisions.deciding(session, 1, nobody).officers


def test_one_officer_alone_can_defer_informing_the_persons_once_but_not_again(office: Office) -> None:
    """Otherwise one officer could defer the decision again each year.

    If the new day is not later than the old day, one officer is enough.
    """
    for days, by in ((10, 1), (20, 2), (20, 1), (5, 1), (6, 2)):
        wanted = Decision(choice="defer", reason="x", until=today() + timedelta(days))
        with office.opened() as inbox, inbox.transaction() as session:
            assert by == decisions.deciding(session, 1, wanted).officers
            decisions.take(session, 1, wanted, today())


def in_a_year(days: int = 0) -> str:
    """Return the last day to which officers can defer the decision, or a day that is ``days`` later."""
    return (today() + relativedelta(years=1, days=days)).isoformat()


@pytest.mark.parametrize(
    ("decision", "is_decided"), [("", False), ("defer", False), ("not_needed", True), ("informed", True)]
)
def test_only_the_decision_to_inform_the_persons_counts_as_informing_them(
    opened: Inbox, decision: str, *, is_decided: bool
) -> None:
    """A deferred decision counts as undecided.

    A decision for which the case has no duty also counts as undecided.
    """
    with opened.transaction() as session:
        row = session.get_one(Duty, (1, "art14"))
        row.decision, row.decided = decision, today() if is_decided else None
        session.flush()
        until = row.due if decision == "defer" else None
        for day, informed, undecided in (
            (until, decision == "informed", not is_decided),
            (None, False, True),
        ):
            assert day == legal_duties.put_off_until(session, 1)
            assert informed is legal_duties.is_informed(session, 1)
            assert undecided is legal_duties.is_undecided(session, 1, DutyRole.PERSONS)
            session.execute(delete(Duty))
            session.expunge_all()
        session.rollback()


@pytest.mark.parametrize(
    ("decision", "spent", "standing"),
    [("informed", False, "informed"), ("informed", True, ""), ("bygone", False, ""), ("", False, "")],
)
def test_a_decision_that_was_used_or_belongs_to_an_earlier_law_is_not_in_force(
    opened: Inbox, decision: str, *, spent: bool, standing: str
) -> None:
    with opened.transaction() as session:
        row = session.get_one(Duty, (1, "art14"))
        row.decision, row.spent, row.decided = decision, spent, today() if decision else None
        session.flush()
        assert standing == legal_duties.standing(session, 1, "not_needed")
        assert "" == legal_duties.standing(session, 2, "no_transmission")
        session.rollback()


@pytest.mark.parametrize(
    ("kind", "days_ago", "is_forwarded"),
    [("forwarded_external", 0, True), ("forwarded_external", 999, False), ("prosecutor_phoned", 0, False)],
)
def test_only_a_measure_after_the_receipt_shows_that_a_report_was_forwarded(
    opened: Inbox, kind: str, days_ago: int, *, is_forwarded: bool
) -> None:
    with opened.transaction() as session:
        session.execute(update(Case).filter_by(number=2).values(received=today() + timedelta(1)))
        assert not legal_duties.is_forwarded(session, 1)
        session.add(
            Measure(case=1, position=9, kind=kind, day=today() - timedelta(days_ago), recorded=today())
        )
        session.flush()
        assert is_forwarded is legal_duties.is_forwarded(session, 1)
        session.rollback()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["defer"], "must be in the future, and {last} at the latest"),
        (["defer", "--until", "2020-01-01"], "must be in the future, and {last} at the latest"),
        (["defer", "--until", today().isoformat()], "must be in the future, and {last} at the latest"),
        (["defer", "--until", in_a_year(1)], "must be in the future, and {last} at the latest"),
        (["not_needed", "--until", "2199-01-01"], "only a deferral"),
        (["no_transmission", "--addressee", "x"], "only a transmission"),
        (["no_transmission", "--restrictions", "x"], "only a transmission"),
        (["no_transmission", "--ground", "facts"], "the law names no grounds for this decision"),
        (["inadmissible"], "this decision needs a ground of the law"),
        (["inadmissible", "--ground", "soon"], "this decision needs a ground of the law"),
        (["answered"], "the law in use has no code answered for this"),
        (["transmitted"], "the law in use has no code transmitted for this"),
    ],
)
def test_an_invalid_decision_is_refused(office: Office, words: list[str], said: str) -> None:
    assert said.format(last=in_a_year()) in refused(office, "case", "decide", "1", *words, "--reason", "x")
    assert 2 == office.run("case", "decide", "1", "informed").code


def test_the_law_sets_the_choices_and_deadlines_of_each_decision(tmp_path: Path) -> None:
    """The law xx records a transmission by another measure.

    The law xx also has other deadlines, and another limit for a deferral.
    """
    kept = Office.found(tmp_path, replace(charter(), law=FILES["xx"]))
    world = World(kept)
    portal = Portal(world, tmp_path / "medium")
    severe = answering(category="info_leak", who_role="criminal")
    kept.json("exchange", "collect", portal.bundle(first(Reporter(world), edit=severe)), *confirming(portal))
    assert {
        "magistrate": today() + relativedelta(months=2),
        "notice": today() + relativedelta(years=2),
        "sieve": today(),
    } == {name: _day(row["due"]) for name, row in asked(kept).items()}
    assert "has no code transmit for this" in refused(
        kept, "case", "decide", "1", "transmit", "--reason", "x"
    )
    kept.json("case", "decide", "1", "seize", "--reason", "corruption", "--reference", "12")
    assert ["seizure_note"] == [each["kind"] for each in kept.json("case", "show", "1")["work"]["measures"]]
    last = [each for each in kept.json("journal", "list")["entries"] if each["case"] == 1][-2]
    assert ("decide-by-two", {"duty": "magistrate", "decision": "seize"}) == (last["action"], last["values"])
    latest = today() + relativedelta(months=3)
    too_late = (latest + timedelta(1)).isoformat()
    put_off = ("case", "decide", "1", "later", "--reason", "x", "--until")
    assert f"{latest} at the latest" in refused(kept, *put_off, too_late)
    kept.json(*put_off, latest.isoformat())
    assert latest == _day(asked(kept)["sieve"]["due"])


def confirming(portal: Portal) -> tuple[str, str]:
    return ("--confirm-instance", portal.fingerprint)


def test_the_law_sets_which_severity_and_which_tags_count_as_an_offence(
    office: Office, tmp_path: Path
) -> None:
    """The control is a tag that the changed law still contains."""
    law = edited(tmp_path / "law", "duties.toml", "severity = 2", "severity = 3")
    text = (law / "duties.toml").read_text("utf-8").replace('"délit", ', "")
    (law / "duties.toml").write_text(text, "utf-8")
    office.json("law", "replace", law, "--loosening")
    office.json("case", "set-score", "2", "--severity", "2", "--reason", "x")
    office.json("case", "tag", "add", "2", "délit")
    assert ALWAYS == asked(office, 2).keys()
    office.json("case", "tag", "add", "2", "crime")
    assert ALWAYS | {"art40"} == asked(office, 2).keys()


def test_a_duty_of_another_regime_is_added_only_once_the_office_chooses_that_regime(
    office: Office, tmp_path: Path
) -> None:
    """A duty that a case already has does not disappear."""
    law = edited(
        tmp_path / "law", "duties.toml", 'from = "collected"', 'from = "collected"\nregimes = ["external"]'
    )
    with office.opened() as inbox, inbox.transaction() as session:
        session.delete(session.get_one(Duty, (2, "admissibility")))
    office.json("law", "replace", law, "--loosening")
    assert {"art14"} == asked(office, 2).keys()
    assert ALWAYS | {"art40"} == asked(office, 1).keys()
    office.json("office", "set", "--regime", "external")
    assert ALWAYS == asked(office, 2).keys()
    office.json("office", "set", "--regime", "internal")
    assert ALWAYS == asked(office, 2).keys()


def test_a_measure_that_records_a_decision_can_be_retracted_only_after_another_decision(
    office: Office,
) -> None:
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    assert "is the only record of a decision" in refused(
        office, "case", "measure", "retract", "1", "1", "--reason", "x"
    )
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "measure", "retract", "1", "1", "--reason", "x")


@pytest.fixture(scope="module")
def founded_endangered(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three reports: one of an offence and danger, one of an offence only, and one of danger only."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("endangered"))
    for given in (
        {"category": "other", "danger_now": "unsure", "who_role": "criminal"},
        {"category": "info_leak"},
        {"category": "other", "danger_now": "yes"},
    ):
        scene.collect(first(Reporter(scene.world), edit=answering(**given)))
    return scene.world.office


@pytest.fixture
def endangered(founded_endangered: Office, tmp_path: Path) -> Office:
    """A copy of ``founded_endangered`` for one test."""
    return founded_endangered.copy(tmp_path / "endangered")


PHONED = "IMMINENT DANGER, do this now: Prosecutor informed by telephone"


def test_in_imminent_danger_officers_must_call_the_prosecutor_on_the_same_day(endangered: Office) -> None:
    """One answer is enough if the reporter says, or fears, that somebody is in danger."""
    row = asked(endangered)["art40"]
    assert (today().isoformat(), "prosecutor_phoned", False) == (row["due"], row["urgent"], row["late"])
    assert PHONED in endangered.run("case", "show", "1").out
    other = asked(endangered, 2)["art40"]
    assert ((today() + timedelta(1)).isoformat(), "") == (other["due"], other["urgent"])
    assert PHONED not in endangered.run("case", "show", "2").out
    assert (today().isoformat(), "prosecutor_phoned") == (due(endangered, 3), urgent(endangered, 3))


def test_a_case_that_once_had_priority_1_stays_urgent_even_if_its_score_is_lowered(
    endangered: Office,
) -> None:
    endangered.json("case", "set-score", "2", "--danger", "3", "--reason", "armed")
    assert (today().isoformat(), "prosecutor_phoned") == (due(endangered, 2), urgent(endangered, 2))
    endangered.json("case", "set-score", "2", "--danger", "0", "--severity", "0", "--reason", "x")
    assert (today().isoformat(), "prosecutor_phoned") == (due(endangered, 2), urgent(endangered, 2))
    assert 1 == endangered.json("case", "show", "2")["work"]["priority"]


# Answers which say that goods or evidence may soon disappear, and answers which do not say so.
GONE_SOON: list[dict[str, Any]] = [
    {"next_contact": "samedi, au port"},
    {"expires": "la vidéo, dans trois jours"},
    {"when": "upcoming"},
    {"when": "week", "refs": "CSQU3054383"},
]
NOT_SOON: list[dict[str, Any]] = [{"when": "week"}, {"when": "month", "refs": "CSQU3054383"}]


@pytest.fixture(scope="module")
def founded_goods(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox with reports of an offence.

    The first reports say that goods may soon disappear. The last report mentions no offence.
    """
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("goods"))
    for given in (*GONE_SOON, *NOT_SOON):
        scene.collect(first(Reporter(scene.world), edit=answering(category="info_leak", **given)))
    scene.collect(first(Reporter(scene.world), edit=answering(category="other", **GONE_SOON[0])))
    return scene.world.office


@pytest.mark.copy_of("founded_goods")
def test_a_case_about_an_offence_is_urgent_if_goods_may_soon_disappear(
    office: Office,
) -> None:
    """The reporter's answers make the case urgent before an officer scores it.

    A report without an offence becomes urgent once an officer finds an offence.
    """
    soon = [(due(office, n), urgent(office, n)) for n in range(1, len(GONE_SOON) + 1)]
    assert [(today().isoformat(), "prosecutor_phoned")] * len(GONE_SOON) == soon
    first_of_all = {each["case"] for each in office.json("queue", "list")["cases"][: len(GONE_SOON)]}
    assert {*range(1, len(GONE_SOON) + 1)} == first_of_all
    tomorrow = (today() + timedelta(1)).isoformat()
    for n in range(len(GONE_SOON) + 1, len(GONE_SOON) + len(NOT_SOON) + 1):
        assert (tomorrow, "") == (due(office, n), urgent(office, n))
    last = len(GONE_SOON) + len(NOT_SOON) + 1
    assert ALWAYS == asked(office, last).keys()
    office.json("case", "tag", "add", str(last), "crime")
    assert (today().isoformat(), "prosecutor_phoned") == (due(office, last), urgent(office, last))


def test_a_case_of_danger_stays_urgent_if_an_offence_is_found_later(endangered: Office) -> None:
    endangered.json("case", "tag", "add", "3", "crime")
    assert (today().isoformat(), "prosecutor_phoned") == (due(endangered, 3), urgent(endangered, 3))


def test_the_decision_is_still_pending_after_the_call_to_the_prosecutor(endangered: Office) -> None:
    """The decision is due on the next day. If officers retract the call, the case is urgent again."""
    endangered.json("case", "measure", "add", "1", "prosecutor_phoned", "--addressee", "Parquet du Havre")
    tomorrow = (today() + timedelta(1)).isoformat()
    assert (tomorrow, "", "") == (due(endangered), urgent(endangered), asked(endangered)["art40"]["decision"])
    endangered.json("case", "show", "1")
    assert "it has not been decided whether to inform the prosecutor" in refused(endangered, *CLOSED)
    endangered.json("case", "measure", "retract", "1", "1", "--reason", "another case")
    assert (today().isoformat(), "prosecutor_phoned") == (due(endangered), urgent(endangered))
    endangered.json("case", "decide", "1", "no_transmission", "--reason", "x")
    assert "" == urgent(endangered)


def test_a_call_dated_before_the_arrival_of_the_report_does_not_answer_its_danger(
    endangered: Office,
) -> None:
    """A call with an earlier date was about something else, or its date is wrong."""
    eight_years_ago = (today() - timedelta(3000)).isoformat()
    endangered.json(
        "case", "measure", "add", "1", "prosecutor_phoned", "--addressee", "X", "--day", eight_years_ago
    )
    assert (today().isoformat(), "prosecutor_phoned") == (due(endangered), urgent(endangered))
    with endangered.opened() as inbox, inbox.transaction() as session:
        assert exits.is_danger_open(session, 1)
    endangered.json("case", "measure", "add", "1", "prosecutor_phoned", "--addressee", "X")
    assert "" == urgent(endangered)
    with endangered.opened() as inbox, inbox.transaction() as session:
        assert not exits.is_danger_open(session, 1)


def test_one_officer_alone_cannot_replace_a_decision_of_two_officers(office: Office) -> None:
    """One officer can replace a decision that one officer took."""
    office.json("case", "decide", "2", "inadmissible", "--ground", "unclear", "--reason", "x")
    office.json("case", "decide", "2", "no_transmission", "--reason", "x")
    office.json("case", "decide", "2", "informed", "--reason", "x")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        for replaced in (
            Decision(choice="admissible", reason="x"),
            Decision(choice="defer", reason="x", until=today() + timedelta(30)),
        ):
            with pytest.raises(Locked):
                decisions.decide(opened.inbox, alone, 2, replaced)
            decisions.decide(opened.inbox, opened.by_opening(today()), 2, replaced)
            decisions.decide(opened.inbox, alone, 2, replaced)


def test_the_queue_lists_a_case_of_imminent_danger_first_whatever_its_score(endangered: Office) -> None:
    """The other case has priority 1 and a higher score.

    After the call to the prosecutor, only the score counts.
    """
    endangered.json(
        "case", "set-score", "1", "--danger", "0", "--immediacy", "0", "--severity", "0", "--reason", "x"
    )
    endangered.json("case", "set-score", "3", "--severity", "1", "--verifiability", "3", "--reason", "x")
    endangered.json("case", "measure", "add", "3", "prosecutor_phoned")
    assert [1, 3, 2] == [each["case"] for each in endangered.json("queue", "list")["cases"]]
    assert [1, 3] == [each["case"] for each in endangered.json("queue", "list", "--priority", "1")["cases"]]
    endangered.json("case", "measure", "add", "1", "prosecutor_phoned")
    assert 1 == [each["case"] for each in endangered.json("queue", "list")["cases"]][-1]
    assert 4 == endangered.json("case", "show", "1")["work"]["priority"]


def test_cases_of_imminent_danger_stay_first_when_new_rules_recompute_the_queue(endangered: Office) -> None:
    before = [(each["case"], each["deadline"]) for each in endangered.json("queue", "list")["cases"]]
    with endangered.opened() as inbox, inbox.transaction() as session:
        session.execute(update(Setting).filter_by(name="rules").values(value="other"))
        session.execute(update(Workflow).values(rank=1, deadline=None))
    assert before == [(each["case"], each["deadline"]) for each in endangered.json("queue", "list")["cases"]]


def test_the_page_of_a_case_warns_of_imminent_danger(endangered: Office) -> None:
    with sitting(endangered) as client:
        urgent = "Imminent danger, this cannot wait: “Prosecutor informed by telephone”. Do it now"
        assert urgent in client.page("/en/case/1")
        assert "Imminent danger" not in client.page("/en/case/2")


def due(office: Office, number: int = 1) -> str:
    return str(asked(office, number)["art40"]["due"])


def urgent(office: Office, number: int = 1) -> str:
    return str(asked(office, number)["art40"]["urgent"])


GIVE = (
    "dossier",
    "disclosure",
    "add",
    "1",
    "--to",
    "TJ",
    "--what",
    "identity",
    "--reason",
    "26/12",
    "--ground",
)
TO_DECIDE = (
    "before this disclosure, officers must decide whether to inform the reporter\nhint: decide first: "
)


@pytest.fixture
def known(office: Office, tmp_path: Path) -> Office:
    """The identity of the reporter of case 1 is recorded, and the prosecutor was told of the case."""
    named = tmp_path / "named"
    named.write_text("Jean Dupont")
    office.json("case", "identity", "add", "1", "--text-file", named)
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    return office


def test_officers_decide_whether_to_inform_the_reporter_before_the_court_gets_the_identity(
    known: Office,
) -> None:
    """The decision is valid for one disclosure of the identity.

    The disclosure of a report needs no such decision.
    """
    known.json("dossier", "disclosure", "add", "1", "--to", "TJ", "--ground", "judicial", "--what", "report")
    assert "identity_notice" not in asked(known)
    asks = f"{TO_DECIDE}inbox case decide 1 told|not_told "
    assert asks in refused(known, *GIVE, "judicial")
    known.json(*NOTICE)
    known.json("case", "decide", "1", "told", "--reason", "by the page")
    known.json(*GIVE, "judicial")
    assert "told" == asked(known)["identity_notice"]["decision"]
    assert asks in refused(known, *GIVE, "judicial")
    known.json("case", "decide", "1", "not_told", "--reason", "the judge asks for it")
    known.json(*GIVE, "judicial")
    assert asks in refused(known, *GIVE, "judicial")


def test_officers_decide_whether_to_inform_the_reporter_even_if_the_reporter_consented(known: Office) -> None:
    """Each decision is valid for one disclosure only, whatever the ground of the disclosure."""
    known.json("case", "identity", "consent", "1", "--day", today().isoformat(), "--reason", "the report")
    for ground in ("consent", "judicial"):
        assert TO_DECIDE in refused(known, *GIVE, ground)
        known.json("case", "decide", "1", "not_told", "--reason", "before")
        known.json(*GIVE, "consent")
        assert "not_told" == asked(known)["identity_notice"]["decision"]


def test_two_officers_are_needed_to_send_the_notice_that_the_identity_is_disclosed(known: Office) -> None:
    """The notice would frighten its reader.

    The notice is refused if no identity is recorded, or if nobody could receive the identity.
    """
    notice = Draft(template="identity_notice", text="À qui le demande.")
    for number in ("2", "1"):
        assert number == "1" or "there is no recorded identity" in refused(
            known, "message", "reply", number, *NOTICE[3:]
        )
    with known.unlocked() as opened:
        with pytest.raises(Locked):
            drafts.send(opened.inbox, Actor(opened.present, today()), 1, notice)
        drafts.send(opened.inbox, opened.by_opening(today()), 1, notice)
    known.json("case", "measure", "retract", "1", "1", "--reason", "x")
    assert "there is no recorded identity" in refused(known, *NOTICE)


UNTOLD = "no reply has told the reporter of this decision"


def test_each_disclosure_needs_a_notice_before_officers_can_record_that_the_reporter_was_told(
    known: Office,
) -> None:
    """Neither a reply in the officer's own words nor an earlier notice is enough.

    Without the notice, officers must give a reason.
    """
    office, give = known, (*GIVE, "judicial")
    told = ("case", "decide", "1", "told", "--reason", "x")
    office.json("message", "reply", "1", "--text", "Votre nom est donné.")
    assert (
        f"{UNTOLD}\nhint: tell the reporter in a reply: inbox message reply 1 --template"
        " identity_notice;" in refused(office, *told)
    )
    office.json(*NOTICE)
    office.json(*told)
    # This is a second decision before the same disclosure.
    office.json("case", "decide", "1", "told", "--reason", "y")
    office.json(*give)
    assert UNTOLD in refused(office, *told)
    office.json(*told, "--despite-warning", "by telephone")
    # The comparison of the reason with the identity adds another entry to the journal.
    noted, compared = office.json("journal", "list")["entries"][-3:-1]
    assert ("decide-by-two", "x; by telephone", True) == (
        noted["action"],
        noted["reason"],
        noted["values"]["despite"],
    )
    assert "compare-identity" == compared["action"]
    office.json(*give)
    assert UNTOLD in refused(office, *told)
    office.json(*NOTICE)
    office.json(*told)


def test_a_reason_to_override_a_warning_counts_only_if_there_was_a_warning(known: Office) -> None:
    office = known
    despite = ("--reason", "x", "--despite-warning", "by telephone")
    assert "there is no warning to override" in refused(office, "case", "decide", "1", "not_needed", *despite)
    office.json("case", "decide", "2", "told", *despite)
    assert 1 == office.json("office", "oversight")["actions"]["despite-warning"]
    office.json(*NOTICE)
    office.json("case", "decide", "1", "told", *despite)
    assert 1 == office.json("office", "oversight")["actions"]["despite-warning"]


def test_each_law_has_its_own_notice_that_tells_reporters_of_a_disclosure(
    office: Office, tmp_path: Path
) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    office.json("queue", "list")
    warned = ("case", "decide", "1", "warned", "--reason", "x")
    assert "inbox message reply 1 --template warning;" in refused(office, *warned)
    warning = ("message", "reply", "1", "--template", "warning", "--text", "Au phare.")
    assert "there is no recorded identity that may be passed on" in refused(office, *warning)
    (tmp_path / "named").write_text("Jean Dupont")
    office.json("case", "identity", "add", "1", "--text-file", tmp_path / "named")
    office.json("case", "identity", "consent", "1", "--day", today().isoformat(), "--reason", "the report")
    office.json(*warning)
    office.json(*warned)


def test_the_desk_accepts_a_reason_instead_of_the_missing_notice(office: Office) -> None:
    form = {"choice": "told", "reason": "x"}
    with sitting(office) as client:
        shown = client.send("/fr/case/1/decide", **form)
        assert (409, True) == (shown.status_code, "aucune réponse" in shown.text)
        form["despite"] = "par téléphone"
        assert 401 == client.send("/fr/case/1/decide", **form).status_code
        confirmed = form | {"passphrase-officer": PASSPHRASE}
        assert 303 == client.send("/fr/case/1/decide", **confirmed).status_code


def test_if_a_report_is_out_of_scope_an_external_authority_must_decide_whether_to_forward_it(
    office: Office,
) -> None:
    """The authority decides after closing the case.

    Before this decision, the queue reminds officers of it, and the case cannot be destroyed.
    """
    out = ("out_of_scope", "--to", "ministry", "--disclosure", "withheld", "--reason", "x")
    forwarded = ("case", "decide", "2", "forwarded", "--addressee", "AFA", "--reason", "theirs")
    office.close("2", *out)
    assert ALWAYS == asked(office, 2).keys()
    assert "the regime of this office does not ask for this decision" in refused(office, *forwarded)
    office.json("case", "reopen", "2", "--reason", "x")
    office.json("office", "set", "--regime", "external")
    assert 0 == office.json("queue", "list")["undecided_closed"]
    office.close("2", *out)
    assert FRANCE.after(today(), 7).isoformat() == asked(office, 2)["forwarding"]["due"]
    assert 1 == office.json("queue", "list")["undecided_closed"]
    assert "closed cases about which the law asks for a decision: 1" in office.run("queue", "list").out
    with sitting(office) as client:
        assert "Closed cases that still need a decision required by law: 1." in client.page("/en/")
    (row,) = office.json("retention", "list")["cases"]
    assert "undecided" in row["obstacles"]
    assert "it has not been decided whether to inform the prosecutor" in refused(office, *forwarded)
    office.json("case", "decide", "2", "no_transmission", "--reason", "x")
    office.json(*forwarded)
    assert "forwarded_external" in [
        each["kind"] for each in office.json("case", "show", "2")["work"]["measures"]
    ]
    assert 0 == office.json("queue", "list")["undecided_closed"]
    (row,) = office.json("retention", "list")["cases"]
    assert "undecided" not in row["obstacles"]


def test_a_duty_that_an_action_of_the_office_adds_runs_from_the_day_of_that_action(known: Office) -> None:
    """The day of receipt does not matter."""
    office, long_ago = known, today() - timedelta(40)
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(update(Case).values(received=long_ago, collected=long_ago))
    office.json("case", "decide", "1", "not_told", "--reason", "x")
    assert today().isoformat() == asked(office)["identity_notice"]["due"]
    office.json("office", "set", "--regime", "external")
    office.close("2", "out_of_scope", "--to", "ministry", "--disclosure", "withheld", "--reason", "x")
    assert FRANCE.after(today(), 7).isoformat() == asked(office, 2)["forwarding"]["due"]


@pytest.mark.parametrize(("danger", "urgent"), [(3, True), (0, False)])
def test_a_new_case_of_priority_1_is_urgent_from_its_first_day(
    opened: Inbox, *, danger: int, urgent: bool
) -> None:
    with undone(opened) as session:
        case, work = session.get_one(Case, 1), session.get_one(Workflow, 1)
        work.danger = danger
        session.execute(delete(Duty))
        duties = {each.kind: each.urgent for each in legal_duties.begin(session, case, work, warns=False)}
        assert (case.collected if urgent else None) == duties["art40"]


def test_an_access_request_has_more_time_if_officers_extend_it(opened: Inbox) -> None:
    received = date(2027, 1, 5)
    with opened.transaction() as session:
        days = [legal_duties.answer_days(session, received, extended=extended) for extended in (False, True)]
    earliest = received + timedelta(25)
    assert [(date(2027, 2, 5), earliest), (date(2027, 4, 5), earliest)] == days


def test_the_program_knows_which_decision_sends_a_case_to_the_prosecutor(opened: Inbox) -> None:
    with opened.transaction() as session:
        assert "transmit" == legal_duties.transmitting(session)


@pytest.mark.parametrize(("given", "kept"), [("info_leak", "info_leak"), ("unheard_of", ""), ("", "")])
def test_before_a_case_is_read_only_a_category_of_the_questionnaire_is_shown(
    opened: Inbox, given: str, kept: str
) -> None:
    """Any text that is not a category could reveal something about the report."""
    with undone(opened) as session:
        case, asked = session.get_one(Case, 1), catalogue.in_use(session)
        session.execute(delete(Workflow).filter_by(case=1))
        assert kept == workflow.begin(session, case, {scoring.questions().category: given}, asked).category


def test_the_decision_about_the_prosecutor_is_due_on_the_day_after_the_call(endangered: Office) -> None:
    endangered.json("case", "measure", "add", "1", "prosecutor_phoned", "--addressee", "X")
    assert ((today() + timedelta(1)).isoformat(), "") == (due(endangered), urgent(endangered))


@pytest.mark.parametrize(
    ("danger", "feared", "urgent"), [(3, False, True), (0, True, True), (0, False, False)]
)
def test_a_duty_that_is_added_later_is_urgent_if_the_case_has_priority_1_or_somebody_is_in_danger(
    opened: Inbox, *, danger: int, feared: bool, urgent: bool
) -> None:
    with undone(opened) as session:
        session.execute(delete(Duty))
        work = session.get_one(Workflow, 2)
        work.danger, work.feared = danger, feared
        added = legal_duties.asked_of(session, 2, "art40", today())
        assert (today() if urgent else None) == added.urgent


def test_the_program_knows_which_decisions_lead_to_an_outcome_and_which_record_a_measure(
    opened: Inbox,
) -> None:
    with opened.transaction() as session:
        assert [[], ["inadmissible"], ["inadmissible"]] == [
            legal_duties.preparing(session, outcome) for outcome in ("moot", "inadmissible", "")
        ]
        assert ["transmit"] == legal_duties.taking(session, "art40_transmission")


@pytest.mark.parametrize(("decision", "outcome"), [("bygone", ""), ("inadmissible", "inadmissible")])
def test_only_a_decision_of_the_law_in_use_leads_to_an_outcome(
    opened: Inbox, decision: str, outcome: str
) -> None:
    with undone(opened) as session:
        row = session.get_one(Duty, (1, "admissibility"))
        row.decision, row.decided = decision, today()
        session.flush()
        assert outcome == legal_duties.prepared(session, 1)


def test_a_duty_is_open_only_if_the_case_has_it(opened: Inbox) -> None:
    """The duty of case 1 is open until officers decide."""
    with undone(opened) as session:
        assert not legal_duties.is_open(session, 2, DutyRole.PROSECUTOR)
        assert legal_duties.is_open(session, 1, DutyRole.PROSECUTOR)
        session.get_one(Duty, (1, "art40")).decided = today()
        session.flush()
        assert not legal_duties.is_open(session, 1, DutyRole.PROSECUTOR)


def test_an_external_authority_decides_only_once_whether_to_forward_a_report(opened: Inbox) -> None:
    """An office under the internal regime does not decide on forwarding."""
    with undone(opened) as session:
        assert not legal_duties.may_be_forwarded(session, 2)
        office_settings.put_under(session, "external", "by telephone")
        assert legal_duties.may_be_forwarded(session, 2)
        legal_duties.learned(session, 2, Asked.NOT_OURS, today())
        assert legal_duties.may_be_forwarded(session, 2)
        row = session.get_one(Duty, (2, "forwarding"))
        row.decision, row.decided = "not_forwarded", today()
        legal_duties.learned(session, 2, Asked.NOT_OURS, today())
        assert not legal_duties.may_be_forwarded(session, 2)
        assert "not_forwarded" == legal_duties.standing(session, 2, "forwarded")


def test_a_pending_decision_about_one_case_is_not_counted_for_another_case(opened: Inbox) -> None:
    with undone(opened) as session:
        legal_duties.asked_of(session, 2, "identity_notice", today())
        session.flush()
        assert [{2}, {2}, set()] == [legal_duties.undecided_others(session, n) for n in (None, 2, 1)]


def test_officers_can_decide_duties_of_their_regime_and_duties_that_the_case_already_has(
    opened: Inbox,
) -> None:
    """The duty to forward a report belongs to another regime."""
    with undone(opened) as session:
        own = ALWAYS | {"art40", "identity_notice"}
        assert own == legal_duties.choices(session, 2).keys()
        legal_duties.asked_of(session, 2, "forwarding", today())
        session.flush()
        assert own | {"forwarding"} == legal_duties.choices(session, 2).keys()


def test_new_rules_change_the_days_of_an_access_request_unless_it_was_already_answered(opened: Inbox) -> None:
    """A request that was extended has more time."""
    received, stored = date(2027, 1, 5), date(2001, 1, 1)
    with undone(opened) as session:
        assert legal_duties.may_extend_answer(session)
        session.add_all(
            AccessRequest(
                n=n,
                received=received,
                way="letter",
                names="Nobody",
                earliest=stored,
                due=stored,
                extended=extended,
                answered=answered,
            )
            for n, extended, answered in ((1, None, None), (2, received, None), (3, None, received))
        )
        session.flush()
        legal_duties.renew(session)
        found = [session.get_one(AccessRequest, n) for n in (1, 2, 3)]
        earliest = received + timedelta(25)
        assert [
            (date(2027, 2, 5), earliest),
            (date(2027, 4, 5), earliest),
            (stored, stored),
        ] == [(each.due, each.earliest) for each in found]


def test_only_news_that_can_change_a_decision_reopens_it(opened: Inbox) -> None:
    """A decision taken after such news is in force."""
    with undone(opened) as session:
        row = session.get_one(Duty, (1, "art40"))
        row.decision, row.decided = "no_transmission", today()
        session.flush()
        assert not legal_duties.reopen_decisions(session, 1, News.NAMES, today())
        assert legal_duties.reopen_decisions(session, 1, News.FOLLOW_UP, today())
        row.decision, row.decided = "no_transmission", today()
        session.flush()
        assert "no_transmission" == legal_duties.standing(session, 1, "transmit")


def test_a_decision_is_not_late_on_its_last_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """On this day, neither the open duty nor the decision taken afterwards is late."""
    clock = moved(monkeypatch)
    clock.day = _day(asked(office)["art40"]["due"])
    assert not asked(office)["art40"]["late"]
    office.json("case", "decide", "1", "no_transmission", "--reason", "drill")
    clock.wait(1)
    assert not asked(office)["art40"]["late"]
