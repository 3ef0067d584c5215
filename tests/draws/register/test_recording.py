"""The register records real draws: exactly what was drawn, every void, and nothing that somebody typed."""

from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from draws import columns, csv_files, headings
from draws.register import files, state
from tests.support.draw_register import (
    MONTH,
    Opened,
    exported,
    opened,
    outcomes,
    shares,
    simple,
    voided,
    with_lines,
)
from tests.support.draw_room import HEADING, Room, at, controls

CREWS = controls(60, f"{HEADING};équipe;vacation", more=";t1;nuit")


@pytest.fixture
def register(room: Room) -> Path:
    """A register that does not exist yet."""
    return room.folder / "register.jsonl"


def recorded(room: Room, register: Path, found: Opened) -> None:
    room.done("register", "drawn", register, found.transcript, found.result)


def all_done(room: Room, register: Path, count: int, ceremony: str) -> None:
    done = outcomes(room, [f"{item};9;RAS;;S{item}" for item in range(1, count + 1)])
    room.done("register", "outcomes", register, done, "--ceremony", ceremony)


def weighted(count: int) -> str:
    head, *lines = simple(count).splitlines()
    return "\n".join([f"{head};weight", *(f"{line};{n % 9 + 1}" for n, line in enumerate(lines))])


def changed(lines: list[str], column: str, value: str) -> list[str]:
    """Return the lines with another value in the last line."""
    cells = lines[-1].split(";")
    cells[lines[0].split(";").index(column)] = value
    return [*lines[:-1], ";".join(cells)]


EDITS: dict[str, Callable[[list[str]], list[str]]] = {
    "items that were drawn are missing: 1, first item 8": lambda lines: lines[:-1],
    "items that were drawn are missing: 1, first item 1": lambda lines: lines[:1] + lines[2:],
    "items that were drawn are missing: 8, first item 1": lambda lines: lines[:1],
    "item 8 is there twice": lambda lines: [*lines, lines[-1]],
    "line 10: this is not the line that was drawn as item 9": (
        lambda lines: [*lines, lines[-1].replace("8;", "9;", 1)]
    ),
    "line 10: this is not the line that was drawn as item 0": (
        lambda lines: [*lines, lines[-1].replace("8;", "0;", 1)]
    ),
    "line 9: this is not the line that was drawn as item 7": lambda lines: changed(lines, "item", "7"),
    "line 9: this is not the line that was drawn as item x": lambda lines: changed(lines, "item", "x"),
    "line 1: the column “cancelled by” is missing": lambda lines: [line.rpartition(";")[0] for line in lines],
}
CHANGES = {
    "container": "MSCU9999999",
    "declarant": "d9",
    "shift": "soir",
    "haulier": "h9",
    "team": "t9",
    "unit": "autre",
    "stratum": "s2",
    "salt": "00" * 32,
    "result": "none",
}


def test_a_result_with_a_missing_added_or_changed_line_is_refused(room: Room, register: Path) -> None:
    found = opened(room.freeze(None, "--each", "8", csv=simple(30)))
    altered = "line 9: this is not the line that was drawn as item 8"
    edits = [(why, edit(found.lines)) for why, edit in EDITS.items()]
    edits += [(altered, changed(found.lines, column, value)) for column, value in CHANGES.items()]
    edits += [(altered, changed(found.lines, "salt", "not hexadecimal"))]
    for why, lines in edits:
        edited = with_lines(room, lines)
        assert why in room.refused("register", "drawn", register, found.transcript, edited)
    assert not register.exists()
    recorded(room, register, found)
    assert len(files.load(register)[1].drawn) == 8


def test_the_lines_of_a_result_may_come_in_another_order(room: Room, register: Path) -> None:
    found = opened(room.freeze(None, "--each", "8", csv=simple(30)))
    head, *lines = found.lines
    again = with_lines(room, [head, *reversed(lines)])
    room.done("register", "drawn", register, found.transcript, again)
    other = room.folder / "other.jsonl"
    recorded(room, other, found)
    assert register.read_bytes() == other.read_bytes()


def test_the_result_of_another_draw_and_a_transcript_with_a_changed_byte_are_refused(
    room: Room, register: Path
) -> None:
    before = room.freeze(csv=simple(30))
    before.carried_out()
    first = opened(room.other("other").freeze(csv=simple(30)))
    second = opened(room.freeze(before, csv=simple(30)))
    why = room.refused("register", "drawn", register, second.transcript, first.result)
    assert "line 2: this is not the line that was drawn as item 1" in why
    raw = first.transcript.read_bytes()
    first.transcript.write_bytes(raw.replace(b'"series":"other"', b'"series":"otter"'))
    why = room.refused("register", "drawn", register, first.transcript, first.result)
    assert why.startswith("not valid: ")
    assert not register.exists()


