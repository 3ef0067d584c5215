"""The dialogue of a case on several pages: a message is marked as read only after it was shown."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inbox.overview import conversation, folding
from inbox.vault.tables import Attachment, Case, FollowUp, Message
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import Office, today

LETTERS, PAGE = 10, 4
UNREAD = {2, 6}
WITH_FILE = 3
WRITTEN = re.compile(r'<p class="written" dir="auto">((?:letter|reply) \d+)</p>')

# The mark for new messages on the tab.
NEW = '<span class="mark">new</span></a>'


@pytest.fixture
def alice(one_case: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Alice at a case with ten follow-ups on three pages; the second and sixth follow-ups are unread."""
    monkeypatch.setattr(conversation, "PAGE", PAGE)
    with one_case.opened() as inbox, inbox.transaction() as session:
        for n in range(1, LETTERS + 1):
            day = today() - timedelta(LETTERS - n)
            letter: dict[str, Any] = {
                "case": 1,
                "id": bytes([n]),
                "position": n,
                "received": day,
                "written": day,
            }
            session.add(
                FollowUp(**letter, text=f"letter {n}", message=b"", signature=b"", unread=n in UNREAD)
            )
        session.flush()
        file: dict[str, Any] = {"case": 1, "number": 9, "type": "text/plain", "size": 1, "digest": bytes(32)}
        session.add(Attachment(**file, id=b"x", name="plan of the quay", follow_up=bytes([WITH_FILE])))
    with sitting(one_case) as client:
        yield client


def unread(client: Client) -> Sequence[int]:
    """Return the numbers of the unread follow-ups."""
    with client.desk.inbox.transaction() as session:
        wanted = select(FollowUp.position).where(FollowUp.unread).order_by(FollowUp.position)
        return session.scalars(wanted).all()


def folded(page: str) -> list[int]:
    """Return the numbers of the follow-ups that a page folds to one line."""
    return [int(each) for each in re.findall(r'class="which">Follow-up (\d+),', page)]


def is_new(client: Client) -> bool:
    """Return whether the report counts as unread."""
    with client.desk.inbox.transaction() as session:
        return session.get_one(Case, 1).new


def written(page: str) -> list[str]:
    return WRITTEN.findall(page)


def letters(first: int, last: int) -> list[str]:
    return [f"letter {n}" for n in range(first, last + 1)]


def test_a_follow_up_is_marked_as_read_once_its_page_was_shown(alice: Client) -> None:
    """The dialogue opens at the first page with an unread follow-up, and links to the other such pages.

    Nothing is marked as read when an officer opens another part of the case or writes a note.
    """
    page = alice.page("/en/case/1/dialogue")
    assert (letters(1, 4), [6]) == (written(page), unread(alice))
    assert "Not read yet, on other pages:" in page
    assert re.search(r'href="[^"]+/case/1/dialogue/2">2</a>', page)
    assert 303 == alice.send("/en/case/1/note", text="x").status_code
    for part in ("work", "files", "dialogue"):
        page = alice.page(f"/en/case/1/{part}")
        assert (letters(1, 4), [6]) == (written(page), unread(alice))
        assert NEW in page
    page = alice.page("/en/case/1/dialogue/2")
    assert (letters(5, 8), []) == (written(page), unread(alice))
    assert "Not read yet" not in page
    page = alice.page("/en/case/1")
    assert (letters(9, 10), False) == (written(page), NEW in page)


def test_opening_a_case_marks_nothing_as_read_in_its_hidden_parts(alice: Client) -> None:
    """A page also contains the hidden parts. The marked tab links to the page with the unread message.

    The controls are the addresses of the report and of the page of the dialogue.
    """
    with alice.desk.inbox.transaction() as session:
        session.get_one(Case, 1).new = True
    for part in ("/work", "/files", "/files/2", "/dialogue/3"):
        page = alice.page(f"/en/case/1{part}")
        assert ([2, 6], True) == (unread(alice), is_new(alice)), part
        assert re.search(r'class="to-report" href="[^"]+/en/case/1" [^<]+<span class="mark">new<', page)
        where = "2" if part == "/files/2" else "1"
        way = r"#dialogue" if part == "/dialogue/3" else rf"[^\"]+/case/1/dialogue/{where}"
        assert re.search(rf'class="to-dialogue[^"]*" href="{way}" [^<]+<span class="mark">new<', page), part
    assert ([2, 6], True) == (unread(alice), is_new(alice))
    alice.page("/en/case/1")
    assert ([2, 6], False) == (unread(alice), is_new(alice))
    alice.page("/en/case/1/dialogue/1")
    assert [6] == unread(alice)


