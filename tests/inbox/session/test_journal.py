"""Every action is recorded in the journal, and every change to the journal is detected."""

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.language.errors import Refused
from inbox.session import anchors, journal, journal_actions
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.session.journal_actions import Wanted
from inbox.vault.casework_tables import Declaration
from inbox.vault.tables import Exclusion, JournalEntry, Office
from tests.support import inbox_builders as builders
from tests.support.desk_room import sitting
from tests.support.gate import steps
from tests.support.inbox_builders import today
from tests.support.inbox_clock import moved
from tests.support.inbox_trio import KEPT, Trio, undone


def broken(session: Session) -> str:
    """Verify a journal that was changed, and return the error."""
    with pytest.raises(Refused) as caught:
        anchors.check(session, None, None)
    return str(caught.value)


def flips(value: Any) -> Iterator[Any]:
    """Yield the value of a column again and again, each time with one bit flipped in a different byte.

    A number has 8 bytes.
    """
    if isinstance(value, bytes):
        for place, byte in enumerate(value):
            yield value[:place] + bytes([byte ^ 1 << place % 8]) + value[place + 1 :]
    elif value is not None:
        raw = value.to_bytes(8, "big", signed=True)
        for place, byte in enumerate(raw):
            other = raw[:place] + bytes([byte ^ 0x80]) + raw[place + 1 :]
            yield int.from_bytes(other, "big", signed=True)


# There is one entry of each kind: plain, about a case, with a value, and with a reason. One entry has an
# earlier day than the entry before it.
ACTIONS = [
    action(Code.LIST),
    action(Code.SHOW, KEPT),
    action(Code.SET_STATUS, 70_000, status="closed"),
    action(Code.EXCLUDE, 1, "son frère, dit-elle", officer="bruno"),
    action(Code.CORRECT_CLOCK, None, "a new battery"),
    action(Code.OPEN),
]


@contextlib.contextmanager
def short_journal(opened_trio: Inbox) -> Iterator[Session]:
    """Yield a session whose journal has one entry of each kind after the entry for the founding."""
    with undone(opened_trio) as session:
        session.execute(delete(JournalEntry).where(JournalEntry.n > 1))
        day = today() + timedelta(1)
        for each in ACTIONS:
            day = today() if each.code is Code.CORRECT_CLOCK else day
            journal.note(session, Actor(dict.fromkeys(("alice", "chloe"), Presence.OWN), day), each)
        assert len(ACTIONS) + 1 == anchors.check(session, None, None).head.n
        yield session
        session.expire_all()
        assert len(ACTIONS) + 1 == anchors.check(session, None, None).head.n


@steps(5)
def test_a_flipped_byte_in_any_column_is_detected_and_the_error_names_the_entry(
    opened_trio: Inbox, stride: int
) -> None:
    """Anybody with the open vault could change bytes in this way."""
    columns = JournalEntry.__table__.columns
    # The session reloads its objects before the next check.
    change = update(JournalEntry).execution_options(synchronize_session=False)
    with short_journal(opened_trio) as session:
        for row in session.execute(select(*columns)).all():
            for column in columns:
                for wrong in islice(flips(getattr(row, column.name)), 0, None, stride):
                    stored = wrong if column.primary_key else row.n
                    session.execute(change.filter_by(n=row.n).values({column.name: wrong}))
                    session.expire_all()
                    said = broken(session)
                    assert said.startswith(f"entry {row.n} of the journal "), (column.name, wrong)
                    session.execute(change.filter_by(n=stored).values(**row._mapping))


def test_every_journal_begins_with_its_own_random_genesis(
    opened_trio: Inbox, founded: builders.Office
) -> None:
    """Therefore entries of one inbox cannot be moved to another inbox."""
    with founded.opened() as other:
        begun = []
        for inbox in (opened_trio, other):
            with inbox.transaction() as session:
                begun.append(next(journal.follow(session)))
    assert [(0, 32), (0, 32)] == [(head.n, len(head.hash)) for head in begun]
    assert begun[0] != begun[1]


