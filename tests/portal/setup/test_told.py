"""What `fanal-portal setup` says before the first setup, at its end, and if it is refused."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto import signing
from portal.setup import answers as remembered
from portal.setup import cli, plan
from portal.setup.answers import DRAFT, Answers
from portal.setup.databases import Tables
from portal.setup.pages import PAGES, Pages
from portal.setup.settings import CONFIGURATION, HOSTNAME, Folders, Remembered
from portal.setup.steps import TO_DO, Found, State
from portal.setup.system import Failed, System
from tests.support.folder_machine import Machine

OFFER = "offers your answers as defaults"


@dataclass
class Fails:
    """A step that fails."""

    title: str = "web server"
    said: str = ""

    def check(self) -> Found:
        return TO_DO

    def apply(self) -> None:
        raise Failed("no such module")

    def undo(self) -> None:
        pass


@pytest.fixture
def machine(system: System, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(system.root)
    monkeypatch.setattr(cli, "own_machine", lambda: made)
    return made


def test_before_the_first_setup_the_check_asks_nothing_and_examines_only_the_machine(
    machine: Machine, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once setup has asked its questions, the check uses the typed answers."""
    before = {*machine.root.rglob("*")}
    assert cli.run(["setup", "--check"]) == 1
    told, complaint = capsys.readouterr()
    assert complaint == ""
    assert "done: Debian 13\n" in told
    assert "in the way: packages of Debian: missing: nginx" in told
    assert "in the way: answers: there are no answers yet" in told
    assert "or name a file with --answers" in told
    assert cli.run(["setup", "--check", "--json"]) == 1
    assert {"answers", "clock"} < {each["step"] for each in json.loads(capsys.readouterr().out)}
    assert {*machine.root.rglob("*")} == before
    machine.at(DRAFT).write_bytes(answers.encode())
    assert cli.run(["setup", "--check"]) == 1
    told = capsys.readouterr().out
    assert "would do: /etc/fanal/setup.toml\n" in told
    assert "answers" not in told


def test_a_refused_setup_says_that_it_keeps_the_typed_answers_until_it_has_stored_them(
    machine: Machine,
    answers: Answers,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    draft = machine.at(DRAFT)

    def typed(file: Path) -> Answers:
        file.write_bytes(answers.encode())
        return answers

    monkeypatch.setattr(remembered, "ask", typed)
    assert cli.run(["setup"]) == 1
    complaint = capsys.readouterr().err
    assert "hint: apt install nginx" in complaint
    assert OFFER in complaint
    assert cli.run(["setup", "--answers", str(draft)]) == 1
    assert OFFER not in capsys.readouterr().err
    Folders(machine).apply()
    Remembered(machine, answers).apply()
    assert not draft.exists()


def test_setup_with_json_prints_what_must_be_noted_and_compared_even_if_a_later_step_fails(
    machine: Machine,
    answers: Answers,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The next run does not print the fingerprint of the portal again."""
    machine.at(HOSTNAME).parent.mkdir(parents=True)
    machine.at(HOSTNAME).write_text(f"{'a' * 56}.onion\n")
    machine.configure(answers)
    found = [Tables(machine), Fails()]
    monkeypatch.setattr(plan, "steps", lambda *_: found)
    assert cli.run(["setup", "--json"]) == 1
    told, complaint = capsys.readouterr()
    assert json.loads(complaint)["message"] == "web server: no such module"
    shown = json.loads(told)
    fingerprint = shown["portal_fingerprint"]
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", fingerprint)
    (made,) = shown["done"]
    assert (made["step"], fingerprint in made["said"]) == (Tables.title, True)
    assert shown["root_key_fingerprint"] == signing.fingerprint(answers.root.root_key)
    assert shown["onion"] == f"http://{'a' * 56}.onion"
    assert cli.run(["setup", "--json"]) == 1
    again = json.loads(capsys.readouterr().out)
    assert (again["portal_fingerprint"], again["onion"], again["done"]) == (None, shown["onion"], [])


def test_a_mistake_in_a_text_of_the_site_is_named_with_its_file_and_line(
    machine: Machine, answers: Answers
) -> None:
    """If the program of the portal does not run at all, the hint names the configuration."""
    machine.configure(answers)
    machine.at(PAGES).mkdir()
    file = machine.at("/etc/fanal/texts/legal.en.toml")
    written = file.read_text("utf-8")
    file.write_text(written.replace('"[name, address and telephone of the host]"', '""'), "utf-8")
    line = written[: written.index("[name, address and telephone of the host]")].count("\n") + 1
    found = Pages(machine).check()
    assert (found.state, found.what, found.hint) == (
        State.IN_THE_WAY,
        f"{file}: line {line}: legal, section 2: 'text' must be a text that is not empty",
        "correct the file; the shipped one shows the format",
    )
    found = Pages(System(machine.root)).check()
    assert (found.state, found.hint) == (State.IN_THE_WAY, f"correct {CONFIGURATION}")
