"""Which events the annual figures count, in which year, and with which codes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.figures import counting
from inbox.session.inbox import Inbox
from inbox.vault import row_security
from inbox.vault.casework_tables import Duty, Handler, Identity, Measure, Workflow
from inbox.vault.destroyed_tables import Counted, Edition
from inbox.vault.tables import Exclusion, FollowUp, OutboxBundle
from tests.support.figures_room import (
    CATEGORY,
    NEW_YEAR,
    OUTCOME,
    TOTALS,
    YEAR,
    add,
    close,
    counted,
    three,
    undone,
    with_plan,
)
from tests.support.inbox_builders import Office
from tests.support.publication import plan_file, table

LAST_DAY = NEW_YEAR - timedelta(1)


@pytest.fixture(scope="module")
def counting_inbox(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    with three(founded_three, tmp_path_factory.mktemp("counting")) as opened:
        yield opened.inbox


@pytest.fixture
def session(counting_inbox: Inbox) -> Iterator[Session]:
    with undone(counting_inbox) as found:
        yield found


def by(said: str, **groups: list[str]) -> bytes:
    """Return a plan with one more table, called "it", that ``said`` describes."""
    return plan_file(YEAR, k=3, parts=TOTALS + table("it", said, {"other": [], **groups}, k=3))


def measure(number: int, day: date, recorded: date | None = None, **more: Any) -> Measure:
    made = {"position": 1, "kind": "hearing"} | more
    return Measure(case=number, day=day, recorded=recorded or day, **made)


def test_a_report_counts_in_the_year_in_which_it_was_collected(session: Session) -> None:
    with_plan(session)
    last = date(YEAR, 12, 31)
    add(session, 1, LAST_DAY, NEW_YEAR)
    add(session, 2, last, last)
    add(session, 3, last, last + timedelta(1))
    assert (2, 1) == tuple(counted(session, year)["received"] for year in (YEAR, YEAR + 1))


def test_a_measure_counts_in_the_year_in_which_it_was_recorded(session: Session) -> None:
    """The time from report to measure ends on the day of the measure itself."""
    with_plan(session, by("measures by after", soon=["month_1"]))
    add(session, 1, NEW_YEAR)
    late = date(YEAR + 1, 6, 1)
    session.add_all([measure(1, NEW_YEAR, late), measure(1, late, position=2)])
    session.flush()
    assert not counted(session).get("measures")
    found = counted(session, YEAR + 1)
    assert (2, 1, 1) == (found["measures"], found["it/soon"], found["it/other"])


def test_only_the_first_closing_counts(session: Session) -> None:
    with_plan(session)
    add(session, 1, NEW_YEAR)
    close(session, 1, NEW_YEAR)
    workflow.set_closed(session.get_one(Workflow, 1), None)
    close(session, 1, date(YEAR + 1, 1, 1), "unfounded")
    found = counted(session)
    assert (1, 1) == (found["closed"], found["outcome/founded"])
    assert "closed" not in counted(session, YEAR + 1)


def test_a_closed_report_can_be_junk_so_a_table_of_junk_does_not_limit_the_number_of_closed_reports(
    session: Session,
) -> None:
    """Otherwise, the number of open reports would limit junk, and a table may hide junk up to a larger k."""
    with_plan(session, by("received by junk", yes=["yes"]))
    add(session, 1, NEW_YEAR)
    close(session, 1, NEW_YEAR)
    work = session.get_one(Workflow, 1)
    workflow.set_closed(work, None)
    workflow.set_junked(work, NEW_YEAR)
    session.flush()
    assert {"it/yes": 1, "closed": 1}.items() <= counted(session).items()


def test_cases_that_officers_may_not_read_are_counted(session: Session) -> None:
    with_plan(session)
    add(session, 1, NEW_YEAR, quarantined=NEW_YEAR, category="threat")
    add(session, 2, NEW_YEAR, category="threat")
    session.add(Exclusion(case=2, officer="alice", since=NEW_YEAR))
    add(session, 3, NEW_YEAR)
    session.add(Handler(case=3, officer="chloe", since=NEW_YEAR))
    add(session, 4, NEW_YEAR, junked=NEW_YEAR)
    add(session, 5, NEW_YEAR, archive_from=NEW_YEAR)
    found = counted(session)
    assert (5, 2, 3) == (found["received"], found["category/threat"], found["category/other"])


def test_several_answers_count_in_their_group_if_they_share_it_and_otherwise_as_several(
    session: Session,
) -> None:
    with_plan(session, by("received by means", advantage=["money", "gift"], several=["several"]))
    said: list[Any] = [["money", "gift"], ["money", "blackmail"], ["gift"], "money", [], ["blackmail"], ""]
    for number, means in enumerate(said, 1):
        add(session, number, NEW_YEAR, answers={"means": means})
    found = counted(session)
    assert (3, 1, 3) == tuple(found[f"it/{each}"] for each in ("advantage", "several", "other"))


def test_the_answers_of_a_table_do_not_mix_with_those_of_another(session: Session) -> None:
    with_plan(session, by("received by service_sought", it=["scanner"]))
    answers = {"means": ["scanner"], "vector": "scanner", "path": "scanner", "who_you": "scanner"}
    add(session, 1, NEW_YEAR, answers=answers)
    add(session, 2, NEW_YEAR, answers={"service_sought": ["scanner"]})
    found = counted(session)
    assert (1, 1) == (found["it/it"], found["it/other"])


def test_an_unsigned_drop_has_no_answers(session: Session) -> None:
    with_plan(session, by("received by path", nothing=["nothing"]))
    case = add(session, 1, NEW_YEAR)
    case.unsigned, case.message = True, b'{"answers": {"path": "saw"}} is what somebody wrote'
    session.flush()
    assert 1 == counted(session)["it/nothing"]


@pytest.mark.parametrize(
    ("code", "group", "changes"),
    [
        ("category", "threat", {"category": "threat"}),
        ("area", "overseas", {"area": "overseas"}),
        ("route", "letter", {"route": "letter"}),
        ("junk", "yes", {"junked": NEW_YEAR}),
        ("extended", "yes", {"extended": NEW_YEAR}),
        ("extended", "no", {}),
        ("category", "nothing", {}),
        ("area", "nothing", {}),
        ("route", "portal", {}),
        ("junk", "no", {}),
        ("identity", "anonymous", {}),
        ("wrote_again", "no", {}),
    ],
)
def test_the_codes_of_a_report_are_those_of_its_case(
    session: Session, code: str, group: str, changes: dict[str, Any]
) -> None:
    with_plan(session, by(f"received by {code}", it=[group]))
    add(session, 1, NEW_YEAR, **changes)
    assert 1 == counted(session)["it/it"]


def test_a_report_has_codes_for_a_recorded_identity_and_for_a_message_after_a_reply(session: Session) -> None:
    for code, group in (("identity", "named"), ("wrote_again", "yes")):
        with session.begin_nested() as nested:
            with_plan(session, by(f"received by {code}", it=[group]))
            for number in (1, 2, 3):
                add(session, number, NEW_YEAR)
            session.add(Identity(case=1, day=NEW_YEAR, text="x"))
            for case, after in ((2, 1), (3, 0)):
                session.add(
                    FollowUp(
                        case=case,
                        id=bytes(16),
                        position=1,
                        received=NEW_YEAR,
                        written=NEW_YEAR,
                        text="x",
                        message=b"",
                        signature=b"",
                        after=after,
                    )
                )
            session.flush()
            found = counted(session)
            assert (1, 2) == (found["it/it"], found["it/other"])
            nested.rollback()
            session.expunge_all()


def test_the_groups_of_sanctions_are_codes_of_a_measure(session: Session) -> None:
    with_plan(session, by("measures by degree", first=["group_1"], none=["nothing"]))
    add(session, 1, NEW_YEAR)
    degrees = (1, 2, None)
    session.add_all(measure(1, NEW_YEAR, position=n, degree=each) for n, each in enumerate(degrees, 1))
    session.flush()
    found = counted(session)
    assert (1, 1, 1) == tuple(found[f"it/{each}"] for each in ("first", "none", "other"))


@pytest.mark.parametrize("decision", ["informed", "defer", "", None])
def test_the_decision_to_inform_the_persons_concerned_is_a_code_of_a_report(
    session: Session, decision: str | None
) -> None:
    """Without a decision, the code is “nothing”. Other duties change nothing."""
    with_plan(session, by("received by persons_informed", it=[decision or "nothing"]))
    add(session, 1, NEW_YEAR)
    duties = {"art40": "informed", "art14": decision}
    session.add_all(
        Duty(case=1, kind=kind, known=NEW_YEAR, due=NEW_YEAR, decision=each)
        for kind, each in duties.items()
        if each is not None
    )
    session.flush()
    found = counted(session)
    assert (1, 1) == (found["received"], found["it/it"])


@pytest.mark.parametrize(
    ("code", "days", "kept"),
    [
        ("acknowledged", 7, "in_time"),
        ("acknowledged", 8, "in_longer_time"),
        ("acknowledged", 20, "late"),
        ("feedback_given", 90, "in_time"),
        ("feedback_given", 102, "late"),
    ],
)
def test_a_deadline_is_kept_until_its_last_day(session: Session, code: str, days: int, kept: str) -> None:
    """The acknowledgement is due after seven days and after seven working days, which are always longer.

    Feedback is due three months after the acknowledgement.
    """
    with_plan(session, by(f"received by {code}", it=[kept]))
    done = {"acknowledged": NEW_YEAR + timedelta(min(days, 7))}
    done["answered" if code == "feedback_given" else "acknowledged"] = NEW_YEAR + timedelta(days)
    add(session, 1, NEW_YEAR, **done)
    assert 1 == counted(session)["it/it"]


@pytest.mark.parametrize("code", ["acknowledged", "feedback_given"])
def test_a_message_that_was_not_sent_counts_as_not_yet_due_or_as_impossible(
    session: Session, code: str
) -> None:
    with_plan(session, by(f"received by {code}", not_yet=["not_yet"], impossible=["unreachable"]))
    for number, change in enumerate(({}, {"withdrawn": True}, {"case_id": None}, {"recipient": None}), 1):
        case = add(session, number, NEW_YEAR)
        for name, value in change.items():
            setattr(case, name, value)
    session.flush()
    found = counted(session)
    assert (1, 3) == (found["it/not_yet"], found["it/impossible"])


def test_the_time_for_feedback_starts_with_the_outbox_that_acknowledged(session: Session) -> None:
    """Both cases get feedback on the same day. It is late only for the case that was acknowledged earlier."""
    with_plan(session, by("received by feedback_given", late=["late"]))
    session.add(OutboxBundle(n=99, hash=b"", made=NEW_YEAR))
    days = {"acknowledged": NEW_YEAR + timedelta(7), "answered": NEW_YEAR + timedelta(95)}
    add(session, 1, NEW_YEAR, **days)
    add(session, 2, NEW_YEAR, acknowledged_in=99, **days)
    found = counted(session)
    assert (1, 1) == (found["it/late"], found["it/other"])


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2030, 1, 31), "month_1"),
        (date(2030, 2, 28), "month_1"),
        (date(2030, 3, 1), "month_3"),
        (date(2030, 4, 30), "month_3"),
        (date(2030, 5, 1), "month_6"),
        (date(2030, 7, 31), "month_12"),
        (date(2031, 1, 31), "month_24"),
        (date(2032, 1, 30), "month_24"),
        (date(2032, 1, 31), "later"),
    ],
)
def test_the_time_after_receipt_is_counted_in_full_months(day: date, code: str) -> None:
    assert code == counting.after(date(2030, 1, 31), day)


def test_reports_from_before_the_first_plan_count_as_open_unless_they_were_closed_before_it(
    session: Session,
) -> None:
    with_plan(session, plan_file(YEAR, opens=False, k=3, parts=TOTALS + CATEGORY + OUTCOME))
    for number in (1, 2, 3):
        add(session, number, LAST_DAY)
    close(session, 1, LAST_DAY)
    close(session, 2, NEW_YEAR)
    session.add(measure(1, NEW_YEAR))
    add(session, 4, NEW_YEAR)
    assert (2, 1, 1, 1) == tuple(
        counted(session)[each] for each in ("open", "closed", "received", "measures")
    )
    assert not counted(session, YEAR + 1)


def test_a_report_that_came_before_the_first_year_of_the_plan_is_not_counted(session: Session) -> None:
    """The plan says that there was no such report, but one can come after the adoption of the plan."""
    with_plan(session)
    add(session, 1, LAST_DAY)
    close(session, 1, NEW_YEAR)
    session.add(measure(1, NEW_YEAR))
    session.flush()
    assert not counted(session)


def test_destroyed_cases_add_to_the_open_years_that_have_begun(session: Session) -> None:
    with_plan(session, plan_file(YEAR, opens=False, k=3, parts=TOTALS))
    add(session, 1, LAST_DAY)
    counting.keep(session, [1], LAST_DAY)
    assert not session.query(Counted).count()
    for number in (2, 3):
        add(session, number, NEW_YEAR)
        counting.keep(session, [number], NEW_YEAR)
    counting.keep(session, [1], NEW_YEAR)
    assert {f"{YEAR}/received": 2, f"{YEAR}/open": 1} == {
        each.cell: each.n for each in session.query(Counted)
    }
    session.add(Edition(year=YEAR, made=NEW_YEAR, figures=b"", certificate=b""))
    counting.keep(session, [1, 2, 3], NEW_YEAR)
    assert 2 == session.get_one(Counted, (YEAR, f"{YEAR}/received")).n


HISTORIES = st.lists(
    st.fixed_dictionaries(
        {
            "days": st.integers(-100, 700),
            "wait": st.integers(0, 60),
            "category": st.sampled_from(["threat", "other", ""]),
            "closed": st.none() | st.integers(0, 400),
            "again": st.booleans(),
            "measure": st.none() | st.integers(0, 400),
            "junk": st.booleans(),
            "destroyed": st.sampled_from([None, 0, 1]),
        }
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=HISTORIES, opens=st.booleans())
def test_destruction_before_or_after_an_edition_changes_no_figure(
    counting_inbox: Inbox, cases: list[Any], *, opens: bool
) -> None:
    """The same history is counted with and without destruction."""
    found = []
    for destroys in (True, False):
        with undone(counting_inbox) as session:
            raw = plan_file(YEAR, opens=opens, k=3, parts=TOTALS + CATEGORY + OUTCOME)
            with_plan(session, raw)
            found.append(_two_years(session, cases, destroys=destroys))
    assert found[0] == found[1]


def _two_years(session: Session, cases: list[Any], *, destroys: bool) -> list[dict[str, int]]:
    """Return the counts of two years; some cases are destroyed at the end of the year of the edition."""
    for number, each in enumerate(cases, 1):
        received = NEW_YEAR + timedelta(each["days"])
        collected = received + timedelta(each["wait"])
        junked = collected if each["junk"] else None
        add(session, number, received, collected, category=each["category"], junked=junked)
        if each["measure"] is not None:
            session.add(measure(number, received, collected + timedelta(each["measure"])))
        if each["closed"] is not None:
            close(session, number, collected + timedelta(each["closed"]))
            if each["again"]:
                close(session, number, date(YEAR + 1, 12, 31), "unfounded")
    figures = []
    for place, year in enumerate((YEAR, YEAR + 1)):
        last = max(NEW_YEAR + timedelta(each["days"] + each["wait"] + 400) for each in [*cases, _NOBODY])
        gone = [number for number, each in enumerate(cases, 1) if each["destroyed"] == place]
        if destroys and gone:
            counting.keep(session, gone, last)
            row_security.forget(session, gone)
        kept = {each.cell: each.n for each in session.query(Counted).filter_by(year=year)}
        now = counting.count(session, counting.book(session, last), year)
        figures.append({cell: n for cell in {*kept, *now} if (n := kept.get(cell, 0) + now[cell])})
        session.query(Counted).filter_by(year=year).delete()
        session.add(Edition(year=year, made=last, figures=b"", certificate=b""))
        session.flush()
    return figures


_NOBODY = {"days": 0, "wait": 0}
