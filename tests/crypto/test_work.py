"""Proof of work is bound to one header, channel, class, seed and cost (SPEC 7.6)."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from crypto import age, base64url, padding, work
from crypto.errors import Malformed
from crypto.work import OFFER, Offer, Payment, Puzzle, Unsolved

SECRET = bytes(range(32))
DEPLOYMENT = bytes(range(16))
HOUR = 500_000
SEED = work.seed(SECRET, DEPLOYMENT, HOUR)
PUZZLE = Puzzle(SEED, bytes(32), "inspectorate", 0, 2)
SENT = Payment(SEED, bytes(32), 7).encode()


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "7",
        SENT + ".",
        SENT + "\n",
        SENT.replace(".7", ".07"),
        SENT.replace(".7", ".-7"),
        SENT.replace(".7", ".\N{ARABIC-INDIC DIGIT SEVEN}"),
        SENT.replace(".7", f".{2**32}"),
        SENT.replace(".7", ""),
        SENT[1:],
        SENT.replace("A.7", "B.7"),  # not canonical
        SENT.replace("A.7", "=.7"),
        SENT.replace(".7", ".+7"),
        SENT.replace(".", "=.", 1),
        SENT[:42] + chr(ord(SENT[42]) + 1) + SENT[43:],
        SENT.replace(SENT[0], "+", 1),
        f" {SENT}",
        f"{SENT}\t",
        f"{SENT}, {SENT}",
    ],
)
def test_an_invalid_payment_is_malformed(sent: str) -> None:
    with pytest.raises(Malformed):
        Payment.parse(sent)
    assert Payment.parse(SENT).encode() == SENT


@pytest.mark.parametrize(
    "change",
    [
        {"seed": work.seed(SECRET, DEPLOYMENT, HOUR + 1)},
        {"seed": work.seed(bytes(32), DEPLOYMENT, HOUR)},
        {"seed": work.seed(SECRET, bytes(16), HOUR)},
        {"header_hash": b"\1" * 32},
        {"channel": "ombudsman"},
        {"size_class": 1},
        {"cost": 1},
    ],
)
def test_work_is_valid_only_for_its_purpose(change: dict[str, Any]) -> None:
    """Another hour, portal, deployment, header, channel, class or cost needs another solution."""
    counter = PUZZLE.solve()
    PUZZLE.check(counter)
    with pytest.raises(Unsolved):
        replace(PUZZLE, **change).check(counter)


def test_a_counter_lower_than_the_solution_is_refused() -> None:
    counter = PUZZLE.solve()
    assert counter > 0
    for each in range(counter):
        with pytest.raises(Unsolved):
            PUZZLE.check(each)


@pytest.mark.parametrize("size_class", range(7))
def test_each_higher_class_needs_one_more_zero_bit_and_takes_no_longer_to_check(size_class: int) -> None:
    """An attempt solves the puzzle if and only if its hash begins with the required number of zero bits."""
    puzzle = replace(PUZZLE, size_class=size_class, cost=1)
    solution = puzzle.solve()
    salt = hashlib.sha256(
        b"fanal/1/work-salt\0" + SEED + b"inspectorate".ljust(32, b"\0") + bytes([size_class]) + bytes(32)
    ).digest()
    for counter in range(solution + 1):
        tried = hashlib.pbkdf2_hmac("sha256", counter.to_bytes(4, "big"), salt, 1)
        zero_bits = 256 - int.from_bytes(tried, "big").bit_length()
        assert (zero_bits >= 8 + size_class) is (counter == solution)


def test_a_size_four_times_as_large_is_one_class_higher() -> None:
    """The classes cover all sizes, from a text to the largest report of a little more than 1 GiB.

    Each needs work.
    """
    largest = [padding.SMALLEST, *(mib << 20 for mib in (1, 4, 16, 64, 256)), padding.LARGEST]
    sizes = [age.sealed_size(each) for each in largest]
    assert [work.size_class(size) for size in sizes] == [*range(7)]
    assert [work.size_class(size + 1) for size in sizes] == [1, 2, 3, 4, 5, 6, 6]
    assert work.size_class(1) == 0


def test_the_seed_stays_the_same_for_an_hour_and_the_next_seed_is_unpredictable() -> None:
    seeds = [work.seed(SECRET, DEPLOYMENT, hour) for hour in (HOUR, HOUR, HOUR + 1)]
    assert seeds[0] == seeds[1] != seeds[2]
    offer = Offer(seeds[0], 4_000)
    raw = OFFER.encode(offer)
    assert OFFER.parse(raw) == offer
    assert b'"cost":4000' in raw
    for wrong in (
        raw.replace(b"4000", b"0"),
        raw.replace(b"4000", b"1000001"),
        raw.replace(b"work", b"toll"),
    ):
        with pytest.raises(Malformed):
            OFFER.parse(wrong)


def test_an_upload_is_found_again_only_by_its_header() -> None:
    """The upload's id also depends on a secret, so nobody else can compute the id."""
    ids = {
        work.upload_id(secret, deployment, header)
        for secret in (SECRET, bytes(32))
        for deployment in (DEPLOYMENT, bytes(16))
        for header in (bytes(32), b"\1" * 32)
    }
    assert len(ids) == 8
    assert {len(each) for each in ids} == {16}
    assert SEED[:16] not in ids


def test_the_header_for_the_work_is_the_first_1627_bytes() -> None:
    envelope = bytes(range(256)) * 7
    assert work.header_hash(envelope) == work.header_hash(envelope[:1_627])
    assert work.header_hash(envelope) != work.header_hash(envelope[:1_626])
    assert (
        base64url.encode(work.header_hash(envelope)) in Payment(SEED, work.header_hash(envelope), 0).encode()
    )


def test_the_largest_counter_has_32_bits() -> None:
    last = 2**32 - 1
    assert Payment.parse(SENT.replace(".7", f".{last}")).counter == last
    with pytest.raises(Malformed):
        Payment.parse(SENT.replace(".7", f".{last + 1}"))
