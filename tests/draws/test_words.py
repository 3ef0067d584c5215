"""What people read is in their language, and what the program writes it reads again in both languages."""

import csv
import io
from pathlib import Path

import pytest

from draws import columns, headings, language
from draws.deviation.pairs import Kind
from draws.register import files, state
from draws.register.entries import Reason, Sample, What
from draws.transfers import posts
from tests.support.draw_register import exported, opened, outcomes, simple
from tests.support.draw_room import Room, controls

ROW = "item;par;résultat;motif;nouveau scellé"
FRENCH = ("--language", "fr")


def heading(path: Path) -> list[str]:
    return next(csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))


def test_every_heading_in_both_languages_is_understood_in_the_file_of_an_office() -> None:
    known = [
        columns.columns(),
        files.outcome_columns(),
        *map(posts.columns, ("posts", "held", "exceptions", "free")),
    ]
    for of in known:
        for name in of.names:
            assert [of.of(each) for each in language.understood(name)] == [name, name]
    assert columns.columns().of("no heading") is None


def test_every_code_of_the_register_has_a_word() -> None:
    codes = {*What, *Reason, *Sample, state.MISSED, state.NOTHING}
    assert {*headings.WORDS} == codes
    assert {*headings.KINDS} == {*Kind}


def test_the_strata_of_a_list_are_shown_in_words(room: Room) -> None:
    file = room.new("controls.csv")
    file.write_text(controls(60))
    told = room.run(*FRENCH, "list", "strata", file).out
    assert "le-havre-1: scanner, risque origine high, rien trouvé, sélection maintenue" in told
    assert " | " not in told
    assert "origin risk high, nothing found, selection kept" in room.run("list", "strata", file).out


def test_a_result_in_french_goes_into_the_register_and_comes_out_in_french(room: Room) -> None:
    """The salts of its lines prove them, whatever the heading is called."""
    found = opened(room.freeze(None, "--each", "3", csv=simple(30)))
    result, register, out = room.new("drawn.csv"), room.folder / "register.jsonl", room.new("export.csv")
    sealed = found.draw.write("result")
    opening = ("team", "open", found.draw.folder / "private.age", sealed, "--key", room.team_key)
    assert room.run(*FRENCH, *opening, "--out", result).status == 0
    assert heading(result)[:5] == ["élément", "strate", "sel", "conteneur", "risque origine"]
    assert heading(found.result)[:5] == ["item", "stratum", "salt", "container", "origin risk"]
    room.done("register", "drawn", register, found.transcript, result)
    done = outcomes(room, ["1;i7;manqué;;SC-41", "2;i8;RAS;;SC-42", "3;i9;;Introuvable;"])
    room.done("register", "outcomes", register, done, "--ceremony", "le-havre/1")
    assert [row["reason"] for row in exported(room, register) if row["what"] == "not-done"] == ["not-found"]
    assert room.run(*FRENCH, "register", "export", register, "--out", out).status == 0
    text = out.read_text("utf-8-sig")
    assert {"entrée", "motif", "nouveau scellé"} <= {*heading(out)}
    assert "non fait" in text
    assert "introuvable" in text
    assert "scanner, risque origine low, rien trouvé, sélection maintenue" in text
    assert not [word for word in ("not-found", "not-done", "missed", " | ") if word in text]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (["1;i7;manqué;;", "2;i8;fine;;"], "line 3: result is one of: nothing, missed"),
        (
            ["1;i7;;lost;"],
            "line 2: reason is one of: gone, not-found, no-staff, no-equipment, unsafe, ordered, other",
        ),
        (["1;i7;RAS;;", "9;i8;RAS;;"], "line 3: item 9 of this ceremony was not drawn"),
        (["1;i7;RAS;;", "2;;RAS;;"], "line 3: item 2: it is missing who acted"),
        (["1;i7;RAS;;", "2;i7;RAS;gone;"], "line 3: item 2 needs a result or a reason, and not both"),
        (["1;i7;RAS;;", "1;i7;manqué;;"], "line 3: item 1 already has an outcome"),
    ],
)
def test_an_outcome_that_is_refused_is_named_by_its_line_and_nothing_is_recorded(
    rows: list[str], why: str, room: Room
) -> None:
    register = room.folder / "register.jsonl"
    found = opened(room.freeze(None, "--each", "3", csv=simple(30)))
    room.done("register", "drawn", register, found.transcript, found.result)
    before = register.read_bytes()
    given = ("register", "outcomes", register, outcomes(room, rows, ROW), "--ceremony", "le-havre/1")
    assert (room.refused(*given), register.read_bytes()) == (why, before)


def test_a_wrong_outcome_is_corrected_by_a_new_entry_which_everybody_sees(room: Room) -> None:
    register = room.folder / "register.jsonl"
    found = opened(room.freeze(None, "--each", "3", csv=simple(30)))
    room.done("register", "drawn", register, found.transcript, found.result)
    correct = ("--ceremony", "le-havre/1", "--correct")
    early = outcomes(room, ["1;i7;RAS;;"])
    none = "line 2: item 1 has no outcome that could be corrected"
    assert room.refused("register", "outcomes", register, early, *correct) == none
    first = outcomes(room, ["1;i7;RAS;;S1", "2;i8;RAS;;S2", "3;i9;;gone;"])
    room.done("register", "outcomes", register, first, "--ceremony", "le-havre/1")
    before = register.read_bytes()
    head = room.done("register", "show", register)["head"]
    same = room.refused("register", "outcomes", register, outcomes(room, ["2;i8;RAS;;S2"]), *correct)
    assert (same, register.read_bytes()) == ("line 2: item 2 already has this outcome", before)
    fixed = outcomes(room, ["1;i7;manqué;;S1", "3;i9;RAS;;S3"])
    room.done("register", "outcomes", register, fixed, *correct)
    # The chain goes on: what was recorded is still there, and so is the head that witnesses noted.
    assert register.read_bytes().startswith(before)
    shown = room.done("register", "show", register, "--head", head)
    entries = {row["n"]: row for row in exported(room, register)}
    assert [(each["item"], each["by"]) for each in shown["corrections"]] == [("1", "i7"), ("3", "i9")]
    for each in shown["corrections"]:
        old, new = entries[str(each["corrects"])], entries[str(each["entry"])]
        assert (old["item"], old["corrects"], new["corrects"]) == (new["item"], "", old["n"])
    assert "item 1 of le-havre/1: i7 corrected entry" in room.run("register", "show", register).out
    [misses] = room.done("deviation", "shares", register, "--month", "2026-12")["misses"]
    assert (misses["count"], misses["total"]) == (1, 3)
    # A correction can be corrected; it names the correction.
    room.done("register", "outcomes", register, outcomes(room, ["1;i7;RAS;;S1"]), *correct)
    last = room.done("register", "show", register)["corrections"][-1]
    assert last["corrects"] == shown["corrections"][0]["entry"]
