"""Anchors and heads on paper.

Anchors and heads together show whether the journal was rewritten or cut by somebody who can sign it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from crypto import anchors as form
from crypto import bundle, journal
from crypto.bundle import Manifest
from crypto.journal import ENTRY, Head, Presence
from inbox.language.errors import Refused
from inbox.session import anchors
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.session.journal import note
from inbox.vault import queries_access
from inbox.vault.tables import JournalEntry, Office, OutboxBundle, ReplyKey
from tests.support import inbox_builders as build
from tests.support.inbox_trio import undone

Kept = list[tuple[int, Manifest]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> build.Office:
    """An inbox that made three outboxes. Other actions come before, between and after them."""
    made = build.Office.found(tmp_path_factory.mktemp("anchored"))
    for _ in range(3):
        assert 0 == made.run("case", "list").code
        assert 0 == made.run("exchange", "outbox", "--out", made.out).code
    assert 0 == made.run("case", "list").code
    return made


@pytest.fixture(scope="module")
def opened(office: build.Office) -> Iterator[Inbox]:
    with office.opened() as inbox:
        yield inbox


@pytest.fixture(scope="module")
def kept(office: build.Office) -> Kept:
    """The manifests of the three outboxes, as the portal keeps them."""
    paths = [office.out / f"outbox-inspection-{n}.tar" for n in (1, 2, 3)]
    return [(n, bundle.read([path.read_bytes()])[0]) for n, path in enumerate(paths, 1)]


def check(session: Session, kept: Kept | None, written: str | None = None) -> Any:
    session.expire_all()
    pieces = None if kept is None else form.write(kept)
    return anchors.check(session, pieces, anchors.paper(written) if written else None)


def refusal(session: Session, kept: Kept | None, written: str | None = None) -> str:
    with pytest.raises(Refused) as caught:
        check(session, kept, written)
    assert caught.value.hint
    return str(caught.value)


def head_of(session: Session, n: int) -> str:
    row = session.get_one(JournalEntry, n)
    return f"{n} {Head(n, journal.Signed(row.raw, row.signature).hash).fingerprint}"


def rewrite(
    session: Session, change: Callable[[journal.Entry], journal.Entry], genesis: bytes | None = None
) -> None:
    """Sign the whole journal again with one change.

    Anybody with the open vault can sign the journal again.
    """
    office = session.get_one(Office, 1)
    end = Head(0, genesis or office.journal_genesis)
    session.execute(update(Office).values(journal_genesis=end.hash))
    for row in list(queries_access.journal(session)):
        entry = build.replace(change(ENTRY.parse(row.raw)), previous=end.hash)
        signed = journal.sign(entry, office.deployment, office.journal_seed)
        session.execute(
            update(JournalEntry).filter_by(n=entry.n).values(raw=signed.raw, signature=signed.signature)
        )
        end = Head(entry.n, signed.hash)


def other_officer(n: int) -> Callable[[journal.Entry], journal.Entry]:
    """Return a change that attributes entry ``n`` to another officer."""
    return lambda entry: build.replace(entry, officers={"nobody": Presence.OWN}) if entry.n == n else entry


def test_an_unchanged_journal_agrees_with_every_anchor_and_every_head(opened: Inbox, kept: Kept) -> None:
    """The control for the tests below.

    The first anchors may be missing, and a typed head may have capitals or spaces.
    """
    with undone(opened) as session:
        found = check(session, kept)
        assert (8, 3, 7, []) == (found.head.n, found.outboxes, found.anchored, found.warnings)
        assert head_of(session, 8) == f"8 {found.head.fingerprint}"
        assert 2 == check(session, kept[1:]).outboxes
        for n in range(1, 9):
            check(session, None, head_of(session, n))
            check(session, None, head_of(session, n).lower().replace(" ", "  ").replace("  ", " ", 1))


@pytest.mark.parametrize("n", [1, 3, 6])
def test_a_rewritten_journal_is_detected_by_the_anchors_and_by_a_head_on_paper(
    opened: Inbox, kept: Kept, n: int
) -> None:
    """The journal itself is consistent.

    However, the first outbox after the change contains the hash of another entry.
    """
    with undone(opened) as session:
        written = head_of(session, 8)
        rewrite(session, other_officer(n))
        check(session, None)
        anchored = next(each for each in (3, 5, 7) if each >= n)
        assert f"entry {anchored} of the journal differs from the one that outbox" in refusal(session, kept)
        assert "entry 8 of the journal differs from the one on paper" in refusal(session, None, written)


def test_a_journal_with_another_genesis_is_detected(opened: Inbox, kept: Kept) -> None:
    """The genesis in the row of the office is changed, too."""
    with undone(opened) as session:
        rewrite(session, lambda entry: entry, genesis=bytes(32))
        check(session, None)
        assert "entry 3 of the journal differs from the one that outbox 1 names" in refusal(session, kept)


def test_only_a_head_on_paper_detects_a_change_after_the_last_anchor(opened: Inbox, kept: Kept) -> None:
    """Therefore officers should write down the head at the end of every day."""
    with undone(opened) as session:
        written = head_of(session, 8)
        rewrite(session, other_officer(8))
        check(session, kept)
        assert "entry 8 of the journal differs from the one on paper" in refusal(session, None, written)


@pytest.mark.parametrize("last", range(2, 7))
def test_a_missing_end_of_the_journal_is_detected(opened: Inbox, kept: Kept, last: int) -> None:
    """The error gives the number of the first missing entry."""
    with undone(opened) as session:
        written = head_of(session, 8)
        session.execute(delete(JournalEntry).where(JournalEntry.n > last))
        check(session, None)
        assert f"entry {last + 1} of the journal is missing: outbox" in refusal(session, kept)
        assert f"entry {last + 1} of the journal is missing: the head on paper names 8 entries" == refusal(
            session, None, written
        )


def test_the_removal_of_only_the_last_entry_is_detected(opened: Inbox) -> None:
    """Only a head on paper names that entry."""
    with undone(opened) as session:
        written = head_of(session, 8)
        session.execute(delete(JournalEntry).where(JournalEntry.n > 7))
        assert "entry 8 of the journal is missing: the head on paper names 8 entries" == refusal(
            session, None, written
        )


def test_a_replaced_end_of_the_journal_is_detected(opened: Inbox, kept: Kept) -> None:
    with undone(opened) as session:
        session.execute(delete(JournalEntry).where(JournalEntry.n > 5))
        session.expire_all()
        for _ in range(4):
            note(session, Actor({"officer": Presence.OWN}, build.today()), action(Code.LIST))
        check(session, None)
        assert "entry 7 of the journal differs from the one that outbox 3 names" in refusal(session, kept)


def test_the_signatures_of_destroyed_reply_keys_can_still_be_verified(opened: Inbox, kept: Kept) -> None:
    """The public keys are kept when their seeds are destroyed."""
    with undone(opened) as session:
        session.execute(update(ReplyKey).values(seed=None))
        assert 3 == check(session, kept).outboxes


def test_an_anchor_file_that_does_not_belong_to_this_inbox_is_refused(
    opened: Inbox, kept: Kept, tmp_path: Path
) -> None:
    """One manifest is from another inbox, one is altered, and one is listed under another number.

    One file has no anchors.
    """
    stranger = build.Office.found(tmp_path)
    assert 0 == stranger.run("exchange", "outbox", "--out", stranger.out).code
    theirs = bundle.read([(stranger.out / "outbox-inspection-1.tar").read_bytes()])[0]
    raw, signature = kept[0][1].raw, kept[0][1].signature
    with undone(opened) as session:
        for wrong in (
            [(1, theirs)],
            [(1, Manifest(raw, kept[1][1].signature))],
            [(1, Manifest(raw.replace(b'"n":1', b'"n":9'), signature))],
            [*kept, (4, theirs)],
        ):
            assert "the anchor file was refused" in refusal(session, wrong)
        assert "the anchor file gives the number 2 to outbox 1" == refusal(session, [(2, kept[0][1])])
        with pytest.raises(Refused, match="was refused"):
            anchors.check(session, [b"holiday" * 300], None)


def test_an_anchor_file_with_a_flipped_byte_is_refused(opened: Inbox, kept: Kept) -> None:
    raw = b"".join(form.write(kept))
    with undone(opened) as session:
        for place in range(0, len(raw), 47):
            flipped = raw[:place] + bytes([raw[place] ^ 1 << place % 8]) + raw[place + 1 :]
            with pytest.raises(Refused, match="anchor file"):
                anchors.check(session, [flipped], None)


def test_the_check_warns_about_outboxes_that_it_could_not_compare(opened: Inbox, kept: Kept) -> None:
    """The anchor file is empty, has a gap, or ends before the last outbox that the portal has applied."""
    with undone(opened) as session:
        assert ["the file holds no anchor: nothing was compared"] == check(session, []).warnings
        assert "between 1 and 3" in check(session, [kept[0], kept[2]]).warnings[0]
        session.execute(update(OutboxBundle).values(applied=build.today()))
        assert [] == check(session, kept).warnings
        for last in (1, 2):
            said = f"the portal has applied outbox 3, but the anchors end with {last}"
            assert [said] == check(session, kept[:last]).warnings


@pytest.mark.parametrize("written", ["", "8", "ABCD " * 8, "8 ABCD", "0 " + "ABCD " * 8, "8 " + "AB1D " * 8])
def test_an_invalid_journal_head_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="not a journal head"):
        anchors.paper(written)


def test_the_errors_for_a_mistyped_letter_and_for_a_missing_entry_differ(opened: Inbox) -> None:
    with undone(opened) as session:
        right = head_of(session, 4)
        wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
        assert "or a letter is mistyped" in refusal(session, None, wrong)
        assert "entry 9 of the journal is missing" in refusal(session, None, right.replace("4", "12", 1))


def test_the_journal_command_verifies_the_anchors_and_a_head_on_paper(
    office: build.Office, kept: Kept, tmp_path: Path
) -> None:
    """The output of `outbox` and `journal list` ends with the head."""
    own, file = office.copy(tmp_path), tmp_path / "anchors.tar"
    file.write_bytes(b"".join(form.write(kept)))
    made = own.run("exchange", "outbox", "--out", own.out)
    (line,) = [line for line in made.out.splitlines() if line.startswith("journal: entry ")]
    written = line.removeprefix("journal: entry ")
    said = own.run("journal", "verify", "--anchors", file, "--head", written)
    assert (0, "") == (said.code, said.err)
    assert (
        "the journal is intact: 10 entries\nportal outboxes that it agrees with: 3, up to entry 7" in said.out
    )
    view = own.json("journal", "verify", "--anchors", file)
    assert (11, 3, 7, []) == (view["head"]["n"], view["outboxes"], view["anchored"], view["warnings"])
    assert own.run("journal", "list").out.splitlines()[-1].startswith("journal: entry 12, ")
    missing = own.run("journal", "verify", "--anchors", tmp_path / "missing")
    assert (1, True) == (missing.code, "No such file" in missing.err)
    assert "not a journal head" in own.run("journal", "verify", "--head", "x").err


def test_a_check_without_anchors_compares_no_outbox_and_gives_no_warning(opened: Inbox) -> None:
    with undone(opened) as session:
        found = check(session, None)
        assert (0, 0, []) == (found.outboxes, found.anchored, found.warnings)
        assert (0, 0) == (check(session, []).outboxes, check(session, []).anchored)
