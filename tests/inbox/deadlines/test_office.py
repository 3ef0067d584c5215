"""Settings of the office that change deadlines: days off, regime, extensions and holds."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import update

from inbox.deadlines import office as office_settings
from inbox.deadlines import settings, workflow
from inbox.deadlines.clocks import RETENTION
from inbox.language import days
from inbox.language.errors import Locked, Refused
from inbox.law import in_use
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Duty, Workflow
from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, Reporter, today
from tests.support.inbox_clock import moved
from tests.support.inbox_ending import heard
from tests.support.inbox_outcomes import refused, slot
from tests.support.inbox_trio import Trio, undone
from tests.support.laws import FILES

# A file with a single template, for an office that writes its own templates.
OWN = """
source = "Ours"
[reply.ours]
acknowledges = true
answers = true
title = { fr = "Plus de temps", en = "More time" }
status = ["received"]
text = { fr = "Plus tard.", en = "Later." }
"""

pytestmark = pytest.mark.copy_of("with_reporter")


@pytest.fixture(scope="module")
def opened(with_reporter: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    with with_reporter.copy(tmp_path_factory.mktemp("office") / "office").opened() as inbox:
        yield inbox


def clocks(office: Office, number: str = "1") -> dict[str, Any]:
    return {row["clock"]: row for row in office.json("case", "show", number)["work"]["clocks"]}


def noted(office: Office, *actions: str) -> list[Any]:
    """Return the journal entries with one of these actions."""
    return [each for each in office.json("journal", "list")["entries"] if each.get("action") in actions]


DAYS = st.dates(date(2023, 12, 1), date(2032, 12, 31))  # This range has three leap days.
EVENTS = st.tuples(DAYS, *[st.none() | st.integers(0, 200)] * 3)
OFF = st.sets(st.integers(1, 40), max_size=8)


# Each example takes a tenth of a second. The gate always tries the same examples; `make soak clocks` tries
# more.
@pytest.mark.slow
@examples(max_examples=max(11, examples().max_examples // 3))
@given(EVENTS, OFF, st.sampled_from([0, None]))
def test_each_deadline_changes_with_the_days_off_and_the_regime_of_the_office(
    opened: Inbox, happened: tuple[date, int | None, int | None, int | None], off: set[int], acted: int | None
) -> None:
    """A day off never makes a deadline earlier, and the internal regime never makes a deadline later.

    If the change is undone, the deadline is the same as before.
    """
    received, acknowledged, extended, answered = happened

    def after(days: int | None) -> date | None:
        return None if days is None else received + timedelta(days)

    with undone(opened) as session:
        session.execute(update(Case).values(received=received, collected=received))
        session.execute(update(Duty).values(decided=received))
        session.execute(
            update(Workflow).values(
                acknowledged=after(acknowledged),
                extended=after(extended),
                answered=after(answered),
                first_act=after(acted),
            )
        )
        session.expire_all()

        def seen() -> tuple[dict[str, date], date | None]:
            workflow.renew(session)
            work = workflow.of(session, 1)
            found = {due.clock: due for due in workflow.clocks(session, 1)}
            waiting = [due.day for due in found.values() if due.is_waiting]
            assert work.deadline == min(waiting, default=None)
            return {clock: due.day for clock, due in found.items()}, work.deadline

        office_settings.put_under(session, "internal")
        internal = seen()
        office_settings.put_under(session, "external", "X")
        external = seen()
        assert all(day <= external[0][clock] for clock, day in internal[0].items())
        assert (external[0]["feedback"] > internal[0]["feedback"]) is (extended is not None)
        calendar = office_settings.of(session).calendar
        days = {received + timedelta(n) for n in off}
        added = {day for day in days if calendar.works(day)}
        office_settings.add_days_off(session, added)
        assert all(external[0][clock] <= day for clock, day in seen()[0].items())
        office_settings.remove_days_off(session, added)
        assert external == seen()
        office_settings.put_under(session, "internal")
        assert internal == seen()


def test_case_show_lists_every_deadline_of_a_case_and_whether_it_was_met_or_dropped(office: Office) -> None:
    """Both acknowledgements are listed: that of the Directive and that of the decree.

    Running deadlines come first. Closing a case without a text drops the deadlines to inform the reporter.
    """
    assert ["ack_eu", "ack_fr", "first_act", "feedback"] == [*clocks(office)]
    shown = office.run("case", "show", "1").out
    assert f"  {today() + timedelta(7)}  {'in 7 days':<18}  Acknowledgement (Directive, 7 days)\n" in shown
    assert "Acknowledgement (decree, 7 working days)\n" in shown
    office.close("1")
    found = clocks(office)
    assert [RETENTION, "ack_eu", "ack_fr", "first_act", "feedback"] == [*found]
    assert (None, None) == (found[RETENTION]["done"], found[RETENTION]["dropped"])
    day = today().isoformat()
    undone = dict.fromkeys(("ack_eu", "ack_fr", "feedback"), (None, day))
    assert {"first_act": (day, None)} | undone == {
        name: (row["done"], row["dropped"]) for name, row in found.items() if name != RETENTION
    }


def test_a_day_off_postpones_the_first_act_in_all_cases_but_does_not_postpone_a_legal_deadline(
    office: Office,
) -> None:
    """The next command already shows the new day. If the day off is removed, the old day applies again."""
    before, state = clocks(office), office.state()
    day = before["first_act"]["day"]
    assert (
        [day]
        == office.json("office", "day-off", "add", day)["days_off"]
        == office.json("office", "day-off", "list")["days_off"]
    )
    after = clocks(office)
    assert after.pop("first_act")["day"] > day
    assert after.items() <= before.items()
    assert f"{day} is already a day off" in refused(office, "office", "day-off", "add", day)
    assert "2027-12-25 is already a day off" in refused(
        office, "office", "day-off", "add", "2027-12-27", "2027-12-25"
    )
    assert "is not an added day off" in refused(office, "office", "day-off", "remove", day, "2027-12-27")
    assert 2 == office.run("office", "day-off", "add", "tomorrow").code
    assert [] == office.json("office", "day-off", "remove", day)["days_off"]
    assert (before, state) == (clocks(office), office.state())


def test_a_day_off_also_moves_the_deadlines_of_cases_hidden_from_the_officer(
    trio: Trio,
) -> None:
    """All cases have the same calendar, even a case that excludes the officer."""
    for number in ("1", "3"):
        trio.others.json("case", "reopen", number, "--reason", "x")
    due = clocks(trio.others, "3")["first_act"]["day"]
    trio.excluded.json("office", "day-off", "add", due)
    moved_to = [clocks(trio.others, number)["first_act"]["day"] for number in ("1", "3")]
    assert due not in moved_to
    assert 1 == len(set(moved_to))


def test_each_change_of_a_setting_updates_the_next_deadline_immediately(office: Office) -> None:
    """Otherwise the deadline would be updated only when the inbox is next opened."""
    office.json("case", "show", "1")
    office.settle(1)
    heard(office)
    with office.unlocked() as opened:
        inbox, who = opened.inbox, opened.by_opening(today())

        def due() -> date:
            with inbox.transaction() as session:
                found = workflow.of(session, 1).deadline
            assert found
            return found

        first_due = due()
        settings.add_days_off(inbox, who, [first_due])
        assert due() > first_due
        settings.remove_days_off(inbox, who, [first_due])
        assert due() == first_due
        settings.add_span_off(inbox, who, first_due, first_due + timedelta(3))
        assert due() > first_due
        with inbox.transaction() as session:
            workflow.acted(session, 1, today())
        settings.choose_regime(inbox, who, "external", "X")
        with inbox.transaction() as session:
            workflow.of(session, 1).extended = today()
            workflow.keep_in_step(session, 1)
        extended = due()
        settings.choose_regime(inbox, who, "internal")
        assert due() < extended


def test_a_period_of_days_off_includes_its_last_day_and_is_at_most_a_year_long(office: Office) -> None:
    """Only the working days of the period are stored."""
    friday, wednesday = date(2031, 1, 3), date(2031, 1, 8)
    year = date(2032, 1, 1), date(2032, 12, 31)
    with office.unlocked() as opened:
        inbox, who = opened.inbox, opened.by_opening(today())
        for first, last in (
            (wednesday, friday),
            (friday + timedelta(1), friday + timedelta(2)),
            (year[0], year[1] + timedelta(1)),
        ):
            with pytest.raises(Refused, match="no working day"):
                settings.add_span_off(inbox, who, first, last)
        assert [] == settings.read(inbox, who).days_off
        found = settings.add_span_off(inbox, who, friday, wednesday)
        assert [3, 6, 7, 8] == [day.day for day in found.days_off]
        assert year[1] == max(settings.add_span_off(inbox, who, *year).days_off)


def test_one_officer_alone_cannot_change_the_regime_of_an_office_that_has_cases(office: Office) -> None:
    """Changing the regime moves deadlines and adds duties.

    Choosing the current regime again changes nothing.
    """
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        with pytest.raises(Locked):
            settings.choose_regime(opened.inbox, alone, "external", "X")
        assert "internal" == settings.choose_regime(opened.inbox, alone, "internal").regime
        assert (
            "external"
            == settings.choose_regime(opened.inbox, opened.by_opening(today()), "external", "X").regime
        )


def test_the_journal_records_each_change_of_a_setting_as_a_separate_action(office: Office) -> None:
    """A day that is given twice is stored once.

    If the command also gives an invalid last case number, the regime does not change.
    """
    assert "check the number" in refused(
        office, "office", "set", "--regime", "external", "--last-case", "9999999"
    )
    assert "internal" == office.json("office", "show")["regime"]
    office.json("office", "set", "--regime", "external", "--last-case", "9")
    office.json("office", "day-off", "add", "2031-01-03", "2031-01-02", "2031-01-03")
    office.json("office", "day-off", "remove", "2031-01-03")
    days = {"first": "2031-01-02", "last": "2031-01-03"}
    assert [
        ("continue-numbering", {"last_case": 9}),
        ("choose-regime", {"regime": "external"}),
        ("change-days-off", {"days_off": "added", "days": 2} | days),
        ("change-days-off", {"days_off": "removed", "days": 1} | dict.fromkeys(days, "2031-01-03")),
    ] == [
        (each["action"], each["values"])
        for each in noted(office, "continue-numbering", "choose-regime", "change-days-off")
    ]


def test_under_some_regimes_the_office_must_say_how_reporters_can_speak_to_an_officer(
    office: Office,
) -> None:
    """Article 10 of Decree 2022-1284 requires the office to say so. The office has to do so only once."""
    before = office.state()
    for nothing in ((), ("--heard", " ")):
        said = office.typed("office", "set", "--regime", "external", *nothing)
        assert (1, True) == (
            said.code,
            "reporters can ask to be heard, but the settings do not say how" in said.err,
        )
        assert "inbox office set --regime external --heard TEXT" in said.err
    assert 2 == office.typed("office", "set", "--heard", "0123456789").code
    long = office.typed("office", "set", "--regime", "external", "--heard", "x" * 201)
    assert "at most 200 characters" in long.err
    assert before == office.state()
    assert 0 == office.typed("office", "set", "--regime", "internal").code
    assert 0 == office.typed("office", "set", "--regime", "external", "--heard", "0123456789").code
    assert "reporters can speak to an officer: 0123456789\n" in office.run("office", "show").out
    assert 0 == office.typed("office", "set", "--regime", "external", "--heard", "x" * 200).code
    assert 0 == office.typed("office", "set", "--regime", "external", "--heard", "0123456789").code
    for regime in ("internal", "external"):
        assert 0 == office.typed("office", "set", "--regime", regime).code
    assert "0123456789" == office.json("office", "show")["heard"]


def test_the_office_is_warned_if_the_law_requires_a_way_to_speak_to_an_officer_and_no_such_way_is_set(
    office: Office,
) -> None:
    """Reporters must be told how they can speak to an officer."""
    said = office.run("office", "show").out
    assert ("HEARD" in said, "`portal doctor` shows which ones it uses" in said) == (False, True)
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    office.json("queue", "list")
    assert "MISSING: HOW REPORTERS CAN SPEAK TO AN OFFICER" in office.run("office", "show").out
    assert 0 == office.typed("office", "set", "--regime", "single", "--heard", "at the lighthouse").code
    assert "HEARD" not in office.run("office", "show").out


def test_only_an_external_authority_can_extend_the_time_for_feedback_and_only_once(
    office: Office, first_reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The authority must extend the time before the original deadline.

    The notice names the new day, which is counted from the last day for the acknowledgement.
    """
    due = clocks(office)["feedback"]["day"]
    why = ("--reason", "abroad", "--text", "un témoin est à l'étranger")
    cannot = "under its regime, this office cannot extend the time for feedback"
    assert cannot in refused(office, "case", "extend", "1", *why)
    assert "external" == office.json("office", "set", "--regime", "external")["regime"]
    assert due == clocks(office)["feedback"]["day"]
    copy = office.copy(office.root.parent.with_name("late"))
    ended = office.copy(office.root.parent.with_name("ended"))
    ended.close("1")
    assert "case 1 is closed" in refused(ended, "case", "extend", "1", *why)
    assert 2 == office.run("case", "extend", "1").code
    assert "needs words of your own" in refused(office, "case", "extend", "1", "--reason", "abroad")
    seen = office.json("case", "extend", "1", *why, "--preview")
    assert (due, None) == (
        clocks(office)["feedback"]["day"],
        office.json("case", "show", "1")["work"]["extended"],
    )
    assert [] == office.json("case", "show", "1")["messages"]
    extended = office.json("case", "extend", "1", *why)["feedback"]
    acknowledged_by = date.fromisoformat(clocks(office)["ack_eu"]["day"])
    assert extended == (acknowledged_by + relativedelta(months=6)).isoformat()
    said = slot(office, first_reporter).messages[-1].text
    assert extended == clocks(office)["feedback"]["day"]
    assert (seen["text"], True) == (said, days.full("fr", date.fromisoformat(extended)) in said)
    assert "de temps que prévu\u00a0:\n\nun témoin est à l'étranger\n" in said
    assert "was already given, or its deadline was already extended" in refused(
        office, "case", "extend", "1", *why
    )
    moved(monkeypatch).day = date.fromisoformat(due) + timedelta(1)
    assert f"feedback was due on {due}" in refused(copy, "case", "extend", "1", *why)


