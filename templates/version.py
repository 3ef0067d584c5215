"""The version of this program, and the commit from which it was built."""

import subprocess
from datetime import UTC, date, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parent.parent
# `make release` writes the commit and its day into this file of the wheel (deploy/release/source.py). A
# checkout does not have this file.
COMMIT_FILE = Path(__file__).with_name("commit.txt")


@cache
def text() -> str:
    """Return the version with its commit, such as ``1.0.0rc1 (commit 0123456789ab)``.

    Without a release and without git, the commit is unknown, and only the version is returned.
    """
    version, commit = metadata.version("fanal"), _built_from() or _checked_out()
    return f"{version} (commit {commit})" if commit else version


def day() -> date | None:
    """Return the day (UTC) of that commit, or None if it is unknown."""
    if COMMIT_FILE.is_file():
        return date.fromisoformat(COMMIT_FILE.read_text("ascii").split()[1])
    seconds = _git("log", "-1", "--format=%ct")
    return datetime.fromtimestamp(int(seconds), UTC).date() if seconds else None


def _built_from() -> str:
    return COMMIT_FILE.read_text("ascii").split()[0] if COMMIT_FILE.is_file() else ""


def _checked_out() -> str:
    """Return the commit of this checkout, marked if files differ from it, or "" if git cannot tell."""
    return _git("describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=, with changes")


def _git(*words: str) -> str:
    """Return what git says about this checkout, or "" if git cannot tell."""
    # An installed copy may be in a folder that belongs to another git repository.
    if not (_ROOT / ".git").exists():
        return ""
    command = ["git", *words]
    try:
        done = subprocess.run(  # noqa: S603 - no part of the command comes from outside
            command, cwd=_ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
