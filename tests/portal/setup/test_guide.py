"""The commands of the administrator's guide.

`make soak install` runs all commands of the guide on bare machines.
"""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from benchmarks import guide
from benchmarks.first_report import MOST_COMMANDS, Walk
from crypto import keyring
from portal.exchange import backups
from tests.support import guides
from tests.support.paths import ROOT

ENGLISH = ROOT / "docs" / "deploying.md"
FRENCH = ROOT / "docs" / "fr" / "guide-administrateur.md"


def answers(page: Path) -> list[dict[str, Any]]:
    """Return the values of each file of answers that a page shows.

    The comments in the files are in the language of the page.
    """
    blocks = re.findall(r"^ *```toml\n(.*?)^ *```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [tomllib.loads(dedent(block)) for block in blocks]


def test_the_guide_leads_to_the_first_report_with_few_commands() -> None:
    """The guide sends the report before it exports it."""
    commands = guide.commands()
    (export,) = (number for number, each in enumerate(commands) if " export " in each)
    assert 0 < export <= MOST_COMMANDS
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    assert f"for a trial with one officer | {export}, four of which check" in page
    in_one_visit = [" manifest ", "exchange collect", "exchange sign-pages", " publish "]
    for number, each in enumerate(in_one_visit, export + 1):
        assert each in commands[number]


def test_the_soak_runs_every_command_of_the_steps() -> None:
    (left,) = (each for each in fields(Walk) if each.name == "left")
    assert left.default_factory is guide.commands


def test_a_command_on_two_lines_of_the_guide_counts_as_one_command() -> None:
    (init,) = (each for each in guide.commands() if " init " in each)
    assert "\\" not in init
    assert init.endswith('--name-en "Customs inspectorate"')


def test_both_editions_of_the_guide_have_the_same_commands_and_answers() -> None:
    english, french = (guides.lines(page.read_text("utf-8")) for page in (ENGLISH, FRENCH))
    assert len(english) > len(guide.commands())
    assert english == french
    assert answers(ENGLISH) == answers(FRENCH)
    assert len(answers(FRENCH)) == 2


@pytest.mark.parametrize(("page", "heading"), [(ENGLISH, "Daily work"), (FRENCH, "Chaque jour")])
def test_the_table_of_what_recurs_names_parts_of_the_page_and_the_limits_of_the_program(
    page: Path, heading: str
) -> None:
    section = guides.section(page.read_text("utf-8"), heading)
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    titles = {each.lower() for each in re.findall(r"^\*\*(.+?)\.\*\*", section, re.MULTILINE)}
    named = {each for row in rows for each in re.findall(r"\*([^*]+)\*", "|".join(row))}
    assert len(named) == 5
    assert named <= titles
    days = {int(each) for row in rows for each in re.findall(r"\b(\d+) (?:days|jours)\b", "|".join(row))}
    assert days == {keyring.LONGEST.days, backups.DAYS}
