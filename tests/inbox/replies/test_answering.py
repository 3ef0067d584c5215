"""A text of the law can be feedback on its own.

An officer's own words count as feedback only beside a measure that is shown to the reporter.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import unseen
from inbox.casework.measures import records
from inbox.deadlines import workflow
from inbox.deadlines.workflow import Disclosure
from inbox.language.errors import Locked
from inbox.replies import answering, closing, drafts, templates
from inbox.replies.closing import Closing
from inbox.replies.drafts import Draft
from inbox.session.actions import Actor
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import AnswersBy, Case
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, today
from tests.support.inbox_outcomes import refused

pytestmark = pytest.mark.copy_of("ready")

DRILL = ("--reason", "drill")
OWN = ("message", "reply", "1", "--feedback", "--text", "Merci.")
NO_MEASURE = "does not count as feedback, because no measure is shown to the reporter"
HOLLOW = (
    "case 1: reply 2 was sent, but does not count as feedback, because no measure is shown to the reporter"
)
TOLD = ("case", "measure", "add", "1", "process_fix", "--tell")
ACKNOWLEDGE = ("message", "reply", "1", "--template", "acknowledgement")


@pytest.fixture(scope="module")
def ready(with_reporter: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two cases in which officers decided not to inform the prosecutor. The first report is admissible."""
    office = with_reporter.copy(tmp_path_factory.mktemp("ready"))
    office.read_all(1, 2, risk="low")
    office.tell_no_prosecutor(1, 2)
    office.json("case", "decide", "1", "admissible", *DRILL)
    return office


def clock(office: Office, name: str = "feedback") -> dict[str, Any]:
    """Return the deadline of this name in the first case."""
    clocks = office.json("case", "show", "1")["work"]["clocks"]
    return next(each for each in clocks if each["clock"] == name)


def state(office: Office, name: str = "feedback") -> tuple[bool, bool]:
    """Return whether an outbox met this deadline of the first case, and whether the deadline was dropped."""
    found = clock(office, name)
    return found["sent"] is not None, found["dropped"] is not None


@pytest.mark.parametrize("blank", ["\u200b", "\u2800", "\u3164", "\u00ad", "\u2060", "\ufeff", ".", "\uffa0"])
def test_a_text_without_a_visible_letter_or_digit_counts_as_empty(blank: str) -> None:
    assert not unseen.says_anything(f" {blank}\n")
    assert unseen.says_anything(f"{blank}7")


def test_a_reply_or_closing_is_refused_if_its_text_counts_as_empty(office: Office) -> None:
    """The refusal is the same as for a missing text."""
    for words, said in (
        (("message", "reply", "1", "--template", "feedback", "--feedback"), "needs words of your own"),
        (("message", "reply", "1"), "the reply is empty"),
        (("case", "close", "1", "moot", "--disclosure", "partial"), "has to be informed in writing"),
    ):
        assert said in refused(office, *words, "--text", "\u3164 .")


def test_feedback_is_refused_before_the_acknowledgement(office: Office) -> None:
    """Other replies are accepted.

    After the feedback, officers can no longer write an acknowledgement, because an acknowledgement states the
    last day for feedback. For the same reason, an acknowledgement cannot be retracted while feedback waits
    for an outbox.
    """
    feedback = ("message", "reply", "1", "--template", "feedback", "--text", "Merci.", "--feedback")
    office.json(*TOLD)
    before = office.state()
    for words in (feedback, OWN):
        said = refused(office, *words)
        assert "case 1: feedback must follow an acknowledgement, which is missing" in said
        assert "inbox message reply 1 --template acknowledgement" in said
    assert before == office.state()
    with sitting(office) as client:
        page = client.send("/en/case/1/reply", text="Merci.", feedback="on").text
        assert "cknowledge the report first on the page of case 1, with the template Acknowledgement" in page
    office.json("message", "reply", "1", "--text", "En danger, appelez le 17.")
    office.json("message", "reply", "1", "--template", "functional_protection")
    for words in (ACKNOWLEDGE, ACKNOWLEDGE, feedback):
        office.json(*words)
    office.json("message", "retract", "1", "4")
    said = refused(office, "message", "retract", "1", "3")
    assert "reply 3 acknowledges the report: the waiting feedback" in said
    assert "inbox message retract 1 5" in said
    office.json("message", "retract", "1", "5")
    office.json("message", "retract", "1", "3")


