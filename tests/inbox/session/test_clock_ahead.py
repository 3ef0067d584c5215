"""After the clock was ahead for a while, two officers can correct the earliest day that the inbox accepts."""

from datetime import date

import pytest

from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, today
from tests.support.inbox_clock import moved
from tests.support.inbox_trio import Trio


def test_two_officers_can_record_that_the_clock_was_ahead(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the correction, every command is refused, and the hint names the command for the correction.

    Afterwards, everything works.
    """
    clock = moved(monkeypatch)
    office: Office = trio.others
    nothing = office.run("journal", "correct-clock", "--reason", "x")
    assert (1, True) == (nothing.code, "nothing to correct" in nothing.err)
    clock.wait(3650)
    office.json("exchange", "keyring", "--out", office.out / "ahead")
    clock.wait(-3650)
    said = office.run("case", "list")
    assert (1, True) == (said.code, "inbox journal correct-clock --reason TEXT" in said.err)
    assert 2 == office.run("journal", "correct-clock").code
    noted = office.json("journal", "correct-clock", "--reason", "a new battery")
    for words in (
        ["case", "list"],
        ["exchange", "keyring", "--out", office.out / "now"],
        ["journal", "verify"],
    ):
        assert 0 == office.run(*words).code
    entries = office.json("journal", "list")["entries"]
    (entry,) = [each for each in entries if each.get("action") == "correct-clock"]
    assert (today().isoformat(), "a new battery", 2) == (
        entry["day"],
        entry["reason"],
        len(entry["officers"]),
    )
    assert noted["head"]["n"] == entry["n"]
    clock.wait(-1)
    # The correction sets the earliest day that the inbox accepts.
    assert 1 == office.run("case", "list").code


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2200, 1, 1)])
def test_the_error_about_an_impossible_clock_names_the_clock(
    trio: Trio, monkeypatch: pytest.MonkeyPatch, day: date
) -> None:
    """For other errors, the hint blames a file. Nothing changes, and the desk shows the same error."""
    clock, before = moved(monkeypatch), trio.others.state()
    with sitting(trio.others) as client:
        clock.day = day
        page = client.ask("/en/case/1")
        assert 409 == page.status_code
        assert all(each in page.text for each in ("The clock says", str(day.year), "Set the clock"))
    for words in (["case", "list"], ["journal", "list"], ["case", "note", "1", "--text", "x"]):
        said = trio.others.run(*words)
        assert (
            1,
            f"error: the clock says {day}, which cannot be today's date\n"
            "hint: set the clock, then try again\n",
        ) == (
            said.code,
            said.err,
        )
    assert before == trio.others.state()
