"""Every command hides a case from an excluded officer. The reporter cannot notice the exclusion."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from crypto import bundle
from crypto.journal import Presence
from inbox.access import conflicts
from inbox.cli.main import commands
from inbox.session import journal
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.vault import queries_access
from inbox.vault.casework_tables import Link
from tests.support.case_commands import MORE, taking_a_case
from tests.support.inbox_builders import Office, Said, World, read_outbox, today
from tests.support.inbox_clock import moved
from tests.support.inbox_kills import killed_everywhere
from tests.support.inbox_trio import CANARY, KEPT, Trio, undone


@pytest.fixture(scope="module")
def before(founded_trio: Trio) -> dict[str, Any]:
    """The state of the inbox of three officers. The commands in these tests do not change this state."""
    return founded_trio.office.state()


@pytest.mark.parametrize("path", [*taking_a_case(commands)], ids=" ".join)
def test_for_an_excluded_officer_every_command_answers_as_if_the_case_did_not_exist(
    founded_trio: Trio, before: dict[str, Any], tmp_path: Path, path: tuple[str, ...]
) -> None:
    """The output is the same word for word, in text and in JSON, and the inbox does not change.

    The next test is the control.
    """
    more = [str(tmp_path / "out") if word == "OUT" else word for word in MORE[path]]

    def run(office: Office, number: int, *form: str) -> Said:
        return office.run(*path, str(number), *more, *form)

    told = {
        "code": "case-refused",
        "message": f"there is no case {KEPT}",
        "hint": "see the numbers: inbox case list",
    }
    lines = f"error: {told['message']}\nhint: {told['hint']}\n"
    for form, said in (((), lines), (("--json",), json.dumps(told) + "\n")):
        kept, absent = (run(founded_trio.excluded, number, *form) for number in (KEPT, 9))
        assert (1, "") == (kept.code, kept.out)
        assert kept.err.endswith(said)
        assert kept == Said(absent.code, absent.out, absent.err.replace("9", str(KEPT)))
    assert before == founded_trio.office.state()
    assert not (tmp_path / "out").exists()


def test_for_officers_who_are_not_excluded_the_same_commands_find_the_case(
    trio: Trio, tmp_path: Path
) -> None:
    """The control of the test above."""
    for path, more in MORE.items():
        words = [str(tmp_path / "out") if word == "OUT" else word for word in more]
        assert "there is no case" not in trio.others.run(*path, str(KEPT), *words).err, path


def test_no_list_reveals_the_case_to_an_excluded_officer(trio: Trio) -> None:
    """The test reads the lists of cases, exclusions and unfiled envelopes, and the journal.

    The control is the output for the other officers.
    """
    commands_ = (["case", "list"], ["journal", "list"], ["access", "conflict", "list"], ["journal", "verify"])
    said = [trio.excluded.run(*words).out for words in commands_]
    shown = [trio.others.run(*words).out for words in commands_]
    for out in said[:3]:
        assert CANARY not in out
        assert f"case {KEPT}" not in out
    assert CANARY in shown[0]
    assert all(f"case {KEPT}" in out for out in shown[1:3])
    listed = trio.excluded.json("case", "list")
    assert [1, 2] == [case["case"] for case in listed["cases"]]
    lists = [office.json("exchange", "unopened", "list") for office in (trio.excluded, trio.others)]
    assert lists[0]["count"] == len(lists[0]["unopened"]) == listed["unopened"] < lists[1]["count"]


def test_an_excluded_officer_finds_no_entry_about_the_case_in_the_journal(
    trio: Trio,
) -> None:
    """In text and in JSON, the output is the same as for a case that does not exist.

    The control is the output for the other officers.
    """
    for form in ((), ("--json",)):
        # Each run has its own copy, because reading the journal adds an entry to it.
        kept, absent, shown = (
            office.copy(office.root.parent.with_name(f"{name}{len(form)}")).run(
                "journal", "list", "--case", str(number), *form
            )
            for name, office, number in (
                ("kept", trio.excluded, KEPT),
                ("absent", trio.excluded, 9),
                ("shown", trio.others, KEPT),
            )
        )
        assert (kept.code, kept.out, kept.err) == (0, absent.out, absent.err)
        assert shown.out.count("exclude") > kept.out.count("exclude") == 0


def test_the_number_of_envelopes_set_aside_does_not_include_those_of_hidden_cases(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``key destroy`` prints this count.

    The count must equal the length of the list that the same officers see.
    """
    clock = moved(monkeypatch)
    clock.wait(70)
    trio.others.json("key", "rotate")
    clock.wait(40)
    told = []
    for office in (trio.excluded, trio.others):
        kept = office.copy(office.root.parent.with_name(f"copy{len(told)}"))
        listed = sum(row["file"] is not None for row in kept.json("exchange", "unopened", "list")["unopened"])
        told.append(json.loads(kept.run("key", "destroy", "--json").out)["set_aside"])
        assert listed == told[-1]
    assert told[0] < told[1]


def test_an_outbox_made_by_an_excluded_officer_also_refreshes_the_slot_of_the_hidden_case(trio: Trio) -> None:
    """The reporter of the hidden case gets an update like every other reporter."""
    assert 0 == trio.excluded.run("exchange", "outbox", "--out", trio.office.out).code
    outbox, _, files = read_outbox(trio.office.out / "outbox-inspection-2.tar", World(trio.others))
    assert 3 == len(outbox.slots) == len(outbox.closed)
    assert 1 == len({len(files[bundle.slot_name(slot.case_id)]) for slot in outbox.slots})


def test_an_officer_who_is_named_in_a_report_is_excluded_from_all_linked_cases(opened_trio: Inbox) -> None:
    """The journal records each exclusion. The first entry is for the case that names the officer."""
    with undone(opened_trio) as session:
        session.execute(
            update(Link).where(Link.case.in_((1, 2)), Link.other.in_((1, 2))).values(kind="same_facts")
        )
        last = journal.head(session).n
        assert [1, 2] == conflicts.keep(session, Actor({"alice": Presence.OWN}, today()), {1: ["bruno"]})
        assert {(1, "bruno"), (2, "bruno"), (KEPT, "bruno")} == {
            (row.case, row.officer) for row in queries_access.exclusions(session)
        }
        noted = [each.entry for each in journal.lines(session, last + 1)]
        assert [("found-conflict", 1), ("spread-conflict", 2)] == [
            (each.action, each.case) for each in noted if each
        ]


def test_an_exclusion_and_its_journal_entry_are_stored_either_together_or_not_at_all(
    trio: Trio, tmp_path: Path
) -> None:
    """The process is killed at every possible point while it adds an alias that causes an exclusion."""
    command = ("access", "alias", "add", "chloe", "case 1")
    copies = killed_everywhere(trio.others, tmp_path / "killed", today(), *command)
    states = set()
    for copy in copies:
        with copy.opened() as inbox, inbox.transaction() as session:
            kept = {(row.case, row.officer) for row in queries_access.exclusions(session)}
            named = len(queries_access.aliases(session))
            states.add(((1, "chloe") in kept, named, journal.head(session).n))
    (before, after) = sorted(states)
    assert (False, 0, True, 1) == (*before[:2], *after[:2])
    assert before[2] + 2 == after[2]
    assert len(copies) > 2
