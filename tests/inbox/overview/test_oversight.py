"""The oversight report on the office's work has numbers and days, but no word of a report."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, update

from inbox.deadlines.clocks import RETENTION
from tests.support import exits_room
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, today
from tests.support.inbox_clock import moved
from tests.support.inbox_ending import aged, heard, tell_portal
from tests.support.inbox_trio import CANARY, OF_THE_WORK, TABLES, Trio
from tests.support.inbox_visas import agreed

# These columns contain codes from the program's own lists, which nobody types.
CODES = {
    "kind", "status", "outcome", "disclosure", "decision", "route", "officer", "assigned", "keyring_warning",
    "source_risk", "credibility", "id",
}  # fmt: skip


NONE = dict.fromkeys(("held", "judged", "quarantined", "for_handlers", "for_handlers_overdue", "junk"), 0)


def states(**counts: int) -> dict[str, int]:
    """Return the number of deadlines of one kind in each state.

    A state that is not listed has a count of 0.
    """
    return dict.fromkeys(("met", "late", "dropped", "impossible", "overdue", "running"), 0) | counts


def spread(office: Office) -> None:
    """Put the canary word into every text of every case."""
    with office.opened() as inbox, inbox.transaction() as session:
        for name in (*OF_THE_WORK, "workflows", "messages", "follow_ups", "attachments", "cases"):
            table = TABLES[name]
            free = [
                column.name
                for column in table.columns
                if isinstance(column.type, String) and column.name not in CODES
            ]
            texts = {each: CANARY for each in free if not (name == "tags" and each == "name")}
            if texts:
                session.execute(update(table).values(texts))


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["lines", "json"])
def test_the_oversight_report_contains_no_word_of_a_report_or_of_an_officer(
    trio: Trio, form: list[str]
) -> None:
    """As a control, the page of the case shows nearly all of these texts."""
    trio.others.json("case", "set-score", "1", "--danger", "3", "--reason", CANARY)
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    spread(trio.others)
    said = trio.others.run("office", "oversight", *form)
    assert (0, "") == (said.code, said.err)
    assert CANARY not in said.out
    assert 10 < trio.others.run("case", "show", "3").out.count(CANARY)


def test_the_oversight_report_counts_deadlines_by_state(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 1 was reopened and not closed again.

    The other cases were closed in time, and nothing was disclosed. Late feedback counts as overdue
    until the reporter can read it, and as late from then on.
    """
    trio.others.json("case", "reopen", "1", "--reason", "x")
    seen = trio.others.json("office", "oversight")
    assert {"open": 1, "closed": 2, "held": 0, "judged": 0, "for_handlers": 0, "junk": 0, **NONE} == seen[
        "cases"
    ]
    assert states(dropped=2, running=1) == seen["deadlines"]["feedback"]
    assert states(running=2) == seen["deadlines"][RETENTION]
    assert ({"moot": 2}, {"withheld": 2}) == (seen["outcomes"], seen["disclosure"])
    clock = moved(monkeypatch)
    clock.wait(130)
    seen = trio.others.json("office", "oversight")
    assert states(dropped=2, overdue=1) == seen["deadlines"]["feedback"]
    assert 2 == seen["deadlines"][RETENTION]["running"]
    trio.others.json("case", "decide", "1", "no_transmission", "--reason", "x")
    trio.others.json("case", "show", "1")
    trio.others.close("1", "moot", "--disclosure", "full", "--text", "Clos.")
    assert states(dropped=2, overdue=1) == trio.others.json("office", "oversight")["deadlines"]["feedback"]
    heard(trio.others, day=clock.day)
    seen = trio.others.json("office", "oversight")
    assert states(dropped=2, late=1) == seen["deadlines"]["feedback"]
    assert {"moot": 3} == seen["outcomes"]


OWN = ("--text", "Clos.")
TEMPLATE = ("--template", "closing_founded", *OWN)
TELL = ("--tell",)


