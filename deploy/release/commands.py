"""Run the programs that build a release, each in an environment that does not depend on the builder."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.release.errors import Failed, Refused

# Only these variables of the builder reach a program: the path of programs, and the false clock of the soak.
_KEPT = ("PATH", "LD_PRELOAD", "FAKETIME", "NO_FAKE_STAT", "FAKETIME_DONT_FAKE_MONOTONIC")
_FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
_LAST_LINES = 30


def environment(epoch: int, home: Path) -> dict[str, str]:
    """Return the variables for a program that builds; ``epoch`` is in seconds since 1970."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_FIXED, "SOURCE_DATE_EPOCH": str(epoch), "HOME": str(home)}


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a program and return what it printed.

    Raises Refused if the program is missing. Raises Failed if the program fails.
    """
    done = _finished(command, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-_LAST_LINES:])
        raise Failed(f"{' '.join(str(word) for word in command[:3])} failed", said)
    return str(done.stdout)


def run_at_terminal(*command: str | Path) -> int:
    """Run a program that may ask the user questions, and return its exit status.

    Raises Refused if the program is missing.
    """
    return _finished(command).returncode


def _finished(command: Sequence[str | Path], **options: Any) -> "subprocess.CompletedProcess[Any]":
    try:
        return subprocess.run(command, check=False, **options)  # noqa: S603 - the program is named only in this package
    except FileNotFoundError:
        raise Refused(f"this machine lacks {command[0]}", "`make release` installs it on Debian 13") from None
