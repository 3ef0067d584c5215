"""Files as phones and programs write them, with every tag that exiftool knows, before and after cleaning."""

import hashlib
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support import phone_corpus as corpus
from tests.support.paths import ROOT

# A part of the corpus that is quickly made.
FILMS = ["h264-aac.mp4", "hevc-aac.mov", "keys.mov", "mpeg4.3gp", "aac.m4a"]
PLANTED = [corpus.PLANTED.encode(each) for each in ("utf-8", "utf-16be", "utf-16le")]
# Parts of the names of tags that exiftool must not find in a cleaned file.
# Values that another parser must not find: the planted text, place and day, and the names of the programs.
WRONG_VALUES = re.compile(f"{corpus.PLANTED}|48[.]8|2026-03|2026:03|Lav[fc]\\d|x26[45] |4711")
WRONG = ("Make", "Model", "Software", "Encoder", "Artist", "Author", "GPS", "Location", "Comment", "Title")


def one_folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def check(before: Sequence[Path], folder: Path) -> list[Path]:
    """Clean files; check that they decode as before and contain no planted text, and return them."""
    after = [corpus.cleaned(path, folder) for path in before]
    for original, path in zip(before, after, strict=True):
        assert corpus.decoded(original)
        assert corpus.decoded(original) == corpus.decoded(path)
        assert not any(each in path.read_bytes() for each in PLANTED)
    assert all(any(each in path.read_bytes() for each in PLANTED) for path in before)
    for tags in corpus.told(after):
        assert [] == [tag for tag in tags if any(word in tag for word in WRONG)]
        assert all(str(value).startswith("0000") for tag, value in tags.items() if tag.endswith("Date"))
    # exiv2 does not find what exiftool writes into pictures of tiles.
    known = [path for path in before if not path.name.startswith("tiles")]
    assert all(WRONG_VALUES.search(str(tags)) for tags in corpus.told_by_others(known))
    assert [] == [
        found for tags in corpus.told_by_others(after) if (found := WRONG_VALUES.findall(str(tags)))
    ]
    return after


@pytest.mark.slow
def test_decoders_find_the_same_pictures_and_sound_and_exiftool_no_note(tmp_path: Path) -> None:
    """The control: exiftool finds the notes before."""
    before = [*corpus.films(tmp_path, FILMS), *corpus.pictures(tmp_path)]
    assert all(corpus.PLANTED in str(tags) for tags in corpus.told(before))
    check(before, one_folder(tmp_path, "after"))


def same_as_untagged(base: Path, tagged: Sequence[Path], folder: Path) -> int:
    """Clean copies of a file with tags; check that exiftool finds in them what it finds in the cleaned file.

    Return how many of the copies were different before.
    """
    expected, untagged = corpus.told([corpus.cleaned(base, folder), base])
    found = list(corpus.told(corpus.cleaned(path, folder) for path in tagged))
    assert [] == [wrong for each in found if (wrong := different(each, expected))]
    for path in tagged:
        assert not any(each in (folder / path.name).read_bytes() for each in PLANTED)
    same_for_others(base, tagged, folder)
    return sum(bool(different(each, untagged)) for each in corpus.told(tagged))


def same_for_others(base: Path, tagged: Sequence[Path], folder: Path) -> None:
    """Check that another parser finds the same in cleaned copies, although it did not before."""
    (untagged,) = corpus.told_by_others([base])
    assert any(different(each, untagged) for each in corpus.told_by_others(tagged))
    (expected,) = corpus.told_by_others([folder / base.name])
    found = corpus.told_by_others([folder / path.name for path in tagged])
    assert [] == [wrong for each in found if (wrong := different(each, expected))]


def different(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {tag for tag in one.keys() | other.keys() if one.get(tag) != other.get(tag)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "groups", "least"),
    [
        ("h264-aac.mp4", corpus.FILM_GROUPS, 200),
        ("plain.heic", corpus.PICTURE_GROUPS, 200),
    ],
)
def test_all_tags_that_exiftool_writes_are_removed_together(
    tmp_path: Path, name: str, groups: Sequence[str], least: int
) -> None:
    corpus.pictures(tmp_path) if name.endswith("heic") else corpus.films(tmp_path, [name])
    tags = corpus.tags(groups)
    (tagged,) = corpus.tagged(tmp_path / name, one_folder(tmp_path, "tagged"), [tags])
    (found, base) = corpus.told([tagged, tmp_path / name])
    assert len(different(found, base)) > least
    assert 1 == same_as_untagged(tmp_path / name, [tagged], one_folder(tmp_path, "after"))


@pytest.mark.soak
def test_each_tag_that_exiftool_writes_is_removed_from_each_kind_of_file(
    tmp_path: Path, record_property: Any
) -> None:
    """The page scripts write the same files."""
    films, pictures = corpus.films(tmp_path), corpus.pictures(tmp_path)
    after = check([*films, *pictures], one_folder(tmp_path, "after"))
    assert hashes(after) == cleaned_by_the_page([*films, *pictures])
    count = 0
    for name in ("h264-aac.mp4", "keys.mov", "aac.m4a", "mpeg4.3gp", "plain.heic", "plain.avif"):
        groups = corpus.FILM_GROUPS if tmp_path / name in films else corpus.PICTURE_GROUPS
        folder = one_folder(tmp_path, f"tagged-{name}")
        tagged = corpus.tagged(tmp_path / name, folder, [[tag] for tag in corpus.tags(groups)])
        count += same_as_untagged(tmp_path / name, tagged, one_folder(folder, "after"))
        assert hashes(folder / "after" / path.name for path in tagged) == cleaned_by_the_page(tagged)
    assert count > 1_000
    record_property("files with a tag", str(count))


def hashes(paths: Iterable[Path]) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def cleaned_by_the_page(paths: Sequence[Path]) -> set[str]:
    words = ["node", ROOT / "tests" / "js" / "media_peer.mjs", *paths]
    return {*subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()}
