"""The gate names outdated records of the soak, and only runs of committed code are recorded."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import editions, records, soak
from benchmarks.records import Record
from benchmarks.soak import Part
from tests.support.commits import git
from tests.support.gate import SOAKED

ROOT = Path(__file__).parent.parent
COVERS = {"kills": ("portal/", "crypto/")}


def write(repository: Path, path: str, content: str) -> None:
    (repository / path).parent.mkdir(exist_ok=True)
    (repository / path).write_text(content)


def commit(repository: Path, path: str, content: str) -> str:
    write(repository, path, content)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", path)
    return records.head(repository)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with code of the portal, code of crypto, and a document."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for path in ("portal/app.py", "crypto/age.py", "docs/read.md"):
        commit(folder, path, "1")
    return folder


@pytest.fixture
def told(repository: Path) -> Callable[[str], list[str]]:
    """Return a function: for a record of the part `kills`, made at a commit, it returns the warnings."""

    def tell(at: str) -> list[str]:
        record = Record(at, "2026-11-26", "1.0 to 2.0", ["6 kills"])
        return list(records.warnings(repository, COVERS, {"kills": record}))

    return tell


def test_a_part_of_the_soak_without_a_record_is_named_with_the_command_to_run(repository: Path) -> None:
    found = list(records.warnings(repository, COVERS, {}))
    assert ["soak kills: never recorded; hint: make soak kills"] == found


def test_a_record_is_stale_after_a_commit_to_the_code_that_it_covers(
    repository: Path, told: Callable[[str], list[str]]
) -> None:
    old = records.head(repository)
    commit(repository, "portal/app.py", "2")
    assert [f"soak kills: last run at {old[:10]}, 2026-11-26; changed since: portal/"] == told(old)
    commit(repository, "crypto/new.py", "1")
    assert [f"soak kills: last run at {old[:10]}, 2026-11-26; changed since: portal/, crypto/"] == told(old)


@pytest.mark.parametrize("path", ["portal/app.py", "portal/new.py"])
def test_a_record_is_stale_after_an_uncommitted_change(
    repository: Path, told: Callable[[str], list[str]], path: str
) -> None:
    write(repository, path, "2")
    (line,) = told(records.head(repository))
    assert line.endswith("changed since: portal/")


def test_a_record_is_stale_after_code_was_deleted(repository: Path, told: Callable[[str], list[str]]) -> None:
    (repository / "crypto/age.py").unlink()
    (line,) = told(records.head(repository))
    assert line.endswith("changed since: crypto/")


def test_a_record_is_current_while_the_code_that_it_covers_is_unchanged(
    repository: Path, told: Callable[[str], list[str]]
) -> None:
    """A record stays current if other files change. A change that was undone does not count."""
    old = records.head(repository)
    assert [] == told(old)
    commit(repository, "docs/read.md", "2")
    commit(repository, "portal/app.py", "2")
    commit(repository, "portal/app.py", "1")
    assert [] == told(old)


def test_the_warning_says_that_the_clone_does_not_know_the_commit_of_a_record(
    told: Callable[[str], list[str]],
) -> None:
    (line,) = told("0" * 40)
    assert line.startswith("soak kills: last run at 0000000000, 2026-11-26; this clone does not know that")


def test_the_warning_says_that_a_record_has_no_commit(told: Callable[[str], list[str]]) -> None:
    (line,) = told(records.UNKNOWN)
    assert line.startswith("soak kills: last run at unknown, 2026-11-26; the commit was not noted")


def test_a_shallow_clone_does_not_know_an_older_commit(repository: Path, tmp_path: Path) -> None:
    old = records.head(repository)
    commit(repository, "docs/read.md", "2")
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow")
    with pytest.raises(records.UnknownCommit):
        records.changed(tmp_path / "shallow", old, COVERS["kills"])
    assert [] == records.changed(tmp_path / "shallow", records.head(repository), COVERS["kills"])


def test_the_warning_says_that_there_is_no_git_history(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = {"kills": Record(records.head(repository), "2026-11-26", "1.0", [])}
    (line,) = records.warnings(tmp_path, COVERS, record)
    assert "there is no git history here" in line
    monkeypatch.setenv("PATH", str(tmp_path))
    (line,) = records.warnings(repository, COVERS, record)
    assert "there is no git history here" in line


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one record."""
    made = tmp_path / "soak.json"
    records.keep(made, "fuzz", Record("unknown", "2026-11-24", "10 to 25", ["none lost"]))
    return made


def part(run: Callable[[], Iterator[str]]) -> Part:
    return Part(run, COVERS["kills"])


def test_a_part_of_the_soak_that_succeeds_is_recorded_beside_the_others(
    repository: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soak.soak("kills", part(lambda: iter(["3 kills: à vérifier", "0 lost"])), repository, file)
    kept = records.load(file)
    assert ["fuzz", "kills"] == list(kept)
    assert records.head(repository) == kept["kills"].commit
    assert ["3 kills: à vérifier", "0 lost"] == list(kept["kills"].figures)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept["kills"].date)
    assert re.fullmatch(r"\d+\.\d to \d+\.\d", kept["kills"].load)
    assert "  0 lost\n" in capsys.readouterr().out


def test_a_part_of_the_soak_that_fails_keeps_its_last_record(repository: Path, file: Path) -> None:
    def fails() -> Iterator[str]:
        yield "3 kills"
        raise RuntimeError("one report lost")

    before = file.read_bytes()
    with pytest.raises(RuntimeError):
        soak.soak("fuzz", part(fails), repository, file)
    assert before == file.read_bytes()


