"""Documents name only existing `make` commands and variables. README compares Fanal with other systems."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_readme_names_only_existing_make_commands_including_those_for_newcomers() -> None:
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


MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
MAKE_HELP = "\n".join(re.findall(r"^\t@echo '(make .+)'$", MAKEFILE, re.MULTILINE))


def unread(text: str) -> list[str]:
    """Return each `make` command with a variable that the recipe of its target does not read."""
    named = re.findall(r"\bmake ([a-z-]+)((?: +[A-Z]+=(?:'[^']*'|[^\s`]+))+)", text)
    return [
        f"make {target} {name}="
        for target, given in named
        for name in re.findall(r" ([A-Z]+)=", given)
        if not re.search(rf"\$\({name}\b|origin {name}\b|,{name}\)", recipe(target))
    ]


def recipe(target: str) -> str:
    """Return the recipe of a target in the Makefile, with the variables that the whole file defines."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found, target
    return found[1].replace("$(COMPILE)", "$(UPGRADE)")


def test_documents_name_only_make_variables_that_the_target_reads() -> None:
    assert unread("`make texts LNAG=nl PAGE=home`") == ["make texts LNAG="]
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    texts = [each.read_text("utf-8") for each in pages]
    assert sum(text.count("make texts LANG=") for text in texts) > 3
    assert [wrong for text in texts for wrong in unread(text)] == []


def test_the_help_of_make_names_each_variable_that_a_recipe_reads_from_its_caller() -> None:
    """The Makefile or the program `make` sets the other variables.

    Three of the named variables have a default in the Makefile.
    """
    set_here = {*re.findall(r"^ *([A-Z_]+) *:?=", MAKEFILE, re.MULTILINE)} - {"UPGRADE", "SHEETS", "MUTANTS"}
    read = {*re.findall(r"\$\(([A-Z]+)\)", MAKEFILE)} - set_here - {"MAKE", "CURDIR", "MAKECMDGOALS"}
    assert {"KEY", "DIR", "KEYS", "LANG", "PAGE", "SEED", "FRENCH", "UPGRADE", "SHEETS", "MUTANTS"} <= read
    assert [name for name in sorted(read) if not re.search(rf"\b{name}=", MAKE_HELP)] == []
