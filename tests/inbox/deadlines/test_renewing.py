"""What is stored by rules follows them: another program, another calendar, and it is set anew at once."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select, update

import inbox
from inbox.deadlines import legal_duties
from inbox.law import in_use
from inbox.vault import score
from inbox.vault.casework_tables import DayOff, Duty, Setting, Workflow
from inbox.vault.tables import Case
from tests.support.gate import chosen
from tests.support.inbox_builders import Office, today
from tests.support.laws import FILES, FRANCE

ROOT = Path(inbox.__file__).parents[1]
WRONG = date(2001, 1, 1)

pytestmark = pytest.mark.copy_of("founded_offence")


def stored(office: Office) -> dict[str, Any]:
    """Return what the vault keeps of deadlines, and the rules by which it does, without any command."""
    with office.opened() as opened, opened.transaction() as session:
        return {
            "deadlines": session.scalars(select(Workflow.deadline).order_by(Workflow.case)).all(),
            "ranks": session.scalars(select(Workflow.rank).order_by(Workflow.case)).all(),
            "duties": session.scalars(select(Duty.due).order_by(Duty.case, Duty.kind)).all(),
            "kinds": session.scalars(select(Duty.kind).order_by(Duty.case, Duty.kind)).all(),
            "rules": session.scalar(select(Setting.value).filter_by(name="rules")),
        }


def spoil(office: Office, *, rules: str | None) -> None:
    """Store deadlines that no rule gives, as if by these rules, None for those in use."""
    with office.opened() as opened, opened.transaction() as session:
        session.execute(update(Workflow).values(deadline=WRONG, rank=1))
        session.execute(update(Duty).values(due=WRONG))
        if rules is not None:
            session.execute(update(Setting).filter_by(name="rules").values(value=rules))


@pytest.mark.parametrize(
    "words",
    [["queue", "list"], ["case", "list"], ["case", "show", "1"], ["office", "day-off", "list"]],
    ids=" ".join,
)
def test_under_other_rules_every_deadline_is_set_anew_by_the_first_command(
    office: Office, words: list[str]
) -> None:
    """Whichever it is; the control are wrong ones that are said to be of the rules in use: they stay."""
    before = stored(office)
    spoil(office, rules="other")
    office.json(*words)
    assert before == stored(office)
    spoil(office, rules=None)
    office.json(*words)
    assert {WRONG} == {*stored(office)["deadlines"], *stored(office)["duties"]}


def test_an_inbox_is_founded_with_the_rules_in_use(tmp_path: Path) -> None:
    """The first command then changes nothing."""
    office = Office.found(tmp_path / "office")
    before = office.state()
    assert stored(office)["rules"]
    assert 1 == office.run("case", "show", "1").code
    assert before == office.state()


def test_what_was_put_off_or_decided_keeps_its_day(office: Office) -> None:
    """The day of a deferral is the officers' own; that of a decision is past."""
    until = today() + relativedelta(months=6)
    office.json("case", "decide", "1", "defer", "--until", until.isoformat(), "--reason", "x")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    before = stored(office)["duties"]
    assert until in before
    with office.opened() as opened, opened.transaction() as session:
        session.execute(update(Setting).filter_by(name="rules").values(value="other"))
        session.execute(update(Duty).values(known=WRONG))
    office.json("queue", "list")
    assert before == stored(office)["duties"]


def by_other_rules(office: Office) -> None:
    """Store what rules give that see no offence, name nobody and score nothing; officers changed nothing."""
    with office.opened() as opened, opened.transaction() as session:
        session.execute(update(Workflow).values(dict.fromkeys(score.NAMES, 0)))
        session.execute(update(Workflow).values(rank=score.Parts().rank))
        session.execute(delete(Duty).where(Duty.decided.is_(None)))
        session.execute(update(Setting).filter_by(name="rules").values(value="other"))


def severity(office: Office, case: int) -> int:
    with office.opened() as opened, opened.transaction() as session:
        return session.get_one(Workflow, case).severity


def test_other_rules_propose_another_score_and_ask_for_what_the_law_asks(office: Office) -> None:
    """An office that learns of an offence by a new release has to tell; a tag says so of the other case."""
    office.json("case", "tag", "add", "2", "offence")
    before = stored(office)
    assert 2 * ["admissibility", "art14", "art40"] == before["kinds"]
    by_other_rules(office)
    assert [] == stored(office)["duties"]
    office.json("queue", "list")
    assert before == stored(office)


