"""A case can be closed only from the preview of what the reporter will read, and only as previewed."""

import html
import re

import pytest

from inbox.vault.tables import Case
from tests.support.desk_room import SEEN, Client, sitting
from tests.support.inbox_builders import Office, passphrase_of

pytestmark = pytest.mark.copy_of("founded_three")

END = {"outcome": "moot", "disclosure": "partial", "reason": "no trace", "text": "Merci de votre aide."}
NOT_YET = "Not closed yet"
BOTH = {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}


@pytest.fixture
def office(one_case: Office) -> Office:
    """One case that may be closed with a text for the reporter."""
    one_case.json("case", "show", "1")
    one_case.settle(1)
    one_case.tell_no_prosecutor(1)
    return one_case


def seen(page: str) -> str:
    """Return the text of the reporter's page in the preview."""
    (found,) = re.findall(r'<div class="seen" lang="fr">(.*?)</div>', page, re.DOTALL)
    return html.unescape(re.sub("<[^>]+>", " ", found))


def ends(client: Client, **form: str) -> tuple[int, bool]:
    """Send the closing form; return the status, and whether the desk showed the preview again."""
    answer = client.send("/en/case/1/close", **END | form)
    return answer.status_code, NOT_YET in answer.text


def status(office: Office) -> str:
    return str(office.json("case", "show", "1")["status"])


def test_a_case_is_not_closed_before_its_closing_is_previewed(office: Office) -> None:
    with sitting(office) as client:
        page = client.page("/en/case/1/work")
        assert "/case/1/close/preview" in page
        assert '/case/1/close"' not in page
        shown = client.send("/en/case/1/close/preview", **END).text
        assert (END["text"] in seen(shown), "Clos" in seen(shown)) == (True, True)
        assert '/case/1/close"' in shown
        assert ends(client) == (200, True)
        assert ends(client, seen="0" * 64) == (200, True)
    assert "closed" != status(office)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Merci."},
        {"reason": "other"},
        pytest.param({"disclosure": "full"}, marks=pytest.mark.soak),
        pytest.param({"outcome": "insufficient"}, marks=pytest.mark.soak),
    ],
)
def test_a_closing_that_was_changed_after_the_preview_is_previewed_again(
    office: Office, change: dict[str, str]
) -> None:
    """Changes to fields that the reporter does not see also count.

    After the new preview the case is closed.
    """
    with sitting(office) as client:
        (digest,) = SEEN.findall(client.send("/en/case/1/close/preview", **END).text)
        again = client.send("/en/case/1/close", **END | change | BOTH, seen=digest)
        assert (again.status_code, NOT_YET in again.text) == (200, True)
        assert change.get("text", END["text"]) in seen(again.text)
        (digest,) = SEEN.findall(again.text)
        assert client.send("/en/case/1/close", **END | change | BOTH, seen=digest).status_code == 303
    assert "closed" == status(office)


def test_a_reply_sent_after_the_preview_makes_the_desk_show_the_preview_again(office: Office) -> None:
    """The reporter will see the reply beside the closing, and no officer has seen both together."""
    with sitting(office) as alice:
        bruno = Client(alice.desk, alice.app, "bruno")
        bruno.send("/en/case/1/declare")
        (digest,) = SEEN.findall(alice.send("/en/case/1/close/preview", **END).text)
        assert bruno.send("/en/case/1/reply", text="Une question encore.").status_code == 303
        again = alice.send("/en/case/1/close", **END | BOTH, seen=digest)
        assert (again.status_code, "Une question encore." in seen(again.text)) == (200, True)
    assert "closed" != status(office)


def test_the_second_officer_confirms_a_closing_on_the_preview_or_in_a_separate_session(
    office: Office,
) -> None:
    """Both officers see what the reporter will read, even if the text comes from a template."""
    two = END | {"outcome": "unfounded", "template": "closing_unfounded"}
    with sitting(office) as alice:
        bruno = Client(alice.desk, alice.app, "bruno")
        bruno.send("/en/case/1/declare")
        shown = alice.send("/en/case/1/close/preview", **two).text
        assert ["alice", "bruno"] == re.findall('name="passphrase-([a-z]+)"', shown)
        (digest,) = SEEN.findall(shown)
        own = {"passphrase-alice": BOTH["passphrase-alice"]}
        alone = alice.send("/en/case/1/close", **two | own, seen=digest)
        assert (alone.status_code, seen(alone.text)) == (401, seen(shown))
        asked = alice.send("/en/case/1/close", **two | own, seen=digest, **{"ask-another": "on"})
        assert asked.location.endswith("/confirm")
        (wanted,) = alice.seat.asked.values()
        assert seen(bruno.page(f"/en/confirm/{wanted.id}")) == seen(shown)
        confirmed = bruno.send(f"/en/confirm/{wanted.id}", passphrase=passphrase_of("bruno"))
        assert confirmed.status_code == 303
        done = alice.send("/en/case/1/close", **two, seen=digest, confirmation=wanted.id)
        assert done.status_code == 303
    assert "closed" == status(office)


def test_no_passphrase_is_asked_for_if_one_officer_may_close_the_case(office: Office) -> None:
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    with sitting(office) as client:
        shown = client.send("/en/case/1/close/preview", **END).text
        assert [] == re.findall('name="passphrase-', shown)
        assert ends(client, seen=SEEN.findall(shown)[0]) == (303, False)


def test_the_preview_of_a_closing_shows_no_messages_while_the_case_is_in_quarantine(office: Office) -> None:
    """The preview shows only the closing text. The control is the preview before quarantine."""
    silent = {"outcome": "moot", "disclosure": "withheld", "reason": "no trace"}
    office.json("message", "reply", "1", "--text", "Une question.")
    with sitting(office) as client:
        assert "Une question." in seen(client.send("/en/case/1/close/preview", **silent).text)
        client.send("/en/case/1/readers/quarantine", reason="a protected secret")
        shown = client.send("/en/case/1/close/preview", **silent).text
        assert ("Une question." in shown, "Clos" in seen(shown)) == (False, True)
        assert "You may not read this case" in shown
        added = seen(client.send("/en/case/1/close/preview", **silent, text="Au revoir.").text)
        assert ("Une question." in added, "Au revoir." in added) == (False, True)
        assert client.close(1, **silent | BOTH).status_code == 303


def test_the_preview_of_a_closing_warns_if_the_reporter_will_read_nothing(office: Office) -> None:
    silent = {"outcome": "moot", "disclosure": "withheld", "reason": "no trace"}
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 1).withdrawn = True
    with sitting(office) as client:
        shown = client.send("/en/case/1/close/preview", **silent).text
        assert "The reporter will read nothing. Case 1 was withdrawn by its reporter" in shown
        assert 'class="seen"' not in shown
        assert client.close(1, **silent | BOTH).status_code == 303
