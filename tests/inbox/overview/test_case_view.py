"""All cases are shown with the same members, and keys that expire soon are announced."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.vault.tables import IntakeKey, ReplyKey
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Reporter, Sent, World


def first(reporter: Reporter, **changes: Any) -> Sent:
    return Sent(reporter.report(**changes), reporter.keys.case_id)


def to_read(office: Office) -> list[tuple[bool, int]]:
    return [(case["new"], case["unread_follow_ups"]) for case in office.json("case", "list")["cases"]]


def end(office: Office, kind: type[IntakeKey] | type[ReplyKey], days: int) -> None:
    """Let the keys of this kind expire after this many days."""
    with office.opened() as inbox, inbox.transaction() as session:
        for key in session.query(kind):
            key.not_after = build.today() + timedelta(days=days)


def test_signed_and_unsigned_cases_have_the_same_members_in_json(
    world: World, collect_all: Callable[..., Any]
) -> None:
    collect_all(first(Reporter(world), files=[b"x"]), Sent(build.drop(world, "Écrit à la main")))
    shown = [world.office.json("case", "show", number) for number in "12"]
    (unsigned,) = [view for view in shown if view["flags"]]
    (signed,) = [view for view in shown if not view["flags"]]
    assert list(signed) == list(unsigned)
    assert (None, "Écrit à la main") == (signed["note"], unsigned["note"])
    assert (None, None, {}, {}) == tuple(
        unsigned[name] for name in ("written", "questionnaire", "answers", "labels")
    )


def test_commands_that_change_a_case_or_write_a_file_report_the_result_in_json(
    world: World, collect_all: Callable[..., Any], tmp_path: Path
) -> None:
    collect_all(first(Reporter(world), files=[b"data"]))
    (described,) = world.office.json("case", "show", "1")["attachments"]
    out = tmp_path / "out"
    written = world.office.json("file", "export", "1", "1", "--out", out, "--reason", "x")
    assert "the reporter's original file" in written.pop("warning")
    assert {"case": 1, "file": str(out)} | described == written
    assert b"data" == out.read_bytes()
    replied = world.office.json("message", "reply", "1", "--text", "Bonjour")
    assert {"case": 1, "day": build.today().isoformat(), "slot": 1} == replied
    assert {"case": 1, "status": "assessing"} == world.office.json("case", "set-status", "1", "assessing")
    assert "closed" == world.office.close("1")["status"]
    assert "closed" == world.office.json("case", "show", "1")["status"]


@pytest.mark.parametrize(
    "words",
    [["file", "export", "1", "9", "--out", "x", "--reason", "x"], ["message", "reply", "7", "--text", "a"]],
)
def test_a_refusal_prints_no_json(world: World, collect_all: Callable[..., Any], words: list[str]) -> None:
    collect_all(first(Reporter(world)))
    said = world.office.run(*words, "--json")
    assert (1, "", True) == (said.code, said.out, said.err.startswith('{"code": "'))


def test_a_case_or_follow_up_is_marked_as_unread_until_an_officer_reads_it(
    world: World, collect_all: Callable[..., Any]
) -> None:
    """A follow-up to a closed case is marked as well. Listing and collecting do not mark anything as read."""
    reporter = Reporter(world)
    collect_all(first(reporter), first(Reporter(world)))
    number = str(next(iter(collect_all(Sent(reporter.follow_up()))["follow_ups"])))
    assert [(True, 0), (True, 1)] == sorted(to_read(world.office))
    shown = world.office.json("case", "show", number)
    assert (True, [True]) == (shown["new"], [each["unread"] for each in shown["follow_ups"]])
    assert [(False, 0), (True, 0)] == sorted(to_read(world.office))
    world.office.close(number)
    collect_all(Sent(reporter.follow_up()), Sent(reporter.follow_up()))
    assert [(False, 2), (True, 0)] == sorted(to_read(world.office))
    listed = world.office.run("case", "list").out
    assert "       NOT READ YET: 2 follow-ups\n" in listed
    assert "       NOT READ YET: the report\n" in listed
    assert listed.endswith("\nnot read yet: case 1, 2; to see one: inbox case show CASE\n")
    shown_lines = world.office.run("case", "show", number).out
    assert 2 == shown_lines.count(", not read before:")
    assert ", not read before" not in world.office.run("case", "show", number).out
    assert f"not read yet: case {3 - int(number)};" in world.office.run("case", "list").out
    world.office.run("case", "show", str(3 - int(number)))
    assert "read yet" not in world.office.run("case", "list").out.lower()


def test_a_repeated_message_is_not_marked_as_unread(world: World, collect_all: Callable[..., Any]) -> None:
    """The message may be a repeated report or follow-up, or a follow-up signed with another key."""
    reporter = Reporter(world)
    sent = [first(reporter), Sent(reporter.follow_up())]
    collect_all(*sent)
    world.office.run("case", "show", "1")
    collect_all(*sent, Sent(reporter.follow_up(seed=bytes(32))))
    assert [(False, 0)] == to_read(world.office)


def test_a_refused_attempt_to_show_a_case_marks_nothing_as_read(
    world: World, collect_all: Callable[..., Any]
) -> None:
    collect_all(first(Reporter(world)))
    before = world.office.state()
    assert 1 == world.office.run("case", "show", "2").code
    assert before == world.office.state()


def commands(world: World, tmp_path: Path) -> list[list[str | Path]]:
    return [
        ["case", "list"],
        ["exchange", "keyring", "--out", tmp_path / "keyring"],
        ["exchange", "outbox", "--out", world.office.out],
    ]


@pytest.mark.parametrize("kind", [IntakeKey, ReplyKey], ids=["intake", "reply"])
@pytest.mark.parametrize(
    ("days", "words"),
    [
        (31, None),
        (30, "the last {} key expires in 30 days, on "),
        (15, "the last {} key expires in 15 days, on "),
        (14, "soon: the last {} key expires in 14 days, on "),
        (8, "soon: the last {} key expires in 8 days, on "),
        (7, "urgent: the last {} key expires in 7 days, on "),
        (1, "urgent: the last {} key expires tomorrow; after that day, "),
        (0, "urgent: the last {} key expires today; after that day, "),
    ],
)
def test_a_warning_announces_that_the_last_key_will_expire(
    world: World, kind: Any, days: int, words: str | None
) -> None:
    """The JSON output of the list contains the warning."""
    end(world.office, kind, days)
    name = "intake" if kind is IntakeKey else "reply"
    expected = [] if words is None else [words.format(name)]
    told = world.office.json("case", "list")["warnings"]
    assert expected == [text[: len(start)] for text, start in zip(told, expected, strict=True)]


@pytest.mark.parametrize("kind", [IntakeKey, ReplyKey], ids=["intake", "reply"])
def test_the_list_and_the_keyring_and_the_outbox_give_the_same_warning(
    world: World, tmp_path: Path, kind: Any
) -> None:
    """The warning is in the JSON output, and on standard error for people."""
    end(world.office, kind, 7)
    (expected,) = world.office.json("case", "list")["warnings"]
    for command in commands(world, tmp_path):
        assert [expected] == world.office.json(*command)["warnings"]
        said = world.office.run(*command)
        assert (0, f"warning: {expected}\n") == (said.code, said.err)


def test_no_warning_is_shown_about_an_expired_key_if_a_newer_key_is_valid(world: World) -> None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        (key,) = session.query(ReplyKey)
        ended = build.today() - timedelta(days=1)
        session.add(ReplyKey(id=b"x", key=b"x", seed=b"x", not_before=key.not_before, not_after=ended))
    assert [] == world.office.json("case", "list")["warnings"]


def test_once_the_last_intake_key_has_expired_a_warning_states_the_consequence(
    world: World, tmp_path: Path, collect_all: Callable[..., Any]
) -> None:
    """No new report can be sent.

    Reports that were encrypted in time are still collected, and replies are still sent.
    """
    end(world.office, IntakeKey, -1)
    assert [1] == collect_all(first(Reporter(world)))["cases"]
    for command in commands(world, tmp_path):
        said = world.office.run(*command)
        assert (0, 1) == (said.code, said.err.count("\n"))
        assert (
            f"intake key expired on {build.today() - timedelta(days=1)}: nobody can send a report" in said.err
        )


def test_once_the_last_reply_key_has_expired_a_warning_states_the_consequence(
    world: World, tmp_path: Path
) -> None:
    end(world.office, ReplyKey, -1)
    listing, keyring, outbox = (world.office.run(*command) for command in commands(world, tmp_path))
    for said in (listing, keyring):
        assert (0, True) == (said.code, "no outbox can be made: replies and statuses" in said.err)
    assert (1, True) == (outbox.code, "no outbox can be made" in outbox.err)
    assert "inbox key rotate" in outbox.err


def test_a_warning_about_a_key_names_a_command_that_exists(world: World) -> None:
    """If the warning named a wrong command, an office would lose days."""
    for kind in (IntakeKey, ReplyKey):
        end(world.office, kind, 3)
    told = " ".join(world.office.json("case", "list")["warnings"])
    assert 2 == told.count("inbox key rotate")
    assert 0 == world.office.run("key", "rotate", "--help").code
