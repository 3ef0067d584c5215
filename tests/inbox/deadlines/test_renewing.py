"""Stored deadlines and scores are recomputed after any change of the program, the law or the calendar."""

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
from inbox.deadlines import legal_duties, renewing
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
    """Return the stored deadlines and the rules that computed them. No command runs meanwhile."""
    with office.opened() as opened, opened.transaction() as session:
        return {
            "deadlines": session.scalars(select(Workflow.deadline).order_by(Workflow.case)).all(),
            "ranks": session.scalars(select(Workflow.rank).order_by(Workflow.case)).all(),
            "duties": session.scalars(select(Duty.due).order_by(Duty.case, Duty.kind)).all(),
            "kinds": session.scalars(select(Duty.kind).order_by(Duty.case, Duty.kind)).all(),
            "rules": session.scalar(select(Setting.value).filter_by(name="rules")),
        }


def spoil(office: Office, *, rules: str | None) -> None:
    """Store wrong deadlines as if these rules had computed them; None means the rules in use."""
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
def test_the_first_command_under_new_rules_recomputes_every_deadline(
    office: Office, words: list[str]
) -> None:
    """Any command recomputes the deadlines.

    The control: wrong deadlines stored under the rules in use are kept.
    """
    before = stored(office)
    spoil(office, rules="other")
    office.json(*words)
    assert before == stored(office)
    spoil(office, rules=None)
    office.json(*words)
    assert {WRONG} == {*stored(office)["deadlines"], *stored(office)["duties"]}


def test_a_new_inbox_contains_the_rules_in_use(tmp_path: Path) -> None:
    """The first command of a new inbox therefore changes nothing."""
    office = Office.found(tmp_path / "office")
    before = office.state()
    assert stored(office)["rules"]
    assert 1 == office.run("case", "show", "1").code
    assert before == office.state()


def test_a_deferred_or_decided_duty_keeps_its_day(office: Office) -> None:
    """Officers chose the day of the deferral. A duty that was decided is no longer due."""
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
    """Store the results of other rules, which find no offence, no name and no score."""
    with office.opened() as opened, opened.transaction() as session:
        session.execute(update(Workflow).values(dict.fromkeys(score.NAMES, 0)))
        session.execute(update(Workflow).values(rank=score.Parts().rank))
        session.execute(delete(Duty).where(Duty.decided.is_(None)))
        session.execute(update(Setting).filter_by(name="rules").values(value="other"))


def severity(office: Office, case: int) -> int:
    with office.opened() as opened, opened.transaction() as session:
        return session.get_one(Workflow, case).severity


def test_new_rules_propose_a_new_score_and_add_the_duties_of_the_law(office: Office) -> None:
    """If a new release finds an offence in case 1, the office has a new duty.

    In case 2, an officer has already recorded an offence with a tag.
    """
    office.json("case", "tag", "add", "2", "offence")
    before = stored(office)
    assert 2 * ["admissibility", "art14", "art40"] == before["kinds"]
    by_other_rules(office)
    assert [] == stored(office)["duties"]
    office.json("queue", "list")
    assert before == stored(office)


def test_a_duty_that_new_rules_add_is_due_from_the_receipt_or_from_its_discovery(
    office: Office,
) -> None:
    """The duty about the persons runs from receipt, and the duty about the prosecutor from discovery."""
    received = today() - timedelta(40)
    with office.opened() as opened, opened.transaction() as session:
        session.execute(update(Case).values(received=received, collected=received))
    by_other_rules(office)
    office.json("queue", "list")
    due = {received + relativedelta(months=1), FRANCE.after(received, 7), today() + timedelta(1)}
    assert due == {*stored(office)["duties"]}


def test_new_rules_keep_a_score_that_an_officer_has_set(office: Office) -> None:
    """The officer's score shows no offence, and the new rules do not change this.

    The control is case 2, which no officer has scored.
    """
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


def test_new_rules_neither_repeat_nor_remove_a_duty(office: Office) -> None:
    """A decision is kept. A pending duty that the new rules would not add is kept until officers decide."""
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    with office.opened() as opened, opened.transaction() as session:
        legal_duties.asked_of(session, 2, "art40", today())
        session.execute(update(Setting).filter_by(name="rules").values(value="other"))
    before = stored(office)["duties"]
    office.json("queue", "list")
    assert before == stored(office)["duties"]
    decided = {each["duty"]: each["decision"] for each in office.json("case", "show", "1")["work"]["duties"]}
    assert {"admissibility": "", "art40": "no_transmission", "art14": ""} == decided


