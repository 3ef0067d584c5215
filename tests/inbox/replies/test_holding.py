"""A text is held back if the case is restricted at the time of the outbox.

The text waits until the restrictions end.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.messages import Status
from inbox.deadlines import workflow
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case, Message
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, today
from tests.support.inbox_outcomes import refused

pytestmark = pytest.mark.copy_of("free")

DRILL = ("--reason", "drill")
FULL = ("--disclosure", "full", "--text", "Merci.")


@pytest.fixture(scope="module")
def free(with_reporter: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two cases in which officers decided not to inform the prosecutor.

    In the first case, an acknowledgement, feedback, a status and a measure wait for the next
    outbox.
    """
    office = with_reporter.copy(tmp_path_factory.mktemp("free"))
    office.read_all(1, 2, risk="low")
    office.tell_no_prosecutor(1, 2)
    office.json("case", "decide", "1", "admissible", *DRILL)
    office.json("case", "measure", "add", "1", "process_fix", "--tell")
    office.json("message", "reply", "1", "--template", "acknowledgement")
    office.json("message", "reply", "1", "--feedback", "--text", "Les faits sont exacts.")
    office.json("case", "set-status", "1", "in_follow_up")
    return office


def transmit(office: Office) -> None:
    office.json("case", "decide", "1", "transmit", *DRILL)


def link(office: Office) -> None:
    office.json("case", "decide", "2", "transmit", *DRILL)
    office.json("case", "link", "add", "1", "2", "same_facts")


def restrict(office: Office) -> None:
    """Record restrictions imposed by a prosecutor whom the office had not informed."""
    office.json(
        "case", "measure", "add", "1", "prosecutor_word", "--restrictions", "ne rien dire à qui écrit"
    )


def write_again(office: Office) -> None:
    """Record a new message of the reporter. A decision taken without that message is then due again."""
    with office.opened() as inbox, inbox.transaction() as session:
        workflow.heard(session, 1, today())


def texts(slot: Any) -> list[str]:
    return [each.text for each in slot.messages]


def further(slot: Any) -> list[str]:
    """Return the texts that follow the acknowledgement, which is never held back."""
    return texts(slot)[1:]


@pytest.mark.parametrize("bind", [transmit, link, restrict, write_again])
def test_waiting_texts_are_held_back_until_the_case_is_no_longer_restricted(
    office: Office, told: Callable[[], Any], bind: Callable[[Office], None]
) -> None:
    """While texts wait, status and measures stay as in the last slot, and no deadline counts as met."""
    bind(office)
    for _ in range(2):
        slot = told()
        assert ([], Status.ACKNOWLEDGED, ()) == (further(slot), slot.status, slot.measures_disclosed)
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 1).answered_in is None
    other = "2" if bind is link else "1"
    if bind is write_again:
        office.json("case", "decide", "1", "no_transmission", *DRILL)
    else:
        office.json("case", "measure", "add", other, "prosecutor_word")
    for _ in range(2):
        slot = told()
        assert ["Les faits sont exacts."] == further(slot)
        assert (Status.IN_FOLLOW_UP, ("process_fix",)) == (slot.status, slot.measures_disclosed)
        assert 3 == slot.messages[1].serial, "the reply does not have the serial of its first slot"
    with office.opened() as inbox, inbox.transaction() as session:
        assert 3 == session.get_one(Workflow, 1).answered_in
        assert "" == session.get_one(Message, (1, 2)).written_under


def test_a_message_that_was_held_back_is_dated_the_day_on_which_it_is_sent(
    office: Office, told: Callable[[], Any]
) -> None:
    """Otherwise a probe who poses as a reporter could tell how long the message was held back."""
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Message, (1, 2)).day = today() - timedelta(9)
    transmit(office)
    assert [] == further(told())
    office.json("case", "measure", "add", "1", "prosecutor_word")
    assert [today()] == [each.day for each in told().messages[1:]]


def test_holding_back_texts_hides_nothing_that_was_already_sent(
    office: Office, told: Callable[[], Any]
) -> None:
    """A text that disappears from the page would also reveal something."""
    first = told()
    transmit(office)
    slot = told()
    assert (texts(first), first.status, first.measures_disclosed) == (
        texts(slot),
        slot.status,
        slot.measures_disclosed,
    )
    assert Status.IN_FOLLOW_UP is slot.status


def test_acknowledgements_and_emergency_advice_and_texts_about_protection_are_never_held_back(
    office: Office, told: Callable[[], Any]
) -> None:
    """The law has a text that says why the office can disclose nothing. This text is not held back, either.

    This text meets the feedback deadline.
    """
    office.json("case", "measure", "add", "1", "facilitator_protection", "--tell")
    office.json("message", "reply", "1", "--template", "functional_protection")
    office.json("message", "reply", "1", "--text", "Partez tout de suite, appelez le 17.")
    transmit(office)
    slot = told()
    assert 3 == len(slot.messages)
    assert (Status.ACKNOWLEDGED, ("facilitator_protection",)) == (slot.status, slot.measures_disclosed)
    with office.opened() as inbox, inbox.transaction() as session:
        work = session.get_one(Workflow, 1)
        assert (1, None) == (work.acknowledged_in, work.answered_in)
    office.json("message", "reply", "1", "--template", "withheld", "--feedback")
    assert "Nous ne pouvons pas vous dire ici" in texts(told())[-1]
    with office.opened() as inbox, inbox.transaction() as session:
        assert 2 == session.get_one(Workflow, 1).answered_in


