"""What counts as feedback: no word that stands on nothing, nor once what it stood on is gone."""

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
    """Two cases of which no prosecutor is told; the first is admissible."""
    office = with_reporter.copy(tmp_path_factory.mktemp("ready"))
    office.read_all(1, 2, risk="low")
    office.tell_no_prosecutor(1, 2)
    office.json("case", "decide", "1", "admissible", *DRILL)
    return office


def clock(office: Office, name: str = "feedback") -> dict[str, Any]:
    """Return a clock of the first case."""
    clocks = office.json("case", "show", "1")["work"]["clocks"]
    return next(each for each in clocks if each["clock"] == name)


def state(office: Office, name: str = "feedback") -> tuple[bool, bool]:
    """Return whether an outbox stopped the first case's clock of this name, and whether it is dropped."""
    found = clock(office, name)
    return found["sent"] is not None, found["dropped"] is not None


@pytest.mark.parametrize("blank", ["\u200b", "\u2800", "\u3164", "\u00ad", "\u2060", "\ufeff", ".", "\uffa0"])
def test_words_in_which_nothing_can_be_read_are_none(blank: str) -> None:
    assert not unseen.says_anything(f" {blank}\n")
    assert unseen.says_anything(f"{blank}7")


def test_no_reply_and_no_closing_goes_with_words_in_which_nothing_can_be_read(office: Office) -> None:
    """In a template they are missing; where they stand in for a text, there is none."""
    for words, said in (
        (("message", "reply", "1", "--template", "feedback", "--feedback"), "needs words of your own"),
        (("message", "reply", "1"), "the reply is empty"),
        (("case", "close", "1", "moot", "--disclosure", "partial"), "has to be informed in writing"),
    ):
        assert said in refused(office, *words, "--text", "\u3164 .")


def test_feedback_comes_after_the_acknowledgement_and_all_else_may_come_before_it(office: Office) -> None:
    """Afterwards none could be written, as it names the last day for feedback; nor is it taken back then."""
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


def test_what_a_closing_acknowledged_needs_no_acknowledgement_before_more_feedback(
    office: Office, told: Callable[[], Any]
) -> None:
    """It left with the text of the closing: no other one could be written once the case is open again."""
    office.json("case", "close", "1", "moot", "--disclosure", "partial", "--text", "Merci.")
    told()
    office.json("case", "reopen", "1", *DRILL)
    office.json(*TOLD)
    office.json(*OWN)


def test_neither_protection_nor_what_was_done_before_the_report_makes_words_feedback(office: Office) -> None:
    office.json(*ACKNOWLEDGE)
    office.json("case", "measure", "add", "1", "protection_offered", "--tell")
    office.json(*TOLD, "--day", (today() - timedelta(900)).isoformat())
    assert NO_MEASURE in refused(office, *OWN)
    office.json(*TOLD)
    office.json(*OWN)


def test_a_measure_that_would_not_leave_now_makes_no_words_feedback(office: Office) -> None:
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json("case", "decide", "1", "transmit", *DRILL)
    assert NO_MEASURE in refused(office, *OWN)


@pytest.mark.parametrize(
    "undo", [("case", "measure", "unshare", "1", "1"), ("case", "measure", "retract", "1", "1", *DRILL)]
)
def test_words_that_leave_without_their_measure_leave_the_time_for_feedback_running(
    office: Office, told: Callable[[], Any], undo: tuple[str, ...]
) -> None:
    """Officers are told, with the outbox and at the case, until there is feedback."""
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


def test_an_outbox_warns_of_no_case_that_is_not_there_for_who_makes_it(office: Office) -> None:
    """It would not be made, and so tell of the case."""
    with office.opened() as inbox, inbox.transaction() as session:
        assert [] == answering.warnings(session, [1, 99])


def test_of_a_case_in_quarantine_an_outbox_says_nothing(office: Office) -> None:
    """Neither that its words are no feedback nor what of it is held back."""
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json(*OWN)
    office.json("case", "measure", "unshare", "1", "1")
    office.json("case", "set-status", "2", "in_follow_up")
    office.json("case", "decide", "2", "transmit", *DRILL)
    for number in ("1", "2"):
        office.json("access", "quarantine", number, *DRILL)
    assert [] == office.json("exchange", "outbox", "--out", office.out)["warnings"]


def test_words_that_a_later_outbox_tells_again_without_their_measure_are_no_feedback(office: Office) -> None:
    """As after an outbox that was lost: those were told once, and nothing takes them back."""
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    office.json(*OWN)
    with office.opened() as inbox, inbox.transaction() as session:
        words = queries_cases.messages(session, 1)
        assert answering.counting(session, 1, ("process_fix",), words)
        assert not answering.counting(session, 1, (), words)
        assert not answering.counting(session, 1, ("process_fix",), ()), (
            "words that are held back do not leave"
        )


def test_of_a_closed_case_no_feedback_is_due_once_its_words_left_without_their_measure(
    office: Office,
) -> None:
    """The time for it was dropped with the closing: no queue shows its last day for ever."""
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


def test_what_feedback_stood_on_one_officer_does_not_untell(office: Office, told: Callable[[], Any]) -> None:
    """Nor retract it, once an outbox has it; beside another measure one officer does, if that is told."""
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


def test_one_officer_untells_a_measure_on_which_no_feedback_stands_that_has_left(
    office: Office, told: Callable[[], Any]
) -> None:
    """What waits is no feedback then; beside a text of the law that left, the words need no measure."""
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