@pytest.mark.parametrize("path", ["portal/app.py", "tests/kills.py"])
def test_a_run_of_uncommitted_code_is_not_recorded(
    repository: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """The code or a test changed before or during the run, or there is no git history."""
    before = file.read_bytes()

    def changes() -> Iterator[str]:
        yield "3 kills"
        write(repository, path, "2")

    for _ in range(2):
        soak.soak("kills", part(changes), repository, file)
        assert f"this run is not recorded: {path.partition('/')[0]}/ differ from" in capsys.readouterr().out
    soak.soak("kills", part(lambda: iter([])), tmp_path, file)
    assert "this run is not recorded: there is no git history here" in capsys.readouterr().out
    assert before == file.read_bytes()


def test_every_part_of_the_soak_covers_existing_files_and_every_record_belongs_to_a_part() -> None:
    covered = {path for each in soak.PARTS.values() for path in each.covers}
    assert [] == [path for path in covered if not (ROOT / path).exists()]
    assert json.loads(soak.FILE.read_text()).keys() <= soak.PARTS.keys()


def runs(part: Part, test: str, marks: frozenset[str]) -> bool:
    """Return whether a part of the soak runs a test with these marks."""
    if not isinstance(part.run, soak.Tested):
        return False
    words = part.run.words
    wanted = words[words.index("-m") + 1] if "-m" in words else "not soak"
    left_out = [word.removeprefix("--ignore=") for word in words if word.startswith("--ignore=")]
    return (
        any(test.startswith(path) for path in part.run.paths)
        and not any(test.startswith(path) for path in left_out)
        and all(
            (each.removeprefix("not ") in marks) is not each.startswith("not ")
            for each in filter(None, wanted.split(" and "))
        )
    )


def test_each_test_that_the_gate_leaves_out_belongs_to_exactly_one_part_of_the_soak(
    request: pytest.FixtureRequest,
) -> None:
    """Otherwise a test would never run, or would run in two parts.

    As a control, the list contains a test of this module.
    """
    soaked = request.config.stash[SOAKED]
    own = f"tests/test_soak.py::{test_a_measured_figure.__name__}"
    assert own in soaked
    parts = {
        test: [name for name, each in soak.PARTS.items() if runs(each, test, marks)]
        for test, marks in soaked.items()
        if test != own
    }
    assert {} == {test: names for test, names in parts.items() if len(names) != 1}


@pytest.mark.parametrize(
    ("test", "marks", "parts"),
    [
        ("tests/portal/api/test_kills.py::test_x", {"soak"}, ["kills"]),
        ("tests/portal/api/test_raw.py::test_x", {"soak", "second_database"}, ["postgresql"]),
        ("tests/portal/api/test_raw.py::test_x", {"soak"}, ["repeats"]),
        ("tests/desk/test_pages.py::test_x", {"soak", "browser"}, ["pages"]),
        ("tests/pages/test_webkit.py::test_x", {"soak", "browser"}, ["webkit"]),
        ("tests/pages/test_little_memory.py::test_x", {"soak", "browser"}, ["memory"]),
        ("tests/desk/test_jobs.py::test_x", {"soak"}, ["walks"]),
        ("tests/test_touched.py::test_x", {"soak"}, []),
    ],
)
def test_the_folder_and_marks_of_a_test_decide_which_part_of_the_soak_runs_it(
    test: str, marks: set[str], parts: list[str]
) -> None:
    assert parts == [name for name, each in soak.PARTS.items() if runs(each, test, frozenset(marks))]


def test_no_part_of_the_soak_has_the_name_of_another_make_target() -> None:
    goals = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"soak", "test", "demo"} <= set(goals)
    assert set() == soak.PARTS.keys() & set(goals)


def test_the_target_soak_accepts_names_of_parts() -> None:
    command = ["make", "--dry-run", "soak", "kills", "junk"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert said.endswith("-m benchmarks.soak kills junk\n:\n:\n")


def test_an_unknown_part_of_the_soak_is_refused_with_the_names_of_all_parts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["soak", "kills", "flights"])
    assert 2 == soak.main()
    assert f"unknown part of the soak: flights\nhint: {', '.join(soak.PARTS)}\n" == capsys.readouterr().err


def test_stale_records_are_reported_but_do_not_fail_the_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["soak", "--stale"])
    monkeypatch.setattr(soak, "FILE", file)
    assert 0 == soak.main()
    assert "soak kills: never recorded; hint: make soak kills\n" in capsys.readouterr().out


@pytest.mark.soak
def test_a_measured_figure(record_property: Callable[[str, object], None]) -> None:
    record_property("kills", "3, of which 0 lost")


@pytest.mark.slow
def test_only_the_soak_runs_soak_tests_and_it_shows_their_figures(
    request: pytest.FixtureRequest,
) -> None:
    """The gate runs this test, so the tests of this session are those that the gate selects."""
    beside = {item.name for item in request.session.items if item.fspath == request.node.fspath}
    assert (True, False) == (request.node.name in beside, test_a_measured_figure.__name__ in beside)
    figures = list(soak.tested("-m", "soak", "tests/test_soak.py")())
    assert ["kills: 3, of which 0 lost"] == figures


def test_the_part_edition_fails_if_editions_take_more_of_a_processor_than_allowed() -> None:
    limit = editions.LIMIT_SECONDS
    editions.check([9 * limit, limit, limit - 1])
    with pytest.raises(editions.TooSlow, match=r"takes 5\.1 s of a processor, and may take 5 s"):
        editions.check([limit - 1, limit + 0.1, limit + 1])


def test_a_part_of_the_soak_fails_if_its_test_files_are_missing() -> None:
    with pytest.raises(RuntimeError, match="file or directory not found"):
        list(soak.tested("--noconftest", "tests/test_no_such.py")())
