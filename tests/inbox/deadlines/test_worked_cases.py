"""Twelve cases from receipt to destruction in one office, compared with days that were counted by hand.

``tests/golden/worked_cases.toml`` contains the cases, the days, and how they were counted. The test runs all
steps on the command line, in the order of their days.
"""

import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from crypto import bundle, questionnaire
from crypto.bundle import Link
from inbox.cli.main import commands
from inbox.keys import rotation
from tests.support import inbox_builders
from tests.support.command_tree import every_command
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, answering, first
from tests.support.inbox_clock import Clock
from tests.support.inbox_outcomes import papers
from tests.support.laws import FRENCH
from tests.support.paths import ROOT
from tests.support.questionnaires import SHIPPED

FILE = ROOT / "tests" / "golden" / "worked_cases.toml"
WRITTEN: Mapping[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
CASES: Mapping[str, list[dict[str, Any]]] = {
    name: steps for name, steps in WRITTEN.items() if name not in ("days_off", "external_from")
}
NAMES = ("alice", "bruno")
EVENTS = {"day", "answers", "portal", "inbox", "refused"}


@dataclass(frozen=True)
class Step:
    """What happens to a case on one day, and what must then be shown."""

    case: str
    said: Mapping[str, Any]

    @property
    def day(self) -> date:
        day: date = self.said["day"]
        return day

    @property
    def expected(self) -> Mapping[str, Any]:
        return {key: value for key, value in self.said.items() if key not in EVENTS}


def steps(names: Sequence[str]) -> list[Step]:
    """Return the steps of these cases by day. Steps on the same day keep the order of the file."""
    found = [Step(case, said) for case in names for said in CASES[case]]
    return sorted(found, key=lambda step: step.day)


class Life:
    """An office of two officers, its portal, and the reporters of the cases."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.office = Office.found_by(folder, NAMES, 2)
        self.world = World(self.office)
        self.portal = Portal(self.world, folder / "medium")
        self.reporters: dict[str, Reporter] = {}
        self.numbers: dict[str, int] = {}
        self.waiting: list[tuple[date, str, Sent]] = []
        self.sent = self.applied = bundle.NOTHING
        self.imported: date | None = None
        self.keys_until = clock.day + rotation.EPOCH

    def happens(self, step: Step) -> None:
        """Run everything that a step contains, in order."""
        for key, said in step.said.items():
            for each in said if key in ("portal", "inbox", "refused") else ():
                if key == "portal":
                    self.crosses(each, step)
                elif key == "inbox":
                    self.done(step.case, each)
                else:
                    before, asked = self.office.state(), self.office.run(*self.words(step.case, each))
                    assert (1, before) == (asked.code, self.office.state()), (each, asked.err)

    def crosses(self, what: str, step: Step) -> None:
        """Let something arrive at the portal, carry it between portal and office, or lose it."""
        match what:
            case "received":
                self.reporters[step.case] = Reporter(self.world)
                report = first(self.reporters[step.case], edit=answering(**step.said.get("answers", {})))
                self.waiting.append((self.clock.day, step.case, report))
            case "written":
                letter = Sent(self.reporters[step.case].follow_up())
                self.waiting.append((self.clock.day, step.case, letter))
            case "collected":
                self.collected()
            case "sent":
                self.sends()
            case "imported":
                self.applied, self.imported = self.sent, self.clock.day
            case "lost":
                self.sent = self.applied
            case _:
                raise AssertionError(f"nothing called {what} happens on the portal")

    def sends(self) -> None:
        """Make an outbox. Rotate the keys first if they have expired."""
        if self.clock.day > self.keys_until:
            self.office.json("key", "rotate")
            self.keys_until = self.clock.day + rotation.EPOCH
        n = self.office.json("exchange", "outbox", "--out", self.office.out)["n"]
        made, _ = bundle.read([(self.office.out / f"outbox-inspection-{n}.tar").read_bytes()])
        self.sent = Link(n, made.hash)

    def collected(self) -> None:
        """Collect everything that waits at the portal, with its day of receipt."""
        came, self.waiting = self.waiting, []
        days = {day for day, _, _ in came}
        assert len(days) <= 1, "a bundle has one day only"
        path = self.portal.bundle(
            *(sent for _, _, sent in came),
            applied=self.applied,
            imported=self.imported,
            edit=lambda intake: replace(
                intake, entries=tuple(replace(entry, day=min(days)) for entry in intake.entries)
            ),
        )
        (told,) = self.office.json("exchange", "collect", path, "--confirm-instance", self.portal.fingerprint)
        assert [] == told["warnings"]
        for _, case, sent in came:
            if sent.case_id is not None:
                self.numbers[case] = len(self.numbers) + 1
                self.office.json("case", "declare", str(self.numbers[case]))

    def done(self, case: str, what: str) -> None:
        """Run a command with both officers.

        The word ``visa`` requests a list with this case only, and records the visa of the archives.
        """
        words = self.words(case, what)
        if words[0] == "visa":
            listed = self.office.json(
                "retention", "visa", "request", words[1], "--out", self.office.out.parent / "lists"
            )
            day = ("--day", self.clock.day.isoformat())
            self.office.json("retention", "visa", "add", listed["list"], *day, "--reference", "x")
        else:
            self.office.json(*words)

    def words(self, case: str, what: str) -> list[str]:
        """Return the words of a command in the file."""
        places = {"N": str(self.numbers[case]), "OUT": str(papers(self.office.out) / "letter")}
        return [places.get(word, word) for word in shlex.split(what)]

    def request(self) -> Any:
        """Return the only access request."""
        (row,) = self.office.json("request", "list")["requests"]
        return row


class Seen:
    """What officers see of a case after a step.

    Each command runs at most once, and only if a step needs it.
    """

    def __init__(self, life: Life, case: str) -> None:
        self.life, self.number = life, life.numbers.get(case)

    @cached_property
    def work(self) -> Any:
        return self.life.office.json("case", "show", str(self.number))["work"]

    @cached_property
    def retention(self) -> Any:
        return self._line(self.life.office.json("retention", "list"))

    def clocks(self, column: str) -> dict[str, Any]:
        """Return one column of the deadlines that the law sets."""
        return {row["clock"]: row[column] for row in self.work["clocks"] if row["clock"] in FRENCH.clocks}

    def is_archived(self) -> bool:
        """Return whether the case is in the archive.

        Cases with a pending decision are listed with open cases.
        """
        listed = self.life.office.json("queue", "list", "--all")
        return self._line(listed)["archived"] is not None

    def _line(self, listed: Any) -> Any:
        return next(row for row in listed["cases"] if row["case"] == self.number)


# For each expected value: how to look it up.
LOOKED_UP: Mapping[str, Callable[[Seen], Any]] = {
    "clocks": lambda seen: seen.clocks("day"),
    "done": lambda seen: seen.clocks("done"),
    "dropped": lambda seen: seen.clocks("dropped"),
    "late": lambda seen: [code for code, late in seen.clocks("late").items() if late],
    "duties": lambda seen: {row["duty"]: row["due"] for row in seen.work["duties"]},
    "closing": lambda seen: seen.work["closing"],
    "destruction": lambda seen: seen.retention["obstacles"],
    "kept": lambda seen: seen.retention,
    "archived": Seen.is_archived,
    "request": lambda seen: seen.life.request(),
}


def plain(value: Any) -> Any:
    """Return an expected value as it is in JSON."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def differences(life: Life, step: Step) -> Iterator[str]:
    """Yield each difference from the days counted by hand.

    In a table, only the names that the file contains are compared.
    """
    seen = Seen(life, step.case)
    for what, said in step.expected.items():
        hand, found = plain(said), LOOKED_UP[what](seen)
        if isinstance(hand, dict):
            found = {name: found.get(name) for name in hand}
        elif isinstance(hand, list):
            hand, found = sorted(hand), sorted(found)
        if hand != found:
            yield f"{step.day}, {step.case}, {what}: by hand {hand}, by the program {found}"


# These six cases end in every possible way. Other tests cover the retention period of each outcome.
SIX = ("founded", "transmitted", "duplicate", "inadmissible", "out_of_scope", "junk")


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "names", [SIX, pytest.param(tuple(CASES), marks=pytest.mark.soak)], ids=["six", "twelve"]
)
def test_each_worked_case_has_the_days_that_were_counted_by_hand(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    """The test compares the days of all deadlines and decisions, and the days of retention.

    The obstacles to closing and to destruction are compared as well.
    """
    monkeypatch.setattr(inbox_builders, "datetime", clock)
    told = steps(names)
    clock.day = told[0].day
    life, found = Life(tmp_path, clock), []
    life.office.json("office", "day-off", "add", *map(str, WRITTEN["days_off"]))
    for step in told:
        if clock.day < WRITTEN["external_from"] <= step.day:
            clock.day = WRITTEN["external_from"]
            life.office.json("office", "set", "--regime", "external")
        clock.day = step.day
        life.happens(step)
        found += differences(life, step)
    assert "" == "\n".join(found)
    assert [] == life.office.json("retention", "list")["cases"]
    assert len(names) == len(life.office.json("retention", "list-destroyed")["destroyed"])


def test_there_is_a_worked_case_for_each_outcome_of_the_law_and_for_junk() -> None:
    assert {*FRENCH.outcomes, "junk"} == set(CASES)


def test_every_command_of_the_worked_cases_exists() -> None:
    """The gate runs only half of the worked cases; `make soak repeats` runs all of them.

    This test finds a renamed command in any of the cases.
    """
    known = {tuple(each.split()) for each in every_command(commands)}
    lines = (line for case in CASES.values() for step in case for line in step.get("inbox", ()))
    typed = [shlex.split(line) for line in lines]
    assert len(typed) > 40
    assert [] == [
        words for words in typed if words[0] != "visa" and not {tuple(words[:2]), tuple(words[:3])} & known
    ]


def test_there_is_a_worked_case_for_each_answer_to_the_question_what_brings_you_here() -> None:
    (path,) = [field for field in questionnaire.parse(SHIPPED).fields if field.id == "path"]
    answered = [step.get("answers", {}).get("path") for steps in CASES.values() for step in steps]
    assert {option.id for option in path.options} == {*answered} - {None}


@pytest.mark.parametrize("case", CASES)
def test_the_file_of_worked_cases_gives_a_day_for_every_deadline_of_each_case(case: str) -> None:
    """The file covers all deadlines of the law, the duties of every case, and the end of retention."""
    counted = {
        what: {code for step in CASES[case] for code in step.get(what, ())}
        for what in ("clocks", "duties", "kept")
    }
    always = {code for code, duty in FRENCH.duties.items() if duty.asked == "always"}
    assert set(FRENCH.clocks) == counted["clocks"]
    assert always <= counted["duties"]
    assert {"rule", "day"} == counted["kept"]