def test_a_text_written_while_the_case_is_restricted_is_not_held_back(
    office: Office, told: Callable[[], Any]
) -> None:
    """A text that was written during the restriction was checked when it was written.

    A reply that is held back can be retracted and written again. A later restriction holds back texts that
    are waiting when it begins.
    """
    transmit(office)
    office.json("message", "retract", "1", "2")
    answer = ("message", "reply", "1", "--template", "feedback", "--feedback", "--text")
    office.json(*answer, "Nous lisons tout ce que vous écrivez.")
    (first,) = further(told())
    assert "Nous lisons tout ce que vous écrivez." in first
    office.json(*answer, "Nous lisons encore.")
    restrict(office)
    assert [first] == further(told())


def test_neither_the_text_nor_the_status_reveals_a_closing_that_is_held_back(
    office: Office, told: Callable[[], Any]
) -> None:
    """As long as the closing is held back, the case counts as neither closed nor acknowledged.

    Therefore the case is not destroyed either.
    """
    office.json("message", "retract", "1", "2")
    office.json("message", "retract", "1", "1")
    office.json("case", "close", "1", "founded", *FULL)
    office.json("case", "decide", "2", "transmit", *DRILL)
    office.json("case", "link", "add", "1", "2", "same_facts")
    slot = told()
    assert ([], Status.RECEIVED, ()) == (texts(slot), slot.status, slot.measures_disclosed)
    with office.opened() as inbox, inbox.transaction() as session:
        case, work = session.get_one(Case, 1), session.get_one(Workflow, 1)
        assert (None, None) == (case.closed_in, case.closed_on)
        assert (None, None) == (work.acknowledged_in, work.answered_in)
    assert "inbox case reopen 1" in office.json("exchange", "outbox", "--out", office.out)["warnings"][0]
    office.json("case", "measure", "add", "2", "prosecutor_word")
    slot = told()
    assert (["Merci."], Status.CLOSED) == (texts(slot), slot.status)
    with office.opened() as inbox, inbox.transaction() as session:
        case, work = session.get_one(Case, 1), session.get_one(Workflow, 1)
        assert (3, 3, 3) == (case.closed_in, work.acknowledged_in, work.answered_in)


def test_feedback_that_is_held_back_on_a_closed_case_is_not_lost(
    office: Office, told: Callable[[], Any]
) -> None:
    """Once the portal has confirmed the closing of a case, the inbox sends no more slots of that case.

    Therefore this case stays unconfirmed.
    """
    office.json("case", "close", "1", "founded", "--disclosure", "full")
    assert Status.CLOSED is told().status
    office.json("message", "reply", "1", "--feedback", "--text", "Encore un mot.")
    transmit(office)
    assert "Encore un mot." not in texts(told())
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Case, 1).closed_in is None
    office.json("case", "measure", "add", "1", "prosecutor_word")
    assert "Encore un mot." in texts(told())


def test_officers_learn_which_texts_are_held_back_and_why_and_what_to_do(office: Office) -> None:
    """The notice is on the command line and on the page of the case.

    The notice is also on the portal exchange page, before and after the outbox.
    """
    link(office)
    view = office.json("case", "show", "1")["work"]["held_back"]
    for part in (
        "reply 2",
        "Follow-up",
        "because of the linked case 2",
        "inbox case measure add 2 prosecutor_word",
        "inbox message retract 1 REPLY",
    ):
        assert part in view[0]
    assert view == office.json("exchange", "outbox", "--out", office.out)["warnings"]
    assert "case 1: this content is held back" in office.run("case", "show", "1").out
    with sitting(office, office.out) as client:
        pages = client.page("/en/medium"), client.page("/en/case/1"), client.send("/en/medium/outbox").text
        for page in pages:
            assert "Case 1: this content is held back" in page
            assert "because of the linked case 2" in page
            assert "inbox case measure add" not in page


def test_a_notice_is_held_back_if_the_decision_that_it_announces_has_changed(
    office: Office, told: Callable[[], Any], tmp_path: Path
) -> None:
    """Officers decided that informing the reporter would harm proceedings.

    The notice can then be retracted.
    """
    (tmp_path / "id").write_text("Zoé Le Gall\n")
    office.json("case", "identity", "add", "1", "--text-file", tmp_path / "id")
    office.json("case", "identity", "consent", "1", "--day", today().isoformat(), *DRILL)
    office.json("message", "retract", "1", "2")
    notice = ("message", "reply", "1", "--template", "identity_notice", "--text", "À la mutuelle.")
    office.json(*notice)
    office.json("case", "decide", "1", "told", *DRILL)
    assert "a decision depends on reply 2, which tells" in refused(office, "message", "retract", "1", "2")
    office.json("case", "decide", "1", "not_told", *DRILL)
    assert [] == further(told())
    assert (
        "the decision that it announces has changed"
        in office.json("case", "show", "1")["work"]["held_back"][0]
    )
    assert "no reply has told" in refused(office, "case", "decide", "1", "told", *DRILL)
    office.json("message", "retract", "1", "2")
    assert [] == office.json("case", "show", "1")["work"]["held_back"]
    office.json(*notice)
    office.json("case", "decide", "1", "told", *DRILL)
    assert 1 == len(further(told()))
