"""Portal, inbox and draws declare exactly the libraries that each imports; lock files fix their versions."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.imports import imported, reached
from tests.support.paths import ROOT

SIDES = ("portal", "inbox")
PACKAGES = (*SIDES, "draws")
# Both sides, portal and inbox, import these rooms.
SHARED = ("crypto", "templates")
# SQLAlchemy loads psycopg by its name in the database's address (portal/config.py).
NAMED_IN_AN_ADDRESS = {"portal": {"psycopg"}, "inbox": set[str](), "draws": set[str]()}
# Packages that exist only for type checkers, so no Python environment has them.
ONLY_TYPES = {"_typeshed"}


def normalised(name: str) -> str:
    """Return the name of a distribution as lock files write it, without extras."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def libraries(side: str) -> set[str]:
    """Return the distributions that a side imports, including those that the shared rooms import.

    Of other rooms, draws use only what their modules reach.
    """
    if side == "draws":
        modules = reached(side)[1]
    else:
        files = (file for room in (side, *SHARED) for file in (ROOT / room).rglob("*.py"))
        modules = {module for file in files for module in imported(file.read_text("utf-8"))}
    ours = {*PACKAGES, *SHARED}
    foreign = {each.partition(".")[0] for each in modules} - ours - ONLY_TYPES - {*sys.stdlib_module_names}
    providers = packages_distributions()
    return {normalised(name) for module in foreign for name in providers[module]}


def declared() -> dict[str, list[str]]:
    """Return the dependencies of each extra, in the order of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "dependencies" not in project
    extras: dict[str, list[str]] = project["optional-dependencies"]
    return extras


def locked(name: str) -> set[tuple[str, str]]:
    """Return each distribution in a lock file with its version.

    A distribution can have several versions, for different versions of Python.
    """
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    return {*re.findall(r"^([a-z0-9-]+)(?:\[.+\])?==(\S+)", text, re.MULTILINE)}


def locked_names(name: str) -> set[str]:
    """Return the distributions in a lock file."""
    return {each for each, _ in locked(name)}


@pytest.mark.parametrize("side", PACKAGES)
def test_a_side_declares_exactly_the_libraries_that_it_imports(side: str) -> None:
    assert {normalised(name) for name in declared()[side]} - NAMED_IN_AN_ADDRESS[side] == libraries(side)


def test_a_library_of_a_shared_room_counts_for_both_sides() -> None:
    """As a control, only `crypto` imports PyNaCl, and only `templates` imports holidays."""
    assert {"pynacl", "holidays"} <= libraries("portal") & libraries("inbox")
    assert list(imported("def load():\n    import PIL.Image\n    from nacl.hash import sha256")) == [
        "PIL.Image",
        "nacl.hash",
        "nacl.hash.sha256",
    ]


def test_draws_are_installed_without_the_libraries_that_only_other_modules_of_shared_rooms_import() -> None:
    """The control: `crypto` imports both libraries, but only one of them for draws."""
    assert "pynacl" in libraries("draws")
    assert "shamir-mnemonic" in libraries("inbox") - libraries("draws")
    assert locked_names("draws").isdisjoint(
        {"flask", "sqlalchemy", "sqlcipher3", "holidays", "shamir-mnemonic"}
    )


@pytest.mark.parametrize("side", PACKAGES)
def test_the_lock_file_of_a_side_has_every_library_that_the_side_declares(side: str) -> None:
    lines = (ROOT / f"requirements/{side}.in").read_text("utf-8").splitlines()
    assert declared()[side] == [line for line in lines if not line.startswith(("#", "-c "))]
    assert {normalised(name) for name in declared()[side]} <= locked_names(side)


@pytest.mark.parametrize("side", PACKAGES)
def test_the_tests_use_the_library_versions_that_are_installed_on_each_side(side: str) -> None:
    """Tests run with dev.txt, which must contain every line of the side's own lock file."""
    assert locked(side) <= locked("dev")


def test_a_library_of_one_side_is_not_installed_on_the_other() -> None:
    assert locked_names("portal").isdisjoint({"sqlcipher3", "waitress", "pypdfium2", "z3-solver"})
    assert locked_names("inbox").isdisjoint({"gunicorn", "psycopg", "urllib3", "brotli"})


def test_the_demo_installs_the_tested_versions_of_both_sides_and_no_test_tools() -> None:
    """The other packages of the demo build this project."""
    assert locked("portal") | locked("inbox") <= locked("demo") <= locked("dev")
    beside = locked_names("demo") - locked_names("portal") - locked_names("inbox")
    assert beside == {"hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers"}


def test_the_target_demo_installs_only_the_packages_that_the_demo_runs() -> None:
    """The dry run of make is like a dry run in a new checkout."""
    command = ["make", "--dry-run", "--always-make", "demo"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.findall(r"requirements/\S+", said) == ["requirements/demo.txt"]


@pytest.mark.parametrize("name", [*PACKAGES, "dev", "demo"])
def test_each_version_in_a_lock_file_has_a_hash(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    assert len(re.findall(r"^\S+==.+\\\n +--hash=sha256:", text, re.MULTILINE)) == len(locked(name)) > 0


def test_the_wheel_contains_only_the_rooms_of_both_sides(tmp_path: Path) -> None:
    """The wheel contains neither benchmarks nor tests."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    listing = [sys.executable, "-m", "zipfile", "--list", str(wheel)]
    lines = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    tops = {line.partition("/")[0] for line in lines}
    assert {top for top in tops if not top.endswith(".dist-info")} == {*PACKAGES, *SHARED}


@pytest.mark.parametrize("lock", ["dev", "demo", "release"])
def test_make_builds_the_environment_again_if_the_locked_packages_have_changed(lock: str) -> None:
    """Otherwise pip would keep a package that is no longer in the list.

    Without a change, make keeps the environment.
    """
    command = ["make", "--dry-run", f"--what-if=requirements/{lock}.txt", ".venv/python"]
    changed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "venv --clear" in changed
    command[2:3] = []
    unchanged = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "venv --clear" not in unchanged