def test_a_text_of_the_law_that_says_nothing_of_the_case_is_feedback_by_two_alone(office: Office) -> None:
    """Always, so that nothing shows whether anything binds; as a reply it takes one, as do own words."""
    office.json(*ACKNOWLEDGE)
    office.json(*TOLD)
    withheld = Draft(template="withheld")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        with pytest.raises(Locked):
            drafts.send(opened.inbox, alone, 1, Draft(template="withheld", feedback=True))
        drafts.send(opened.inbox, alone, 1, withheld)
        drafts.send(opened.inbox, alone, 1, Draft(template="feedback", text="Merci.", feedback=True))


def test_a_text_that_is_not_marked_for_it_is_no_feedback_by_itself(office: Office) -> None:
    """Nor does it take two officers as feedback: it counts beside a measure, as own words do."""
    with office.opened() as inbox, inbox.transaction() as session:
        text = templates.known(session)["acknowledgement"]
        assert (None, False) == (answering.how(session, 1, text), answering.takes_two(text))


def test_in_quarantine_nothing_is_feedback_and_nothing_of_the_case_is_told(office: Office) -> None:
    """Whether or not anything was decided and done; a closing that tells something drops the time for it."""
    office.json("access", "quarantine", "1", *DRILL)
    office.json("access", "quarantine", "2", *DRILL)
    for number in ("1", "2"):
        said = refused(office, "message", "reply", number, "--template", "withheld", "--feedback")
        assert f"case {number}: nobody may read the case now, so no text counts as feedback" in said
    words = ("--template", "closing_moot", "--text", "Merci.", "--despite-warning", "x")
    office.json("case", "close", "1", "moot", "--disclosure", "full", *words)
    with office.opened() as inbox, inbox.vault.transaction(quarantine=True) as session:
        assert not session.get_one(Workflow, 1).feedback


def test_own_words_at_the_end_are_no_feedback_and_the_page_says_so(
    office: Office, told: Callable[[], Any]
) -> None:
    """Beside a measure that is told they are, as is a template of the outcome."""
    end = ("case", "close", "1", "moot", "--disclosure", "partial")
    hollow, inside = (*end, "--text", "Merci."), (*end, "--template", "closing_moot", "--text", "Merci.")
    said = "This closing gives no feedback"
    assert said in office.run(*hollow, "--preview").out
    assert said not in office.run(*inside, "--preview").out
    with sitting(office) as client:
        form = {"outcome": "moot", "disclosure": "partial", "text": "Merci."}
        assert said in client.send("/en/case/1/close/preview", **form).text
    office.json(*hollow)
    told()
    assert [] == office.json("case", "show", "1")["work"]["held_back"], "they were never to be feedback"
    assert ((False, True), (True, False)) == (state(office), state(office, "ack_eu"))
    office.json("case", "reopen", "1", *DRILL)
    assert (False, False) == state(office)
    office.json(*TOLD)
    assert said not in office.run(*hollow, "--preview").out
    office.json(*hollow)
    told()
    assert (True, False) == state(office)


def test_without_a_word_two_close_a_case_and_it_is_not_acknowledged(
    office: Office, told: Callable[[], Any]
) -> None:
    """Whatever binds; nor does one alone with a text that says only that all is withheld."""
    silent = Closing(outcome="moot", disclosure=Disclosure.WITHHELD, reason="x")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        for nothing in (silent, replace(silent, template="closing_untold"), replace(silent, text="Clos.")):
            with pytest.raises(Locked):
                closing.close(opened.inbox, alone, 1, nothing)
    office.json("case", "close", "1", "moot", "--disclosure", "withheld", "--reason", "x")
    told()
    assert ((False, True), (False, True)) == (state(office), state(office, "ack_eu"))


def test_after_feedback_one_officer_closes_a_case_and_withholds_the_rest(
    office: Office, told: Callable[[], Any]
) -> None:
    """The feedback is a text of the law: own words would fall with what they stand on."""
    office.json(*ACKNOWLEDGE)
    office.json("message", "reply", "1", "--template", "withheld", "--feedback")
    told()
    with office.unlocked() as opened:
        rest = Closing(outcome="moot", disclosure=Disclosure.WITHHELD, reason="x", template="closing_untold")
        closing.close(opened.inbox, Actor(opened.present, today()), 1, rest)


def test_where_to_turn_is_feedback_by_itself(office: Office) -> None:
    """A text of the law says it, whatever measure is told beside it or taken out again."""
    office.json("case", "close", "1", "out_of_scope", "--disclosure", "full", "--to", "defender_of_rights")
    with office.opened() as inbox, inbox.transaction() as session:
        assert [AnswersBy.TEXT] == [each.answers_by for each in queries_cases.messages(session, 1)]


def test_a_case_that_ends_with_a_text_is_to_be_acknowledged_until_an_outbox_has_it(office: Office) -> None:
    """Though all else is withheld: what waits here has told its reporter nothing."""
    words = ("--disclosure", "withheld", "--reason", "x", "--template", "closing_untold")
    office.json("case", "close", "1", "moot", *words)
    assert (False, False) == state(office, "ack_eu")
    with office.opened() as inbox, inbox.transaction() as session:
        assert not session.get_one(Workflow, 1).feedback


def test_who_may_not_be_told_more_still_gets_a_text_that_ends_the_time_for_feedback(
    office: Office, told: Callable[[], Any], tmp_path: Path
) -> None:
    """A file of templates without any is not taken, nor is a law."""
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
