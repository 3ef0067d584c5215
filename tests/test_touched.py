"""`make check` runs only the tests of the rooms that changed."""

import re
from pathlib import Path

import pytest

from tests.support.commits import git
from tests.support.paths import ROOT
from tests.touched import changed, folders


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("inbox/deadlines/clocks.py", ["tests/inbox/deadlines"]),
        ("inbox/cli/commands/queue.py", ["tests/inbox/cli", "tests/test_command_line.py"]),
        ("inbox/cli/commands.toml", ["tests/inbox/cli", "tests/test_command_line.py"]),
        ("portal/ops/commands.toml", ["tests/portal/ops", "tests/test_command_line.py"]),
        ("portal/ops/cli.py", ["tests/portal/ops"]),
        ("templates/command_line.py", ["tests/test_command_line.py"]),
        ("inbox/desk/pages/queue.py", ["tests/desk"]),
        ("inbox/sandboxed/pdf.py", ["tests/inbox/files"]),
        ("templates/desk/queue/queue.html", ["tests/desk"]),
        ("portal/store/cases.py", ["tests/portal/store"]),
        ("portal/scripts/report.js", ["tests/pages"]),
        ("portal/style.css", ["tests/pages"]),
        ("portal/app.py", ["tests/portal/web"]),
        ("portal/config.py", ["tests/portal/ops"]),
        (
            "templates/questionnaire.toml",
            [
                "tests/crypto/test_questionnaire.py",
                "tests/inbox/questionnaire",
                "tests/pages/test_questions.py",
                "tests/templates/test_asked_once.py",
            ],
        ),
        ("templates/catalogues.py", ["tests/inbox/language"]),
        ("templates/translations/fr/LC_MESSAGES/officers.po", ["tests/pages/test_translations.py"]),
        ("templates/shipped.py", ["tests/inbox/questionnaire"]),
        ("portal/errors.py", ["tests/portal/ops"]),
        ("portal/files.py", ["tests/portal/exchange"]),
        ("portal/terminal.py", ["tests/portal/ops"]),
        ("crypto/age.py", ["tests/crypto"]),
        ("tests/portal/api/test_slots.py", ["tests/portal/api"]),
        ("tests/support/builders.py", []),
        ("tests/js/age.test.mjs", []),
        ("docs/reliability.md", ["tests/test_documents.py", "tests/test_named_commands.py"]),
        (
            "docs/architecture.md",
            ["tests/test_architecture.py", "tests/test_documents.py", "tests/test_named_commands.py"],
        ),
        (
            "docs/commands.md",
            ["tests/test_command_line.py", "tests/test_documents.py", "tests/test_named_commands.py"],
        ),
        ("README.md", ["tests/test_documents.py", "tests/test_named_commands.py"]),
        (
            "THREAT_MODEL.md",
            ["tests/test_documents.py", "tests/test_named_commands.py", "tests/test_threat_model.py"],
        ),
        ("crypto/SPEC.md", ["tests/crypto", "tests/test_documents.py", "tests/test_named_commands.py"]),
        ("tests/test_readme.py", ["tests/test_readme.py"]),
        ("tests/conftest.py", []),
        ("LICENSE", []),
    ],
)
def test_a_changed_file_selects_the_tests_of_its_room(path: str, found: list[str]) -> None:
    assert found == folders(ROOT, [path])


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("inbox/cli/commands.toml", "a command, option"),
        ("templates/questionnaire.toml", "a question"),
        ("docs/architecture.md", "a document"),
        ("THREAT_MODEL.md", "a document"),
    ],
)
def test_contributing_md_names_the_tests_that_make_check_runs(path: str, row: str) -> None:
    rows = (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()
    (told,) = (each for each in rows if each.startswith(f"| {row}"))
    assert [] == [each for each in folders(ROOT, [path]) if f"`{each}`" not in told]


def test_contributing_md_says_how_long_the_tests_in_each_row_take() -> None:
    """The last column has seconds or minutes, or says that nobody has measured the time."""
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| you changed | run | takes |")[2]
    rows = table.partition("\n\n")[0].splitlines()[2:]
    assert len(rows) > 10
    time = re.compile(r"(\d s|\d minute|minutes|not measured)\b[^|]* \|$")
    assert [row for row in rows if not time.search(row)] == []


def test_a_change_to_any_room_selects_tests() -> None:
    """Otherwise `make check` would not test a new room."""
    rooms = [
        each
        for top in ("inbox", "portal")
        for each in (ROOT / top).iterdir()
        if (each / "__init__.py").exists()
    ]
    assert [] == [each.name for each in rooms if not folders(ROOT, [f"{each.relative_to(ROOT)}/new.py"])]


def test_a_folder_inside_another_selected_folder_is_not_run_twice() -> None:
    paths = ["tests/portal/conftest.py", "portal/api/slots.py", "portal/store/cases.py"]
    assert ["tests/portal"] == folders(ROOT, paths)


def test_the_changed_files_are_those_that_differ_from_main(tmp_path: Path) -> None:
    """Some changes are committed on the branch, some are not, and some files are not even added.

    Later commits on main do not count.
    """
    git(tmp_path, "init", "-b", "main")
    for name in ("old", "edited", "committed"):
        (tmp_path / name).write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    git(tmp_path, "checkout", "-b", "branch")
    (tmp_path / "committed").write_text("2")
    git(tmp_path, "commit", "-am", "second")
    git(tmp_path, "checkout", "main")
    (tmp_path / "old").write_text("2")
    git(tmp_path, "commit", "-am", "third")
    git(tmp_path, "checkout", "branch")
    (tmp_path / "edited").write_text("2")
    (tmp_path / "new").write_text("1")
    assert ["committed", "edited", "new"] == changed(tmp_path)
    git(tmp_path, "checkout", "-b", "without-a-main")
    assert ["edited", "new"] == changed(tmp_path, "no-such-branch")
