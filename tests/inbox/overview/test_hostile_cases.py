"""Hostile words, names or numbers in a report can neither block the inbox nor run as code.

Other reports stay readable.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crypto import questionnaire
from crypto.printable import visible
from inbox.questionnaire import catalogue
from inbox.vault import fulltext as search_words
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import FollowUp
from tests.support import hostile, inbox_builders
from tests.support.desk_room import sitting
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    Sent,
    World,
    answering,
    drop,
    first,
    kinds,
    today,
)
from tests.support.paths import ROOT

WORDS = (hostile.SCRIPT, hostile.JINJA, hostile.ESCAPES, hostile.BIDI, hostile.ALIKE, hostile.FORMULAS)
ALL = "\n".join(WORDS)
LONG = 8_000


def printed(office: Office, *words: str) -> str:
    said = office.run(*words)
    assert (0, "") == (said.code, said.err), words
    assert [] == [char for char in said.out if char != "\n" and visible(char) != char]
    return said.out


def test_hostile_words_in_any_field_are_shown_only_as_text(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The words are in all answers, in unknown answers, in a follow-up, and in an unsigned note.

    The JSON output contains hostile words unchanged, but they become harmless when they are printed.
    """
    reporter = Reporter(world)
    asked = [field.id for field in questionnaire.parse(inbox_builders.QUESTIONNAIRE.read_bytes()).fields]

    def everywhere(report: Any) -> Any:
        return replace(report, answers=dict.fromkeys([*asked, "who", "zz"], ALL))

    sent = [
        Sent(reporter.report(edit=everywhere), reporter.keys.case_id),
        Sent(reporter.follow_up(ALL)),
        Sent(drop(world, ALL)),
    ]
    collect(portal.bundle(*sent))
    office = world.office
    signed, unsigned = sorted(
        (office.json("case", "show", n) for n in "12"), key=lambda view: bool(view["note"])
    )
    assert {ALL} == {*signed["answers"].values(), unsigned["note"], signed["follow_ups"][0]["text"]}
    for words in (
        ["case", "list"],
        ["queue", "list"],
        ["queue", "list", "--search", "owned"],
        ["case", "show", "1"],
        ["case", "show", "2"],
    ):
        assert hostile.RENDERED not in printed(office, *words)
    whole = printed(office, "case", "show", "1") + printed(office, "case", "show", "2")
    assert whole.count("│ =cmd|") == len(signed["answers"]) + 2
    assert "<U+202E>" in whole
    assert 2 == whole.count("CHECK these words with letters of several alphabets: p<U+0430>ypal, <U+0392>ank")
    assert "{{ 7 * 7191 }}" in whole.replace("\n│ ", "")


