"""Overwrite freed memory at once, so that a memory dump contains no headers of past requests.

Python does not clear freed memory, and gunicorn reads every header, even those that the portal does not use.
"""

import os
import sys

# Python gets all memory from the C library, which overwrites freed memory, except in its cache (tcache).
SETTINGS = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=85:glibc.malloc.tcache_count=0",
}


def ensure() -> None:
    """Make sure that this process overwrites freed memory.

    If needed, restart the program under the same process id.
    """
    if all(os.environ.get(name) == value for name, value in SETTINGS.items()):
        return
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **SETTINGS})  # noqa: S606