def test_feedback_is_possible_in_a_reopened_case_if_its_closing_acknowledged_the_report(
    office: Office, told: Callable[[], Any]
) -> None:
    """The text of the closing acknowledged the report. Officers could not write another acknowledgement."""
    office.json("case", "close", "1", "moot", "--disclosure", "partial", "--text", "Merci.")
    told()
    office.json("case", "reopen", "1", *DRILL)
    office.json(*TOLD)
    office.json(*OWN)


def test_own_words_are_feedback_only_if_a_measure_other_than_protection_followed_the_report(
    office: Office,
) -> None:
    office.json(*ACKNOWLEDGE)
    office.json("case", "measure", "add", "1", "protection_offered", "--tell")
    office.json(*TOLD, "--day", (today() - timedelta(900)).isoformat())
    assert NO_MEASURE in refused(office, *OWN)
    office.json(*TOLD)
    office.json(*OWN)


def test_an_officers_own_words_are_not_feedback_if_their_measure_is_held_back(office: Office) -> None:
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json("case", "decide", "1", "transmit", *DRILL)
    assert NO_MEASURE in refused(office, *OWN)


@pytest.mark.parametrize(
    "undo", [("case", "measure", "unshare", "1", "1"), ("case", "measure", "retract", "1", "1", *DRILL)]
)
def test_an_officers_own_words_do_not_meet_the_feedback_deadline_if_their_measure_is_not_sent(
    office: Office, told: Callable[[], Any], undo: tuple[str, ...]
) -> None:
    """The outbox and the page of the case warn officers until there is feedback."""
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json(*OWN)
    office.json(*undo)
    assert HOLLOW in office.json("exchange", "outbox", "--out", office.out)["warnings"]
    assert HOLLOW in office.json("case", "show", "1")["work"]["held_back"]
    assert HOLLOW in office.run("case", "show", "1").out
    office.json("case", "measure", "add", "1", "process_fix", "--tell")
    assert ["Merci."] == [each.text for each in told().messages[1:]]
    assert (False, False) == state(office)
    office.json(*OWN)
    assert [] == office.json("case", "show", "1")["work"]["held_back"]
    told()
    assert (True, False) == state(office)


def test_an_outbox_gives_no_warning_about_a_case_that_officers_cannot_see(office: Office) -> None:
    """Otherwise the outbox would fail, and its failure would reveal that the case exists."""
    with office.opened() as inbox, inbox.transaction() as session:
        assert [] == answering.warnings(session, [1, 99])


def test_an_outbox_gives_no_warning_about_a_case_in_quarantine(office: Office) -> None:
    """The outbox gives no warning about words that are not feedback or about texts that are held back."""
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json(*OWN)
    office.json("case", "measure", "unshare", "1", "1")
    office.json("case", "set-status", "2", "in_follow_up")
    office.json("case", "decide", "2", "transmit", *DRILL)
    for number in ("1", "2"):
        office.json("access", "quarantine", number, *DRILL)
    assert [] == office.json("exchange", "outbox", "--out", office.out)["warnings"]


def test_an_officers_own_words_are_not_feedback_if_an_outbox_repeats_them_without_their_measure(
    office: Office,
) -> None:
    """For example, an outbox repeats the words after an earlier outbox was lost."""
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json(*OWN)
    with office.opened() as inbox, inbox.transaction() as session:
        words = queries_cases.messages(session, 1)
        assert answering.counting(session, 1, ("process_fix",), words)
        assert not answering.counting(session, 1, (), words)
        assert not answering.counting(session, 1, ("process_fix",), ()), (
            "a reply that is held back counted as sent"
        )


def test_a_closed_case_needs_no_feedback_even_if_the_closing_text_was_sent_without_its_measure(
    office: Office,
) -> None:
    """The closing ended the deadline. Therefore the queue does not show the case as overdue for ever."""
    office.json(*TOLD)
    office.json("case", "close", "1", "moot", "--disclosure", "partial", "--text", "Merci.")
    office.json("case", "measure", "unshare", "1", "1")
    with office.opened() as inbox, inbox.transaction() as session:
        work = session.get_one(Workflow, 1)
        work.acknowledged = today()
        workflow.keep_in_step(session, 1)
        due = work.deadline
        assert answering.let_go(session, session.get_one(Case, 1), (), queries_cases.messages(session, 1))
        kept = work.deadline
        workflow.renew(session)
        assert kept == work.deadline != due


