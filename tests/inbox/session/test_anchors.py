"""A journal rewritten or cut by somebody who can sign it: found by what the portal keeps, and by paper."""

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
    """An inbox that made three outboxes, with other acts before, between and after them."""
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
    """What the portal keeps of the three outboxes."""
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
    """Sign the whole journal anew with one thing changed, as whoever has the open vault can."""
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


def other_day(n: int) -> Callable[[journal.Entry], journal.Entry]:
    """Return what makes entry ``n`` say that another officer did it."""
    return lambda entry: build.replace(entry, officers={"nobody": Presence.OWN}) if entry.n == n else entry


def test_a_true_journal_agrees_with_all_of_it(opened: Inbox, kept: Kept) -> None:
    """The control of all below: anchors from any number on, and every head that was ever written down."""
    with undone(opened) as session:
        found = check(session, kept)
        assert (8, 3, 7, []) == (found.head.n, found.outboxes, found.anchored, found.warnings)
        assert head_of(session, 8) == f"8 {found.head.fingerprint}"
        assert 2 == check(session, kept[1:]).outboxes
        for n in range(1, 9):
            check(session, None, head_of(session, n))
            check(session, None, head_of(session, n).lower().replace(" ", "  ").replace("  ", " ", 1))


@pytest.mark.parametrize("n", [1, 3, 6])
def test_a_journal_signed_anew_is_found_by_the_anchors_and_by_paper(
    opened: Inbox, kept: Kept, n: int
) -> None:
    """In itself it holds; the first outbox after the change names another entry."""
    with undone(opened) as session:
        written = head_of(session, 8)
        rewrite(session, other_day(n))
        check(session, None)
        anchored = next(each for each in (3, 5, 7) if each >= n)
        assert f"entry {anchored} of the journal differs from the one that outbox" in refusal(session, kept)
        assert "entry 8 of the journal differs from the one on paper" in refusal(session, None, written)


def test_a_journal_begun_anew_is_found(opened: Inbox, kept: Kept) -> None:
    """With another genesis, in the office's row too."""
    with undone(opened) as session:
        rewrite(session, lambda entry: entry, genesis=bytes(32))
        check(session, None)
        assert "entry 3 of the journal differs from the one that outbox 1 names" in refusal(session, kept)


def test_what_was_changed_after_the_last_anchor_is_found_by_paper_alone(opened: Inbox, kept: Kept) -> None:
    """So the head belongs on paper at the end of every day."""
    with undone(opened) as session:
        written = head_of(session, 8)
        rewrite(session, other_day(8))
        check(session, kept)
        assert "entry 8 of the journal differs from the one on paper" in refusal(session, None, written)


@pytest.mark.parametrize("last", range(2, 7))
def test_a_removed_end_is_found(opened: Inbox, kept: Kept, last: int) -> None:
    """The number of the first entry that is gone is named."""
    with undone(opened) as session:
        written = head_of(session, 8)
        session.execute(delete(JournalEntry).where(JournalEntry.n > last))
        check(session, None)
        assert f"entry {last + 1} of the journal is missing: outbox" in refusal(session, kept)
        assert f"entry {last + 1} of the journal is missing: the head on paper names 8 entries" == refusal(
            session, None, written
        )


def test_other_entries_in_place_of_a_removed_end_are_found(opened: Inbox, kept: Kept) -> None:
    with undone(opened) as session:
        session.execute(delete(JournalEntry).where(JournalEntry.n > 5))
        session.expire_all()
        for _ in range(4):
            note(session, Actor({"officer": Presence.OWN}, build.today()), action(Code.LIST))
        check(session, None)
        assert "entry 7 of the journal differs from the one that outbox 3 names" in refusal(session, kept)


def test_reply_keys_that_are_gone_still_vouch_for_what_they_signed(opened: Inbox, kept: Kept) -> None:
    """Their seeds are destroyed one day; their public halves stay."""
    with undone(opened) as session:
        session.execute(update(ReplyKey).values(seed=None))
        assert 3 == check(session, kept).outboxes


def test_a_file_that_is_not_of_this_inbox_is_not_taken(opened: Inbox, kept: Kept, tmp_path: Path) -> None:
    """Signed by another, under another number, of another deployment, or no file of anchors at all."""
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
        assert "the anchor file lists outbox 1 as number 2" == refusal(session, [(2, kept[0][1])])
        with pytest.raises(Refused, match="was refused"):
            anchors.check(session, [b"holiday" * 300], None)


def test_no_flipped_byte_of_the_file_is_taken(opened: Inbox, kept: Kept) -> None:
    raw = b"".join(form.write(kept))
    with undone(opened) as session:
        for place in range(0, len(raw), 47):
            flipped = raw[:place] + bytes([raw[place] ^ 1 << place % 8]) + raw[place + 1 :]
            with pytest.raises(Refused, match="anchor file"):
                anchors.check(session, [flipped], None)


def test_what_the_comparison_does_not_cover_is_said(opened: Inbox, kept: Kept) -> None:
    """None at all, a gap between them, and an end before what the portal is known to have."""
    with undone(opened) as session:
        assert ["the file holds no anchor: nothing was compared"] == check(session, []).warnings
        assert "between 1 and 3" in check(session, [kept[0], kept[2]]).warnings[0]
        session.execute(update(OutboxBundle).values(applied=build.today()))
        assert [] == check(session, kept).warnings
        for last in (1, 2):
            said = f"the portal has applied outbox 3, but the anchors end with {last}"
            assert [said] == check(session, kept[:last]).warnings


@pytest.mark.parametrize("written", ["", "8", "ABCD " * 8, "8 ABCD", "0 " + "ABCD " * 8, "8 " + "AB1D " * 8])
def test_what_is_no_head_is_told_so(written: str) -> None:
    with pytest.raises(Refused, match="not a journal head"):
        anchors.paper(written)


def test_a_wrong_letter_or_a_number_too_high_is_told(opened: Inbox) -> None:
    with undone(opened) as session:
        right = head_of(session, 4)
        wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
        assert "or a letter is mistyped" in refusal(session, None, wrong)
        assert "entry 9 of the journal is missing" in refusal(session, None, right.replace("4", "12", 1))


def test_the_commands_verify_with_both(office: build.Office, kept: Kept, tmp_path: Path) -> None:
    """The head is what `outbox` and `journal list` say in their last line."""
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
