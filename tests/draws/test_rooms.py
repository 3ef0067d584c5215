"""The program for draws runs on a machine without the inbox and the portal."""

import shutil
from pathlib import Path

import pytest

from deploy.release.python_environment import CONTENTS
from draws.cli.main import commands
from templates.command_line import leaves
from tests.support.bare_program import run
from tests.support.imports import reached
from tests.support.paths import ROOT

# What the package with this program contains. Only the wheel of a release has the file with its commit.
SHIPPED = tuple(each for each in CONTENTS["draws"] if (ROOT / each).exists())


def copy_of_the_program(folder: Path, shipped: tuple[str, ...]) -> Path:
    for each in shipped:
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / each).is_dir():
            shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / each, folder / each)
    return folder


def every_command() -> str:
    modules = sorted({leaf.place.partition(":")[0] for leaf in leaves(commands.branch).values()})  # type: ignore[attr-defined]
    return "; ".join(f"import {each}" for each in ["draws.cli.main", *modules])


def test_every_command_loads_without_the_other_rooms(tmp_path: Path) -> None:
    copy = copy_of_the_program(tmp_path, SHIPPED)
    found = run(copy, f"{every_command()}; print(draws.__file__)")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith(str(copy))


def test_the_program_installs_only_its_rooms_and_what_they_import() -> None:
    """Outsiders get no code of the inbox that a draw does not need, and no law."""
    files = reached("draws")[0]
    assert {*SHIPPED, "templates/commit.txt"} == {*CONTENTS["draws"]}
    needed = {next(each for each in SHIPPED if file.is_relative_to(each)) for file in files}
    assert {*SHIPPED} - needed == {"templates/translations"}


@pytest.mark.parametrize("room", ["inbox/language", "crypto"])
def test_the_copy_is_not_helped_by_this_checkout(room: str, tmp_path: Path) -> None:
    """The control: without a room that it needs, the program does not load."""
    copy = copy_of_the_program(tmp_path, tuple(each for each in SHIPPED if each != room))
    assert "ModuleNotFoundError" in run(copy, every_command()).stderr
