"""Run commands of the portal in this process, as people type them."""

import os
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from portal.ops import cli, memory_wiping


def run_both(folder: Path, *arguments: str | Path, code: int = 0) -> tuple[str, str]:
    """Run a command. Return what the command printed on stdout, and on stderr."""
    said, complained = StringIO(), StringIO()
    with (
        # Otherwise `serve` would restart this process.
        patch.dict(os.environ, memory_wiping.SETTINGS),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        ended = cli.run([str(part) for part in ("--config", folder / "portal.toml", *arguments)])
    assert ended == code, complained.getvalue()
    return said.getvalue(), complained.getvalue()


def run(folder: Path, *arguments: str | Path, code: int = 0) -> str:
    """Run a command that must print on only one stream. Return its output."""
    said, complained = run_both(folder, *arguments, code=code)
    used, unused = (said, complained) if code == 0 else (complained, said)
    assert unused == ""
    return used
