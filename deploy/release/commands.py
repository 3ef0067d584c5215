"""Run the programs that build a release, each in an environment that does not depend on the builder."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.release.errors import Refused

# Only these variables of the builder reach a program: where programs are, and the soak's faked clock.
_KEPT = ("PATH", "LD_PRELOAD", "FAKETIME", "NO_FAKE_STAT", "FAKETIME_DONT_FAKE_MONOTONIC")
_FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
_LAST_LINES = 30


def environment(epoch: int, home: Path) -> dict[str, str]:
    """Return the variables for a program that builds; ``epoch`` is in seconds since 1970."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_FIXED, "SOURCE_DATE_EPOCH": str(epoch), "HOME": str(home)}


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a program and return its standard output. Raises Refused if the program is missing or fails."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - from this package
    except FileNotFoundError:
        raise Refused(f"this machine lacks {words[0]}", "`make release` installs it on Debian 13") from None
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-_LAST_LINES:])
        raise Refused(f"{' '.join(words[:3])} failed", said)
    return done.stdout
