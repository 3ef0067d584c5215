"""Relations that make two cases one matter."""

from inbox.deadlines.bonds import Relation


def test_reports_that_share_a_place_or_contradict_each_other_are_not_one_matter() -> None:
    assert {Relation.SAME_PLACE, Relation.CONTRADICTS} == {each for each in Relation if not each.binds}