@pytest.mark.parametrize("column", ["journal_genesis", "journal_seed", "deployment"])
def test_a_flipped_byte_in_the_genesis_the_seed_or_the_deployment_is_detected(
    opened_trio: Inbox, column: str
) -> None:
    """After the change, the first entry no longer matches the genesis."""
    with short_journal(opened_trio) as session:
        whole = session.scalars(select(getattr(Office, column))).one()
        for wrong in flips(whole):
            session.execute(update(Office).values({column: wrong}))
            session.expire_all()
            assert broken(session).startswith("entry 1 of the journal ")
        session.execute(update(Office).values({column: whole}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (delete(JournalEntry).where(JournalEntry.n == 1), "entry 1 of the journal is missing"),
        (delete(JournalEntry).where(JournalEntry.n == 4), "entry 4 of the journal is missing"),
        (delete(JournalEntry).where(JournalEntry.n.in_([3, 4])), "entry 3 of the journal is missing"),
        (update(JournalEntry).where(JournalEntry.n == 4).values(n=99), "entry 4 of the journal is missing"),
        (
            update(JournalEntry).where(JournalEntry.case == KEPT).values(case=None),
            "does not match its row in the vault",
        ),
        (
            update(JournalEntry).where(JournalEntry.n == 2).values(case=1),
            "entry 2 of the journal does not match",
        ),
        (update(Office).values(journal_genesis=bytes(32)), "entry 1 of the journal does not follow"),
        (update(Office).values(journal_seed=bytes(32)), "entry 1 of the journal was altered"),
    ],
    ids=["first", "middle", "two", "moved", "filed-for-all", "filed-for-case", "genesis", "seed"],
)
def test_the_error_about_a_removed_or_moved_entry_names_the_entry(
    opened_trio: Inbox, change: Any, said: str
) -> None:
    with undone(opened_trio) as session:
        session.execute(change)
        session.expire_all()
        assert said in broken(session)


@pytest.mark.parametrize("column", ["raw", "signature"])
def test_of_several_wrong_entries_in_a_long_journal_the_error_names_the_first(
    opened_trio: Inbox, column: str
) -> None:
    """Threads check the entries in groups, ahead of the chain."""
    with undone(opened_trio) as session:
        who = Actor(dict.fromkeys(("alice", "chloe"), Presence.OWN), today())
        first = journal.head(session).n + 1
        journal.note(session, who, *[action(Code.LIST)] * (6 * journal._AT_ONCE))
        wrong = first + 3 * journal._AT_ONCE
        assert wrong < anchors.check(session, None, None).head.n
        for n in (wrong, wrong + 1, wrong + journal._AT_ONCE):
            (value,) = session.execute(select(getattr(JournalEntry, column)).filter_by(n=n)).one()
            change = update(JournalEntry).filter_by(n=n).values({column: value[:-1] + b"\x7f"})
            session.execute(change.execution_options(synchronize_session=False))
        session.expire_all()
        assert f"entry {wrong} of the journal was altered" == broken(session)


def test_moving_the_last_entry_to_another_number_is_detected(opened_trio: Inbox) -> None:
    """The hash chain alone would not reveal the move."""
    with undone(opened_trio) as session:
        last = journal.head(session).n
        session.execute(update(JournalEntry).where(JournalEntry.n == last).values(n=last + 5))
        session.expire_all()
        assert f"entry {last} of the journal does not match its row in the vault" == broken(session)


def test_if_the_last_entry_is_damaged_the_error_names_it_and_work_can_continue(trio: Trio) -> None:
    """Reports can still be read. The damaged entry stays in its place, and others follow it."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        last = journal.head(session).n
        session.execute(update(JournalEntry).where(JournalEntry.n == last).values(raw=b"{}"))
    assert 0 == trio.others.run("case", "list").code
    verified = trio.others.run("journal", "verify")
    assert (1, "") == (verified.code, verified.out)
    assert f"error: entry {last} of the journal was altered" in verified.err
    printed = trio.others.run("journal", "list", "--from", str(last)).out
    assert f"{last}  ????-??-??  damaged; see: inbox journal verify" in printed


def test_while_the_clock_is_set_back_no_action_is_taken_or_recorded(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal could not record an action, because the days of its entries must not decrease."""
    before = trio.office.state()
    clock = moved(monkeypatch)
    clock.wait(-1)
    for words in (
        ["case", "list"],
        ["case", "show", "1"],
        ["access", "conflict", "add", "1", "chloe", "--reason", "x"],
    ):
        said = trio.others.run(*words)
        assert (1, True) == (said.code, "but the journal already has an entry dated" in said.err)
    clock.wait(1)
    assert 0 == trio.others.run("case", "list").code
    assert before == trio.office.state()


def test_an_action_that_is_rolled_back_leaves_no_entry(trio: Trio) -> None:
    """The action and its entry are in one transaction.

    However, the comparison with the identity stays recorded, because the officer got an answer.
    """
    before = trio.others.json("journal", "list")["head"]["n"]
    assert 1 == trio.others.run("message", "reply", "1", "--text", " ").code
    assert 1 == trio.others.run("access", "conflict", "add", "1", "zoe", "--reason", "x").code
    since = trio.others.json("journal", "list", "--from", str(before + 1))["entries"]
    assert ["compare-identity", "read-journal"] == [each["action"] for each in since]


