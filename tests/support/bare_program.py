"""Our program as on a machine that has only some of its rooms."""

import subprocess
import sys
from pathlib import Path


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code with the modules in a folder and the libraries of the tests, without this checkout."""
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    begin = f"import sys; sys.path[:0] = [{str(folder)!r}, {libraries!r}]; "
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", begin + code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