def test_one_officer_cannot_hide_a_measure_that_makes_a_sent_reply_count_as_feedback(
    office: Office, told: Callable[[], Any]
) -> None:
    """The officer can neither unshare nor retract the measure, nor withhold it by closing the case.

    If the reporter sees another measure of this kind, one officer can hide this measure.
    """
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json(*OWN)
    told()
    office.json("case", "measure", "add", "1", "process_fix")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        silent = Closing(outcome="moot", disclosure=Disclosure.WITHHELD, reason="x", text="Merci.")
        for act in (
            lambda: records.tell(opened.inbox, alone, 1, 1, told=False),
            lambda: records.retract(opened.inbox, alone, 1, 1, "x"),
            lambda: closing.close(opened.inbox, alone, 1, silent),
        ):
            with pytest.raises(Locked):
                act()
    office.json("case", "measure", "add", "1", "process_fix", "--tell")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        records.tell(opened.inbox, alone, 1, 1, told=False)
        closing.close(
            opened.inbox, alone, 1, Closing(outcome="moot", disclosure=Disclosure.PARTIAL, text="x")
        )


def test_one_officer_can_hide_a_measure_that_no_sent_feedback_relies_on(
    office: Office, told: Callable[[], Any]
) -> None:
    """A reply that was not sent yet is no longer feedback once its measure is hidden.

    Once a feedback text of the law was sent, the officer's own words count without a measure.
    """
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json(*OWN)

    def untell() -> None:
        with office.unlocked() as opened:
            records.tell(opened.inbox, Actor(opened.present, today()), 1, 1, told=False)

    untell()
    office.json("case", "measure", "share", "1", "1")
    told()
    office.json("message", "reply", "1", "--template", "feedback", "--text", "Merci.", "--feedback")
    with pytest.raises(Locked):
        untell()
    told()
    untell()


def test_feedback_with_the_text_that_withholds_everything_takes_two_officers(office: Office) -> None:
    """The rule has no exception.

    Therefore the number of officers does not reveal whether anything must be kept secret. One officer can
    send this text as a plain reply. One officer can also give feedback in their own words.
    """
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    withheld = Draft(template="withheld")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        with pytest.raises(Locked):
            drafts.send(opened.inbox, alone, 1, Draft(template="withheld", feedback=True))
        drafts.send(opened.inbox, alone, 1, withheld)
        drafts.send(opened.inbox, alone, 1, Draft(template="feedback", text="Merci.", feedback=True))