def test_a_closed_case_follows_new_rules_only_once_it_is_reopened(office: Office) -> None:
    """Before a case is reopened, its score and its decisions remain as they were at the closing."""
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


def test_every_way_to_open_the_inbox_checks_its_rules_first() -> None:
    rooms = [path for room in ("cli", "desk") for path in (ROOT / "inbox" / room).rglob("*.py")]
    opening = [
        path for path in rooms if re.search(r"session\.inbox import .*\bunlocked\b", path.read_text("utf-8"))
    ]
    assert [] == opening
    assert ["opening.py"] == [path.name for path in rooms if "renewing.unlocked(" in path.read_text("utf-8")]


def test_no_day_off_of_the_office_moves_a_legal_duty(office: Office) -> None:
    """The law excludes only public holidays. The control is the first act, which is a rule of the office."""
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


def test_deadlines_are_also_recomputed_for_a_day_off_that_no_command_added(office: Office) -> None:
    """A restored vault can contain a day off that no command added."""
    before = stored(office)
    with office.opened() as opened, opened.transaction() as session:
        session.add(DayOff(day=FRANCE.after(today(), 1)))
    office.json("queue", "list")
    assert before["rules"] != stored(office)["rules"]


def test_the_first_command_under_another_law_recomputes_every_deadline(office: Office) -> None:
    """It does not matter how the law got into the vault, for example through a restore."""
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
    """A modified copy of the program, which stands for another release."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for room in ("inbox", "crypto", "portal", "templates"):
            shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))

    def change(self, file: str, found: str, put: str) -> None:
        """Replace a text in a file of ``inbox``, or of ``templates`` if the path begins with that name."""
        path = self._folder / ("" if file.startswith("templates/") else "inbox") / file
        text = path.read_text("utf-8")
        assert found in text
        path.write_text(text.replace(found, put), "utf-8")

    def library(self, name: str, version: str) -> None:
        """Pretend that another version of a library is installed."""
        made = self._folder / f"{name.replace('-', '_')}-{version}.dist-info"
        made.mkdir()
        (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    def queue(self, office: Office) -> Any:
        """Return the queue of an inbox as this copy of the program prints it."""
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


def test_another_release_recomputes_deadlines_by_its_own_rules(office: Office, program: Program) -> None:
    """The other release differs in a deadline, the start of a duty, a scoring rule and a weight.

    When this release runs again, it restores its own deadlines.
    """
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
def test_another_version_of_a_library_that_counts_days_causes_a_recomputation(
    office: Office, program: Program, name: str
) -> None:
    """The other version may contain another public holiday."""
    before = stored(office)
    assert before["rules"] == _after(program, office)["rules"]
    program.library(name, "999")
    assert before["rules"] != _after(program, office)["rules"]


def test_another_way_of_counting_working_days_causes_a_recomputation(
    office: Office, program: Program
) -> None:
    """The code is in ``templates``, because the pages of the portal use it too."""
    before = stored(office)
    program.change("templates/law/working_days.py", "day += _DAY", "day += _DAY + _DAY")
    after = _after(program, office)
    assert before["rules"] != after["rules"]
    assert before["duties"] != after["duties"]


def _after(program: Program, office: Office) -> dict[str, Any]:
    program.queue(office)
    return stored(office)


def test_a_wrong_rank_in_the_vault_is_recomputed_from_the_score(office: Office) -> None:
    spoil(office, rules="other")
    office.json("queue", "list")
    with office.opened() as opened, opened.transaction() as session:
        works = session.scalars(select(Workflow)).all()
        assert all(work.rank == work.parts.rank for work in works)
        assert {work.rank // score.RANKS for work in works} == {work.parts.priority for work in works}


def test_an_upgrade_of_a_running_program_takes_effect_only_at_its_next_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The control reads the files again."""
    before = renewing._program()
    monkeypatch.setattr(renewing, "_PROGRAM", tmp_path)
    assert before == renewing._program()
    assert before != renewing._digest(renewing._parts_of_program())
