"""README names commands that exist, and compares Fanal with three other systems."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_readme_names_the_make_commands_that_newcomers_need_and_only_existing_ones() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", README))
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert {"demo", "test"} <= named <= {*phony[1].split()}


def test_readme_compares_fanal_with_three_other_systems_in_every_row() -> None:
    """No cell is empty."""
    section = README.partition("\n## How it compares\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    head, _, *claims = [[cell.strip() for cell in row] for row in rows]
    assert head == ["", "Fanal", "SecureDrop", "GlobaLeaks", "Hush Line"]
    assert len(claims) > 5
    assert [row for row in claims if len(row) != len(head) or not all(row)] == []
