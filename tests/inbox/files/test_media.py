"""Films, sound and pictures made of boxes: the inbox cleans them like the report page does."""

import base64
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Malformed
from inbox.files.media import clean
from inbox.files.media.patches import patched
from tests.support.boxed_films import SECRET, Film
from tests.support.boxed_pictures import CODED, LAYER, SMALL
from tests.support.nasty_films import AV1
from tests.vectors.media import make

Vector = dict[str, Any]
VECTORS: list[Vector] = json.loads(make.FILE.read_text("utf-8"))
GOOD = [each for each in VECTORS if "clean" in each]
BAD = [each for each in VECTORS if "refused" in each]
# Values that are planted in many boxes: names, the place, the day, and colours of a maker.
PLANTED = (SECRET, b"Zorg", b"48.8534", b"\xe5\xcf", b"earth")


def cleaned(data: bytes) -> bytes:
    """Return a file after cleaning. Raises Malformed."""
    return b"".join(patched([data], clean.plan(io.BytesIO(data)).patches))


def unpacked(vector: Vector, key: str) -> bytes:
    return base64.b64decode(vector[key])


def test_the_vectors_are_up_to_date_with_their_generator() -> None:
    assert make.FILE.read_text("utf-8") == make.encode()


@pytest.mark.parametrize("vector", BAD, ids=lambda each: each["id"])
def test_a_file_that_is_not_understood_completely_is_refused(vector: Vector) -> None:
    with pytest.raises(Malformed):
        cleaned(unpacked(vector, "file"))


@pytest.mark.parametrize("vector", GOOD, ids=lambda each: each["id"])
def test_no_planted_value_stays_and_the_size_is_the_same(vector: Vector) -> None:
    before, after = unpacked(vector, "file"), unpacked(vector, "clean")
    assert after == cleaned(before)
    assert [value for value in PLANTED if value in before]
    assert [] == [value for value in PLANTED if value in after]
    assert len(before) == len(after)


def test_every_sample_stays_in_its_place() -> None:
    for vector in GOOD:
        before, after = unpacked(vector, "file"), unpacked(vector, "clean")
        samples = (
            [CODED[:17], SMALL, LAYER] if before[8:12] in {b"heic", b"avif"} else [*Film().kept(), AV1[-5:]]
        )
        assert any(each in before for each in samples) or b"trak" not in before
        assert [before.find(each) for each in samples] == [after.find(each) for each in samples]


def test_a_cleaned_file_is_not_changed_again() -> None:
    for vector in GOOD:
        after = unpacked(vector, "clean")
        assert after == cleaned(after)


@given(st.integers(0, len(GOOD) - 1), st.data())
def test_a_damaged_file_is_cleaned_or_refused(number: int, data: st.DataObject) -> None:
    """Whatever is damaged, nothing but Malformed is raised, and the size stays."""
    damaged = bytearray(unpacked(GOOD[number], "file"))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    try:
        assert len(cleaned(bytes(damaged))) == len(damaged)
    except Malformed:
        return


@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    assert clean.understood(io.BytesIO(b"\0\0\0\x10ftypmp42\0\0\0\0" + data)) is None


def test_files_of_other_kinds_are_left_to_others() -> None:
    for data in (b"", b"\0", b"%PDF-1.7", bytes(100_000)):
        assert clean.understood(io.BytesIO(data)) is None


@given(st.lists(st.integers(1, 300), min_size=1, max_size=30))
def test_patches_do_not_depend_on_how_a_file_is_read(sizes: list[int]) -> None:
    data = Film().built()
    patches = clean.plan(io.BytesIO(data)).patches
    pieces, at = [], 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    assert cleaned(data) == b"".join(patched(pieces, patches))
