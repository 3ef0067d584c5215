"""Memory that the server lets go of is overwritten at once: a dump of it holds no header of a past request.

Python leaves freed memory as it was, and gunicorn reads every header, also those that nobody looks at.
"""

import os
import sys

# All memory from the C library, which overwrites what is given back to it, but for what it keeps at hand.
SETTINGS = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=85:glibc.malloc.tcache_count=0",
}


def ensure() -> None:
    """Return in a process that overwrites; begin this one anew, under its id, if it does not yet."""
    if all(os.environ.get(name) == value for name, value in SETTINGS.items()):
        return
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **SETTINGS})  # noqa: S606
