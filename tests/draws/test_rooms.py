"""The program for draws runs on a machine without the inbox and the portal."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from draws.cli.main import commands
from templates.command_line import leaves
from tests.support.paths import ROOT

# What a package with this program contains; of the inbox, two rooms.
SHIPPED = ("draws", "crypto", "templates", "inbox/language", "inbox/system")


def copy_of_the_program(folder: Path, shipped: tuple[str, ...]) -> Path:
    for room in shipped:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "inbox").mkdir(exist_ok=True)
    shutil.copyfile(ROOT / "inbox/__init__.py", folder / "inbox/__init__.py")
    return folder


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    # -P and -S with an own path: only the copy and the libraries, not this checkout.
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    begin = f"import sys; sys.path[:0] = [{str(folder)!r}, {libraries!r}]; "
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", begin + code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def every_command() -> str:
    modules = sorted({leaf.place.partition(":")[0] for leaf in leaves(commands.branch).values()})  # type: ignore[attr-defined]
    return "; ".join(f"import {each}" for each in ["draws.cli.main", *modules])


def test_every_command_loads_without_the_other_rooms(tmp_path: Path) -> None:
    copy = copy_of_the_program(tmp_path, SHIPPED)
    found = run(copy, f"{every_command()}; print(draws.__file__)")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith(str(copy))


@pytest.mark.parametrize("room", ["inbox/language", "crypto"])
def test_the_copy_is_not_helped_by_this_checkout(room: str, tmp_path: Path) -> None:
    """The control: without a room that it needs, the program does not load."""
    copy = copy_of_the_program(tmp_path, tuple(each for each in SHIPPED if each != room))
    assert "ModuleNotFoundError" in run(copy, every_command()).stderr
