"""A look is recorded once a month, at all draws since 1 January, and can be repeated by anybody."""

from pathlib import Path

import pytest

from tests.support.draw_register import opened, outcomes, simple, voided
from tests.support.draw_room import DAY, Room, at

LINES = 12
ALL = ("--percent", "100")


@pytest.fixture
def kept(room: Room) -> Path:
    """A register with a draw of all lines of a list, on DAY."""
    path = room.folder / "register.jsonl"
    found = opened(room.freeze(None, *ALL, csv=simple(LINES)))
    room.done("register", "drawn", path, found.transcript, found.result)
    done = outcomes(room, [f"{item};9;RAS;;" for item in range(1, LINES + 1)])
    room.done("register", "outcomes", path, done, "--ceremony", "le-havre/1")
    return path


def test_a_month_that_is_not_over_is_refused(room: Room, kept: Path) -> None:
    before = kept.read_bytes()
    with at("2026-12-31"):
        assert room.refused("deviation", "look", kept, "--month", "2026-12") == "2026-12 is not over"
    assert kept.read_bytes() == before


@pytest.mark.parametrize("month", ["2026-13", "12-2026", "today"])
def test_what_is_not_a_month_is_refused(room: Room, kept: Path, month: str) -> None:
    assert f"“{month}” is not a month" in room.refused("deviation", "look", kept, "--month", month)


def test_a_look_is_recorded_once_and_repeated_at_the_same_entries(room: Room, kept: Path) -> None:
    other = opened(room.other("other").freeze(None, *ALL, csv=simple(LINES)))
    with at("2027-01-02"):
        first = room.done("deviation", "look", kept, "--month", "2026-12")
        recorded = kept.read_bytes()
        assert room.done("deviation", "look", kept, "--month", "2026-12") == first
        assert kept.read_bytes() == recorded
        room.done("register", "drawn", kept, other.transcript, other.result)
        assert room.done("deviation", "look", kept, "--month", "2026-12") == first
    assert first["draws"] == LINES
    with at("2027-01-02"):
        assert "never proof" in room.run("deviation", "look", kept, "--month", "2026-12").out


def test_a_look_is_at_all_draws_since_1_january_and_at_none_before(room: Room, kept: Path) -> None:
    """The draws of the year before are not part of it, those of all its months are."""
    for day in ("2027-01-01", "2027-02-10", "2027-03-31"):
        with at(day):
            draw = room.other(f"on-{day}")
            found = opened(
                draw.freeze(None, *ALL, "--until", day, "--publish", "2027-12-20", csv=simple(LINES))
            )
            room.done("register", "drawn", kept, found.transcript, found.result)
    with at("2028-02-01"):
        seen = [
            room.done("deviation", "look", kept, "--month", month)["draws"]
            for month in ("2026-12", "2027-01", "2027-02", "2027-03", "2027-11", "2028-01")
        ]
    assert seen == [LINES, LINES, 2 * LINES, 3 * LINES, 3 * LINES, 0]


def test_a_look_names_the_parties_that_voided_draws_of_the_year(room: Room, kept: Path) -> None:
    void = voided(room.other("other").freeze(csv=simple(LINES)), "union")
    room.done("register", "void", kept, void)
    with at("2028-02-01"):
        look = ("deviation", "look", kept, "--month")
        assert "void draws since 1 January: 1, because of union" in room.run(*look, "2026-12").out
        assert "void draws" not in room.run(*look, "2028-01").out


def test_the_head_that_a_witness_noted_is_looked_for(room: Room, kept: Path) -> None:
    head = room.done("register", "show", kept)["head"]
    room.done("deviation", "look", kept, "--month", DAY[:5] + "11")
    assert room.done("register", "show", kept, "--head", head)["head"] != head
    why = room.refused("register", "show", kept, "--head", "3 AAAA")
    assert why == "the register never had this head"
