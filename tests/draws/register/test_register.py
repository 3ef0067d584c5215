"""The register refuses what does not fit, and shows every change to an earlier entry."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from draws.register import entries, files, state
from draws.register.entries import Register, RegisterBroken, RegisterRefused, What

DAY = date(2027, 3, 1)
FIRST, END = "00" * 32, "11" * 32
CEREMONY = (
    What.CEREMONY,
    {"ceremony": "c/1", "list": "ab12", "previous": FIRST, "end": END, "sample": "stratified"},
)
DRAWN = (
    What.DRAWN,
    {"ceremony": "c/1", "item": "1", "unit": "quai", "shift": "nuit", "stratum": "scanner", "first": "17"},
)
NEXT = {"ceremony": "c/2", "list": "cd34", "previous": END, "end": "22" * 32}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A register with one ceremony and one drawn control."""
    path = tmp_path / "register"
    files.add(path, DAY, [CEREMONY, DRAWN])
    return path


@pytest.mark.parametrize(
    ("what", "values", "why"),
    [
        (What.CEREMONY, NEXT | {"ceremony": "c/1"}, "“c/1” is in the register already"),
        (What.CEREMONY, NEXT | {"ceremony": "c/0"}, "“c/0” is in the register already"),
        (What.CEREMONY, NEXT | {"ceremony": "c/x"}, "“c/x” is in the register already"),
        (What.CEREMONY, NEXT | {"ceremony": "c/3"}, "draw 2 of c is not in the register"),
        (What.CEREMONY, NEXT | {"ceremony": "d/2"}, "draw 1 of d is not in the register"),
        (What.CEREMONY, NEXT | {"previous": "ab12"}, "draw 2 of c does not continue the draws"),
        (What.CEREMONY, NEXT | {"ceremony": "d/1"}, "draw 1 of d does not continue the draws"),
        (What.CEREMONY, NEXT | {"sample": "some"}, "sample is one of"),
        (What.VOID, NEXT, "names the party"),
        (What.VOID, NEXT | {"ceremony": "c/1", "refuser": "p"}, "“c/1” is in the register already"),
        (What.VOID, NEXT | {"ceremony": "c/3", "refuser": "p"}, "draw 2 of c is not in the register"),
        (What.DRAWN, {"ceremony": "c/1", "item": "1"}, "“c/1 1” is in the register already"),
        (What.DRAWN, {"ceremony": "c/9", "item": "1"}, "no ceremony is called “c/9”"),
        (
            What.DONE,
            {"ceremony": "c/1", "item": "2", "by": "5", "result": "nothing"},
            "item 2 of this ceremony",
        ),
        (What.DONE, {"ceremony": "c/1", "item": "1", "result": "nothing"}, "missing who acted"),
        (What.DONE, {"ceremony": "c/1", "item": "1", "by": "5", "result": "fine"}, "result is one of"),
        (What.NOT_DONE, {"ceremony": "c/1", "item": "1", "by": "5", "reason": "rain"}, "reason is one of"),
        (
            What.DONE,
            {"ceremony": "c/1", "item": "1", "by": "5" * 501, "result": "nothing"},
            "longer than 500",
        ),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_and_nothing_changes(
    file: Path, what: What, values: Mapping[str, str], why: str
) -> None:
    before = file.read_bytes()
    good = (What.CEREMONY, NEXT | {"ceremony": "new/1", "previous": FIRST, "sample": "simple"})
    with pytest.raises(RegisterRefused, match=why):
        files.add(file, DAY, [good, (what, values)])
    assert file.read_bytes() == before


def test_a_clock_set_back_is_refused(file: Path) -> None:
    with pytest.raises(RegisterRefused, match="before the last entry of 2027-03-01"):
        files.add(file, DAY - timedelta(1), [(What.LOOK, {"month": "2027-02"})])


def test_a_register_whose_days_go_back_is_refused(file: Path) -> None:
    """Each entry names the entry before it, so its maker wrote both days."""
    register = files.load(file)[0]
    line, _ = entries.added(Register(hash=register.hash), DAY - timedelta(1), What.LOOK, {"month": "2027-02"})
    raw = file.read_bytes() + line.replace(b'"n":1', b'"n":3')
    with pytest.raises(RegisterBroken, match="entry 3"):
        entries.parse(raw)
    # The control: with a later day, the same line is read.
    assert len(entries.parse(raw.replace(b"2027-02-28", b"2027-03-02")).entries) == 3


def test_every_changed_removed_or_added_byte_of_an_earlier_entry_is_noticed(file: Path) -> None:
    files.add(file, DAY, [(What.LOOK, {"month": "2027-02"})])
    raw = file.read_bytes()
    assert len(entries.parse(raw).entries) == 3
    earlier = raw.index(b"\n", raw.index(b'"drawn"')) + 1
    for at in range(earlier):
        with pytest.raises(RegisterBroken):
            entries.parse(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    first, second, third = raw.splitlines(keepends=True)
    for broken in (
        second + third,
        first + third,
        second + first + third,
        first + second + second + third,
        raw[:-1],
    ):
        with pytest.raises(RegisterBroken):
            entries.parse(broken)


def test_a_register_written_anew_no_longer_has_the_head_that_a_witness_noted(
    file: Path, tmp_path: Path
) -> None:
    noted = files.load(file)[0].head
    later = files.add(file, DAY, [(What.LOOK, {"month": "2027-02"})])
    assert later.has_had(noted)
    forged = tmp_path / "forged"
    files.add(forged, DAY, [CEREMONY, (What.DRAWN, DRAWN[1] | {"first": "18"})])
    assert not files.load(forged)[0].has_had(noted)


def recorded(file: Path, csv: str) -> Register:
    return files.add_outcomes(file, DAY, csv.encode(), "c/1", is_correction=False)


def test_what_was_not_done_may_be_done_later_and_both_entries_remain(file: Path) -> None:
    reason = "item;by;reason\n1;5;no-staff\n"
    recorded(file, reason)
    with pytest.raises(RegisterRefused, match="line 2: item 1 already has an outcome"):
        recorded(file, reason)
    assert state.reasons(files.load(file)[1])["no-staff"] == 1
    register = recorded(file, "n°;par;résultat;nouveau scellé\n1;5;RAS;X9\n")
    assert [entry.what for entry in register.entries[-2:]] == [What.NOT_DONE, What.DONE]
    assert not state.reasons(files.load(file)[1])["no-staff"]
    with pytest.raises(RegisterRefused, match="line 2: item 1 already has an outcome"):
        recorded(file, reason)


def test_a_draw_without_any_outcome_counts_as_not_done(file: Path) -> None:
    [drawn] = state.drawn(files.load(file)[1], DAY, DAY)
    assert (drawn.is_done, drawn.is_possible_miss) == (False, True)
    assert state.reasons(files.load(file)[1])[""] == 1


def test_a_line_with_both_or_neither_of_result_and_reason_is_refused(file: Path) -> None:
    for cells in ("1;5;RAS;gone", "1;5;;"):
        with pytest.raises(RegisterRefused, match="item 1 needs a result or a reason, and not both"):
            recorded(file, f"item;by;result;reason\n{cells}\n")


def test_an_export_is_free_of_formulas(tmp_path: Path) -> None:
    path = tmp_path / "register"
    register = files.add(
        path, DAY, [(What.VOID, NEXT | {"ceremony": "c/1", "previous": FIRST, "refuser": "=1+1"})]
    )
    assert b";'=1+1;" in files.exported(register)
