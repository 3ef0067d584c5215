"""The command line and the desk both show all the work on a case."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, update

from inbox.language import days
from inbox.vault.casework_tables import Duty, Workflow
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, today
from tests.support.inbox_outcomes import slot

ANSWERS = {
    "danger_now": "unsure",
    "what": "Un scellé changé",
    "who_id": "M. Vautrin",
    "category": "info_leak",
    "how_many": "only_me",
    "protect": "la photo de ma voiture",
}
DAY, EXTENDED = today(), today() + relativedelta(months=6)
LEFT = f"in {(EXTENDED - DAY).days} days"
CANARY = "zibeline-quartz"
# For each part: the text that `inbox case show` prints, and the text that the English desk shows.
PARTS = {
    "an answer under its label": ("What happened?\n│ Un scellé changé", ">What happened?"),
    "a follow-up": ("follow-up 1, written", "Follow-up 1, written"),
    "a reply": ("reply 1 of", ">Reply 1, "),
    "a file": ("file 1, 7 bytes:", "/case/1/file/1"),
    "a note": (f"│ {CANARY}", CANARY),
    "tags": ("tags: quai", 'class="tag">quai'),
    "the assigned officer": ("assigned to officer", 'value="officer" selected'),
    "a link": ("related to case 2: same_facts", '>The same facts · <a href="'),
    "a measure": ("measure 1, ", "<strong>Administrative inquiry</strong>"),
    "the deadline of the Directive": ("Acknowledgement (Directive, 7 days)",) * 2,
    "the deadline of the décret": ("Acknowledgement (decree, 7 working days)",) * 2,
    "the deadline for feedback": (
        f"  {EXTENDED}  {LEFT:<18}  Feedback",
        f'{days.short("en", EXTENDED)} <span class="soft">{LEFT}</span> · Feedback',
    ),
    "the regime": (
        f"deadlines of: external authority, time for feedback extended on {DAY}\n",
        f"External authority · time for feedback extended on {days.short('en', DAY)}",
    ),
    "a decision that the law requires": (
        "Informing the prosecutor (art. 40 CPP): to be decided",
        "Informing the prosecutor (art. 40 CPP) – to be decided",  # noqa: RUF001 - the text has this dash
    ),
    "an obstacle to closing": (
        "it has not been decided whether to inform the prosecutor\n",
        "<li>it has not been decided whether to inform the prosecutor<br>",
    ),
    "an obstacle to telling the outcome": (
        "the reporter may be told only that the case is closed, not its outcome\n",
        "the reporter may be told only that the case is closed, not its outcome<br>",
    ),
    "the number of officers for closing": (
        "two officers must close it",
        "two officers must close it<br>",
    ),
    "the link to the action that removes an obstacle": (
        "  it has not been decided whether to inform the prosecutor\n",
        '<a href="#assessing">Decide it</a>',
    ),
    "the risk to the reporter": ("risk to the reporter: high\n", "Risk to the reporter: <strong>High"),
    "the score": ("priority 1, score 13 of 54\n", ">P1</span> 13 of 54"),
    "a part of the score": ("  danger         1 of 3", '<th scope="row">Danger</th><td>1 / 3</td>'),
    "the score's rule": ("(proposed by the rules: 2 for category: info_leak)", "What the answers proposed"),
    "an officer's score": ("priority 1, score 13 of 54\n", "judged by an officer"),
    "the credibility": (
        "F3, possibly true",
        '<strong>F3</strong> · Source: reliability cannot be judged · Information: “Possibly true”',
    ),
    "that action on the danger is missing": (
        "\n  no action on this danger has been recorded yet: inbox case measure add 1 KIND\n",
        "No action on this danger has been recorded yet.",
    ),
    "a warning of danger": ("DANGER: ", "fears, that somebody is in danger now"),
}  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Reporter]:
    """An external authority with two cases.

    Officers have done every kind of work on the first case. The fixture also returns its reporter.
    """
    folder = tmp_path_factory.mktemp("page")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    reporters = [Reporter(world), Reporter(world)]
    for each in reporters:
        sent = Sent(
            each.report(edit=lambda r: replace(r, answers=ANSWERS), files=[b"a photo"]), each.keys.case_id
        )
        office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    office.json("exchange", "collect", portal.bundle(Sent(reporters[0].follow_up("encore"))))
    office.json("office", "set", "--regime", "external")
    for words in (
        ("case", "note", "1", "--text", CANARY), ("case", "tag", "add", "1", "quai"), ("case", "assign", "1",
        "officer"),
        ("case", "link", "add", "1", "2", "same_facts"), ("case", "set-source-risk", "1", "high", "--reason",
        "x"),
        ("case", "measure", "add", "1", "admin_inquiry", "--despite-warning", "x"),
        ("case", "set-credibility", "1", "3", "--reason", "x"),
        ("case", "set-score", "1", "--danger", "1", "--reason", "x"),
        ("message", "reply", "1", "--template", "acknowledgement"),
        ("case", "extend", "1", "--reason", "x", "--text", "Il faut du temps."),
    ):  # fmt: skip
        office.json(*words)
    return office, reporters[0]


@pytest.fixture(scope="module")
def pages(room: tuple[Office, Reporter]) -> tuple[str, str]:
    """The output of `inbox case show` and the page of the desk, after an outbox with the extension."""
    office, _ = room
    office.json("exchange", "outbox", "--out", office.out)
    shown = office.run("case", "show", "1").out
    with sitting(office) as client:
        return shown, client.page("/en/case/1")


@pytest.mark.parametrize("part", PARTS)
def test_the_page_of_a_case_shows_each_kind_of_entry(pages: tuple[str, str], part: str) -> None:
    for page, words in zip(pages, PARTS[part], strict=True):
        assert words in page


def test_the_page_of_a_case_starts_with_the_words_that_must_never_be_repeated(pages: tuple[str, str]) -> None:
    for page, (words, heading, first, other) in zip(
        pages,
        [
            ("NEVER REPEAT", "Which detail must we", "│ la photo de ma voiture", "Un scellé changé"),
            ("Never repeat what", "Which detail must we", "la photo de ma voiture", "Un scellé changé"),
        ],
        strict=True,
    ):
        order = [page.index(each) for each in (words, heading, first, other)]
        assert sorted(order) == order


HAPPENED = {
    "received": "the report was received",
    "follow-up": "the reporter wrote again",
    "note": "note written",
    "assign": "assigned",
    "assess-source": "risk to the reporter assessed",
    "record-measure": "measure recorded",
    "rate": "credibility rated",
    "extend": "time for the feedback extended",
}


def test_the_timeline_of_a_case_lists_its_events_on_both_surfaces(room: tuple[Office, Reporter]) -> None:
    office, _ = room
    said = office.run("case", "timeline", "1").out
    with sitting(office) as client:
        page = client.page("/en/case/1/timeline")
    for act, words in HAPPENED.items():
        assert (True, True) == (f"  {act}" in said, f">{words}<" in page), act


def test_the_reporter_sees_the_messages_of_officers_but_not_their_work_on_the_case(
    room: tuple[Office, Reporter], tmp_path: Path
) -> None:
    """The messages are the acknowledgement and the notice of an extension."""
    office, reporter = room
    told = slot(office.copy(tmp_path / "copy"), reporter)
    assert (["Il faut du temps."], (), False) == (
        [each.text.split("\n\n")[1] for each in told.messages[1:]],
        told.measures_disclosed,
        CANARY in repr(told),
    )  # fmt: skip


def test_the_page_of_a_closed_case_shows_how_it_was_closed(
    room: tuple[Office, Reporter], tmp_path: Path
) -> None:
    office = room[0].copy(tmp_path / "copy")
    for decision in ("no_transmission", "not_needed"):
        office.json("case", "decide", "1", decision, "--reason", "x")
    office.json("case", "measure", "add", "1", "none", "--despite-warning", "x")
    office.close("1", "moot", "--disclosure", "withheld", "--reason", "the inquiry goes on")
    with sitting(office) as client:
        page = client.page("/en/case/1")
    assert "outcome: Moot, disclosure withheld (the inquiry goes on)\n" in office.run("case", "show", "1").out
    for words in ("<dd>Moot</dd>", "<dd>Withheld</dd>", "<dd>the inquiry goes on</dd>", "End of retention"):
        assert words in page


def test_a_decision_is_listed_on_its_own_day_or_with_the_reason_why_no_decision_is_required(
    room: tuple[Office, Reporter], tmp_path: Path
) -> None:
    """Here the severity of the case is too low for a decision on informing the prosecutor."""
    office = room[0].copy(tmp_path / "copy")
    assert office.json("case", "show", "2")["work"]["unasked"] is None
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Duty).where(Duty.case == 2, Duty.kind == "art40"))
        session.execute(update(Workflow).where(Workflow.case == 2).values(severity=1))
    before = office.json("case", "show", "2")["work"]["unasked"]
    said = office.run("case", "show", "2").out
    assert ({"duty": "art40", "severity": 1, "from": 2}, True) == (
        {name: before[name] for name in ("duty", "severity", "from")},
        "no decision is required, because the severity is 1, below 2, and no tag is one of: crime, " in said,
    )
    office.json("case", "decide", "2", "inadmissible", "--ground", "facts", "--reason", "x")
    seen = office.run("case", "show", "2").out
    with sitting(office) as client:
        page = client.page("/en/case/2")
    shown = days.short("en", today())
    assert f"  {today()}  {'':<18}  Admissibility: " in seen
    assert re.search(rf"<li>{re.escape(shown)} · Admissibility", page)
    assert "nobody is asked to decide it: the severity is 1, below 2" in page
    assert "before the reporter is told an outcome" in page
    assert "délit" not in page
