"""Programs in a chroot whose root is not a mount point, so that the kernel lists no mount for it."""

import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

_ENTER = """
import os, subprocess, sys
from pathlib import Path
root = Path(sys.argv[1])
for name in ("proc", "sys"):
    (root / name).mkdir()
    subprocess.run(["mount", "--rbind", f"/{name}", root / name], check=True)
os.chroot(root)
"""


def printed(root: Path, imports: str, program: str) -> str:
    """Import modules, run a program in a chroot, and return what it prints."""
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", f"{imports}{_ENTER}{program}", root],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return done.stdout
