"""The register refuses what does not fit, and shows every change to an earlier entry."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from draws.register import entries, files, state
from draws.register.entries import RegisterBroken, RegisterRefused, What

DAY = date(2027, 3, 1)
CEREMONY = (What.CEREMONY, {"ceremony": "c1", "list": "ab12", "sample": "stratified"})
RESULT = "stratum;container;unité;équipe;déclarant;transporteur;vacation\ns1;MSCU1;quai;17;301;88;nuit\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A register with one ceremony and one drawn control."""
    path = tmp_path / "register"
    files.add(path, DAY, [CEREMONY, *files.drawn(RESULT.encode("cp1252"), "c1")])
    return path


@pytest.mark.parametrize(
    ("what", "values", "why"),
    [
        (
            What.CEREMONY,
            {"ceremony": "c1", "list": "x", "sample": "simple"},
            "“c1” is in the register already",
        ),
        (What.CEREMONY, {"ceremony": "c2", "list": "x", "sample": "some"}, "sample is one of"),
        (What.VOID, {"ceremony": "c2", "list": "ab12"}, "names the party"),
        (What.VOID, {"ceremony": "c1", "list": "ab12", "refuser": "p"}, "“c1” is in the register already"),
        (What.DRAWN, {"ceremony": "c1", "item": "1"}, "“c1 1” is in the register already"),
        (What.DRAWN, {"ceremony": "c9", "item": "1"}, "no ceremony is called “c9”"),
        (
            What.DONE,
            {"ceremony": "c1", "item": "2", "by": "5", "result": "nothing"},
            "item 2 of this ceremony",
        ),
        (What.DONE, {"ceremony": "c1", "item": "1", "result": "nothing"}, "missing who acted"),
        (What.DONE, {"ceremony": "c1", "item": "1", "by": "5", "result": "fine"}, "result is one of"),
        (What.NOT_DONE, {"ceremony": "c1", "item": "1", "by": "5", "reason": "rain"}, "reason is one of"),
        (What.DONE, {"ceremony": "c1", "item": "1", "by": "5" * 201, "result": "nothing"}, "longer than 200"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_and_nothing_changes(
    file: Path, what: What, values: Mapping[str, str], why: str
) -> None:
    before = file.read_bytes()
    good = (What.CEREMONY, {"ceremony": "new", "list": "cd", "sample": "simple"})
    with pytest.raises(RegisterRefused, match=why):
        files.add(file, DAY, [good, (what, values)])
    assert file.read_bytes() == before


def test_a_clock_set_back_is_refused(file: Path) -> None:
    with pytest.raises(RegisterRefused, match="before the last entry of 2027-03-01"):
        files.add(file, DAY - timedelta(1), [(What.LOOK, {"month": "2027-02"})])


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
    files.add(forged, DAY, [CEREMONY, *files.drawn(RESULT.replace("301", "302").encode(), "c1")])
    assert not files.load(forged)[0].has_had(noted)


def test_what_was_not_done_may_be_done_later_and_both_entries_remain(file: Path) -> None:
    reason = files.outcomes(b"item;by;reason\n1;5;no-staff\n", "c1")
    files.add(file, DAY, reason)
    with pytest.raises(RegisterRefused, match="item 1 already has an outcome"):
        files.add(file, DAY, reason)
    assert state.reasons(files.load(file)[1])["no-staff"] == 1
    register = files.add(
        file, DAY, files.outcomes("n°;par;résultat;nouveau scellé\n1;5;RAS;X9\n".encode(), "c1")
    )
    assert [entry.what for entry in register.entries[-2:]] == [What.NOT_DONE, What.DONE]
    assert not state.reasons(files.load(file)[1])["no-staff"]
    with pytest.raises(RegisterRefused, match="item 1 already has an outcome"):
        files.add(file, DAY, reason)


def test_a_draw_without_any_outcome_counts_as_not_done(file: Path) -> None:
    [drawn] = state.drawn(files.load(file)[1], DAY, DAY)
    assert (drawn.is_done, drawn.is_possible_miss) == (False, True)
    assert state.reasons(files.load(file)[1])[""] == 1


def test_a_line_with_both_or_neither_of_result_and_reason_is_refused() -> None:
    for cells in ("1;5;RAS;gone", "1;5;;"):
        with pytest.raises(RegisterRefused, match="item 1 needs a result or a reason, and not both"):
            files.outcomes(f"item;by;result;reason\n{cells}\n".encode(), "c1")


def test_the_register_keeps_no_container_number(file: Path) -> None:
    assert b"MSCU1" not in file.read_bytes()
    assert b"301" in file.read_bytes()


def test_an_export_is_free_of_formulas(tmp_path: Path) -> None:
    path = tmp_path / "register"
    register = files.add(path, DAY, [(What.VOID, {"ceremony": "c", "list": "l", "refuser": "=1+1"})])
    assert b";'=1+1;" in files.exported(register)
