"""The Brotli form of a file is cached where the service manager says, and used if it fits the file."""

from pathlib import Path

import brotli
import pytest

from portal.web import content_encoding

CONTENT = b"<p>Signaler en confiance</p>" * 40
OTHER = brotli.compress(b"<p>Something else</p>")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for them, and a process that has made none."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    content_encoding.encoded.cache_clear()
    return tmp_path


def form_of(content: bytes) -> bytes:
    """Return the Brotli form as a process makes it that has just begun."""
    content_encoding.encoded.cache_clear()
    return content_encoding.encoded(content)["br"]


@pytest.mark.parametrize(
    "lies_there",
    [b"", b"\0", OTHER, brotli.compress(CONTENT)[:-1], brotli.compress(CONTENT[:-1]), bytes(100_000)],
    ids=["nothing", "damage", "another page", "cut", "a shorter page", "too much"],
)
def test_what_is_no_form_of_the_file_is_not_served_and_is_replaced(cache: Path, lies_there: bytes) -> None:
    made = form_of(CONTENT)
    (kept,) = cache.iterdir()
    kept.write_bytes(lies_there)
    assert form_of(CONTENT) == made
    assert kept.read_bytes() == made


def test_a_stored_encoding_is_used(cache: Path) -> None:
    """A different form of the same file shows that it is not compressed again."""
    made = form_of(CONTENT)
    (kept,) = cache.iterdir()
    quick = brotli.compress(CONTENT, quality=1)
    assert quick != made
    kept.write_bytes(quick)
    assert form_of(CONTENT) == quick


@pytest.mark.parametrize("folder", ["", "/nowhere", "/dev/null"])
def test_without_a_folder_that_can_be_used_it_is_made_at_each_start(
    cache: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", folder)
    assert form_of(CONTENT) == brotli.compress(CONTENT)
    assert list(cache.iterdir()) == []
