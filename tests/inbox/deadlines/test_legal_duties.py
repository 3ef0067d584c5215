"""What the law asks to be decided: it is a deadline until it is, and each decision has its reason."""

from datetime import timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from tests.support.inbox_builders import CLOSING, Office, today
from tests.support.inbox_clock import moved
from tests.support.inbox_ending import heard
from tests.support.inbox_outcomes import refused
from tests.support.laws import FRANCE

CLOSED = ("close", "1", *CLOSING)

pytestmark = pytest.mark.copy_of("founded_offence")


def asked(office: Office, number: int = 1) -> dict[str, Any]:
    """Return what is to be decided about a case, by its name."""
    return {row["duty"]: row for row in office.json("show", str(number))["work"]["duties"]}


def test_an_offence_asks_for_the_prosecutor_and_a_name_for_its_bearer(office: Office) -> None:
    """By the rules that stand in `duties`; a report of neither asks for nothing."""
    found = asked(office)
    assert [("", None, False)] * 2 == [
        (row["decision"], row["decided"], row["late"]) for row in found.values()
    ]
    assert timedelta(12) <= _day(found["art40"]["due"]) - today() <= timedelta(21)
    assert timedelta(28) <= _day(found["art14"]["due"]) - today() <= timedelta(31)
    assert {} == asked(office, 2)
    shown = office.run("show", "1").out
    assert f"  {found['art40']['due']}        Telling the prosecutor (art. 40 CPP): to be decided\n" in shown


def test_the_score_is_shown_with_the_rules_that_propose_it(office: Office) -> None:
    """Part by part, beside what an officer has judged since."""
    office.json("judge", "1", "--severity", "3", "--reason", "several")
    seen = office.json("show", "1")["work"]
    assert (3, {"severity": 2, "verifiability": 1}) == (
        seen["parts"]["severity"],
        {name: rule["value"] for name, rule in seen["proposed"].items()},
    )
    shown = office.run("show", "1").out
    assert "  severity       3 of 3  (the rules say 2 for category: info_leak)\n" in shown
    assert "  verifiability  1 of 3  (the rules say 1 for who_id: whatever is said)\n" in shown
    assert "  corroboration  0 of 3\n" in shown


def _day(text: str) -> Any:
    return type(today()).fromisoformat(text)


@pytest.mark.parametrize("words", [["judge", "2", "--severity", "2", "--reason", "x"], ["tag", "2", "Délit"]])
def test_an_officer_who_finds_an_offence_asks_too(office: Office, words: list[str]) -> None:
    """Once it is asked it is decided, by two: one officer's lower score or missing tag does not end it."""
    back = (
        ["judge", "2", "--severity", "1", "--reason", "x"]
        if words[0] == "judge"
        else ["tag", "2", "délit", "--remove"]
    )
    office.json(*words)
    assert ["art40"] == [*asked(office, 2)]
    office.json(*back)
    assert [""] == [row["decision"] for row in asked(office, 2).values()]
    office.json(*words)
    office.json("decide", "2", "no_transmission", "--reason", "no offence after all")
    office.json(*back)
    assert "no_transmission" == asked(office, 2)["art40"]["decision"]


@pytest.mark.parametrize("name", ["offence", "infraction", "délit", "delit", "crime"])
def test_each_word_for_an_offence_asks(office: Office, name: str) -> None:
    """In both languages, with accents and without; due ten working days after it is known."""
    assert {} == asked(office, 2)
    office.json("tag", "2", name)
    assert FRANCE.after(today(), 10).isoformat() == asked(office, 2)["art40"]["due"]


def test_a_decision_that_is_late_shows_in_the_queue(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Like any deadline: acknowledged and acted upon, the case is overdue for this alone."""
    office.json("status", "1", "acknowledged")
    heard(office)
    clock = moved(monkeypatch)
    clock.day = _day(asked(office)["art40"]["due"])
    assert 0 == office.json("queue", "--overdue", "--category", "info_leak")["count"]
    clock.wait(1)
    assert 1 == office.json("queue", "--overdue", "--category", "info_leak")["count"]
    assert asked(office)["art40"]["late"]
    assert "  LATE  Telling the prosecutor" in office.run("show", "1").out
    office.json("decide", "1", "no_transmission", "--reason", "told already")
    assert 0 == office.json("queue", "--overdue", "--category", "info_leak")["count"]


def test_a_case_of_an_offence_is_not_closed_before_that_is_decided(office: Office) -> None:
    office.json("show", "1")
    assert "case 1: whether the prosecutor is told was not decided" in refused(office, *CLOSED)
    office.json("decide", "1", "no_transmission", "--reason", "no offence")
    assert "case 1: whether the persons concerned are informed was not decided" in refused(office, *CLOSED)
    office.json("decide", "1", "not_needed", "--reason", "they know")
    office.json(*CLOSED)


def test_what_is_transmitted_is_a_measure(office: Office) -> None:
    """Once the risk to the source is assessed; the journal has decision and reason."""
    sent = ["--addressee", "Parquet du Havre", "--reference", "26/118", "--reason", "it is corruption"]
    assert "was not assessed" in refused(office, "decide", "1", "transmit", *sent)
    office.json("source-risk", "1", "low", "--reason", "x")
    office.json("decide", "1", "transmit", *sent)
    row = asked(office)["art40"]
    assert ("transmit", today().isoformat(), "it is corruption") == tuple(
        row[name] for name in ("decision", "decided", "reason")
    )
    (measure,) = office.json("show", "1")["work"]["measures"]
    assert ("art40_transmission", "Parquet du Havre", "26/118", False) == tuple(
        measure[name] for name in ("kind", "addressee", "reference", "told")
    )
    entry = [each for each in office.json("journal", "print")["entries"] if each["action"] == "decide"][-1]
    decided = {"duty": "art40", "decision": "transmit"}
    assert (1, decided, "it is corruption") == (entry["case"], entry["values"], entry["reason"])


def test_to_inform_the_persons_is_put_off_with_a_reason(office: Office) -> None:
    """It is asked again on that day, and then decided."""
    for until in (in_a_year(), (today() + timedelta(90)).isoformat()):
        office.json("decide", "1", "defer", "--until", until, "--reason", "it would warn them")
    row = asked(office)["art14"]
    assert ("defer", None, until) == (row["decision"], row["decided"], row["due"])
    assert "to be decided" in office.run("show", "1").out
    assert f"  {until}        Informing the persons concerned" in office.run("show", "1").out
    office.json("decide", "1", "informed", "--reason", "the inquiry is over")
    assert today().isoformat() == asked(office)["art14"]["decided"]


def in_a_year(days: int = 0) -> str:
    """Return the last day until which it can be put off, or so many days later."""
    return (today() + relativedelta(years=1, days=days)).isoformat()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["defer"], "a day to come, within a year"),
        (["defer", "--until", "2020-01-01"], "a day to come, within a year"),
        (["defer", "--until", today().isoformat()], "a day to come, within a year"),
        (["defer", "--until", in_a_year(1)], "a day to come, within a year"),
        (["informed", "--until", "2999-01-01"], "only what is put off"),
        (["no_transmission", "--addressee", "x"], "only what is transmitted"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(office: Office, words: list[str], said: str) -> None:
    assert said in refused(office, "decide", "1", *words, "--reason", "x")
    assert 2 == office.run("decide", "1", "informed").code
