"""Files of phones, and files that hide values or lie about their sizes.

Nothing planted stays, or the file is not called clean.
"""

import hashlib
import io
import json
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from crypto.errors import Malformed
from inbox.files.media import clean
from inbox.files.media.patches import patched
from tests.support import nasty_films, nasty_pictures, phone_structures
from tests.support.paths import ROOT

NASTY = {
    name: data
    for made in (
        nasty_films.lying(),
        nasty_films.boxes(),
        nasty_films.tracks(),
        nasty_films.odd(),
        nasty_pictures.pictures(),
        phone_structures.all_files(),
    )
    for name, data in made
}
REFUSED = {
    "notes larger than the film",
    "notes that cover the next box",
    "a size of 64 bits that is negative",
    "a size of 64 bits for four bytes",
    "a million empty boxes",
    "a million boxes in the film",
    "fragments",
    "a compressed film",
    "a film that ends early",
    "two handlers",
    "a list of pictures without any",
    "Exif in another item",
    "Exif of an unknown type",
    "a region with a name",
    "a picture of JPEG",
    "channels that are a text",
    "a picture in the list",
    "a profile whose parts overlap",
    "a film after the pictures",
}
# The page cannot look into these parts of a film, and says that they stay as they were recorded.
AS_RECORDED = {"a unit of Dolby", "long settings of AAC"}
PLANTED = (b"Zorg", b"48.8534", b"earth")
SHOWN = ("Zorg", "48.85", "48 deg")
# exiftool needs minutes for a million boxes.
LARGEST = 1_000_000


def cleaned(name: str) -> bytes | None:
    """Return the cleaned file, or None if it is refused."""
    data = NASTY[name]
    try:
        return b"".join(patched([data], clean.plan(io.BytesIO(data)).patches))
    except Malformed:
        return None


def written(folder: Path, files: Iterable[tuple[str, bytes]]) -> dict[str, Path]:
    """Write files whose names tell their order and kind, and return them by what they hide."""
    folder.mkdir()
    paths = {}
    for number, (name, data) in enumerate(files):
        paths[name] = folder / f"{number:03}.{'heic' if data[8:12] in {b'heic', b'avif'} else 'mp4'}"
        paths[name].write_bytes(data)
    return paths


def shown(paths: dict[str, Path]) -> dict[str, list[str]]:
    """Return the tags with a planted value that exiftool finds in each file."""
    small = {name: path for name, path in paths.items() if path.stat().st_size < LARGEST}
    words = ["exiftool", "-j", "-a", "-u", "-U", "-ee", "-G1", *small.values()]
    made = json.loads(subprocess.run(words, check=False, capture_output=True, text=True).stdout)
    assert len(made) == len(small)
    return {
        name: [tag for tag, value in found.items() if any(each in str(value) for each in SHOWN)]
        for name, found in zip(small, made, strict=True)
    }


@pytest.mark.parametrize("name", NASTY)
def test_nothing_planted_stays_or_the_file_is_refused(name: str) -> None:
    start = time.monotonic()
    after = cleaned(name)
    assert any(value in NASTY[name] for value in PLANTED)
    assert (after is None) == (name in REFUSED)
    left = [value for value in PLANTED if after and value in after]
    assert left == ([b"Zorg"] if name in AS_RECORDED else [])
    assert time.monotonic() - start < 20


def test_what_may_be_left_is_said_to_stay_as_it_was_recorded() -> None:
    for name in AS_RECORDED:
        assert "stays-coded" in clean.plan(io.BytesIO(NASTY[name])).staying


@pytest.mark.slow
def test_exiftool_finds_no_planted_value_in_a_cleaned_file(tmp_path: Path) -> None:
    """The control: it finds a value in each file before, even in those that are refused."""
    before = shown(written(tmp_path / "before", NASTY.items()))
    assert [] == [name for name, tags in before.items() if not tags]
    after = ((name, data) for name in NASTY if (data := cleaned(name)))
    assert {} == {name: tags for name, tags in shown(written(tmp_path / "after", after)).items() if tags}


@pytest.mark.slow
def test_the_page_writes_the_same_files_and_refuses_the_same(tmp_path: Path) -> None:
    words = [
        "node",
        ROOT / "tests" / "js" / "media_peer.mjs",
        *written(tmp_path / "made", NASTY.items()).values(),
    ]
    made = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    expected = [hashlib.sha256(data).hexdigest() if (data := cleaned(name)) else "refused" for name in NASTY]
    assert dict(zip(NASTY, expected, strict=True)) == dict(zip(NASTY, made, strict=True))