@pytest.mark.parametrize(
    ("disclosure", "text", "tell", "state"),
    [
        ("partial", TEMPLATE, (), "met"),
        ("partial", OWN, TELL, "met"),
        ("partial", OWN, (), "dropped"),
        ("withheld", OWN, TELL, "dropped"),
    ],
    ids=["a-text-for-the-outcome", "own-words-beside-a-measure", "own-words", "withheld"],
)
def test_a_closing_that_withholds_the_outcome_does_not_count_as_feedback(
    trio: Trio, disclosure: str, text: tuple[str, ...], tell: tuple[str, ...], state: str
) -> None:
    """A reporter who learns nothing except that the case is closed does not know what was done.

    Closing a case with only a text does not count as feedback.
    """
    for words in (
        ["case", "reopen", "1", "--reason", "x"],
        ["case", "set-source-risk", "1", "low", "--reason", "x"],
        ["case", "decide", "1", "no_transmission", "--reason", "x"],
        ["case", "measure", "add", "1", "process_fix", *tell],
        ["case", "show", "1"],
        ["case", "close", "1", "founded", "--disclosure", disclosure, "--reason", "x", *text],
    ):
        trio.others.json(*words)
    heard(trio.others)
    feedback = trio.others.json("office", "oversight")["deadlines"]["feedback"]
    assert states(dropped=2) | {state: feedback[state]} == feedback
    assert {"met": 1, "dropped": 3}[state] == feedback[state]
    said = trio.others.run("case", "show", "1").out
    assert (state == "dropped") is ("Feedback, never done\n" in said)


def test_the_oversight_report_counts_adjusted_scores_and_holds_and_exclusions(trio: Trio) -> None:
    """The report also names each officer who opened a case in an emergency, and gives the day."""
    trio.others.json("case", "set-score", "1", "--danger", "3", "--reason", "x")
    trio.others.json("retention", "hold", "2", "--reason", "trial")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    trio.excluded.json("access", "break-glass", "1", "--reason", "danger")
    seen = trio.others.json("office", "oversight")
    expected = {"judge": 1, "hold": 1, "exclude": 1, "break-glass": 1, "reopen": 0}
    assert expected == {name: seen["actions"][name] for name in expected}
    assert (1, 1, 1) == (seen["cases"]["judged"], seen["cases"]["held"], seen["exclusions"])
    assert [{"day": today().isoformat(), "case": 1, "by": ["alice", "bruno"]}] == seen["break_glass"]
    said = trio.others.run("office", "oversight").out
    assert f"case 1 was opened in an emergency on {today()} by alice, bruno\n" in said
    assert "with an excluded officer: 1\n" in said


def test_the_oversight_report_counts_actions_that_change_what_officers_may_do_or_see(trio: Trio) -> None:
    """Each action is taken once, and counted by its code.

    The test of the table of actions lists all such actions.
    """
    for words in (
        ["access", "alias", "add", "bruno", "Quernec"],
        ["access", "alias", "remove", "bruno", "Quernec"],
        ["access", "restrict", "1", "alice", "chloe"],
        ["access", "unrestrict", "1"],
        ["case", "decide", "2", "no_transmission", "--reason", "no offence"],
    ):
        trio.others.json(*words)
    expected = ("name-alias", "remove-alias", "entrust", "open-to-all", "decide-by-two")
    counts = trio.others.json("office", "oversight")["actions"]
    assert dict.fromkeys(expected, 1) == {name: counts[name] for name in expected}


def test_the_oversight_report_counts_changes_of_the_days_off_and_the_regime_and_the_numbering(
    trio: Trio,
) -> None:
    """One officer can make these changes without a reason.

    For example, if an office declared every working day a day off, it would never be overdue.
    """
    for words in (
        ["office", "day-off", "add", *(f"2030-03-{day:02}" for day in range(4, 9))],
        ["office", "set", "--regime", "external", "--last-case", "9"],
    ):
        trio.others.json(*words)
    expected = ("change-days-off", "choose-regime", "continue-numbering")
    counts = trio.others.json("office", "oversight")["actions"]
    assert dict.fromkeys(expected, 1) == {name: counts[name] for name in expected}