def test_what_the_law_asks_counts_from_the_receipt_or_from_the_day_on_which_it_is_seen(
    office: Office,
) -> None:
    """Informing persons since the report came, the prosecutor since somebody can know of the offence."""
    received = today() - timedelta(40)
    with office.opened() as opened, opened.transaction() as session:
        session.execute(update(Case).values(received=received, collected=received))
    by_other_rules(office)
    office.json("queue", "list")
    due = {received + relativedelta(months=1), FRANCE.after(received, 7), today() + timedelta(1)}
    assert due == {*stored(office)["duties"]}


def test_a_score_that_an_officer_has_set_stays(office: Office) -> None:
    """And with it what it says of an offence; the control is the other case, which nobody judged."""
    office.json("case", "set-score", "1", "--severity", "1", "--reason", "x")
    assert (1, 0) == (severity(office, 1), severity(office, 2))
    with office.opened() as opened, opened.transaction() as session:
        session.execute(update(Workflow).filter_by(case=2).values(severity=3))
        session.execute(delete(Duty).filter_by(kind="art40"))
        session.execute(update(Setting).filter_by(name="rules").values(value="other"))
    office.json("queue", "list")
    assert (1, 0) == (severity(office, 1), severity(office, 2))
    assert ["admissibility", "art14"] == [
        each["duty"] for each in office.json("case", "show", "1")["work"]["duties"]
    ]


def test_nothing_is_asked_twice_or_taken_back_by_other_rules(office: Office) -> None:
    """What is decided stays decided; what these rules would not ask for any more waits for an officer."""
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    with office.opened() as opened, opened.transaction() as session:
        legal_duties.asked_of(session, 2, "art40", today())
        session.execute(update(Setting).filter_by(name="rules").values(value="other"))
    before = stored(office)["duties"]
    office.json("queue", "list")
    assert before == stored(office)["duties"]
    decided = {each["duty"]: each["decision"] for each in office.json("case", "show", "1")["work"]["duties"]}
    assert {"admissibility": "", "art40": "no_transmission", "art14": ""} == decided


def test_a_closed_case_follows_other_rules_when_it_is_opened_again(office: Office) -> None:
    """Nothing is done about it meanwhile: its score and what was decided are what it was closed with."""
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "decide", "1", "informed", "--reason", "x")
    office.close("1", "founded", "--disclosure", "full", "--text", "Merci.")
    with office.opened() as opened, opened.transaction() as session:
        session.execute(delete(Duty))
    by_other_rules(office)
    office.json("queue", "list")
    assert (0, []) == (severity(office, 1), office.json("case", "show", "1")["work"]["duties"])
    office.json("case", "reopen", "1", "--reason", "x")
    assert 2 == severity(office, 1)
    duties = office.json("case", "show", "1")["work"]["duties"]
    assert ["art40", "admissibility", "art14"] == [each["duty"] for each in duties]


def test_all_who_work_in_the_inbox_open_it_in_step_with_the_rules() -> None:
    """Commands, sessions, the desk: none has another door."""
    rooms = [path for room in ("cli", "desk") for path in (ROOT / "inbox" / room).rglob("*.py")]
    opening = [
        path for path in rooms if re.search(r"session\.inbox import .*\bunlocked\b", path.read_text("utf-8"))
    ]
    assert [] == opening
    assert ["options.py"] == [path.name for path in rooms if "renewing.unlocked(" in path.read_text("utf-8")]


def test_no_day_off_of_the_office_moves_what_the_law_asks_to_be_decided(office: Office) -> None:
    """The law knows public holidays alone; the control is a clock that is the office's own."""
    before = stored(office)
    first_act = clock_of(office, "first_act")
    office.json("office", "day-off", "add", FRANCE.after(today(), 1).isoformat())
    assert first_act < clock_of(office, "first_act")
    assert before["duties"] == stored(office)["duties"]


def clock_of(office: Office, name: str) -> str:
    (found,) = [
        each["day"] for each in office.json("case", "show", "1")["work"]["clocks"] if each["clock"] == name
    ]
    return str(found)


def test_a_day_off_that_came_in_by_another_way_moves_them_as_well(office: Office) -> None:
    """Such as a vault that was put back, or a command to come."""
    before = stored(office)
    with office.opened() as opened, opened.transaction() as session:
        session.add(DayOff(day=FRANCE.after(today(), 1)))
    office.json("queue", "list")
    assert before["rules"] != stored(office)["rules"]


