"""Split a secret into shares of words; a quorum of them restores it (SLIP-39, SPEC 9.1)."""

from collections.abc import Sequence
from dataclasses import replace

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from crypto.errors import Malformed, Tampered, Truncated

LEAST_QUORUM = 2
LARGEST_COUNT = 7
WORDS = 33
CHECKSUM_WORDS = 3
IDENTIFIERS = 1 << 15


class TooFewShares(Truncated):
    """There are fewer shares than the quorum, so the secret stays unknown."""


def split(secret: bytes, *, quorum: int, count: int) -> tuple[str, ...]:
    """Return ``count`` shares of a 32-byte secret, 33 words each. Any ``quorum`` shares restore the secret.

    Raise Malformed unless 2 ≤ quorum ≤ count ≤ 7, or quorum and count are both 1. With a quorum of 1 among
    several shares, each officer alone could open everything.
    """
    if not (LEAST_QUORUM <= quorum <= count <= LARGEST_COUNT or quorum == count == 1):
        raise Malformed("this quorum is not possible with this number of shares")
    # SLIP-39's own passphrase is not used: Argon2id protects each share with its officer's passphrase.
    (group,) = generate_mnemonics(1, [(quorum, count)], secret, iteration_exponent=0)
    return tuple(group)


def member(words: str) -> int:
    """Return the officer's number, counted from 1. Raise Malformed if a word is wrong."""
    return _parse(words).index + 1


def identifier(words: str) -> int:
    """Return the number (15 bits) common to all shares of a split. Raise Malformed if a word is wrong."""
    return _parse(words).identifier


def quorum(words: str) -> int:
    """Return the quorum that is written in the share. Raise Malformed if a word is wrong."""
    return int(_parse(words).member_threshold)


def restated(words: str, quorum: int) -> str:
    """Return the same share with another quorum written into it. Raise Malformed if a word is wrong.

    The share test (SPEC 9.1) needs this: with the original quorum, ``combine`` refuses too few shares without
    trying them.
    """
    return str(replace(_parse(words), member_threshold=quorum).mnemonic())


def combine(shares: Sequence[str]) -> bytes:
    """Return the 32-byte secret from at least a quorum of shares, all from the same split.

    Raise Malformed for a wrong word. Raise TooFewShares for fewer shares than a quorum. Raise Tampered for
    shares of different splits, or for a share given twice.
    """
    parsed = [_parse(words) for words in shares]
    if not parsed or len(parsed) < (least := parsed[0].member_threshold):
        raise TooFewShares("fewer shares than the quorum")
    if len({share.index for share in parsed}) != len(parsed):
        raise Tampered("one share is given twice")
    first, rest = list(shares[:least]), shares[least:]
    # SLIP-39 combines exactly as many shares as the quorum. Each further share then takes the place of the
    # last of these shares, and the secret must be the same.
    secrets = {_combine(chosen) for chosen in (first, *([*first[:-1], words] for words in rest))}
    if len(secrets) != 1:
        raise Tampered("the shares are not from one split")
    return secrets.pop()


def normal(words: str) -> str:
    """Return a share in the form that ``split`` writes. Raise Malformed if a word is wrong."""
    return str(_parse(words).mnemonic())


def _parse(words: str) -> Share:
    try:
        share = Share.from_mnemonic(words)
    except (MnemonicError, ValueError):
        raise Malformed("a word of the share is wrong, missing or in another place") from None
    if len(words.split()) != WORDS or share.group_count != 1:
        raise Malformed("the share does not have the form of an inbox's share")
    return share


def _combine(shares: list[str]) -> bytes:
    try:
        return bytes(combine_mnemonics(shares))
    except (MnemonicError, ValueError):
        raise Tampered("the shares are not from one split") from None
