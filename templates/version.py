"""The version of this program, and the commit from which it was built."""

import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parent.parent
# `make release` writes this file into the wheel (deploy/release/source.py). A checkout does not have this
# file.
COMMIT_FILE = Path(__file__).with_name("commit.txt")


@cache
def text() -> str:
    """Return the version with its commit, such as ``1.0.0rc1 (commit 0123456789ab)``.

    Without a release and without git, the commit is unknown: this returns only the version.
    """
    version, commit = metadata.version("fanal"), _built_from() or _checked_out()
    return f"{version} (commit {commit})" if commit else version


def _built_from() -> str:
    return COMMIT_FILE.read_text("ascii").strip() if COMMIT_FILE.is_file() else ""


def _checked_out() -> str:
    """Return the commit of this checkout, marked if files differ from it, or "" if git cannot tell."""
    # An installed copy may be in a folder that belongs to another git repository.
    if not (_ROOT / ".git").exists():
        return ""
    command = ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=, with changes"]
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - no part of the command comes from outside
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
