"""JPEG, PNG and WebP pictures: the inbox cleans them like the report page does."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops

from crypto.errors import Malformed
from inbox.files import cleaning
from tests.support import pictures
from tests.support.pictures import CANARY
from tests.vectors.pictures import make

Vector = dict[str, Any]
VECTORS: list[Vector] = json.loads(make.FILE.read_text("utf-8"))
GOOD = [each for each in VECTORS if "clean" in each]
BAD = [each for each in VECTORS if "refused" in each]


def unpacked(vector: Vector, key: str) -> bytes:
    return base64.b64decode(vector[key])


def cleaned(data: bytes) -> bytes | None:
    found = cleaning.cleaned(io.BytesIO(data))
    return b"".join(found.pieces) if found else None


def test_the_vectors_are_up_to_date_with_their_generator() -> None:
    assert make.FILE.read_text("utf-8") == make.encode()


def test_a_picture_that_is_not_understood_completely_is_not_cleaned() -> None:
    assert len(BAD) > 15
    for vector in BAD:
        assert cleaned(unpacked(vector, "file")) is None, vector["id"]


def test_no_note_stays_in_a_cleaned_picture() -> None:
    assert len([each for each in GOOD if make.SECRET in unpacked(each, "file")]) > 30
    for vector in GOOD:
        assert make.SECRET not in unpacked(vector, "clean"), vector["id"]
        assert cleaned(unpacked(vector, "file")) == unpacked(vector, "clean")


def test_a_cleaned_picture_is_not_changed_again() -> None:
    for vector in GOOD:
        after = unpacked(vector, "clean")
        assert cleaned(after) == after, vector["id"]


@pytest.mark.parametrize("name", ["photo.jpg", "shot.png", "web.webp"])
def test_exiftool_finds_only_the_orientation_and_every_pixel_stays(tmp_path: Path, name: str) -> None:
    """The control: exiftool finds the place and the name before."""
    original = pictures.picture(tmp_path / name).read_bytes()
    assert CANARY in str(pictures.told(original, Path(name).suffix, tmp_path))
    after = cleaned(original)
    assert after
    left = pictures.told(after, Path(name).suffix, tmp_path)
    groups = {tag.split(":")[0] for tag in left}
    assert groups <= {"PNG", "RIFF", "JFIF", "EXIF"}
    assert {tag for tag in left if tag.startswith("EXIF")} == {"EXIF:Orientation"}
    one, other = pictures.upright(original), pictures.upright(after)
    assert one.size == other.size
    assert ImageChops.difference(one, other).getbbox() is None


@given(st.integers(0, len(VECTORS) - 1), st.data())
def test_a_damaged_picture_is_cleaned_or_refused(number: int, data: st.DataObject) -> None:
    """Whatever is damaged, no error is raised but Malformed."""
    damaged = bytearray(unpacked(VECTORS[number], "file"))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        make.CLEAN[VECTORS[number]["format"]](bytes(damaged))
    except Malformed:
        return


def test_a_picture_that_is_too_large_for_the_memory_is_left_as_it_is() -> None:
    data = make.photo()
    large = data[:-2] + bytes((64 << 20) - len(data)) + data[-2:]
    assert cleaned(large) == large
    assert cleaned(large[:-2] + b"\0" + large[-2:]) is None
