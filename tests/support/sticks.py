"""Removable media and other file systems, really mounted."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.small_disk import small_disk


@contextmanager
def mounted(source: Path, target: Path, *options: str) -> Iterator[Path]:
    """Mount an image of a file system, or mount a folder at a second place."""
    target.mkdir()
    subprocess.run(["mount", *options, source, target], check=True, capture_output=True)
    try:
        yield target
    finally:
        subprocess.run(["umount", "--lazy", target], check=True)


@contextmanager
def stick(folder: Path) -> Iterator[Path]:
    """Mount a file system that is not on a disk of this machine, like a network or FUSE file system."""
    with small_disk(folder.with_name(f"{folder.name}.below"), "8m"):
        lower, upper, work = (folder.with_name(f"{folder.name}.below") / name for name in "luw")
        for each in (lower, upper, work):
            each.mkdir()
        layers = f"lowerdir={lower},upperdir={upper},workdir={work}"
        with mounted(Path("overlay"), folder, "-t", "overlay", "-o", layers):
            yield folder
