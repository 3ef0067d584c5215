"""All signed-in officers must declare that they have no conflict of interest before they can read a case."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from crypto.journal import Presence
from inbox.access import declarations
from inbox.overview import queue_filter
from inbox.session.actions import Actor
from inbox.vault import score
from inbox.vault.casework_tables import Declaration, Workflow
from tests.support.case_commands import MORE, RECIPIENT
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, today
from tests.support.inbox_circles import opened_by
from tests.support.inbox_trio import CANARY, Trio
from tests.support.typist import Start, typing_to_fork, typing_to_inbox


@pytest.fixture
def unread(trio: Trio) -> Trio:
    """The inbox before any officer has declared or read a case."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration))
    return trio


# Commands that work on an undeclared case. Some commands declare the case, leave it to other officers, or
# hide it from all officers. Other commands open a case that cannot be declared yet, or destroy a case that is
# due.
UNDECLARED = {
    ("case", "declare"),
    ("access", "conflict", "add"),
    ("access", "quarantine"),
    ("access", "handlers"),
    ("access", "break-glass"),
    ("access", "open-archive"),
    ("retention", "destroy"),
    ("retention", "visa", "request"),
}
# Further commands that need a declaration.
OTHER_WAYS: list[list[str]] = [
    ["message", "reply", "3", "--text", "x", "--preview"],
    ["case", "tag", "remove", "3", "ghost"],
    ["access", "restrict", "3", "alice", "chloe"],
    ["access", "unrestrict", "3"],
    ["retention", "unhold", "3", "--reason", "x"],
    ["case", "unjunk", "3", "--reason", "x"],
    ["case", "link", "add", "1", "3", "same_facts"],
    ["case", "link", "dismiss", "1", "3"],
    ["case", "decide", "3", "informed", "--reason", "x"],
]


@pytest.mark.slow
def test_no_command_acts_on_a_case_before_all_signed_in_officers_have_declared_it(
    unread: Trio, tmp_path: Path
) -> None:
    """A refused command records nothing.

    The control: after the declaration, none of these commands asks for a declaration.
    """
    unread.others.json("case", "declare", "1")
    out = str(tmp_path / "out")
    every = [[*path, "3", *more] for path, more in MORE.items() if path not in UNDECLARED] + OTHER_WAYS
    every = [[out if word == "OUT" else word for word in words] for words in every]
    before = unread.office.state()
    for words in every:
        refused = unread.others.run(*words)
        assert (1, "") == (refused.code, refused.out), words
        assert (
            "error: alice and chloe must first declare that they have no conflict of interest in case 3\n"
            in refused.err
        ), words
    assert before == unread.office.state()
    assert not Path(out).exists()
    unread.others.json("case", "declare", "3")
    told = {" ".join(words): unread.others.run(*words).err for words in every}
    assert [] == [words for words, err in told.items() if "must first declare" in err]


# Pages and forms of the desk that work on an undeclared case, for the same reasons as the commands above. The
# last address is that of a picture. The picture's address occurs only in a page that officers have already
# seen.
LEFT = {
    ("/en/case/3/declare", True),
    ("/en/many/declare", True),
    ("/en/many/declare-all", True),
    ("/en/case/3/readers", False),
    ("/en/case/3/readers/exclude", True),
    ("/en/case/3/readers/quarantine", True),
    ("/en/case/3/readers/break-glass", True),
    ("/en/case/3/readers/archive", True),
    ("/en/case/3/file/1/1/pixels", False),
}
# A value for every field of every form.
FILLED = {
    **dict.fromkeys(score.NAMES, "1"),
    "case": "3",
    "reason": "x",
    "text": "x",
    "names": "escale",
    "name": CANARY,
    "officer": "alice",
    "credibility": "1",
    "risk": "low",
    "kind": "none",
    "choice": "not_needed",
    "relation": "same_facts",
    "other": "1",
    "status": "assessing",
    "outcome": "no_breach",
    "disclosure": "full",
    "recipient": RECIPIENT,
    "degree": "0",
    "what": "report",
    "ground": "consent",
    "purpose": "prosecutor",
    "addressee": "x",
    "language": "fr",
    "enclosed": "none",
    "letter": "persons_notice",
    "to": "x",
    "chosen": '["what", "x"]',
    "picked": '["what", "x"]',
    "withdrawn": "on",
    "absent": "alice",
    "deputy": "chloe",
}
MANY_FORMS = 40
# The journal accepts this reason because the report does not contain its words.
REASON = "ocelot-basalt"