def test_a_notice_of_extension_is_not_sent_while_the_regime_does_not_allow_the_extension(
    office: Office, first_reporter: Reporter
) -> None:
    """The notice is sent once the regime allows the extension again.

    A notice that was already sent is not withdrawn. Feedback is then due on the usual day, which is before
    the day in the notice.
    """
    usual = clocks(office)["feedback"]["day"]
    office.json("office", "set", "--regime", "external")
    later = office.json("case", "extend", "1", "--reason", "abroad", "--text", "x")["feedback"]
    office.json("office", "set", "--regime", "internal")
    assert () == slot(office, first_reporter).messages
    (said,) = office.json("case", "show", "1")["work"]["held_back"]
    assert "reply 1 is held back, because the regime of the office does not allow an extension" in said
    office.json("office", "set", "--regime", "external")
    told = slot(office, first_reporter).messages
    assert days.full("fr", date.fromisoformat(later)) in told[-1].text
    office.json("office", "set", "--regime", "internal")
    assert told == slot(office, first_reporter).messages
    assert usual == clocks(office)["feedback"]["day"] < later


def test_feedback_that_waits_for_the_next_outbox_counts_as_sent_on_the_current_day(opened: Inbox) -> None:
    """A text written today therefore does not have to say when feedback will come."""
    with opened.transaction() as session:
        assert workflow.feedback_due(session, 1, today()).sent is None
        workflow.feedback(session, 1)
        session.flush()
        assert today() == workflow.feedback_due(session, 1, today()).sent
        session.rollback()


