"""Bound cases: linked cases that are one matter for the judiciary."""

import pytest
from sqlalchemy.orm import Session

from inbox.deadlines import bonds, proceedings, workflow
from inbox.deadlines.bonds import Relation
from inbox.deadlines.workflow import Disclosure
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Duty, Link, Measure, Workflow
from tests.support.inbox_builders import today
from tests.support.inbox_trio import Trio, undone


def test_cases_that_share_a_place_or_contradict_each_other_are_not_one_matter() -> None:
    assert {Relation.SAME_PLACE, Relation.CONTRADICTS} == {each for each in Relation if not each.binds}


def test_a_case_ends_when_its_duplicate_ends_but_not_when_another_linked_case_ends(trio: Trio) -> None:
    with trio.others.opened() as inbox, undone(inbox) as session:
        session.query(Link).delete()
        pairs = ((1, 2, Relation.SAME_FACTS), (1, 3, Relation.DUPLICATE))
        session.add_all(Link(case=case, other=other, kind=kind, since=today()) for case, other, kind in pairs)
        for number, outcome in ((2, "unfounded"), (3, "moot")):
            session.get_one(Workflow, number).outcome = outcome
        session.flush()
        assert (3, None) == (
            bonds.ended_by(session, 1, ["moot", "unfounded"]),
            bonds.ended_by(session, 1, ["unfounded"]),
        )


@pytest.mark.parametrize(
    ("other", "said"), [(1, "it is on hold"), (2, "it is on hold, because of the linked case 2")]
)
def test_a_statement_that_is_true_because_of_a_linked_case_names_that_case(other: int, said: str) -> None:
    assert said == str(bonds.because_of(sentence("it is on hold"), 1, other))


def test_a_hold_on_a_case_also_stops_the_retention_period_of_a_closed_case_bound_to_it(trio: Trio) -> None:
    """The test recomputes only the held case explicitly."""
    with trio.others.opened() as inbox, undone(inbox) as session:
        pairs = ((1, 2), (2, 1))
        session.query(Link).delete()
        session.add_all(
            Link(case=case, other=other, kind=Relation.SAME_FACTS, since=today()) for case, other in pairs
        )
        session.query(Duty).filter_by(case=2).update({"decided": today()})
        bound = workflow.of(session, 2)
        bound.outcome, bound.disclosure, bound.acknowledged = "moot", Disclosure.FULL.value, today()
        workflow.set_closed(bound, today())
        workflow.keep_in_step(session, 2)
        assert bound.archive_from is not None
        workflow.of(session, 1).held = today()
        workflow.keep_in_step(session, 1)
        assert bound.archive_from is None


def bind(session: Session) -> None:
    """Bind cases 1 and 2 to each other."""
    session.query(Link).delete()
    session.add_all(
        Link(case=case, other=other, kind=Relation.SAME_FACTS, since=today())
        for case, other in ((1, 2), (2, 1))
    )


def test_a_hold_and_proceedings_of_the_case_itself_are_named_before_those_of_a_bound_case(trio: Trio) -> None:
    with trio.others.opened() as inbox, undone(inbox) as session:
        bind(session)
        for number, named in ((1, 1), (2, 2)):
            session.add(
                Measure(case=number, position=2, kind="prosecutor_phoned", day=today(), recorded=today())
            )
            workflow.of(session, number).held = today()
            session.flush()
            assert (named, named) == (proceedings.holding(session, 2), proceedings.pursuing(session, 2))


def test_proceedings_of_a_bound_case_are_not_proceedings_of_the_case_itself(trio: Trio) -> None:
    """However, proceedings of a bound case prevent the destruction of this case."""
    with trio.others.opened() as inbox, undone(inbox) as session:
        bind(session)
        session.add(Measure(case=2, position=2, kind="prosecutor_phoned", day=today(), recorded=today()))
        session.flush()
        for number in (1, 2):
            kinds = [each.kind for each in proceedings.opened(session, number)]
            assert (["prosecutor_phoned"] if number == 2 else []) == kinds
            assert proceedings.has_justice(session, number) is (number == 2)
            assert {"prosecutor_phoned"} == proceedings.going_on(session, number)
