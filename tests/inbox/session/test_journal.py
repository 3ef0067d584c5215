"""The journal: what every act leaves in it, and that nothing in it can be changed unnoticed."""

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
    """Return what verifying says of a journal that does not hold."""
    with pytest.raises(Refused) as caught:
        anchors.check(session, None, None)
    return str(caught.value)


def flips(value: Any) -> Iterator[Any]:
    """Yield what a column holds with one bit of one byte flipped, for each byte in turn; a number has 8."""
    if isinstance(value, bytes):
        for place, byte in enumerate(value):
            yield value[:place] + bytes([byte ^ 1 << place % 8]) + value[place + 1 :]
    elif value is not None:
        raw = value.to_bytes(8, "big", signed=True)
        for place, byte in enumerate(raw):
            other = raw[:place] + bytes([byte ^ 0x80]) + raw[place + 1 :]
            yield int.from_bytes(other, "big", signed=True)


# One of each kind: bare, about a case, about a thing, with a reason, of a day before that of the last.
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
    """Give the vault with a journal that has one entry of each kind behind that of the founding."""
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
def test_a_flipped_byte_anywhere_is_found_and_its_entry_named(opened_trio: Inbox, stride: int) -> None:
    """Bytes of every column of every entry, as somebody would flip them who has the vault open."""
    columns = JournalEntry.__table__.columns
    # What the session holds is asked anew below.
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


def test_no_two_journals_begin_alike(opened_trio: Inbox, founded: builders.Office) -> None:
    """The genesis is drawn: what was noted in one inbox cannot be put into another."""
    with founded.opened() as other:
        begun = []
        for inbox in (opened_trio, other):
            with inbox.transaction() as session:
                begun.append(next(journal.follow(session)))
    assert [(0, 32), (0, 32)] == [(head.n, len(head.hash)) for head in begun]
    assert begun[0] != begun[1]


@pytest.mark.parametrize("column", ["journal_genesis", "journal_seed", "deployment"])
def test_a_flipped_byte_of_what_the_journal_begins_with_is_found(opened_trio: Inbox, column: str) -> None:
    """Its first entry does not fit any more."""
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
def test_what_is_removed_or_put_elsewhere_is_named(opened_trio: Inbox, change: Any, said: str) -> None:
    with undone(opened_trio) as session:
        session.execute(change)
        session.expire_all()
        assert said in broken(session)


def test_the_last_entry_cannot_be_filed_under_another_number(opened_trio: Inbox) -> None:
    """The chain alone would not see it."""
    with undone(opened_trio) as session:
        last = journal.head(session).n
        session.execute(update(JournalEntry).where(JournalEntry.n == last).values(n=last + 5))
        session.expire_all()
        assert f"entry {last} of the journal does not match its row in the vault" == broken(session)


def test_a_damaged_end_stops_no_work_and_is_named(trio: Trio) -> None:
    """The reports can still be read; the entry stays in its place, damaged, and others follow it."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        last = journal.head(session).n
        session.execute(update(JournalEntry).where(JournalEntry.n == last).values(raw=b"{}"))
    assert 0 == trio.others.run("case", "list").code
    verified = trio.others.run("journal", "verify")
    assert (1, "") == (verified.code, verified.out)
    assert f"error: entry {last} of the journal was altered" in verified.err
    printed = trio.others.run("journal", "list", "--from", str(last)).out
    assert f"{last}  ????-??-??  damaged; see: inbox journal verify" in printed


def test_a_clock_set_back_leaves_no_entry(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does the command do anything: an act without a day in order cannot be noted."""
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


def test_an_act_that_is_undone_leaves_no_entry(trio: Trio) -> None:
    """Both are in one transaction. That a reason was compared with the identity stays: that was answered."""
    before = trio.others.json("journal", "list")["head"]["n"]
    assert 1 == trio.others.run("message", "reply", "1", "--text", " ").code
    assert 1 == trio.others.run("access", "conflict", "add", "1", "zoe", "--reason", "x").code
    since = trio.others.json("journal", "list", "--from", str(before + 1))["entries"]
    assert ["compare-identity", "read-journal"] == [each["action"] for each in since]


def test_it_is_printed_for_people_and_programs(trio: Trio) -> None:
    """Day, who, what, which case, about what, why; the end is what stands on the last line."""
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


def test_the_newest_entry_of_an_action_is_that_of_no_other_which_names_it(opened_trio: Inbox) -> None:
    who = Actor(dict.fromkeys(("alice", "chloe"), Presence.OWN), today())
    with undone(opened_trio) as session:
        for taken in (action(Code.SIGN_IN), action(Code.LIST_SETTINGS)):
            journal.note(session, who, taken)
        for word in ("sign-in", "export-card"):
            journal.note(session, who, action(Code.LIST_FOR_VISA, list=word))
        assert journal.newest(session, Code.EXPORT_CARD) is None
        found = journal.newest(session, Code.SIGN_IN)
        assert (found and found.action) == "sign-in"


def test_the_newest_entries_that_match_are_read_and_whether_there_are_earlier_ones(trio: Trio) -> None:
    """Those before a number, or of an action, at most so many, in order."""
    with trio.others.opened() as inbox:

        def numbers(most: int, **wanted: Any) -> tuple[list[int], bool]:
            who = Actor({"alice": Presence.OWN}, today())
            read = journal_actions.read(inbox, who, Wanted(**wanted), most)
            return [each.n for each in read.lines], read.is_more

        assert ([3, 4], True) == numbers(2, before=5)
        assert ([1, 2, 3, 4], False) == numbers(4, before=5)
        replies, is_more = numbers(3, action="reply")
        assert (3, False) == (len(replies), is_more)
        assert (replies[1:], True) == numbers(2, action="reply")


def test_the_journal_reads_the_same_for_who_is_kept_from_a_case_and_who_has_not_declared_it(
    trio: Trio,
) -> None:
    """Line by line, on both surfaces: else the one who is named in it would learn that there is one."""

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


def test_what_is_about_a_case_that_is_kept_from_somebody_present_is_withheld(trio: Trio) -> None:
    """Number and day remain, so that the chain shows no gap; the others read all of it."""
    withheld = [each for each in trio.excluded.json("journal", "list")["entries"] if each["withheld"]]
    full = {each["n"]: each for each in trio.others.json("journal", "list")["entries"]}
    about = [n for n, each in full.items() if each.get("case") == KEPT]
    assert about == [each["n"] for each in withheld]
    assert all(set(each) == {"n", "day", "withheld"} for each in withheld)
    assert len(about) >= 3
    lines = trio.excluded.run("journal", "list").out
    assert len(about) == lines.count("withheld: this case is not shown to every signed-in officer")