def test_no_form_of_the_desk_acts_on_a_case_before_the_officer_has_declared_the_case(
    unread: Trio, tmp_path: Path
) -> None:
    """The test sends each form with a value for every field, and opens each page of the case."""
    unread.others.json("case", "declare", "1")
    with unread.others.opened() as inbox, inbox.transaction() as session:
        # The form that hands a case over needs a case that is assigned and open.
        work = session.get_one(Workflow, 3)
        work.assigned, work.waits = "alice", True
    before = unread.office.state()
    drawer = tmp_path / "drawer"
    drawer.mkdir()
    filled = FILLED | {"papers": str(drawer)}
    with sitting(unread.others, tmp_path / "stick") as client:
        paths = set()
        for rule in client.app.url_map.iter_rules():
            path = rule.rule.removeprefix(client.desk.place).replace("<language>", "en")
            if "<int:case>" in path or "/many/" in path:
                path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path.replace("<int:case>", "3"))
                path = re.sub("<int:[a-z]+>|<[a-z]+>", "1", path)
                paths.add((path, "POST" in (rule.methods or ())))
        assert LEFT < paths
        asked = paths - LEFT
        assert len(asked) > MANY_FORMS
        pages = {each: client.send(each[0], **filled) if each[1] else client.ask(each[0]) for each in asked}
    assert set() == {each for each, page in pages.items() if "Before case 3 is read" not in page.text}
    assert before == unread.office.state()


def test_no_name_is_compared_with_a_case_before_all_officers_have_declared_it(unread: Trio) -> None:
    """An access request is open.

    The refusal is the same whether or not the case contains the name from the request.
    """
    nobody = ("case", "decide", "3", "not_needed", "--reason", "x")
    for name in ("Phantom", CANARY):
        words = ("request", "add", "--person", name, "--received", today().isoformat(), "--way", "letter")
        unread.others.json(*words)
        assert "alice and chloe must first declare" in unread.others.run(*nobody).err
    unread.others.json("case", "declare", "3")
    assert "names, or may name, somebody who has made" in unread.others.run(*nobody).err


def test_each_officer_declares_each_case_once(unread: Trio) -> None:
    """The journal records each declaration with the officers who are signed in.

    A declaration is valid for one case only.
    """
    unread.others.json("case", "declare", "1")
    assert 0 == unread.others.run("case", "show", "1").code
    assert "all signed-in officers had declared before" in unread.others.run("case", "declare", "1").out
    assert "bruno must first declare" in unread.excluded.run("case", "show", "1").err
    assert "alice and chloe must first declare" in unread.others.run("case", "show", "2").err
    assert ["bruno"] == unread.excluded.json("case", "declare", "1")["officers"]
    assert 0 == unread.excluded.run("case", "show", "1").code
    entries = unread.others.json("journal", "list")["entries"]
    noted = [(each["case"], [*each["officers"]]) for each in entries if each.get("action") == "declare"]
    assert [(1, ["alice", "chloe"])] * 2 + [(1, ["alice", "bruno"])] == noted
    with unread.others.opened() as inbox, inbox.transaction() as session:
        rows = session.execute(select(Declaration.case, Declaration.officer, Declaration.day))
        assert {(1, name, today()) for name in ("alice", "bruno", "chloe")} == {tuple(row) for row in rows}


def test_the_prompt_to_declare_does_not_reveal_a_case_to_an_excluded_officer(unread: Trio) -> None:
    for words in (["case", "show", "3"], ["case", "declare", "3"]):
        assert unread.excluded.run(*words).err.startswith("error: there is no case 3\n")