def test_a_decision_is_late_from_the_day_after_its_due_day(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision is due today in each of three cases."""
    assert states(running=3) == duties(trio.others)
    trio.others.json("case", "decide", "1", "no_transmission", "--reason", "x")
    assert states(met=1, running=2) == duties(trio.others)
    moved(monkeypatch).wait(1)
    trio.others.json("case", "decide", "2", "no_transmission", "--reason", "x")
    assert states(met=1, late=1, overdue=1) == duties(trio.others)
    assert 2 == trio.others.json("office", "oversight")["decisions"]["no_transmission"]


def duties(office: Office) -> Any:
    """Return the number of decisions under article 40 in each state."""
    return office.json("office", "oversight")["deadlines"]["art40"]


def test_the_oversight_report_counts_extensions_and_released_holds_and_conflicts(
    trio: Trio, tmp_path: Path
) -> None:
    office = trio.others
    (tmp_path / "answers").write_text('what = "Bruno a prêté son badge"', "utf-8")
    told = ("--route", "letter", "--language", "fr", "--received", today().isoformat())
    assert "internal" == office.json("office", "oversight")["regime"]
    for words in (
        ["case", "reopen", "1", "--reason", "x"],
        ["office", "set", "--regime", "external"],
        ["case", "extend", "1", "--reason", "x", "--text", "un conteneur est loin"],
        ["retention", "hold", "2", "--reason", "x"],
        ["retention", "unhold", "2", "--reason", "x"],
        ["access", "conflict", "remove", "3", "bruno", "--reason", "x"],
        ["case", "add", *told, "--answers", str(tmp_path / "answers")],
    ):
        office.json(*words)
    seen = office.json("office", "oversight")
    expected = ("reopen", "extend", "hold", "release-hold", "exclude", "lift-conflict", "found-conflict")
    assert dict.fromkeys(expected, 1) == {name: seen["actions"][name] for name in expected}
    assert ("external", 0, 1) == (seen["regime"], seen["cases"]["held"], seen["exclusions"])


def test_the_oversight_report_leaves_out_each_case_from_which_a_signed_in_officer_is_excluded(
    trio: Trio,
) -> None:
    """A case that only its handlers may read is counted, but without details."""
    trio.others.json("case", "set-score", "3", "--danger", "3", "--reason", "x")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    seen = trio.excluded.json("office", "oversight")
    assert (0, 1, 1, 0) == (
        *(seen["cases"][name] for name in ("open", "closed", "for_handlers")),
        seen["actions"]["judge"],
    )
    whole = trio.others.json("office", "oversight")
    assert (3, 0, 1) == (whole["cases"]["closed"], whole["cases"]["for_handlers"], whole["actions"]["judge"])


def test_the_oversight_report_counts_quarantined_and_restricted_cases_without_revealing_a_word(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 3 is in quarantine, case 1 is only for handlers, and an officer is excluded from case 2.

    The test checks both surfaces.
    """
    trio.others.json("case", "reopen", "1", "--reason", "x")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    trio.others.json("access", "conflict", "add", "2", "bruno", "--reason", "kin")
    spread(trio.others)
    trio.others.json("access", "quarantine", "3", "--reason", "secret")
    clock = moved(monkeypatch)
    clock.wait(2_400)
    seen = trio.others.json("office", "oversight")
    counted = {"open": 1, "closed": 2, "quarantined": 1, "for_handlers": 0, "for_handlers_overdue": 0}
    assert counted.items() <= seen["cases"].items()
    assert ({"moot": 2}, 2) == (seen["outcomes"], seen["deadlines"][RETENTION]["overdue"])
    # Bruno sees neither case 2 nor case 3. Bruno sees only that case 1 exists and is late.
    of_bruno = trio.excluded.json("office", "oversight")
    counted = {"open": 0, "closed": 0, "quarantined": 0, "for_handlers": 1, "for_handlers_overdue": 1}
    assert (counted.items() <= of_bruno["cases"].items(), {}) == (True, of_bruno["outcomes"])
    with sitting(trio.others) as client:
        page = client.page("/en/oversight")
    said = trio.others.run("office", "oversight").out
    assert (False, False) == (CANARY in page, CANARY in said)
    for words in ("In quarantine</dt><dd>1<", "Moot", "End of retention", "quarantine</dt><dd>1<"):
        assert words in page, words
    assert ("in quarantine: 1\n" in said, "1  quarantine\n" in said) == (True, True)


def test_the_oversight_report_counts_replies_that_were_sent_despite_a_warning(trio: Trio) -> None:
    trio.others.json("case", "reopen", "1", "--reason", "x")
    trio.others.json("message", "reply", "1", "--text", "tel. 06 12 34 56 78", "--despite-warning", "x")
    counts = trio.others.json("office", "oversight")["actions"]
    assert (1, 1) == (counts["despite-warning"], counts["reopen"])


def test_the_oversight_report_counts_destroyed_cases_by_outcome_and_rule(tmp_path: Path) -> None:
    """The report also counts destroyed cases whose reporter was never told anything.

    The control is a closing that discloses everything.
    """
    found = exits_room.found(tmp_path)
    for disclosure, unanswered in (("withheld", 1), ("full", 0)):
        room = found.copy(tmp_path / disclosure)
        closed = ("out_of_scope", "--to", "ministry", "--disclosure", disclosure, "--reason", "x")
        room.office.close("1", *closed)
        tell_portal(room.office, room.portal)
        agreed(room.office)
        aged(room.office)
        room.office.json("retention", "destroy", "1")
        seen = room.office.json("office", "oversight")
        assert ({}, {}, 0) == (seen["outcomes"], seen["deadlines"], seen["cases"]["closed"])
        assert {"out_of_scope": 1} == seen["destroyed"]
        assert {"inadmissible": 1} == seen["destroyed_by"]
        counts = {"close": 0, "close-by-two": 1, "destroyed-unanswered": unanswered}
        assert counts == {name: seen["actions"][name] for name in counts}
    said = room.office.run("office", "oversight").out
    assert "destroyed:\n      1  Out of scope\n\ndestroyed by:\n      1  Report that is inadmissible" in said
    with sitting(room.office) as client:
        page = client.page("/en/oversight")
    assert 'Destroyed cases, by outcome</h2>\n<dl class="counts"><dt>Out of scope</dt><dd>1<' in page


def events(office: Office, number: int) -> list[tuple[str, dict[str, Any], int]]:
    found = office.json("case", "timeline", str(number))["events"]
    return [(each["what"], each["values"], each["times"]) for each in found]


def test_the_timeline_starts_with_the_oldest_event_and_lists_a_repeated_event_once_for_each_day(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timeline shows days, but no times."""
    before = today() - timedelta(400)
    trio.others.json("case", "measure", "add", "1", "none", "--day", before.isoformat())
    for _ in range(3):
        trio.others.json("case", "show", "1")
    assert ("measure", {"kind": "none"}, 1) == events(trio.others, 1)[0]
    found = events(trio.others, 1)
    for event in (
        ("received", {}, 1), ("collected", {}, 1), ("follow-up", {"follow_up": 1}, 1), ("reply", {}, 1),
        ("close-by-two", {"outcome": "moot", "disclosure": "withheld"}, 1),
        ("record-measure", {"kind": "none"}, 1), ("show", {}, 3),
    ):  # fmt: skip
        assert event in found
    clock = moved(monkeypatch)
    clock.wait(3)
    trio.others.json("case", "reopen", "1", "--reason", "more came")
    said = trio.others.run("case", "timeline", "1").out.splitlines()
    assert f"{clock.day}  reopen  alice, chloe  reason: more came" in said
    days = [date.fromisoformat(line[:10]) for line in said]
    assert (before, days) == (days[0], sorted(days))
    assert not any(":" in line.replace("reason: ", "") for line in said)


def test_the_timeline_contains_no_word_of_a_report(trio: Trio) -> None:
    """The control is the page of the case, which does contain the words."""
    said: Any = (
        trio.others.run("case", "timeline", "3").out + trio.others.run("case", "timeline", "3", "--json").out
    )
    assert (False, True) == (CANARY in said, CANARY in trio.others.run("case", "show", "3").out)
