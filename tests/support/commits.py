"""Git in the repository of a test, with a made-up committer."""

import subprocess
from pathlib import Path

_SETTINGS = ("user.name=t", "user.email=t@example.org", "commit.gpgsign=false", "tag.gpgsign=false")
_GIT = ("git", *(word for each in _SETTINGS for word in ("-c", each)))


def git(folder: Path, *words: str) -> str:
    """Run git and return its output without surrounding white space.

    Raises CalledProcessError if git fails.
    """
    return subprocess.check_output([*_GIT, *words], cwd=folder, text=True).strip()