def test_lists_show_no_content_of_a_case_before_all_officers_have_declared_it(unread: Trio) -> None:
    """Summary, tags, area and score are hidden.

    The control: after the declaration, the same lists show these four values.
    """
    unread.decide_all()
    unread.others.json("case", "declare", "1")
    closed = ("queue", "list", "--closed")
    for hidden, words in ((True, []), (False, ["case", "declare", "3"])):
        if words:
            unread.others.json(*words)
        rows = {row["case"]: row for row in unread.others.json(*closed)["cases"]}
        listed = {row["case"]: row for row in unread.others.json("case", "list")["cases"]}
        assert (hidden, hidden) == (rows[3]["summary"] is None, listed[3]["summary"] is None)
        assert hidden is (rows[3]["tags"] is rows[3]["area"] is rows[3]["score"] is None)
        assert ("case 1", "case 1") == (rows[1]["summary"], listed[1]["summary"])
        said = [unread.others.run(*words).out for words in (closed, ("case", "list"))]
        with sitting(unread.others) as client:
            client.send("/en/queue/facet", choice="state:closed")
            said.append(client.page("/en/queue/1"))
        assert [hidden] * 3 == [CANARY not in each for each in said]
        assert hidden is ("not shown before: inbox case declare 3\n" in said[0])
        assert hidden is ("    3  P4              due" in said[0])
        assert "    1  P4  0 proposed  due" in said[0]


def test_links_show_no_content_of_a_linked_case_before_all_officers_have_declared_it(unread: Trio) -> None:
    """Other officers may have linked the case to a case that these officers read.

    The control: after the declaration, the content is shown.
    """
    unread.others.json("case", "declare", "1", "3")
    unread.others.json("case", "link", "add", "1", "3", "same_facts")
    with unread.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration).filter_by(case=3))
    for hidden, words in ((True, []), (False, ["case", "declare", "3"])):
        if words:
            unread.others.json(*words)
        linked = {row["case"]: row for row in unread.others.json("case", "link", "list", "1")["linked"]}
        assert hidden is (linked[3]["summary"] is None)
        said = [unread.others.run("case", "link", "list", "1").out]
        with sitting(unread.others) as client:
            said.append(client.page("/en/case/1/links"))
        assert [hidden] * 2 == [CANARY not in each for each in said]
        assert hidden is ("not shown before: inbox case declare 3\n" in said[0])


