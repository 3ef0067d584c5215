"""A secret is split into shares of words.

Every quorum of shares restores the secret, and fewer shares reveal nothing.
"""

import secrets
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic import Share, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from crypto import shares
from crypto.errors import Malformed, Tampered
from crypto.shares import LARGEST_COUNT, TooFewShares

CIRCLES = [(1, 1), *((quorum, n) for n in range(2, LARGEST_COUNT + 1) for quorum in range(2, n + 1))]


def as_if_enough(subset: Sequence[str]) -> bytes | None:
    """Return the secret that the shares give if each claims a quorum of this many shares, or None."""
    try:
        return shares.combine([shares.restated(words, len(subset)) for words in subset])
    except (Tampered, TooFewShares):
        return None


def test_a_split_that_opens_with_fewer_shares_than_its_quorum_is_detected() -> None:
    """The split claims a quorum of three, but any two shares open it.

    Only an attempt with two shares shows that the claim is false.
    """
    secret = secrets.token_bytes(32)
    lazy = [shares.restated(words, 3) for words in shares.split(secret, quorum=2, count=4)]
    for pair in combinations(lazy, 2):
        with pytest.raises(TooFewShares):
            shares.combine(pair)
        assert secret == as_if_enough(pair)


@pytest.mark.parametrize(("quorum", "count"), CIRCLES, ids=str)
def test_every_quorum_opens_the_secret_and_no_smaller_subset_does(quorum: int, count: int) -> None:
    """The test tries all subsets of shares, for every possible number of officers."""
    secret = secrets.token_bytes(32)
    words = shares.split(secret, quorum=quorum, count=count)
    assert {quorum} == set(map(shares.quorum, words))
    assert list(range(1, count + 1)) == [shares.member(each) for each in words]
    for size in range(quorum):
        for subset in combinations(words, size):
            with pytest.raises(TooFewShares):
                shares.combine(subset)
            assert secret != as_if_enough(subset)
    assert {secret} == {shares.combine(subset) for subset in combinations(words, quorum)}


@given(st.data())
def test_the_secret_can_be_opened_with_more_shares_than_the_quorum_and_in_any_order(
    data: st.DataObject,
) -> None:
    """If any one of the shares comes from another split, the mistake is noticed."""
    quorum, count = data.draw(st.sampled_from(CIRCLES[1:]))
    secret = secrets.token_bytes(32)
    words = shares.split(secret, quorum=quorum, count=count)
    brought = data.draw(st.permutations(words)).copy()[: data.draw(st.integers(quorum, count))]
    assert secret == shares.combine(brought)
    place = data.draw(st.integers(0, len(brought) - 1))
    other = shares.split(secret, quorum=quorum, count=count)
    brought[place] = other[shares.member(brought[place]) - 1]
    with pytest.raises(Tampered):
        shares.combine(brought)


def test_a_forged_share_gives_no_secret() -> None:
    """The forged share has a valid form, number and checksum, but a wrong value."""
    words = shares.split(secrets.token_bytes(32), quorum=2, count=3)
    parsed = shares._parse(words[2])
    value = bytes(byte ^ 1 for byte in parsed.value)
    fields = {name: getattr(parsed, name) for name in parsed.__dataclass_fields__}
    forged = type(parsed)(**fields | {"value": value}).mnemonic()
    assert (3, shares.identifier(words[2])) == (shares.member(forged), shares.identifier(forged))
    for brought in ([words[0], forged], [words[0], words[1], forged]):
        with pytest.raises(Tampered):
            shares.combine(brought)


@pytest.mark.parametrize("quorum_and_count", [(1, 2), (3, 2), (0, 0), (2, 8), (0, 1), (2, 1)], ids=str)
def test_impossible_numbers_of_shares_are_refused(quorum_and_count: tuple[int, int]) -> None:
    quorum, count = quorum_and_count
    with pytest.raises(Malformed):
        shares.split(bytes(32), quorum=quorum, count=count)


def test_a_single_wrong_word_in_a_share_is_noticed() -> None:
    """The test replaces each of the 33 words by the next word in the list."""
    (words,) = shares.split(secrets.token_bytes(32), quorum=1, count=1)
    listed = WORDLIST
    split = words.split()
    for place, word in enumerate(split):
        other = listed[(listed.index(word) + 1) % len(listed)]
        with pytest.raises(Malformed):
            shares.member(" ".join([*split[:place], other, *split[place + 1 :]]))
    assert words == shares.normal(words)


def test_shares_of_splits_with_different_quorums_give_no_secret() -> None:
    """The first share says how many shares are needed."""
    two, three = (shares.split(secrets.token_bytes(32), quorum=quorum, count=3) for quorum in (2, 3))
    with pytest.raises(TooFewShares):
        shares.combine([three[0], two[1]])
    for brought in ([two[0], three[1]], [two[0], two[1], three[2]], [three[0], two[1], two[2]]):
        with pytest.raises(Tampered):
            shares.combine(brought)


def test_a_share_has_33_words_and_the_form_that_the_specification_gives() -> None:
    """The iteration exponent is 0; three words are a checksum; the identifier has 15 bits."""
    (words,) = shares.split(bytes(32), quorum=1, count=1)
    share = Share.from_mnemonic(words)
    assert (len(words.split()), share.iteration_exponent, share.group_count) == (33, 0, 1)
    assert shares.WORDS - len(share.words()[: -shares.CHECKSUM_WORDS]) == 3
    assert 0 <= shares.identifier(words) < shares.IDENTIFIERS == 2**15


def test_a_share_of_a_shorter_secret_is_refused() -> None:
    """A secret of 16 bytes has shares of 20 words."""
    ((words,),) = generate_mnemonics(1, [(1, 1)], bytes(16))
    with pytest.raises(Malformed):
        shares.member(words)
