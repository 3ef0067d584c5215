"""A person who continues typing while a passphrase is checked."""

import time
from pathlib import Path

from tests.support.typist import Typist

_PROGRAM = """
import time
from pathlib import Path
from inbox.cli import main
from inbox.keys import {module}
quickly = {module}.{name}
def slowly(*given):
    Path("trying").touch()
    while not Path("goes-on").exists():
        time.sleep(0.01)
    Path("goes-on").unlink()
    return quickly(*given)
{module}.{name} = slowly
main.main()
"""
# The same program, except that it waits for a file before it checks a passphrase or rates a new one.
SLOW = _PROGRAM.format(module="share_file", name="unseal")
SLOWLY_WEIGHED = _PROGRAM.format(module="passphrase_strength", name="estimate")


def types_ahead(at: Typist, folder: Path, *lines: str) -> None:
    """Type while a passphrase is checked or rated, then let the check end."""
    until = time.monotonic() + 60
    while not (folder / "trying").exists():
        assert time.monotonic() < until, at.shown
    for line in lines:
        at.types(line)
    (folder / "trying").unlink()
    (folder / "goes-on").touch()
