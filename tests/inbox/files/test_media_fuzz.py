"""Damaged and very large films: no error, no hang, and little memory."""

import os
import secrets
import struct
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox.files.media import clean
from inbox.files.media.patches import patched
from inbox.system import atomic_files
from tests.support.boxed_films import SECRET, Film
from tests.support.paths import ROOT

MIB = 1 << 20
GIB = 1 << 30
MOST_MEMORY = 16 * MIB
HOUR = 3_600
HEADER = 8


@pytest.mark.parametrize("seconds", [3, pytest.param(HOUR, marks=pytest.mark.soak)], ids=["gate", "soak"])
def test_the_page_scripts_clean_or_refuse_every_damaged_file(
    seconds: int, record_property: Callable[[str, object], None]
) -> None:
    """The script fails at any other error, and at a file that takes five seconds of the processor."""
    seed = secrets.randbits(31) | 1
    words = ["node", "--expose-gc", ROOT / "tests" / "js" / "media_fuzz.mjs", str(seconds), str(seed)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"seed {seed}: {done.stderr[-3_000:]}"
    count, longest, growth = map(int, done.stdout.split())
    assert count > 10 * seconds
    record_property("damaged files", f"{count} from seed {seed}, longest {longest} ms, {growth} MiB more")
    if seconds == HOUR:
        assert growth <= MOST_MEMORY // MIB


def sparse(path: Path, size: int) -> Path:
    """Write a film that a box of zeros follows."""
    start = path.write_bytes(Film(appended=struct.pack(">I4s", size, b"free")).built())
    os.truncate(path, start - HEADER + size)
    return path


@pytest.mark.parametrize("size", [64 * MIB, pytest.param(GIB, marks=pytest.mark.soak)], ids=["gate", "soak"])
def test_a_large_film_is_cleaned_in_little_memory(tmp_path: Path, size: int) -> None:
    path = sparse(tmp_path / "film.mp4", size)
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            plan = clean.understood(file)
            assert plan
            file.seek(0)
            total = 0
            for piece in patched(atomic_files.pieces(file), plan.patches):
                assert SECRET not in piece
                total += len(piece)
        (_, most) = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (path.stat().st_size, True) == (total, most < MOST_MEMORY)


@pytest.mark.soak
def test_zeros_after_a_type_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "zeros.mp4"
    path.write_bytes(b"\0\0\0\x10ftypmp42\0\0\0\0")
    os.truncate(path, GIB)
    with path.open("rb") as file:
        assert clean.understood(file) is None