def test_the_journal_is_printed_as_text_and_as_json(trio: Trio) -> None:
    """Each line has the day, officers, action, case, values and reason. The last line is the head."""
    printed = trio.others.run("journal", "list").out.splitlines()
    said = trio.others.json("journal", "list", "--from", "2")
    day = today().isoformat()
    assert f"     1  {day}  alice (passphrase), bruno (passphrase), chloe (passphrase): found (" in printed[0]
    (line,) = [line for line in printed if " exclude " in line]
    assert line.endswith(
        f"{day}  alice (passphrase), chloe (passphrase): exclude case {KEPT} (bruno) reason: he is named"
    )
    assert 2 == said["entries"][0]["n"]
    (entry,) = [each for each in said["entries"] if each.get("action") == "exclude"]
    assert (
        dict.fromkeys(("alice", "chloe"), "passphrase"),
        KEPT,
        {"officer": "bruno"},
        "he is named",
        False,
    ) == tuple(entry[key] for key in ("officers", "case", "values", "reason", "withheld"))
    n, fingerprint = printed[-1].removeprefix("journal: entry ").split(", ")
    assert "" == printed[-2]
    assert (int(n) + 1, 8) == (said["head"]["n"], len(fingerprint.split()))


def test_a_search_for_the_newest_entry_of_an_action_ignores_entries_that_only_mention_its_name(
    opened_trio: Inbox,
) -> None:
    who = Actor(dict.fromkeys(("alice", "chloe"), Presence.OWN), today())
    with undone(opened_trio) as session:
        for taken in (action(Code.SIGN_IN), action(Code.LIST_SETTINGS)):
            journal.note(session, who, taken)
        for word in ("sign-in", "export-card"):
            journal.note(session, who, action(Code.LIST_FOR_VISA, list=word))
        assert journal.newest(session, Code.EXPORT_CARD) is None
        found = journal.newest(session, Code.SIGN_IN)
        assert (found and found.action) == "sign-in"


def test_the_journal_returns_the_newest_matching_entries_and_tells_whether_there_are_earlier_ones(
    trio: Trio,
) -> None:
    """The test filters the entries once by number and once by action.

    The entries are in ascending order.
    """
    with trio.others.opened() as inbox:

        def numbers(most: int, **wanted: Any) -> tuple[list[int], bool]:
            who = Actor({"alice": Presence.OWN}, today())
            read = journal_actions.read(inbox, who, Wanted(**wanted), most)
            return [each.n for each in read.lines], read.is_more

        assert ([3, 4], True) == numbers(2, before=5)
        assert ([1, 2, 3, 4], False) == numbers(4, before=5)
        newest, is_more = numbers(2)
        assert (2, True) == (len(newest), is_more)
        replies, is_more = numbers(3, action="reply")
        assert (3, False) == (len(replies), is_more)
        assert (replies[1:], True) == numbers(2, action="reply")


def test_an_exclusion_and_a_missing_declaration_look_the_same_in_the_journal(
    trio: Trio,
) -> None:
    """Otherwise an officer whom a case names could learn that the case exists.

    The test compares the output of the command and of the desk line by line.
    """

    def shown() -> tuple[list[str], list[str], list[str]]:
        office = trio.excluded
        with sitting(office, officer="bruno") as client:
            journal = client.page("/en/journal").replace(client.desk.place, "")
        page = re.findall(r"<tr><td>\d+</td>.*", journal)
        entries = [str(each) for each in office.json("journal", "list")["entries"]]
        return entries[:last], office.run("journal", "list").out.splitlines()[:last], page[-last:]

    last = trio.others.json("journal", "list")["head"]["n"]
    kept = shown()
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Exclusion))
        session.execute(delete(Declaration).filter_by(case=KEPT))
    assert kept == shown()
    assert any("withheld: this" in line for line in kept[2])


def test_entries_about_a_case_are_withheld_if_a_signed_in_officer_is_excluded_from_it(trio: Trio) -> None:
    """The number and the day of the entry remain, so that the chain has no gap.

    Other officers read the whole entry.
    """
    withheld = [each for each in trio.excluded.json("journal", "list")["entries"] if each["withheld"]]
    full = {each["n"]: each for each in trio.others.json("journal", "list")["entries"]}
    about = [n for n, each in full.items() if each.get("case") == KEPT]
    assert about == [each["n"] for each in withheld]
    assert all(set(each) == {"n", "day", "withheld"} for each in withheld)
    assert len(about) >= 3
    lines = trio.excluded.run("journal", "list").out
    assert len(about) == lines.count("withheld: this case is not shown to every signed-in officer")
