"""The latest result of each part of the soak, in `docs/soak.json`, and whether its code has changed since.

A record names the commit that was run. A record is stale if the code that its part covers has changed since
the record's commit. Uncommitted changes count too.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# Records that were made before commits were recorded have this value as their commit.
UNKNOWN = "unknown"
_SHOWN = 10


class NoHistory(Exception):
    """The folder is not a git repository, or git is not installed."""


class UnknownCommit(Exception):
    """The commit is not in this clone: the clone is shallow, or the commit was never published."""


@dataclass(frozen=True, slots=True)
class Record:
    """The result of a part: its commit, its day, the machine's load, and a line for each figure."""

    commit: str
    date: str
    load: str
    figures: Sequence[str]


def load(file: Path) -> dict[str, Record]:
    """Return the records, keyed by part name, or an empty dictionary if the file does not exist."""
    if not file.exists():
        return {}
    return {name: Record(**record) for name, record in json.loads(file.read_text("utf-8")).items()}


def keep(file: Path, name: str, record: Record) -> None:
    """Replace the record of a part."""
    kept = {**load(file), name: record}
    written = {name: asdict(kept[name]) for name in sorted(kept)}
    file.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", "utf-8")


def head(repository: Path) -> str:
    """Return the commit that is checked out; raise NoHistory outside a repository."""
    done = _git(repository, "rev-parse", "--verify", "HEAD^{commit}")
    if done.returncode:
        raise NoHistory
    return done.stdout.strip()


def changed(repository: Path, commit: str, paths: Sequence[str]) -> list[str]:
    """Return the paths that differ from a commit, including files that were never added to git.

    Raise NoHistory outside a repository. Raise UnknownCommit if the repository does not have the commit.
    """
    head(repository)
    if _git(repository, "cat-file", "-e", f"{commit}^{{commit}}").returncode:
        raise UnknownCommit
    return [path for path in paths if _differs(repository, commit, path)]


def _differs(repository: Path, commit: str, path: str) -> bool:
    added = _git(repository, "ls-files", "--others", "--exclude-standard", "--", path).stdout
    return bool(added or _git(repository, "diff", "--quiet", commit, "--", path).returncode)


def warnings(
    repository: Path, covers: Mapping[str, Sequence[str]], records: Mapping[str, Record]
) -> Iterator[str]:
    """Yield a line for each part whose record is missing or stale, or cannot be compared with its commit."""
    for name, paths in covers.items():
        if not (record := records.get(name)):
            yield f"soak {name}: never recorded; hint: make soak {name}"
        elif reason := _why_stale(repository, record, paths):
            yield f"soak {name}: last run at {record.commit[:_SHOWN]}, {record.date}; {reason}"


def _why_stale(repository: Path, record: Record, paths: Sequence[str]) -> str:
    """Return why a record may be stale, or an empty text if it is fresh."""
    if record.commit == UNKNOWN:
        return "the commit was not noted, so nobody can tell whether the record is stale"
    try:
        differing = changed(repository, record.commit, paths)
    except UnknownCommit:
        return "this clone does not know that commit, so nobody can tell whether the record is stale"
    except NoHistory:
        return "there is no git history here, so nobody can tell whether the record is stale"
    return f"changed since: {', '.join(differing)}" if differing else ""


def _git(repository: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git in a folder; raise NoHistory if git is not installed."""
    try:
        return subprocess.run(["git", *words], cwd=repository, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NoHistory from error
