"""A small file system that is soon full."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Mount a small file system on a folder. Yield a function that changes the size of the file system."""

    def mount(options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "fanal-test", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{done.stderr}hint: this test needs a small disk, and root to mount it")

    folder.mkdir()
    mount(f"size={size}")
    try:
        yield lambda larger: mount(f"remount,size={larger}")
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
