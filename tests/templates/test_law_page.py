"""docs/law.md explains every word in the files of the law, and lists the questions for counsel."""

from enum import StrEnum
from pathlib import Path

import pytest

from inbox.registers import security
from inbox.registers.security import Kind
from templates import shipped
from templates.law import folder, reader
from templates.law.rules import (
    Asked,
    Body,
    DutyRole,
    Effect,
    Event,
    Fill,
    MeasureRole,
    Protection,
    Reach,
    Threat,
    Told,
)
from templates.law.schemas import FILES
from templates.typography import spaced
from tests.support import law_tables
from tests.support.law_list import HEADING, PAGE, listed

TEXT = PAGE.read_text("utf-8")
FRENCH = reader.read(shipped.JURISDICTIONS / "fr")


def test_the_page_about_the_law_lists_what_counsel_has_to_confirm() -> None:
    """If the test fails after a change of the law, run: python -m tests.support.law_list."""
    assert TEXT.partition(HEADING)[2] == "\n" + listed(FRENCH)


@pytest.mark.parametrize("page", law_tables.PAGES, ids=lambda page: page.stem)
def test_each_french_template_has_what_the_law_and_the_list_of_risks_say(page: Path) -> None:
    """If the test fails after a change of the law, run: python -m tests.support.law_tables."""
    assert page.read_text("utf-8") == law_tables.renewed(page, FRENCH)


def test_the_templates_have_every_outcome_every_risk_and_every_limit() -> None:
    retention, impact, approval = (page.read_text("utf-8") for page in law_tables.PAGES)
    assert all(spaced("fr", each.name.fr) in retention for each in FRENCH.outcomes.values())
    assert all(f"\n### {each.name.fr}\n" in impact for each in FRENCH.risks.values())
    assert all(f"\n| {spaced('fr', each.text.fr)} |" in approval for each in security.entries(Kind.LEFT))


@pytest.mark.parametrize(
    "words", [*(Asked, Body, DutyRole, Effect, Event, Fill, MeasureRole, Protection, Reach), *(Threat, Told)]
)
def test_the_page_about_the_law_explains_every_word_of_the_closed_lists(words: type[StrEnum]) -> None:
    assert [] == [each for each in words if f"`{each}`" not in TEXT]


def named(node: object) -> set[str]:
    """Return the keys that a schema knows, without codes."""
    if isinstance(node, list):
        return set().union(*map(named, node))
    if not isinstance(node, dict):
        return set()
    own = set(node.get("properties", {}))
    return own.union(*map(named, node.values()))


@pytest.mark.parametrize("file", folder.NAMES)
def test_the_page_about_the_law_explains_every_key_of_every_file(file: str) -> None:
    # Keys that are explained once for all files, and tables whose names explain themselves.
    plain = {"fr", "en", "name", "text", "source", "confirm", "1", "2", "3", "4"}
    tables = {"calendar", "regime", "clock", "duty", "measure", "outcome", "period", "authority", "guarantee"}
    tables |= {
        "letter",
        "reply",
        "word",
        "visa",
        "proceedings",
        "junk",
        "unopened",
        "tags",
        "severity",
        "role",
    }
    keys = named(FILES[file]._root) - plain - tables
    assert keys
    assert [] == [each for each in sorted(keys) if f"`{each}`" not in TEXT]
