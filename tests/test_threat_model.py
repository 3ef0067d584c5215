"""THREAT_MODEL.md: its promises name existing tests, and limits follow the promises for each adversary."""

import ast
import functools
from pathlib import Path

import pytest

from tests.support import threat_model
from tests.support.paths import ROOT
from tests.support.threat_model import Section

TEXT = threat_model.FILE.read_text("utf-8")
SECTIONS = threat_model.sections(TEXT)
# Sections that do not describe an adversary.
GENERAL = ["Assumptions", "What the portal learns"]
ADVERSARIES = [each for each in SECTIONS if each.name not in GENERAL]


@functools.cache
def functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.FunctionDef)}


def missing(text: str) -> list[tuple[str, str]]:
    """Return the tests that a text names although they do not exist."""
    named = threat_model.tests_named(text)
    return [(name, path) for name, path in named if name not in functions(ROOT / path)]


def test_every_test_that_a_promise_names_exists() -> None:
    assert len(threat_model.tests_named(TEXT)) > 200
    assert missing(TEXT) == []


def test_the_search_finds_the_name_of_a_test_that_does_not_exist() -> None:
    """The test above needs this control."""
    planted = "→ [`test_nobody_wrote_this`](tests/test_threat_model.py)"
    assert missing(planted) == [("test_nobody_wrote_this", "tests/test_threat_model.py")]


def test_every_arrow_in_the_threat_model_leads_to_a_test() -> None:
    """An arrow written in another way would not be checked."""
    lines = [line for line in TEXT.splitlines() if line.lstrip().startswith("→")]
    assert len(threat_model.tests_named(TEXT)) == len(lines)


@pytest.mark.parametrize("section", ADVERSARIES, ids=lambda each: each.name)
def test_each_promise_against_an_adversary_names_a_test_and_the_limits_come_last(
    section: Section,
) -> None:
    assert section.promises
    assert section.limits
    assert [each.name for each in section.promises if not each.tests] == []
    assert section.text.index("### Promises") < section.text.index("### Limits")


def test_the_search_finds_a_promise_without_a_test() -> None:
    """The test above needs this control."""
    planted = "## X\n\n### Promises\n\n- **Nobody\n  knows.** Never.\n- **All is well.**\n  → [`test_a`](b)\n"
    [section] = threat_model.sections(planted)
    assert [each.name for each in section.promises if not each.tests] == ["Nobody knows."]


@pytest.mark.parametrize("section", ADVERSARIES, ids=lambda each: each.name)
def test_each_promise_begins_with_a_bold_title(section: Section) -> None:
    """The test above does not see a promise without a bold title."""
    assert section.untitled == []


@pytest.mark.parametrize("planted", ["- Nobody knows.", "* **Never.** No", "1. **Never.** No", "Nobody."])
def test_the_search_finds_a_promise_without_a_bold_title(planted: str) -> None:
    """The test above needs this control. A limit needs no bold title."""
    promise = "- **All is well.**\n  → [`test_a`](b)\n"
    [section] = threat_model.sections(f"## X\n\n### Promises\n\n{promise}{planted}\n\n### Limits\n\nNone.\n")
    assert section.untitled == [planted]


def test_the_list_at_the_beginning_of_the_threat_model_names_every_section() -> None:
    head = " ".join(TEXT.partition("\n## ")[0].split())
    assert [each.name for each in SECTIONS if f"- [{each.name}](#" not in head] == []
