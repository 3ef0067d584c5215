"""Relations that make two cases one matter."""

import pytest

from inbox.deadlines import bonds
from inbox.deadlines.bonds import Relation
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Link, Workflow
from tests.support.inbox_builders import today
from tests.support.inbox_trio import Trio, undone


def test_reports_that_share_a_place_or_contradict_each_other_are_not_one_matter() -> None:
    assert {Relation.SAME_PLACE, Relation.CONTRADICTS} == {each for each in Relation if not each.binds}


def test_the_end_of_a_duplicate_counts_and_that_of_another_linked_case_does_not(trio: Trio) -> None:
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
def test_a_statement_names_the_linked_case_that_makes_it_true(other: int, said: str) -> None:
    assert said == str(bonds.because_of(sentence("it is on hold"), 1, other))
