"""Bound cases: linked cases that are one matter for the judiciary."""

import pytest

from inbox.deadlines import bonds
from inbox.deadlines.bonds import Relation
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Link, Workflow
from tests.support.inbox_builders import today
from tests.support.inbox_trio import Trio, undone


def test_cases_about_the_same_place_or_that_contradict_each_other_are_not_one_matter() -> None:
    assert {Relation.SAME_PLACE, Relation.CONTRADICTS} == {each for each in Relation if not each.binds}


def test_a_case_also_counts_as_ended_by_its_duplicate_but_not_by_other_linked_cases(trio: Trio) -> None:
    with trio.others.opened() as inbox, undone(inbox) as session:
        session.query(Link).delete()
        pairs = ((1, 2, Relation.SAME_FACTS), (1, 3, Relation.DUPLICATE))
        session.add_all(Link(case=case, other=other, kind=kind, since=today()) for case, other, kind in pairs)
        for number in (2, 3):
            session.get_one(Workflow, number).outcome = "moot"
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
