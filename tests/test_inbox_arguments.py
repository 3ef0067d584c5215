"""Arguments that no vault and no journal can hold are refused before anything is done."""

import pytest

from tests.inbox_builders import World

pytest_plugins = ["tests.inbox_room"]

LARGEST = 2**53 - 1


@pytest.mark.parametrize(
    "words",
    [
        ["show", "N"],
        ["attachment", "1", "N", "--out", "x"],
        ["journal", "print", "--from", "N"],
        ["outbox", "--out", "x", "--again", "N"],
        ["conflict", "exclude", "N", "officer", "--reason", "x"],
    ],
    ids=" ".join,
)
def test_a_number_past_what_can_be_written_is_a_mistake(world: World, words: list[str]) -> None:
    """The largest that can be is taken for one, and is not there."""
    for number, codes in ((LARGEST + 1, {2}), (10**23, {2}), (LARGEST, {0, 1})):
        said = world.office.run(*(str(number) if word == "N" else word for word in words))
        assert said.code in codes
        assert ("range" in said.err) == (codes == {2})


@pytest.mark.parametrize(
    "words",
    [
        ["reply", "1", "--text", "X"],
        ["conflict", "alias", "officer", "X"],
        ["conflict", "exclude", "1", "X", "--reason", "y"],
        ["conflict", "exclude", "1", "officer", "--reason", "X"],
        ["keys", "rotate", "--now", "--reason", "X"],
        ["officers", "add", "X"],
        ["channels", "remove", "X"],
    ],
    ids=" ".join,
)
def test_bytes_that_are_no_text_are_refused(world: World, words: list[str]) -> None:
    """As a shell hands them over; whatever they were meant for, nothing is done."""
    before = world.office.state()
    said = world.office.run(*(word.replace("X", "Dupont\udcff") for word in words))
    assert (1, "") == (said.code, said.out)
    assert said.err.startswith("error: this does not read as text: Dupont<U+DCFF>\nhint: ")
    assert before == world.office.state()
