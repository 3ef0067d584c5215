"""README names commands that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_readme_names_the_make_commands_that_newcomers_need_and_only_existing_ones() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", README))
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert {"demo", "test"} <= named <= {*phony[1].split()}