def test_a_void_and_its_redraw_have_other_lists_and_the_void_counts(room: Room, register: Path) -> None:
    """The redraw names the end of the void. Their list hashes always differ."""
    first = room.freeze(None, "--each", "59", csv=simple(120))
    void = voided(first)
    second = room.freeze(first, "--each", "59", csv=simple(120))
    found = opened(second)
    assert "draw 1 of le-havre is not in the register" in room.refused(
        "register", "drawn", register, found.transcript, found.result
    )
    assert not register.exists()
    room.done("register", "void", register, void)
    recorded(room, register, found)
    all_done(room, register, 59, "le-havre/2")
    [misses] = shares(room, register)["misses"]
    assert (misses["ceremony"], misses["count"], misses["total"]) == ("le-havre/2", 1, 60)
    lists = [row["list"] for row in exported(room, register) if row["what"] in {"void", "draw"}]
    assert len({*lists}) == 2
    with at("2027-01-01"):
        look = room.done("deviation", "look", register, "--month", MONTH)
    assert look["voids"] == {"tribunal": 1}
    assert look["unknown"] == {"shift": 0, "first": 0, "broker": 0, "haulier": 0}


def test_every_void_in_a_row_counts_and_those_of_an_earlier_draw_do_not(room: Room, register: Path) -> None:
    csv, draw = simple(40), None
    for number, missing in enumerate(("tribunal", "", "union", "region", ""), 1):
        draw = room.freeze(draw, "--each", "10", csv=csv)
        if missing:
            room.done("register", "void", register, voided(draw, missing))
        else:
            found = opened(draw)
            recorded(room, register, found)
            all_done(room, register, 10, f"le-havre/{number}")
    told = [(each["count"], each["total"]) for each in shares(room, register)["misses"]]
    assert told == [(1, 11), (2, 12)]
    refusers = [row["refuser"] for row in exported(room, register) if row["what"] == "void"]
    assert refusers == ["tribunal", "union", "region"]


def test_all_parties_that_refused_are_named_in_the_register_and_in_the_look(
    room: Room, register: Path
) -> None:
    void = voided(room.freeze(csv=simple(30)), "region", "union")
    room.done("register", "void", register, void)
    assert [row["refuser"] for row in exported(room, register)] == ["region, union"]
    with at("2027-01-01"):
        look = room.done("deviation", "look", register, "--month", MONTH)
    assert look["voids"] == {"region, union": 1}


def test_a_pulse_that_did_not_come_counts_as_a_void_of_the_office(room: Room, register: Path) -> None:
    draw = room.freeze(None, "--later", "nist", "7", "2026-12-02", csv=simple(30))
    draw.reveal_all()
    with at("2026-12-03"):
        draw.sign(draw.write("void"))
    room.done("register", "void", register, draw.transcript())
    with at("2027-01-01"):
        assert room.done("deviation", "look", register, "--month", MONTH)["voids"] == {"the office": 1}


def test_a_void_that_is_left_out_recorded_twice_or_exchanged_is_refused(room: Room, register: Path) -> None:
    void = voided(first := room.freeze(csv=simple(30)))
    found = opened(room.freeze(first, csv=simple(30)))
    draw = ("register", "drawn", register, found.transcript, found.result)
    assert "draw 1 of le-havre is not in the register" in room.refused(*draw)
    assert not register.exists()
    # Another draw 1 of the same series: somebody hides that it was void.
    hidden = opened(room.other(room.series).freeze(csv=simple(30)))
    room.done("register", "drawn", register, hidden.transcript, hidden.result)
    before = register.read_bytes()
    assert "draw 2 of le-havre does not continue the draws of the register" in room.refused(*draw)
    assert "“le-havre/1” is in the register already" in room.refused("register", "void", register, void)
    assert register.read_bytes() == before
    register.unlink()
    room.done("register", "void", register, void)
    assert "“le-havre/1” is in the register already" in room.refused("register", "void", register, void)
    room.done(*draw)
    assert "“le-havre/2” is in the register already" in room.refused(*draw)


def test_a_void_is_not_recorded_as_a_draw_nor_a_draw_as_a_void(room: Room, register: Path) -> None:
    void = voided(first := room.freeze(csv=simple(30)))
    found = opened(room.freeze(first, csv=simple(30)))
    assert room.refused("register", "drawn", register, void, found.result) == "this draw is void"
    room.done("register", "void", register, void)
    assert room.refused("register", "void", register, found.transcript) == "this draw is not void"


@pytest.mark.parametrize(
    ("sample", "csv", "told"),
    [
        ("simple", simple(90), "at 95 %, this excludes a rate of 5.0 % or more in the whole list"),
        ("stratified", simple(180).replace("scanner", "manual", 90), "no rate is excluded"),
        ("weighted", weighted(90), "no rate is excluded"),
    ],
)
def test_only_a_simple_sample_excludes_a_rate(
    room: Room, register: Path, sample: str, csv: str, told: str
) -> None:
    """59 without a miss exclude 5 %. How a draw sampled follows from its transcript."""
    found = opened(room.freeze(None, "--each", "59", csv=csv))
    recorded(room, register, found)
    count = len(found.lines) - 1
    all_done(room, register, count, "le-havre/1")
    [misses] = shares(room, register)["misses"]
    assert (misses["sample"], misses["count"], misses["total"]) == (sample, 0, count)
    assert told in misses["told"]
    assert ("excludes a rate" in misses["told"]) == (sample == "simple")