def test_a_category_that_the_questionnaire_does_not_offer_is_discarded(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Lists show the category before a case is read, and the list for the archives keeps it.

    The control is a category that the questionnaire offers.
    """
    for answers in ({"category": ALL, "where": ALL}, {"category": "threat"}):
        collect(portal.bundle(first(Reporter(world), edit=answering(**answers))))
    with world.office.opened() as inbox, inbox.transaction() as session:
        works = [session.get_one(Workflow, number) for number in (1, 2)]
        assert [("", ""), ("threat", "")] == [(work.category, work.area) for work in works]
        works[0].category = ALL  # An earlier version stored such a category.
    assert "<U+202E>" in printed(world.office, "queue", "list")


def test_a_word_of_eight_thousand_letters_takes_up_one_line_in_a_list(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The page of the case shows the whole word."""
    name = "X" * LONG
    collect(portal.bundle(first(Reporter(world), text=name)))
    for words in (["case", "list"], ["queue", "list"]):
        assert len(printed(world.office, *words)) < 2_000
    assert LONG == printed(world.office, "case", "show", "1").count("X")
    assert name == world.office.json("case", "show", "1")["answers"]["what"]


@pytest.mark.parametrize(("length", "cases"), [(255, 2), (LONG, 1)])
def test_a_report_with_a_file_name_that_is_too_long_is_rejected_visibly(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch, length: int, cases: int
) -> None:
    """The protocol allows 255 characters. The other report of the bundle becomes a case."""
    described = inbox_builders.describe
    monkeypatch.setattr(
        inbox_builders,
        "describe",
        lambda files: tuple(replace(each, name="x" * length) for each in described(files)),
    )
    sent = [first(Reporter(world), files=[b"x"]), first(Reporter(world))]
    world.office.json("exchange", "collect", portal.bundle(*sent), "--confirm-instance", portal.fingerprint)
    assert cases == len(world.office.json("case", "list")["cases"])
    assert ["malformed"] * (2 - cases) == kinds(world.office)


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_thousands_of_follow_ups_do_not_break_the_inbox(
    world: World, portal: Portal, collect: Callable[..., Any], many: int
) -> None:
    """Lists, queue, case page, reply, outbox and the next follow-up all work. Another case is unchanged."""
    flooder, other = Reporter(world), Reporter(world)
    collect(portal.bundle(first(flooder), first(other)))
    office = world.office
    views = {n: office.json("case", "show", n) for n in "12"}
    with office.opened() as inbox, inbox.transaction() as session:
        case_id = flooder.keys.case_id
        number = next(case.number for case in queries_cases.cases(session) if case.case_id == case_id)
        session.add_all(_follow_up(number, position) for position in range(1, many + 1))
    for words in (["case", "list"], ["queue", "list"]):
        assert len(printed(office, *words)) < 3_000
    assert f"follow-up {many}, written" in printed(office, "case", "show", str(number))
    with sitting(office) as client:
        assert f"More, number {many}" in client.page(f"/en/case/{number}")
        assert "No cases are open" not in client.page("/en/")
    assert 0 == office.run("message", "reply", str(number), "--text", "Enough").code
    assert 0 == office.run("exchange", "outbox", "--out", office.out).code
    collect(portal.bundle(Sent(flooder.follow_up("and one more"))))
    shown = office.json("case", "show", str(number))["follow_ups"]
    assert (many + 1, "and one more") == (len(shown), shown[-1]["text"])
    assert views[str(3 - number)]["answers"] == office.json("case", "show", str(3 - number))["answers"]


def test_the_fulltext_of_a_case_is_written_once_for_all_follow_ups_of_a_bundle(
    world: World, portal: Portal, collect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write takes time in proportion to the number of words in the whole case.

    One write for each of thousands of follow-ups would take days.
    """
    flooder, other = Reporter(world), Reporter(world)
    collect(portal.bundle(first(flooder), first(other)))
    written, add = [], search_words.add

    def counted(session: Any, number: int, texts: list[str]) -> None:
        written.append((number, texts))
        add(session, number, texts)

    monkeypatch.setattr(search_words, "add", counted)
    letters = [Sent(flooder.follow_up(f"quay {n}")) for n in range(9)]
    collect(portal.bundle(*letters, Sent(other.follow_up("warehouse"))))
    assert [1, 9] == sorted(len(texts) for _, texts in written)
    for word in ("quay", "warehouse"):
        assert 1 == world.office.json("queue", "list", "--search", word)["count"]


def test_once_the_fulltext_of_a_case_is_full_a_search_still_finds_its_earliest_texts(
    world: World, portal: Portal, collect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of the case still shows the later texts.

    The controls are an earlier text, and another case.
    """
    monkeypatch.setattr(search_words, "_MOST", 100)
    flooder = Reporter(world)
    letters = [Sent(flooder.follow_up(text)) for text in ("early " + "x" * 100, "late")]
    for sent in ([first(flooder), first(Reporter(world), text="late")], letters[:1], letters[1:]):
        collect(portal.bundle(*sent))
    late = world.office.json("queue", "list", "--search", "late")
    early = world.office.json("queue", "list", "--search", "early")
    assert (1, 1) == (early["count"], late["count"])
    number = early["cases"][0]["case"]
    assert number != late["cases"][0]["case"]
    assert "late" == world.office.json("case", "show", str(number))["follow_ups"][-1]["text"]


def test_protected_words_are_parsed_once_for_all_follow_ups(
    world: World, portal: Portal, collect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a dossier of ten thousand follow-ups would take minutes.

    In the meantime, the desk would not answer anybody.
    """
    asked, times = catalogue.asked, []

    def counted(*given: Any) -> Any:
        times.append(given)
        return asked(*given)

    collect(portal.bundle(first(Reporter(world))))
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.add_all(_follow_up(1, position) for position in range(1, 101))
    asked_on = ["--received", (today() - timedelta(25)).isoformat(), "--way", "letter"]
    world.office.json("request", "add", "--person", "More", *asked_on)
    world.office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    world.office.json("case", "decide", "1", "informed", "--reason", "x")
    told = world.office.out / "told"
    told.write_text("Rien que de connu.")
    monkeypatch.setattr(catalogue, "asked", counted)
    for words in (
        ["dossier", "preview", "1", "--for", "prosecutor", "--to", "x", "--redact", "*:More"],
        ["request", "answer", "1", "--text-file", str(told), "--out", str(world.office.out / "held.pdf")],
    ):
        times.clear()
        assert 0 == world.office.run(*words).code
        assert 1 <= len(times) <= 5


def test_only_one_module_writes_tables_in_which_a_formula_could_run() -> None:
    """It neutralises formulas.

    See ``registers/test_registers.py``, ``figures/test_editions.py`` and ``figures/published/test_data.py``.
    """
    tables = re.compile(r"\bimport csv\b|csv\.writer|openpyxl|\.xlsx")
    rooms = [path for room in ("inbox", "portal") for path in (ROOT / room).rglob("*.py")]
    assert len(rooms) > 100
    writing = {path.name for path in rooms if tables.search(path.read_text("utf-8"))}
    assert writing == {"spreadsheets.py"}


def _follow_up(case: int, position: int) -> FollowUp:
    return FollowUp(
        case=case, id=secrets.token_bytes(16), position=position, received=today(), written=today(),
        text=f"More, number {position}", message=b"", signature=b"", unread=True,
    )  # fmt: skip
