"""Somebody who types on while a passphrase is tried."""

import time
from pathlib import Path

from tests.support.typist import Typist

# The same program, in which a passphrase is tried for as long as a file is missing.
SLOW = """
import time
from pathlib import Path
from inbox.cli import main
from inbox.keys import share_file
unseal = share_file.unseal
def slowly(*given):
    Path("trying").touch()
    while not Path("goes-on").exists():
        time.sleep(0.01)
    Path("goes-on").unlink()
    return unseal(*given)
share_file.unseal = slowly
main.main()
"""


def types_ahead(at: Typist, folder: Path, *lines: str) -> None:
    """Type while a passphrase is tried, then let that end."""
    until = time.monotonic() + 60
    while not (folder / "trying").exists():
        assert time.monotonic() < until, at.shown
    for line in lines:
        at.types(line)
    (folder / "trying").unlink()
    (folder / "goes-on").touch()
