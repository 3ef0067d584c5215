"""The last result of each part of the soak, kept in `docs/soak.json`, and whether its code has changed since.

A record names the commit that was run. Its part is stale once what it covers differs from that commit in
this working copy, committed or not.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# Stands for the commit of figures that were carried over from a time before commits were noted.
UNKNOWN = "unknown"
_SHOWN = 10


class NoHistory(Exception):
    """The folder is no git repository, or there is no git."""


class UnknownCommit(Exception):
    """The commit is not in this clone: it is a shallow one, or the commit was never shared."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a part found, on which commit and day, at which load of the machine; a line for each figure."""

    commit: str
    date: str
    load: str
    figures: Sequence[str]


def load(file: Path) -> dict[str, Record]:
    """Return the records by the names of their parts, none if the file is not there."""
    if not file.exists():
        return {}
    return {name: Record(**record) for name, record in json.loads(file.read_text("utf-8")).items()}


def keep(file: Path, name: str, record: Record) -> None:
    """Put the record of a part in the place of its last one."""
    kept = {**load(file), name: record}
    told = {name: asdict(kept[name]) for name in sorted(kept)}
    file.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


def head(repository: Path) -> str:
    """Return the commit that is checked out; raises NoHistory outside a repository."""
    done = _git(repository, "rev-parse", "--verify", "HEAD^{commit}")
    if done.returncode:
        raise NoHistory
    return done.stdout.strip()


def changed(repository: Path, commit: str, paths: Sequence[str]) -> list[str]:
    """Return which of the paths differ from a commit, files that were never added among them.

    Raises NoHistory, and UnknownCommit if the commit is not there.
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
    """Yield a line for each part whose record is missing, stale, or of a commit that nobody can compare."""
    for name, paths in covers.items():
        if not (record := records.get(name)):
            yield f"soak {name}: never recorded; hint: make soak {name}"
        elif told := _told(repository, record, paths):
            yield f"soak {name}: last run at {record.commit[:_SHOWN]}, {record.date}; {told}"


def _told(repository: Path, record: Record, paths: Sequence[str]) -> str:
    """Return what is to be said of a record, nothing if it is fresh."""
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
    """Run git in a folder; NoHistory if there is no git."""
    try:
        return subprocess.run(["git", *words], cwd=repository, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NoHistory from error
