"""Brotli versions of files are cached in a folder of systemd, and used only if they are correct."""

from pathlib import Path

import brotli
import pytest

from portal.web import content_encoding

CONTENT = b"<p>Signaler en confiance</p>" * 40
OTHER = brotli.compress(b"<p>Something else</p>")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and a process that has not compressed anything yet."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    content_encoding.encoded.cache_clear()
    return tmp_path


def form_of(content: bytes) -> bytes:
    """Return the Brotli version as a newly started process produces it."""
    content_encoding.encoded.cache_clear()
    return content_encoding.encoded(content)["br"]


@pytest.mark.parametrize(
    "lies_there",
    [b"", b"\0", OTHER, brotli.compress(CONTENT)[:-1], brotli.compress(CONTENT[:-1]), bytes(100_000)],
    ids=["nothing", "damage", "another page", "cut", "a shorter page", "too much"],
)
def test_a_cached_file_with_wrong_content_is_not_served_but_replaced(cache: Path, lies_there: bytes) -> None:
    made = form_of(CONTENT)
    (kept,) = cache.iterdir()
    kept.write_bytes(lies_there)
    assert form_of(CONTENT) == made
    assert kept.read_bytes() == made


def test_a_cached_brotli_version_is_served(cache: Path) -> None:
    """The cache has another valid compression of the file, which a new compression would not produce."""
    made = form_of(CONTENT)
    (kept,) = cache.iterdir()
    quick = brotli.compress(CONTENT, quality=1)
    assert quick != made
    kept.write_bytes(quick)
    assert form_of(CONTENT) == quick


@pytest.mark.parametrize("folder", ["", "/nowhere", "/dev/null"])
def test_without_a_usable_cache_folder_files_are_compressed_at_each_start(
    cache: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", folder)
    assert form_of(CONTENT) == brotli.compress(CONTENT)
    assert list(cache.iterdir()) == []