def test_the_share_that_was_not_carried_out_is_said_by_stratum(room: Room, register: Path) -> None:
    found = opened(room.freeze(None, "--each", "4", csv=CREWS))
    recorded(room, register, found)
    rows = [row for row in exported(room, register) if row["what"] == "drawn"]
    # In the first stratum one is not done, in the second one has no outcome, in the others all are done.
    strata = sorted({(row["unit"], row["stratum"]) for row in rows})
    of = [[row["item"] for row in rows if (row["unit"], row["stratum"]) == each] for each in strata]
    given = [f"{of[0][0]};9;;no-staff;", *(f"{item};9;RAS;;" for item in of[0][1:])]
    given += [f"{item};9;RAS;;" for own in [of[1][1:], *of[2:]] for item in own]
    room.done("register", "outcomes", register, outcomes(room, given), "--ceremony", "le-havre/1")
    said = {
        (each["unit"], headings.stratum(each["stratum"].split(" | "))): each
        for each in shares(room, register)["not_done"]
    }
    counts = [(said[each]["count"], said[each]["total"]) for each in strata]
    assert counts == [(1, len(of[0])), (1, len(of[1])), *((0, len(own)) for own in of[2:])]
    assert len(strata) > 3
    assert all("scanner" in stratum for _, stratum in strata)


def test_a_new_seal_a_second_result_and_who_acted_are_exported_and_read(room: Room, register: Path) -> None:
    found = opened(room.freeze(None, "--each", "3", csv=simple(30)))
    recorded(room, register, found)
    given = outcomes(room, ["1;i7;manqué;;SC-41", "2;i8;RAS;;SC-42", "3;i9;;gone;"])
    room.done("register", "outcomes", register, given, "--ceremony", "le-havre/1")
    rows = [row for row in exported(room, register) if row["what"] in {"done", "not-done"}]
    kept = [(row["item"], row["by"], row["result"], row["reason"], row["new_seal"]) for row in rows]
    assert kept == [
        ("1", "i7", "missed", "", "SC-41"),
        ("2", "i8", "nothing", "", "SC-42"),
        ("3", "i9", "", "gone", ""),
    ]
    of = files.load(register)[1]
    drawn = {each.by: each for each in state.drawn(of, date(2026, 1, 1), date(2026, 12, 31))}
    assert [drawn[by].is_missed for by in ("i7", "i8", "")] == [True, False, False]
    assert [drawn[by].is_possible_miss for by in ("i7", "i8", "")] == [True, False, True]
    [misses] = shares(room, register)["misses"]
    assert (misses["count"], misses["total"]) == (2, 3)


def test_the_register_knows_shift_and_haulier_and_no_transcript_does(room: Room, register: Path) -> None:
    draw = room.freeze(None, "--each", "30", csv=simple(30))
    found = opened(draw)
    recorded(room, register, found)
    rows = [row for row in exported(room, register) if row["what"] == "drawn"]
    assert {row["shift"] for row in rows} == {"jour", "nuit"}
    assert {row["haulier"] for row in rows} == {f"h{n}" for n in range(7)}
    assert {row["first"] for row in rows} == {f"t{n}" for n in range(4)}
    assert {row["broker"] for row in rows} == {f"d{n}" for n in range(5)}
    public = found.transcript.read_bytes() + draw.file.read_bytes()
    for word in (b"nuit", b"jour", b"MSCU", b"quai", b'"h1"', b'"d1"'):
        assert word not in public
    assert b"MSCU" not in register.read_bytes()


@pytest.mark.parametrize(
    ("heading", "name"), [*product(("shift", "vacation", "Brigade"), ("haulier", "Transporteur"))]
)
def test_lists_may_call_shift_and_haulier_as_their_office_does(heading: str, name: str) -> None:
    csv = simple(2).replace("vacation", heading).replace("transporteur", name).encode()
    rows = csv_files.read(csv, columns.columns())
    assert [(row["shift"], row["haulier"]) for row in rows] == [("jour", "h0"), ("nuit", "h1")]


def test_strata_of_two_lists_are_the_same_if_their_lines_are(room: Room, register: Path) -> None:
    """The names s1, s2 in a transcript mean something else in each list."""
    draw = None
    for _ in (1, 2, 3):
        draw = room.freeze(draw, "--each", "2", csv=CREWS)
        found = opened(draw)
        recorded(room, register, found)
    drawn = [row for row in exported(room, register) if row["what"] == "drawn"]
    strata = [
        sorted((row["unit"], row["stratum"]) for row in drawn if row["ceremony"] == f"le-havre/{number}")
        for number in (1, 2, 3)
    ]
    assert strata[0] == strata[1] == strata[2]
    assert len({*strata[0]}) > 3