def test_a_notice_of_extension_is_checked_like_any_other_reply(office: Office) -> None:
    """Officers can override a warning with a reason, which the journal keeps.

    A reason that is too long is refused.
    """
    office.json("office", "set", "--regime", "external")
    why = ("--reason", "abroad", "--text", "écrivez à agent@port.example")
    assert "it is an address" in refused(office, "case", "extend", "1", *why)
    despite = ("--despite-warning", "x" * 1_995)
    assert "all reasons together may have at most" in refused(office, "case", "extend", "1", *why, *despite)
    office.json("case", "extend", "1", *why, "--despite-warning", "it is ours")
    (entry,) = noted(office, "extend")
    assert ({"despite": True}, "abroad; it is ours") == (entry["values"], entry["reason"])


def test_an_office_can_write_its_own_notice_of_extension(office: Office, tmp_path: Path) -> None:
    """A template that has no place for an officer's words accepts no text.

    Without a template for the notice, officers cannot extend the time.
    """
    own = tmp_path / "own.toml"
    own.write_text(OWN)
    for law in ("xx", "fr"):
        with office.opened() as inbox, inbox.transaction() as session:
            in_use.adopt(session, FILES[law])
        office.json("queue", "list")
        if law == "xx":
            office.json("message", "template", "replace", own)
    office.json("office", "set", "--regime", "external")
    assert "no template tells the reporter of an extension" in refused(
        office, "case", "extend", "1", "--reason", "x"
    )
    assert "exactly one entry that has extends = true" in refused(
        office, "message", "template", "replace", own
    )
    own.write_text(f"{OWN}extends = true\n")
    office.json("message", "template", "replace", own)
    assert "no place for words" in refused(office, "case", "extend", "1", "--reason", "x", "--text", "x")
    office.json("case", "extend", "1", "--reason", "x")
    assert ["Plus tard."] == [each["text"] for each in office.json("case", "show", "1")["messages"]]


def test_a_reporter_cannot_tell_that_their_case_is_on_hold(office: Office, first_reporter: Reporter) -> None:
    """During the hold, the case has no end of retention.

    The reporter of the case sees an ordinary closed case.
    """
    office.close("1")
    assert RETENTION in clocks(office)
    assert "is not on hold" in refused(office, "retention", "unhold", "1", "--reason", "x")
    office.json("retention", "hold", "1", "--reason", "trial")
    assert (RETENTION in clocks(office), today().isoformat()) == (
        False,
        office.json("case", "show", "1")["work"]["held"],
    )
    assert f"LEGAL HOLD since {today()}" in office.run("case", "show", "1").out
    heard(office)
    assert office.json("queue", "list", "--closed")["cases"][0]["deadline"] is None
    assert "has been on hold since" in refused(office, "retention", "hold", "1", "--reason", "again")
    told = slot(office, first_reporter)
    assert ("closed", (), False) == (told.status, told.messages, "hold" in repr(told))
    office.json("retention", "unhold", "1", "--reason", "over")
    assert RETENTION in clocks(office)