def test_a_folded_message_stays_unread_until_a_page_shows_it_in_full(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of the message is marked as new.

    Opening the dialogue again unfolds the next unread message, and folds the messages that were read.
    """
    monkeypatch.setattr(folding, "ROOM", 0)
    monkeypatch.setattr(conversation, "PAGE", LETTERS)
    page = alice.page("/en/case/1/dialogue")
    assert ([1, 3, 4, 5, 6, 7, 8, 9], [6]) == (folded(page), unread(alice))
    assert [6] == [
        int(each) for each in re.findall(r'Follow-up (\d+)[^<]+</span> <span class="mark">new<', page)
    ]
    assert "Next new messages (1)" in page
    page = alice.page("/en/case/1/dialogue")
    assert ([1, 2, 3, 4, 5, 7, 8, 9], []) == (folded(page), unread(alice))
    assert "Next new messages" not in page
    page = alice.page("/en/case/1/dialogue")
    assert [*range(1, LETTERS)] == folded(page)
    assert letters(1, LETTERS) == written(page)


def test_one_link_opens_all_messages_of_a_page_and_marks_them_as_read(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Officers need the link to search or print the page. The control is the page with folded messages."""
    monkeypatch.setattr(folding, "ROOM", 0)
    folding_page = alice.page("/en/case/1/dialogue/1")
    assert ([1, 3], True, [6]) == (folded(folding_page), "Open all messages" in folding_page, unread(alice))
    page = alice.page("/en/case/1/dialogue/1/full")
    assert ([], False) == (folded(page), "Open all messages" in page)
    alice.page("/en/case/1/dialogue/2/full")
    assert [] == unread(alice)
    for path in ("dialogue/1/short", "dialogue/full", "files/1/full", "work/1/full"):
        assert alice.ask(f"/en/case/1/{path}").status_code == 404


def test_a_folded_message_shows_its_first_words_and_its_files(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line does not cut a word in two. Only the open message offers actions."""
    monkeypatch.setattr(folding, "ROOM", 0)
    assert (
        303
        == alice.send(
            "/en/case/1/reply", text="Avez-vous revu ce camion\nblanc depuis que vous " * 9
        ).status_code
    )
    alice.send("/en/case/1/reply", text="x")
    lines = re.findall(r"<summary>(.*?)</summary>", alice.page("/en/case/1/dialogue/3"))
    (reply,) = (each for each in lines if "Reply 1" in each)
    assert '<bdi class="soft">Avez-vous revu ce camion blanc depuis que…</bdi>' in reply
    assert "not sent yet" in reply
    files = [
        each
        for each in re.findall(r"<summary>(.*?)</summary>", alice.page("/en/case/1/dialogue/1"))
        if "Files" in each
    ]
    assert [True] == [f"Follow-up {WITH_FILE}," in each and "Files: 1<" in each for each in files]


def test_the_pages_of_a_dialogue_link_to_older_and_newer_messages(alice: Client) -> None:
    """A page number that is too high shows the last page.

    Printing includes the page number but not the links.
    """
    for number, ways in ((1, {"2", "3"}), (2, {"1", "3"}), (3, {"1", "2"}), (99, {"1", "2"})):
        page = alice.page(f"/en/case/1/dialogue/{number}")
        pagers = re.findall(
            r'<nav class="pager" aria-label="Pages of the dialogue[^"]*">((?s:.*?))</nav>', page
        )
        assert [ways, ways] == [set(re.findall(r"/case/1/dialogue/(\d+)", each)) for each in pagers]
        (pager, _) = pagers
        said = f"Follow-ups and replies: page {min(number, 3)} of 3"
        assert said in page
        assert said not in pager
    assert alice.ask("/en/case/1/dialogue/x").status_code == 404
    for part in ("work", "report"):
        assert alice.ask(f"/en/case/1/{part}/2").status_code == 404
    assert 'href="' + alice.desk.place + '/fr/case/1/dialogue/2"' in alice.page("/en/case/1/dialogue/2")


def test_after_sending_a_reply_the_officer_sees_it_on_the_last_page(alice: Client) -> None:
    """After a reply from any part of the case, the last page shows the confirmation beside the reply.

    The control is a change of status, which is not a message.
    """
    alice.page("/en/case/1/dialogue/1")
    assert 303 == alice.send("/en/case/1/status", status="assessing").status_code
    assert letters(1, 4) == written(alice.page("/en/case/1/dialogue"))
    sent = alice.send("/en/case/1/reply", text="reply 1")
    page = alice.raw.get(sent.location, base_url=f"http://{alice.desk.host}").text
    assert [*letters(9, 10), "reply 1"] == written(page)
    assert 'role="status"' in page
    with alice.desk.inbox.transaction() as session:
        assert 1 == session.query(Message).filter_by(case=1, text="reply 1").count()


def test_the_part_with_files_also_links_to_files_of_messages_on_other_pages(alice: Client) -> None:
    """The control is the page that shows the message."""
    name = "plan of the quay"
    page = alice.page("/en/case/1/files/2")
    assert (False, True) == (name in page, "There are files with follow-ups on other pages:" in page)
    assert re.search(r'href="[^"]+/case/1/files/1">1</a>', page)
    page = alice.page("/en/case/1/files/1")
    assert (True, False) == (name in page, "Files came with letters" in page)
    assert 'class="panel of-files first"' in page


def test_if_many_pages_are_unread_the_dialogue_shows_their_number_and_links_to_ten(
    alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "PAGE", 1)
    with alice.desk.inbox.transaction() as session:
        letter: dict[str, Any] = {"case": 1, "received": today(), "written": today()}
        letter |= {"message": b"", "signature": b""}
        session.add_all(
            FollowUp(**letter, id=bytes([n]), position=n, text=f"letter {n}", unread=True)
            for n in range(20, 40)
        )
    page = alice.page("/en/case/1/dialogue/1")
    assert "and 12 more" in page
    assert 10 == len(re.findall(r'/case/1/dialogue/\d+">\d+</a>', page))


def test_a_dialogue_that_fits_on_one_page_has_no_links_to_other_pages(one_case: Office) -> None:
    with sitting(one_case) as client:
        assert 'class="pager"' not in client.page("/en/case/1")
