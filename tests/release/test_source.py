"""A release is built from a commit, and its version names the commit."""

import itertools
import subprocess
from pathlib import Path

import pytest

from deploy.release.errors import Refused
from deploy.release.source import Source
from tests.support.commits import git
from tests.support.next_candidate import raise_version

EPOCH = 1_790_000_000  # 21 September 2026, 14:13:20 UTC
DAY = "@1790000000 +0300"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit of a project in version 1.0.0rc1."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", DAY)
    folder = tmp_path / "repository"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates/home.html").write_text("home")
    (folder / "pyproject.toml").write_text('[project]\nname = "fanal"\nversion = "1.0.0rc1"\n')
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=first")
    return folder


@pytest.mark.parametrize("name", ["pyproject.toml", "new.py"])
def test_a_release_is_refused_if_a_file_differs_from_the_commit(repository: Path, name: str) -> None:
    (repository / name).write_text("changed")
    with pytest.raises(Refused, match=f"files differ from the commit: {name}"):
        Source.of(repository)


def test_a_folder_without_a_git_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="git status"):
        Source.of(tmp_path)


def test_a_development_version_names_the_commit_and_its_time(repository: Path) -> None:
    """The time is in UTC, wherever the commit was made."""
    source, commit = Source.of(repository), git(repository, "rev-parse", "HEAD")[:12]
    assert source.epoch == EPOCH
    assert str(source.version) == f"1.0.0rc1.dev20260921141320+g{commit}"
    assert source.debian_version == f"1.0.0~rc1~dev20260921141320+g{commit}"


def test_a_tag_of_another_version_does_not_make_a_release(repository: Path) -> None:
    git(repository, "tag", "v1.0.0")
    assert Source.of(repository).version.is_devrelease


def test_a_tagged_commit_has_the_version_of_the_project(repository: Path) -> None:
    git(repository, "tag", "v1.0.0rc1")
    source = Source.of(repository)
    assert (str(source.version), source.debian_version) == ("1.0.0rc1", "1.0.0~rc1")


def test_debian_sorts_versions_in_the_order_of_their_release(repository: Path) -> None:
    """The order is: a later development version, its release candidate, its release."""
    versions = [Source.of(repository).debian_version]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", "@1790000001 +0000")
        git(repository, "commit", "--quiet", "--allow-empty", "--message=later")
    versions += [Source.of(repository).debian_version, "1.0.0~rc1", "1.0.0", "1.0.1"]
    for old, new in itertools.pairwise(versions):
        subprocess.run(["dpkg", "--compare-versions", old, "lt", new], check=True)


def test_a_commit_with_the_version_of_a_tagged_commit_is_refused(repository: Path) -> None:
    """Debian would sort the packages of the new commit before the release, and apt would refuse them."""
    git(repository, "tag", "v1.0.0rc1")
    git(repository, "commit", "--quiet", "--allow-empty", "--message=same version")
    with pytest.raises(Refused, match="another commit is version") as refused:
        Source.of(repository)
    assert refused.value.hint == "raise the version in pyproject.toml, or check out v1.0.0rc1"


@pytest.mark.parametrize("now", ["1.0.0rc1", "1.0.0", "1.2.9"])
def test_a_commit_with_a_raised_version_sorts_after_the_release(repository: Path, now: str) -> None:
    """`make soak install` upgrades a portal to such a commit."""
    project = repository / "pyproject.toml"
    project.write_text(project.read_text().replace("1.0.0rc1", now))
    git(repository, "commit", "--quiet", "--all", "--message=release", "--allow-empty")
    git(repository, "tag", f"v{now}")
    released = Source.of(repository).debian_version
    raise_version(project)
    git(repository, "commit", "--quiet", "--all", "--message=next version")
    later = Source.of(repository).debian_version
    subprocess.run(["dpkg", "--compare-versions", released, "lt", later], check=True)


def test_an_export_has_the_files_of_the_commit_with_its_version(repository: Path, tmp_path: Path) -> None:
    source = Source.of(repository)
    source.export(tmp_path / "out")
    files = {
        str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*") if file.is_file()
    }
    assert files == {"pyproject.toml", "templates/home.html", "templates/commit.txt"}
    assert f'version = "{source.version}"' in (tmp_path / "out/pyproject.toml").read_text()
    assert (tmp_path / "out/templates/commit.txt").read_text() == f"{source.commit[:12]} 2026-09-21\n"
