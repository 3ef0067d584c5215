"""A passage that was struck is in no file, page or index any more; the case says where, not what."""

from pathlib import Path
from typing import Any

import pytest

from inbox import casework, minimising
from inbox.schema import Case, FollowUp
from tests.inbox_builders import Office, Portal, Reporter, Sent, World, answering, drop, first, today
from tests.test_inbox_eliminating import found_in

pytest_plugins = ["tests.inbox_room"]

NAME = "Zibeline Quartzmann"
WANTED = {"name": NAME.encode(), "word": b"zibeline", "another": b"artzmann", "folded": b"ZIBELINE"}


@pytest.fixture
def office(world: World, portal: Portal, collect: Any) -> Office:
    """A case in which a name stands in two answers, a follow-up and a note; a drop with it."""
    reporter = Reporter(world)
    text = f"{NAME} est malade.\nLe quai est ouvert."
    report = first(reporter, text=text, edit=answering(who=f"chez {NAME}"), files=[b"x"])
    collect(portal.bundle(report, Sent(reporter.follow_up(f"encore {NAME}, hier")), Sent(drop(world, NAME))))
    with world.office.opened() as inbox, inbox.transaction() as session:
        for number in (1, 2):
            session.add(
                casework.Note(case=number, position=1, by="officer", day=today(), text=f"voir {NAME}")
            )
    return world.office


def numbers(office: Office) -> tuple[int, int]:
    """Return the numbers of the report and the drop."""
    with office.opened() as inbox, inbox.transaction() as session:
        unsigned = session.get_one(Case, 1).unsigned
    return (2, 1) if unsigned else (1, 2)


def test_what_was_struck_is_nowhere_in_the_files(office: Office, tmp_path: Path) -> None:
    """Opened with the shares, pages used and free; the control is a copy taken before."""
    before = office.copy(tmp_path / "before")
    assert {"name", "word", "another"} <= found_in(before, WANTED)
    for number in numbers(office):
        office.json("minimise", str(number), "everywhere", "--text", NAME)
    assert set() == found_in(office, WANTED)


def test_the_rest_stays_is_found_and_says_where_something_was(office: Office) -> None:
    """The signature is gone with it: on that a guess could be tried."""
    report, _ = numbers(office)
    office.json("minimise", str(report), "everywhere", "--text", NAME)
    shown = office.json("show", str(report))
    assert f"{minimising.STRUCK} est malade.\nLe quai est ouvert." == shown["answers"]["what"]
    assert f"encore {minimising.STRUCK}, hier" == shown["follow_ups"][0]["text"]
    assert [{"day": today().isoformat(), "place": "everywhere"}] == shown["struck"]
    assert f"minimised on {today()} at everywhere" in office.run("show", str(report)).out
    (found,) = office.json("queue", "--search", "quai ouvert")["cases"]
    assert report == found["case"]
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Case, report).signature is None
        assert [b""] == [each.signature for each in session.query(FollowUp)]
    (entry,) = [each for each in office.json("journal", "print")["entries"] if each["act"] == "minimise"]
    assert (report, "everywhere") == (entry["case"], entry["about"])


def test_only_the_place_that_is_named_is_struck(office: Office) -> None:
    report, _ = numbers(office)
    office.json("minimise", str(report), "who:all")
    office.json("minimise", str(report), "file-1:all")
    shown = office.json("show", str(report))
    assert (minimising.STRUCK, True) == (shown["answers"]["who"], NAME in shown["answers"]["what"])
    assert [minimising.STRUCK] == [file["name"] for file in shown["attachments"]]
    assert ["who", "file-1"] == [each["place"] for each in shown["struck"]]
    assert 0 == office.run("outbox", "--out", office.out).code


@pytest.mark.parametrize(
    "words",
    [
        ["what", "--text", "nothing of it"], ["nowhere", "--text", NAME], ["follow-up-2:all"],
        ["what", "--text", ""], ["everywhere:all"], [NAME, "--text", NAME],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_does_not_stand_there_changes_nothing(office: Office, words: list[str]) -> None:
    report, _ = numbers(office)
    before = office.state()
    assert 1 == office.run("minimise", str(report), *words).code
    assert before == office.state()
    assert NAME not in office.run("journal", "print").out
