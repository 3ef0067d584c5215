"""Container numbers: the same container written in two ways, and the check digit of ISO 6346."""

import pytest

from draws import containers
from tests.support.draw_room import HEADING, Room

# The remainder of the third is 10, so its check digit is 0.
RIGHT = ["CSQU3054383", "MSCU1234566", "MSCU1000070", "csqu 305438-3", "CSQU.305438/3"]


def rows(*numbers: str) -> str:
    return "\n".join([HEADING, *(f"{number};u;scanner;low;RAS;" for number in numbers)]) + "\n"


@pytest.mark.parametrize("number", RIGHT)
def test_a_right_check_digit_is_right(number: str) -> None:
    assert not containers.is_mistyped(number)


def test_of_the_ten_possible_check_digits_one_is_right() -> None:
    assert [n for n in range(10) if not containers.is_mistyped(f"CSQU305438{n}")] == [3]


def test_a_wrong_digit_and_two_exchanged_digits_are_noticed() -> None:
    right = "CSQU3054383"
    wrong = [right[:at] + new + right[at + 1 :] for at in range(4, 11) for new in "0123456789"]
    assert [each for each in wrong if not containers.is_mistyped(each)] == [right] * 7
    assert containers.is_mistyped("CSQU3504383")


@pytest.mark.parametrize("number", ["AB-123-CD", "CSQX3054384", "CSQU305438", "CSQU\uff13054383", ""])
def test_a_number_of_another_form_has_no_check_digit(number: str) -> None:
    assert not containers.is_mistyped(number)


def test_wrong_check_digits_are_named_before_freezing_and_refuse_nothing(room: Room) -> None:
    file = room.new("typos.csv")
    file.write_text(rows("CSQU3054383", "CSQU3054384", "AB-123-CD"))
    answer = room.run("list", "strata", file)
    assert answer.status == 0
    assert answer.error == "warning: container numbers with a wrong check digit (ISO 6346): 1; lines: 3\n"
    file.write_text(rows(*(f"CSQU{n:06}{(n * 7) % 10}" for n in range(300))))
    warned = room.run("list", "strata", file).error
    assert warned.endswith(", …\n")
    assert len(warned.partition("lines: ")[2].split(", ")) == 11
    assert room.done("list", "strata", file)["warnings"]


def test_right_check_digits_are_not_named(room: Room) -> None:
    file = room.new("right.csv")
    file.write_text(rows("CSQU3054383", "MSCU1234566"))
    assert room.run("list", "strata", file).error == ""
