"""Journal entries: the limits of each member, and the order of entries (SPEC 9.3)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from crypto import journal, signing
from crypto.errors import Malformed
from crypto.journal import CORRECT_CLOCK, ENTRY, Chain, Entry, Head, JournalBroken, Presence
from tests.vectors.fixtures import DEPLOYMENT, fixed

SEED, GENESIS = fixed("journal"), fixed("genesis")
DAY = date(2026, 11, 24)
ENTRY_1 = Entry(
    n=1,
    previous=GENESIS,
    day=DAY,
    officers={"anna": Presence.OWN},
    action="read",
    values={},
    reason="",
)


def chain() -> Chain:
    return Chain(GENESIS, DEPLOYMENT, signing.public_key(SEED))


def take(to: Chain, entry: Entry) -> Entry:
    return to.take(journal.sign(entry, DEPLOYMENT, SEED))


@pytest.mark.parametrize(
    ("part", "fits", "exceeds"),
    [
        ("n", 1, 0),
        ("case", 1, 0),
        ("action", "a" * 64, "a" * 65),
        ("action", "a-b", "a_b"),
        ("reason", "é" * 2_000, "é" * 2_001),
        ("officers", {"a" * 32: Presence.SHEET}, {"a" * 33: Presence.SHEET}),
        ("officers", {"a1": Presence.CONFIRMED}, {"1a": Presence.CONFIRMED}),
        (
            "officers",
            dict.fromkeys("abcdefghijklmnop", "passphrase"),
            dict.fromkeys("abcdefghijklmnopq", "passphrase"),
        ),
        ("values", {"a" * 32: 1}, {"a" * 33: 1}),
        ("values", dict.fromkeys("abcdefghijklmnop", 0), dict.fromkeys("abcdefghijklmnopq", 0)),
        ("values", {"a": "é" * 500}, {"a": "é" * 501}),
        ("values", {"a": ("é" * 500,) * 32}, {"a": ("",) * 33}),
        ("values", {"a": True}, {"a": False}),
        ("values", {"a": 0}, {"a": -1}),
        ("values", {"a": ()}, {"a": None}),
    ],
)
def test_an_entry_that_a_reader_would_refuse_is_not_signed(part: str, fits: Any, exceeds: Any) -> None:
    largest = replace(ENTRY_1, **{part: fits})
    assert ENTRY.parse(journal.sign(largest, DEPLOYMENT, SEED).raw) == largest
    with pytest.raises(Malformed):
        journal.sign(replace(ENTRY_1, **{part: exceeds}), DEPLOYMENT, SEED)


def test_each_entry_has_the_next_number_and_the_hash_of_its_predecessor() -> None:
    read = chain()
    assert read.head == Head(0, GENESIS)
    for wrong, said in (
        (replace(ENTRY_1, n=2), "entry 1 of the journal is missing"),
        (replace(ENTRY_1, previous=bytes(32)), "entry 1 of the journal does not follow"),
    ):
        with pytest.raises(JournalBroken, match=said) as broken:
            take(read, wrong)
        assert broken.value.n == 1
    assert take(read, ENTRY_1) == ENTRY_1
    assert read.head == Head(1, journal.sign(ENTRY_1, DEPLOYMENT, SEED).hash)
    with pytest.raises(JournalBroken, match="entry 2 of the journal does not follow"):
        take(read, replace(ENTRY_1, previous=read.head.hash))
    take(read, replace(ENTRY_1, n=2, previous=read.head.hash))
    assert read.head.n == 2


def test_an_entry_is_not_dated_before_its_predecessor_unless_it_corrects_the_clock() -> None:
    read = chain()
    take(read, ENTRY_1)
    second = replace(ENTRY_1, n=2, previous=read.head.hash, day=DAY - timedelta(1))
    with pytest.raises(JournalBroken, match="does not follow"):
        take(read, second)
    take(read, replace(second, action=CORRECT_CLOCK))
    take(read, replace(second, n=3, previous=read.head.hash))
