"""Git in the repository of a test, with a made-up committer."""

import os
import subprocess
import time
from pathlib import Path

_SETTINGS = ("user.name=t", "user.email=t@example.org", "commit.gpgsign=false", "tag.gpgsign=false")
_GIT = ("git", *(word for each in _SETTINGS for word in ("-c", each)))


_DAY_SECONDS = 86_400


def git(folder: Path, *words: str, **variables: str) -> str:
    """Run git with these environment variables, and return its output without surrounding white space.

    Raises CalledProcessError if git fails.
    """
    env = {**os.environ, **variables}
    return subprocess.check_output([*_GIT, *words], cwd=folder, env=env, text=True).strip()


def commit_of_tomorrow(folder: Path, message: str) -> None:
    """Commit what is staged, and maybe nothing, with the time of tomorrow.

    The times of files in a clone of this commit are then earlier than the commit, and differ between two
    clones: no program can give a false clock to the file system.
    """
    tomorrow = f"@{int(time.time()) + _DAY_SECONDS} +0000"
    git(folder, "commit", "--quiet", "--allow-empty", f"--message={message}", GIT_COMMITTER_DATE=tomorrow)