def test_a_template_that_is_not_marked_as_feedback_does_not_count_as_feedback_on_its_own(
    office: Office,
) -> None:
    """Like an officer's own words, such a text counts as feedback only beside a measure.

    Sending such a text takes one officer.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        text = templates.known(session)["acknowledgement"]
        assert (None, False) == (answering.how(session, 1, text), answering.takes_two(text))


def test_no_text_counts_as_feedback_during_quarantine(office: Office) -> None:
    """The refusal does not reveal what was decided or done.

    A closing with a text does not count as feedback, either.
    """
    office.json("access", "quarantine", "1", *DRILL)
    office.json("access", "quarantine", "2", *DRILL)
    for number in ("1", "2"):
        said = refused(office, "message", "reply", number, "--template", "withheld", "--feedback")
        assert f"case {number}: nobody may read the case now, so no text counts as feedback" in said
    words = ("--template", "closing_moot", "--text", "Merci.", "--despite-warning", "x")
    office.json("case", "close", "1", "moot", "--disclosure", "full", *words)
    with office.opened() as inbox, inbox.vault.transaction(quarantine=True) as session:
        assert not session.get_one(Workflow, 1).feedback


def test_a_closing_in_an_officers_own_words_is_not_feedback_and_its_preview_says_so(
    office: Office, told: Callable[[], Any]
) -> None:
    """The closing is feedback if it uses a template for the outcome, or if a measure is shown beside it."""
    end = ("case", "close", "1", "moot", "--disclosure", "partial")
    hollow, inside = (*end, "--text", "Merci."), (*end, "--template", "closing_moot", "--text", "Merci.")
    said = "the reporter gets no feedback"
    assert said in office.run(*hollow, "--preview").out
    assert said not in office.run(*inside, "--preview").out
    with sitting(office) as client:
        form = {"outcome": "moot", "disclosure": "partial", "text": "Merci."}
        assert said in client.send("/en/case/1/close/preview", **form).text
    office.json(*hollow)
    told()
    assert [] == office.json("case", "show", "1")["work"]["held_back"], (
        "officers are warned although the closing was never feedback"
    )
    assert ((False, True), (True, False)) == (state(office), state(office, "ack_eu"))
    office.json("case", "reopen", "1", *DRILL)
    assert (False, False) == state(office)
    office.json(*TOLD)
    assert said not in office.run(*hollow, "--preview").out
    office.json(*hollow)
    told()
    assert (True, False) == state(office)


def test_a_closing_that_tells_the_reporter_nothing_takes_two_officers_and_acknowledges_nothing(
    office: Office, told: Callable[[], Any]
) -> None:
    """The rule does not depend on the case.

    A text that says only that everything is withheld also takes two officers.
    """
    silent = Closing(outcome="moot", disclosure=Disclosure.WITHHELD, reason="x")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        for nothing in (silent, replace(silent, template="closing_untold"), replace(silent, text="Clos.")):
            with pytest.raises(Locked):
                closing.close(opened.inbox, alone, 1, nothing)
    office.json("case", "close", "1", "moot", "--disclosure", "withheld", "--reason", "x")
    told()
    assert ((False, True), (False, True)) == (state(office), state(office, "ack_eu"))


def test_after_feedback_one_officer_can_close_a_case_and_withhold_everything_else(
    office: Office, told: Callable[[], Any]
) -> None:
    """The feedback is a standard text of the law.

    If the feedback were in an officer's own words, it would no longer count without its measure.
    """
    office.json(*ACKNOWLEDGE)
    office.json("message", "reply", "1", "--template", "withheld", "--feedback")
    told()
    with office.unlocked() as opened:
        rest = Closing(outcome="moot", disclosure=Disclosure.WITHHELD, reason="x", template="closing_untold")
        closing.close(opened.inbox, Actor(opened.present, today()), 1, rest)


def test_a_referral_to_another_authority_is_feedback_on_its_own(office: Office) -> None:
    """A referral is a text of the law, so it counts as feedback whether or not a measure is shown."""
    office.json("case", "close", "1", "out_of_scope", "--disclosure", "full", "--to", "defender_of_rights")
    with office.opened() as inbox, inbox.transaction() as session:
        assert [AnswersBy.TEXT] == [each.answers_by for each in queries_cases.messages(session, 1)]


def test_the_text_of_a_closing_acknowledges_the_report_only_once_an_outbox_contains_it(
    office: Office,
) -> None:
    """Before this outbox, the reporter cannot have read the text.

    The text in this test withholds everything else, so it is not feedback.
    """
    words = ("--disclosure", "withheld", "--reason", "x", "--template", "closing_untold")
    office.json("case", "close", "1", "moot", *words)
    assert (False, False) == state(office, "ack_eu")
    with office.opened() as inbox, inbox.transaction() as session:
        assert not session.get_one(Workflow, 1).feedback


def test_the_text_that_withholds_everything_meets_the_feedback_deadline(
    office: Office, told: Callable[[], Any], tmp_path: Path
) -> None:
    """Every file of templates must have such a text. A file without one is refused."""
    file = tmp_path / "replies.toml"
    office.json("message", "template", "export", "--out", file)
    file.write_text(file.read_text("utf-8").replace("answers = true\n", ""), "utf-8")
    assert "an entry that has answers = true and does not close a case" in refused(
        office, "message", "template", "replace", str(file)
    )
    office.json(*ACKNOWLEDGE)
    office.json("case", "decide", "1", "transmit", *DRILL)
    office.json("message", "reply", "1", "--template", "withheld", "--feedback")
    told()
    assert (True, False) == state(office)
