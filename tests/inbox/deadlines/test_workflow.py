"""Events in a case change its workflow, its rank and its deadlines."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from inbox.deadlines import workflow
from inbox.deadlines.clocks import RETENTION
from inbox.deadlines.workflow import Disclosure
from inbox.questionnaire import catalogue
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Duty, Strike, Workflow
from inbox.vault.tables import Case, FollowUp, OutboxBundle
from tests.support.inbox_builders import Office, today
from tests.support.inbox_trio import undone


@pytest.fixture(scope="module")
def opened(founded_offence: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """An inbox for this module only. Its tests undo their changes."""
    with founded_offence.copy(tmp_path_factory.mktemp("workflow") / "office").opened() as inbox:
        yield inbox


@pytest.mark.parametrize(
    ("given", "is_first"),
    [
        ({"category": "info_leak"}, False),
        ({"category": "info_leak", "when": "upcoming"}, True),
        ({"category": "other", "danger_now": "yes"}, True),
    ],
)
def test_a_new_case_ranks_first_if_persons_or_goods_are_in_danger(
    opened: Inbox, given: dict[str, Any], *, is_first: bool
) -> None:
    with undone(opened) as session:
        session.query(Duty).delete()
        session.query(Workflow).filter_by(case=1).delete()
        work = workflow.begin(session, session.get_one(Case, 1), given, catalogue.in_use(session))
        assert is_first is (work.rank == work.parts.first)


def test_a_case_waits_until_it_is_closed_or_junk() -> None:
    work = Workflow(case=1, closed=None, junked=None)
    for end in (workflow.set_closed, workflow.set_junked):
        end(work, today())
        assert not work.waits
        end(work, None)
        assert work.waits


def test_reopening_a_case_keeps_the_day_and_the_outcome_of_its_first_closing(opened: Inbox) -> None:
    with undone(opened) as session:
        work = workflow.of(session, 1)
        for days, outcome in ((0, "founded"), (2, "unfounded")):
            work.outcome = outcome
            workflow.set_closed(work, today() + timedelta(days))
            assert (today(), "founded") == (work.first_closed, work.first_outcome)
            workflow.reopen(session, 1, today() + timedelta(days + 1))
            assert (today(), "founded") == (work.first_closed, work.first_outcome)


def test_the_first_act_on_a_case_is_the_first_action_after_somebody_has_read_it(opened: Inbox) -> None:
    with undone(opened) as session:
        case, work = session.get_one(Case, 1), workflow.of(session, 1)
        for is_new, days, first in ((True, 0, None), (False, 1, 1), (False, 2, 1)):
            case.new = is_new
            workflow.acted(session, 1, today() + timedelta(days))
            assert work.first_act == (first and today() + timedelta(first))


def test_the_journal_records_only_the_parts_of_a_score_that_change(opened: Inbox) -> None:
    with undone(opened) as session:
        work = workflow.of(session, 1)
        work.severity, work.danger = 2, 0
        said = workflow.judging(session, 1, {"severity": 3, "danger": 0}, "x")
        assert {"severity": 3} == said.values


def test_a_case_is_not_acknowledged_by_an_outbox_without_its_acknowledgement(opened: Inbox) -> None:
    with undone(opened) as session:
        work = workflow.of(session, 1)
        work.feedback, work.answered_in = True, 2
        session.flush()
        workflow.told(session, {1: today() - timedelta(1), 2: today()})
        assert (None, today()) == (work.acknowledged, work.answered)


@pytest.mark.parametrize(
    ("sent", "acknowledging", "begins"), [(None, False, -13), (None, True, -13), (-15, True, -15)]
)
def test_the_time_for_feedback_runs_from_the_acknowledgement_or_from_the_last_day_for_the_acknowledgement(
    opened: Inbox, sent: int | None, *, acknowledging: bool, begins: int
) -> None:
    """The report was received 20 days ago, and the last day for the acknowledgement was 13 days ago."""
    with undone(opened) as session:
        session.get_one(Case, 1).received = today() - timedelta(20)
        if sent is not None:
            session.add(OutboxBundle(n=1, hash=bytes(32), made=today() + timedelta(sent)))
            workflow.of(session, 1).acknowledged_in = 1
        session.flush()
        due = workflow.feedback_due(session, 1, today(), acknowledging=acknowledging)
        assert due.day == today() + timedelta(begins) + relativedelta(months=3)


def test_an_acknowledgement_written_today_starts_the_time_for_feedback_today(opened: Inbox) -> None:
    """Otherwise the time starts on the last day for the acknowledgement."""
    with undone(opened) as session:
        session.get_one(Case, 1).received = today()
        session.flush()
        last = today() + timedelta(7)
        assert last + relativedelta(months=3) == workflow.feedback_due(session, 1, today()).day
        due = workflow.feedback_due(session, 1, today(), acknowledging=True)
        assert today() + relativedelta(months=3) == due.day


def test_a_reopened_case_withholds_nothing_until_the_prosecutor_answers(opened: Inbox) -> None:
    with undone(opened) as session:
        work = workflow.of(session, 1)
        workflow.set_closed(work, today())
        work.put_off = True
        session.flush()
        assert not workflow.reopen(session, 1, today()).put_off


def test_new_rules_do_not_lower_the_score_of_a_case_with_a_redaction(opened: Inbox) -> None:
    """The control is a case without a redaction."""
    with undone(opened) as session:
        session.add(Strike(case=1, position=1, day=today(), by="alice", place="what"))
        session.query(Workflow).update({"severity": 3})
        workflow.follow_rules(session, today())
        assert (3, 0) == tuple(workflow.of(session, number).severity for number in (1, 2))


def test_computing_the_deadlines_of_all_cases_together_gives_the_same_days_as_for_each_case_alone(
    opened: Inbox,
) -> None:
    """A later message in one case postpones only the end of its own retention period."""
    later = today() + timedelta(10)
    with undone(opened) as session:
        for number in (1, 2):
            work = workflow.of(session, number)
            work.outcome, work.disclosure = "moot", Disclosure.FULL.value
            workflow.set_closed(work, today())
        session.add(
            FollowUp(
                case=1, id=bytes(16), position=1, received=later, written=later, text="", message=b"",
                signature=b"",
            )
        )  # fmt: skip
        session.flush()
        found = {work.case: deadlines for work, deadlines in workflow.every(session)}
        assert found == {number: workflow.clocks(session, number) for number in (1, 2)}
        ends = [each.day for number in (1, 2) for each in found[number] if each.clock == RETENTION]
        assert ends[0] > ends[1]
