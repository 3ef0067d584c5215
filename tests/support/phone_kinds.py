"""One file of each kind that phones write, and a large photo, for tests of the pages in browsers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.support import phone_corpus
from tests.support.boxed_films import units
from tests.support.boxed_pictures import ITEMS, Album

_FILMS = ("h264-aac.mp4", "hevc-aac.mov", "mpeg4.3gp", "aac.m4a")
_PICTURES = ("plain.heic", "plain.avif")
# Call this in a page before files are chosen: it measures the seconds until the first one is examined.
EXAMINED = """() => {
  let begun = 0;
  document.addEventListener("change", () => { begun = performance.now(); }, { capture: true, once: true });
  new MutationObserver(() => {
    if (!document.querySelector("#files-list > li[aria-busy=false]")) return;
    document.documentElement.dataset.examined ??= String((performance.now() - begun) / 1000);
  }).observe(document.getElementById("files-list"), { subtree: true, attributes: true, childList: true });
  return true;
}"""
SECONDS = "() => document.documentElement.dataset.examined"
# Without a compiler, the page may take this long for a photo of four megabytes.
MOST_SECONDS = 1
_TRIES = 10


def kinds(folder: Path) -> dict[Path, bytes]:
    """Make a film, a sound and a picture of each kind; return each with its bytes after cleaning."""
    phone_corpus.films(folder, _FILMS)
    phone_corpus.pictures(folder)
    after = folder / "after"
    after.mkdir()
    paths = [folder / name for name in (*_FILMS, *_PICTURES)]
    assert all(phone_corpus.PLANTED.encode() in path.read_bytes() for path in paths)
    return {path: phone_corpus.cleaned(path, after).read_bytes() for path in paths}


def large_photo(path: Path) -> Path:
    """Write a HEIC photo of four megabytes."""
    content = units(b"\x26\x01" + bytes(range(256)) * 16_000)
    path.write_bytes(Album((replace(ITEMS[0], content=content), *ITEMS[1:])).built())
    return path


def least(measure: Callable[[], float]) -> float:
    """Measure again until the limit is met: only other programs on the machine make a try longer."""
    seconds = measure()
    for _ in range(_TRIES):
        if seconds < MOST_SECONDS:
            break
        seconds = min(seconds, measure())
    return seconds