def test_under_another_law_they_are_set_anew_as_well(office: Office) -> None:
    """However it came in, as in a restored vault."""
    before = stored(office)
    spoil(office, rules=None)
    stricter = FILES["fr"]["duties.toml"].replace(b'"7 working days"', b'"2 working days"')
    with office.opened() as opened, opened.transaction() as session:
        in_use.adopt(session, FILES["fr"] | {"duties.toml": stricter})
    office.json("queue", "list")
    assert before["rules"] != stored(office)["rules"]
    assert WRONG not in {*stored(office)["deadlines"], *stored(office)["duties"]}
    assert FRANCE.after(today(), 2) in stored(office)["duties"]


class Program:
    """A copy of the program that is changed: another release of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for room in ("inbox", "crypto", "portal", "templates"):
            shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))

    def change(self, file: str, found: str, put: str) -> None:
        """Put something else into a file of the inbox, or of another room."""
        path = self._folder / ("" if file.startswith("templates/") else "inbox") / file
        text = path.read_text("utf-8")
        assert found in text
        path.write_text(text.replace(found, put), "utf-8")

    def library(self, name: str, version: str) -> None:
        """Install a library under another version."""
        made = self._folder / f"{name.replace('-', '_')}-{version}.dist-info"
        made.mkdir()
        (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    def queue(self, office: Office) -> Any:
        """Return the queue that it shows of an inbox."""
        words = ["--home", str(office.root), *office.opening(), "queue", "list", "--json"]
        run = [
            sys.executable,
            "-c",
            "import sys; from inbox.cli import main; sys.exit(main.run(sys.argv[1:]))",
            *words,
        ]
        done = subprocess.run(
            run,
            cwd=self._folder,
            env=os.environ | {"PYTHONPATH": str(self._folder)},
            capture_output=True,
            check=True,
        )
        return {row["case"]: row for row in json.loads(done.stdout)["cases"]}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "program")


def test_the_next_release_sets_them_by_its_own_rules_and_this_one_by_these(
    office: Office, program: Program
) -> None:
    """A clock, the days until a decision, a weight of the score: each stands in the code of a room."""
    before = stored(office)
    program.change("deadlines/clocks.py", "return span.after(", "return Span.parse('3 days').after(")
    program.change(
        "deadlines/clocks.py",
        "from templates.law.rules",
        "from templates.law.spans import Span\nfrom templates.law.rules",
    )
    program.change("deadlines/legal_duties.py", "starts.get(duty.starts, row.known)", "date(2100, 1, 1)")
    program.change("questionnaire/scoring.toml", "value = 1\nwhen = { who_id", "value = 3\nwhen = { who_id")
    program.change("vault/score.py", "_WEIGHTS = (5, 4, 3, 2, 2, 2)", "_WEIGHTS = (5, 4, 4, 2, 2, 2)")
    shown = program.queue(office)
    assert (today() + timedelta(3)).isoformat() == shown[2]["deadline"]
    after = stored(office)
    assert {2100} == {day.year for day in after["duties"]}
    assert before["ranks"][0] != after["ranks"][0]
    assert before["rules"] != after["rules"]
    office.json("queue", "list")
    assert before == stored(office)


@pytest.mark.parametrize("name", chosen(["holidays", "python-dateutil"], "holidays"))
def test_another_version_of_a_library_that_counts_days_is_another_rule(
    office: Office, program: Program, name: str
) -> None:
    """It may know of another public holiday."""
    before = stored(office)
    assert before["rules"] == _after(program, office)["rules"]
    program.library(name, "999")
    assert before["rules"] != _after(program, office)["rules"]


def test_how_days_of_the_law_are_counted_is_a_rule_as_well(office: Office, program: Program) -> None:
    """It stands beside the law folder, where the portal's pages count by it, too."""
    before = stored(office)
    program.change("templates/law/working_days.py", "day += _DAY", "day += _DAY + _DAY")
    after = _after(program, office)
    assert before["rules"] != after["rules"]
    assert before["duties"] != after["duties"]


def _after(program: Program, office: Office) -> dict[str, Any]:
    program.queue(office)
    return stored(office)


def test_the_rank_is_that_of_the_score_however_it_was_stored(office: Office) -> None:
    spoil(office, rules="other")
    office.json("queue", "list")
    with office.opened() as opened, opened.transaction() as session:
        works = session.scalars(select(Workflow)).all()
        assert all(work.rank == work.parts.rank for work in works)
        assert {work.rank // score.RANKS for work in works} == {work.parts.priority for work in works}
