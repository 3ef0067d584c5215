"""`--version` names the commit of a release, or of a checkout."""

import subprocess
from collections.abc import Iterator
from datetime import date
from importlib import metadata
from pathlib import Path

import pytest

from templates import version
from tests.support.paths import ROOT

PLAIN = metadata.version("fanal")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with one file, which the program believes to be its own folder."""
    (tmp_path / "file").write_text("1")
    monkeypatch.setattr(version, "_ROOT", tmp_path)
    monkeypatch.setattr(version, "COMMIT_FILE", tmp_path / "commit.txt")
    version.text.cache_clear()
    yield tmp_path
    version.text.cache_clear()


def commit(folder: Path) -> str:
    """Commit everything in a folder; return the first twelve digits of the commit."""
    given = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=t"]):
        subprocess.run(["git", *given, *words], cwd=folder, check=True)
    said = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    )
    return said.stdout[:12]


@pytest.mark.usefixtures("checkout")
def test_without_a_release_or_a_repository_only_the_version_is_shown() -> None:
    assert PLAIN == version.text()


def test_an_installed_copy_does_not_name_the_repository_that_surrounds_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(checkout)
    (checkout / "lib").mkdir()
    monkeypatch.setattr(version, "_ROOT", checkout / "lib")
    assert PLAIN == version.text()


def test_if_git_is_not_installed_only_the_version_is_shown(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(checkout)
    monkeypatch.setenv("PATH", str(checkout))
    assert PLAIN == version.text()


def test_a_checkout_names_its_commit(checkout: Path) -> None:
    assert f"{PLAIN} (commit {commit(checkout)})" == version.text()


def test_the_version_of_a_checkout_says_whether_files_have_changed(checkout: Path) -> None:
    at = commit(checkout)
    (checkout / "file").write_text("2")
    assert f"{PLAIN} (commit {at}, with changes)" == version.text()


def test_a_release_names_the_commit_that_it_was_built_from(checkout: Path) -> None:
    """The file in the release takes precedence over a repository."""
    commit(checkout)
    (checkout / "commit.txt").write_text("0123456789ab 2026-09-21\n")
    assert f"{PLAIN} (commit 0123456789ab)" == version.text()
    assert date(2026, 9, 21) == version.day()


def test_a_checkout_knows_the_day_of_its_commit_in_utc(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a commit, the day is unknown."""
    assert version.day() is None
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-09-21T23:30:00 -0200")
    commit(checkout)
    assert date(2026, 9, 22) == version.day()


def test_the_repository_does_not_contain_the_commit_file_of_a_release() -> None:
    assert not (ROOT / "templates/commit.txt").exists()
