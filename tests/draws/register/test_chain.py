"""From the list to the deviation report with commands only: an honest office raises no alarm.

In this office each shift has its own inspectors, brokers and hauliers. All lines are drawn, so that the same
controls are in every run.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random  # noqa: TID251 simulated draws keep no secret
from typing import Any

import pytest

from benchmarks import draws as simulated
from draws.deviation.table import Drawn
from tests.support.draw_register import MONTH, exported, opened, outcomes
from tests.support.draw_room import HEADING, Room, at

COUNT = 240
WORDS = {"shift": "a shift", "first": "an inspector", "broker": "a broker", "haulier": "a haulier"}
PLACES = {"shift": "vacation", "haulier": "transporteur", "broker": "déclarant", "first": "équipe"}


def office(manipulation: simulated.Manipulation = simulated.HONEST) -> list[Drawn]:
    random = Random("office/1")  # noqa: S311 simulated draws keep no secret
    return [*simulated.month(1, COUNT, manipulation, random, simulated.CREWS)]


def listed(controls: Sequence[Drawn], names: Sequence[str]) -> str:
    """Return a list with these columns of the register."""
    rows = [
        [
            f"MSCU{n:07}",
            each.unit,
            "scanner",
            each.stratum,
            "RAS",
            "",
            *(getattr(each, name) for name in names),
        ]
        for n, each in enumerate(controls)
    ]
    heading = ";".join([HEADING, *(PLACES[name] for name in names)])
    return "\n".join([heading, *map(";".join, rows)]) + "\n"


def recorded(room: Room, controls: Sequence[Drawn], names: Sequence[str] = tuple(PLACES)) -> Path:
    """Hold the draw, and record it with the outcomes of the office; return the register."""
    found = opened(room.freeze(None, "--percent", "100", csv=listed(controls, names)))
    register = room.folder / "register.jsonl"
    room.done("register", "drawn", register, found.transcript, found.result)
    # A control is known by the number of its container, which only the result has.
    head, *lines = (line.split(";") for line in found.lines)
    at_container, at_item = head.index("container"), head.index("item")
    rows = []
    for line in lines:
        each = controls[int(line[at_container].removeprefix("MSCU"))]
        told = ("manqué" if each.is_missed else "RAS") if each.is_done else ""
        rows.append(f"{line[at_item]};{each.by or 9};{told};{'' if told else 'no-staff'};")
    done = outcomes(room, rows)
    room.done("register", "outcomes", register, done, "--ceremony", "le-havre/1")
    assert len([row for row in exported(room, register) if row["what"] == "drawn"]) == len(controls)
    return register


def look(room: Room, register: Path) -> dict[str, Any]:
    """Return the look of the month of the draw."""
    with at("2027-01-02"):
        return room.done("deviation", "look", register, "--month", MONTH)


@pytest.mark.slow
def test_an_honest_office_whose_crews_change_with_the_shift_raises_no_alarm(room: Room) -> None:
    found = look(room, recorded(room, office()))
    assert (found["draws"], found["signals"], {*found["unknown"].values()}) == (COUNT, [], {0})


@pytest.mark.slow
def test_without_the_shift_the_same_honest_office_raises_an_alarm(room: Room) -> None:
    """The control. The report says that nobody can rely on it."""
    found = look(room, recorded(room, office(), ("first", "broker", "haulier")))
    assert found["signals"]
    assert found["unknown"] == {"shift": COUNT, "first": 0, "broker": 0, "haulier": 0}


@pytest.mark.slow
def test_a_broker_whose_draws_are_not_carried_out_is_named(room: Room) -> None:
    """The planted cheat."""
    dropped = [replace(each, is_done=each.is_done and each.broker != "6") for each in office()]
    signals = look(room, recorded(room, dropped))["signals"]
    assert ("miss-broker", ["6"]) in [(each["kind"], each["who"]) for each in signals]


@pytest.mark.parametrize("names", [(), ("shift",), ("first", "haulier")], ids=["none", "shift", "two"])
def test_a_list_that_names_nobody_is_recorded_and_the_report_says_what_it_lacks(
    room: Room, names: tuple[str, ...]
) -> None:
    count = 24
    register = recorded(room, office()[:count], names)
    unknown = look(room, register)["unknown"]
    assert unknown == {name: 0 if name in names else count for name in WORDS}
    with at("2027-01-02"):
        said = room.run("deviation", "look", register, "--month", MONTH).out
    assert all((f"without {words}: 24 of 24" in said) == (name not in names) for name, words in WORDS.items())
    assumed = "The 1 % of false alarms then holds only if crews, brokers and hauliers do not change with"
    assert (assumed in said) == ("shift" not in names)


def test_the_register_of_the_chain_names_no_container(room: Room, tmp_path: Path) -> None:
    found = opened(room.freeze(None, csv=listed(office(), tuple(PLACES))))
    room.done("register", "drawn", tmp_path / "r", found.transcript, found.result)
    assert b"MSCU" not in (tmp_path / "r").read_bytes()
    assert "MSCU" in found.result.read_text("utf-8-sig")
