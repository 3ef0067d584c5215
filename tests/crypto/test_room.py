"""A portal derives a random number for each hour.

Nobody without its secret can predict the number (SPEC 7.1).
"""

import hmac
from hashlib import sha256

import pytest

from crypto import room

SECRET, DEPLOYMENT = bytes(range(32)), bytes(16)


def test_the_number_depends_on_each_of_its_inputs() -> None:
    first = room.draw(SECRET, DEPLOYMENT, "report", 500_000)
    others = {
        room.draw(bytes(32), DEPLOYMENT, "report", 500_000),
        room.draw(SECRET, bytes(15) + b"x", "report", 500_000),
        room.draw(SECRET, DEPLOYMENT, "follow_up", 500_000),
        room.draw(SECRET, DEPLOYMENT, "report", 500_001),
    }
    assert first not in others
    assert len(others) == 4


def test_the_number_is_computed_as_the_specification_says() -> None:
    """The test computes HKDF (RFC 5869) without our code."""
    key = hmac.digest(DEPLOYMENT, SECRET, sha256)
    info = b"fanal/1/room\0" + (500_000).to_bytes(4, "big") + b"report"
    drawn = hmac.digest(key, info + b"\x01", sha256)
    expected = (int.from_bytes(drawn[:4], "big") + int.from_bytes(drawn[4:8], "big")) / 2**33
    assert room.draw(SECRET, DEPLOYMENT, "report", 500_000) == expected


def test_numbers_are_between_zero_and_one_and_mostly_near_a_half() -> None:
    drawn = [room.draw(SECRET, DEPLOYMENT, "report", hour) for hour in range(2_000)]
    assert 0 <= min(drawn) < 0.1
    assert 0.9 < max(drawn) < 1
    assert sum(0.25 < each < 0.75 for each in drawn) / len(drawn) == pytest.approx(0.75, abs=0.04)