@pytest.mark.parametrize("dense", [1, 10_000], ids="words in {} cases".format)
@pytest.mark.parametrize("words", [["--search", "zibeline"], ["--tag", CANARY]], ids=" ".join)
def test_no_search_finds_a_case_before_all_officers_have_declared_it(
    unread: Trio, words: list[str], dense: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An action on all search results omits the case, too.

    However, a filter finds the case if it uses a property that the lists show. The control: after the
    declaration, the search finds the case.
    """
    monkeypatch.setattr(queue_filter, "_DENSE", dense)
    unread.others.json("case", "declare", "3")
    unread.others.json("case", "reopen", "3", "--reason", "x")
    with unread.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration))
    for count in (0, 1):
        found = unread.others.json("queue", "list", *words)
        assert (count, count, True) == (found["count"], len(found["cases"]), found["declared_only"])
        picked = unread.others.run("queue", "assign", "--to", "alice", *words)
        assert ("1 case matches" in picked.err) is bool(count), picked.err
        unread.others.json("case", "declare", "1", "3")
    by_status = unread.others.json("queue", "list", "--status", "assessing")
    assert (False, [3]) == (by_status["declared_only"], [row["case"] for row in by_status["cases"]])


def test_one_action_declares_several_cases_and_the_journal_records_each(unread: Trio) -> None:
    """At the desk, officers declare the cases that they select on the page.

    If a signed-in officer is excluded from one of the cases, no case is declared.
    """
    unread.decide_all()
    before = unread.office.state()
    assert "there is no case 3" in unread.excluded.run("case", "declare", "1", "3").err
    assert before == unread.office.state()
    with sitting(unread.others) as client:
        client.send("/en/queue/facet", choice="state:closed")
        asked = client.page("/en/queue/1")
        (name,) = re.findall(r"You, (\w+), declare that you have no .*? under your name\.", asked)
        assert ("I declare no conflict of interest" in asked, f"<strong>{name}</strong>" in asked) == (
            True,
            True,
        )
        assert client.send("/en/many/declare", case=["1", "2", "3"]).status_code == 303
        page = client.page("/en/queue/1")
        journal = client.page("/en/journal?action=declare").partition("<tbody>")[2]
    assert (True, False) == (CANARY in page, "I declare no conflict of interest" in page)
    assert ["3", "2", "1"] == re.findall(r'/en/case/(\d)"', journal)


def test_officers_can_declare_all_matching_cases_in_one_action(unread: Trio) -> None:
    """The action omits cases that are already declared, and cases that the officers may not read.

    If the officers give a wrong number of matching cases, no case is declared.
    """
    unread.decide_all()
    unread.others.json("case", "declare", "1")
    flood = ("case", "declare", "--undeclared", "--closed")
    assert "2 cases match" in unread.others.run(*flood).err
    assert "2 cases match" in unread.excluded.run(*flood, "--count", "3").err
    with sitting(unread.others) as client:
        client.send("/en/queue/facet", choice="state:closed")
        client.send("/en/queue", sort="priority", undeclared="on")
        assert "I declare no conflict of interest in all 2" in client.page("/en/queue/1")
        assert client.send("/en/many/declare-all", count="3").status_code == 409
        assert client.send("/en/many/declare-all", count="2").status_code == 303
        assert "No cases match" in client.page("/en/queue/1")
    done = unread.others.json(*flood, "--count", "2")
    assert ([2, 3], ["chloe"]) == (done["cases"], done["officers"])
    assert "no case matches" in unread.others.run(*flood).err
    assert [] == unread.others.json("queue", "list", "--closed", "--undeclared")["cases"]


def test_an_action_on_many_cases_asks_for_all_missing_declarations_together(unread: Trio) -> None:
    """The command names every case without a declaration.

    The desk lists these cases on one page with one button.
    """
    unread.others.json("case", "declare", "1")
    refused = unread.others.run("queue", "unassign", "1", "2", "3").err
    assert "interest in cases 2, 3\n" in refused
    with sitting(unread.others) as client:
        asked = client.send("/en/many/assign", case=["1", "2", "3"], officer="alice").text
        assert "Before anything is done with these 2 cases" in asked
        assert ["2", "3"] == re.findall('name="case" value="(.)"', asked)
        assert client.send("/en/many/declare", case=["2", "3"]).status_code == 303
        assert client.send("/en/many/assign", case=["1", "2", "3"], officer="alice").status_code == 303


def test_the_journal_shows_nothing_of_a_case_before_all_officers_have_declared_it(unread: Trio) -> None:
    """Reasons, scores and exclusions are hidden.

    The control: after the declaration, the journal shows the reason. At the desk, only the officer who reads
    the journal must have declared the case. Oversight counts the actions even before the declaration.
    """
    unread.others.json("case", "declare", "3")
    unread.others.json("case", "set-score", "3", "--danger", "1", "--reason", REASON)
    unread.others.json("access", "quarantine", "2", "--reason", "Phantom")
    counted = unread.others.json("office", "oversight")["actions"]
    with unread.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration))
    shown = unread.others.run("journal", "list").out
    assert "withheld: this case is not shown to every signed-in officer" in shown
    assert "case 3" not in shown
    assert (False, False, False) == (REASON in shown, "Phantom" in shown, "judge" in shown)
    entries = unread.others.json("journal", "list")["entries"]
    assert not [each for each in entries if each.get("case") == 3]
    assert {frozenset({"n", "day", "withheld"})} == {frozenset(each) for each in entries if each["withheld"]}
    assert [] == unread.others.json("journal", "list", "--case", "3")["entries"]
    assert counted == unread.others.json("office", "oversight")["actions"]
    with sitting(unread.others) as client:
        assert (False, False) == (REASON in (page := client.page("/en/journal")), "Phantom" in page)
        assert ("this case is not shown" in page, "/case/3" in page) == (True, False)
        client.send("/en/case/3/declare")
        assert REASON in client.page("/en/journal")
    assert REASON not in unread.others.run("journal", "list").out
    with sitting(unread.excluded, officer="bruno") as client:
        assert "this case is not shown" in client.page("/en/journal")
    unread.others.json("case", "declare", "3")
    assert REASON in unread.others.run("journal", "list").out


def test_a_case_given_twice_is_declared_only_once(unread: Trio) -> None:
    """Cases are declared in the order of their numbers.

    The output does not list an officer who had already declared all these cases.
    """
    assert ["alice", "chloe"] == unread.others.json("case", "declare", "3", "1", "3")["officers"]
    with sitting(unread.others) as client:
        assert client.send("/en/many/declare", case=["2", "1", "2"]).status_code == 303
    assert ["chloe"] == unread.others.json("case", "declare", "2", "1")["officers"]
    entries = unread.others.json("journal", "list")["entries"]
    noted = [
        (each["case"], each["values"], each["reason"]) for each in entries if each.get("action") == "declare"
    ]
    assert [(number, {}, "") for number in (1, 3, 1, 2, 1, 2)] == noted


def test_the_only_officer_of_an_office_does_not_have_to_declare(tmp_path: Path) -> None:
    """If this officer had a conflict of interest, nobody else could take the case."""
    office = Office.found(tmp_path)
    assert "there is no case 1" in office.run("case", "show", "1").err
    assert "there is no case 1" in office.run("case", "declare", "1").err


@pytest.mark.parametrize(
    ("start", "answers", "code"), [(typing_to_inbox, ("yes", "yes"), 0), (typing_to_fork, ("yes", "no"), 1)]
)
def test_at_a_terminal_each_officer_is_asked_before_the_case_is_shown(
    unread: Trio, tmp_path: Path, start: Start, answers: tuple[str, ...], code: int
) -> None:
    """If an officer does not answer yes, no content is shown.

    The program says how to leave the case to others.
    """
    office = unread.others
    with start(["--home", office.root, *office.opening(), "case", "show", "3"], tmp_path) as typist:
        for name, answer in zip(office.present, answers, strict=True):
            typist.answers(f"{name}, about case 3: no family tie", answer)
        assert code == typist.waits()
    assert (code == 0) is (CANARY in typist.shown)
    assert (code == 0) is ("inbox access conflict add 3 chloe --reason" not in typist.shown)
    with office.opened() as inbox, inbox.transaction() as session:
        assert len(answers) * (code == 0) == len(session.scalars(select(Declaration)).all())


@pytest.mark.usefixtures("quick")
def test_an_officer_who_signs_in_with_a_recovery_sheet_cannot_declare_a_case(unread: Trio) -> None:
    """Neither the command nor the question at the terminal accepts a declaration from such an officer.

    Once the officer has declared the case in person, the sheet is enough to read the case.
    """
    with_sheet = opened_by(unread.office, "alice", sheets=["chloe"])
    before = unread.office.state()
    said = with_sheet.run("case", "declare", "1", "2")
    assert (1, True) == (said.code, "chloe cannot make the declaration" in said.err)
    with typing_to_fork(
        ["--home", "inbox", *with_sheet.opening(), "case", "show", "1"], unread.office.root.parent
    ) as at:
        at.sees("chloe cannot make the declaration")
        assert 1 == at.waits()
    assert before == unread.office.state()
    unread.others.json("case", "declare", "1")
    assert 0 == with_sheet.run("case", "show", "1").code


def test_officers_may_read_cases_that_they_have_all_declared(unread: Trio) -> None:
    """The officers may read the two cases that they have declared, but not the third."""
    unread.others.json("case", "declare", "1")
    unread.others.json("case", "declare", "2")
    who = Actor(dict.fromkeys(("alice", "chloe"), Presence.OWN), today())
    with unread.others.opened() as inbox:
        assert declarations.may_read(inbox, who, [1, 2])
        assert not declarations.may_read(inbox, who, [1, 2, 3])
