"""The journal records reading a case once per session, and can be filtered."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from inbox.overview import case_view
from inbox.vault.tables import Case
from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, Sent, World, today

pytestmark = pytest.mark.copy_of("founded_three")


@contextmanager
def desk_of(office: Office) -> Iterator[tuple[Client, Client]]:
    """Yield the browsers of alice and bruno at one desk."""
    with sitting(office) as alice:
        yield alice, Client(alice.desk, alice.app, "bruno")


def noted(office: Office, action: str) -> list[list[str]]:
    """Return the officers of each journal entry about this action on case 1."""
    found = office.json("journal", "list", "--case", "1", "--action", action)["entries"]
    return [[*each["officers"]] for each in found]


def test_reading_a_case_is_journalled_once_per_officer_and_session(one_case: Office) -> None:
    """Opening another page of the case adds no entry, but a new sign-in or the preview of a reply does.

    The chain stays intact, and the counts in the oversight report do not change.
    """
    counted = one_case.json("office", "oversight")["actions"]
    with desk_of(one_case) as (alice, bruno):
        for client in (alice, bruno, alice, bruno, alice):
            client.page("/en/case/1")
            client.page("/en/case/1/timeline")
        for _ in range(2):
            alice.send("/en/case/1/reply/preview", text="x")
        again = Client(alice.desk, alice.app, "alice")
        again.page("/en/case/1")
    assert [["alice"], ["bruno"], ["alice"]] == noted(one_case, "show")
    assert [["alice"], ["bruno"]] == noted(one_case, "read-timeline")
    assert [["alice"]] * 2 == noted(one_case, "preview-reply")
    assert "the journal is intact" in one_case.run("journal", "verify").out
    assert counted == one_case.json("office", "oversight")["actions"]


def test_commands_journal_reading_a_case_once_while_the_inbox_stays_open(one_case: Office) -> None:
    """Each command opens the inbox anew, so each further command journals reading the case again."""
    with one_case.unlocked() as opened:
        who = opened.by_opening(today())
        for _ in range(3):
            case_view.read(opened.inbox, who, 1)
    assert [["alice", "bruno"]] == noted(one_case, "show")
    for _ in range(2):
        one_case.json("case", "show", "1")
    assert [["alice", "bruno"]] * 3 == noted(one_case, "show")


def test_reading_new_messages_of_a_case_is_journalled_again_in_the_same_session(one_case: Office) -> None:
    with one_case.unlocked() as opened:
        who = opened.by_opening(today())
        for _ in range(2):
            with opened.inbox.transaction() as session:
                session.execute(update(Case).values(new=True))
            case_view.read(opened.inbox, who, 1)
    assert [["alice", "bruno"]] * 2 == noted(one_case, "show")


def test_the_journal_does_not_call_the_first_confirmed_portal_a_new_portal(one_case: Office) -> None:
    with sitting(one_case) as alice:
        for language, said in (("fr", "portail confirmé"), ("en", "portal confirmed")):
            page = alice.page(f"/{language}/journal?action=accept-instance")
            (row,) = re.findall("<tr>.*?</tr>", page.partition("<tbody>")[2], re.DOTALL)
            assert said in row
            assert not re.search("autre|another|new portal", row)


def test_reading_is_journalled_again_after_each_new_follow_up(office: Office, tmp_path: Path) -> None:
    """Opening any page of the case counts as reading it, even a page without the dialogue."""
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    (reporter,) = tell(world, portal, {"what": "a zebra at the quay"})
    office.json("case", "declare", "1")
    letters = [portal.bundle(Sent(reporter.follow_up(text))).name for text in ("again", "and again")]
    with sitting(office, tmp_path / "medium") as alice:
        for letter in letters:
            assert "<h1>Collected</h1>" in alice.send("/en/medium/collect", bundle=letter).text
            for path in ("/en/case/1", "/en/case/1/work", "/en/case/1"):
                alice.page(path)
    assert [["alice"]] * 2 == noted(office, "show")


def test_the_desk_and_the_command_filter_the_journal_by_case_and_officer_and_action(
    one_case: Office,
) -> None:
    """At the desk the filter is part of the address. An invalid number is refused."""
    with desk_of(one_case) as (alice, bruno):
        bruno.page("/en/case/1")
        alice.send("/en/case/1/hold", reason="a trial")
        page = alice.page("/en/journal?case=1&officer=alice&action=hold")
        assert (True, False) == ("a trial" in page, "bruno" in page.partition("<tbody>")[2])
        assert '<option value="hold" selected>' in page
        assert "no such entry" in alice.page("/en/journal?case=1&officer=bruno&action=hold")
        assert "no such entry" in alice.page("/en/journal?case=9")
        for odd in ("case=x", "case=-1", "before=1.5", f"case={'9' * 30}"):
            assert 400 == alice.ask(f"/en/journal?{odd}").status_code
        assert "/en/journal?case=1" in alice.page("/en/case/1/timeline")
    by = {}
    for options in (("--officer", "bruno", "--case", "1"), ("--action", "hold"), ("--case", "9")):
        found = one_case.json("journal", "list", *options)["entries"]
        by[options[-1]] = [(each["action"], [*each["officers"]]) for each in found]
    both = ["alice", "bruno"]
    assert [("filed", both), ("declare", both), ("show", ["bruno"])] == by["1"]
    assert [("hold", ["alice"])] == by["hold"]
    assert [] == by["9"]
    last = one_case.json("journal", "list")["head"]["n"]
    newest = one_case.json("journal", "list", "--from", str(last + 1))["entries"]
    assert [last + 1] == [each["n"] for each in newest]


def test_the_desk_shows_the_newest_matching_journal_entries_and_links_to_earlier_entries(
    one_case: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.desk.pages.journal._SHOWN", 2)
    with sitting(one_case) as alice:
        for reason in ("alpha", "beta", "gamma"):
            alice.send("/en/case/1/rate", credibility="1", reason=reason)
            alice.send("/en/case/1/note", text="x")
        newest = alice.page("/en/journal?case=1&action=rate")
        assert ("gamma" in newest, "beta" in newest, "alpha" in newest) == (True, True, False)
        (earlier,) = re.findall('href="[^"]*/en(/journal[^"]*before=[^"]*)"', newest)
        oldest = alice.page(html.unescape(f"/en{earlier}"))
        assert ("beta" in oldest, "alpha" in oldest, "before=" in oldest) == (False, True, False)
        assert 2 == alice.page("/en/journal").partition("<tbody>")[2].count("<tr>")
